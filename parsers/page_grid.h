/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the ruled lines of a page to the grids that they draw.
 *
 * Programs draw one table's line in many ways: as a stroke, as a thin filled box, cell by cell, twice at
 * a small distance. Lines that lie on each other or nearly so become one; lines that touch make a grid;
 * where a piece of line is missing between two fields of the grid, they are one cell.
 * All lengths in points (1/72 inch), y downwards. */
#ifndef MINGPIAN_PARSERS_PAGE_GRID_H
#define MINGPIAN_PARSERS_PAGE_GRID_H

#include "config/mem.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	PAGE_RULES_MAX = 20000,       /* as they are drawn; a page with more is a drawing */
	PAGE_SEGMENTS_MAX = 4000,     /* after joining */
	PAGE_GRID_FIELDS_MAX = 40000, /* of one grid */
};

struct page_box {
	double x0, y0, x1, y1;
};

struct page_rule {
	bool vertical;
	double at;       /* x of a vertical one, y of a horizontal one */
	double from, to; /* from < to */
};

struct page_cell {
	int row, column, rows, columns;
	struct page_box box;
};

struct page_grid {
	struct page_box box;
	double *x, *y; /* edges, ascending: one more than columns and rows */
	int columns, rows;
	struct page_cell *cells; /* row by row, from left to right; they cover the grid */
	size_t cell_count;
	struct page_grid *next; /* by their upper edge */
};

/* The grids of these rules (which are sorted and joined in place), in arena a. What is too small to hold
 * text (a box to be ticked), a single line, a frame around other grids, a grid inside another's cell
 * are left out. */
struct page_grid *page_grids(struct arena *a, struct page_rule *rules, size_t count);

#endif
