/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RAR 4 whose files are packed as one run: libarchive 3.6 refuses these, libunarr (The Unarchiver's ways,
 * written anew) unpacks them. It knows no RAR 5 and no locks. */
#ifndef MINGPIAN_PARSERS_RAR_SOLID_H
#define MINGPIAN_PARSERS_RAR_SOLID_H

#include "config/buf.h"
#include "config/err.h"

#include <stdbool.h>
#include <stddef.h>

/* The next file, whose sum is right; or e says why it is not whole, and member is what it is. Borrowed for
 * the call. False: nothing more is wanted. */
typedef bool rar_solid_member(void *context, const char *name, const struct buf *member, const struct err *e);

/* Unpack all, members up to member->max bytes; `waste` bytes in all may be beyond that, then it ends. False:
 * e says why the archive was not read to its end. */
bool rar_solid_unpack(struct bytes b, struct buf *member, size_t waste, rar_solid_member *take, void *context,
                      struct err *e);

#endif
