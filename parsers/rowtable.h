/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of RTF and of Word 97: cells come first, what they span may be said behind them, and columns are
 * told by positions on the page. So rows are kept until their table ends, then pushed. */
#ifndef MINGPIAN_PARSERS_ROWTABLE_H
#define MINGPIAN_PARSERS_ROWTABLE_H

#include "config/mem.h"
#include "parsers/document.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	ROWTABLE_CELLS_MAX = 256, /* of a row; Word's own limit is 63 */
	ROWTABLE_DEPTH = 16,
};

struct rowtable; /* all that are open, one in the other */

struct rowtable *rowtable_new(struct document *d);
void rowtable_free(struct rowtable *t); /* NULL is fine */

/* A paragraph ends, so many tables deep (0: in none); deeper tables end with it. */
void rowtable_paragraph(struct rowtable *t, int depth, const char *text, size_t len);

/* The cell, the row of the table at this depth (1 and more) ends. */
void rowtable_end_cell(struct rowtable *t, int depth);
void rowtable_end_row(struct rowtable *t, int depth);

/* The row ends, and is left out. */
void rowtable_drop_row(struct rowtable *t, int depth);

/* The row's definition: it begins anew; marks for the cell that is said next; where that cell ends, in
 * twips. */
enum rowtable_mark {
	ROWTABLE_ROW_FIRST = 1,
	ROWTABLE_ROW_MORE = 2,
	ROWTABLE_COLUMN_FIRST = 4,
	ROWTABLE_COLUMN_MORE = 8
};

void rowtable_define_row(struct rowtable *t, int depth);
void rowtable_define_left(struct rowtable *t, int depth, int left);
void rowtable_define_mark(struct rowtable *t, int depth, enum rowtable_mark mark);
void rowtable_define_cell(struct rowtable *t, int depth, int right);

/* All tables end, and are pushed. False: there was more than is kept. */
bool rowtable_end(struct rowtable *t);

#endif
