/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of what lies in containers: strangers' paths made fit for a list that a person reads. They are
 * never opened, so that nothing can be hit by them; but they shall not look as if they could. */
#ifndef MINGPIAN_PARSERS_MEMBER_H
#define MINGPIAN_PARSERS_MEMBER_H

#include "config/buf.h"
#include "config/mem.h"

enum { MEMBER_NAME_MAX = 2000 }; /* bytes; the rest is cut off */

/* A path as an archive gives it: bytes of UTF-8 or GB18030 (decoded before it is cut: 0x5C is half of
 * many characters in GBK), with / or \ between its steps. In a: without empty steps, "." and "..", drive
 * letters and unsafe characters; "" where nothing is left. */
const char *member_path(struct arena *a, struct bytes raw);

/* The last step of a name that is UTF-8 already; "" where nothing is left. */
const char *member_name(struct arena *a, const char *name);

/* For a member without a name, the n-th: 附件N.EXT, by its kind. */
const char *member_unnamed(struct arena *a, size_t n, struct bytes data);

#endif
