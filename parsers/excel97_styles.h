/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of a workbook's formats, fonts and styles ([MS-XLS] 2.4.126, 2.4.122, 2.4.353) what tells how a number is
 * to be read, and what is struck through: taken back by who wrote it. */
#ifndef MINGPIAN_PARSERS_EXCEL97_STYLES_H
#define MINGPIAN_PARSERS_EXCEL97_STYLES_H

#include "config/buf.h"
#include "config/mem.h"

#include <stdbool.h>

enum {
	EXCEL97_FORMATS_MAX = 256, /* masks; others are passed over */
	EXCEL97_STYLES_MAX = 65536,
	EXCEL97_FONTS_MAX = 65536,
};

struct excel97_styles {
	struct {
		unsigned id;
		const char *mask;
	} formats[EXCEL97_FORMATS_MAX];
	int format_count;
	struct {
		unsigned short format, font;
	} styles[EXCEL97_STYLES_MAX];
	unsigned style_count;
	bool struck[EXCEL97_FONTS_MAX]; /* by the number that names a font */
	unsigned font_count;
};

/* A format whose text is mask, kept in a if it is one of numfmt.h's; the bodies of a FONT and an XF. */
void excel97_styles_format(struct excel97_styles *s, struct arena *a, unsigned id, struct bytes mask);
void excel97_styles_font(struct excel97_styles *s, struct bytes body);
void excel97_styles_style(struct excel97_styles *s, struct bytes body);

/* The mask of a cell's style, or NULL; is all that stands in the cell struck through? */
const char *excel97_styles_mask(const struct excel97_styles *s, unsigned style);
bool excel97_styles_strikes(const struct excel97_styles *s, unsigned style);

/* Take out of a string in UTF-8 what its runs strike through, and NULs. runs: of each its first UTF-16 unit
 * and its font, 16 bits both, in order. What stands before the first run has the font of the cell; its length
 * that stays is returned. */
size_t excel97_styles_cut(const struct excel97_styles *s, struct buf *text, struct bytes runs);

#endif
