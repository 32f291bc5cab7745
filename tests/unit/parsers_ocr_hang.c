/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a mark that hangs over its cell's edge is seen, and nothing else beside a cell is taken for one. */
#include "parsers/ocr_hang.h"

#include <leptonica/allheaders.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The rule begins a pixel behind the cell's edge. */
enum { W = 300, H = 120, EDGE = 200, RULE = 201, RULE_W = 4, TOP = 40, LINE_H = 40, INK = 20, PAPER = 250 };

static const struct ocr_box line_box = {20, TOP, 170, LINE_H};

static void
ink(PIX *page, int x, int y, int w, int h)
{
	BOX *box = boxCreate(x, y, w, h);

	assert_int_equal(pixSetInRectArbitrary(page, box, INK), 0);
	boxDestroy(&box);
}

static PIX *
draw(bool ruled, struct ocr_box thing)
{
	PIX *page = pixCreate(W, H, 8);

	assert_int_equal(pixSetAllArbitrary(page, PAPER), 0);
	if (ruled)
		ink(page, RULE, 0, RULE_W, H);
	if (thing.w)
		ink(page, thing.x, thing.y, thing.w, thing.h);
	return page;
}

static void
test_hangs(void **state)
{
	static const struct {
		const char *name;
		struct ocr_box thing;
		int end;
		bool ruled, free;
		enum ocr_hang want;
	} rows[] = {
	        {"nothing", {0}, 190, true, true, OCR_HANGS_NOT},
	        {"on the rule", {198, 68, 10, 8}, 190, true, true, OCR_HANGS_ON},
	        {"beyond it", {225, 68, 7, 9}, 190, true, true, OCR_HANGS_WHOLE},
	        {"the line ends early", {225, 68, 7, 9}, 160, true, true, OCR_HANGS_NOT},
	        {"too far away", {260, 68, 7, 9}, 190, true, true, OCR_HANGS_NOT},
	        {"a stroke of another cell's text", {210, 68, 5, 7}, 190, true, false, OCR_HANGS_NOT},
	        {"more than a mark", {240, 68, 30, 9}, 190, true, true, OCR_HANGS_NOT},
	        {"another cell's", {225, 68, 7, 9}, 190, true, false, OCR_HANGS_NOT},
	        {"on the rule of another cell", {198, 68, 10, 8}, 190, true, false, OCR_HANGS_ON},
	        {"a character is no mark", {215, 45, 30, 30}, 190, true, true, OCR_HANGS_NOT},
	        {"a speck is none", {225, 68, 2, 2}, 190, true, true, OCR_HANGS_NOT},
	        {"a rule that leans is none", {205, 60, 1, 20}, 190, true, true, OCR_HANGS_NOT},
	        {"touches the rule from the left", {194, 68, 7, 8}, 180, true, true, OCR_HANGS_WHOLE},
	        {"a gray pixel before it", {193, 68, 7, 8}, 180, true, false, OCR_HANGS_WHOLE},
	        {"its end told late", {189, 68, 12, 8}, 195, true, true, OCR_HANGS_WHOLE},
	        {"well before it", {184, 68, 7, 8}, 180, true, true, OCR_HANGS_NOT},
	        {"a stroke of the last character", {150, 68, 51, 8}, 180, true, true, OCR_HANGS_NOT},
	        {"a ragged rule", {199, 68, 2, 6}, 180, true, true, OCR_HANGS_NOT},
	        {"a character before it", {186, 45, 15, 30}, 180, true, true, OCR_HANGS_NOT},
	        {"no rule, nothing beyond it", {225, 68, 7, 9}, 190, false, true, OCR_HANGS_NOT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		PIX *page = draw(rows[i].ruled, rows[i].thing);
		struct ocr_box rule = {0};
		enum ocr_hang got = ocr_hangs(page, line_box, rows[i].end, EDGE, rows[i].free, &rule);

		if (got != rows[i].want)
			fail_msg("%s: %d", rows[i].name, (int)got);
		if (got) {
			assert_int_equal(rule.x, RULE);
			assert_int_equal(rule.w, RULE_W);
		}
		pixDestroy(&page);
	}
}

/* A thin face's mark is gray but in its middle. */
static void
test_faint(void **state)
{
	PIX *page = draw(true, (struct ocr_box){198, 70, 3, 2});
	BOX *box = boxCreate(196, 68, 5, 6);
	struct ocr_box rule = {0};

	(void)state;
	assert_int_equal(ocr_hangs(page, line_box, 185, EDGE, true, &rule), OCR_HANGS_NOT);
	assert_int_equal(pixSetInRectArbitrary(page, box, 175), 0);
	assert_int_equal(ocr_hangs(page, line_box, 185, EDGE, true, &rule), OCR_HANGS_WHOLE);
	assert_int_equal(rule.x, RULE);
	boxDestroy(&box);
	pixDestroy(&page);
}

/* At the page's end there is nothing to look at. */
static void
test_page_ends(void **state)
{
	PIX *page = draw(true, (struct ocr_box){0});
	struct ocr_box rule;

	(void)state;
	assert_int_equal(ocr_hangs(page, line_box, W, W + 10, true, &rule), OCR_HANGS_NOT);
	pixDestroy(&page);
}

/* The rule is gone, the mark is not. */
static void
test_without_rule(void **state)
{
	PIX *page = draw(true, (struct ocr_box){225, 68, 7, 9});
	PIX *line = ocr_hanging(page, line_box, (struct ocr_box){RULE, TOP, RULE_W, LINE_H});
	l_uint32 on_rule = 0, on_mark = 0;

	(void)state;
	assert_non_null(line);
	assert_int_equal(pixGetPixel(line, RULE + 1 - line_box.x, 10, &on_rule), 0);
	assert_int_equal(pixGetPixel(line, 228 - line_box.x, 72 - TOP, &on_mark), 0);
	assert_int_equal(on_rule, 255);
	assert_int_equal(on_mark, INK);
	pixDestroy(&line);
	pixDestroy(&page);
}

static void
test_mark(void **state)
{
	(void)state;
	assert_true(ocr_hung_mark("29个乡镇(街道)", "29个乡镇(街道),"));
	assert_true(ocr_hung_mark("铝加工", "铝加工、"));
	assert_false(ocr_hung_mark("铝加工", "铝加工"));
	assert_false(ocr_hung_mark("铝加工", "铝加工:"));
	assert_false(ocr_hung_mark("铝加工", "铝加王、"));
	assert_false(ocr_hung_mark("铝加工", "铝加工、精"));
	assert_false(ocr_hung_mark("铝加工", "铝"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_hangs),     cmocka_unit_test(test_faint),
	        cmocka_unit_test(test_page_ends), cmocka_unit_test(test_without_rule),
	        cmocka_unit_test(test_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
