/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks in the middle of their place (、 。 ，), as faces for traditional characters have them: the reading
 * network was taught them low on the left, and takes them there for something else, or for nothing. */
#ifndef MINGPIAN_PARSERS_OCR_MARKS_H
#define MINGPIAN_PARSERS_OCR_MARKS_H

#include "parsers/ocr.h"

/* Move such marks of a line of a page to where the network knows them. Each stands alone in its columns, in
 * the middle of the line's height, and is no dash. What stood in the line before, for ocr_marks_restore();
 * NULL: there are none. page: 8 bits a pixel. */
struct Pix *ocr_marks_lower(struct Pix *page, struct ocr_box line);

/* As it was; frees before, which may be NULL. */
void ocr_marks_restore(struct Pix *page, struct ocr_box line, struct Pix *before);

/* The bytes of a mark at s; 0: there is none. */
size_t ocr_mark_at(const char *s);

/* Are two texts the same but for their marks? Both are folded. */
bool ocr_marks_alone_differ(const char *x, const char *y);

/* Is longer the same as text but for one mark more, wherever it stands? Both are folded. */
bool ocr_marks_one_more(const char *text, const char *longer);

#endif
