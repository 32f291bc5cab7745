/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/html.h"

#include "config/mem.h"
#include "config/text.h"
#include "parsers/base64.h"
#include "parsers/charset.h"
#include "parsers/html_look.h"
#include "parsers/html_sheet.h"
#include "parsers/plain.h"
#include "parsers/quoting.h"

#include <ctype.h>
#include <libxml/HTMLparser.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	HEAD_MAX = 4096, /* where a charset is declared, and what tells HTML from other text */
	CHARSET_MAX = 40,
	INPUT_MAX = 1 << 20,
	PAGE_MAX = 48 << 20,
	PICTURE_MAX = 32 << 20,
	SHEET_MAX = 1 << 20,
	CONDITION_MAX = 200, /* "<![if gte mso 9]>" */
	OPEN_MAX = 1 << 20,  /* elements in each other */
};

/* White space that waits for what follows. */
enum gap { GAP_NONE, GAP_SPACE, GAP_NEWLINE };

enum { SKIP = 1, PRE = 2, CITE = 4, INDENT = 8 };

struct html {
	struct document *d;
	struct buf open; /* a byte for each open element: what it began of these */
	int skip;        /* depth inside an element that is not displayed; 0: in none */
	int pre;         /* depth inside elements that keep their line ends */
	int cite;        /* depth inside an element that holds quoted text */
	int indent;      /* depth inside blockquotes, cited or not */
	bool all_cite;   /* what comes is quoted, to the end */
	bool line;       /* something stands on the open line */
	enum gap gap;
	bool in_sheet;
	struct buf text_of_sheet;
	struct html_sheet sheet;
	bool after_full; /* the last character was a full-width one */
};

/* ---- text ---- */

static void
end_line(struct html *h)
{
	if (h->line)
		doc_end_paragraph(h->d);
	h->line = false;
	h->gap = GAP_NONE;
}

static void
line_break(struct html *h)
{
	doc_end_paragraph(h->d);
	h->line = false;
	h->gap = GAP_NONE;
}

/* A line end in the source between two full-width characters is none on the page: Word breaks its
 * HTML in the middle of Chinese text (CSS Text 3, 4.1.3). */
static void
put_gap(struct html *h, bool before_full)
{
	if (h->line && (h->gap == GAP_SPACE || (h->gap == GAP_NEWLINE && !(h->after_full && before_full))))
		doc_text(h->d, " ", 1);
	h->gap = GAP_NONE;
}

static void
on_text(void *user, const xmlChar *at, int len)
{
	struct html *h = user;
	/* SAX2 gives no NUL behind text: text_next() wants one. */
	char *copy = mem_dup0((const char *)at, len > 0 ? (size_t)len : 0);
	const char *s = copy, *from;
	uint32_t c;

	if (h->in_sheet)
		buf_str(&h->text_of_sheet, copy);
	while (!h->skip && (from = s, c = text_next(&s)) != 0) {
		if (h->pre && (c == '\n' || c == '\r')) {
			if (c == '\n')
				line_break(h);
		} else if (!h->pre && c < 0x80 && isspace((int)c)) {
			if (h->gap != GAP_NEWLINE)
				h->gap = c == '\n' || c == '\r' ? GAP_NEWLINE : GAP_SPACE;
		} else {
			put_gap(h, text_is_full(c));
			if (c == 0xA0)
				doc_text(h->d, " ", 1);
			else
				doc_text(h->d, from, (size_t)(s - from));
			h->line = true;
			h->after_full = text_is_full(c);
		}
	}
	free(copy);
}

/* ---- elements ---- */

enum role { INLINE, BLOCK, BREAK, TABLE, ROW, CELL };

static const struct element {
	const char *name;
	enum role role;
} elements[] = {
        /* sorted by name, for role_of(); what is not here is inline */
        {"address", BLOCK},  {"article", BLOCK},  {"aside", BLOCK},   {"blockquote", BLOCK},
        {"body", BLOCK},     {"br", BREAK},       {"caption", BLOCK}, {"center", BLOCK},
        {"dd", BLOCK},       {"div", BLOCK},      {"dl", BLOCK},      {"dt", BLOCK},
        {"fieldset", BLOCK}, {"footer", BLOCK},   {"form", BLOCK},    {"h1", BLOCK},
        {"h2", BLOCK},       {"h3", BLOCK},       {"h4", BLOCK},      {"h5", BLOCK},
        {"h6", BLOCK},       {"header", BLOCK},   {"hr", BLOCK},      {"includetail", BLOCK},
        {"legend", BLOCK},   {"li", BLOCK},       {"main", BLOCK},    {"ol", BLOCK},
        {"p", BLOCK},        {"pre", BLOCK},      {"section", BLOCK}, {"table", TABLE},
        {"td", CELL},        {"textarea", BLOCK}, {"th", CELL},       {"tr", ROW},
        {"ul", BLOCK},
};

static int
element_compare(const void *name, const void *row)
{
	return strcmp(name, ((const struct element *)row)->name);
}

static enum role
role_of(const char *name)
{
	const struct element *row = bsearch(name, elements, sizeof elements / sizeof elements[0],
	                                    sizeof elements[0], element_compare);

	return row ? row->role : INLINE;
}

static void
begin_cell(struct html *h, const char *name, const xmlChar **attributes)
{
	int columns = html_attribute_number(attributes, "colspan", 1, DOC_COLUMNS_MAX);
	int rows = html_attribute_number(attributes, "rowspan", 1, INT_MAX);

	/* 0 means: down to the table's end */
	doc_begin_cell(h->d, columns, rows ? rows : INT_MAX, DOC_MERGE_NONE);
	if (strcmp(name, "th") == 0)
		doc_cell_is_header(h->d);
}

static void
begin_role(struct html *h, const char *name, const xmlChar **attributes)
{
	enum role role = role_of(name);

	if (role == BREAK)
		line_break(h);
	else if (role != INLINE)
		end_line(h);
	if (role == TABLE)
		doc_begin_table(h->d, NULL);
	else if (role == ROW)
		doc_begin_row(h->d);
	else if (role == CELL)
		begin_cell(h, name, attributes);
}

static void
end_role(struct html *h, const char *name)
{
	enum role role = role_of(name);

	if (role != INLINE && role != BREAK)
		end_line(h);
	if (role == TABLE)
		doc_end_table(h->d);
	else if (role == ROW)
		doc_end_row(h->d);
	else if (role == CELL)
		doc_end_cell(h->d);
}

static void
nest(struct html *h, unsigned char state, int by)
{
	h->skip += state & SKIP ? by : 0;
	h->pre += state & PRE ? by : 0;
	h->cite += state & CITE ? by : 0;
	h->indent += state & INDENT ? by : 0;
	if (state & CITE)
		end_line(h);
	doc_set_quoted(h->d, h->cite || h->all_cite);
	doc_set_indented(h->d, h->indent > 0);
}

/* A page saved from a system holds what was typed into it. */
static void
put_input(struct html *h, const xmlChar **attributes)
{
	static const char *const shown[] = {"text", "tel", "number", "email", "search", "url"};
	const char *type = html_attribute(attributes, "type"), *value = html_attribute(attributes, "value");
	bool is = !type;

	for (size_t i = 0; type && i < sizeof shown / sizeof *shown && !is; i++)
		is = strcasecmp(type, shown[i]) == 0;
	if (is && value)
		on_text(h, (const xmlChar *)value, (int)strnlen(value, INPUT_MAX));
}

/* A picture that lies in the page itself: "data:image/png;base64,…" (RFC 2397). Others are parts of the mail.
 */
static void
put_image(struct html *h, const xmlChar **attributes)
{
	static const char scheme[] = "data:image/";
	const char *src = html_attribute(attributes, "src"), *data = NULL;
	struct buf b = BUF_INIT(PICTURE_MAX);

	if (src && strncasecmp(src, scheme, sizeof scheme - 1) == 0)
		data = strstr(src, ";base64,");
	if (data)
		base64_decode(bytes_str(data + strlen(";base64,")), &b);
	if (b.len && !b.over)
		doc_picture(h->d, buf_bytes(&b));
	buf_free(&b);
}

static void
on_begin(void *user, const xmlChar *xname, const xmlChar **attributes)
{
	struct html *h = user;
	const char *name = (const char *)xname;
	unsigned char state = 0;

	if (h->skip || !html_is_displayed(name, attributes) ||
	    html_sheet_hides(&h->sheet, name, html_attribute(attributes, "class")))
		state = SKIP;
	else if (strcmp(name, "pre") == 0 || html_has_style(attributes, "white-space:pre"))
		state = PRE;
	if (html_is_cite(name, attributes))
		state |= CITE;
	if (strcmp(name, "blockquote") == 0)
		state |= INDENT;
	if (strcmp(name, "option") == 0 && !html_attribute(attributes, "selected"))
		state |= SKIP;
	if (html_has_word(attributes, "id", "divRplyFwdMsg")) /* Outlook: from here to the end */
		h->all_cite = true;
	h->in_sheet =
	        strcmp(name, "style") == 0 && html_sheet_is_for_screen(html_attribute(attributes, "media"));
	buf_ch(&h->open, (char)state);
	nest(h, state, 1);
	if (h->skip)
		return;
	begin_role(h, name, attributes);
	if (strcmp(name, "input") == 0)
		put_input(h, attributes);
	else if (strcmp(name, "img") == 0)
		put_image(h, attributes);
}

static void
end_sheet(struct html *h)
{
	h->in_sheet = false;
	if (h->text_of_sheet.at)
		html_sheet_add(&h->sheet, h->text_of_sheet.at);
	buf_clear(&h->text_of_sheet);
}

static void
on_end(void *user, const xmlChar *name)
{
	struct html *h = user;
	unsigned char state;

	if (h->in_sheet)
		end_sheet(h);
	if (!h->open.len)
		return;
	state = (unsigned char)h->open.at[--h->open.len];
	if (!h->skip)
		end_role(h, (const char *)name);
	nest(h, state, -1);
}

/* ---- the whole ---- */

static void
on_error(void *user, xmlErrorPtr error)
{
	(void)user, (void)error; /* no page on earth is without */
}

static void
parse(struct html *h, const struct buf *text)
{
	const htmlSAXHandler sax = {
	        .initialized = XML_SAX2_MAGIC,
	        .startElement = on_begin,
	        .endElement = on_end,
	        .characters = on_text,
	        .ignorableWhitespace = on_text,
	        .serror = on_error,
	};
	htmlParserCtxtPtr parser = htmlNewParserCtxt();
	htmlDocPtr doc;

	if (!parser)
		mem_die("starting to read HTML");
	*parser->sax = sax;
	parser->userData = h;
	doc = htmlCtxtReadMemory(parser, text->at, (int)text->len, NULL, "UTF-8",
	                         HTML_PARSE_IGNORE_ENC | HTML_PARSE_NOIMPLIED | HTML_PARSE_NONET |
	                                 HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
	if (doc)
		xmlFreeDoc(doc);
	htmlFreeParserCtxt(parser);
}

/* Word's HTML parts what is for whom by "<![if !supportLists]>" and "<![endif]>", which browsers take for
 * comments and libxml2 for text. "<![endif]-->" is a comment's end, and stays. */
static void
drop_conditions(struct buf *page)
{
	char *to = page->at, *end = page->at + page->len;

	for (const char *s = page->at; s < end;) {
		size_t left = (size_t)(end - s);
		const char *close = strncmp(s, "<![", 3) == 0
		                            ? memchr(s, '>', left < CONDITION_MAX ? left : CONDITION_MAX)
		                            : NULL;

		if (close && close[-1] != '-')
			s = close + 1;
		else
			*to++ = *s++;
	}
	page->len = (size_t)(to - page->at);
	page->at[page->len] = '\0';
}

/* The charset that the page declares in its head; "" where it does not. */
static const char *
declared_charset(struct bytes page, char out[CHARSET_MAX])
{
	static const char key[] = "charset=";
	struct buf head = BUF_INIT(HEAD_MAX);
	const char *s;
	size_t n;

	buf_add(&head, page.at, page.len < HEAD_MAX ? page.len : HEAD_MAX);
	s = head.at ? strcasestr(head.at, key) : NULL;
	out[0] = '\0';
	if (s) {
		s += sizeof key - 1;
		s += strspn(s, " \"'");
		n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
		if (n < CHARSET_MAX) {
			memcpy(out, s, n);
			out[n] = '\0';
		}
	}
	buf_free(&head);
	return out;
}

static bool
html_read(const struct source *s, struct document *d, struct err *e)
{
	struct html h = {.d = d, .open = BUF_INIT(OPEN_MAX), .text_of_sheet = BUF_INIT(SHEET_MAX)};
	struct buf text = BUF_INIT(PAGE_MAX);
	char in_page[CHARSET_MAX];
	bool ok = true;

	(void)charset_decode(&text, s->data, *s->charset ? s->charset : declared_charset(s->data, in_page));
	if (text.over)
		ok = err_set(e, ERR_TOO_LARGE, "the page is larger than %d bytes", PAGE_MAX);
	if (text.len) {
		drop_conditions(&text);
		parse(&h, &text);
	}
	doc_set_quoted(d, false);
	doc_set_indented(d, false);
	quoting_mark(d);
	buf_free(&text);
	buf_free(&h.open);
	buf_free(&h.text_of_sheet);
	return ok;
}

static bool
html_is(const struct source *s)
{
	static const char *const signs[] = {"<html", "<body", "<head", "<meta", "<table", "<div",
	                                    "<br",   "<p>",   "<p ",   "<span", "<font",  "<td"};
	struct buf head = BUF_INIT((size_t)HEAD_MAX * 4);
	const char *text;
	bool is = false;
	size_t i;

	(void)charset_decode(&head, BYTES(s->data.at, s->data.len < HEAD_MAX ? s->data.len : HEAD_MAX), "");
	text = head.at ? head.at + strspn(head.at, " \t\r\n") : "";
	/* Text may speak of <div> somewhere; a page begins with a tag, or is declared to be one. */
	if (*text == '<' || strcmp(s->type, "text/html") == 0)
		for (i = 0; i < sizeof signs / sizeof signs[0] && !is; i++)
			is = strcasestr(text, signs[i]) != NULL;
	is = is || (strcmp(s->type, "text/html") == 0 && plain_is_text(s->data, s->charset));
	buf_free(&head);
	return is;
}

const struct reader html_reader = {
        .name = "html",
        .extension = "html",
        .is = html_is,
        .read = html_read,
};
