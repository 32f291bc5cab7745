/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A value that stands on several lines, as one. */
#ifndef MINGPIAN_PARSERS_VALUE_H
#define MINGPIAN_PARSERS_VALUE_H

#include "config/form.h"
#include "config/mem.h"

/* Paragraphs stay paragraphs, lists keep their lines where nothing else parts them, numbers broken in
 * their middle are made whole, all else becomes one line. text is trimmed; NULL gives NULL. In a. */
const char *value_join(struct arena *a, enum form_kind kind, const char *text);

#endif
