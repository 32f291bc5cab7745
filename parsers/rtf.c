/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/rtf.h"

#include "config/mem.h"
#include "parsers/rtf_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
	GROUPS_MAX = 2000, /* in each other; what is deeper is left out */
	WORD_MAX = 32,
	HTML_WITHIN = 1024,
	PICTURE_MAX = 32 << 20,
};

/* ---- tokens ---- */

static void
open_group(struct rtf *r)
{
	if (r->state_count == GROUPS_MAX) {
		r->too_deep++;
		return;
	}
	if (r->state_count == r->state_cap) {
		r->state_cap = r->state_cap ? r->state_cap * 2 : 32;
		r->states = mem_grow(r->states, r->state_cap, sizeof *r->states);
	}
	r->states[r->state_count++] = r->s;
}

static void
close_group(struct rtf *r)
{
	if (r->too_deep)
		r->too_deep--;
	else if (r->state_count) {
		bool pict = r->s.pict, object = r->s.object, code = r->s.code, entry = r->s.entry;

		if (r->header_open && r->state_count == r->header_depth) {
			r->headers[r->header_count - 1].to = r->at - 1;
			r->header_open = false;
		}
		if (entry && !r->states[r->state_count - 1].entry)
			rtf_end_entry(r);
		if (code && !r->states[r->state_count - 1].code)
			rtf_end_code(r);
		if (r->s.boxed && !r->states[r->state_count - 1].boxed)
			rtf_end_box(r, &r->states[r->state_count - 1]);
		r->s = r->states[--r->state_count];
		if (object && !r->s.object)
			rtf_end_object(r);
		else if (pict && !r->s.pict)
			rtf_end_picture(r);
	}
}

/* A number behind a word, with its sign: clamped, as nothing here is larger. */
static bool
read_number(struct rtf *r, int *n_r)
{
	bool minus = r->at < r->in.len && r->in.at[r->at] == '-', has = false;
	int n = 0;

	for (r->at += minus; r->at < r->in.len && isdigit(r->in.at[r->at]); r->at++, has = true)
		if (n < INT32_MAX / 10 - 1)
			n = n * 10 + (r->in.at[r->at] - '0');
	*n_r = minus ? -n : n;
	return has;
}

static void
skip_binary(struct rtf *r, int n)
{
	size_t left = r->in.len - r->at;

	if (n > 0) {
		left = (size_t)n < left ? (size_t)n : left;
		if (r->s.blip && !r->s.skip)
			buf_add(&r->picture, r->in.at + r->at, left);
		r->at += left;
	}
}

static void
read_word(struct rtf *r)
{
	char name[WORD_MAX];
	size_t len = 0;
	int n;
	bool has_n;

	for (; r->at < r->in.len && isalpha(r->in.at[r->at]); r->at++)
		if (len < WORD_MAX - 1)
			name[len++] = (char)r->in.at[r->at];
	name[len] = '\0';
	has_n = read_number(r, &n);
	if (r->at < r->in.len && r->in.at[r->at] == ' ')
		r->at++;
	r->skip_bytes = 0;
	if (strcmp(name, "bin") == 0)
		skip_binary(r, n);
	else
		rtf_word(r, name, has_n, n);
}

static void
read_hex(struct rtf *r)
{
	int high = -1, low = -1;

	if (r->in.len - r->at >= 2) {
		high = rtf_hex_digit(r->in.at[r->at]);
		low = rtf_hex_digit(r->in.at[r->at + 1]);
	}
	if (high < 0 || low < 0)
		return;
	r->at += 2;
	rtf_put_byte(r, (unsigned char)(high << 4 | low));
}

/* Behind a backslash. */
static void
read_control(struct rtf *r)
{
	unsigned char c;

	if (r->at == r->in.len)
		return;
	c = r->in.at[r->at];
	if (isalpha(c)) {
		read_word(r);
		return;
	}
	r->at++;
	switch (c) {
	case '\'': read_hex(r); break;
	case '*': r->star = true; break;
	case '~': rtf_put_byte(r, ' '); break;
	case '_': rtf_put_byte(r, '-'); break;
	case '\r':
	case '\n':
		if (!r->s.skip && !r->s.code)
			rtf_end_paragraph(r, rtf_depth(r));
		break;
	case '\\':
	case '{':
	case '}': rtf_put_byte(r, c); break;
	default: break; /* \- \: \| say nothing that is seen */
	}
}

static void
read_all(struct rtf *r)
{
	unsigned char c;

	while (r->at < r->in.len) {
		c = r->in.at[r->at++];
		switch (c) {
		case '{':
			r->skip_bytes = 0;
			open_group(r);
			break;
		case '}':
			r->skip_bytes = 0;
			close_group(r);
			break;
		case '\\': read_control(r); break;
		case '\r':
		case '\n': break;
		default: rtf_put_byte(r, c);
		}
	}
}

/* Groups are open, and the file's last byte closes none: others open more than they close, and whole. */
static bool
ends_early(const struct rtf *r)
{
	size_t len = r->in.len;

	while (len && strchr(" \r\n", r->in.at[len - 1])) /* NUL as well */
		len--;
	return (r->state_count || r->too_deep) && (!len || r->in.at[len - 1] != '}');
}

/* End what is open. False: its tables hold more than is kept. */
static bool
end_text(struct rtf *r)
{
	rtf_flush(r);
	if (r->text.len)
		rtf_end_paragraph(r, rtf_depth(r));
	return rowtable_end(r->tables);
}

static bool
read_header(struct rtf *r, const struct rtf_header *h)
{
	struct bytes file = r->in;
	bool whole;

	rowtable_free(r->tables);
	r->tables = rowtable_new(r->d);
	r->in.len = h->to;
	r->at = h->from;
	r->s = h->s;
	r->state_count = r->too_deep = 0;
	r->skip_bytes = r->itap = 0;
	r->star = r->intbl = false;
	read_all(r);
	whole = end_text(r);
	r->in = file;
	return whole;
}

/* Headers and footers, behind all text. */
static bool
read_headers(struct rtf *r)
{
	bool whole = true;

	r->header = true;
	doc_set_header(r->d, true);
	for (int i = 0; i < r->header_count; i++)
		whole = read_header(r, &r->headers[i]) && whole;
	doc_set_header(r->d, false);
	return whole;
}

static bool
rtf_read(const struct source *s, struct document *d, struct err *e)
{
	struct rtf *r = mem_alloc(1, sizeof *r);
	bool whole, early, ok = true;

	r->in = s->data;
	r->d = d;
	r->picture = BUF_INIT(PICTURE_MAX);
	r->high_digit = -1;
	r->tables = rowtable_new(d);
	r->s.uc = 1;
	r->code_page = 1252;
	r->bytes = BUF_INIT(DOC_TEXT_MAX);
	r->text = BUF_INIT(DOC_TEXT_MAX);
	read_all(r);
	early = ends_early(r);
	whole = end_text(r);
	whole = read_headers(r) && whole;
	if (!whole || r->text.over || r->bytes.over)
		ok = err_set(e, ERR_TOO_LARGE, "the text or its tables are larger than what is read of one");
	else if (early)
		ok = err_set(e, ERR_DAMAGED, "the RTF file ends in the middle");
	rowtable_free(r->tables);
	buf_free(&r->picture);
	buf_free(&r->bytes);
	buf_free(&r->text);
	buf_free(&r->choice);
	free(r->states);
	free(r);
	return ok;
}

/* The header says so: [MS-OXRTFEX] 2.1.3.1. */
static bool
is_html(struct bytes rtf)
{
	struct bytes head = BYTES(rtf.at, rtf.len < HTML_WITHIN ? rtf.len : HTML_WITHIN);

	return bytes_find(head, "\\fromhtml") < head.len;
}

bool
rtf_html(struct bytes rtf, struct buf *html)
{
	struct rtf *r;

	if (!bytes_begin(rtf, "{\\rtf") || !is_html(rtf))
		return false;
	r = mem_alloc(1, sizeof *r);
	r->in = rtf;
	r->html = true;
	r->s.uc = 1;
	r->code_page = 1252;
	r->bytes = BUF_INIT(DOC_TEXT_MAX);
	r->text = BUF_INIT(DOC_TEXT_MAX);
	read_all(r);
	rtf_flush(r);
	buf_add(html, r->text.at, r->text.len);
	buf_free(&r->bytes);
	buf_free(&r->text);
	buf_free(&r->choice);
	free(r->states);
	free(r);
	return true;
}

static bool
rtf_is(const struct source *s)
{
	return bytes_begin(s->data, "{\\rtf");
}

const struct reader rtf_reader = {
        .name = "rtf",
        .extension = "rtf",
        .is = rtf_is,
        .read = rtf_read,
};
