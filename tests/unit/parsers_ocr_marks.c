/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: marks in the middle of their place come to stand where the reading network knows them, and nothing
 * else moves. */
#include "parsers/ocr_marks.h"

#include <leptonica/allheaders.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Characters are blocks, a step apart, in a line of a page. */
enum {
	W = 400,
	H = 100,
	LEFT = 20,
	TOP = 30,
	LINE_H = 44,
	STEP = 40,
	SIDE = 30,
	FROM = 8,
	INK = 20,
	PAPER = 245
};

static const struct ocr_box line_box = {LEFT, TOP, 340, LINE_H};

static void
ink(PIX *page, struct ocr_box b)
{
	BOX *box = boxCreate(LEFT + b.x, TOP + b.y, b.w, b.h);

	assert_int_equal(pixSetInRectArbitrary(page, box, INK), 0);
	boxDestroy(&box);
}

/* Six characters, two on each side of two empty places at 80 and 120, and things. */
static PIX *
draw(int characters, struct ocr_box thing, struct ocr_box other)
{
	PIX *page = pixCreate(W, H, 8);

	assert_int_equal(pixSetAllArbitrary(page, PAPER), 0);
	for (int i = 0; i < characters; i++)
		ink(page, (struct ocr_box){(i < 2 ? i : i + 2) * STEP + 5, FROM, SIDE, SIDE});
	ink(page, thing);
	if (other.w)
		ink(page, other);
	return page;
}

static bool
is_ink(PIX *page, int x, int y)
{
	l_uint32 v = 255;

	assert_int_equal(pixGetPixel(page, LEFT + x, TOP + y, &v), 0);
	return v < 128;
}

static void
test_lower(void **state)
{
	static const struct {
		const char *name;
		int characters;
		struct ocr_box thing, other;
		bool moves;
	} rows[] = {
	        {"a mark", 6, {95, 19, 7, 8}, {0}, true},
	        {"a ring, broken", 6, {95, 19, 3, 8}, {100, 19, 3, 8}, true},
	        {"low already", 6, {85, 29, 7, 8}, {0}, false},
	        {"a quote", 6, {85, 9, 7, 8}, {0}, false},
	        {"a dash", 6, {90, 21, 16, 4}, {0}, false},
	        {"a speck", 6, {95, 22, 2, 2}, {0}, false},
	        {"a character", 6, {90, 14, 18, 18}, {0}, false},
	        {"the upper dot of two", 6, {95, 18, 6, 6}, {95, 30, 6, 6}, false},
	        {"a stroke of a character", 6, {77, 19, 7, 8}, {0}, false},
	        {"too few characters to tell", 3, {95, 19, 7, 8}, {0}, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		PIX *page = draw(rows[i].characters, rows[i].thing, rows[i].other),
		    *as_drawn = pixCopy(NULL, page);
		PIX *before = ocr_marks_lower(page, line_box);
		l_int32 same = 0;

		if ((before != NULL) != rows[i].moves)
			fail_msg("%s: moved is %d", rows[i].name, before != NULL);
		if (before) { /* to where characters end, and to the left, but not up to the one before */
			assert_false(is_ink(page, 95, 20));
			assert_true(is_ink(page, 90, FROM + SIDE - 2));
			assert_false(is_ink(page, 90, FROM + SIDE));
			assert_false(is_ink(page, 77, FROM + SIDE - 2));
		}
		ocr_marks_restore(page, line_box, before);
		assert_int_equal(pixEqual(page, as_drawn, &same), 0);
		if (!same)
			fail_msg("%s: not as it was", rows[i].name);
		pixDestroy(&as_drawn);
		pixDestroy(&page);
	}
}

/* A line that is not on the page. */
static void
test_outside(void **state)
{
	PIX *page = draw(6, (struct ocr_box){95, 19, 7, 8}, (struct ocr_box){0});

	(void)state;
	assert_null(ocr_marks_lower(page, (struct ocr_box){W + 10, 0, 50, LINE_H}));
	assert_null(ocr_marks_lower(page, (struct ocr_box){-5, 0, 50, LINE_H}));
	ocr_marks_restore(page, line_box, NULL);
	pixDestroy(&page);
}

static void
test_one_more(void **state)
{
	static const struct {
		const char *text, *longer;
		bool want;
	} rows[] = {
	        {"务化工、新", "务、化工、新", true},
	        {"等称号", "等称号。", true},
	        {"铝加工", "，铝加工", true},
	        {"五金、建材", "五金、、建材", true},
	        {"五金、建材", "五金。、建材", true},
	        {"五金建材", "五金,建材", true},
	        {"铝加工", "铝加工", false},
	        {"铝加工", "铝加", false},
	        {"铝加工", "铝加工业", false},
	        {"铝加工", "铝加王、", false},
	        {"铝加工", "铝、加、工", false},
	        {"铝加工", "铝加工-", false},
	        {"", "、", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (ocr_marks_one_more(rows[i].text, rows[i].longer) != rows[i].want)
			fail_msg("%s, %s: not %d", rows[i].text, rows[i].longer, rows[i].want);
}

static void
test_alone_differ(void **state)
{
	(void)state;
	assert_true(ocr_marks_alone_differ("务化工、新", "务、化工,新"));
	assert_true(ocr_marks_alone_differ("万人·先后", "万人。先后"));
	assert_true(ocr_marks_alone_differ("铝加工", "铝加工。"));
	assert_true(ocr_marks_alone_differ("、", ""));
	assert_false(ocr_marks_alone_differ("影响力", "影向力"));
	assert_false(ocr_marks_alone_differ("铝加工", "铝加"));
	assert_false(ocr_marks_alone_differ("铝加", "铝加工、"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_lower),
	        cmocka_unit_test(test_outside),
	        cmocka_unit_test(test_one_more),
	        cmocka_unit_test(test_alone_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
