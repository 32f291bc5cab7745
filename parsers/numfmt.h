/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as a spreadsheet shows them, where that tells what they are: a telephone number that is a number to
 * the workbook has lost its zero, and a format such as 0000-00000000 gives it back (ISO/IEC
 * 29500-1, 18.8.31). */
#ifndef MINGPIAN_PARSERS_NUMFMT_H
#define MINGPIAN_PARSERS_NUMFMT_H

#include "config/buf.h"

#include <stdbool.h>

/* Is the format a mask for the digits of a whole number: places (0 and #) with signs between? Not one for
 * amounts, dates, fractions: of these a person wants all digits. */
bool numfmt_is_mask(struct bytes format);

/* Append n as the mask shows it. False, nothing appended: it is no whole number that a mask is for. */
bool numfmt_put(struct bytes mask, double n, struct buf *out);

#endif
