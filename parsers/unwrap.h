/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a mail program opens by itself, beyond MIME: S/MIME's opaque signatures, uuencode in the text,
 * soft line ends. Pure functions from bytes to bytes. */
#ifndef MINGPIAN_PARSERS_UNWRAP_H
#define MINGPIAN_PARSERS_UNWRAP_H

#include "config/buf.h"
#include "config/err.h"

#include <stdbool.h>

/* The MIME entity inside a CMS structure (RFC 8551, 3.5), appended to out. The signature is not looked
 * at: who signed matters to nobody here. False: ERR_ENCRYPTED (enveloped), ERR_DAMAGED,
 * ERR_TOO_LARGE. */
bool unwrap_cms(struct bytes der, struct buf *out, struct err *e);

/* Do the bytes begin as a CMS structure does, signed or enveloped? */
bool unwrap_is_cms(struct bytes b);

/* Is it a signature alone, whose content stands elsewhere (smime.p7s)? */
bool unwrap_is_detached(struct bytes b);

/* A file in uuencode within text, from *at on: its name (raw bytes) and content; *at moves behind it,
 * and begin_r says where it began. False where there is no further one. */
bool unwrap_uuencoded(struct bytes text, size_t *at, size_t *begin_r, struct bytes *name_r, struct buf *out);

/* Join lines of format=flowed (RFC 3676). The bytes may be in any charset that holds ASCII. */
void unwrap_flowed(struct bytes text, bool delsp, struct buf *out);

#endif
