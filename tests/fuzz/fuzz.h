/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the fuzz targets share. A target is one file tests/fuzz/TARGET.c with LLVMFuzzerTestOneInput: `make
 * fuzz` runs it under libFuzzer, ASan and UBSan (run, beside this file); linked with replay.c by the ordinary
 * compiler it runs its seeds and former finds in the test suite.
 *
 * A find is a crash, a leak, a hang, or a CHECK that does not hold. */
#ifndef MINGPIAN_TESTS_FUZZ_FUZZ_H
#define MINGPIAN_TESTS_FUZZ_FUZZ_H

#include "config/buf.h"
#include "config/clock.h"
#include "config/err.h"
#include "config/form.h"
#include "config/mem.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold whatever comes in. */
#define CHECK(holds, ...)                                                                 \
	do {                                                                              \
		if (!(holds)) {                                                           \
			(void)fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #holds); \
			(void)fprintf(stderr, __VA_ARGS__);                               \
			(void)fputc('\n', stderr);                                        \
			abort();                                                          \
		}                                                                         \
	} while (0)

/* An input as a row of strings, parted by the byte FF, which no UTF-8 holds. */
struct fuzz_input {
	const uint8_t *at, *end;
};

/* The next string, in a, "" once there is no more; a NUL in it ends it as it does everywhere in C. */
static inline const char *
fuzz_string(struct fuzz_input *in, struct arena *a)
{
	size_t left = (size_t)(in->end - in->at);
	const uint8_t *part = left ? memchr(in->at, 0xFF, left) : NULL;
	size_t n = part ? (size_t)(part - in->at) : left;
	const char *s = arena_dup0(a, (const char *)in->at, n);

	in->at += n + (part != NULL);
	return s;
}

/* The next byte, 0 once there is no more. */
static inline unsigned
fuzz_byte(struct fuzz_input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

/* The sample form file of the project; the campaign's zone is set. */
static inline const struct form *
fuzz_form(void)
{
	static struct form *form;
	struct err e = {0};

	if (!form)
		CHECK(form_load(&form, "config/form.cfg", &e) && clock_zone(form->zone, &e), "%s", e.text);
	return form;
}

/* A file with these bytes, for what reads from files only; its name ends as said. The same one each time. */
static inline const char *
fuzz_file(const uint8_t *data, size_t size, const char *ending)
{
	static char path[80];
	FILE *f;

	(void)snprintf(path, sizeof path, "/tmp/mingpian-fuzz-%d%s", (int)getpid(), ending);
	f = fopen(path, "wb");
	CHECK(f && fwrite(data, 1, size, f) == size && fclose(f) == 0, "%s", path);
	return path;
}

/* Valid UTF-8 (no surrogates, nothing overlong, no NUL)? */
static inline bool
fuzz_utf8(struct bytes b)
{
	for (size_t i = 0; i < b.len;) {
		unsigned c = b.at[i++], n = c < 0x80 ? 0 : c < 0xC2 ? 9 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
		unsigned first = i < b.len ? b.at[i] : 0;

		if (!c || c > 0xF4 || n == 9 || n > b.len - i || (c == 0xE0 && first < 0xA0) ||
		    (c == 0xED && first > 0x9F) || (c == 0xF0 && first < 0x90) || (c == 0xF4 && first > 0x8F))
			return false;
		for (; n; n--)
			if ((b.at[i++] & 0xC0) != 0x80)
				return false;
	}
	return true;
}

#endif
