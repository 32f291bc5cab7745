/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/rowtable.h"

#include <stdlib.h>
#include <string.h>

enum {
	EDGE_NEAR = 40, /* twips, 0.7 mm: edges as near as this are one */
	EDGES_MAX = DOC_COLUMNS_MAX,
};

struct item {
	struct item *next;
	const char *text;
	size_t len;
	struct table *table; /* or this */
};

struct kept_cell {
	struct kept_cell *next;
	struct item *first;
};

/* Where a cell ends, and how it is merged. */
struct edge {
	int right;
	unsigned marks;
};

struct definition {
	int left, count;
	struct edge cells[ROWTABLE_CELLS_MAX + 1]; /* one more: marks come before their cell counts */
};

struct kept_row {
	struct kept_row *next;
	struct kept_cell *first;
	int left, count;
	const struct edge *edges;
};

struct table {
	struct kept_row *first, **tail;
};

/* What is open at a depth. */
struct level {
	struct table *table;
	struct kept_cell *cells, **cell_tail;
	struct item *items, **item_tail;
	struct definition definition;
};

struct rowtable {
	struct document *d;
	struct arena *arena;
	struct level levels[ROWTABLE_DEPTH]; /* [0]: of depth 1 */
	int depth;
	int kept; /* items, cells and rows in all */
	bool over;
};

struct rowtable *
rowtable_new(struct document *d)
{
	struct rowtable *t = mem_alloc(1, sizeof *t);

	t->d = d;
	t->arena = arena_new();
	return t;
}

void
rowtable_free(struct rowtable *t)
{
	if (t)
		arena_free(t->arena);
	free(t);
}

static bool
may_keep(struct rowtable *t)
{
	t->over |= t->kept >= DOC_BLOCKS_MAX;
	t->kept += !t->over;
	return !t->over;
}

/* The level at this depth, with those above it open. NULL: too deep. */
static struct level *
level_at(struct rowtable *t, int depth)
{
	struct level *l;

	if (depth < 1 || depth > ROWTABLE_DEPTH) {
		t->over |= depth > ROWTABLE_DEPTH;
		return NULL;
	}
	while (t->depth < depth) {
		l = &t->levels[t->depth++];
		l->table = arena_alloc(t->arena, 1, sizeof *l->table);
		l->table->tail = &l->table->first;
		l->cells = NULL;
		l->cell_tail = &l->cells;
		l->items = NULL;
		l->item_tail = &l->items;
	}
	return &t->levels[depth - 1];
}

static void
add_item(struct rowtable *t, struct level *l, struct item what)
{
	struct item *i;

	if (!may_keep(t))
		return;
	i = arena_alloc(t->arena, 1, sizeof *i);
	*i = what;
	*l->item_tail = i;
	l->item_tail = &i->next;
}

/* ---- pushing ---- */

static int
by_value(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

/* The columns of a table: all places where a cell of it begins or ends, sorted. The caller frees. */
static int *
edges_of(const struct table *t, int *count_r)
{
	int *edges, count = 0, kept = 0, i;
	const struct kept_row *r;
	size_t most = 1;

	for (r = t->first; r; r = r->next)
		most += (size_t)r->count + 1;
	edges = mem_alloc(most, sizeof *edges);
	for (r = t->first; r; r = r->next) {
		edges[count++] = r->left;
		for (i = 0; i < r->count; i++)
			edges[count++] = r->edges[i].right;
	}
	qsort(edges, (size_t)count, sizeof *edges, by_value);
	for (i = 0; i < count; i++)
		if (!kept || (long long)edges[i] - edges[kept - 1] > EDGE_NEAR) /* RTF says any number */
			edges[kept++] = edges[i];
	*count_r = kept < EDGES_MAX ? kept : EDGES_MAX;
	return edges;
}

/* The column that begins at this place. */
static int
column_at(const int *edges, int count, int place)
{
	int low = 0, high = count - 1, middle;

	while (low < high) {
		middle = low + (high - low + 1) / 2;
		if (edges[middle] <= place)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

static enum doc_merge
merge_of(unsigned marks)
{
	if (marks & ROWTABLE_ROW_FIRST)
		return DOC_MERGE_FIRST;
	return marks & ROWTABLE_ROW_MORE ? DOC_MERGE_MORE : DOC_MERGE_NONE;
}

static bool
holds_text(const struct kept_cell *c)
{
	for (; c; c = c->next)
		for (const struct item *i = c->first; i; i = i->next)
			if (i->table || i->len)
				return true;
	return false;
}

/* AbiWord leaves out a row all of whose cells belong to those above, and keeps its definition: from there on
 * each row stands under the one before its own. Where all cells of a row continue others and there is text
 * in them, it is a row for itself: nobody else writes such a one. */
static bool
is_misplaced(const struct kept_row *r)
{
	for (int i = 0; i < r->count; i++)
		if (!(r->edges[i].marks & ROWTABLE_ROW_MORE))
			return false;
	return r->count && holds_text(r->first);
}

static void push_table(struct document *d, const struct table *t);

static void
push_items(struct document *d, const struct item *i)
{
	for (; i; i = i->next) {
		if (i->table) {
			push_table(d, i->table);
			continue;
		}
		doc_text(d, i->text, i->len);
		doc_end_paragraph(d);
	}
}

static void
push_row(struct document *d, const struct kept_row *r, const int *edges, int count)
{
	const struct kept_cell *c = r->first, *shown;
	int i, first, begin, end = column_at(edges, count, r->left);
	bool misplaced = is_misplaced(r);

	doc_begin_row(d);
	doc_skip_columns(d, end);
	for (i = 0; c; i++, c = c->next) {
		begin = end;
		first = i;
		shown = c;
		/* cells that are merged into this one hold nothing that is seen */
		while (c->next && i + 1 < r->count && (r->edges[i + 1].marks & ROWTABLE_COLUMN_MORE)) {
			c = c->next;
			i++;
		}
		end = i < r->count ? column_at(edges, count, r->edges[i].right) : begin + 1;
		doc_begin_cell(d, end - begin, 1,
		               first < r->count && !misplaced ? merge_of(r->edges[first].marks)
		                                              : DOC_MERGE_NONE);
		if (end <= begin)
			end = begin + 1;
		push_items(d, shown->first);
	}
	doc_end_row(d);
}

static void
push_table(struct document *d, const struct table *t)
{
	const struct kept_row *r;
	int count, *edges = edges_of(t, &count);

	doc_begin_table(d, NULL);
	for (r = t->first; r; r = r->next)
		push_row(d, r, edges, count);
	doc_end_table(d);
	free(edges);
}

/* ---- building ---- */

/* End the tables that are deeper; the outermost one is pushed, others are items of a cell. */
static void
close_to(struct rowtable *t, int depth)
{
	struct level *l;
	struct table *done;

	while (t->depth > depth) {
		/* what is open in a damaged file is cell and row nonetheless */
		l = &t->levels[t->depth - 1];
		if (l->items)
			rowtable_end_cell(t, t->depth);
		if (l->cells)
			rowtable_end_row(t, t->depth);
		done = l->table;
		t->depth--;
		if (!done->first)
			continue;
		if (t->depth)
			add_item(t, &t->levels[t->depth - 1], (struct item){.table = done});
		else
			push_table(t->d, done);
	}
}

void
rowtable_paragraph(struct rowtable *t, int depth, const char *text, size_t len)
{
	struct level *l;

	close_to(t, depth);
	if (depth < 1) {
		doc_text(t->d, text, len);
		doc_end_paragraph(t->d);
		return;
	}
	l = level_at(t, depth);
	if (l)
		add_item(t, l, (struct item){.text = arena_dup0(t->arena, text, len), .len = len});
}

void
rowtable_end_cell(struct rowtable *t, int depth)
{
	struct level *l = level_at(t, depth);
	struct kept_cell *c;

	if (!l)
		return;
	close_to(t, depth);
	if (may_keep(t)) {
		c = arena_alloc(t->arena, 1, sizeof *c);
		c->first = l->items;
		*l->cell_tail = c;
		l->cell_tail = &c->next;
	}
	l->items = NULL;
	l->item_tail = &l->items;
}

void
rowtable_end_row(struct rowtable *t, int depth)
{
	struct level *l = level_at(t, depth);
	struct kept_row *r;
	struct edge *edges;

	if (!l)
		return;
	close_to(t, depth);
	if (l->cells && may_keep(t)) {
		r = arena_alloc(t->arena, 1, sizeof *r);
		r->first = l->cells;
		r->left = l->definition.left;
		r->count = l->definition.count;
		edges = arena_alloc(t->arena, (size_t)r->count, sizeof *edges);
		memcpy(edges, l->definition.cells, (size_t)r->count * sizeof *edges);
		r->edges = edges;
		*l->table->tail = r;
		l->table->tail = &r->next;
	}
	l->cells = NULL;
	l->cell_tail = &l->cells;
}

void
rowtable_drop_row(struct rowtable *t, int depth)
{
	struct level *l = level_at(t, depth);

	if (!l)
		return;
	close_to(t, depth);
	l->cells = NULL;
	l->cell_tail = &l->cells;
	l->items = NULL;
	l->item_tail = &l->items;
}

static struct definition *
definition_at(struct rowtable *t, int depth)
{
	return depth >= 1 && depth <= ROWTABLE_DEPTH ? &t->levels[depth - 1].definition : NULL;
}

void
rowtable_define_row(struct rowtable *t, int depth)
{
	struct definition *def = definition_at(t, depth);

	if (def)
		memset(def, 0, sizeof *def);
}

void
rowtable_define_left(struct rowtable *t, int depth, int left)
{
	struct definition *def = definition_at(t, depth);

	if (def)
		def->left = left;
}

void
rowtable_define_mark(struct rowtable *t, int depth, enum rowtable_mark mark)
{
	struct definition *def = definition_at(t, depth);

	if (def)
		def->cells[def->count].marks |= mark;
}

void
rowtable_define_cell(struct rowtable *t, int depth, int right)
{
	struct definition *def = definition_at(t, depth);

	if (!def)
		return;
	if (def->count == ROWTABLE_CELLS_MAX) {
		t->over = true;
		return;
	}
	def->cells[def->count++].right = right;
}

bool
rowtable_end(struct rowtable *t)
{
	close_to(t, 0);
	return !t->over;
}
