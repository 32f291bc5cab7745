/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is read for something that looks like it, and that no word holds. */
#ifndef MINGPIAN_PARSERS_OCR_ALIKE_H
#define MINGPIAN_PARSERS_OCR_ALIKE_H

#include "parsers/ocr.h"

/* Does a cell's text hold 人 where 入 is meant (投人), a dot in the middle that may be 。, or a point
 * between two Chinese characters that may be ，? */
bool ocr_alike(const struct ocr_lines *cell);

#endif
