/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/page_table.h"

#include "config/text.h"
#include "parsers/page_lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double THIN = 3.0;      /* points: a filled box up to this is a line */
static const double SHORT = 4.0;     /* a shorter piece is a dot of a corner or of a pattern */
static const double SLANT = 0.7;     /* by which a level line may be off */
static const double SAME_EDGE = 5.0; /* the same column on two pages */
static const double LOW_PART = 0.5;  /* of the page: a table that ends higher does not go on */

/* A cell of a table that is held back: its place, and what it holds. */
struct held_cell {
	struct held_cell *next;
	int row, rows;
	double x0, x1;
	struct page_text text;
};

/* The last table of a page, as long as the next page may go on with it. */
struct held {
	struct held_cell *first, **tail;
	int rows;
	double x0, x1; /* its sides */
	int page;      /* where it ends */
	bool low;      /* reaches the lower part of its page */
};

struct page_table {
	struct document *d;
	struct arena *kept; /* the held table's */
	struct arena *page; /* this page's */
	struct page_glyph *glyphs;
	size_t count, cap;
	struct page_rule *rules;
	size_t rule_count, rule_cap;
	struct page_count seen;
	struct held *held;
	int number;
	bool begun; /* the document was told of this page */
	double width, height;
};

struct page_table *
page_table_new(struct document *d)
{
	struct page_table *t = mem_alloc(1, sizeof *t);

	t->d = d;
	t->kept = arena_new();
	t->page = arena_new();
	return t;
}

/* ---- what a page holds ---- */

static void
clear(struct page_table *t)
{
	arena_free(t->page);
	t->page = arena_new();
	t->count = t->rule_count = 0;
	t->seen = (struct page_count){0};
}

void
page_table_begin(struct page_table *t, int number, double width, double height)
{
	clear(t);
	t->number = number;
	t->width = width;
	t->height = height;
	t->begun = false;
}

static bool
is_finite(const struct page_box *b)
{
	return isfinite(b->x0) && isfinite(b->y0) && isfinite(b->x1) && isfinite(b->y1);
}

static bool
is_unknown(uint32_t c)
{
	return c == 0xFFFD || (c >= 0xE000 && c <= 0xF8FF) || c >= 0xF0000;
}

void
page_table_glyph(struct page_table *t, struct page_box box, const char *s, size_t len)
{
	struct page_glyph g = {.box = box};
	const char *p = g.text;
	uint32_t c;

	if (!len || len >= sizeof g.text || !is_finite(&box) || box.x1 < box.x0 || box.y1 <= box.y0 ||
	    !text_is_utf8(BYTES(s, len)))
		return;
	memcpy(g.text, s, len);
	c = text_next(&p);
	if (text_is_space(c) || c == 0xA0)
		memcpy(g.text, " ", 2);
	else if (c < 0x20 || text_is_unsafe(c))
		return;
	if (t->count == PAGE_GLYPHS_MAX) {
		t->d->too_large = true;
		t->d->too_large_why = "too many characters on a page";
		return;
	}
	if (strcmp(g.text, " ") != 0) {
		t->seen.glyphs++;
		t->seen.unknown += is_unknown(c);
	}
	if (t->count == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 1024;
		t->glyphs = mem_grow(t->glyphs, t->cap, sizeof *t->glyphs);
	}
	t->glyphs[t->count++] = g;
}

struct page_count
page_table_count(const struct page_table *t)
{
	return (struct page_count){t->seen.glyphs, t->seen.unknown, t->rule_count};
}

void
page_table_forget(struct page_table *t)
{
	clear(t);
}

static void
add_rule(struct page_table *t, bool vertical, double at, double from, double to)
{
	if (to - from < SHORT || t->rule_count == PAGE_RULES_MAX)
		return;
	if (t->rule_count == t->rule_cap) {
		t->rule_cap = t->rule_cap ? 2 * t->rule_cap : 256;
		t->rules = mem_grow(t->rules, t->rule_cap, sizeof *t->rules);
	}
	t->rules[t->rule_count++] = (struct page_rule){vertical, at, from, to};
}

void
page_table_stroke(struct page_table *t, double x0, double y0, double x1, double y1)
{
	struct page_box b = {fmin(x0, x1), fmin(y0, y1), fmax(x0, x1), fmax(y0, y1)};

	if (!is_finite(&b))
		return;
	if (b.y1 - b.y0 <= SLANT)
		add_rule(t, false, (y0 + y1) / 2, b.x0, b.x1);
	else if (b.x1 - b.x0 <= SLANT)
		add_rule(t, true, (x0 + x1) / 2, b.y0, b.y1);
}

void
page_table_fill(struct page_table *t, struct page_box b)
{
	if (!is_finite(&b))
		return;
	if (b.y1 - b.y0 <= THIN && b.x1 - b.x0 > b.y1 - b.y0)
		add_rule(t, false, (b.y0 + b.y1) / 2, b.x0, b.x1);
	else if (b.x1 - b.x0 <= THIN)
		add_rule(t, true, (b.x0 + b.x1) / 2, b.y0, b.y1);
}

/* ---- pushing ---- */

static void
push_text(struct document *d, const char *s)
{
	while (*s) {
		size_t len = strcspn(s, "\n");

		doc_text(d, s, len);
		doc_end_paragraph(d);
		s += len + (s[len] == '\n');
	}
}

static int
by_number(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;

	return (a > b) - (a < b);
}

/* The column edges of a held table, both pages' together. Returns how many. */
static int
held_edges(const struct held *h, double *edge)
{
	int n = 0, kept = 0;

	for (const struct held_cell *c = h->first; c; c = c->next) {
		edge[n++] = c->x0;
		edge[n++] = c->x1;
	}
	qsort(edge, (size_t)n, sizeof *edge, by_number);
	for (int i = 0; i < n; i++)
		if (!kept || edge[i] - edge[kept - 1] > SAME_EDGE)
			edge[kept++] = edge[i];
	return kept;
}

static int
column_at(const double *edge, int count, double x)
{
	int best = 0;

	for (int i = 1; i < count; i++)
		if (fabs(edge[i] - x) < fabs(edge[best] - x))
			best = i;
	return best;
}

/* Push the table that is held back, if one is. */
static void
flush(struct page_table *t)
{
	struct held *h = t->held;
	double *edge;
	int edges = 0, row = -1, cells = 0;

	if (!h)
		return;
	for (const struct held_cell *c = h->first; c; c = c->next)
		cells++;
	edge = mem_alloc(2 * (size_t)cells + 1, sizeof *edge);
	edges = held_edges(h, edge);
	doc_begin_table(t->d, NULL);
	for (const struct held_cell *c = h->first; c; c = c->next) {
		int columns = column_at(edge, edges, c->x1) - column_at(edge, edges, c->x0);

		for (; row < c->row; row++)
			doc_begin_row(t->d);
		doc_begin_cell(t->d, columns > 1 ? columns : 1, c->rows, DOC_MERGE_NONE);
		push_text(t->d, c->text.text);
		doc_end_cell(t->d);
	}
	doc_end_table(t->d);
	free(edge);
	t->held = NULL;
	arena_free(t->kept);
	t->kept = arena_new();
}

/* Before anything of this page is pushed. */
static void
begin_page(struct page_table *t)
{
	flush(t);
	if (!t->begun)
		doc_begin_page(t->d, t->number, NULL);
	t->begun = true;
}

/* ---- text outside tables ---- */

/* "- 3 -", "第 3 页 共 5 页", "3/5", at the page's upper or lower end. */
static bool
is_page_number(const struct page_table *t, const struct page_line *l)
{
	static const char marks[] = "第页共/-—–－・· 0123456789";
	const char *s = l->text, *m;
	uint32_t c, x;
	bool digit = false;

	if (l->box.y0 > 0.1 * t->height && l->box.y1 < 0.88 * t->height)
		return false;
	while ((c = text_next(&s))) {
		digit = digit || (c >= '0' && c <= '9');
		for (m = marks; (x = text_next(&m)) && x != c;)
			;
		if (!x)
			return false;
	}
	return digit;
}

/* Push lines that follow each other as paragraphs, and forget them. */
static void
push_paragraphs(struct page_table *t, struct page_lines *text, struct page_box limits)
{
	if (!text->count)
		return;
	begin_page(t);
	push_text(t->d, page_paragraphs(t->page, *text, limits.x0, limits.x1).text);
	text->at += text->count;
	text->count = 0;
}

/* The lines from `from` up to the first that stands lower than `until`; returns how many were used. */
static size_t
push_lines(struct page_table *t, struct page_lines all, size_t from, double until, struct page_box limits)
{
	struct page_lines text = {all.at + from, 0};
	size_t i;

	for (i = from; i < all.count && all.at[i].box.y0 < until; i++) {
		if (!is_page_number(t, &all.at[i])) {
			text.count++;
			continue;
		}
		push_paragraphs(t, &text, limits);
		text.at++;
		if (t->held)
			continue; /* it does not part the two halves of a table */
		begin_page(t);
		doc_set_header(t->d, true);
		push_text(t->d, all.at[i].text);
		doc_set_header(t->d, false);
	}
	push_paragraphs(t, &text, limits);
	return i;
}

/* Where running text begins and must end: the page's margins are the same on both sides, or as the text
 * shows them. */
static struct page_box
limits_of(const struct page_table *t, struct page_lines lines)
{
	struct page_box b = {HUGE_VAL, 0, 0, t->height};

	for (size_t i = 0; i < lines.count; i++) {
		b.x0 = fmin(b.x0, lines.at[i].box.x0);
		b.x1 = fmax(b.x1, lines.at[i].box.x1);
	}
	if (lines.count)
		b.x1 = fmax(b.x1, t->width - b.x0);
	return b;
}

/* ---- tables ---- */

/* Characters of one cell, or of none. */
struct pile {
	struct page_glyph **at;
	size_t count;
};

static bool
holds(const struct page_box *b, double x, double y)
{
	return x >= b->x0 && x < b->x1 && y >= b->y0 && y < b->y1;
}

static int
field_at(const double *edge, int fields, double v)
{
	int low = 0, high = fields - 1;

	while (low < high) {
		int half = (low + high + 1) / 2;

		if (edge[half] <= v)
			low = half;
		else
			high = half - 1;
	}
	return low;
}

/* For each field of g the number of its cell. */
static size_t *
cells_by_field(struct arena *a, const struct page_grid *g)
{
	size_t *cell = arena_alloc(a, (size_t)g->rows * (size_t)g->columns, sizeof *cell);

	for (size_t i = 0; i < g->cell_count; i++)
		for (int r = g->cells[i].row; r < g->cells[i].row + g->cells[i].rows; r++)
			for (int c = g->cells[i].column; c < g->cells[i].column + g->cells[i].columns; c++)
				cell[r * g->columns + c] = i;
	return cell;
}

/* Part the characters: pile 0 is text outside, then each grid's cells in order. */
static struct pile *
part(struct page_table *t, const struct page_grid *grids)
{
	size_t piles = 1, base = 1;
	struct pile *pile;
	size_t *place = arena_alloc(t->page, t->count + 1, sizeof *place);
	struct page_glyph **all = arena_alloc(t->page, t->count + 1, sizeof(struct page_glyph *));

	for (const struct page_grid *g = grids; g; g = g->next)
		piles += g->cell_count;
	pile = arena_alloc(t->page, piles, sizeof *pile);
	for (const struct page_grid *g = grids; g; base += g->cell_count, g = g->next) {
		const size_t *cell = cells_by_field(t->page, g);

		for (size_t i = 0; i < t->count; i++) {
			const struct page_box *b = &t->glyphs[i].box;
			double x = (b->x0 + b->x1) / 2, y = (b->y0 + b->y1) / 2;

			if (!place[i] && holds(&g->box, x, y))
				place[i] = base + cell[field_at(g->y, g->rows, y) * g->columns +
				                       field_at(g->x, g->columns, x)];
		}
	}
	for (size_t i = 0; i < t->count; i++)
		pile[place[i]].count++;
	for (size_t i = 0, at = 0; i < piles; at += pile[i++].count)
		pile[i].at = all + at;
	for (size_t i = 0; i < piles; i++)
		pile[i].count = 0;
	for (size_t i = 0; i < t->count; i++)
		pile[place[i]].at[pile[place[i]].count++] = &t->glyphs[i];
	return pile;
}

/* A grid as a table that can be held back; NULL where no cell holds anything. */
static struct held *
hold(struct page_table *t, struct arena *a, const struct page_grid *g, const struct pile *pile)
{
	struct held *h = arena_alloc(a, 1, sizeof *h);
	bool any = false;

	*h = (struct held){.rows = g->rows, .x0 = g->box.x0, .x1 = g->box.x1, .page = t->number};
	h->low = g->box.y1 > LOW_PART * t->height;
	h->tail = &h->first;
	for (size_t i = 0; i < g->cell_count; i++) {
		const struct page_cell *c = &g->cells[i];
		struct held_cell *k = arena_alloc(a, 1, sizeof *k);

		k->row = c->row;
		k->rows = c->rows;
		k->x0 = c->box.x0;
		k->x1 = c->box.x1;
		k->text = page_paragraphs(a, page_lines(a, pile[i].at, pile[i].count, " "), c->box.x0,
		                          c->box.x1);
		any = any || *k->text.text;
		*h->tail = k;
		h->tail = &k->next;
	}
	return any ? h : NULL;
}

static const char *
first_text(const struct held *h)
{
	for (const struct held_cell *c = h->first; c; c = c->next)
		if (*c->text.text)
			return c->text.text;
	return "";
}

static bool
continues(const struct held *upper, const struct held *lower)
{
	return upper && upper->low && upper->page != lower->page && fabs(upper->x0 - lower->x0) < SAME_EDGE &&
	       fabs(upper->x1 - lower->x1) < SAME_EDGE && strcmp(first_text(upper), first_text(lower)) != 0;
}

static struct held_cell *
cell_in(const struct held *h, int row, double x0)
{
	for (struct held_cell *c = h->first; c; c = c->next)
		if (c->row <= row && row < c->row + c->rows && fabs(c->x0 - x0) < SAME_EDGE)
			return c;
	return NULL;
}

/* Did the page's end go through a row? Then the label stands in one half of it only. */
static bool
row_was_torn(const struct held *upper, const struct held *lower)
{
	const struct held_cell *a = cell_in(upper, upper->rows - 1, upper->x0);
	const struct held_cell *b = lower->first;

	if (!a || !b || (*a->text.text == '\0') == (*b->text.text == '\0'))
		return false;
	for (const struct held_cell *c = lower->first; c && c->row == 0; c = c->next) {
		const struct held_cell *over = cell_in(upper, upper->rows - 1, c->x0);

		if (!over || fabs(over->x1 - c->x1) > SAME_EDGE)
			return false;
	}
	return true;
}

/* lower goes on with the held table. */
static void
append(struct page_table *t, struct held *lower)
{
	struct held *h = t->held;
	bool torn = row_was_torn(h, lower);
	int shift = h->rows - torn, last = h->rows - 1;

	for (struct held_cell *c = lower->first, *next; c; c = next) {
		struct held_cell *over = torn && c->row == 0 ? cell_in(h, last, c->x0) : NULL;

		next = c->next;
		c->next = NULL;
		if (over) {
			over->text = page_text_join(t->kept, over->text, c->text);
			over->rows += c->rows - 1;
			continue;
		}
		c->row += shift;
		*h->tail = c;
		h->tail = &c->next;
	}
	h->rows = shift + lower->rows;
	h->low = lower->low;
	h->page = lower->page;
}

static void
push_grid(struct page_table *t, const struct page_grid *g, const struct pile *pile)
{
	struct held *h = hold(t, t->kept, g, pile);

	if (!h)
		return;
	if (continues(t->held, h)) {
		append(t, h);
		return;
	}
	if (t->held) {
		begin_page(t);
		h = hold(t, t->kept, g, pile); /* the first went with what it was not a part of */
	}
	begin_page(t);
	t->held = h;
}

void
page_table_end(struct page_table *t)
{
	struct page_grid *grids = page_grids(t->page, t->rules, t->rule_count);
	const struct pile *pile = part(t, grids), *cells = pile + 1;
	struct page_lines lines = page_lines(t->page, pile[0].at, pile[0].count, "\t");
	struct page_box limits = limits_of(t, lines);
	size_t line = 0;

	for (const struct page_grid *g = grids; g; cells += g->cell_count, g = g->next) {
		line = push_lines(t, lines, line, g->box.y0, limits);
		push_grid(t, g, cells);
	}
	(void)push_lines(t, lines, line, HUGE_VAL, limits);
	clear(t);
}

void
page_table_picture(struct page_table *t, struct bytes picture)
{
	begin_page(t);
	doc_picture(t->d, picture);
}

void
page_table_free(struct page_table *t)
{
	if (!t)
		return;
	flush(t);
	free(t->glyphs);
	free(t->rules);
	arena_free(t->page);
	arena_free(t->kept);
	free(t);
}
