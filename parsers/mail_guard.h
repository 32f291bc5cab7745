/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What gmime must not see. It overflows the stack on address groups 50,000 deep (a header of 150 KB)
 * and takes 1.3 GB for a million empty parts, ten times a header's bytes for its fields; so bytes are looked
 * over, in one pass and without memory, before they go there. Counts too much rather than too little: its
 * bounds lie far above what mail holds. */
#ifndef MINGPIAN_PARSERS_MAIL_GUARD_H
#define MINGPIAN_PARSERS_MAIL_GUARD_H

#include "config/buf.h"

/* NULL: harmless. Else why it is not, in a few words. */
const char *mail_guard(struct bytes message);

#endif
