/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes: borrowed runs, and buffers that grow up to a ceiling. */
#ifndef MINGPIAN_CONFIG_BUF_H
#define MINGPIAN_CONFIG_BUF_H

#include <stdbool.h>
#include <stddef.h>

/* A run of bytes that may hold NUL, owned by somebody else. */
struct bytes {
	const unsigned char *at;
	size_t len;
};

#define BYTES(p, n) ((struct bytes){(const unsigned char *)(p), (n)})

struct bytes bytes_str(const char *s); /* without the NUL; NULL gives none */
bool bytes_equal(struct bytes a, struct bytes b);
bool bytes_begin(struct bytes b, const char *prefix);
bool bytes_end(struct bytes b, const char *suffix);

/* The place of needle in b, or b.len where it is not. */
size_t bytes_find(struct bytes b, const char *needle);

/* A buffer with a ceiling. What would go beyond it is dropped and `over` stays set: append freely,
 * ask once at the end. `at` is never NULL after the first append and always ends in a NUL that is
 * not counted; it moves when the buffer grows. Zero-initialise but for max: BUF_INIT(max). */
struct buf {
	char *at;
	size_t len, cap, max;
	bool over;
};

#define BUF_INIT(ceiling) ((struct buf){.max = (ceiling)})

void buf_free(struct buf *b); /* leaves it empty, with its ceiling */
void buf_clear(struct buf *b);
void buf_add(struct buf *b, const void *p, size_t len);
void buf_str(struct buf *b, const char *s); /* NULL adds nothing */
void buf_ch(struct buf *b, char c);
void buf_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Make room for len more bytes and return where they go; NULL beyond the ceiling. The caller fills
 * them and adds to b->len what it filled, then calls buf_seal() for the NUL. */
void *buf_room(struct buf *b, size_t len);
void buf_seal(struct buf *b);

struct bytes buf_bytes(const struct buf *b);

/* Hand over the string: the caller frees it; b is empty afterwards. Never NULL. */
char *buf_take(struct buf *b);

#endif
