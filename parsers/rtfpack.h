/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RTF as Outlook packs it into .msg and winmail.dat: [MS-OXRTFCP]. */
#ifndef MINGPIAN_PARSERS_RTFPACK_H
#define MINGPIAN_PARSERS_RTFPACK_H

#include "config/buf.h"

#include <stdbool.h>

/* PidTagRtfCompressed unpacked, appended to out. The checksum is not looked at: what came whole is read.
 * False: it is none, or ends early, with less than it says that it holds; what came out so far stands. */
bool rtfpack_open(struct bytes packed, struct buf *out);

#endif
