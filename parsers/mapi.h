/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Properties of MAPI, as far as winmail.dat and .msg share them (MS-OXPROPS). */
#ifndef MINGPIAN_PARSERS_MAPI_H
#define MINGPIAN_PARSERS_MAPI_H

#include "config/buf.h"
#include "config/mem.h"
#include "parsers/ole.h"

#include <stdint.h>

/* The upper half of a tag. */
enum {
	MAPI_SUBJECT = 0x0037,
	MAPI_BODY = 0x1000,
	MAPI_RTF = 0x1009, /* packed: rtfpack.h */
	MAPI_HTML = 0x1013,
	MAPI_DISPLAY_NAME = 0x3001,
	MAPI_ATTACH_DATA = 0x3701,
	MAPI_ATTACH_FILENAME = 0x3704, /* 8.3 */
	MAPI_ATTACH_LONG_FILENAME = 0x3707,
};

/* Its lower half: the type. */
enum { MAPI_OBJECT = 0x000D, MAPI_STRING8 = 0x001E, MAPI_UNICODE = 0x001F, MAPI_BINARY = 0x0102 };

struct mapi_name {
	struct bytes value; /* borrowed */
	unsigned type;
};

/* The names that an attachment has: the long one, the short one, the one that is shown. */
struct mapi_names {
	struct mapi_name of[3];
};

/* Keep value if tag is that of a name. */
void mapi_note_name(struct mapi_names *n, uint32_t tag, struct bytes value);

/* The best of them as a file's name, or "". charset: of 8-bit strings; "" is not known. */
const char *mapi_name(struct arena *a, const struct mapi_names *n, const char *charset);

/* A string property as UTF-8, without what follows a NUL. */
const char *mapi_text(struct arena *a, unsigned type, struct bytes value, const char *charset);

/* Hand a message's text over as RTF, or as the HTML wrapped in it. False: packed holds none. */
struct container_sink;
bool mapi_rtf(struct container_sink *sink, const char *name, struct bytes packed);

#endif
