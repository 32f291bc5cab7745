/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was chosen from a list of an old form (FORMDROPDOWN) in a Word 97 file: it is no text, the field's
 * data tell it, [MS-DOC] 2.9.78 (FFData). */
#ifndef MINGPIAN_PARSERS_WORD97_FORM_H
#define MINGPIAN_PARSERS_WORD97_FORM_H

#include "config/buf.h"

#include <stdint.h>

/* Append it as UTF-8; at: of the field's data in the stream Data. Nothing where it is no list. */
void word97_form_choice(struct bytes data, uint32_t at, struct buf *out);

#endif
