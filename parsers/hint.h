/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The blank form's hints, left standing in what an applicant sends. */
#ifndef MINGPIAN_PARSERS_HINT_H
#define MINGPIAN_PARSERS_HINT_H

#include "config/form.h"
#include "config/mem.h"

#include <stdbool.h>

/* text without the field's hints, trimmed; in a. NULL: nothing is left. *hint_r: nothing is left but
 * something stood there (a hint, or the hint's XX). */
const char *hint_strip(struct arena *a, const struct form *f, const struct form_field *field,
                       const char *text, bool *hint_r);

#endif
