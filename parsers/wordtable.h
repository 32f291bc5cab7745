/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of WordprocessingML (ISO/IEC 29500-1, 17.4). Properties of rows and cells come behind their begin:
 * so the document is told of a row and a cell when something stands in it, or when it ends. */
#ifndef MINGPIAN_PARSERS_WORDTABLE_H
#define MINGPIAN_PARSERS_WORDTABLE_H

#include "parsers/document.h"

#include <stdbool.h>

struct open_table;

/* Set up d, else zero. Whatever ends without a begin is ignored. */
struct wordtable {
	struct document *d;
	struct open_table *open; /* the innermost; NULL: in none */
};

void wordtable_begin(struct wordtable *t);
void wordtable_end(struct wordtable *t);
void wordtable_begin_row(struct wordtable *t);
void wordtable_end_row(struct wordtable *t);

/* False: its row is left out, and so is what stands in it. */
bool wordtable_begin_cell(struct wordtable *t);
void wordtable_end_cell(struct wordtable *t);

/* Something stands here: tell of the cell that is open. */
void wordtable_fill(struct wordtable *t);

/* Is a row open, and none of its cells? Then a property may be the row's. */
bool wordtable_in_row(const struct wordtable *t);

/* Properties of the open row: columns of the grid before it, a heading, left out. */
void wordtable_row_before(struct wordtable *t, int columns);
void wordtable_row_heading(struct wordtable *t, bool heading);
void wordtable_row_left_out(struct wordtable *t, bool left_out);

/* Of the open cell. */
void wordtable_cell_span(struct wordtable *t, int columns);
void wordtable_cell_merge(struct wordtable *t, enum doc_merge merge);
void wordtable_cell_covered(struct wordtable *t, bool covered); /* by the one before it */

/* Frees what is still open. */
void wordtable_free(struct wordtable *t);

#endif
