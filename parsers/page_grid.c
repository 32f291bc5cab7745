/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/page_grid.h"

#include <math.h>
#include <stdlib.h>

/* Points. A double border is 3 apart at most, a row of the smallest print is 8 high. */
static const double SNAP = 3.0;     /* closer than this is the same line, or touching */
static const double EDGE = 4.0;     /* two edges of a grid are further apart */
static const double OPEN_SIDE = 12; /* a rule that stands out further opens a column */
static const double MIN_WIDTH = 24; /* of a grid: smaller ones are boxes to be ticked */
static const double MIN_HEIGHT = 12;

/* ---- joining rules ---- */

static int
compare(double a, double b)
{
	return (a > b) - (a < b);
}

static int
by_place(const void *pa, const void *pb)
{
	const struct page_rule *a = pa, *b = pb;
	int c = (int)a->vertical - (int)b->vertical;

	c = c ? c : compare(a->at, b->at);
	return c ? c : compare(a->from, b->from);
}

static int
by_start(const void *pa, const void *pb)
{
	const struct page_rule *a = pa, *b = pb;

	return compare(a->from, b->from);
}

/* Rules of one line: those that overlap or nearly meet become one. Writes to out, which may be r. */
static size_t
join_line(struct page_rule *r, size_t count, struct page_rule *out)
{
	double at = r[0].at;
	size_t n = 0;

	qsort(r, count, sizeof *r, by_start);
	for (size_t i = 0; i < count; i++) {
		if (n && r[i].from <= out[n - 1].to + SNAP) {
			out[n - 1].to = fmax(out[n - 1].to, r[i].to);
			continue;
		}
		out[n] = r[i];
		out[n++].at = at;
	}
	return n;
}

static size_t
join(struct page_rule *r, size_t count)
{
	size_t n = 0, i = 0, k;

	qsort(r, count, sizeof *r, by_place);
	for (; i < count; i = k) {
		for (k = i + 1; k < count && r[k].vertical == r[i].vertical && r[k].at - r[i].at <= SNAP; k++)
			;
		n += join_line(r + i, k - i, r + n);
	}
	return n < PAGE_SEGMENTS_MAX ? n : PAGE_SEGMENTS_MAX;
}

/* ---- which rules belong together ---- */

static size_t
root(size_t *group, size_t i)
{
	while (group[i] != i)
		i = group[i] = group[group[i]];
	return i;
}

static bool
touch(const struct page_rule *h, const struct page_rule *v)
{
	return v->at >= h->from - SNAP && v->at <= h->to + SNAP && h->at >= v->from - SNAP &&
	       h->at <= v->to + SNAP;
}

/* Horizontal rules stand first (by_place). group[i]: the number of i's grid. */
static void
group_rules(const struct page_rule *r, size_t count, size_t *group)
{
	size_t first_vertical = 0;

	for (size_t i = 0; i < count; i++)
		group[i] = i;
	while (first_vertical < count && !r[first_vertical].vertical)
		first_vertical++;
	for (size_t h = 0; h < first_vertical; h++)
		for (size_t v = first_vertical; v < count; v++)
			if (touch(&r[h], &r[v]))
				group[root(group, h)] = root(group, v);
	for (size_t i = 0; i < count; i++)
		group[i] = root(group, i);
}

/* ---- one grid ---- */

struct edges {
	double *at;
	int count;
};

static int
by_number(const void *a, const void *b)
{
	return compare(*(const double *)a, *(const double *)b);
}

/* The edges across one direction: where the rules of a group lie, and, of a table that is open at its
 * sides, where those of the other direction end. members: how many rules the group has. */
static struct edges
edges_of(struct arena *a, const struct page_rule *r, size_t count, const size_t *group, size_t id,
         size_t members, bool vertical)
{
	struct edges e = {arena_alloc(a, members + 2, sizeof *e.at), 0};
	double low = HUGE_VAL, high = -HUGE_VAL, first, last;
	int n = 0;

	for (size_t i = 0; i < count; i++) {
		if (group[i] != id)
			continue;
		if (r[i].vertical == vertical)
			e.at[n++] = r[i].at;
		else
			low = fmin(low, r[i].from), high = fmax(high, r[i].to);
	}
	if (n == 0)
		return e;
	qsort(e.at, (size_t)n, sizeof *e.at, by_number);
	first = e.at[0];
	last = e.at[n - 1];
	if (low < first - OPEN_SIDE)
		e.at[n++] = low;
	if (high > last + OPEN_SIDE)
		e.at[n++] = high;
	qsort(e.at, (size_t)n, sizeof *e.at, by_number);
	for (int i = 0; i < n; i++)
		if (!e.count || e.at[i] - e.at[e.count - 1] > EDGE)
			e.at[e.count++] = e.at[i];
	return e;
}

/* Is there a line between two fields that are neighbours? [row * columns + column] for the line to the
 * right of, and the line under the field. */
struct walls {
	bool *right, *under;
};

static int
nearest(const double *at, int count, double v)
{
	int best = 0;

	for (int i = 1; i < count; i++)
		if (fabs(at[i] - v) < fabs(at[best] - v))
			best = i;
	return best;
}

static void
raise_wall(const struct page_grid *g, const struct page_rule *r, struct walls *w)
{
	int edge = r->vertical ? nearest(g->x, g->columns + 1, r->at) : nearest(g->y, g->rows + 1, r->at);
	int fields = r->vertical ? g->rows : g->columns;
	const double *across = r->vertical ? g->y : g->x;
	double middle;

	if (edge == 0)
		return; /* the outer edge is always closed */
	for (int i = 0; i < fields; i++) {
		middle = (across[i] + across[i + 1]) / 2;
		if (middle < r->from || middle > r->to)
			continue;
		if (r->vertical)
			w->right[i * g->columns + edge - 1] = true;
		else
			w->under[(edge - 1) * g->columns + i] = true;
	}
}

static bool
open_below(const struct page_grid *g, const struct walls *w, int row, int column, int columns)
{
	for (int i = column; i < column + columns; i++)
		if (w->under[row * g->columns + i])
			return false;
	return true;
}

/* The cell whose upper left field is (row, column): as wide and then as high as no line stops it. */
static struct page_cell
cell_from(const struct page_grid *g, const struct walls *w, const bool *taken, int row, int column)
{
	struct page_cell c = {.row = row, .column = column, .rows = 1, .columns = 1};

	while (column + c.columns < g->columns && !w->right[row * g->columns + column + c.columns - 1] &&
	       !taken[row * g->columns + column + c.columns])
		c.columns++;
	while (row + c.rows < g->rows && open_below(g, w, row + c.rows - 1, column, c.columns))
		c.rows++;
	c.box = (struct page_box){g->x[column], g->y[row], g->x[column + c.columns], g->y[row + c.rows]};
	return c;
}

static void
take_cells(struct arena *a, struct page_grid *g, const struct walls *w)
{
	size_t fields = (size_t)g->rows * (size_t)g->columns;
	bool *taken = arena_alloc(a, fields, sizeof *taken);

	g->cells = arena_alloc(a, fields, sizeof *g->cells);
	for (int row = 0; row < g->rows; row++) {
		for (int column = 0; column < g->columns; column++) {
			struct page_cell c;

			if (taken[row * g->columns + column])
				continue;
			c = cell_from(g, w, taken, row, column);
			for (int i = row; i < row + c.rows; i++)
				for (int k = column; k < column + c.columns; k++)
					taken[i * g->columns + k] = true;
			g->cells[g->cell_count++] = c;
		}
	}
}

static size_t
members_of(const size_t *group, size_t count, size_t id)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += group[i] == id;
	return n;
}

/* The grid of the rules in group id, or NULL where they draw none. */
static struct page_grid *
grid_of(struct arena *a, const struct page_rule *r, size_t count, const size_t *group, size_t id)
{
	size_t members = members_of(group, count, id);
	struct edges x = {0}, y = {0};
	struct page_grid *g;
	struct walls w;
	size_t fields;

	if (members < 3)
		return NULL;
	x = edges_of(a, r, count, group, id, members, true);
	y = edges_of(a, r, count, group, id, members, false);
	if (x.count < 2 || y.count < 2 || x.at[x.count - 1] - x.at[0] < MIN_WIDTH ||
	    y.at[y.count - 1] - y.at[0] < MIN_HEIGHT)
		return NULL;
	fields = (size_t)(x.count - 1) * (size_t)(y.count - 1);
	if (fields > PAGE_GRID_FIELDS_MAX)
		return NULL;
	g = arena_alloc(a, 1, sizeof *g);
	g->box = (struct page_box){x.at[0], y.at[0], x.at[x.count - 1], y.at[y.count - 1]};
	g->x = x.at;
	g->y = y.at;
	g->columns = x.count - 1;
	g->rows = y.count - 1;
	w.right = arena_alloc(a, fields, sizeof *w.right);
	w.under = arena_alloc(a, fields, sizeof *w.under);
	for (size_t i = 0; i < count; i++)
		if (group[i] == id)
			raise_wall(g, &r[i], &w);
	take_cells(a, g, &w);
	return g;
}

/* ---- all of a page ---- */

static bool
inside(const struct page_box *in, const struct page_box *out)
{
	return in != out && in->x0 >= out->x0 - SNAP && in->y0 >= out->y0 - SNAP &&
	       in->x1 <= out->x1 + SNAP && in->y1 <= out->y1 + SNAP;
}

static bool
is_frame(const struct page_grid *g, const struct page_grid *all)
{
	for (; all && g->cell_count == 1; all = all->next)
		if (inside(&all->box, &g->box))
			return true;
	return false;
}

static bool
is_nested(const struct page_grid *g, const struct page_grid *all)
{
	for (; all; all = all->next)
		if (inside(&g->box, &all->box))
			return true;
	return false;
}

static void
drop_grids(struct page_grid **list, bool (*unwanted)(const struct page_grid *, const struct page_grid *))
{
	struct page_grid **at = list;

	while (*at) {
		if (unwanted(*at, *list))
			*at = (*at)->next;
		else
			at = &(*at)->next;
	}
}

struct page_grid *
page_grids(struct arena *a, struct page_rule *rules, size_t count)
{
	struct page_grid *list = NULL;
	size_t *group;

	if (!count)
		return NULL;
	count = join(rules, count);
	group = arena_alloc(a, count, sizeof *group);
	group_rules(rules, count, group);
	for (size_t i = 0; i < count; i++) {
		struct page_grid *g = group[i] == i ? grid_of(a, rules, count, group, i) : NULL;
		struct page_grid **at = &list;

		if (!g)
			continue;
		while (*at && (*at)->box.y0 <= g->box.y0)
			at = &(*at)->next;
		g->next = *at;
		*at = g;
	}
	drop_grids(&list, is_frame);
	drop_grids(&list, is_nested);
	return list;
}
