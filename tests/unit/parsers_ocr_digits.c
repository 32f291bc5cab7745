/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: the picture itself says whether a number was read with all its digits, and says so only where it can.
 */
#include "parsers/ocr_digits.h"

#include <leptonica/allheaders.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { W = 400, H = 44, DIGIT_W = 12, DIGIT_H = 22, TOP = 10, STEP = 18 };

/* A line of signs: '0' as high as a digit, '-' low, '|' as high as the line, 'w' two digits that touch. */
static PIX *
draw(const char *signs, int paper, int dark)
{
	PIX *line = pixCreate(W, H, 8);

	assert_int_equal(pixSetAllArbitrary(line, (l_uint32)paper), 0);
	for (int x = 10; *signs; signs++, x += STEP) {
		BOX *box = *signs == '-'   ? boxCreate(x, TOP + 10, 8, 3)
		           : *signs == '|' ? boxCreate(x, 0, 3, H)
		           : *signs == 'w' ? boxCreate(x, TOP, 2 * DIGIT_W + 4, DIGIT_H)
		                           : boxCreate(x, TOP, DIGIT_W, DIGIT_H);

		if (*signs != ' ')
			assert_int_equal(pixSetInRectArbitrary(line, box, (l_uint32)dark), 0);
		boxDestroy(&box);
		x += *signs == 'w' ? STEP : 0;
	}
	return line;
}

static void
test_counted(void **state)
{
	static const struct {
		const char *name, *signs, *text;
		int paper, dark;
		bool want;
	} rows[] = {
	        {"all of them", "00000000000", "13912345678", 250, 20, true},
	        {"on gray, faint", "00000000000", "13912345678", 190, 130, true},
	        {"with an area code", "0000-0000000", "0470-4040558", 250, 20, true},
	        {"a rule beside it", "00000000000 |", "13912345678", 250, 20, true},
	        {"one was lost", "00000000000", "1391234567", 250, 20, false},
	        {"one was made up", "0000000000", "13912345678", 250, 20, false},
	        {"two touch", "000000000w", "13912345678", 250, 20, false},
	        {"a word is not counted", "00000000", "电话4040558", 250, 20, false},
	        {"no ink", "", "4040558", 250, 250, false},
	};
	const struct ocr_box all = {0, 0, W, H}, outside = {W + 10, 0, 50, H};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		PIX *line = draw(rows[i].signs, rows[i].paper, rows[i].dark);

		if (ocr_digits_counted(line, all, rows[i].text) != rows[i].want)
			fail_msg("%s: not %d", rows[i].name, rows[i].want);
		assert_false(ocr_digits_counted(line, outside, rows[i].text));
		pixDestroy(&line);
	}
}

static void
test_many(void **state)
{
	(void)state;
	assert_true(ocr_digits_many("0470-4040558"));
	assert_true(ocr_digits_many("电话4040558"));
	assert_false(ocr_digits_many("2021年3.4%"));
	assert_false(ocr_digits_many(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_counted), cmocka_unit_test(test_many)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
