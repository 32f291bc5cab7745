/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables: labels with their values to the right, below or in the same cell, and a row for each form
 * under one or two rows of headings. */
#include "parsers/layout.h"

#include "config/text.h"
#include "parsers/hint.h"

#include <stdlib.h>
#include <string.h>

enum {
	COLUMN_FORMS_MAX = 200,
	LABEL_CELL_MAX = 400,
	CELL_LINES_MAX = 200, /* of a cell, looked at for labels: a form has seven */
	MISTYPED_MAX = 60,
	REGION_ALONE_MAX = 90,
	VALUE_MAX = 1 << 20,
	NONE = -1
};

struct cell {
	const struct doc_cell *at;
	const char *text;
	struct doc_evidence evidence;
	struct label label; /* the whole cell is one */
	bool nested;        /* a table lies in it */
	bool title;
};

struct table {
	struct layout *y;
	const struct doc_table *t;
	bool quoted;
	int page;
	struct cell *cells; /* in reading order */
	size_t *first;      /* of each row, in cells; one more at the end */
	int rows, columns;
	int *cover;  /* per column: the cell (index) over it at the row at hand */
	bool *aside; /* per column: its heading is another's label (备注) */

	/* the label whose value is looked for */
	struct label pending;
	bool is_pending;
	bool met_cell; /* a cell stands to the right of it */
	int label_column;
	struct buf value;
	struct event base;
};

static bool
is_ours(const struct cell *c)
{
	return c->label.kind == LABEL_FIELD || c->label.kind == LABEL_PART;
}

/* ---- reading the cells ---- */

static void
look_at(struct table *t, struct cell *c)
{
	struct layout *y = t->y;
	const char *clean = NULL;
	bool hint = false;

	c->text = doc_cell_text(y->doc, c->at, &c->evidence);
	if (strcmp(c->text, "：") == 0 || strcmp(c->text, ":") == 0)
		c->text = "";
	c->label = (struct label){.kind = LABEL_NONE, .field = -1, .second = -1};
	for (const struct doc_block *b = c->at->first; b; b = b->next)
		c->nested = c->nested || b->kind == DOC_TABLE;
	if (!*c->text || c->nested || strlen(c->text) > LABEL_CELL_MAX)
		return;
	c->title = label_title(y->labels, c->text);
	/* a label may bear its hint in its own cell */
	clean = hint_strip(y->doc->arena, y->form, &y->form->fields[0], c->text, &hint);
	if (!c->title && clean)
		c->label = label_whole(y->labels, clean, c->evidence.method == DOC_OCR);
}

static void
look_at_all(struct table *t)
{
	size_t count = 0;
	size_t n = 0;

	for (const struct doc_row *r = t->t->first; r; r = r->next, t->rows++)
		for (const struct doc_cell *c = r->first; c; c = c->next)
			count++;
	t->cells = mem_alloc(count + 1, sizeof *t->cells);
	t->first = mem_alloc((size_t)t->rows + 1, sizeof *t->first);
	t->rows = 0;
	for (const struct doc_row *r = t->t->first; r; r = r->next) {
		t->first[t->rows++] = n;
		for (const struct doc_cell *c = r->first; c; c = c->next) {
			t->cells[n].at = c;
			look_at(t, &t->cells[n++]);
		}
	}
	t->first[t->rows] = n;
	t->columns = t->t->columns > 0 ? t->t->columns : 1;
	t->cover = mem_alloc((size_t)t->columns, sizeof *t->cover);
	t->aside = mem_alloc((size_t)t->columns, sizeof *t->aside);
}

/* A label with one wrong character, in a table that is the form beyond doubt: only for fields whose
 * label is met nowhere else in it. */
static void
look_for_mistyped(struct table *t)
{
	bool met[FORM_FIELDS_MAX] = {false};
	size_t left = t->y->form->field_count; /* not met */
	int specific = 0;

	for (size_t i = 0; i < t->first[t->rows]; i++) {
		const struct label *l = &t->cells[i].label;

		for (int k = 0; k < 2 && l->kind == LABEL_FIELD; k++) {
			int field = k ? l->second : l->field;

			if (field < 0 || met[field])
				continue;
			met[field] = true;
			left--;
			specific += !t->y->form->fields[field].generic;
		}
	}
	if (specific < t->y->form->evidence_specific)
		return;
	for (size_t i = 0; left && i < t->first[t->rows]; i++) {
		struct cell *c = &t->cells[i];
		struct label l = {.kind = LABEL_NONE};

		if (c->label.kind == LABEL_NONE && !c->title && !c->nested && *c->text &&
		    strnlen(c->text, MISTYPED_MAX + 1) <= MISTYPED_MAX)
			l = label_whole(t->y->labels, c->text, true);
		if (l.kind != LABEL_FIELD || met[l.field])
			continue;
		met[l.field] = true;
		left--;
		c->label = l;
	}
}

/* Bring cover[] to row r; rows are asked for one after the other. */
static void
cover_row(struct table *t, int r)
{
	for (int col = 0; col < t->columns; col++) {
		int i = t->cover[col];
		const struct doc_cell *c = i == NONE ? NULL : t->cells[i].at;

		if (c && r >= c->row + c->rows)
			t->cover[col] = NONE;
	}
	for (size_t i = t->first[r]; i < t->first[r + 1]; i++) {
		const struct doc_cell *c = t->cells[i].at;

		for (int col = c->column; col < c->column + c->columns && col < t->columns; col++)
			t->cover[col] = (int)i;
	}
}

/* ---- rows of headings ---- */

/* What a row holds, counted. */
struct tally {
	int ours, others, text; /* cells: our labels, labels of others, anything else */
	int beside_empty;       /* our labels with an empty cell at their right: a value's place */
};

static struct tally
tally_row(const struct table *t, int r)
{
	struct tally n = {0};

	for (size_t i = t->first[r]; i < t->first[r + 1]; i++) {
		const struct cell *c = &t->cells[i];
		bool next_empty = i + 1 < t->first[r + 1] && !*t->cells[i + 1].text;

		n.ours += is_ours(c);
		n.others += c->label.kind == LABEL_OTHER;
		n.text += *c->text && c->label.kind == LABEL_NONE;
		n.beside_empty += is_ours(c) && next_empty;
	}
	return n;
}

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
	struct tally above = tally_row(t, r);
	struct tally n = {0};
	bool spans = false;

	if (r + 1 >= t->rows || above.ours + above.others == 0)
		return false;
	n = tally_row(t, r + 1);
	for (size_t i = t->first[r]; i < t->first[r + 1]; i++)
		spans = spans || t->cells[i].at->rows > 1 || t->cells[i].at->columns > 1 ||
		        (*t->cells[i].text && i + 1 < t->first[r + 1] && !*t->cells[i + 1].text);
	return spans && n.ours >= 2 && n.text == 0 && n.beside_empty * 3 <= n.ours &&
	       above.ours + n.ours >= 3 && above.beside_empty * 2 <= above.ours + above.others;
}

static int
heading_height(const struct table *t, int r)
{
	if (is_second_heading(t, r) && tally_row(t, r).text + tally_row(t, r).ours > 0) {
		struct tally n = tally_row(t, r);

		/* label and value side by side, twice, is no heading over two rows */
		if (n.ours + n.others >= n.text)
			return 2;
	}
	return is_heading(tally_row(t, r)) ? 1 : 0;
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

			for (int k = 0; is_ours(c) && k < c->at->columns && c->at->column + k < t->columns;
			     k++)
				map[c->at->column + k] = c->label;
		}
}

/* ---- what stands under headings ---- */

struct under {
	struct label *map; /* per column */
	int labels, specific;
	int row; /* at hand */
};

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

static struct event
event_at(const struct table *t, const struct cell *c)
{
	return (struct event){.quoted = t->quoted,
	                      .told = true,
	                      .evidence = c->evidence,
	                      .place = {.page = t->page,
	                                .table = t->t->number,
	                                .row = c->at->row,
	                                .column = c->at->column,
	                                .sheet_row = c->at->sheet_row,
	                                .sheet_column = c->at->sheet_column}};
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

static const struct cell *
first_filled(const struct table *t, int r)
{
	for (size_t i = t->first[r]; i < t->first[r + 1]; i++)
		if (*t->cells[i].text)
			return &t->cells[i];
	return NULL;
}

/* Is this row under headings no form: empty, a remark, a title, a group's name? */
static bool
is_no_form(const struct table *t, const struct under *u)
{
	const struct cell *only = NULL;
	const struct cell *first = first_filled(t, u->row);
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

static void
emit_row(struct table *t, const struct under *u)
{
	int last = NONE;

	layout_add(t->y, (struct event){.kind = EVENT_ROW, .quoted = t->quoted});
	for (int col = 0; col < t->columns; col++) {
		int i = t->cover[col];

		if (u->map[col].kind == LABEL_NONE || i == NONE || i == last)
			continue;
		last = i;
		layout_value(t->y, &u->map[col], t->cells[i].text, event_at(t, &t->cells[i]));
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
			layout_value(t->y, &u->map[col], "", event_at(t, &none));
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
		x->at = event_at(t, c);
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
			        (struct below){.text = BUF_INIT(VALUE_MAX),
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
		int height = heading_height(t, r);
		struct tally n = tally_row(t, r);

		if (height) {
			map_columns(t, r, height, scratch);
			if (!same_labels(t, map, scratch))
				return r;
			r += height - 1;
		} else if (n.ours > 0 && is_ours(&t->cells[t->first[r]])) {
			return r;
		}
	}
	return r;
}

/* Read headings at r and what stands under them; the row behind. */
static int
read_headings(struct table *t, int r, int height)
{
	struct label *scratch = mem_alloc((size_t)t->columns, sizeof *scratch);
	struct under u = {.map = mem_alloc((size_t)t->columns, sizeof *u.map)};
	int forms = 0;
	int end = 0;

	map_columns(t, r, height, u.map);
	count_evidence(t, &u);
	end = end_of_rows(t, r + height, u.map, scratch);
	for (int col = 0; col < t->columns; col++)
		t->cover[col] = NONE;
	if (u.labels >= t->y->form->evidence_labels && u.specific >= t->y->form->evidence_specific) {
		for (u.row = r + height; u.row < end; u.row++) {
			cover_row(t, u.row);
			if (heading_height(t, u.row))
				u.row += heading_height(t, u.row) - 1;
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
	free(scratch);
	return end;
}

/* ---- labels beside their values ---- */

static void
close_pending(struct table *t)
{
	if (t->is_pending)
		layout_value(t->y, &t->pending, arena_dup0(t->y->doc->arena, t->value.at, t->value.len),
		             t->base);
	t->is_pending = false;
	buf_clear(&t->value);
}

static void
open_pending(struct table *t, const struct cell *c)
{
	/* a label right behind a label: the first was a group's heading (联系方式 over 联系人, 联系电话) */
	if (t->is_pending && !t->met_cell)
		t->is_pending = false;
	close_pending(t);
	t->is_pending = true;
	t->met_cell = false;
	t->pending = c->label;
	t->label_column = c->at->column;
	t->base = event_at(t, c);
}

static void
add_value(struct table *t, const struct cell *c)
{
	const char *text = c->text;
	struct label own = label_line(t->y->labels, text, false);

	/* the label again, before its value in the value's cell */
	if (own.kind == LABEL_FIELD && own.field == t->pending.field && own.colon && own.second < 0)
		text = own.value ? own.value : "";
	if (t->met_cell && c->at->column < t->columns && t->aside[c->at->column])
		return;
	t->met_cell = true;
	if (!*text) {
		/* an empty cell of a picture may be one whose ink was not read: its own evidence says */
		if (!t->value.len && c->evidence.method == DOC_OCR && !t->base.evidence.doubtful)
			t->base.evidence = c->evidence;
		return;
	}
	if (!t->value.len)
		t->base = event_at(t, c);
	t->base.evidence = doc_weaker(t->base.evidence, c->evidence);
	buf_fmt(&t->value, "%s%s", t->value.len ? "\n" : "", text);
}

/* Does the cell begin with one of our labels and hold its value too? */
static bool
holds_label(const struct table *t, const struct cell *c)
{
	struct label l = label_line(t->y->labels, c->text, false);

	if (l.kind == LABEL_NONE || l.kind == LABEL_OTHER) {
		/* several lines, each with its label, under a line that has none */
		const char *line = strchr(c->text, '\n');

		for (int n = 0; line && l.kind == LABEL_NONE && n < CELL_LINES_MAX;
		     line = strchr(line + 1, '\n'), n++)
			l = label_line(t->y->labels, line + 1, false);
		return l.kind == LABEL_FIELD && (l.colon || l.bracket) && !t->is_pending;
	}
	if (t->is_pending && t->pending.kind != LABEL_OTHER) {
		bool generic = l.field >= 0 && t->y->form->fields[l.field].generic &&
		               t->y->form->fields[t->pending.field].generic;

		return l.colon && l.field != t->pending.field && (generic || t->value.len);
	}
	return true;
}

static void
read_inside(struct table *t, const struct cell *c)
{
	struct found_place place = event_at(t, c).place;

	if (t->is_pending && !t->value.len)
		t->is_pending = false;
	close_pending(t);
	layout_blocks(t->y, c->at->first, place);
	if (c->nested)
		layout_add(t->y, (struct event){.kind = EVENT_TABLE, .quoted = t->quoted});
}

/* A title alone in its row, above all labels. */
static void
look_for_foreign_title(struct table *t, int r)
{
	const struct cell *first = first_filled(t, r);

	if (!t->is_pending && first && first->label.kind == LABEL_NONE && tally_row(t, r).text == 1 &&
	    tally_row(t, r).ours == 0 && label_foreign_title(t->y->labels, first->text))
		layout_add(t->y, (struct event){.kind = EVENT_FOREIGN, .quoted = t->quoted});
}

static bool
has_labels(const struct layout *y, const struct doc_table *table)
{
	for (const struct doc_row *r = table->first; r; r = r->next)
		for (const struct doc_cell *c = r->first; c; c = c->next) {
			for (const struct doc_block *b = c->first; b; b = b->next)
				if (b->kind == DOC_TABLE && has_labels(y, b->table))
					return true;
			if (label_whole(y->labels, doc_cell_text(y->doc, c, NULL), false).kind !=
			            LABEL_NONE ||
			    label_line(y->labels, doc_cell_text(y->doc, c, NULL), false).kind != LABEL_NONE)
				return true;
		}
	return false;
}

/* A table in the cell beside a label, of names and numbers alone: it is the value, laid out. */
static bool
is_value_laid_out(const struct table *t, const struct cell *c)
{
	if (!t->is_pending || !c->nested || !*c->text || strlen(c->text) > LABEL_CELL_MAX)
		return false;
	for (const struct doc_block *b = c->at->first; b; b = b->next)
		if (b->kind == DOC_TABLE && has_labels(t->y, b->table))
			return false;
	return true;
}

static void
read_cell(struct table *t, const struct cell *c)
{
	if (c->title) {
		close_pending(t);
		layout_add(t->y, (struct event){.kind = EVENT_TITLE, .quoted = t->quoted});
	} else if (c->label.kind != LABEL_NONE) {
		open_pending(t, c);
	} else if (!is_value_laid_out(t, c) && (c->nested || (*c->text && holds_label(t, c)))) {
		read_inside(t, c);
	} else if (t->is_pending) {
		add_value(t, c);
	}
}

/* A row without a label goes on with what stood above: a value below its label, or a value's
 * further part whose label's cell was left empty. */
static bool
goes_on(const struct table *t, int r)
{
	const struct cell *first = first_filled(t, r);
	struct tally n = tally_row(t, r);

	if (!t->is_pending || !first || n.ours || n.others)
		return false;
	if (!t->met_cell && !t->value.len)
		return true;
	return first->at->column > t->label_column && t->pending.kind == LABEL_FIELD &&
	       first->at->column == t->base.place.column;
}

/* 栏目, 内容, 备注 over the columns: what stands under 备注 belongs to no value. */
static void
look_for_asides(struct table *t, int r)
{
	struct tally n = tally_row(t, r);

	if (n.ours || !n.others || !n.text)
		return;
	for (size_t i = t->first[r]; i < t->first[r + 1]; i++) {
		const struct cell *c = &t->cells[i];

		if (c->label.kind == LABEL_OTHER && c->at->column < t->columns && c->at->column > 0)
			t->aside[c->at->column] = true;
	}
}

static void
read_row(struct table *t, int r)
{
	look_for_asides(t, r);
	if (!goes_on(t, r))
		close_pending(t);
	look_for_foreign_title(t, r);
	for (size_t i = t->first[r]; i < t->first[r + 1]; i++)
		read_cell(t, &t->cells[i]);
}

/* ---- a column for each form ---- */

/* A row with one of our labels at its left, and no other. */
struct labelled {
	int row;
	const struct cell *label;
};

static size_t
labelled_rows(const struct table *t, struct labelled *rows)
{
	size_t count = 0;

	for (int r = 0; r < t->rows; r++) {
		const struct cell *first = first_filled(t, r);

		if (!first || !is_ours(first) || tally_row(t, r).ours != 1)
			continue;
		/* a long table of labels is something else: rows of forms one below the other */
		if (count == 2 * FORM_FIELDS_MAX)
			return 0;
		rows[count++] = (struct labelled){r, first};
	}
	return count;
}

static const struct cell *
cell_over(const struct table *t, int r, int col)
{
	for (size_t i = t->first[r]; i < t->first[r + 1]; i++) {
		const struct doc_cell *c = t->cells[i].at;

		if (c->column <= col && col < c->column + c->columns)
			return &t->cells[i];
	}
	return NULL;
}

/* In how many of the rows column col alone holds a value. */
static int
filled_column(const struct table *t, const struct labelled *rows, size_t count, int col)
{
	int filled_rows = 0;

	for (size_t i = 0; i < count; i++) {
		const struct cell *c = cell_over(t, rows[i].row, col);

		filled_rows += c && c->at->columns == 1 && *c->text && c != rows[i].label;
	}
	return filled_rows;
}

/* Two columns or more, side by side, each with nearly all values: the first of them, and how many. */
static int
form_columns(const struct table *t, const struct labelled *rows, size_t count, int *first_r)
{
	int columns = 0;

	for (int col = 1; col < t->columns && col < COLUMN_FORMS_MAX; col++) {
		if (t->aside[col] || filled_column(t, rows, count, col) <= t->y->form->evidence_labels)
			continue;
		if (!columns++)
			*first_r = col;
		else if (*first_r + columns - 1 != col)
			return 0;
	}
	return columns;
}

/* Read a table whose columns are forms. False: it is none. */
static bool
read_columns(struct table *t)
{
	struct labelled rows[2 * FORM_FIELDS_MAX];
	size_t count = labelled_rows(t, rows);
	int first = 0;
	int columns = 0;

	for (int r = 0; count && r < t->rows; r++)
		look_for_asides(t, r);
	columns = form_columns(t, rows, count, &first);
	for (int col = first; columns > 1 && col < first + columns; col++) {
		layout_add(t->y, (struct event){.kind = EVENT_ROW, .quoted = t->quoted});
		for (size_t i = 0; i < count; i++) {
			const struct cell *c = cell_over(t, rows[i].row, col);

			if (c && c != rows[i].label)
				layout_value(t->y, &rows[i].label->label, c->text, event_at(t, c));
		}
	}
	return columns > 1;
}

void
layout_table(struct layout *y, const struct doc_block *b)
{
	struct table t = {
	        .y = y, .t = b->table, .quoted = b->quoted, .page = b->page, .value = BUF_INIT(VALUE_MAX)};

	if (b->hidden_header && !y->headers)
		return;
	layout_add(y, (struct event){.kind = EVENT_TABLE, .quoted = b->quoted});
	look_at_all(&t);
	look_for_mistyped(&t);
	for (int r = read_columns(&t) ? t.rows : 0; r < t.rows;) {
		int height = heading_height(&t, r);

		if (height) {
			close_pending(&t);
			r = read_headings(&t, r, height);
		} else {
			read_row(&t, r++);
		}
	}
	close_pending(&t);
	buf_free(&t.value);
	free(t.cells);
	free(t.first);
	free(t.cover);
	free(t.aside);
}
