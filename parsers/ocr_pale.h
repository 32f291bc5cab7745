/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is paler than the text beside it. In a scan without colours a stamp cannot be told from the text by
 * its own; its characters are read with those of a line that they stand beside. */
#ifndef MINGPIAN_PARSERS_OCR_PALE_H
#define MINGPIAN_PARSERS_OCR_PALE_H

#include "parsers/ocr.h"

/* Are the first two characters of a line, or the last two (at_end), much paler than its darker part? middle:
 * of the outer one. One alone may be thin (一). gray: 8 bits a pixel. */
bool ocr_is_pale(struct Pix *gray, struct ocr_box line, int middle, bool at_end);

#endif
