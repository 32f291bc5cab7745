/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/rtf.h"

#include "config/mem.h"
#include "config/text.h"
#include "parsers/charset.h"
#include "parsers/rowtable.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	GROUPS_MAX = 2000, /* in each other; what is deeper is left out */
	WORD_MAX = 32,
	FONTS_MAX = 4096,
	TWIPS_MAX = 100000, /* 1.7 m */
	LABEL_MAX = 16,
	HTML_WITHIN = 1024,
	PICTURE_MAX = 32 << 20,
};

/* What a group inherits and its end takes back. */
struct state {
	bool skip;   /* a destination that is no text */
	bool hidden; /* \v, \deleted */
	bool struck; /* \strike, \striked1: taken back by who wrote it */
	bool fonts;  /* in the font table */
	bool pict;   /* in \pict: digits are a picture's bytes, */
	bool blip;   /* one that we read, PNG or JPEG */
	bool shadow; /* \htmlrtf: for readers who do not know that this is HTML */
	bool nested; /* in \nesttableprops: definitions are of the innermost table */
	int uc;      /* bytes that stand for a \u for old readers */
	int font;
};

struct rtf {
	struct bytes in;
	size_t at;
	bool html;          /* HTML in RTF is taken out: no tables, no paragraphs */
	struct document *d; /* for pictures */
	struct buf picture;
	int high_digit;          /* of the byte that is open in a picture, or -1 */
	struct rowtable *tables; /* NULL then */
	struct state *states;
	size_t state_count, state_cap, too_deep;
	struct state s;
	bool star; /* \* came: skip the group if its word is not known */

	unsigned char charset_of[FONTS_MAX];
	int code_page;    /* \ansicpg */
	int default_font; /* \deff */
	int skip_bytes;   /* of a \u that was read */
	uint32_t high;    /* the first half of a surrogate pair, or 0 */

	struct buf bytes; /* text in a code page, not decoded so far */
	int bytes_font;
	struct buf text; /* the open paragraph */
	bool intbl;
	int itap;
};

/* ---- text ---- */

/* \fcharset to a code page (the RTF specification's table); 0: the document's. */
static int
code_page_of(const struct rtf *r, int font)
{
	switch (font >= 0 && font < FONTS_MAX ? r->charset_of[font] : 0) {
	case 128: return 932;
	case 129: return 949;
	case 134: return 936;
	case 136: return 950;
	case 204: return 1251;
	default: return r->code_page;
	}
}

static void
flush_bytes(struct rtf *r)
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

static int
hex_digit(unsigned char c)
{
	return isdigit(c) ? c - '0' : isxdigit(c) ? tolower(c) - 'a' + 10 : -1;
}

/* One digit of a picture's bytes. */
static void
put_digit(struct rtf *r, unsigned char c)
{
	int digit = hex_digit(c);

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
static void
end_picture(struct rtf *r)
{
	if (r->picture.len && r->d)
		doc_picture(r->d, buf_bytes(&r->picture));
	buf_clear(&r->picture);
	r->high_digit = -1;
}

/* One byte of text, said as itself or by \'hh. */
static void
put_byte(struct rtf *r, unsigned char c)
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
		flush_bytes(r);
	r->bytes_font = r->s.font;
	buf_ch(&r->bytes, (char)c);
}

static void
put_character(struct rtf *r, uint32_t c)
{
	if (!is_shown(r))
		return;
	flush_bytes(r);
	text_put(&r->text, c);
}

static void
put_unicode(struct rtf *r, int n)
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
	put_character(r, c);
}

static int
depth(const struct rtf *r)
{
	return r->intbl && r->itap < 1 ? 1 : r->itap;
}

static void
end_paragraph(struct rtf *r, int at_depth)
{
	if (r->html) {
		put_character(r, '\n');
		return;
	}
	flush_bytes(r);
	rowtable_paragraph(r->tables, at_depth, r->text.at ? r->text.at : "", r->text.len);
	buf_clear(&r->text);
}

/* What stands before the end of a cell is its last paragraph. */
static void
end_cell(struct rtf *r, int at_depth)
{
	if (r->html)
		return;
	flush_bytes(r);
	if (r->text.len)
		end_paragraph(r, at_depth);
	rowtable_end_cell(r->tables, at_depth);
}

/* ---- words ---- */

enum word_kind {
	DESTINATION, /* what is in its group is no text */
	TRANSPARENT, /* a \* destination that is read all the same */
	CHARACTER,   /* stands for the character n */
	PARAGRAPH,
	LINE,
	CELL,
	NEST_CELL,
	ROW,
	NEST_ROW, /* ends */
	INTBL,
	ITAP,
	PARD,
	TROWD,
	TRLEFT,
	CELLX,
	MARK,
	NEST_PROPERTIES,
	HIDE,
	STRIKE,
	SHADOW,
	PICT,
	BLIP,
	HTML_TAG,
	PLAIN,
	FONT,
	UC,
	UNICODE,
	FONT_TABLE,
	FONT_CHARSET,
	CODE_PAGE,
	DEFAULT_FONT,
};

static const struct word {
	const char *name;
	enum word_kind kind;
	int n;
} words[] = {
        /* sorted by name, for word_find() */
        {"ansicpg", CODE_PAGE, 0},
        {"bullet", CHARACTER, 0x2022},
        {"cell", CELL, 0},
        {"cellx", CELLX, 0},
        {"clmgf", MARK, ROWTABLE_COLUMN_FIRST},
        {"clmrg", MARK, ROWTABLE_COLUMN_MORE},
        {"clvmgf", MARK, ROWTABLE_ROW_FIRST},
        {"clvmrg", MARK, ROWTABLE_ROW_MORE},
        {"colortbl", DESTINATION, 0},
        {"deff", DEFAULT_FONT, 0},
        {"deleted", HIDE, 0},
        {"emdash", CHARACTER, 0x2014},
        {"emspace", CHARACTER, ' '},
        {"endash", CHARACTER, 0x2013},
        {"enspace", CHARACTER, ' '},
        {"f", FONT, 0},
        {"fcharset", FONT_CHARSET, 0},
        {"fldinst", DESTINATION, 0},
        {"fonttbl", FONT_TABLE, 0},
        {"footer", DESTINATION, 0},
        {"footerf", DESTINATION, 0},
        {"footerl", DESTINATION, 0},
        {"footerr", DESTINATION, 0},
        {"footnote", DESTINATION, 0},
        {"header", DESTINATION, 0},
        {"headerf", DESTINATION, 0},
        {"headerl", DESTINATION, 0},
        {"headerr", DESTINATION, 0},
        {"htmlrtf", SHADOW, 0},
        {"htmltag", HTML_TAG, 0},
        {"info", DESTINATION, 0},
        {"intbl", INTBL, 0},
        {"itap", ITAP, 0},
        {"jpegblip", BLIP, 0},
        {"ldblquote", CHARACTER, 0x201C},
        {"line", LINE, 0},
        {"listtext", DESTINATION, 0},
        {"lquote", CHARACTER, 0x2018},
        {"nestcell", NEST_CELL, 0},
        {"nestrow", NEST_ROW, 0},
        {"nesttableprops", NEST_PROPERTIES, 0},
        {"nonesttables", DESTINATION, 0},
        {"nonshppict", DESTINATION, 0},
        {"objdata", DESTINATION, 0},
        {"page", PARAGRAPH, 0},
        {"par", PARAGRAPH, 0},
        {"pard", PARD, 0},
        {"pict", PICT, 0},
        {"plain", PLAIN, 0},
        {"pngblip", BLIP, 0},
        {"pntext", DESTINATION, 0},
        {"rdblquote", CHARACTER, 0x201D},
        {"row", ROW, 0},
        {"rquote", CHARACTER, 0x2019},
        {"sect", PARAGRAPH, 0},
        {"shpinst", TRANSPARENT, 0},
        {"shppict", TRANSPARENT, 0},
        {"shprslt", DESTINATION, 0},
        {"shptxt", TRANSPARENT, 0},
        {"sp", DESTINATION, 0},
        {"strike", STRIKE, 0},
        {"striked", STRIKE, 0},
        {"stylesheet", DESTINATION, 0},
        {"tab", CHARACTER, '\t'},
        {"trleft", TRLEFT, 0},
        {"trowd", TROWD, 0},
        {"u", UNICODE, 0},
        {"uc", UC, 0},
        {"upr", DESTINATION, 0},
        {"v", HIDE, 0},
};

static int
word_compare(const void *name, const void *row)
{
	return strcmp(name, ((const struct word *)row)->name);
}

static int
definition_depth(const struct rtf *r)
{
	return r->s.nested ? depth(r) : 1;
}

static void
table_word(struct rtf *r, const struct word *w, int n)
{
	int at = definition_depth(r);

	if (r->html)
		return;
	switch (w->kind) {
	case CELL: end_cell(r, 1); break;
	case NEST_CELL: end_cell(r, depth(r)); break;
	case ROW: rowtable_end_row(r->tables, 1); break;
	case NEST_ROW: rowtable_end_row(r->tables, depth(r)); break;
	case TROWD: rowtable_define_row(r->tables, at); break;
	case TRLEFT: rowtable_define_left(r->tables, at, n); break;
	case CELLX: rowtable_define_cell(r->tables, at, n); break;
	case MARK: rowtable_define_mark(r->tables, at, (enum rowtable_mark)w->n); break;
	default: break;
	}
}

static void
font_word(struct rtf *r, const struct word *w, int n)
{
	switch (w->kind) {
	case FONT: r->s.font = n; break;
	case DEFAULT_FONT: r->default_font = r->s.font = n; break;
	case CODE_PAGE: r->code_page = n; break;
	case FONT_CHARSET:
		if (r->s.fonts && r->s.font >= 0 && r->s.font < FONTS_MAX)
			r->charset_of[r->s.font] = (unsigned char)n;
		break;
	default: break;
	}
}

static void
state_word(struct rtf *r, const struct word *w, bool has_n, int n)
{
	switch (w->kind) {
	case DESTINATION: r->s.skip = true; break;
	case FONT_TABLE: r->s.fonts = r->s.skip = true; break;
	case NEST_PROPERTIES: r->s.nested = true; break;
	case HIDE: r->s.hidden = !has_n || n != 0; break;
	case HTML_TAG: r->s.skip = !r->html; break;
	case PICT: r->s.pict = true; break;
	case BLIP: r->s.blip = r->s.pict; break;
	case SHADOW: r->s.shadow = !has_n || n != 0; break;
	case STRIKE: r->s.struck = !has_n || n != 0; break;
	case PLAIN:
		r->s.hidden = r->s.struck = false;
		r->s.font = r->default_font;
		break;
	case UC: r->s.uc = n >= 0 && n < 16 ? n : 1; break;
	case INTBL: r->intbl = true; break;
	case ITAP: r->itap = n > 0 && n <= ROWTABLE_DEPTH ? n : 0; break;
	case PARD:
		r->intbl = false;
		r->itap = 0;
		break;
	default: break;
	}
}

static void
do_word(struct rtf *r, const char *name, bool has_n, int n)
{
	const struct word *w =
	        bsearch(name, words, sizeof words / sizeof words[0], sizeof words[0], word_compare);
	bool star = r->star;

	r->star = false;
	if (!w) {
		r->s.skip |= star;
		return;
	}
	font_word(r, w, n);
	if (r->s.skip)
		return;
	switch (w->kind) {
	case CHARACTER: put_character(r, (uint32_t)w->n); break;
	case UNICODE: put_unicode(r, n); break;
	case LINE: put_character(r, '\n'); break;
	case PARAGRAPH: end_paragraph(r, depth(r)); break;
	default: table_word(r, w, n); state_word(r, w, has_n, n);
	}
}

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
		bool pict = r->s.pict;

		r->s = r->states[--r->state_count];
		if (pict && !r->s.pict)
			end_picture(r);
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
		do_word(r, name, has_n, n);
}

static void
read_hex(struct rtf *r)
{
	int high = -1, low = -1;

	if (r->in.len - r->at >= 2) {
		high = hex_digit(r->in.at[r->at]);
		low = hex_digit(r->in.at[r->at + 1]);
	}
	if (high < 0 || low < 0)
		return;
	r->at += 2;
	put_byte(r, (unsigned char)(high << 4 | low));
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
	case '~': put_byte(r, ' '); break;
	case '_': put_byte(r, '-'); break;
	case '\r':
	case '\n':
		if (!r->s.skip)
			end_paragraph(r, depth(r));
		break;
	case '\\':
	case '{':
	case '}': put_byte(r, c); break;
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
		default: put_byte(r, c);
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

static bool
rtf_read(const struct source *s, struct document *d, struct err *e)
{
	struct rtf *r = mem_alloc(1, sizeof *r);
	bool whole, ok = true;

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
	flush_bytes(r);
	if (r->text.len)
		end_paragraph(r, depth(r));
	whole = rowtable_end(r->tables);
	if (!whole || r->text.over || r->bytes.over)
		ok = err_set(e, ERR_TOO_LARGE, "the text or its tables are larger than what is read of one");
	else if (ends_early(r))
		ok = err_set(e, ERR_DAMAGED, "the RTF file ends in the middle");
	rowtable_free(r->tables);
	buf_free(&r->picture);
	buf_free(&r->bytes);
	buf_free(&r->text);
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
	flush_bytes(r);
	buf_add(html, r->text.at, r->text.len);
	buf_free(&r->bytes);
	buf_free(&r->text);
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
