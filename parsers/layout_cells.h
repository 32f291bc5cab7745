/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table's cells, each looked at once, and the layouts that read them: between the files of layout_table.c
 * only. */
#ifndef MINGPIAN_PARSERS_LAYOUT_CELLS_H
#define MINGPIAN_PARSERS_LAYOUT_CELLS_H

#include "parsers/layout.h"

#include "config/text.h"

enum {
	LABEL_CELL_MAX = 400,      /* bytes of a cell that may be a label */
	TABLE_VALUE_MAX = 1 << 20, /* bytes of a value that is put together of cells */
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
	bool *aside; /* per column: its heading is another's label (备注) */

	/* the label whose value is looked for (layout_beside.c) */
	struct label pending;
	bool is_pending;
	bool met_cell; /* a cell stands to the right of it */
	int label_column;
	struct buf value;
	struct event base;
	struct doc_evidence unread; /* of a cell of it whose ink was not read; not doubtful: none is */
};

/* Make the cells of t, whose y, t, quoted and page are set; cells_free() them. */
void cells_look(struct table *t);
void cells_free(struct table *t);

/* Is it a label of the form's? */
bool cell_is_ours(const struct cell *c);

/* An event that stands at c, of no kind yet. */
struct event cells_event(const struct table *t, const struct cell *c);

/* The first cell of row r that holds something; NULL: none does. */
const struct cell *cells_first_filled(const struct table *t, int r);

/* What a row holds, counted. */
struct tally {
	int ours, others, text; /* cells: our labels, labels of others, anything else */
	int beside_empty;       /* our labels with an empty cell at their right: a value's place */
};

struct tally cells_tally(const struct table *t, int r);

/* 栏目, 内容, 备注 over the columns: what stands under 备注 belongs to no value (aside). */
void cells_look_for_asides(struct table *t, int r);

/* How many rows of headings begin at r: 0, 1 or 2. */
int headings_height(const struct table *t, int r);

/* Read headings at r and what stands under them; the row behind. */
int headings_read(struct table *t, int r, int height);

/* Read a table without a label that goes on where the summary of the table before it ended, on the next page.
 * False: it is none, and nothing was read. */
bool summary_continue(struct table *t);

/* Read a row of labels beside their values; the last label stays open, for what stands below it. */
void beside_row(struct table *t, int r);
void beside_close(struct table *t);

/* Read a table whose columns are forms. False: it is none, and nothing was read. */
bool columns_read(struct table *t);

#endif
