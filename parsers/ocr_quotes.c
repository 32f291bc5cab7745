/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ocr_quotes.h"

#include <string.h>

enum { OCR_LINE_MAX = 1 << 14 };

/* The bytes of a quote at s: ", “ or ”, which are hard to tell from each other; 0: there is none. */
static size_t
quote_at(const char *s)
{
	if (*s == '"')
		return 1;
	return strncmp(s, "“", 3) == 0 || strncmp(s, "”", 3) == 0 ? 3 : 0;
}

int
ocr_quotes_in(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += quote_at(text) > 0;
	return n;
}

static int
count_quotes(const struct ocr_lines *l)
{
	int n = 0;

	for (size_t i = 0; i < l->count; i++)
		n += ocr_quotes_in(l->at[i].text);
	return n;
}

bool
ocr_quotes_odd(const struct ocr_lines *cell)
{
	return count_quotes(cell) % 2 == 1;
}

bool
ocr_quotes_alone_differ(const char *x, const char *y)
{
	while (*x || *y) {
		if (*x == '"')
			x++;
		else if (*y == '"')
			y++;
		else if (*x++ != *y++)
			return false;
	}
	return true;
}

void
ocr_quotes_plain(struct buf *b)
{
	size_t to = 0;

	for (size_t at = 0; at < b->len;) {
		size_t len = quote_at(b->at + at);

		b->at[to++] = len ? '"' : b->at[at];
		at += len ? len : 1;
	}
	if (b->len)
		b->at[b->len = to] = '\0';
}

bool
ocr_quotes_close(const char *text)
{
	size_t len = 0;

	for (; *text; text += len ? len : 1) {
		len = quote_at(text);
		if (len && quote_at(text + len))
			return true;
	}
	return false;
}

/* In how many places the quotes are not what they should be, if all open and close by turns and the one
 * at `twice` stands for two: ”“ is easily read as one. */
static int
misfits(const struct ocr_lines *l, int twice)
{
	int n = 0, at = 0, bad = 0;

	for (size_t i = 0; i < l->count; i++)
		for (const char *s = l->at[i].text; *s; s++) {
			if (!quote_at(s))
				continue;
			if (at++ == twice)
				n++;
			else
				bad += *s != '"' && strncmp(s, n % 2 == 0 ? "“" : "”", 3) != 0;
			n++;
		}
	return bad;
}

/* Which of an odd number of quotes was two: it closes and opens, so an odd number stands before it. *sure_r:
 * with it all of them fit, and with no other. */
static int
likely_two(const struct ocr_lines *l, int count, bool *sure_r)
{
	int best = 1, fits = 0;

	for (int i = 1; i + 1 < count; i += 2) {
		fits += misfits(l, i) == 0;
		if (misfits(l, i) < misfits(l, best))
			best = i;
	}
	*sure_r = fits == 1;
	return best;
}

void
ocr_quotes_pair(struct arena *a, struct ocr_lines *l)
{
	bool sure = true;
	int count = count_quotes(l), twice = count % 2 ? likely_two(l, count, &sure) : -1, n = 0, at = 0;

	if (!count)
		return;
	for (size_t i = 0; i < l->count; i++) {
		struct buf b = BUF_INIT(OCR_LINE_MAX);

		for (const char *s = l->at[i].text; *s;) {
			size_t len = quote_at(s);

			if (len && at++ == twice && count > 1) {
				buf_str(&b, "”“");
				n += 2;
			} else if (len) {
				buf_str(&b, n++ % 2 == 0 ? "“" : "”");
			} else {
				buf_ch(&b, *s);
			}
			if (len && (count == 1 || (at - 1 == twice && !sure))) {
				l->at[i].doubtful = true;
				l->at[i].weak = NULL;
			}
			s += len ? len : 1;
		}
		l->at[i].text = arena_str(a, b.len ? b.at : "");
		if (strstr(l->at[i].text, "“”")) {
			l->at[i].doubtful = true;
			l->at[i].weak = NULL;
		}
		buf_free(&b);
	}
}
