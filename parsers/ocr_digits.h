/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Are there as many digits in a line of ink as were read? A network easily reads two equal ones as one, and
 * is sure of it. */
#ifndef MINGPIAN_PARSERS_OCR_DIGITS_H
#define MINGPIAN_PARSERS_OCR_DIGITS_H

#include "parsers/ocr.h"

/* Does text hold as many digits as a telephone number has? */
bool ocr_digits_many(const char *text);

/* Does the picture itself say that text has all its digits? False as well where it cannot say: they touch, or
 * something else than digits, dashes and marks stands there. gray: 8 bits a pixel. */
bool ocr_digits_counted(struct Pix *gray, struct ocr_box box, const char *text);

#endif
