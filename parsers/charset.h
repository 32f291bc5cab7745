/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From bytes in some charset to UTF-8. A declared charset is a hint that is often wrong: the bytes
 * are asked as well. Never fails: what cannot be read becomes U+FFFD, and NUL is left out.
 *
 * The rule: a BOM decides. Then, with a label:
 *   - gb2312, gbk and cp936 are GB18030, their superset: programs that say gb2312 send more;
 *   - hz-gb-2312 is believed where all bytes are ASCII, which it is made of (RFC 1843);
 *   - bytes that are strict UTF-8 with a character of three bytes or more are UTF-8, whatever the label:
 *     no text of a few words in a double-byte charset looks so;
 *   - a label that the bytes follow strictly is believed, but for Latin ones and ASCII, which follows
 *     everything: programs write them that know no better. Of UTF-8 the last character may be cut.
 * Without one, or where it does not hold: strict UTF-8; NULs at every other place: UTF-16; strict
 * GB18030; and last of all UTF-8 or GB18030, whichever breaks less. Big5 only where declared: half of
 * all GBK text is formally Big5.
 *
 * Converters are opened once for the process and kept (glibc loads a file for each, which a sandbox
 * forbids); one thread only. */
#ifndef MINGPIAN_PARSERS_CHARSET_H
#define MINGPIAN_PARSERS_CHARSET_H

#include "config/buf.h"
#include "config/mem.h"

#include <stdbool.h>

/* Open all converters. To be called before the sandbox closes; a second call does nothing. */
void charset_preload(void);

/* Append in as UTF-8 to out. declared: a MIME charset, a code page ("cp936"), "" or NULL. Returns the
 * name of the charset that was used (static). */
const char *charset_decode(struct buf *out, struct bytes in, const char *declared);

/* The same as a string in a. */
const char *charset_string(struct arena *a, struct bytes in, const char *declared);

#endif
