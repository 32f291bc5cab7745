/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: RTF as Outlook packs it comes out as it went in; cut off or changed anywhere, it is an answer. */
#include "parsers/rtfpack.h"
#include "tests/unit/reading.h"

/* The examples of [MS-OXRTFCP] 4.1 and 4.2: one with references to the window's first bytes, one whose
 * reference overlaps what it writes. */
static const char hello[] = "\x2D\0\0\0\x2B\0\0\0LZFu\xF1\xC5\xC7\xA7\3\0\x0A\0rcpg125\x42"
                            "2\x0A\xF3 hel\x09\0 bw\5\xB0ld}\x0A\x80\x0F\xA0";
static const char waves[] = "\x1A\0\0\0\x1C\0\0\0LZFu\xE2\xD4KQA\0\4 WXYZ\x0Dn}\1\x0E\xB0";
static const char plain[] = "\x10\0\0\0\x0A\0\0\0MELA\0\0\0\0{\\rtf1 ab}";

static void
expect_opened(struct bytes packed, bool want_ok, const char *want)
{
	unsigned char *copy = mem_grow(NULL, packed.len ? packed.len : 1, 1); /* no byte more */
	struct buf out = BUF_INIT(10000);

	if (packed.len)
		memcpy(copy, packed.at, packed.len);
	assert_int_equal(rtfpack_open(BYTES(copy, packed.len), &out), want_ok);
	if (want)
		assert_string_equal(out.at ? out.at : "", want);
	buf_free(&out);
	free(copy);
}

static void
test_open(void **state)
{
	(void)state;
	expect_opened(LITERAL(hello), true, "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
	expect_opened(LITERAL(waves), true, "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
	expect_opened(LITERAL(plain), true, "{\\rtf1 ab}");
	expect_opened(LITERAL("\x10\0\0\0\x0A\0\0\0XXXX\0\0\0\0{\\rtf1 ab}"), false, "");
}

static void
test_damage(void **state)
{
	unsigned char copy[sizeof hello];

	(void)state;
	/* without the mark of the end all is there; it has two bytes */
	expect_opened(BYTES(hello, sizeof hello - 3), true,
	              "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
	for (size_t len = 0; len + 3 < sizeof hello; len++)
		expect_opened(BYTES(hello, len), false, NULL);
	for (size_t len = 0; len + 1 < sizeof plain; len++)
		expect_opened(BYTES(plain, len), false, NULL);
	for (size_t at = 16; at + 1 < sizeof hello; at++)
		for (int bit = 0; bit < 8; bit++) {
			struct buf out = BUF_INIT(10000);

			memcpy(copy, hello, sizeof hello);
			copy[at] ^= (unsigned char)(1 << bit);
			(void)rtfpack_open(BYTES(copy, sizeof hello - 1), &out);
			assert_true(out.len < 10000);
			buf_free(&out);
		}
}

/* What comes out is bounded by the buffer, whatever the packed bytes say. */
static void
test_ceiling(void **state)
{
	struct buf out = BUF_INIT(20);

	(void)state;
	assert_false(rtfpack_open(LITERAL(waves), &out));
	assert_true(out.over && out.len <= 20);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_open), cmocka_unit_test(test_damage),
	                                   cmocka_unit_test(test_ceiling)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
