/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/plain.h"

#include "config/text.h"
#include "parsers/charset.h"
#include "parsers/quoting.h"

#include <stdint.h>
#include <string.h>

enum {
	LOOK_AT = 1 << 16,  /* bytes that tell text from other things */
	BAD_ONE_IN = 50,    /* at most so many characters that are none, or controls */
	BAD_ALLOWED = 2,    /* beside the one that LOOK_AT cuts */
	TABLE_TABS = 5,     /* in each line of a table: fewer align what is typed by hand */
	DECODED_FACTOR = 4, /* UTF-8 is at most so much longer than what it was read from */
};

/* The length of a run of > marks with spaces between them, and their number. */
static size_t
quote_marks(const char *s, const char *end, int *depth_r)
{
	const char *p = s, *last = s;

	*depth_r = 0;
	for (; p < end && (*p == '>' || (*p == ' ' && *depth_r)); p++)
		if (*p == '>') {
			++*depth_r;
			last = p + 1;
		}
	return (size_t)(last - s);
}

static const char *
line_end(const char *s)
{
	return s + strcspn(s, "\r\n");
}

static const char *
line_next(const char *end)
{
	if (end[0] == '\r' && end[1] == '\n')
		return end + 2;
	return *end ? end + 1 : end;
}

static size_t
tabs_in(const char *s, const char *end)
{
	size_t n = 0;

	for (; s < end; s++)
		n += *s == '\t';
	return n;
}

/* Lines from s on, all with as many tabs: cells of a sheet that were pasted as text. Returns where they end;
 * s where there are none. */
static const char *
table_end(const char *s)
{
	size_t tabs = tabs_in(s, line_end(s)), lines = 0;
	bool quoted = *s == '>';
	const char *at = s;

	while (*at && tabs >= TABLE_TABS && (*at == '>') == quoted && tabs_in(at, line_end(at)) == tabs) {
		at = line_next(line_end(at));
		lines++;
	}
	return lines > 1 ? at : s;
}

static void
push_table_row(struct document *d, const char *s, const char *end)
{
	doc_begin_row(d);
	for (const char *tab; s <= end; s = tab + 1) {
		tab = memchr(s, '\t', (size_t)(end - s));
		tab = tab ? tab : end;
		doc_begin_cell(d, 1, 1, DOC_MERGE_NONE);
		doc_text(d, s, (size_t)(tab - s));
		doc_end_cell(d);
	}
	doc_end_row(d);
}

/* The lines from s to table as a table. */
static void
push_table(struct document *d, const char *s, const char *table)
{
	int depth = 0;

	doc_set_quoted(d, *s == '>');
	doc_begin_table(d, NULL);
	for (; s < table; s = line_next(line_end(s)))
		push_table_row(d, s + quote_marks(s, line_end(s), &depth), line_end(s));
	doc_end_table(d);
}

void
plain_push(struct document *d, const char *text)
{
	const char *s, *end, *next;
	size_t marks;
	int depth;

	for (s = text; *s; s = next) {
		const char *table = table_end(s);

		if (table > s) {
			push_table(d, s, table);
			next = table;
			continue;
		}
		end = line_end(s);
		next = line_next(end);
		marks = quote_marks(s, end, &depth);
		doc_set_quoted(d, depth > 0);
		doc_text(d, s + marks, (size_t)(end - s) - marks);
		doc_end_paragraph(d);
	}
	doc_set_quoted(d, false);
	quoting_mark(d);
}

bool
plain_is_text(struct bytes b, const char *charset)
{
	struct buf text = BUF_INIT((size_t)LOOK_AT * DECODED_FACTOR);
	size_t bad = 0, all = 0;
	const char *s;
	uint32_t c;

	if (b.len > LOOK_AT)
		b.len = LOOK_AT;
	(void)charset_decode(&text, b, charset);
	for (s = text.at ? text.at : ""; (c = text_next(&s)) != 0; all++)
		bad += c == 0xFFFD || c == 0x7F || (c < 0x20 && !strchr("\t\n\r\f\v\x1b", (int)c));
	buf_free(&text);
	return all && bad <= BAD_ALLOWED + all / BAD_ONE_IN && bad < all;
}

static bool
plain_is(const struct source *s)
{
	/* a body without a word is text nonetheless */
	if (!s->data.len)
		return strncmp(s->type, "text/", 5) == 0;
	return plain_is_text(s->data, s->charset);
}

static bool
plain_read(const struct source *s, struct document *d, struct err *e)
{
	struct buf text = BUF_INIT(DOC_TEXT_MAX);
	bool ok = true;

	(void)charset_decode(&text, s->data, s->charset);
	plain_push(d, text.at ? text.at : "");
	if (text.over)
		ok = err_set(e, ERR_TOO_LARGE, "the text is longer than %d bytes", DOC_TEXT_MAX);
	buf_free(&text);
	return ok;
}

const struct reader plain_reader = {
        .name = "plain",
        .extension = "txt",
        .is = plain_is,
        .read = plain_read,
};
