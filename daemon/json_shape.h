/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A look at a stranger's JSON before it is parsed: a parser spends a hundred bytes of memory on each two of
 * "[[],[],…", and stack on each level. One pass, no memory; what is no JSON at all is left to the parser. */
#ifndef MINGPIAN_DAEMON_JSON_SHAPE_H
#define MINGPIAN_DAEMON_JSON_SHAPE_H

#include "config/err.h"

#include <stdbool.h>
#include <stddef.h>

/* False (ERR_PROTOCOL): deeper than depth_max, or more than values_max values. */
bool json_shape_ok(const char *text, size_t depth_max, size_t values_max, struct err *e);

#endif
