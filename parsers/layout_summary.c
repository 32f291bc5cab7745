/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A summary: a row for each form under headings, or several rows beside the merged cell of a region; over two
 * tables where a page ends between them. */
#include "parsers/layout_under.h"

#include <string.h>

enum { REGION_ALONE_MAX = 90, FORM_ROWS_MAX = 40 /* of a summary, for one form */ };

/* ---- which rows are forms ---- */

/* Bring cover[] to the row at hand; rows are asked for one after the other. */
static void
cover_row(const struct table *t, struct under *u)
{
	for (int col = 0; col < t->columns; col++) {
		int i = u->cover[col];
		const struct doc_cell *c = i == UNDER_NO_CELL ? NULL : t->cells[i].at;

		if (c && u->row >= c->row + c->rows)
			u->cover[col] = UNDER_NO_CELL;
	}
	for (size_t i = t->first[u->row]; i < t->first[u->row + 1]; i++) {
		const struct doc_cell *c = t->cells[i].at;

		for (int col = c->column; col < c->column + c->columns && col < t->columns; col++)
			u->cover[col] = (int)i;
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

/* 示例, （填写要求）, 合计: what such a row holds is nobody's. */
static bool
is_example(const char *text)
{
	static const char *const words[] = {
	        "合计", "总计", "小计",     "共计",     "例",       "示例",     "样例",     "范例",
	        "举例", "样表", "填写示例", "填报示例", "填写说明", "填报说明", "填写要求", "填报要求"};
	static const char *const marks[] = {"（", "(", "【", "）", ")", "】", "：", ":", " "};
	struct bytes b = bytes_str(text);

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		size_t len = strlen(marks[i]);

		if (bytes_begin(b, marks[i]))
			b = BYTES(b.at + len, b.len - len);
		if (bytes_end(b, marks[i]))
			b.len -= len;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (bytes_equal(b, bytes_str(words[i])))
			return true;
	return false;
}

/* Is this row under headings no form: empty, a remark, an example, a title, a group's name? */
static bool
is_no_form(const struct table *t, const struct under *u)
{
	const struct cell *only = NULL;
	const struct cell *first = cells_first_filled(t, u->row);
	int count = filled(t, u, &only);

	if (!first || count == 0 || is_example(first->text))
		return true;
	if (count <= 2 && layout_begins(t->y->form->words_remark, first->text))
		return true;
	if (count > 1)
		return false;
	return only->at->columns > 1 || strlen(only->text) > REGION_ALONE_MAX || strchr(only->text, ':') ||
	       strstr(only->text, "：") || u->map[only->at->column].field != 0;
}

/* ---- a form under headings: a row, or several beside the merged cell of its region ---- */

static enum form_kind
kind_over(const struct table *t, const struct under *u, int col)
{
	return t->y->form->fields[u->map[col].field].kind;
}

static bool
is_region(const struct table *t, const struct under *u, int col)
{
	return u->map[col].kind == LABEL_FIELD && kind_over(t, u, col) == FORM_REGION;
}

/* How many rows from the one at hand are one form: those beside the merged cell of its region, where they
 * hold further industries or persons and no further unit. */
static int
rows_of_form(const struct table *t, const struct under *u, int end)
{
	int last = u->row;

	for (int col = 0; col < t->columns; col++) {
		const struct doc_cell *c = u->cover[col] == UNDER_NO_CELL ? NULL : t->cells[u->cover[col]].at;

		if (c && c->row == u->row && c->rows <= FORM_ROWS_MAX && is_region(t, u, col))
			last = c->row + c->rows - 1;
	}
	last = last < end ? last : end - 1;
	for (size_t i = t->first[u->row + 1]; last > u->row && i < t->first[last + 1]; i++) {
		const struct cell *c = &t->cells[i];
		bool labelled = c->at->column < t->columns && u->map[c->at->column].kind != LABEL_NONE;
		enum form_kind kind = labelled ? kind_over(t, u, c->at->column) : FORM_NAMES;

		if (*c->text && (kind == FORM_REGION || kind == FORM_UNIT))
			return 1;
	}
	return last - u->row + 1;
}

/* ---- their values ---- */

void
under_gather(struct gathered *x, const struct table *t, const struct cell *c, const char *mark)
{
	bool first = !x->text.len;
	struct doc_evidence before = x->at.evidence;

	if (first)
		x->at = cells_event(t, c);
	/* a cell before it may have been one whose ink was not read */
	if (!first || before.doubtful)
		x->at.evidence = doc_weaker(before, c->evidence);
	buf_fmt(&x->text, "%s%s", first ? "" : mark, c->text);
	x->row = c->at->row;
}

const char *
under_text(const struct table *t, const struct gathered *x)
{
	return arena_dup0(t->y->doc->arena, x->text.at, x->text.len);
}

/* The column behind those that the value at column col goes on in. */
static int
slot_end(const struct table *t, const struct under *u, int col)
{
	int end = col + 1;

	while (end < t->columns && u->more[end])
		end++;
	return end;
}

/* What stands under the label over column col, in the row at hand and the rows after it that are its form's,
 * into x. u->last is the cell that was taken last, which may reach under the next label. False: no cell. */
static bool
gather_slot(struct gathered *x, const struct table *t, struct under *u, int col, int rows)
{
	const char *mark = kind_over(t, u, col) == FORM_NAMES ? "、" : "\n";
	bool any = false;

	for (int end = slot_end(t, u, col); col < end; col++) {
		int i = u->cover[col];

		if (i == UNDER_NO_CELL || i == u->last)
			continue;
		if (!any || *t->cells[i].text)
			under_gather(x, t, &t->cells[i], mark);
		else if (t->cells[i].evidence.doubtful)
			x->at.evidence = doc_weaker(x->at.evidence, t->cells[i].evidence);
		u->last = i;
		any = true;
		for (size_t k = t->first[u->row + 1]; rows > 1 && k < t->first[u->row + rows]; k++)
			if (t->cells[k].at->column == col && *t->cells[k].text)
				under_gather(x, t, &t->cells[k], mark);
	}
	return any;
}

/* 地区 beside 县（市、区）: a region in two columns is read as one, unless one of them says it all. */
static void
join_regions(struct gathered *x, const struct gathered *next)
{
	if (!next->text.len || (x->text.len && strstr(x->text.at, next->text.at)))
		return;
	if (x->text.len && strstr(next->text.at, x->text.at))
		buf_clear(&x->text);
	if (x->text.len)
		x->at.evidence = doc_weaker(x->at.evidence, next->at.evidence);
	else
		x->at = next->at;
	buf_str(&x->text, next->text.at);
}

static void
emit_region(struct table *t, struct under *u, int col, int rows)
{
	struct gathered all = {.text = BUF_INIT(TABLE_VALUE_MAX)};
	const struct label *label = &u->map[col];
	bool any = false;
	int head = -1; /* 名称 and 编号 below one heading are not two regions */

	for (; col < t->columns; col = slot_end(t, u, col)) {
		struct gathered x = {.text = BUF_INIT(TABLE_VALUE_MAX)};

		if (!is_region(t, u, col) || u->head[col] == head)
			continue;
		head = u->head[col];
		if (gather_slot(&x, t, u, col, rows)) {
			if (!any)
				all.at = x.at;
			any = true;
			join_regions(&all, &x);
		}
		buf_free(&x.text);
	}
	if (any)
		layout_value(t->y, label, under_text(t, &all), all.at);
	buf_free(&all.text);
}

static void
emit_slot(struct table *t, struct under *u, int col, int rows)
{
	struct gathered x = {.text = BUF_INIT(TABLE_VALUE_MAX)};

	if (gather_slot(&x, t, u, col, rows))
		layout_value(t->y, &u->map[col], under_text(t, &x), x.at);
	buf_free(&x.text);
}

/* 江苏省, 徐州市 under 省, 市 at the left of 鼓楼区: where it lies. */
static const char *
where_it_lies(const struct table *t, const struct under *u)
{
	struct buf b = BUF_INIT(TABLE_VALUE_MAX);
	const char *where = NULL;
	int last = UNDER_NO_CELL;

	for (int col = 0; col < t->columns && u->map[col].kind == LABEL_NONE; col++) {
		int i = u->cover[col];

		if (u->parent[col] && i != UNDER_NO_CELL && i != last)
			buf_str(&b, t->cells[i].text);
		last = i;
	}
	where = arena_dup0(t->y->doc->arena, b.at, b.len);
	buf_free(&b);
	return where;
}

static void
emit_rows(struct table *t, struct under *u, int rows)
{
	bool region = false;

	layout_add(t->y, (struct event){.kind = EVENT_ROW, .quoted = t->quoted, .text = where_it_lies(t, u)});
	u->last = UNDER_NO_CELL;
	for (int col = 0; col < t->columns; col = slot_end(t, u, col)) {
		if (u->map[col].kind == LABEL_NONE)
			continue;
		if (!is_region(t, u, col))
			emit_slot(t, u, col, rows);
		else if (!region)
			emit_region(t, u, col, rows);
		region = region || is_region(t, u, col);
	}
}

/* The headings' own row as an empty form: a summary that nobody has filled in. */
void
summary_empty(struct table *t, const struct under *u, int r)
{
	struct cell none = {.at = t->cells[t->first[r]].at,
	                    .text = "",
	                    .evidence = {.method = DOC_TEXT, .confidence = 1}};
	int last = UNDER_NO_CELL;

	layout_add(t->y, (struct event){.kind = EVENT_ROW, .quoted = t->quoted});
	for (int col = 0; col < t->columns; col++) {
		if (u->map[col].kind != LABEL_NONE && u->map[col].field != last)
			layout_value(t->y, &u->map[col], "", cells_event(t, &none));
		last = u->map[col].field;
	}
}

int
summary_rows(struct table *t, struct under *u, int r, int end)
{
	int forms = 0;

	for (int col = 0; col < t->columns; col++)
		u->cover[col] = UNDER_NO_CELL;
	for (u->row = r; u->row < end; u->row++) {
		cover_row(t, u);
		if (headings_height(t, u->row))
			u->row += headings_height(t, u->row) - 1;
		else if (!is_no_form(t, u)) {
			int rows = rows_of_form(t, u, end);

			emit_rows(t, u, rows);
			u->row += rows - 1;
			forms++;
		}
	}
	return forms;
}

/* ---- over two tables ---- */

/* What a later table may go on with. */
struct summary {
	struct under under;
	int columns;
	bool quoted;
};

void
summary_keep(const struct table *t, const struct under *u)
{
	struct summary *s = arena_alloc(t->y->doc->arena, 1, sizeof *s);

	*s = (struct summary){*u, t->columns, t->quoted};
	t->y->summary = s;
	t->y->summary_end = t->y->count;
}

/* Nothing between the two tables but running text without a label. */
static bool
follows_summary(const struct layout *y)
{
	for (size_t i = y->summary_end; i < y->count; i++)
		if (y->events[i].kind != EVENT_TEXT && y->events[i].kind != EVENT_TABLE)
			return false;
	return y->summary != NULL;
}

bool
summary_continue(struct table *t)
{
	struct summary *s = t->y->summary;
	struct under u;

	if (!follows_summary(t->y) || s->columns != t->columns || s->quoted != t->quoted)
		return false;
	u = s->under;
	for (u.row = 0; u.row < t->rows; u.row++) {
		struct tally n = cells_tally(t, u.row);
		const struct cell *last = NULL;

		if (n.ours || n.others || (!u.row && filled(t, &u, &last) < t->y->form->evidence_labels))
			return false;
	}
	(void)summary_rows(t, &u, 0, t->rows);
	layout_add(t->y, (struct event){.kind = EVENT_TABLE, .quoted = t->quoted});
	t->y->summary_end = t->y->count;
	return true;
}
