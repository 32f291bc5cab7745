/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a stamp's characters at a line's end are told by their ink where there is no colour; a thin character
 * and an evenly faint line are not taken for them. */
#include "parsers/ocr_pale.h"

#include <leptonica/allheaders.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { PITCH = 40, HEIGHT = 44, LEFT = 30, TOP = 20, STROKE = 8, WHITE = 255 };

/* A line of blocks, each as gray as told; so that most of a place is white, as it is in writing. */
static PIX *
draw(const int *grays, int count)
{
	PIX *gray = pixCreate(2 * LEFT + count * PITCH, 2 * TOP + HEIGHT, 8);

	assert_int_equal(pixSetAllGray(gray, WHITE), 0);
	for (int i = 0; i < count; i++)
		for (int y = TOP + STROKE; y < TOP + HEIGHT - STROKE; y++)
			for (int x = 0; x < STROKE; x++)
				(void)pixSetPixel(gray, LEFT + i * PITCH + PITCH / 2 - STROKE / 2 + x, y,
				                  (l_uint32)grays[i]);
	return gray;
}

static void
test_pale(void **state)
{
	static const struct {
		int grays[6];
		bool begin, end;
	} rows[] = {
	        {{80, 90, 85, 95, 80, 90}, false, false},
	        {{80, 90, 85, 95, 190, 185}, false, true},
	        {{190, 185, 85, 95, 80, 90}, true, false},
	        {{80, 90, 85, 190, 90, 85}, false, false},
	        {{80, 90, 85, 95, 80, 190}, false, false}, /* one alone */
	        {{190, 90, 85, 95, 80, 85}, false, false},
	        {{200, 205, 200, 210, 205, 200}, false, false}, /* faint, all of it */
	        {{80, 90, 85, 95, 120, 130}, false, false},     /* no more than some are */
	};
	enum { COUNT = sizeof rows->grays / sizeof *rows->grays };
	const struct ocr_box line = {LEFT, TOP, COUNT * PITCH, HEIGHT};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		PIX *gray = draw(rows[i].grays, COUNT);

		/* the network's place for a character at an end is one beside it */
		for (int off = 0; off < PITCH / 2; off += PITCH / 4)
			if (ocr_is_pale(gray, line, LEFT + PITCH / 2 - off, false) != rows[i].begin ||
			    ocr_is_pale(gray, line, LEFT + COUNT * PITCH - PITCH / 2 + off, true) !=
			            rows[i].end)
				fail_msg("row %zu, %d beside it", i, off);
		pixDestroy(&gray);
	}
}

/* Too small to be told, or none at all. */
static void
test_nothing(void **state)
{
	PIX *gray = draw((const int[]){80, 190}, 2);

	(void)state;
	assert_false(ocr_is_pale(gray, (struct ocr_box){LEFT, TOP, 0, HEIGHT}, LEFT, true));
	assert_false(ocr_is_pale(gray, (struct ocr_box){LEFT, TOP, PITCH, 0}, LEFT, true));
	assert_false(ocr_is_pale(gray, (struct ocr_box){LEFT, TOP, PITCH, HEIGHT}, LEFT, true));
	assert_false(ocr_is_pale(gray, (struct ocr_box){4000, 4000, PITCH, HEIGHT}, 4000, true));
	pixDestroy(&gray);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_pale), cmocka_unit_test(test_nothing)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
