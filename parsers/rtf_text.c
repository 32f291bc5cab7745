/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/rtf_text.h"

#include "config/mem.h"
#include "config/text.h"
#include "parsers/charset.h"
#include "parsers/eqfield.h"
#include "parsers/oleobject.h"
#include "parsers/symbol.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	LABEL_MAX = 16,
	CHOICE_MAX = 4096,
	NOT_CHOSEN = 25, /* \ffres25: as \ffdefres has it */
};

/* \fcharset to a code page (the RTF specification's table); 0: the document's. */
static int
code_page_of(const struct rtf *r, int font)
{
	switch (font >= 0 && font < RTF_FONTS_MAX ? r->charset_of[font] : 0) {
	case 128: return 932;
	case 129: return 949;
	case 134: return 936;
	case 136: return 950;
	case 204: return 1251;
	default: return r->code_page;
	}
}

void
rtf_flush(struct rtf *r)
{
	char label[LABEL_MAX] = "";

	if (!r->bytes.len)
		return;
	(void)snprintf(label, sizeof label, "cp%d", code_page_of(r, r->bytes_font));
	(void)charset_decode(&r->text, buf_bytes(&r->bytes), label);
	buf_clear(&r->bytes);
}

static bool
is_shown(const struct rtf *r)
{
	if (r->html) /* whose own styles say what is hidden */
		return !r->s.skip && !r->s.pict && !r->s.shadow;
	return !r->s.skip && !r->s.pict && !r->s.hidden && !r->s.struck;
}

int
rtf_hex_digit(unsigned char c)
{
	return isdigit(c) ? c - '0' : isxdigit(c) ? tolower(c) - 'a' + 10 : -1;
}

/* One digit of a picture's bytes. */
static void
put_digit(struct rtf *r, unsigned char c)
{
	int digit = rtf_hex_digit(c);

	if (!r->s.blip || r->s.skip || digit < 0)
		return;
	if (r->high_digit < 0) {
		r->high_digit = digit;
		return;
	}
	buf_ch(&r->picture, (char)(r->high_digit << 4 | digit));
	r->high_digit = -1;
}

/* A group of \pict is closed. */
void
rtf_end_picture(struct rtf *r)
{
	if (r->picture.len && r->d)
		doc_picture(r->d, buf_bytes(&r->picture));
	buf_clear(&r->picture);
	r->high_digit = -1;
}

void
rtf_end_object(struct rtf *r)
{
	struct err why = {0};

	if (r->picture.over && r->d) {
		(void)err_set(&why, ERR_TOO_LARGE, "more than is read of a file put into another");
		doc_file_unread(r->d, arena_fmt(r->d->arena, "附件%zu", ++r->objects), &why);
	} else if (r->d) {
		oleobject_push_native(buf_bytes(&r->picture), ++r->objects, r->d);
	}
	buf_clear(&r->picture);
	r->high_digit = -1;
}

/* One byte of text, said as itself or by \'hh. */
void
rtf_put_byte(struct rtf *r, unsigned char c)
{
	if (r->skip_bytes) {
		r->skip_bytes--;
		return;
	}
	if (r->s.pict) {
		put_digit(r, c);
		return;
	}
	if (!is_shown(r) || !c)
		return;
	if (r->bytes_font != r->s.font)
		rtf_flush(r);
	r->bytes_font = r->s.font;
	buf_ch(&r->bytes, (char)c);
}

void
rtf_put_character(struct rtf *r, uint32_t c)
{
	if (!is_shown(r))
		return;
	rtf_flush(r);
	if (c >= ' ')
		symbol_put(&r->text, c);
	else
		text_put(&r->text, c);
}

void
rtf_put_unicode(struct rtf *r, int n)
{
	uint32_t c = (uint32_t)n & 0xFFFF; /* a signed 16-bit number in the file */

	r->skip_bytes = r->s.uc;
	if (c >= 0xD800 && c < 0xDC00) {
		r->high = c;
		return;
	}
	if (c >= 0xDC00 && c < 0xE000 && r->high)
		c = 0x10000 + ((r->high - 0xD800) << 10) + (c - 0xDC00);
	r->high = 0;
	rtf_put_character(r, c);
}

int
rtf_depth(const struct rtf *r)
{
	return r->s.box + (r->intbl && r->itap < 1 ? 1 : r->itap);
}

void
rtf_begin_header(struct rtf *r)
{
	if (!r->html && !r->header && !r->too_deep && r->header_count < RTF_HEADERS_MAX) {
		r->headers[r->header_count++] = (struct rtf_header){r->at, r->in.len, r->s};
		r->header_open = true;
		r->header_depth = r->state_count;
	}
	r->s.skip = true;
}

static void
part_paragraph(struct rtf *r)
{
	rtf_flush(r);
	if (r->text.len)
		rtf_end_paragraph(r, rtf_depth(r));
}

void
rtf_begin_box(struct rtf *r)
{
	if (r->html || r->s.code)
		return;
	part_paragraph(r);
	r->s.boxed = true;
	r->s.box = rtf_depth(r);
	r->intbl = false;
	r->itap = 0;
}

/* \pard in the box was none of the paragraph that it hangs at. */
void
rtf_end_box(struct rtf *r, const struct rtf_state *around)
{
	part_paragraph(r);
	r->itap = r->s.box - around->box;
	r->intbl = r->itap > 0;
}

void
rtf_begin_code(struct rtf *r)
{
	if (r->s.code)
		return;
	rtf_flush(r);
	r->s.code = true;
	r->code_at = r->text.len;
}

static void
take_back(struct rtf *r, size_t from)
{
	r->text.len = from;
	r->text.at[from] = '\0';
}

void
rtf_end_code(struct rtf *r)
{
	char *code;
	struct bytes base;

	rtf_flush(r);
	if (r->text.len > r->code_at) {
		code = mem_dup0(r->text.at + r->code_at, r->text.len - r->code_at);
		base = eqfield_base(bytes_str(code));
		take_back(r, r->code_at);
		buf_add(&r->text, base.at, base.len);
		free(code);
	}
	/* of a list no result is written: what is shown stands in its data alone */
	buf_add(&r->text, r->choice.at, r->choice.len);
	buf_clear(&r->choice);
}

void
rtf_begin_list(struct rtf *r)
{
	buf_clear(&r->choice);
	r->choice.max = CHOICE_MAX;
	r->entry = 0;
	r->chosen = -1;
}

void
rtf_choose(struct rtf *r, int n, bool by_default)
{
	if (by_default ? r->chosen < 0 : n != NOT_CHOSEN)
		r->chosen = n;
}

void
rtf_begin_entry(struct rtf *r)
{
	if (r->s.entry || !r->s.code)
		return;
	rtf_flush(r);
	r->s.entry = true;
	r->entry_at = r->text.len;
}

void
rtf_end_entry(struct rtf *r)
{
	rtf_flush(r);
	if (r->text.len <= r->entry_at)
		return;
	if (r->entry++ == (r->chosen < 0 ? 0 : r->chosen))
		buf_add(&r->choice, r->text.at + r->entry_at, r->text.len - r->entry_at);
	take_back(r, r->entry_at);
}

void
rtf_end_paragraph(struct rtf *r, int at_depth)
{
	if (r->html) {
		rtf_put_character(r, '\n');
		return;
	}
	rtf_flush(r);
	rowtable_paragraph(r->tables, at_depth, r->text.at ? r->text.at : "", r->text.len);
	buf_clear(&r->text);
}

/* What stands before the end of a cell is its last paragraph. */
void
rtf_end_cell(struct rtf *r, int at_depth)
{
	if (r->html)
		return;
	rtf_flush(r);
	if (r->text.len)
		rtf_end_paragraph(r, at_depth);
	rowtable_end_cell(r->tables, at_depth);
}
