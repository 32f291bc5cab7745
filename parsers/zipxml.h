/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XML in a ZIP, the shape of docx, xlsx, odt and ofd: entries by name, streamed.
 *
 * The directory at a ZIP's end may be gone (a mail cut short): then entries are found by their local
 * headers, and one that is whole is as good as ever. No size that a ZIP states is believed: what comes
 * out is counted, and ZIPXML_BYTES_MAX is the end of it for one package. */
#ifndef MINGPIAN_PARSERS_ZIPXML_H
#define MINGPIAN_PARSERS_ZIPXML_H

#include "config/buf.h"
#include "config/err.h"
#include "parsers/xml.h"

#include <stdbool.h>

enum {
	ZIPXML_BYTES_MAX = 256 << 20, /* inflated, all entries that are read together */
	ZIPXML_NAME_MAX = 512,
};

struct zipxml;

/* Is b a ZIP with an entry of this name? Where none has it as it is, one in other capitals is meant: to an
 * Office file they are the same (ISO/IEC 29500-2, 6.2.2.3), and some programs write the two differently.
 * Cheap; no package is left open. */
bool zipxml_is(struct bytes b, const char *name);

/* b is borrowed until zipxml_close(). NULL: neither directory nor local headers (ERR_DAMAGED). */
struct zipxml *zipxml_open(struct bytes b, struct err *e);
void zipxml_close(struct zipxml *z); /* NULL is fine */

bool zipxml_has(const struct zipxml *z, const char *name);

/* Stream an entry into events. False: it is missing, damaged, encrypted, too large or no XML; what came
 * before was handed over. */
bool zipxml_stream(struct zipxml *z, const char *name, const struct xml_events *events, void *context,
                   struct err *e);

/* Append an entry's bytes to out, whose ceiling counts (ERR_TOO_LARGE). */
bool zipxml_read(struct zipxml *z, const char *name, struct buf *out, struct err *e);

/* The name that target means, seen from the entry `from`: "word/document.xml" and "media/1.png" give
 * "word/media/1.png"; "/word/x" is absolute. False: it leaves the package or is too long. */
bool zipxml_resolve(char out[ZIPXML_NAME_MAX], const char *from, struct bytes target);

#endif
