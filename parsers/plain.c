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

void
plain_push(struct document *d, const char *text)
{
	const char *s, *end;
	size_t marks;
	int depth;

	for (s = text; *s; s = line_next(end)) {
		end = line_end(s);
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
