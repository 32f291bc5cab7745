/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A mark that hangs over its cell's edge: a word processor rather lets it stand on the rule, or beyond it,
 * than at the begin of the next line. What is read of the cell alone lacks it, and nothing in the line says
 * so. */
#ifndef MINGPIAN_PARSERS_OCR_HANG_H
#define MINGPIAN_PARSERS_OCR_HANG_H

#include "parsers/ocr.h"

enum ocr_hang {
	OCR_HANGS_NOT,
	OCR_HANGS_ON,    /* the rule hides some of it */
	OCR_HANGS_WHOLE, /* all of it shows: it stands beyond the rule, or before it */
};

/* Does a mark stand on the rule at the cell's right edge, before it so that it touches it, or beyond it,
 * beside a line whose last character ends at `end`? free: nothing but paper follows the rule; else another
 * cell does, and only what touches the rule is a mark. *rule_r: the rule beside the line. gray: 8 bits a
 * pixel. */
enum ocr_hang ocr_hangs(struct Pix *gray, struct ocr_box line, int end, int edge, bool free,
                        struct ocr_box *rule_r);

/* The line and what hangs over its edge, without the rule; the caller destroys it. NULL: no memory. */
struct Pix *ocr_hanging(struct Pix *gray, struct ocr_box line, struct ocr_box rule);

/* Is longer the same as text but for one mark more? Both are folded. */
bool ocr_hung_mark(const char *text, const char *longer);

#endif
