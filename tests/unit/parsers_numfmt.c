/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a telephone number that is a number to a workbook shows the zero and the signs that its format gives
 * it; amounts, dates and fractions keep all their digits. */
#include "parsers/numfmt.h"
#include "tests/unit/reading.h"

static const struct {
	const char *format;
	double n;
	const char *want; /* NULL: no mask, or none for this number */
} rows[] = {
        {"0000-00000000", 51086861234, "0510-86861234"},
        {"0000\\-00000000", 51086861234, "0510-86861234"},
        {"0000\"-\"00000000", 51086861234, "0510-86861234"},
        {"\"电话\"000000000000", 51086861234, "电话051086861234"},
        {"(0000)0000000;@", 5746270000, "(0574)6270000"},
        {"00000", 12, "00012"},
        {"###-####-####", 13912345678, "139-1234-5678"},
        {"000-0000", 13912345678, "1391234-5678"},
        {"#####0", 12, "12"},
        {"00000", 0, "00000"},
        {"00000", -12, NULL},
        {"00000", 12.5, NULL},
        {"00000", 1e15, NULL},
        {"0", 13912345678, NULL},
        {"General", 13912345678, NULL},
        {"#,##0.00", 13912345678, NULL},
        {"000000.00", 13912345678, NULL},
        {"yyyy-mm-dd", 44727, NULL},
        {"0000000%", 1, NULL},
        {"[<=9999999]000-0000;(000) 000-0000", 5551234, NULL},
        {"@", 1, NULL},
        {"", 1, NULL},
        {"\"00000", 1, NULL},
        {"00000\\", 1, NULL},
        {"00000000000000000000000000000000000", 1, NULL},
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf out = BUF_INIT(200);
		struct bytes format = bytes_str(rows[i].format);
		bool put = numfmt_is_mask(format) && numfmt_put(format, rows[i].n, &out);

		if (put != (rows[i].want != NULL) || (put && strcmp(out.at, rows[i].want) != 0))
			fail_msg("%s of %.15g: %s, wanted %s", rows[i].format, rows[i].n,
			         put ? out.at : "none", rows[i].want ? rows[i].want : "none");
		assert_true(put || !out.len);
		buf_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
