/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/layout_cells.h"

#include "parsers/hint.h"

#include <stdlib.h>
#include <string.h>

enum { MISTYPED_MAX = 60 };

/* ---- looking at the cells ---- */

static void
look_at(struct table *t, struct cell *c)
{
	static const struct label no_label = {.kind = LABEL_NONE, .field = -1, .second = -1};
	struct layout *y = t->y;
	const char *clean = NULL;
	bool hint = false;

	c->text = doc_cell_text(y->doc, c->at, &c->evidence);
	if (strcmp(c->text, "：") == 0 || strcmp(c->text, ":") == 0)
		c->text = "";
	c->label = no_label;
	for (const struct doc_block *b = c->at->first; b; b = b->next)
		c->nested = c->nested || b->kind == DOC_TABLE;
	if (!*c->text || c->nested || strlen(c->text) > LABEL_CELL_MAX)
		return;
	c->title = label_title(y->labels, c->text);
	/* a label may bear its hint in its own cell */
	clean = hint_strip(y->doc->arena, y->form, &y->form->fields[0], c->text, &hint);
	if (!c->title)
		c->label = label_whole(y->labels, clean ? clean : c->text, c->evidence.method == DOC_OCR);
	/* 填写要求 is a heading; our own hint, which names the field, is no label of it */
	if (!clean && c->label.kind != LABEL_OTHER)
		c->label = no_label;
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

void
cells_look(struct table *t)
{
	look_at_all(t);
	look_for_mistyped(t);
}

void
cells_free(struct table *t)
{
	free(t->cells);
	free(t->first);
	free(t->aside);
}

/* ---- what is asked of them ---- */

bool
cell_is_ours(const struct cell *c)
{
	return c->label.kind == LABEL_FIELD || c->label.kind == LABEL_PART;
}

struct event
cells_event(const struct table *t, const struct cell *c)
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

const struct cell *
cells_first_filled(const struct table *t, int r)
{
	for (size_t i = t->first[r]; i < t->first[r + 1]; i++)
		if (*t->cells[i].text)
			return &t->cells[i];
	return NULL;
}

struct tally
cells_tally(const struct table *t, int r)
{
	struct tally n = {0};

	for (size_t i = t->first[r]; i < t->first[r + 1]; i++) {
		const struct cell *c = &t->cells[i];
		bool next_empty = i + 1 < t->first[r + 1] && !*t->cells[i + 1].text;

		n.ours += cell_is_ours(c);
		n.others += c->label.kind == LABEL_OTHER;
		n.text += *c->text && c->label.kind == LABEL_NONE;
		n.beside_empty += cell_is_ours(c) && next_empty;
	}
	return n;
}

void
cells_look_for_asides(struct table *t, int r)
{
	struct tally n = cells_tally(t, r);

	if (n.ours || !n.others || !n.text)
		return;
	for (size_t i = t->first[r]; i < t->first[r + 1]; i++) {
		const struct cell *c = &t->cells[i];

		if (c->label.kind == LABEL_OTHER && c->at->column < t->columns && c->at->column > 0)
			t->aside[c->at->column] = true;
	}
}
