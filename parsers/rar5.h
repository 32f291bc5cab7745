/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files of a RAR 5 archive are locked: libarchive 3.6 does not look, and takes what is enciphered
 * for packed bytes that are broken. RAR 5.0 archive format, rarlab.com/technote.htm. */
#ifndef MINGPIAN_PARSERS_RAR5_H
#define MINGPIAN_PARSERS_RAR5_H

#include "config/buf.h"

/* Append a character for each file header, in order: 'x' if the file is locked, '-' if not. Ends at the
 * first header that makes no sense, and at out's ceiling. Nothing for other files. */
void rar5_locks(struct bytes b, struct buf *out);

#endif
