/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/wordtable.h"

#include "config/mem.h"

#include <stdlib.h>

struct open_table {
	struct open_table *outer;
	bool row_pending, row_left_out, row_heading, cell_pending, cell_covered;
	int before, span;
	enum doc_merge merge;
};

void
wordtable_fill(struct wordtable *t)
{
	struct open_table *o = t->open;

	if (!o || !o->cell_pending)
		return;
	if (o->row_pending) {
		doc_begin_row(t->d);
		doc_skip_columns(t->d, o->before);
		o->row_pending = false;
	}
	if (o->cell_covered)
		doc_begin_covered_cell(t->d, o->span);
	else
		doc_begin_cell(t->d, o->span, 1, o->merge);
	if (o->row_heading)
		doc_cell_is_header(t->d);
	o->cell_pending = false;
}

void
wordtable_begin(struct wordtable *t)
{
	struct open_table *n;

	wordtable_fill(t);
	n = mem_alloc(1, sizeof *n);
	n->outer = t->open;
	t->open = n;
	doc_begin_table(t->d, NULL);
}

static void
close_innermost(struct wordtable *t)
{
	struct open_table *o = t->open;

	t->open = o->outer;
	free(o);
}

void
wordtable_end(struct wordtable *t)
{
	if (!t->open)
		return;
	doc_end_table(t->d);
	close_innermost(t);
}

void
wordtable_begin_row(struct wordtable *t)
{
	if (t->open)
		*t->open = (struct open_table){.outer = t->open->outer, .row_pending = true};
}

void
wordtable_end_row(struct wordtable *t)
{
	if (t->open)
		doc_end_row(t->d);
}

bool
wordtable_begin_cell(struct wordtable *t)
{
	struct open_table *o = t->open;

	if (!o)
		return true;
	if (o->row_left_out)
		return false;
	o->cell_pending = true;
	o->cell_covered = false;
	o->span = 1;
	o->merge = DOC_MERGE_NONE;
	return true;
}

void
wordtable_end_cell(struct wordtable *t)
{
	wordtable_fill(t);
	if (t->open && !t->open->row_left_out)
		doc_end_cell(t->d);
}

bool
wordtable_in_row(const struct wordtable *t)
{
	return t->open && t->open->row_pending && !t->open->cell_pending;
}

void
wordtable_row_before(struct wordtable *t, int columns)
{
	if (t->open)
		t->open->before = columns;
}

void
wordtable_row_heading(struct wordtable *t, bool heading)
{
	if (t->open)
		t->open->row_heading = heading;
}

void
wordtable_row_left_out(struct wordtable *t, bool left_out)
{
	if (t->open)
		t->open->row_left_out = left_out;
}

void
wordtable_cell_span(struct wordtable *t, int columns)
{
	if (t->open)
		t->open->span = columns;
}

void
wordtable_cell_merge(struct wordtable *t, enum doc_merge merge)
{
	if (t->open)
		t->open->merge = merge;
}

void
wordtable_cell_covered(struct wordtable *t, bool covered)
{
	if (t->open)
		t->open->cell_covered = covered;
}

void
wordtable_free(struct wordtable *t)
{
	while (t->open)
		close_innermost(t);
}
