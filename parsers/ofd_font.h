/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A font that is embedded in an OFD, asked for what its glyphs mean: its cmap, turned about. */
#ifndef MINGPIAN_PARSERS_OFD_FONT_H
#define MINGPIAN_PARSERS_OFD_FONT_H

#include "config/buf.h"

#include <stdint.h>

struct ofd_font;

/* The file is not needed any more afterwards. NULL: it is no font, or one that does not say. */
struct ofd_font *ofd_font_open(struct bytes file);
void ofd_font_close(struct ofd_font *f); /* NULL is fine */

/* The character that this glyph is drawn for; 0: unknown. f may be NULL. */
uint32_t ofd_font_character(const struct ofd_font *f, unsigned glyph);

#endif
