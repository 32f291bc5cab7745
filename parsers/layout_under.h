/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands under headings: between layout_headings.c, which finds and reads them, and layout_summary.c,
 * which makes a form of each row under them. */
#ifndef MINGPIAN_PARSERS_LAYOUT_UNDER_H
#define MINGPIAN_PARSERS_LAYOUT_UNDER_H

#include "parsers/layout_cells.h"

enum { UNDER_NO_CELL = -1 };

struct under {
	struct label *map; /* per column */
	int *head;         /* per column with a label: where the label's cell begins */
	bool *more;        /* per column: it goes on with the value of the one before */
	bool *parent;      /* per column: 省, 市 stands over it */
	int *cover;        /* per column: the cell (index) over it at the row at hand, or UNDER_NO_CELL */
	int labels, specific;
	bool own[FORM_FIELDS_MAX]; /* per field: a column is its own, and no other field's as well */
	int row;                   /* at hand */
	int last;                  /* cell of it that was taken */
};

/* A value that is put together of cells. */
struct gathered {
	struct buf text;
	struct event at; /* the first cell's */
	int row;         /* the last cell's */
};

/* Put c behind what x holds, with this mark between them. */
void under_gather(struct gathered *x, const struct table *t, const struct cell *c, const char *mark);

/* x's text, in the document's arena. */
const char *under_text(const struct table *t, const struct gathered *x);

/* Emit the rows from r to end as forms; how many. */
int summary_rows(struct table *t, struct under *u, int r, int end);

/* The headings' own row, r, as an empty form: a summary that nobody has filled in. */
void summary_empty(struct table *t, const struct under *u, int r);

/* The summary has come to the table's end, and may go on in the next one (summary_continue()). */
void summary_keep(const struct table *t, const struct under *u);

#endif
