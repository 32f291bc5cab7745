/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labels with their values to the right, below, or in the same cell. */
#include "parsers/layout_cells.h"

#include <string.h>

enum {
	CELL_LINES_MAX = 200, /* of a cell, looked at for labels: a form has seven */
	LABEL_ROWS_MAX = 40,  /* rows above in which a label may stand that reaches down */
};

void
beside_close(struct table *t)
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
	beside_close(t);
	t->is_pending = true;
	t->met_cell = false;
	t->unread = (struct doc_evidence){0};
	t->pending = c->label;
	t->label_column = c->at->column;
	t->base = cells_event(t, c);
}

/* 沈志远　职务：科长 of 姓名：沈志远　职务：科长, whose first label is off already: without the others. */
static const char *
without_parts(const struct table *t, const char *text)
{
	struct buf b = BUF_INIT(TABLE_VALUE_MAX);
	const char *out = text;

	for (const char *s = text; (s = label_inside(t->y->labels, s)) != NULL;) {
		struct label l = label_line(t->y->labels, s, false);

		if (l.kind == LABEL_PART && l.field == t->pending.field && l.colon && l.value) {
			buf_add(&b, text, (size_t)(s - text));
			text = l.value;
		}
		s = l.value ? l.value : s + strlen(s);
	}
	buf_str(&b, text);
	out = arena_dup0(t->y->doc->arena, b.at, b.len);
	buf_free(&b);
	return out;
}

static void
add_value(struct table *t, const struct cell *c)
{
	const char *text = c->text;
	struct label own = label_line(t->y->labels, text, false);

	/* the label again, before its value in the value's cell */
	if (own.kind == LABEL_FIELD && own.field == t->pending.field && own.colon && own.second < 0)
		text = own.value ? without_parts(t, own.value) : "";
	if (t->met_cell && c->at->column < t->columns && t->aside[c->at->column])
		return;
	t->met_cell = true;
	if (!*text) {
		/* an empty cell of a picture may be one whose ink was not read: its own evidence says */
		if (!t->value.len && c->evidence.method == DOC_OCR && !t->base.evidence.doubtful)
			t->base.evidence = c->evidence;
		else if (t->value.len && c->evidence.doubtful)
			t->base.evidence = doc_weaker(t->base.evidence, c->evidence);
		if (c->evidence.doubtful)
			t->unread = c->evidence;
		return;
	}
	if (!t->value.len)
		t->base = cells_event(t, c);
	if (t->unread.doubtful)
		t->base.evidence = doc_weaker(t->base.evidence, t->unread);
	t->base.evidence = doc_weaker(t->base.evidence, c->evidence);
	buf_fmt(&t->value, "%s%s", t->value.len ? "\n" : "", text);
}

/* Does the cell begin with one of our labels and hold its value too? */
static bool
holds_label(const struct table *t, const struct cell *c)
{
	struct label l = label_line(t->y->labels, c->text, false);

	if (l.kind == LABEL_NONE || l.kind == LABEL_OTHER) {
		/* several lines, each with its label, under a line that has none of ours */
		const char *line = strchr(c->text, '\n');

		for (int n = 0; line && (l.kind == LABEL_NONE || l.kind == LABEL_OTHER) && n < CELL_LINES_MAX;
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
	struct found_place place = cells_event(t, c).place;

	if (t->is_pending && !t->value.len)
		t->is_pending = false;
	beside_close(t);
	layout_blocks(t->y, c->at->first, place);
	if (c->nested)
		layout_add(t->y, (struct event){.kind = EVENT_TABLE, .quoted = t->quoted});
}

/* A title alone in its row, above all labels. */
static void
look_for_foreign_title(struct table *t, int r)
{
	const struct cell *first = cells_first_filled(t, r);

	if (!t->is_pending && first && first->label.kind == LABEL_NONE && cells_tally(t, r).text == 1 &&
	    cells_tally(t, r).ours == 0 && label_foreign_title(t->y->labels, first->text))
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
		beside_close(t);
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
	const struct cell *first = cells_first_filled(t, r);
	struct tally n = cells_tally(t, r);

	if (!t->is_pending || !first || n.ours || n.others)
		return false;
	if (!t->met_cell && !t->value.len)
		return true;
	return first->at->column > t->label_column && t->pending.kind == LABEL_FIELD &&
	       first->at->column == t->base.place.column;
}

/* The label from a row above whose cell reaches down to c's row and ends where c begins; NULL: none does. */
static const struct label *
label_beside(const struct table *t, const struct cell *c)
{
	for (int r = c->at->row - 1; r >= 0 && c->at->row - r <= LABEL_ROWS_MAX; r--)
		for (size_t i = t->first[r]; i < t->first[r + 1]; i++) {
			const struct cell *x = &t->cells[i];

			if (cell_is_ours(x) && x->at->row + x->at->rows > c->at->row &&
			    x->at->column + x->at->columns == c->at->column)
				return &x->label;
		}
	return NULL;
}

/* Second persons with their numbers, beside labels whose cells go down over several rows. False: it is no
 * such row. */
static bool
read_further_values(struct table *t, int r)
{
	struct tally n = cells_tally(t, r);
	bool all = n.text > 0 && !n.ours && !n.others;

	for (size_t i = t->first[r]; all && i < t->first[r + 1]; i++)
		all = !*t->cells[i].text || (!t->cells[i].nested && label_beside(t, &t->cells[i]));
	for (size_t i = t->first[r]; all && i < t->first[r + 1]; i++) {
		const struct cell *c = &t->cells[i];
		struct label further = {.kind = LABEL_NONE};

		if (!*c->text)
			continue;
		further = *label_beside(t, c);
		further.kind = LABEL_PART;
		layout_value(t->y, &further, c->text, cells_event(t, c));
	}
	return all;
}

void
beside_row(struct table *t, int r)
{
	cells_look_for_asides(t, r);
	if (!goes_on(t, r)) {
		beside_close(t);
		if (read_further_values(t, r))
			return;
	}
	look_for_foreign_title(t, r);
	for (size_t i = t->first[r]; i < t->first[r + 1]; i++)
		read_cell(t, &t->cells[i]);
}
