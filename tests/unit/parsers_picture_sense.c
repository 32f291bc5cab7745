/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a page that a person would read and we cannot is told, by what was read of it and by its paper; a
 * landscape, a logo, a code and a legible page of something else are not. */
#include "parsers/picture_sense.h"

#include <leptonica/allheaders.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { W = 1000, H = 1400 };

static void
fill(PIX *page, int x, int y, int w, int h, int r, int g, int b)
{
	BOX *box = boxCreate(x, y, w, h);
	l_uint32 pixel;

	assert_int_equal(composeRGBPixel(r, g, b, &pixel), 0);
	assert_int_equal(pixSetInRectArbitrary(page, box, pixel), 0);
	boxDestroy(&box);
}

/* Lines of something like characters on paper of a colour, that lies on a dark desk. */
static PIX *
draw_page(int desk, int r, int g, int b, bool written)
{
	PIX *page = pixCreate(W, H, 32);

	fill(page, 0, 0, W, H, 40, 20, 60);
	fill(page, desk, desk, W - 2 * desk, H - 2 * desk, r, g, b);
	for (int y = desk + 100; written && y < H - desk - 100; y += 40)
		for (int x = desk + 100; x < W - desk - 100; x += 24)
			fill(page, x, y, 15, 15, 30, 30, 30);
	return page;
}

/* A sky, and below it patches of green and brown. */
static PIX *
draw_landscape(void)
{
	PIX *page = pixCreate(W, H, 32);

	fill(page, 0, 0, W, H / 2, 130, 180, 240);
	for (int y = H / 2; y < H; y += 20)
		for (int x = 0; x < W; x += 20)
			fill(page, x, y, 20, 20, 60 + x * 7 % 120, 90 + y * 5 % 110, 40 + (x + y) % 50);
	return page;
}

static void
test_paper(void **state)
{
	const struct {
		const char *name;
		PIX *pix;
		bool bare, filled;
	} rows[] = {
	        {"a page", draw_page(0, 250, 250, 250, true), true, true},
	        {"in a lamp's light, on a desk", draw_page(120, 215, 190, 155, true), true, true},
	        {"an empty page", draw_page(0, 250, 250, 250, false), true, false},
	        {"a landscape", draw_landscape(), false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		PIX *pix = rows[i].pix;
		struct picture_paper p = picture_paper_of(pix);

		if ((p.bare > 0.4) != rows[i].bare || (p.filled > 0.05) != rows[i].filled)
			fail_msg("%s: %.2f bare, %.2f filled", rows[i].name, p.bare, p.filled);
		pixDestroy(&pix);
	}
}

/* A scan without colours is paper as well; and a picture of one pixel is an answer. */
static void
test_gray(void **state)
{
	PIX *colour = draw_page(0, 250, 250, 250, true), *gray = pixConvertTo8(colour, 0),
	    *dot = pixCreate(1, 1, 8);
	struct picture_paper p = picture_paper_of(gray);

	(void)state;
	assert_true(p.bare > 0.4 && p.filled > 0.05);
	p = picture_paper_of(dot);
	assert_true(p.bare == 0 && p.filled == 0);
	pixDestroy(&dot);
	pixDestroy(&gray);
	pixDestroy(&colour);
}

static void
test_illegible(void **state)
{
	static const struct picture_paper page = {0.7, 0.2}, scene = {0.1, 0.1}, empty = {0.97, 0.01};
	const struct {
		const char *name;
		struct picture_sense s;
		struct picture_paper paper;
		int narrow, wide;
		enum doc_illegible want;
	} rows[] = {
	        {"a form, read", {20, 400, 400, 400, 0, 14}, page, 1654, 2339, DOC_LEGIBLE},
	        {"a form, hardly read", {13, 60, 40, 9, 22, 14}, page, 800, 1066, DOC_ILLEGIBLE_TABLE},
	        {"its labels alone", {8, 70, 70, 70, 90, 14}, page, 800, 1066, DOC_ILLEGIBLE_TABLE},
	        {"a table of which nothing was read",
	         {0, 0, 0, 0, 80, 14},
	         page,
	         800,
	         1066,
	         DOC_ILLEGIBLE_TABLE},
	        {"text, read badly", {27, 438, 300, 190, 0, 0}, page, 800, 1066, DOC_ILLEGIBLE_PAGE},
	        {"a sheet with something on it", {1, 2, 2, 2, 0, 0}, page, 800, 1066, DOC_ILLEGIBLE_PAGE},
	        {"an empty sheet", {0, 0, 0, 0, 0, 0}, empty, 1654, 2339, DOC_LEGIBLE},
	        {"a letter", {30, 900, 900, 880, 0, 0}, page, 1654, 2339, DOC_LEGIBLE},
	        {"a square: a code, a logo", {2, 4, 4, 0, 500, 290}, page, 900, 900, DOC_LEGIBLE},
	        {"a banner", {1, 12, 12, 2, 0, 0}, page, 200, 700, DOC_LEGIBLE},
	        {"a front of windows", {2, 3, 1, 1, 27, 26}, scene, 1200, 1600, DOC_LEGIBLE},
	        {"the same, in fog", {0, 0, 0, 0, 215, 303}, empty, 1200, 1600, DOC_LEGIBLE},
	        {"signs in a street", {6, 30, 9, 3, 0, 0}, scene, 1200, 1600, DOC_LEGIBLE},
	        {"a form as a thumbnail", {0, 0, 0, 0, 9, 14}, page, 320, 450, DOC_LEGIBLE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum doc_illegible got =
		        picture_sense_illegible(&rows[i].s, &rows[i].paper, rows[i].narrow, rows[i].wide);

		if (got != rows[i].want)
			fail_msg("%s: %d, wanted %d", rows[i].name, (int)got, (int)rows[i].want);
	}
}

/* A page on its side gives a stray character or two, read for sure, and much ink that is none. */
static void
test_upright(void **state)
{
	static const struct picture_sense stray = {2, 4, 4, 4, 60, 14}, ruled = {2, 24, 24, 24, 60, 14},
	                                  poor = {20, 438, 240, 190, 0, 14},
	                                  good = {20, 400, 390, 380, 1, 14};

	(void)state;
	assert_false(picture_sense_is_upright(&stray));
	assert_false(picture_sense_is_upright(&ruled));
	assert_false(picture_sense_is_upright(&poor));
	assert_true(picture_sense_is_upright(&good));
	assert_true(picture_sense_upright(&poor) > picture_sense_upright(&stray));
	assert_true(picture_sense_upright(&good) > picture_sense_upright(&poor));
}

/* What a cell shows and no line accounts for: not its rules, not specks. */
static void
test_marks(void **state)
{
	PIX *ink = pixCreate(400, 200, 1);
	struct ocr_line line = {.box = {40, 40, 60, 40}, .text = "某", .confidence = 0.9};
	struct ocr_lines lines[3] = {{.at = &line, .count = 1, .room = 1}};
	const struct ocr_box cells[] = {{10, 10, 180, 180}, {200, 10, 180, 180}};
	const struct ocr_box drawn[] = {
	        {50, 50, 20, 20}, {10, 10, 180, 3}, {120, 120, 5, 5}, {230, 60, 20, 20}, {270, 60, 20, 20}};
	/* they stand close, and the one between them was not found */
	struct ocr_line around[] = {{.box = {210, 30, 160, 40}, .text = "某", .confidence = 0.9},
	                            {.box = {210, 70, 160, 40}, .text = "某", .confidence = 0.9}};
	struct ocr_lines close = {.at = around, .count = 2, .room = 2};
	struct picture_sense s;

	(void)state;
	for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++) {
		BOX *box = boxCreate(drawn[i].x, drawn[i].y, drawn[i].w, drawn[i].h);

		assert_int_equal(pixSetInRect(ink, box), 0);
		boxDestroy(&box);
	}
	assert_int_equal(picture_unread_marks(ink, cells[0], &lines[0]), 0);
	assert_int_equal(picture_unread_marks(ink, cells[1], &lines[1]), 2);
	assert_int_equal(picture_unread_marks(ink, cells[1], &close), 0);
	around[0].box.h = around[1].box.h = 35; /* reach into it: 60 to 80, its middle 70 */
	around[1].box.y = 75;
	assert_int_equal(picture_unread_marks(ink, cells[1], &close), 2);
	s = picture_sense_of(lines, cells, 2, ink);
	assert_int_equal(s.lines, 1);
	assert_int_equal(s.text, 2);
	assert_int_equal(s.plain, 2);
	assert_int_equal(s.unread, 2);
	assert_int_equal(s.cells, 2);
	pixDestroy(&ink);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_paper),     cmocka_unit_test(test_gray),
	        cmocka_unit_test(test_illegible), cmocka_unit_test(test_upright),
	        cmocka_unit_test(test_marks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
