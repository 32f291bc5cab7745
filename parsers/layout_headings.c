/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Headings over one or two rows, and a row for each form under them; or, of few labels, all that stands
 * below. */
#include "parsers/layout_cells.h"

#include <stdlib.h>
#include <string.h>

enum { REGION_ALONE_MAX = 90, NONE = -1 };

/* ---- which rows are headings ---- */

static bool
is_heading(struct tally n)
{
	if (n.ours < 2 || n.beside_empty * 3 > n.ours)
		return false;
	return n.text == 0 || (n.ours >= 3 && n.text * 2 <= n.ours + n.others);
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

/* Which label stands over each column: of the lowest heading row that has one. */
static void
map_columns(struct table *t, int r, int height, struct label *map)
{
	for (int col = 0; col < t->columns; col++)
		map[col] = (struct label){.kind = LABEL_NONE, .field = -1, .second = -1};
	for (int h = 0; h < height; h++)
		for (size_t i = t->first[r + h]; i < t->first[r + h + 1]; i++) {
			const struct cell *c = &t->cells[i];

			for (int k = 0;
			     cell_is_ours(c) && k < c->at->columns && c->at->column + k < t->columns; k++)
				map[c->at->column + k] = c->label;
		}
}

/* ---- what stands under them ---- */

struct under {
	struct label *map; /* per column */
	bool *more;        /* per column: it goes on with the value of the one before */
	int *cover;        /* per column: the cell (index) over it at the row at hand, or NONE */
	int labels, specific;
	int row; /* at hand */
};

/* Bring cover[] to the row at hand; rows are asked for one after the other. */
static void
cover_row(const struct table *t, struct under *u)
{
	for (int col = 0; col < t->columns; col++) {
		int i = u->cover[col];
		const struct doc_cell *c = i == NONE ? NULL : t->cells[i].at;

		if (c && u->row >= c->row + c->rows)
			u->cover[col] = NONE;
	}
	for (size_t i = t->first[u->row]; i < t->first[u->row + 1]; i++) {
		const struct doc_cell *c = t->cells[i].at;

		for (int col = c->column; col < c->column + c->columns && col < t->columns; col++)
			u->cover[col] = (int)i;
	}
}

static void
count_evidence(const struct table *t, struct under *u)
{
	bool met[FORM_FIELDS_MAX] = {false};

	u->labels = u->specific = 0;
	for (int col = 0; col < t->columns; col++) {
		int field = u->map[col].field;

		if (u->map[col].kind != LABEL_FIELD || met[field])
			continue;
		met[field] = true;
		u->labels++;
		u->specific += !t->y->form->fields[field].generic;
	}
}

/* How many cells that begin in this row stand under a label and hold something; the last of them. */
static int
filled(const struct table *t, const struct under *u, const struct cell **last_r)
{
	int count = 0;

	for (size_t i = t->first[u->row]; i < t->first[u->row + 1]; i++) {
		const struct cell *c = &t->cells[i];

		if (c->at->column < t->columns && u->map[c->at->column].kind != LABEL_NONE && *c->text) {
			count++;
			*last_r = c;
		}
	}
	return count;
}

/* Is this row under headings no form: empty, a remark, a title, a group's name? */
static bool
is_no_form(const struct table *t, const struct under *u)
{
	const struct cell *only = NULL;
	const struct cell *first = cells_first_filled(t, u->row);
	int count = filled(t, u, &only);

	if (!first || count == 0)
		return true;
	if (count <= 2 && layout_begins(t->y->form->words_remark, first->text))
		return true;
	if (count > 1)
		return false;
	return only->at->columns > 1 || strlen(only->text) > REGION_ALONE_MAX || strchr(only->text, ':') ||
	       strstr(only->text, "：") || u->map[only->at->column].field != 0;
}

/* The cell (index) that is the heading over each column, or NONE. A lower one of the same field (区县, under
 * 申请区域) is a part of the upper. */
static void
find_headings(const struct table *t, int r, int height, int *heading)
{
	for (int col = 0; col < t->columns; col++)
		heading[col] = NONE;
	for (size_t i = t->first[r]; i < t->first[r + height]; i++) {
		const struct cell *c = &t->cells[i];

		for (int col = c->at->column;
		     cell_is_ours(c) && col < c->at->column + c->at->columns && col < t->columns; col++) {
			int over = heading[col];

			if (over == NONE || t->cells[over].label.field != c->label.field)
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

		u->more[col] = heading[col] != NONE && heading[col] == heading[col - 1] &&
		               l->kind == LABEL_FIELD && l->second < 0;
		if (!u->more[col])
			continue;
		left = lower_heading(t, lower, col - 1);
		right = lower_heading(t, lower, col);
		u->more[col] = t->y->form->fields[l->field].kind == FORM_REGION
		                       ? is_level(left) && is_level(right)
		                       : !*left && !*right;
	}
	free(heading);
}

/* The value that begins at column *col, with the cells that it goes on in; *col moves to the last of them. */
static const char *
whole_value(const struct table *t, const struct under *u, int *col)
{
	bool names = t->y->form->fields[u->map[*col].field].kind == FORM_NAMES;
	int last = u->cover[*col];
	const char *text = t->cells[last].text;
	struct buf b = BUF_INIT(TABLE_VALUE_MAX);

	if (*col + 1 >= t->columns || !u->more[*col + 1])
		return text;
	buf_str(&b, text);
	for (; *col + 1 < t->columns && u->more[*col + 1]; ++*col) {
		int i = u->cover[*col + 1];

		if (i == NONE || i == last || !*t->cells[i].text)
			continue;
		buf_fmt(&b, "%s%s", b.len == 0 ? "" : names ? "、" : "\n", t->cells[i].text);
		last = i;
	}
	text = b.len ? arena_dup0(t->y->doc->arena, b.at, b.len) : "";
	buf_free(&b);
	return text;
}

static void
emit_row(struct table *t, const struct under *u)
{
	int last = NONE;

	layout_add(t->y, (struct event){.kind = EVENT_ROW, .quoted = t->quoted});
	for (int col = 0; col < t->columns; col++) {
		int i = u->cover[col], begin = col;

		if (u->map[col].kind == LABEL_NONE || i == NONE || i == last)
			continue;
		layout_value(t->y, &u->map[begin], whole_value(t, u, &col), cells_event(t, &t->cells[i]));
		last = u->cover[col];
	}
}

/* The headings' own row as an empty form: a summary that nobody has filled in. */
static void
emit_empty(struct table *t, const struct under *u, int r)
{
	struct cell none = {.at = t->cells[t->first[r]].at,
	                    .text = "",
	                    .evidence = {.method = DOC_TEXT, .confidence = 1}};
	int last = NONE;

	layout_add(t->y, (struct event){.kind = EVENT_ROW, .quoted = t->quoted});
	for (int col = 0; col < t->columns; col++) {
		if (u->map[col].kind != LABEL_NONE && u->map[col].field != last)
			layout_value(t->y, &u->map[col], "", cells_event(t, &none));
		last = u->map[col].field;
	}
}

/* What is gathered below one label. */
struct below {
	bool is;
	struct buf text;
	struct event at;
};

static void
gather(struct below *x, const struct table *t, const struct cell *c)
{
	if (!x->text.len)
		x->at = cells_event(t, c);
	buf_fmt(&x->text, "%s%s", x->text.len ? "\n" : "", c->text);
}

/* Label above value, few labels in a row: all that stands below, up to the next labels. */
static void
emit_below(struct table *t, const struct under *u, int from, int to)
{
	struct below found[FORM_FIELDS_MAX][2] = {0}; /* of fields, and of their parts */

	for (int i = 0; i < FORM_FIELDS_MAX; i++)
		for (int part = 0; part < 2; part++)
			found[i][part] =
			        (struct below){.text = BUF_INIT(TABLE_VALUE_MAX),
			                       .at = {.evidence = {.method = DOC_TEXT, .confidence = 1},
			                              .quoted = t->quoted,
			                              .told = true}};
	for (size_t i = from < to ? t->first[from] : 0; from < to && i < t->first[to]; i++) {
		const struct cell *c = &t->cells[i];
		int col = c->at->column;

		if (col < t->columns && u->map[col].kind != LABEL_NONE && *c->text)
			gather(&found[u->map[col].field][u->map[col].kind == LABEL_PART], t, c);
	}
	for (int col = 0; col < t->columns; col++) {
		struct below *x = NULL;

		if (u->map[col].kind == LABEL_NONE)
			continue;
		x = &found[u->map[col].field][u->map[col].kind == LABEL_PART];
		if (!x->is)
			layout_value(t->y, &u->map[col],
			             arena_dup0(t->y->doc->arena, x->text.at, x->text.len), x->at);
		x->is = true;
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
			map_columns(t, r, height, scratch);
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
	struct label *scratch = mem_alloc((size_t)t->columns, sizeof *scratch);
	struct under u = {.map = mem_alloc((size_t)t->columns, sizeof *u.map),
	                  .more = mem_alloc((size_t)t->columns, sizeof *u.more),
	                  .cover = mem_alloc((size_t)t->columns, sizeof *u.cover)};
	int forms = 0;
	int end = 0;

	map_columns(t, r, height, u.map);
	find_more(t, &u, r, height);
	count_evidence(t, &u);
	end = end_of_rows(t, r + height, u.map, scratch);
	for (int col = 0; col < t->columns; col++)
		u.cover[col] = NONE;
	if (u.labels >= t->y->form->evidence_labels && u.specific >= t->y->form->evidence_specific) {
		for (u.row = r + height; u.row < end; u.row++) {
			cover_row(t, &u);
			if (headings_height(t, u.row))
				u.row += headings_height(t, u.row) - 1;
			else if (!is_no_form(t, &u)) {
				emit_row(t, &u);
				forms++;
			}
		}
		if (!forms)
			emit_empty(t, &u, r);
		layout_add(t->y, (struct event){.kind = EVENT_TABLE, .quoted = t->quoted});
	} else {
		emit_below(t, &u, r + height, end);
	}
	free(u.map);
	free(u.more);
	free(u.cover);
	free(scratch);
	return end;
}
