/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a page has text, by the network of PP-OCRv4 that marks it. */
#ifndef MINGPIAN_PARSERS_OCR_DETECT_H
#define MINGPIAN_PARSERS_OCR_DETECT_H

#include "parsers/ocr.h"
#include "parsers/ocr_network.h"

enum { OCR_BOXES_MAX = 2000 };

/* The boxes of lines, in no order, into out, which has room for OCR_BOXES_MAX. False: ERR_TOO_LARGE, or the
 * network failed. */
bool ocr_detect(const struct network *n, PIX *gray, struct ocr_box *out, size_t *count_r, struct err *e);

#endif
