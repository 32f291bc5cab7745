/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A document as its readers' callers see it: a cell's text, the cell at a place, the whole as lines. */
#include "parsers/document.h"

#include "config/text.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

void
doc_add_weak(char weak[DOC_WEAK_MAX], const char *more)
{
	while (*more) {
		const char *at = more;
		size_t len = strlen(weak), n;

		(void)text_next(&more);
		n = (size_t)(more - at);
		if (memmem(weak, len, at, n))
			continue;
		if (len + n >= DOC_WEAK_MAX) {
			*weak = '\0';
			return;
		}
		memcpy(weak + len, at, n);
		weak[len + n] = '\0';
	}
}

struct doc_evidence
doc_weaker(struct doc_evidence a, struct doc_evidence b)
{
	struct doc_evidence w = {
	        .method = a.method == DOC_OCR ? a.method : b.method,
	        .confidence = a.confidence < b.confidence ? a.confidence : b.confidence,
	        .doubtful = a.doubtful || b.doubtful,
	        .hesitant = a.hesitant || b.hesitant,
	};

	w.without = fmin(*a.weak ? a.without : a.confidence, *b.weak ? b.without : b.confidence);
	if (a.doubtful && (!b.doubtful || *b.weak))
		doc_add_weak(w.weak, a.weak);
	if (b.doubtful && (!a.doubtful || *a.weak))
		doc_add_weak(w.weak, b.weak);
	return w;
}

static void
add_texts(const struct doc_block *k, struct buf *out, struct doc_evidence *ev)
{
	const struct doc_row *r;
	const struct doc_cell *c;

	for (; k; k = k->next) {
		if (k->kind == DOC_PARAGRAPH) {
			buf_str(out, k->text);
			buf_ch(out, '\n');
			*ev = doc_weaker(*ev, k->evidence);
		}
		for (r = k->table ? k->table->first : NULL; r; r = r->next)
			for (c = r->first; c; c = c->next)
				add_texts(c->first, out, ev);
	}
}

const char *
doc_cell_text(const struct document *d, const struct doc_cell *c, struct doc_evidence *ev_r)
{
	struct buf all = BUF_INIT(SIZE_MAX / 2), trimmed = BUF_INIT(SIZE_MAX / 2);
	struct doc_evidence ev = c->evidence;
	const char *text = "";

	if (c->first) {
		add_texts(c->first, &all, &ev);
		text_trim(&trimmed, all.at ? all.at : "");
		text = arena_dup0(d->arena, trimmed.at ? trimmed.at : "", trimmed.len);
	}
	buf_free(&all);
	buf_free(&trimmed);
	if (ev_r)
		*ev_r = ev;
	return text;
}

const struct doc_cell *
doc_cell_at(const struct doc_table *t, int row, int column)
{
	const struct doc_cell *c;
	int r;

	if (row < 0 || row >= t->rows || column < 0 || column >= t->columns || !t->row_at)
		return NULL;
	for (r = row; r >= 0 && row - r < t->tallest; r--)
		for (c = t->row_at[r]->first; c && c->column <= column; c = c->next)
			if (column - c->column < c->columns && row - r < c->rows)
				return c;
	return NULL;
}

static void
plain_blocks(const struct doc_block *k, struct buf *out)
{
	const struct doc_row *r;
	const struct doc_cell *c;

	for (; k; k = k->next) {
		if (k->kind == DOC_PARAGRAPH || (k->kind == DOC_PAGE && *k->text)) {
			buf_str(out, k->text);
			buf_ch(out, '\n');
		}
		for (r = k->table ? k->table->first : NULL; r; r = r->next) {
			for (c = r->first; c; c = c->next) {
				plain_blocks(c->first, out);
				/* the cell's last line goes on in the next cell */
				if (c->first && out->len && out->at[out->len - 1] == '\n')
					out->at[--out->len] = '\0';
				buf_ch(out, c->next ? '\t' : '\n');
			}
		}
	}
}

void
doc_plain(const struct document *d, struct buf *out)
{
	plain_blocks(d->first, out);
}

static void
dump_text(const char *s, struct buf *out)
{
	for (; *s; s++) {
		if (*s == '\n')
			buf_str(out, "\\n");
		else
			buf_ch(out, *s);
	}
}

static void dump_row(const struct doc_row *r, struct buf *out);

static void
dump_cell(const struct doc_cell *c, struct buf *out)
{
	const struct doc_block *k;
	const struct doc_row *r;

	buf_ch(out, '[');
	for (k = c->first; k; k = k->next) {
		if (k->kind == DOC_PARAGRAPH)
			dump_text(k->text, out);
		else if (k->kind == DOC_PICTURE)
			buf_fmt(out, "(picture, %zu bytes)", k->data.len);
		if (k->table) {
			buf_ch(out, '{');
			for (r = k->table->first; r; r = r->next) {
				dump_row(r, out);
				buf_str(out, r->next ? " / " : "");
			}
			buf_ch(out, '}');
		}
		if (k->next)
			buf_str(out, "\\n");
	}
	if (c->columns > 1 || c->rows > 1)
		buf_fmt(out, "|%dx%d", c->columns, c->rows);
	buf_ch(out, ']');
}

static void
dump_row(const struct doc_row *r, struct buf *out)
{
	const struct doc_cell *c;
	int column = 0;

	for (c = r->first; c; c = c->next) {
		if (c->column > column)
			buf_fmt(out, "(+%d)", c->column - column);
		dump_cell(c, out);
		column = c->column + c->columns;
	}
}

static void
dump_files(const struct document *d, struct buf *out)
{
	for (const struct doc_file *f = d->files; f; f = f->next)
		if (f->unread.code)
			buf_fmt(out, "(file %s: %s)\n", f->name, err_name(f->unread.code));
		else
			buf_fmt(out, "(file %s, %zu bytes)\n", f->name, f->data.len);
}

void
doc_dump(const struct document *d, struct buf *out)
{
	const struct doc_block *k;
	const struct doc_row *r;

	for (k = d->first; k; k = k->next) {
		if (k->quoted)
			buf_str(out, "> ");
		if (k->hidden_header)
			buf_str(out, "^ ");
		switch (k->kind) {
		case DOC_PARAGRAPH: dump_text(k->text, out); break;
		case DOC_PAGE: buf_fmt(out, "--- page %d %s", k->page, k->text); break;
		case DOC_PICTURE: buf_fmt(out, "(picture, %zu bytes)", k->data.len); break;
		case DOC_TABLE:
			buf_fmt(out, "table %d: %dx%d", k->table->number, k->table->columns, k->table->rows);
			break;
		}
		buf_ch(out, '\n');
		for (r = k->table ? k->table->first : NULL; r; r = r->next) {
			dump_row(r, out);
			buf_ch(out, '\n');
		}
	}
	dump_files(d, out);
}
