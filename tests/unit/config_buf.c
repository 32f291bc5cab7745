/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a buffer never holds more than its ceiling, always ends in NUL, and says when it dropped. */
#include "config/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
test_bytes(void **state)
{
	struct bytes none = bytes_str(NULL), b = bytes_str("abcabc");

	(void)state;
	assert_int_equal(none.len, 0);
	assert_true(bytes_equal(none, bytes_str("")));
	assert_true(bytes_equal(b, bytes_str("abcabc")));
	assert_false(bytes_equal(b, bytes_str("abcabd")));
	assert_false(bytes_equal(b, bytes_str("abc")));
	assert_true(bytes_begin(b, "abc"));
	assert_true(bytes_begin(none, ""));
	assert_false(bytes_begin(b, "b"));
	assert_false(bytes_begin(bytes_str("a"), "abc"));
	assert_true(bytes_end(b, "bc"));
	assert_false(bytes_end(b, "b"));
	assert_false(bytes_end(none, "b"));
	assert_int_equal(bytes_find(b, "ca"), 2);
	assert_int_equal(bytes_find(b, "x"), 6);
	assert_int_equal(bytes_find(none, "x"), 0);
	assert_int_equal(bytes_find(BYTES("a\0b", 3), "b"), 2);
}

static void
test_ceiling(void **state)
{
	struct buf b = BUF_INIT(5);

	(void)state;
	buf_str(&b, "abc");
	assert_false(b.over);
	buf_str(&b, "def");
	assert_true(b.over);
	assert_string_equal(b.at, "abc");
	buf_str(&b, "de");
	assert_string_equal(b.at, "abcde");
	assert_true(b.over); /* it stays said */
	assert_null(buf_room(&b, 1));
	assert_null(buf_room(&b, SIZE_MAX));
	buf_clear(&b);
	assert_false(b.over);
	assert_string_equal(b.at, "");
	buf_fmt(&b, "%d", 123456);
	assert_true(b.over);
	assert_int_equal(b.len, 0);
	buf_free(&b);
	assert_null(b.at);
	assert_int_equal(b.max, 5);
}

static void
test_grow_one_by_one(void **state)
{
	struct buf b = BUF_INIT(100000);

	(void)state;
	for (size_t i = 0; i < 100000; i++) {
		buf_ch(&b, (char)('a' + i % 26));
		assert_int_equal(b.at[b.len], '\0');
	}
	assert_false(b.over);
	assert_int_equal(b.len, 100000);
	for (size_t i = 0; i < 100000; i++)
		assert_int_equal(b.at[i], 'a' + (int)(i % 26));
	buf_ch(&b, 'x');
	assert_true(b.over);
	buf_free(&b);
}

static void
test_room_and_seal(void **state)
{
	static const char four[4] = {'a', 'b', '\0', 'd'};
	struct buf b = BUF_INIT(10);
	char *to = buf_room(&b, 4);

	(void)state;
	assert_non_null(to);
	memcpy(to, four, sizeof four);
	b.len += 4;
	buf_seal(&b);
	assert_true(bytes_equal(buf_bytes(&b), BYTES("ab\0d", 4)));
	buf_fmt(&b, "-%s", "yz");
	assert_true(bytes_equal(buf_bytes(&b), BYTES("ab\0d-yz", 7)));
	buf_free(&b);
}

static void
test_take(void **state)
{
	struct buf b = BUF_INIT(10);
	char *s = buf_take(&b);

	(void)state;
	assert_string_equal(s, ""); /* never NULL, though nothing was appended */
	free(s);
	buf_add(&b, NULL, 0);
	assert_non_null(b.at);
	buf_str(&b, NULL);
	buf_str(&b, "abc");
	s = buf_take(&b);
	assert_string_equal(s, "abc");
	assert_null(b.at);
	assert_int_equal(b.len, 0);
	free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_bytes),
	        cmocka_unit_test(test_ceiling),
	        cmocka_unit_test(test_grow_one_by_one),
	        cmocka_unit_test(test_room_and_seal),
	        cmocka_unit_test(test_take),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
