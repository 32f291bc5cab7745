/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The package of a Word file (ECMA-376, part 2): parts in a ZIP. */
#ifndef MINGPIAN_DAEMON_ZIP_PACKAGE_H
#define MINGPIAN_DAEMON_ZIP_PACKAGE_H

#include "config/buf.h"
#include "config/err.h"

#include <stdbool.h>
#include <stddef.h>

struct zip_part {
	const char *name; /* "word/document.xml" */
	struct bytes content;
};

/* Append the package of these parts to out; the same parts give the same bytes. False: libzip failed
 * (ERR_DISK with its reason), or it would go beyond out's ceiling (ERR_TOO_LARGE). */
bool zip_package(const struct zip_part *parts, size_t count, struct buf *out, struct err *e);

#endif
