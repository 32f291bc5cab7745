/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ocr_digits.h"

#include "config/text.h"

#include <leptonica/allheaders.h>
#include <stdlib.h>

enum {
	NUMBER_DIGITS = 7, /* a telephone number has so many */
	THINGS_MAX = 256,
	HEIGHT_MIN = 8,    /* pixels of a digit that can be counted */
	HEIGHT_LESS = 80,  /* %: of the usual height, that a digit has at least, */
	HEIGHT_MORE = 125, /* and at most */
};

bool
ocr_digits_many(const char *text)
{
	int digits = 0;

	for (; *text; text++)
		digits += *text >= '0' && *text <= '9';
	return digits >= NUMBER_DIGITS;
}

/* The digits of a text in which nothing else is as high as they are; 0: there is. */
static int
digits_alone(const char *text)
{
	int digits = 0;
	uint32_t c;

	while ((c = text_next(&text)) != 0) {
		bool low = c == '-' || c == ',' || c == '.' || c == 0x3001 || c == 0xFF0C || c == 0xFF0D ||
		           (c >= 0x2010 && c <= 0x2015) || text_is_space(c);

		if (c >= '0' && c <= '9')
			digits++;
		else if (!low)
			return 0;
	}
	return digits;
}

/* Black on white, by what is darkest and lightest in the box itself. */
static PIX *
ink_of(PIX *gray, struct ocr_box b)
{
	BOX *box = boxCreateValid(b.x, b.y, b.w, b.h);
	PIX *part = box ? pixClipRectangle(gray, box, NULL) : NULL, *ink = NULL;
	l_uint32 dark = 0, paper = 0;

	if (part && pixGetRankValue(part, 1, 0.03F, &dark) == 0 &&
	    pixGetRankValue(part, 1, 0.7F, &paper) == 0)
		ink = pixThresholdToBinary(part, (l_int32)((dark + paper) / 2));
	pixDestroy(&part);
	boxDestroy(&box);
	return ink;
}

static int
by_size(const void *x, const void *y)
{
	return *(const int *)x - *(const int *)y;
}

/* How many things are as high as most of what is not low, and not wider than a digit; -1: one is wider. */
static int
count_things(PIX *ink)
{
	BOXA *things = pixConnComp(ink, NULL, 8);
	int heights[THINGS_MAX], high = 0, usual, count = 0;

	for (int i = 0; things && i < boxaGetCount(things) && high < THINGS_MAX; i++) {
		int h;

		(void)boxaGetBoxGeometry(things, i, NULL, NULL, NULL, &h);
		if (h >= HEIGHT_MIN)
			heights[high++] = h;
	}
	if (high)
		qsort(heights, (size_t)high, sizeof *heights, by_size);
	usual = high ? heights[high / 2] : 0;
	for (int i = 0; usual && i < boxaGetCount(things) && count >= 0; i++) {
		int w, h;

		(void)boxaGetBoxGeometry(things, i, NULL, NULL, &w, &h);
		if (h * 100 >= usual * HEIGHT_LESS && h * 100 <= usual * HEIGHT_MORE)
			count = w > h ? -1 : count + 1;
	}
	boxaDestroy(&things);
	return count;
}

bool
ocr_digits_counted(PIX *gray, struct ocr_box box, const char *text)
{
	int digits = digits_alone(text);
	PIX *ink = digits ? ink_of(gray, box) : NULL;
	bool same = ink && count_things(ink) == digits;

	pixDestroy(&ink);
	return same;
}
