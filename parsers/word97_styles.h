/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which styles of a Word 97 file hide what they are of, or strike it out: the style sheet, [MS-DOC] 2.9.272
 * (STSH). A style says so itself, or the one that it builds on does. */
#ifndef MINGPIAN_PARSERS_WORD97_STYLES_H
#define MINGPIAN_PARSERS_WORD97_STYLES_H

#include "config/buf.h"

#include <stdbool.h>

enum { WORD97_STYLES_MAX = 4096, WORD97_STYLE_NORMAL = 0, WORD97_STYLE_NONE = 0xFFF };

enum word97_style_bits { WORD97_STYLE_HIDES = 1, WORD97_STYLE_STRIKES = 2, WORD97_STYLE_PARAGRAPH = 4 };

struct word97_styles {
	unsigned char bits[WORD97_STYLES_MAX]; /* by the style's number */
	bool paragraphs;                       /* one of them, of paragraphs, hides or strikes */
};

/* From the streams; what is cut off or nonsense hides nothing. */
void word97_styles_read(struct word97_styles *s, struct bytes document, struct bytes table);

bool word97_style_hides(const struct word97_styles *s, unsigned number);
bool word97_style_strikes(const struct word97_styles *s, unsigned number);

#endif
