/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ocr_hang.h"

#include "config/text.h"

#include <leptonica/allheaders.h>
#include <string.h>

enum {
	INK_BELOW = 160,   /* a gray level that is ink, or the edge of it */
	FAINT_BELOW = 190, /* and of a thin face's mark */
	BEFORE = 2,        /* pixels before the cell's edge, where its rule may begin */
	FULL = 60,         /* %: of a line's height; less is left of the cell: a mark has no room in it */
	RULE_IN = 35,      /* the rule is in so much behind the edge, */
	RULE_INK = 80,     /* and as much of the line's height is ink */
	REACH = 120,       /* behind the rule a mark may stand so far away, */
	REACH_CELL = 35,   /* where another cell follows */
	MARK_MOST = 55,    /* as high is none */
	CROSSING =
	        12, /* a mark is more than this part of a line's height, where the rule hides some of it, */
	BEYOND = 8, /* and where it does not */
	NARROW = 3, /* times its width: higher is an edge of the rule, which leans */
	NEAR = 2,   /* pixels between a mark and the rule that it touches: the edge of it is gray */
	BEHIND = 3, /* part of a line's height: so far into the last character its end may be told wrong */
};

static bool
is_rule(PIX *ink, int x)
{
	int high = pixGetHeight(ink), n = 0;

	for (int y = 0; y < high; y++) {
		l_uint32 on = 0;

		(void)pixGetPixel(ink, x, y, &on);
		n += (int)on;
	}
	return n * 100 >= high * RULE_INK;
}

/* The columns of the rule in what begins at the cell's edge. False: there is none. */
static bool
find_rule(PIX *ink, int within, int *from_r, int *to_r)
{
	int x = 0, wide = pixGetWidth(ink);

	while (x < within && x < wide && !is_rule(ink, x))
		x++;
	*from_r = x;
	while (x < wide && is_rule(ink, x))
		x++;
	*to_r = x;
	return x > *from_r && x < wide;
}

/* Is there something like a mark in what follows the rule at once? What reaches to its end is more than a
 * mark; and where another cell follows (not free), so may be what stands apart from the rule: a stroke of its
 * text. */
static enum ocr_hang
mark_in(PIX *ink, int line, bool free)
{
	BOXA *marks = pixConnComp(ink, NULL, 8);
	enum ocr_hang found = OCR_HANGS_NOT;

	for (int i = 0; marks && i < boxaGetCount(marks) && found != OCR_HANGS_ON; i++) {
		int x, w, h;

		(void)boxaGetBoxGeometry(marks, i, &x, NULL, &w, &h);
		if ((x > 0 && !free) || x + w >= pixGetWidth(ink))
			continue;
		if (w > 1 && h <= NARROW * w && h > line / (x == 0 ? CROSSING : BEYOND) &&
		    h * 100 < line * MARK_MOST && (x == 0 || w > line / BEYOND / 2))
			found = x == 0 ? OCR_HANGS_ON : OCR_HANGS_WHOLE;
	}
	boxaDestroy(&marks);
	return found;
}

/* Does something like a mark touch the rule, in what stands before it? What reaches in from the other side is
 * the line's last character; what is hardly wider than the rule's own edge is that. */
static bool
mark_before(PIX *ink, int line)
{
	BOXA *marks = pixConnComp(ink, NULL, 8);
	int wide = pixGetWidth(ink);
	bool found = false;

	for (int i = 0; marks && i < boxaGetCount(marks) && !found; i++) {
		int x, w, h;

		(void)boxaGetBoxGeometry(marks, i, &x, NULL, &w, &h);
		found = x > 0 && x + w + NEAR >= wide && w > line / (2 * CROSSING) + 1 && h <= NARROW * w &&
		        h > line / CROSSING && h * 100 < line * MARK_MOST;
	}
	boxaDestroy(&marks);
	return found;
}

static PIX *
clip(PIX *pix, int x, int y, int w, int h)
{
	BOX *box = w > 0 && h > 0 ? boxCreateValid(x, y, w, h) : NULL;
	PIX *part = box ? pixClipRectangle(pix, box, NULL) : NULL;

	boxDestroy(&box);
	return part;
}

/* The ink between the line's last character and the rule; NULL: there is no room. */
static PIX *
ink_before(PIX *gray, struct ocr_box line, int end, int rule)
{
	int x = end - line.h / BEHIND;
	PIX *part = clip(gray, x, line.y, rule - x, line.h);
	PIX *ink = part ? pixThresholdToBinary(part, FAINT_BELOW) : NULL;

	pixDestroy(&part);
	return ink;
}

enum ocr_hang
ocr_hangs(PIX *gray, struct ocr_box line, int end, int edge, bool free, struct ocr_box *rule_r)
{
	int reach = line.h * (free ? REACH : REACH_CELL) / 100, within = line.h * RULE_IN / 100;
	int x = edge - BEFORE, from, to;
	PIX *part, *ink, *behind = NULL, *before = NULL;
	enum ocr_hang hangs = OCR_HANGS_NOT;

	if ((edge - end) * 100 > line.h * FULL || x < 0)
		return OCR_HANGS_NOT;
	part = clip(gray, x, line.y, within + reach, line.h);
	ink = part ? pixThresholdToBinary(part, INK_BELOW) : NULL;
	if (ink && find_rule(ink, within, &from, &to)) {
		int wide = pixGetWidth(ink) - to;

		behind = clip(ink, to, 0, wide < reach ? wide : reach, line.h);
		hangs = behind ? mark_in(behind, line.h, free) : OCR_HANGS_NOT;
		*rule_r = (struct ocr_box){x + from, line.y, to - from, line.h};
		before = hangs ? NULL : ink_before(gray, line, end, rule_r->x);
		if (before && mark_before(before, line.h))
			hangs = OCR_HANGS_WHOLE;
	}
	pixDestroy(&before);
	pixDestroy(&behind);
	pixDestroy(&ink);
	pixDestroy(&part);
	return hangs;
}

PIX *
ocr_hanging(PIX *gray, struct ocr_box line, struct ocr_box rule)
{
	PIX *whole = clip(gray, line.x, line.y, rule.x + rule.w + line.h * REACH / 100 - line.x, line.h);

	if (whole) /* and a pixel on its either side, which is half of it */
		(void)pixRasterop(whole, rule.x - 1 - line.x, 0, rule.w + 2, line.h, PIX_SET, NULL, 0, 0);
	return whole;
}

bool
ocr_hung_mark(const char *text, const char *longer)
{
	static const char *const marks[] = {",", "，", "、", "。", NULL};
	size_t len = strlen(text);

	if (strncmp(text, longer, len) != 0)
		return false;
	for (const char *const *m = marks; *m; m++)
		if (strcmp(longer + len, *m) == 0)
			return true;
	return false;
}
