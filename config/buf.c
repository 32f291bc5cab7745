/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/buf.h"

#include "config/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes
bytes_str(const char *s)
{
	return BYTES(s, s ? strlen(s) : 0);
}

bool
bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (!a.len || memcmp(a.at, b.at, a.len) == 0);
}

bool
bytes_begin(struct bytes b, const char *prefix)
{
	size_t n = strlen(prefix);

	return b.len >= n && (!n || memcmp(b.at, prefix, n) == 0);
}

bool
bytes_end(struct bytes b, const char *suffix)
{
	size_t n = strlen(suffix);

	return b.len >= n && (!n || memcmp(b.at + b.len - n, suffix, n) == 0);
}

size_t
bytes_find(struct bytes b, const char *needle)
{
	const unsigned char *p = b.len ? memmem(b.at, b.len, needle, strlen(needle)) : NULL;

	return p ? (size_t)(p - b.at) : b.len;
}

void
buf_free(struct buf *b)
{
	free(b->at);
	*b = BUF_INIT(b->max);
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
	b->over = false;
	if (b->at)
		b->at[0] = '\0';
}

void *
buf_room(struct buf *b, size_t len)
{
	size_t cap;

	if (len > b->max || b->len > b->max - len) {
		b->over = true;
		return NULL;
	}
	if (!b->at || b->len + len + 1 > b->cap) {
		cap = b->cap ? b->cap : 64;
		while (cap < b->len + len + 1)
			cap = cap > SIZE_MAX / 2 ? b->len + len + 1 : cap * 2;
		b->at = mem_grow(b->at, cap, 1);
		b->cap = cap;
		b->at[b->len] = '\0';
	}
	return b->at + b->len;
}

void
buf_seal(struct buf *b)
{
	if (b->at)
		b->at[b->len] = '\0';
}

void
buf_add(struct buf *b, const void *p, size_t len)
{
	void *to = buf_room(b, len);

	if (!to)
		return;
	if (len)
		memcpy(to, p, len);
	b->len += len;
	buf_seal(b);
}

void
buf_str(struct buf *b, const char *s)
{
	if (s)
		buf_add(b, s, strlen(s));
}

void
buf_ch(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char *to;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		mem_die("formatting");
	to = buf_room(b, (size_t)n);
	if (!to)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(to, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

struct bytes
buf_bytes(const struct buf *b)
{
	return BYTES(b->at, b->len);
}

char *
buf_take(struct buf *b)
{
	char *s = b->at ? b->at : mem_alloc(1, 1);

	*b = BUF_INIT(b->max);
	return s;
}
