/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/imap_cursor.h"

#include <string.h>
#include <strings.h>

bool
cursor_take(struct cursor *c, char ch)
{
	if (c->p == c->end || *c->p != (unsigned char)ch)
		return false;
	c->p++;
	return true;
}

void
cursor_spaces(struct cursor *c)
{
	while (cursor_take(c, ' '))
		;
}

bool
cursor_number64(struct cursor *c, uint64_t max, uint64_t *n_r)
{
	unsigned char *begin = c->p;
	uint64_t n = 0;

	for (; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++) {
		unsigned d = *c->p - '0';

		if (n > (max - d) / 10)
			return false;
		n = n * 10 + d;
	}
	*n_r = n;
	return c->p > begin;
}

bool
cursor_number32(struct cursor *c, uint32_t *n_r)
{
	uint64_t n = 0;

	if (!cursor_number64(c, UINT32_MAX, &n))
		return false;
	*n_r = (uint32_t)n;
	return true;
}

struct bytes
cursor_atom(struct cursor *c)
{
	unsigned char *begin = c->p;

	while (c->p < c->end && !(*c->p && strchr(" ()\r\n\"", *c->p)))
		c->p++;
	return BYTES(begin, (size_t)(c->p - begin));
}

bool
atom_is(struct bytes b, const char *word)
{
	return b.len == strlen(word) && strncasecmp((const char *)b.at, word, b.len) == 0;
}

/* "quoted" (unescaped where it stands: the buffer is ours). Broken: no closing quote in the line. */
static bool
quoted(struct cursor *c, struct bytes *b_r)
{
	unsigned char *begin = c->p, *out = c->p;

	for (; c->p < c->end && *c->p != '\n'; c->p++) {
		if (*c->p == '"') {
			c->p++;
			*b_r = BYTES(begin, (size_t)(out - begin));
			return true;
		}
		if (*c->p == '\\' && c->p + 1 < c->end)
			c->p++;
		*out++ = *c->p;
	}
	return false;
}

/* {n}, {n+} or ~{n}, its line's end, and n bytes. The framing saw to it that they are there. */
static bool
literal(struct cursor *c, struct bytes *b_r)
{
	uint64_t n = 0;

	if (!cursor_number64(c, SIZE_MAX, &n))
		return false;
	(void)cursor_take(c, '+');
	if (!cursor_take(c, '}'))
		return false;
	(void)cursor_take(c, '\r');
	if (!cursor_take(c, '\n') || n > (size_t)(c->end - c->p))
		return false;
	*b_r = BYTES(c->p, (size_t)n);
	c->p += n;
	return true;
}

bool
cursor_string(struct cursor *c, struct bytes *b_r, bool *nil_r)
{
	*nil_r = false;
	*b_r = (struct bytes){0};
	if (cursor_take(c, '"'))
		return quoted(c, b_r);
	(void)cursor_take(c, '~');
	if (cursor_take(c, '{'))
		return literal(c, b_r);
	*nil_r = atom_is(cursor_atom(c), "NIL");
	return *nil_r;
}

/* Depth is counted, not recursed. */
bool
cursor_skip(struct cursor *c)
{
	int depth = 0;

	do {
		struct bytes b = {0};
		bool nil = false;

		cursor_spaces(c);
		if (c->p == c->end)
			return false;
		if (cursor_take(c, '(')) {
			if (++depth > IMAP_DEPTH_MAX)
				return false;
		} else if (cursor_take(c, ')')) {
			if (--depth < 0)
				return false;
		} else if (*c->p == '"' || *c->p == '{' || *c->p == '~') {
			if (!cursor_string(c, &b, &nil))
				return false;
		} else if (cursor_atom(c).len == 0) {
			return false;
		}
	} while (depth);
	return true;
}
