/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ocr_pale.h"

#include <leptonica/allheaders.h>
#include <stdlib.h>

enum {
	WINDOW = 70, /* %: of a line's height, as wide as it is looked at in one place, */
	RIM = 12,    /* and above and below it is left out: rules are there */
	PLACES_MAX = 256,
	PITCH = 90, /* %: of a line's height, from one character to the next */
	PALER = 60, /* %: so much of the others' contrast with white, at most */
	WHITE = 255,
};

/* A place is as dark as this share of its pixels: a stroke is more, specks are less. */
static const float dark_share = 0.025F;

static int
darkness(PIX *gray, struct ocr_box line, int middle)
{
	int rim = line.h * RIM / 100, w = line.h * WINDOW / 100;
	BOX *box = boxCreateValid(middle - w / 2, line.y + rim, w, line.h - 2 * rim);
	PIX *part = box ? pixClipRectangle(gray, box, NULL) : NULL;
	l_uint32 level = WHITE;

	if (part && pixGetRankValue(part, 1, dark_share, &level) != 0)
		level = WHITE;
	pixDestroy(&part);
	boxDestroy(&box);
	return (int)level;
}

static int
compare(const void *x, const void *y)
{
	return *(const int *)x - *(const int *)y;
}

/* The network says where a character is by a step of its own, at a line's ends up to one beside it. */
static int
within(struct ocr_box line, int middle)
{
	int half = line.h * WINDOW / 200, last = line.x + line.w - half;

	middle = middle < last ? middle : last;
	return middle > line.x + half ? middle : line.x + half;
}

bool
ocr_is_pale(PIX *gray, struct ocr_box line, int middle, bool at_end)
{
	int levels[PLACES_MAX], step = line.h * WINDOW / 100, pitch = line.h * PITCH / 100;
	int most, outer, inner; /* contrasts with white */
	size_t count = 0;

	for (int x = line.x + step / 2; step > 0 && x < line.x + line.w && count < PLACES_MAX; x += step)
		levels[count++] = WHITE - darkness(gray, line, x);
	if (!count)
		return false;
	qsort(levels, count, sizeof *levels, compare);
	most = levels[count - 1 - count / 4] * PALER / 100;
	middle = within(line, middle);
	outer = WHITE - darkness(gray, line, middle);
	inner = WHITE - darkness(gray, line, within(line, at_end ? middle - pitch : middle + pitch));
	return outer < most && inner < most;
}
