/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/document.h"

#include "config/text.h"
#include "parsers/radical.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SPAN_ROWS_MAX = 65536 }; /* a rowspan is cut to its table's rows at the end anyway */

static const struct doc_evidence sure = {.method = DOC_TEXT, .confidence = 1};

/* Where blocks go: the document's own list, or a cell's. */
struct flow {
	struct doc_block **tail;
	bool text_last; /* a paragraph with text stands at the end */
	bool gap;       /* and an empty one came behind it */
};

/* The last cell that lies over a column of the grid. */
struct cover {
	struct doc_cell *cell;
	int until;  /* the first row that it does not reach */
	bool marks; /* it grows by merge marks */
};

struct level {
	struct doc_table *table;
	struct doc_row *row;
	struct doc_cell *cell;
	struct doc_cell *last; /* of the row: the cell that lies left of the next one; NULL: none does */
	struct doc_row **row_tail;
	struct doc_cell **cell_tail;
	int column; /* where the next cell goes */
	struct flow flow;
	struct cover *covers; /* kept for the next table at this depth */
	int cover_count;
};

struct doc_builder {
	struct flow top;
	struct level levels[DOC_DEPTH_MAX];
	int depth;   /* open tables */
	int dropped; /* open tables beyond DOC_DEPTH_MAX: all inside them is left out */
	bool full;   /* a ceiling on the whole document was met */
	int blocks;
	struct buf text; /* the open paragraph */
	size_t text_left;
	struct doc_evidence evidence; /* the weakest in it */
	int page;
	bool quoted, indented, header;
};

/* ---- ceilings ---- */

static void
too_large(struct document *d, const char *why)
{
	if (!d->too_large)
		d->too_large_why = why;
	d->too_large = true;
}

/* The builder, or NULL where nothing may be pushed (any more, or here). */
static struct doc_builder *
pushing(struct document *d)
{
	struct doc_builder *b = d->builder;

	return b && !b->full && !b->dropped ? b : NULL;
}

/* Count one more block, row or cell. False: there are too many. */
static bool
count_block(struct document *d)
{
	struct doc_builder *b = d->builder;

	if (b->blocks < DOC_BLOCKS_MAX) {
		b->blocks++;
		return true;
	}
	b->full = true;
	too_large(d, "too many paragraphs and cells");
	return false;
}

static int
within(int n, int low, int high)
{
	return n < low ? low : n > high ? high : n;
}

static struct level *
top_level(struct doc_builder *b)
{
	return b && b->depth ? &b->levels[b->depth - 1] : NULL;
}

/* ---- blocks and paragraphs ---- */

static void
flow_begin(struct flow *f, struct doc_block **first)
{
	*f = (struct flow){.tail = first};
}

static struct doc_block *
block_add(struct document *d, struct flow *f, enum doc_kind kind)
{
	struct doc_builder *b = d->builder;
	struct doc_block *k;

	if (!count_block(d))
		return NULL;
	k = arena_alloc(d->arena, 1, sizeof *k);
	k->kind = kind;
	k->page = b->page;
	k->text = "";
	k->evidence = sure;
	k->quoted = b->quoted;
	k->indented = b->indented;
	k->hidden_header = b->header;
	*f->tail = k;
	f->tail = &k->next;
	f->text_last = kind == DOC_PARAGRAPH;
	f->gap = false;
	return k;
}

static void cell_open(struct document *d, struct level *l, int columns, int rows, enum doc_merge vertical);

/* Where a block goes now. What stands in a table and in none of its cells gets a cell of its own. */
static struct flow *
flow_here(struct document *d)
{
	struct level *l = top_level(d->builder);

	if (!l)
		return &d->builder->top;
	if (!l->cell)
		cell_open(d, l, 1, 1, DOC_MERGE_NONE);
	return l->cell ? &l->flow : NULL;
}

/* Take out what no person sees in a line: places where it might be broken, or might not, and marks of the
 * direction of writing, which address books and chat programs put around a number that is copied from them.
 */
static void
drop_unseen(char *text)
{
	static const char *const unseen[] = {
	        "\xC2\xAD",     "\xE2\x80\x8B", "\xE2\x81\xA0", "\xEF\xBB\xBF", "\xE2\x80\x8E",
	        "\xE2\x80\x8F", "\xE2\x80\xAA", "\xE2\x80\xAB", "\xE2\x80\xAC", "\xE2\x80\xAD",
	        "\xE2\x80\xAE", "\xE2\x81\xA6", "\xE2\x81\xA7", "\xE2\x81\xA8", "\xE2\x81\xA9",
	};
	char *to = text;

	for (const char *s = text; *s;) {
		bool may = *s == '\xC2' || *s == '\xE2' || *s == '\xEF'; /* few Chinese characters begin so */
		size_t skip = 0;

		for (size_t i = 0; i < sizeof unseen / sizeof unseen[0] && !skip && may; i++)
			skip = strncmp(s, unseen[i], strlen(unseen[i])) == 0 ? strlen(unseen[i]) : 0;
		s += skip;
		if (!skip)
			*to++ = *s++;
	}
	*to = '\0';
}

/* The open paragraph's text in the arena, as sound UTF-8 without NUL. */
static const char *
text_kept(struct document *d)
{
	struct buf *t = &d->builder->text, sound = BUF_INIT(3 * (size_t)DOC_TEXT_MAX);
	const char *s = t->at, *end = t->at + t->len;
	char *kept;

	if (text_is_utf8(buf_bytes(t)) && !memchr(t->at, '\0', t->len)) {
		kept = arena_dup0(d->arena, t->at, t->len);
		drop_unseen(kept);
		radical_resolve(kept);
		return kept;
	}
	while (s < end) {
		/* text_next() stays at a NUL: here it is one more broken byte. */
		if (*s)
			text_put(&sound, text_next(&s));
		else
			text_put(&sound, 0xFFFD), s++;
	}
	kept = arena_dup0(d->arena, sound.at, sound.len);
	buf_free(&sound);
	drop_unseen(kept);
	radical_resolve(kept);
	return kept;
}

/* Keep the open paragraph, if it holds anything. True: it did. */
static bool
paragraph_flush(struct document *d)
{
	struct doc_builder *b = d->builder;
	struct doc_block *k;
	struct flow *f;
	bool blank;

	if (!b->text.len)
		return false;
	/* text_is_blank() stops at a NUL: text behind one does not make the paragraph blank. */
	blank = text_is_blank(b->text.at) && !memchr(b->text.at, '\0', b->text.len);
	f = blank || b->full ? NULL : flow_here(d);
	if (f && f->gap)
		(void)block_add(d, f, DOC_PARAGRAPH);
	k = f ? block_add(d, f, DOC_PARAGRAPH) : NULL;
	if (k) {
		k->text = text_kept(d);
		k->evidence = b->evidence;
	}
	buf_clear(&b->text);
	b->evidence = sure;
	return !blank;
}

void
doc_text_evidence(struct document *d, const char *s, size_t len, struct doc_evidence ev)
{
	struct doc_builder *b = pushing(d);

	if (!b || !len)
		return;
	if (len > b->text_left) {
		b->full = true;
		too_large(d, "too much text");
		return;
	}
	b->text_left -= len;
	buf_add(&b->text, s, len);
	b->evidence = doc_weaker(b->evidence, ev);
}

void
doc_text(struct document *d, const char *s, size_t len)
{
	doc_text_evidence(d, s, len, sure);
}

void
doc_end_paragraph(struct document *d)
{
	struct doc_builder *b = pushing(d);
	struct level *l = top_level(b);
	struct flow *f;

	if (!b || paragraph_flush(d))
		return;
	f = l ? &l->flow : &b->top;
	if (!l || l->cell)
		f->gap = f->text_last;
}

/* ---- the grid ---- */

static struct cover *
cover_at(struct level *l, int column)
{
	int had = l->cover_count;

	if (column >= had) {
		l->cover_count = within(column * 2, 16, DOC_COLUMNS_MAX + 1);
		l->covers = mem_grow(l->covers, (size_t)l->cover_count, sizeof *l->covers);
		memset(l->covers + had, 0, (size_t)(l->cover_count - had) * sizeof *l->covers);
	}
	return &l->covers[column];
}

static void
cover_set(struct level *l, struct doc_cell *c, bool marks)
{
	int i;

	for (i = c->column; i < c->column + c->columns; i++)
		*cover_at(l, i) = (struct cover){c, c->row + c->rows, marks};
}

/* Put a cell of this width on the row's next free place. False: the row is full. */
static bool
cell_place(struct document *d, struct level *l, struct doc_cell *c)
{
	c->row = l->table->rows - 1;
	while (l->column < DOC_COLUMNS_MAX && cover_at(l, l->column)->until > c->row)
		l->column++;
	if (c->columns > DOC_COLUMNS_MAX - l->column) {
		too_large(d, "too many columns");
		c->columns = DOC_COLUMNS_MAX - l->column;
	}
	c->column = l->column;
	l->column += c->columns;
	if (l->table->columns < l->column)
		l->table->columns = l->column;
	return c->columns > 0;
}

/* Let the merged area above grow over this cell. False: there is none at this column. */
static bool
cell_merge(struct level *l, const struct doc_cell *c)
{
	const struct cover *up = cover_at(l, c->column);

	if (!up->marks || up->until != c->row || up->cell->column != c->column)
		return false;
	up->cell->rows++;
	l->last = up->cell;
	cover_set(l, up->cell, true);
	return true;
}

static void
row_open(struct document *d, struct level *l)
{
	if (!count_block(d))
		return;
	l->row = arena_alloc(d->arena, 1, sizeof *l->row);
	*l->row_tail = l->row;
	l->row_tail = &l->row->next;
	l->cell_tail = &l->row->first;
	l->column = 0;
	l->last = NULL;
	l->table->rows++;
}

static void
cell_open(struct document *d, struct level *l, int columns, int rows, enum doc_merge vertical)
{
	struct doc_cell *c;

	if (!l->row)
		row_open(d, l);
	if (!l->row || !count_block(d))
		return;
	c = arena_alloc(d->arena, 1, sizeof *c);
	c->evidence = sure;
	c->columns = within(columns, 1, DOC_COLUMNS_MAX);
	c->rows = vertical == DOC_MERGE_NONE ? within(rows, 1, SPAN_ROWS_MAX) : 1;
	/* A cell that no grid has room for, or that lies under a merged one, is opened all the same and
	 * hangs nowhere: nobody sees what it holds in Word, either. */
	if (cell_place(d, l, c) && !(vertical == DOC_MERGE_MORE && cell_merge(l, c))) {
		*l->cell_tail = c;
		l->cell_tail = &c->next;
		cover_set(l, c, vertical != DOC_MERGE_NONE);
		l->last = c;
	}
	l->cell = c;
	flow_begin(&l->flow, &c->first);
}

void
doc_begin_cell(struct document *d, int columns, int rows, enum doc_merge vertical)
{
	struct level *l = top_level(pushing(d));

	if (!l)
		return;
	doc_end_cell(d);
	cell_open(d, l, columns, rows, vertical);
}

/* Let the row's last cell reach over so many more columns, if it does not so far. */
static void
cell_widen(struct level *l, int columns)
{
	struct doc_cell *c = l->last;

	l->column += within(columns, 0, DOC_COLUMNS_MAX - l->column);
	if (c->columns < l->column - c->column)
		c->columns = l->column - c->column;
	if (l->table->columns < l->column)
		l->table->columns = l->column;
	cover_set(l, c, cover_at(l, c->column)->marks);
}

void
doc_begin_covered_cell(struct document *d, int columns)
{
	struct level *l = top_level(pushing(d));

	if (!l)
		return;
	doc_end_cell(d);
	if (!l->row || !l->last) {
		cell_open(d, l, columns, 1, DOC_MERGE_NONE);
	} else if (count_block(d)) {
		cell_widen(l, within(columns, 1, DOC_COLUMNS_MAX));
		l->cell = arena_alloc(d->arena, 1, sizeof *l->cell);
		l->cell->evidence = sure;
		flow_begin(&l->flow, &l->cell->first);
	}
}

void
doc_end_cell(struct document *d)
{
	struct level *l = top_level(d->builder);

	if (!l || d->builder->dropped)
		return;
	(void)paragraph_flush(d);
	l->cell = NULL;
}

void
doc_skip_columns(struct document *d, int columns)
{
	struct level *l = top_level(pushing(d));

	if (!l || columns <= 0)
		return;
	doc_end_cell(d);
	l->last = NULL;
	l->column += within(columns, 0, DOC_COLUMNS_MAX - l->column);
}

void
doc_cell_is_header(struct document *d)
{
	struct level *l = top_level(pushing(d));

	if (l && l->cell)
		l->cell->header = true;
}

void
doc_cell_in_sheet(struct document *d, int row, int column)
{
	struct level *l = top_level(pushing(d));

	if (l && l->cell) {
		l->cell->sheet_row = row;
		l->cell->sheet_column = column;
	}
}

void
doc_cell_evidence(struct document *d, struct doc_evidence ev)
{
	struct level *l = top_level(pushing(d));

	if (l && l->cell)
		l->cell->evidence = ev;
}

/* ---- rows and tables ---- */

void
doc_begin_row(struct document *d)
{
	struct level *l = top_level(pushing(d));

	if (!l)
		return;
	doc_end_row(d);
	row_open(d, l);
}

void
doc_end_row(struct document *d)
{
	struct level *l = top_level(d->builder);

	if (!l || d->builder->dropped)
		return;
	doc_end_cell(d);
	l->row = NULL;
}

void
doc_begin_table(struct document *d, const char *name)
{
	struct doc_builder *b = d->builder;
	struct doc_block *k;
	struct level *l;
	struct flow *f;

	if (!b || b->full)
		return;
	if (b->dropped || b->depth == DOC_DEPTH_MAX) {
		b->dropped++;
		too_large(d, "tables too deep in each other");
		return;
	}
	(void)paragraph_flush(d);
	f = flow_here(d);
	k = f ? block_add(d, f, DOC_TABLE) : NULL;
	if (!k)
		return;
	k->table = arena_alloc(d->arena, 1, sizeof *k->table);
	k->table->number = ++d->tables;
	k->table->name = arena_str(d->arena, name);
	l = &b->levels[b->depth++];
	*l = (struct level){.table = k->table, .covers = l->covers, .cover_count = l->cover_count};
	l->row_tail = &k->table->first;
	if (l->covers)
		memset(l->covers, 0, (size_t)l->cover_count * sizeof *l->covers);
}

/* Cut spans to the rows that there are, and make rows findable. */
static void
table_finish(struct document *d, struct doc_table *t)
{
	struct doc_row *r;
	struct doc_cell *c;
	int i = 0;

	t->row_at = arena_alloc(d->arena, (size_t)t->rows, sizeof(struct doc_row *));
	t->tallest = 1;
	for (r = t->first; r; r = r->next) {
		for (c = r->first; c; c = c->next) {
			c->rows = within(c->rows, 1, t->rows - c->row);
			if (t->tallest < c->rows)
				t->tallest = c->rows;
		}
		t->row_at[i++] = r;
	}
}

void
doc_end_table(struct document *d)
{
	struct doc_builder *b = d->builder;
	struct level *l = top_level(b);

	if (b && b->dropped) {
		b->dropped--;
		return;
	}
	if (!l)
		return;
	doc_end_row(d);
	table_finish(d, l->table);
	b->depth--;
}

/* ---- the document ---- */

struct document *
doc_new(struct arena *a)
{
	struct document *d = arena_alloc(a, 1, sizeof *d);
	struct doc_builder *b = arena_alloc(a, 1, sizeof *b);

	d->arena = a;
	d->builder = b;
	flow_begin(&b->top, &d->first);
	b->text = BUF_INIT(DOC_TEXT_MAX);
	b->text_left = DOC_TEXT_MAX;
	b->evidence = sure;
	return d;
}

static void
close_tables(struct document *d)
{
	d->builder->dropped = 0;
	while (d->builder->depth)
		doc_end_table(d);
	(void)paragraph_flush(d);
}

void
doc_begin_page(struct document *d, int page, const char *name)
{
	struct doc_block *k;

	if (!d->builder)
		return;
	close_tables(d);
	if (d->builder->full)
		return;
	d->builder->page = page;
	k = block_add(d, &d->builder->top, DOC_PAGE);
	if (k && name)
		k->text = arena_str(d->arena, name);
}

void
doc_picture(struct document *d, struct bytes data)
{
	struct doc_block *k;
	struct flow *f;

	if (!pushing(d))
		return;
	(void)paragraph_flush(d);
	f = flow_here(d);
	k = f ? block_add(d, f, DOC_PICTURE) : NULL;
	if (k)
		k->data = BYTES(arena_dup0(d->arena, data.at, data.len), data.len);
}

void
doc_set_quoted(struct document *d, bool quoted)
{
	if (!d->builder || d->builder->quoted == quoted)
		return;
	(void)paragraph_flush(d);
	d->builder->quoted = quoted;
}

void
doc_set_indented(struct document *d, bool indented)
{
	if (!d->builder || d->builder->indented == indented)
		return;
	(void)paragraph_flush(d);
	d->builder->indented = indented;
}

void
doc_set_header(struct document *d, bool header)
{
	if (!d->builder || d->builder->header == header)
		return;
	(void)paragraph_flush(d);
	d->builder->header = header;
}

/* The next file's place; NULL: there are too many. */
static struct doc_file *
next_file(struct document *d, const char *name)
{
	struct doc_file **tail = &d->files;
	int n = 0;

	for (; *tail; tail = &(*tail)->next)
		n++;
	if (n == DOC_FILES_MAX) {
		d->too_large = true;
		d->too_large_why = "too many files put into it";
		return NULL;
	}
	*tail = arena_alloc(d->arena, 1, sizeof **tail);
	(*tail)->name = arena_str(d->arena, name);
	return *tail;
}

void
doc_file(struct document *d, const char *name, struct bytes data)
{
	struct doc_file *f = next_file(d, name);

	if (f)
		f->data = BYTES(arena_dup0(d->arena, data.at, data.len), data.len);
}

void
doc_file_unread(struct document *d, const char *name, const struct err *why)
{
	struct doc_file *f = next_file(d, name);

	if (f)
		f->unread = *why;
}

struct document *
doc_unseen(struct document *d)
{
	if (!d->unseen)
		d->unseen = doc_new(d->arena);
	return d->unseen;
}

void
doc_end(struct document *d)
{
	int i;

	if (d->unseen)
		doc_end(d->unseen);
	if (!d->builder)
		return;
	close_tables(d);
	buf_free(&d->builder->text);
	for (i = 0; i < DOC_DEPTH_MAX; i++)
		free(d->builder->levels[i].covers);
	d->builder = NULL;
}
