/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where there is no memory, a program of ours says so and ends, whoever asked for it. Libraries that are told
 * of it do worse: libconfig 1.5 follows the null pointer, jansson leaves a member out. What is true stands in
 * the log, and the next start goes on from there.
 *
 * Linked into the programs of this room alone: to mingpian-parse a picture that is too large for its memory
 * is an answer and no end. glibc's manual has this in "Replacing malloc"; the allocator stays glibc's, so
 * that free() needs no word of ours. */
#include "config/mem.h"

#include <stddef.h>

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

/* glibc's own, in its ABI since 2.2.5. */
extern void *__libc_malloc(size_t len);
extern void *__libc_calloc(size_t n, size_t len);
extern void *__libc_realloc(void *p, size_t len);

void *malloc(size_t len);
void *calloc(size_t n, size_t len);
void *realloc(void *p, size_t len);

void *
malloc(size_t len)
{
	void *p = __libc_malloc(len);

	if (!p)
		mem_die("allocating");
	return p;
}

void *
calloc(size_t n, size_t len)
{
	void *p = __libc_calloc(n, len);

	if (!p)
		mem_die("allocating");
	return p;
}

void *
realloc(void *p, size_t len)
{
	void *q = __libc_realloc(p, len);

	if (!q && len) /* with 0 it frees */
		mem_die("growing");
	return q;
}

#endif
