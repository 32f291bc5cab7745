/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table on a page: found by its rules, made rectangular, cut into cells. Knows no text. */
#ifndef MINGPIAN_PARSERS_PICTURE_GRID_H
#define MINGPIAN_PARSERS_PICTURE_GRID_H

#include "config/mem.h"
#include "parsers/picture_load.h"

enum { GRID_ROWS_MAX = 80, GRID_CELLS_MAX = 32 }; /* rows of a table, cells of a row */

struct grid_cell {
	int x, w;    /* between the rules */
	int columns; /* of the table, that it spans */
	bool more;   /* no rule above: it belongs to the cell there */
};

struct grid_row {
	int y, h;
	int count;
	struct grid_cell cells[GRID_CELLS_MAX];
};

struct grid {
	int x, y, w, h; /* on the page */
	int count;
	struct grid_row rows[GRID_ROWS_MAX];
};

/* Straighten the page (a skew, a perspective) and find its table; in a. NULL: it has none; the page is
 * then only turned straight. */
const struct grid *grid_find(struct arena *a, struct picture_page *page);

/* A page of black and white, its background evened out; the caller destroys it. NULL: no memory. */
struct Pix *grid_ink(struct Pix *gray, int threshold);

#endif
