/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: quotes that a picture's reading confused are paired again; one that was lost is a doubt, unless the
 * others say where it was. */
#include "parsers/ocr_quotes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *said[2], *want[2]; /* two lines of a cell */
	bool doubtful[2];
} rows[] = {
        {{"没有", "引号"}, {"没有", "引号"}, {false, false}},
        {{"“小巨人”企业", "六家"}, {"“小巨人”企业", "六家"}, {false, false}},
        {{"“小巨人\"企业", ""}, {"“小巨人”企业", ""}, {false, false}},
        {{"”小巨人“企业", ""}, {"“小巨人”企业", ""}, {false, false}},
        {{"\"中国花炮", "之乡\"等"}, {"“中国花炮", "之乡”等"}, {false, false}},
        {{"“甲“乙”等", "“丙”"}, {"“甲”“乙”等", "“丙”"}, {false, false}},
        {{"“甲”", "“乙“丙”等"}, {"“甲”", "“乙”“丙”等"}, {false, false}},
        {{"\"甲\"乙\"", "\"丙\""}, {"“甲”“乙”", "“丙”"}, {true, false}},
        {{"“甲“乙“", ""}, {"“甲”“乙”", ""}, {true, false}},
        {{"“小巨人企业", "六家"}, {"“小巨人企业", "六家"}, {true, false}},
        {{"“甲””“”“乙”", ""}, {"“甲”“”“”“乙”", ""}, {true, false}}, /* nothing is said between two */
};

static void
test_pair(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *a = arena_new();
		struct ocr_lines l = {0};

		for (int k = 0; k < 2; k++)
			ocr_add(a, &l, (struct ocr_line){.text = rows[i].said[k], .confidence = 1});
		ocr_quotes_pair(a, &l);
		for (int k = 0; k < 2; k++) {
			assert_string_equal(l.at[k].text, rows[i].want[k]);
			assert_int_equal(l.at[k].doubtful, rows[i].doubtful[k]);
		}
		arena_free(a);
	}
}

static void
test_plain(void **state)
{
	struct buf b = BUF_INIT(64), none = BUF_INIT(64);

	(void)state;
	buf_str(&b, "“甲”\"乙");
	ocr_quotes_plain(&b);
	assert_string_equal(b.at, "\"甲\"\"乙");
	ocr_quotes_plain(&none);
	assert_int_equal(none.len, 0);
	buf_free(&b);
}

static void
test_odd(void **state)
{
	struct ocr_line lines[] = {{.text = "“甲”乙\""}, {.text = "丙”"}};
	const struct ocr_lines one = {.at = lines, .count = 1}, two = {.at = lines, .count = 2}, none = {0};

	(void)state;
	assert_int_equal(ocr_quotes_in("“甲”乙\""), 3);
	assert_int_equal(ocr_quotes_in(""), 0);
	assert_true(ocr_quotes_close("“甲””“乙”"));
	assert_true(ocr_quotes_close("甲\"\""));
	assert_false(ocr_quotes_close("“甲”、“乙”"));
	assert_false(ocr_quotes_close(""));
	assert_true(ocr_quotes_odd(&one));
	assert_false(ocr_quotes_odd(&two));
	assert_false(ocr_quotes_odd(&none));
}

static void
test_alone_differ(void **state)
{
	(void)state;
	assert_true(ocr_quotes_alone_differ("\"甲\"乙\"等", "\"甲\"\"乙\"等"));
	assert_true(ocr_quotes_alone_differ("甲\"", "甲"));
	assert_true(ocr_quotes_alone_differ("", "\""));
	assert_false(ocr_quotes_alone_differ("甲\"乙", "甲\"丙"));
	assert_false(ocr_quotes_alone_differ("甲\"乙", "甲\""));
	assert_false(ocr_quotes_alone_differ("甲", "甲乙"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_pair), cmocka_unit_test(test_plain),
	                                   cmocka_unit_test(test_odd), cmocka_unit_test(test_alone_differ)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
