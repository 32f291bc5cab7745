/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the readers' tests share: read bytes, compare the document's dump, damage bytes everywhere. */
#ifndef MINGPIAN_TESTS_UNIT_READING_H
#define MINGPIAN_TESTS_UNIT_READING_H

#include "config/mem.h"
#include "parsers/document.h"
#include "parsers/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LITERAL(s) BYTES(s, sizeof(s) - 1) /* a literal with NULs in it */

static const char *const no_passwords[] = {NULL};

static inline struct source
source_of(struct bytes data)
{
	return (struct source){
	        .data = data, .name = "", .type = "", .charset = "", .passwords = no_passwords};
}

/* Assert what a document that is ended looks like; want without the last newline. */
static inline void
expect_dump(const char *name, const struct document *d, const char *want)
{
	struct buf out = BUF_INIT(DOC_TEXT_MAX);

	doc_dump(d, &out);
	if (out.len && out.at[out.len - 1] == '\n')
		out.at[--out.len] = '\0';
	if (strcmp(out.at ? out.at : "", want) != 0)
		fail_msg("%s:\n%s\nwanted:\n%s", name, out.at ? out.at : "", want);
	buf_free(&out);
}

/* Read s by reader r and compare; want_code ERR_NONE where it must succeed. */
static inline void
expect_read(const char *name, const struct reader *r, const struct source *s, enum err_code want_code,
            const char *want)
{
	struct arena *a = arena_new();
	struct document *d = doc_new(a);
	struct err e = {.code = ERR_NONE};
	bool ok = r->read(s, d, &e);

	doc_end(d);
	if (ok != (want_code == ERR_NONE) || e.code != want_code)
		fail_msg("%s: %s (%s), wanted %s", name, err_name(e.code), e.text, err_name(want_code));
	if (want)
		expect_dump(name, d, want);
	arena_free(a);
}

/* Read a copy of exactly these bytes, so that ASan sees a step beyond them; the outcome is free. */
static inline void
read_anyhow(const struct reader *r, struct bytes data, size_t len)
{
	unsigned char *copy = mem_grow(NULL, len ? len : 1, 1); /* no byte more */
	struct arena *a = arena_new();
	struct document *d = doc_new(a);
	struct err e = {.code = ERR_NONE};
	struct source s;

	if (len)
		memcpy(copy, data.at, len);
	s = source_of(BYTES(copy, len));
	(void)r->is(&s);
	if (!r->read(&s, d, &e))
		assert_true(e.code >= ERR_ENCRYPTED && e.code < ERR_CODES && e.text[0]);
	doc_end(d);
	arena_free(a);
	free(copy);
}

/* No prefix of the bytes, and none of `flips` copies with a few bytes changed, may break r. */
static inline void
expect_survives(const struct reader *r, struct bytes data, size_t step, unsigned flips)
{
	unsigned char *copy;
	uint32_t seed = 1;
	size_t len;
	unsigned i, k;

	if (!data.len) {
		read_anyhow(r, data, 0);
		return;
	}
	copy = (unsigned char *)mem_dup0((const char *)data.at, data.len);
	for (len = 0; len <= data.len; len += step)
		read_anyhow(r, data, len);
	for (i = 0; i < flips; i++) {
		memcpy(copy, data.at, data.len);
		for (k = 0; k < 1 + i % 4; k++) {
			seed = seed * 1664525u + 1013904223u;
			copy[(seed >> 8) % data.len] = (unsigned char)(seed >> 3);
		}
		read_anyhow(r, BYTES(copy, data.len), data.len);
	}
	free(copy);
}

#endif
