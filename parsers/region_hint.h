/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands around a region's name and helps where the name is not sure. */
#ifndef MINGPIAN_PARSERS_REGION_HINT_H
#define MINGPIAN_PARSERS_REGION_HINT_H

#include "config/mem.h"
#include "parsers/region.h"

#include <stddef.h>

enum { HINT_ROWS_MAX = 64 };

/* Keep of the count rows those that a note in brackets (may be NULL), the lead unit, the sender, the
 * phone's area code speak for, in this order; one that speaks for all or none is not heard. Returns
 * how many are left: at least one, if count was. */
size_t hint_filter(struct arena *a, const struct region_hints *hints, const char *note, int rows[],
                   size_t count);

/* Does one of them speak for row, and not for other? */
bool hint_prefers(struct arena *a, const struct region_hints *hints, int row, int other);

#endif
