/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: what is read for its look-alike is told, on one line or over two, and the word that is meant is not.
 */
#include "parsers/ocr_alike.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
test_alike(void **state)
{
	static const struct {
		const char *first, *second;
		bool want;
	} rows[] = {
	        {"研发投人强度达到2.4%。", "", true},
	        {"86家，研发投", "人强度达到2.4%。", true},
	        {"研发投入强度", "达到2.4%。", false},
	        {"投人民币一亿元", "", false},
	        {"全年投", "人民币一亿元", false},
	        {"万人·先后", "", true},
	        {"常住人口", "融人才于一地", true},
	        {"联系人", "及职务", false},
	        {"位于省域西部．总面积", "", true},
	        {"航空航天.锂电池", "", true},
	        {"增长10.7%，共1.5亿", "", false},
	        {"U.S.标准", "第3.节", false},
	        {"", "", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ocr_line lines[] = {{.text = rows[i].first}, {.text = rows[i].second}};
		const struct ocr_lines cell = {.at = lines, .count = 2};

		if (ocr_alike(&cell) != rows[i].want)
			fail_msg("%s|%s: not %d", rows[i].first, rows[i].second, rows[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_alike)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
