/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory: from malloc with an end, and arenas for what is freed all at once.
 *
 * No function here returns NULL. A process that cannot have the memory it asks for writes one line
 * to standard error and ends with EX_OSERR (71). That is safe for all of ours: a parser serves one
 * mail and the daemon knows what to do when it dies; the daemon believes nothing that is not on
 * disk, so that its end is a power cut like any other, and the service manager starts it again.
 * A library that says "no memory" is translated by mem_die() at its border. */
#ifndef MINGPIAN_CONFIG_MEM_H
#define MINGPIAN_CONFIG_MEM_H

#include <stdbool.h>
#include <stddef.h>

/* Say that memory ran out while doing what (a few English words), and end with EX_OSERR. */
_Noreturn void mem_die(const char *what);

/* Zeroed memory; free with free(). count * size that overflows counts as out of memory. */
void *mem_alloc(size_t count, size_t size) __attribute__((returns_nonnull, malloc));

/* Like realloc(3), with new bytes undefined; p may be NULL. */
void *mem_grow(void *p, size_t count, size_t size) __attribute__((returns_nonnull));

/* A copy of s; free with free(). mem_dup0 copies len bytes and adds a NUL. NULL in, NULL out. */
char *mem_str(const char *s);
char *mem_dup0(const char *s, size_t len);

/* Overwrite a secret so that the compiler may not leave it out. */
void mem_wipe(void *p, size_t len);

/* Many small things with one end. What it gives is zeroed, aligned for any type, and lives until
 * arena_free(). One arena, one thread. */
struct arena;

struct arena *arena_new(void) __attribute__((returns_nonnull));
void arena_free(struct arena *a); /* NULL is fine */

void *arena_alloc(struct arena *a, size_t count, size_t size) __attribute__((returns_nonnull));
char *arena_str(struct arena *a, const char *s);              /* NULL in, NULL out */
char *arena_dup0(struct arena *a, const void *s, size_t len); /* copy, with a NUL added */
char *arena_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
