/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OLE2 files that cannot be read: known, and why not. */
#ifndef MINGPIAN_PARSERS_OLEKINDS_H
#define MINGPIAN_PARSERS_OLEKINDS_H

#include "parsers/reader.h"

/* An encrypted OOXML file ([MS-OFFCRYPTO]). */
extern const struct reader ooxml_locked_reader;

/* All others: `unsupported`, or `damaged` where it cannot be seen what is in them. Stands behind the
 * readers of OLE2 files. */
extern const struct reader ole_reader;

#endif
