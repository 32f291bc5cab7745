/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A spreadsheet's sheet on its way into a document: cells anywhere, in any order, merged areas told at
 * the end; then pushed as one table without its empty rows and columns. */
#ifndef MINGPIAN_PARSERS_GRID_H
#define MINGPIAN_PARSERS_GRID_H

#include "parsers/document.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	GRID_ROWS_MAX = 1048576,
	GRID_COLUMNS_MAX = DOC_COLUMNS_MAX,
	GRID_MERGES_MAX = 10000,
};

struct grid;

struct grid *grid_new(void);
void grid_free(struct grid *g); /* NULL is fine */

/* Text at a place, 0-based; blank text is no cell. Beyond a ceiling (DOC_BLOCKS_MAX cells) it is
 * dropped and grid_push() says so. The text is copied. */
void grid_cell(struct grid *g, int row, int column, const char *text, size_t len);

/* A number, with all its digits: a phone number is one to a spreadsheet. */
void grid_number(struct grid *g, int row, int column, double n);

/* The cells of this area are one; what the first holds is seen. */
void grid_merge(struct grid *g, int row, int column, int rows, int columns);

/* This row or column is not seen, whatever it holds; or nothing of the sheet is. */
void grid_hide_row(struct grid *g, int row);
void grid_hide_columns(struct grid *g, int first, int last);
void grid_hide_all(struct grid *g);

/* Push a page (the sheets that are seen count) and, if anything is seen, a table; where anything is hidden,
 * the whole into doc_unseen(d) as well. Of a hidden sheet no page is pushed. g is empty again. False: a
 * ceiling was met by what is seen. */
bool grid_push(struct grid *g, struct document *d, const char *name);

#endif
