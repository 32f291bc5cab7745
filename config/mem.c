/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/mem.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { CHUNK_MIN = 16384 };

struct chunk {
	struct chunk *next;
	size_t used, size;
	alignas(max_align_t) unsigned char at[];
};

struct arena {
	struct chunk *first;
};

_Noreturn void
mem_die(const char *what)
{
	/* stdio might allocate: write(2) alone, and nothing to be done where it fails. */
	static const char head[] = "out of memory: ";
	ssize_t n = write(STDERR_FILENO, head, sizeof head - 1);

	n = n < 0 ? n : write(STDERR_FILENO, what, strlen(what));
	n = n < 0 ? n : write(STDERR_FILENO, "\n", 1);
	(void)n;
	_exit(EX_OSERR);
}

void *
mem_alloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (!p)
		mem_die("allocating");
	return p;
}

void *
mem_grow(void *p, size_t count, size_t size)
{
	void *q = reallocarray(p, count ? count : 1, size ? size : 1);

	if (!q)
		mem_die("growing");
	return q;
}

char *
mem_dup0(const char *s, size_t len)
{
	char *p;

	if (!s)
		return NULL;
	if (len == SIZE_MAX)
		mem_die("copying");
	p = mem_alloc(len + 1, 1);
	memcpy(p, s, len);
	return p;
}

char *
mem_str(const char *s)
{
	return s ? mem_dup0(s, strlen(s)) : NULL;
}

void
mem_wipe(void *p, size_t len)
{
	if (p)
		explicit_bzero(p, len);
}

struct arena *
arena_new(void)
{
	return mem_alloc(1, sizeof(struct arena));
}

void
arena_free(struct arena *a)
{
	struct chunk *c, *next;

	if (!a)
		return;
	for (c = a->first; c; c = next) {
		next = c->next;
		free(c);
	}
	free(a);
}

static struct chunk *
chunk_new(struct arena *a, size_t want)
{
	size_t size = want > CHUNK_MIN ? want : CHUNK_MIN;
	struct chunk *c = mem_alloc(1, sizeof *c + size);

	c->size = size;
	/* A big block goes behind the current chunk, which may have room for small ones still. */
	if (want > CHUNK_MIN && a->first) {
		c->next = a->first->next;
		a->first->next = c;
	} else {
		c->next = a->first;
		a->first = c;
	}
	return c;
}

void *
arena_alloc(struct arena *a, size_t count, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct chunk *c = a->first;
	size_t need;
	void *p;

	if (__builtin_mul_overflow(count, size, &need) || need > SIZE_MAX / 2)
		mem_die("allocating in an arena");
	need = (need + align - 1) / align * align;
	if (!need)
		need = align;
	if (!c || need > c->size - c->used)
		c = chunk_new(a, need);
	p = c->at + c->used;
	c->used += need;
	return p;
}

char *
arena_dup0(struct arena *a, const void *s, size_t len)
{
	char *p;

	if (len == SIZE_MAX)
		mem_die("copying into an arena");
	p = arena_alloc(a, len + 1, 1);
	if (len)
		memcpy(p, s, len);
	return p;
}

char *
arena_str(struct arena *a, const char *s)
{
	return s ? arena_dup0(a, s, strlen(s)) : NULL;
}

char *
arena_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		mem_die("formatting");
	p = arena_alloc(a, (size_t)n + 1, 1);
	va_start(ap, fmt);
	(void)vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}
