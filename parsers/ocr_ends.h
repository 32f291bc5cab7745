/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the picture shows at a line's ends, and its reading does not say: the network is silent about a mark
 * that it does not make out, and reads what stands beside the line along with it. */
#ifndef MINGPIAN_PARSERS_OCR_ENDS_H
#define MINGPIAN_PARSERS_OCR_ENDS_H

#include "parsers/ocr_look.h"

/* Where the last character that was read ends, in pixels of the page. */
int ocr_end_of(struct ocr_box b, const struct reading *r);

/* Does ink stand before the first character that was read? */
bool ocr_has_before(struct Pix *gray, struct ocr_box b, const struct reading *r);

/* Is there ink before the first or behind the last, or are the first or the last of another ink? */
bool ocr_ends_wrong(struct Pix *gray, const struct place *p, const struct reading *r);

#endif
