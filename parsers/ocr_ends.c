/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ocr_ends.h"

#include "config/text.h"
#include "parsers/ocr_pale.h"

#include <leptonica/allheaders.h>

enum {
	LAST_HALF = 55,   /* %: of a line's height, from the middle of its last character to its end, */
	LAST_NARROW = 28, /* of a digit or a letter */
};

/* Is there in the end of a line something like a mark? A rule, as high as the line, is none, nor is a speck,
 * nor what reaches in from the left: it is of the last character. */
static bool
has_mark(PIX *part)
{
	PIX *ink = pixThresholdToBinary(part, OCR_INK_BELOW);
	BOXA *marks = ink ? pixConnComp(ink, NULL, 8) : NULL;
	int high = pixGetHeight(part), least = high / OCR_MARK_PART + 1;
	bool found = false;

	for (int i = 0; marks && i < boxaGetCount(marks) && !found; i++) {
		int x, y, w, h;

		(void)boxaGetBoxGeometry(marks, i, &x, &y, &w, &h);
		found = x > 0 && w >= least && h >= least && h * 3 < high * 2;
	}
	boxaDestroy(&marks);
	pixDestroy(&ink);
	return found;
}

int
ocr_end_of(struct ocr_box b, const struct reading *r)
{
	bool narrow = r->text.len && (unsigned char)r->text.at[r->text.len - 1] < 0x80;

	return b.x + (int)(b.w * r->sure.end) + b.h * (narrow ? LAST_NARROW : LAST_HALF) / 100;
}

/* Does ink follow the last character that was read, up to end? Of a mark there, the network may say nothing
 * at all. */
static bool
has_more(PIX *gray, struct ocr_box b, int end, const struct reading *r)
{
	int from = ocr_end_of(b, r), width = end - from;
	BOX *box = width > b.h / OCR_MARK_PART ? boxCreateValid(from, b.y, width, b.h) : NULL;
	PIX *part = box ? pixClipRectangle(gray, box, NULL) : NULL;
	bool more = part && has_mark(part);

	pixDestroy(&part);
	boxDestroy(&box);
	return more;
}

bool
ocr_has_before(PIX *gray, struct ocr_box b, const struct reading *r)
{
	bool narrow = r->text.len && (unsigned char)r->text.at[0] < 0x80;
	int width = (int)(b.w * r->sure.begin) - b.h * (narrow ? LAST_NARROW : LAST_HALF) / 100;

	return r->text.len && width > b.h / OCR_MARK_PART &&
	       ocr_has_ink(gray, (struct ocr_box){b.x, b.y, width, b.h}, false);
}

/* Do its first characters or its last ones, if they are Chinese, stand out from the rest? */
static bool
has_pale_end(PIX *gray, const struct place *p, const struct reading *r)
{
	const char *first = r->text.len ? r->text.at : "", *last = first;
	int begin = p->box.x + (int)(p->box.w * r->sure.begin),
	    end = p->box.x + (int)(p->box.w * r->sure.end);
	uint32_t at_begin = text_next(&first), at_end = 0;

	while (*last)
		at_end = text_next(&last);
	return (text_is_han(at_begin) && ocr_is_pale(gray, p->core, begin, false)) ||
	       (text_is_han(at_end) && ocr_is_pale(gray, p->core, end, true));
}

bool
ocr_ends_wrong(PIX *gray, const struct place *p, const struct reading *r)
{
	return ocr_has_before(gray, p->box, r) || has_more(gray, p->box, p->end, r) ||
	       has_pale_end(gray, p, r);
}
