/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: no place or length that a file tells comes to a small number because it was too large. */
#include "parsers/span.h"

#include "parsers/ole.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
/* clang-format off */
#include <cmocka.h>
/* clang-format on */

static void
test_sums(void **state)
{
	static const struct {
		size_t a, b, want;
	} rows[] = {
	        {0, 0, 0},
	        {2, 12, 14},
	        {SIZE_MAX - 1, 1, SIZE_MAX},
	        {SIZE_MAX, 1, SIZE_MAX},
	        {1, SIZE_MAX, SIZE_MAX},
	        {SIZE_MAX, SIZE_MAX, SIZE_MAX},
	        {SIZE_MAX / 2 + 1, SIZE_MAX / 2 + 1, SIZE_MAX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_true(span_sum(rows[i].a, rows[i].b) == rows[i].want);
}

static void
test_products(void **state)
{
	static const struct {
		size_t n, length, want;
	} rows[] = {
	        {0, SIZE_MAX, 0},
	        {3, 512, 1536},
	        {SIZE_MAX, 1, SIZE_MAX},
	        {SIZE_MAX / 512 + 1, 512, SIZE_MAX},
	        {SIZE_MAX / 512, 512, SIZE_MAX / 512 * 512},
	        {SIZE_MAX / 2 + 1, 2, SIZE_MAX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_true(span_times(rows[i].n, rows[i].length) == rows[i].want);
}

/* What no size_t holds stands beyond every end. */
static void
test_beyond(void **state)
{
	struct bytes b = BYTES("abcdef", 6);

	(void)state;
	assert_int_equal(ole_part(b, span_sum(SIZE_MAX, 3), 2).len, 0);
	assert_int_equal(ole_part(b, 2, span_times(SIZE_MAX, 2)).len, 4);
	assert_int_equal(ole_u32(b, span_sum(2, SIZE_MAX)), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_sums),
	        cmocka_unit_test(test_products),
	        cmocka_unit_test(test_beyond),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
