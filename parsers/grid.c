/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/grid.h"

#include "config/mem.h"
#include "config/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cell {
	int row, column;
	const char *text;
	size_t len;
};

struct area {
	int row, column, rows, columns;
};

struct grid {
	struct arena *arena;
	struct cell *cells;
	size_t count, cap, text_len;
	struct area merges[GRID_MERGES_MAX];
	int merge_count;
	unsigned char hidden_rows[GRID_ROWS_MAX / 8];
	bool hidden_columns[GRID_COLUMNS_MAX];
	int column_at[GRID_COLUMNS_MAX + 1]; /* kept columns left of this one */
	bool hides, hidden;                  /* something in it, all of it */
	bool over;
	int pages; /* sheets pushed that are seen */
};

struct grid *
grid_new(void)
{
	struct grid *g = mem_alloc(1, sizeof *g);

	g->arena = arena_new();
	return g;
}

void
grid_free(struct grid *g)
{
	if (!g)
		return;
	arena_free(g->arena);
	free(g->cells);
	free(g);
}

void
grid_cell(struct grid *g, int row, int column, const char *text, size_t len)
{
	const char *copy;

	if (row < 0 || row >= GRID_ROWS_MAX || column < 0 || column >= GRID_COLUMNS_MAX) {
		g->over = true;
		return;
	}
	if (!len)
		return;
	if (g->count >= DOC_BLOCKS_MAX || len > DOC_TEXT_MAX - g->text_len) {
		g->over = true;
		return;
	}
	copy = arena_dup0(g->arena, text, len);
	if (text_is_blank(copy))
		return;
	if (g->count == g->cap) {
		g->cap = g->cap ? g->cap * 2 : 256;
		g->cells = mem_grow(g->cells, g->cap, sizeof *g->cells);
	}
	g->cells[g->count++] = (struct cell){row, column, copy, len};
	g->text_len += len;
}

void
grid_number(struct grid *g, int row, int column, double n)
{
	char text[40];
	int len = snprintf(text, sizeof text, "%.15g", n);

	grid_cell(g, row, column, text, len > 0 ? (size_t)len : 0);
}

void
grid_merge(struct grid *g, int row, int column, int rows, int columns)
{
	if (row < 0 || row >= GRID_ROWS_MAX || column < 0 || column >= GRID_COLUMNS_MAX || rows < 1 ||
	    columns < 1 || (rows == 1 && columns == 1))
		return;
	if (g->merge_count == GRID_MERGES_MAX) {
		g->over = true;
		return;
	}
	if (rows > GRID_ROWS_MAX - row)
		rows = GRID_ROWS_MAX - row;
	if (columns > GRID_COLUMNS_MAX - column)
		columns = GRID_COLUMNS_MAX - column;
	g->merges[g->merge_count++] = (struct area){row, column, rows, columns};
}

void
grid_hide_row(struct grid *g, int row)
{
	if (row < 0 || row >= GRID_ROWS_MAX)
		return;
	g->hidden_rows[row / 8] |= (unsigned char)(1 << row % 8);
	g->hides = true;
}

void
grid_hide_columns(struct grid *g, int first, int last)
{
	int i;

	for (i = first < 0 ? 0 : first; i <= last && i < GRID_COLUMNS_MAX; i++)
		g->hidden_columns[i] = g->hides = true;
}

void
grid_hide_all(struct grid *g)
{
	g->hidden = true;
}

/* ---- pushing ---- */

static bool
row_hides(const struct grid *g, int row)
{
	return g->hidden_rows[row / 8] & 1 << row % 8;
}

static bool
is_hidden(const struct grid *g, const struct cell *c)
{
	return g->hidden_columns[c->column] || row_hides(g, c->row);
}

static int
by_place(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;

	return x->row != y->row ? (x->row < y->row ? -1 : 1)
	                        : (x->column > y->column) - (x->column < y->column);
}

static int
by_row(const void *a, const void *b)
{
	const struct area *x = a, *y = b;

	return (x->row > y->row) - (x->row < y->row);
}

/* Areas that reach a row, while rows go by from above. */
struct sweep {
	int active[GRID_MERGES_MAX];
	int count, next;
};

static void
sweep_to(const struct grid *g, struct sweep *w, int row)
{
	int i, kept = 0;

	while (w->next < g->merge_count && g->merges[w->next].row <= row)
		w->active[w->count++] = w->next++;
	for (i = 0; i < w->count; i++)
		if (g->merges[w->active[i]].row + g->merges[w->active[i]].rows > row)
			w->active[kept++] = w->active[i];
	w->count = kept;
}

/* The merged area over a place, or NULL. */
static const struct area *
sweep_find(const struct grid *g, const struct sweep *w, int column)
{
	const struct area *m;
	int i;

	for (i = 0; i < w->count; i++) {
		m = &g->merges[w->active[i]];
		if (column >= m->column && column - m->column < m->columns)
			return m;
	}
	return NULL;
}

/* Sort the cells, drop those under a merged area and, if seen, those that are hidden; count the columns that
 * hold any. */
static void
settle(struct grid *g, struct sweep *w, bool seen)
{
	const struct area *m;
	size_t i, kept = 0;
	int c;

	if (g->count)
		qsort(g->cells, g->count, sizeof *g->cells, by_place);
	qsort(g->merges, (size_t)g->merge_count, sizeof g->merges[0], by_row);
	w->count = w->next = 0;
	memset(g->column_at, 0, sizeof g->column_at);
	for (i = 0; i < g->count; i++) {
		const struct cell *at = &g->cells[i];

		sweep_to(g, w, at->row);
		m = sweep_find(g, w, at->column);
		if ((seen && is_hidden(g, at)) || (m && (m->row != at->row || m->column != at->column)))
			continue;
		g->column_at[at->column + 1] = 1;
		g->cells[kept++] = *at;
	}
	g->count = kept;
	for (c = 0; c < GRID_COLUMNS_MAX; c++)
		g->column_at[c + 1] += g->column_at[c];
}

/* The part of m from where it is seen on; unchanged where none of it is. */
static struct area
seen_part(const struct grid *g, const struct area *m)
{
	int row = m->row, column = m->column;

	while (row < m->row + m->rows && row_hides(g, row))
		row++;
	while (column < m->column + m->columns && g->hidden_columns[column])
		column++;
	if (row == m->row + m->rows || column == m->column + m->columns)
		return *m;
	return (struct area){row, column, m->row + m->rows - row, m->column + m->columns - column};
}

/* A merged area shows what its first cell holds, also where that cell's own row or column is hidden: move
 * both to where they are seen. The cells are sorted, and are not any more then. */
static void
move_anchors(struct grid *g)
{
	struct cell **firsts = mem_alloc((size_t)g->merge_count + 1, sizeof(struct cell *));

	for (int i = 0; i < g->merge_count && g->count; i++) {
		struct cell first = {.row = g->merges[i].row, .column = g->merges[i].column};

		firsts[i] = bsearch(&first, g->cells, g->count, sizeof first, by_place);
	}
	for (int i = 0; i < g->merge_count; i++) {
		g->merges[i] = seen_part(g, &g->merges[i]);
		if (!firsts[i])
			continue;
		firsts[i]->row = g->merges[i].row;
		firsts[i]->column = g->merges[i].column;
	}
	free(firsts);
}

/* Number of rows with cells among the rows of m, from cell i on. */
static int
rows_of(const struct grid *g, size_t i, const struct area *m)
{
	int rows = 0, last = -1;

	for (; i < g->count && g->cells[i].row - m->row < m->rows; i++)
		if (g->cells[i].row != last) {
			last = g->cells[i].row;
			rows++;
		}
	return rows;
}

static void
push_cells(const struct grid *g, struct sweep *w, struct document *d)
{
	int row = -1, column = 0, at, columns;
	const struct area *m;
	size_t i;

	for (i = 0; i < g->count; i++) {
		const struct cell *c = &g->cells[i];

		if (c->row != row) {
			doc_begin_row(d);
			row = c->row;
			column = 0;
		}
		sweep_to(g, w, row);
		m = sweep_find(g, w, c->column);
		at = g->column_at[c->column];
		columns = m ? g->column_at[m->column + m->columns] - at : 1;
		doc_skip_columns(d, at - column);
		doc_begin_cell(d, columns, m ? rows_of(g, i, m) : 1, DOC_MERGE_NONE);
		doc_cell_in_sheet(d, c->row + 1, c->column + 1);
		doc_text(d, c->text, c->len);
		doc_end_cell(d);
		column = at + columns;
	}
}

static void
push_table(const struct grid *g, struct sweep *w, struct document *d, int page, const char *name)
{
	w->count = w->next = 0;
	doc_begin_page(d, page, name);
	if (!g->count)
		return;
	doc_begin_table(d, name);
	push_cells(g, w, d);
	doc_end_table(d);
}

static void
clear(struct grid *g)
{
	arena_free(g->arena);
	g->arena = arena_new();
	g->count = 0;
	g->text_len = 0;
	g->merge_count = 0;
	g->over = g->hides = g->hidden = false;
	memset(g->hidden_rows, 0, sizeof g->hidden_rows);
	memset(g->hidden_columns, 0, sizeof g->hidden_columns);
}

bool
grid_push(struct grid *g, struct document *d, const char *name)
{
	struct sweep *w = mem_alloc(1, sizeof *w);
	bool whole = !g->over || g->hidden;

	if ((g->hides || g->hidden) && g->count) {
		settle(g, w, false);
		push_table(g, w, doc_unseen(d), g->pages + 1, name);
		move_anchors(g);
	}
	if (!g->hidden) {
		settle(g, w, true);
		push_table(g, w, d, ++g->pages, name);
	}
	free(w);
	clear(g);
	return whole;
}
