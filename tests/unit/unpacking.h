/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the containers' tests share: unpack, and compare what came out, a line a member. */
#ifndef MINGPIAN_TESTS_UNIT_UNPACKING_H
#define MINGPIAN_TESTS_UNIT_UNPACKING_H

#include "tests/unit/reading.h"

enum { ROOM = 64 << 20 };

struct unpacked {
	struct buf out;
	size_t wanted; /* members, until it says that it has enough */
};

static inline bool
note_member(void *context, const char *name, struct bytes data)
{
	struct unpacked *u = context;

	assert_true(*name != '\0' && *name != '/' && !strstr(name, "//"));
	buf_fmt(&u->out, "%s: ", name);
	if (data.len <= 60)
		buf_add(&u->out, data.at, data.len);
	else
		buf_fmt(&u->out, "%zu bytes", data.len);
	buf_ch(&u->out, '\n');
	return --u->wanted > 0;
}

static inline void
note_unread(void *context, const char *name, const struct err *why)
{
	struct unpacked *u = context;

	assert_true(why->code >= ERR_ENCRYPTED && why->code < ERR_CODES && why->text[0]);
	buf_fmt(&u->out, "%s: %s\n", name, err_name(why->code));
}

static inline void
note_text(void *context, const char *name, struct bytes data, const char *type, const char *charset)
{
	struct unpacked *u = context;

	(void)charset;
	buf_fmt(&u->out, "%s (%s): %.*s\n", name, type, (int)data.len, (const char *)data.at);
}

/* Unpack s; a last line tells why the container itself could not be read to its end. The caller frees. */
static inline char *
unpack_with(const struct reader *r, const struct source *s, size_t room, size_t wanted)
{
	struct unpacked u = {.out = BUF_INIT(8 << 20), .wanted = wanted};
	struct container_sink sink = {
	        .member = note_member, .unread = note_unread, .text = note_text, .context = &u, .room = room};
	struct err e = {.code = ERR_NONE};

	buf_str(&u.out, "");
	if (!r->unpack(s, &sink, &e)) {
		assert_true(e.code >= ERR_ENCRYPTED && e.code < ERR_CODES && e.text[0]);
		buf_fmt(&u.out, "(%s)\n", err_name(e.code));
	}
	return buf_take(&u.out);
}

static inline void
expect_unpacked(const char *name, const struct reader *r, const struct source *s, const char *want)
{
	char *got = unpack_with(r, s, ROOM, SIZE_MAX);

	if (strcmp(got, want) != 0)
		fail_msg("%s:\n%s\nwanted:\n%s", name, got, want);
	free(got);
}

/* A copy of exactly these bytes, so that ASan sees a step beyond them; the outcome is free. */
static inline void
unpack_anyhow(const struct reader *r, const unsigned char *at, size_t len)
{
	unsigned char *copy = mem_grow(NULL, len ? len : 1, 1);
	struct source s;

	if (len)
		memcpy(copy, at, len);
	s = source_of(BYTES(copy, len));
	(void)r->is(&s);
	free(unpack_with(r, &s, 1 << 20, 100));
	free(copy);
}

/* No prefix of the bytes, and none of `flips` copies with a few bytes changed, may break r. */
static inline void
expect_unpack_survives(const struct reader *r, struct bytes data, size_t step, unsigned flips)
{
	unsigned char *copy = (unsigned char *)mem_dup0((const char *)data.at, data.len);
	uint32_t seed = 1;
	size_t len;
	unsigned i, k;

	for (len = 0; len <= data.len; len += step)
		unpack_anyhow(r, data.at, len);
	for (i = 0; data.len && i < flips; i++) {
		memcpy(copy, data.at, data.len);
		for (k = 0; k < 1 + i % 4; k++) {
			seed = seed * 1664525u + 1013904223u;
			copy[(seed >> 8) % data.len] = (unsigned char)(seed >> 3);
		}
		unpack_anyhow(r, copy, data.len);
	}
	free(copy);
}

#endif
