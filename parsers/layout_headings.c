/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Headings over one or two rows, and a row for each form under them; or, of few labels, all that stands
 * below. */
#include "parsers/layout_under.h"

#include <stdlib.h>
#include <string.h>

/* ---- which rows are headings ---- */

static bool
is_heading(struct tally n)
{
	if (n.ours < 2 || n.beside_empty * 3 > n.ours)
		return false;
	return n.text == 0 || (n.ours >= 3 && n.text * 2 <= n.ours + n.others);
}

static const struct cell *
cell_below(const struct table *t, const struct cell *c)
{
	int r = c->at->row + 1;

	for (size_t i = t->first[r]; r < t->rows && i < t->first[r + 1]; i++)
		if (t->cells[i].at->column == c->at->column)
			return &t->cells[i];
	return NULL;
}

/* A label with its value beside it, above a row of other labels: 申请区域简介 over 姓名, 职务, 电话. */
static bool
is_label_beside_value(const struct table *t, const struct cell *c, const struct cell *next)
{
	const struct cell *below = NULL;

	if (!cell_is_ours(c) || t->y->form->fields[c->label.field].generic || c->at->columns > 1 ||
	    c->at->rows > 1 || !*next->text || next->label.kind != LABEL_NONE)
		return false;
	below = cell_below(t, c);
	return below && cell_is_ours(below) && below->label.field != c->label.field;
}

/* The second of two heading rows: only labels, under cells of the first that are wider or go down. */
static bool
is_second_heading(const struct table *t, int r)
{
	struct tally above = cells_tally(t, r);
	struct tally n = {0};
	bool spans = false;

	if (r + 1 >= t->rows || above.ours + above.others == 0)
		return false;
	for (size_t i = t->first[r]; i + 1 < t->first[r + 1]; i++)
		if (is_label_beside_value(t, &t->cells[i], &t->cells[i + 1]))
			return false;
	n = cells_tally(t, r + 1);
	for (size_t i = t->first[r]; i < t->first[r + 1]; i++)
		spans = spans || t->cells[i].at->rows > 1 || t->cells[i].at->columns > 1 ||
		        (*t->cells[i].text && i + 1 < t->first[r + 1] && !*t->cells[i + 1].text);
	return spans && n.ours + n.others >= 2 && n.text == 0 && n.beside_empty * 3 <= n.ours &&
	       above.ours + n.ours >= 3 && above.beside_empty * 2 <= above.ours + above.others;
}

int
headings_height(const struct table *t, int r)
{
	if (is_second_heading(t, r) && cells_tally(t, r).text + cells_tally(t, r).ours > 0) {
		struct tally n = cells_tally(t, r);

		/* label and value side by side, twice, is no heading over two rows */
		if (n.ours + n.others >= n.text)
			return 2;
	}
	return is_heading(cells_tally(t, r)) ? 1 : 0;
}

/* Which label stands over each column: of the lowest heading row that has one. head, where not NULL: the
 * column at which the label's cell begins. */
static void
map_columns(struct table *t, int r, int height, struct label *map, int *head)
{
	for (int col = 0; col < t->columns; col++)
		map[col] = (struct label){.kind = LABEL_NONE, .field = -1, .second = -1};
	for (int h = 0; h < height; h++)
		for (size_t i = t->first[r + h]; i < t->first[r + h + 1]; i++) {
			const struct cell *c = &t->cells[i];

			for (int k = 0;
			     cell_is_ours(c) && k < c->at->columns && c->at->column + k < t->columns; k++) {
				map[c->at->column + k] = c->label;
				if (head)
					head[c->at->column + k] = c->at->column;
			}
		}
}

/* Over which columns a level of divisions stands that is no field of ours: 省, 设区市. */
static void
map_parents(const struct table *t, int r, int height, bool *parent)
{
	static const char *const levels[] = {"省", "市", "州"};

	for (size_t i = t->first[r]; i < t->first[r + height]; i++) {
		const struct cell *c = &t->cells[i];

		for (size_t k = 0; k < sizeof levels / sizeof *levels; k++)
			if (c->label.kind == LABEL_OTHER && c->at->column < t->columns &&
			    strstr(c->text, levels[k]))
				parent[c->at->column] = true;
	}
}

static bool
is_contact(const struct table *t, const struct label *l)
{
	return l->kind == LABEL_FIELD && t->y->form->fields[l->field].kind == FORM_CONTACT;
}

/* The columns from col on that ask for a person, up to that of the contact's own; none where it does not
 * follow. */
static void
others_before_contact(const struct table *t, const struct label *map, int col, bool *others)
{
	int end = col;

	while (end < t->columns && map[end].kind != LABEL_NONE &&
	       t->y->form->fields[map[end].field].generic && !is_contact(t, &map[end]))
		end++;
	for (; end < t->columns && is_contact(t, &map[end]) && col < end; col++)
		others[col] = true;
}

/* Which columns are another person's: under a heading of others in the row above (分管领导 over 姓名, 职务,
 * 电话), or behind one in the same row and before the contact's own. */
static void
find_others(const struct table *t, int r, int height, const struct label *map, bool *others)
{
	for (size_t i = t->first[r]; i < t->first[r + height]; i++) {
		const struct doc_cell *c = t->cells[i].at;

		if (t->cells[i].label.kind != LABEL_OTHER)
			continue;
		for (int k = 0; height > 1 && c->columns > 1 && k < c->columns && c->column + k < t->columns;
		     k++)
			others[c->column + k] = true;
		others_before_contact(t, map, c->column + c->columns, others);
	}
}

/* Take the columns that are another person's off the map, where the contact's own hold the same. */
static void
leave_others(const struct table *t, int r, int height, struct label *map)
{
	bool *others = mem_alloc((size_t)t->columns, sizeof *others);
	bool own[FORM_FIELDS_MAX] = {false};

	find_others(t, r, height, map, others);
	for (int col = 0; col < t->columns; col++)
		if (map[col].kind != LABEL_NONE && !others[col])
			own[map[col].field] = true;
	for (int col = 0; col < t->columns; col++)
		if (others[col] && map[col].kind != LABEL_NONE && own[map[col].field])
			map[col] = (struct label){.kind = LABEL_NONE, .field = -1, .second = -1};
	free(others);
}

/* ---- what stands under them ---- */

/* The cell (index) that is the heading over each column, or UNDER_NO_CELL. A lower one of the same field
 * (区县, under 申请区域) is a part of the upper. */
static void
find_headings(const struct table *t, int r, int height, int *heading)
{
	for (int col = 0; col < t->columns; col++)
		heading[col] = UNDER_NO_CELL;
	for (size_t i = t->first[r]; i < t->first[r + height]; i++) {
		const struct cell *c = &t->cells[i];

		for (int col = c->at->column;
		     cell_is_ours(c) && col < c->at->column + c->at->columns && col < t->columns; col++) {
			int over = heading[col];

			if (over == UNDER_NO_CELL || t->cells[over].label.field != c->label.field)
				heading[col] = (int)i;
		}
	}
}

/* Do headings of row r go down over the next one? Then that one is a heading, whatever it says. */
static bool
go_down(const struct table *t, int r)
{
	for (size_t i = t->first[r]; i < t->first[r + 1]; i++)
		if (cell_is_ours(&t->cells[i]) && t->cells[i].at->rows > 1)
			return r + 1 < t->rows;
	return false;
}

/* What stands over the column in row r, the lower of two headings; "" where there is none. */
static const char *
lower_heading(const struct table *t, int r, int col)
{
	for (size_t i = r < t->rows ? t->first[r] : 0; r < t->rows && i < t->first[r + 1]; i++)
		if (t->cells[i].at->column == col)
			return t->cells[i].text;
	return "";
}

static bool
is_level(const char *heading)
{
	static const char *const levels[] = {"省", "市", "州", "县", "区"};

	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
		if (strstr(heading, levels[i]))
			return true;
	return !*heading;
}

static uint32_t
next_but_numbers(const char **s)
{
	static const char numbers[] = "0123456789一二三四五①②③④⑤";
	uint32_t c = text_next(s);

	for (const char *n = numbers; c && *n;)
		if (text_next(&n) == c) {
			c = text_next(s);
			n = numbers;
		}
	return c;
}

/* 产业1, 产业2: several places for one value, as where nothing stands there. */
static bool
is_same_but_number(const char *x, const char *y)
{
	uint32_t c;

	do {
		c = next_but_numbers(&x);
		if (c != next_but_numbers(&y))
			return false;
	} while (c);
	return true;
}

/* Which columns only go on with the value in the one before: one heading stands over both, and below it none
 * that tells them apart. 申请区域 over 省, 市 and 县; 主导产业 over three columns. */
static void
find_more(const struct table *t, struct under *u, int r, int height)
{
	int *heading = mem_alloc((size_t)t->columns, sizeof *heading);
	int lower = height > 1 || go_down(t, r) ? r + 1 : t->rows;

	find_headings(t, r, height, heading);
	for (int col = 1; col < t->columns; col++) {
		const struct label *l = &u->map[col];
		const char *left = "", *right = "";

		u->more[col] = heading[col] != UNDER_NO_CELL && heading[col] == heading[col - 1] &&
		               l->kind == LABEL_FIELD && l->second < 0;
		if (!u->more[col])
			continue;
		left = lower_heading(t, lower, col - 1);
		right = lower_heading(t, lower, col);
		u->more[col] = t->y->form->fields[l->field].kind == FORM_REGION
		                       ? is_level(left) && is_level(right)
		                       : is_same_but_number(left, right);
	}
	free(heading);
}

static struct under
under_new(struct arena *a, int columns)
{
	size_t n = (size_t)columns;

	return (struct under){.map = arena_alloc(a, n, sizeof(struct label)),
	                      .head = arena_alloc(a, n, sizeof(int)),
	                      .more = arena_alloc(a, n, sizeof(bool)),
	                      .parent = arena_alloc(a, n, sizeof(bool)),
	                      .cover = arena_alloc(a, n, sizeof(int))};
}

static void
count_evidence(const struct table *t, struct under *u)
{
	bool met[FORM_FIELDS_MAX] = {false};

	u->labels = u->specific = 0;
	for (int col = 0; col < t->columns; col++) {
		int field = u->map[col].field;

		if (u->map[col].kind == LABEL_FIELD && u->map[col].second < 0)
			u->own[field] = true;
		if (u->map[col].kind != LABEL_FIELD || met[field])
			continue;
		met[field] = true;
		u->labels++;
		u->specific += !t->y->form->fields[field].generic;
	}
}

/* Does a field have a column for a part of it beside its own (姓名, 职务)? */
static bool
has_both(const struct table *t, const struct under *u, int field)
{
	bool own = false, part = false;

	for (int col = 0; col < t->columns; col++) {
		own = own || (u->map[col].kind == LABEL_FIELD && u->map[col].field == field);
		part = part || (u->map[col].kind == LABEL_PART && u->map[col].field == field);
	}
	return own && part;
}

/* Does the column hold values of two fields (职务及电话), and the first of them has a column of its own
 * (姓名)? */
static bool
is_split(const struct under *u, int col)
{
	return u->map[col].second >= 0 && u->own[u->map[col].field];
}

/* The cells of row r under the labels of this kind, each to what stands above it. A person's position goes
 * behind his name, not behind the last person's. */
static void
gather_row(const struct table *t, const struct under *u, int r, enum label_kind kind,
           const bool both[FORM_FIELDS_MAX], struct gathered found[FORM_FIELDS_MAX][2])
{
	for (size_t i = t->first[r]; i < t->first[r + 1]; i++) {
		const struct cell *c = &t->cells[i];
		int col = c->at->column;
		bool part = kind == LABEL_PART;
		struct gathered *x = NULL;
		struct cell own = *c, second = *c;

		if (col >= t->columns || u->map[col].kind != kind || !*c->text)
			continue;
		second.text = "";
		if (is_split(u, col))
			layout_split(t->y, &u->map[col], c->text, &own.text, &second.text);
		x = &found[u->map[col].field][part && !both[u->map[col].field]];
		if (*own.text)
			under_gather(x, t, &own, part && x->row == r ? " " : "\n");
		if (*second.text)
			under_gather(&found[u->map[col].second][0], t, &second, "\n");
	}
}

/* Label above value, few labels in a row: all that stands below, up to the next labels. */
static void
emit_below(struct table *t, const struct under *u, int from, int to)
{
	struct gathered found[FORM_FIELDS_MAX][2] = {0}; /* of fields, and of their parts */
	bool done[FORM_FIELDS_MAX][2] = {0}, both[FORM_FIELDS_MAX];

	for (int i = 0; i < FORM_FIELDS_MAX; i++) {
		both[i] = has_both(t, u, i);
		for (int part = 0; part < 2; part++)
			found[i][part] =
			        (struct gathered){.text = BUF_INIT(TABLE_VALUE_MAX),
			                          .row = UNDER_NO_CELL,
			                          .at = {.evidence = {.method = DOC_TEXT, .confidence = 1},
			                                 .quoted = t->quoted,
			                                 .told = true}};
	}
	for (int r = from; r < to; r++) {
		gather_row(t, u, r, LABEL_FIELD, both, found);
		gather_row(t, u, r, LABEL_PART, both, found);
	}
	for (int col = 0; col < t->columns; col++) {
		const struct label *l = &u->map[col];
		bool part = l->kind == LABEL_PART && !both[l->field];
		struct label own = *l;

		if (l->kind == LABEL_NONE || done[l->field][part])
			continue;
		own.kind = part ? LABEL_PART : LABEL_FIELD;
		if (is_split(u, col))
			own.second = -1;
		layout_value(t->y, &own, under_text(t, &found[l->field][part]), found[l->field][part].at);
		done[l->field][part] = true;
	}
	for (int i = 0; i < FORM_FIELDS_MAX; i++) {
		const struct label second = {.kind = LABEL_PART, .field = i, .second = -1};

		if (found[i][0].text.len && !done[i][0])
			layout_value(t->y, &second, under_text(t, &found[i][0]), found[i][0].at);
	}
	for (int i = 0; i < FORM_FIELDS_MAX; i++)
		for (int part = 0; part < 2; part++)
			buf_free(&found[i][part].text);
}

static bool
same_labels(const struct table *t, const struct label *x, const struct label *y)
{
	int same = 0;
	int other = 0;

	for (int col = 0; col < t->columns; col++)
		if (x[col].field == y[col].field)
			same += x[col].field >= 0;
		else
			other++;
	return same > other;
}

/* The end of what stands under the headings at r: the next headings with other labels, a row that
 * begins with a label and goes on with a value, or the table's end. */
static int
end_of_rows(struct table *t, int r, const struct label *map, struct label *scratch)
{
	for (; r < t->rows; r++) {
		int height = headings_height(t, r);
		struct tally n = cells_tally(t, r);

		if (height) {
			map_columns(t, r, height, scratch, NULL);
			if (!same_labels(t, map, scratch))
				return r;
			r += height - 1;
		} else if (n.ours > 0 && cell_is_ours(&t->cells[t->first[r]])) {
			return r;
		}
	}
	return r;
}

int
headings_read(struct table *t, int r, int height)
{
	struct arena *a = t->y->doc->arena;
	struct label *scratch = mem_alloc((size_t)t->columns, sizeof *scratch);
	struct under u = under_new(a, t->columns);
	int end = 0;

	map_columns(t, r, height, u.map, u.head);
	find_more(t, &u, r, height);
	leave_others(t, r, height, u.map);
	map_parents(t, r, height, u.parent);
	count_evidence(t, &u);
	end = end_of_rows(t, r + height, u.map, scratch);
	if (u.labels >= t->y->form->evidence_labels && u.specific >= t->y->form->evidence_specific) {
		if (!summary_rows(t, &u, r + height, end))
			summary_empty(t, &u, r);
		layout_add(t->y, (struct event){.kind = EVENT_TABLE, .quoted = t->quoted});
		if (end == t->rows)
			summary_keep(t, &u);
	} else {
		emit_below(t, &u, r + height, end);
	}
	free(scratch);
	return end;
}
