/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ofd_font.h"

#include "config/mem.h"

#include <ft2build.h>
#include <stdlib.h>
#include FT_FREETYPE_H

enum { GLYPHS_MAX = 65536, CODES_MAX = 400000 };

struct ofd_font {
	uint32_t meaning[GLYPHS_MAX];
};

/* Where several characters share a glyph, the first that no compatibility form is: fonts give 女 (U+5973)
 * and U+F981 one shape, and the former comes first. */
static bool
note_all(struct ofd_font *f, FT_Face face)
{
	FT_UInt glyph = 0;
	FT_ULong code = FT_Get_First_Char(face, &glyph);
	bool any = false;

	for (int n = 0; glyph && n < CODES_MAX; n++) {
		if (glyph < GLYPHS_MAX && !f->meaning[glyph] && code >= ' ' && code <= 0x10FFFF) {
			f->meaning[glyph] = (uint32_t)code;
			any = true;
		}
		code = FT_Get_Next_Char(face, code, &glyph);
	}
	return any;
}

struct ofd_font *
ofd_font_open(struct bytes file)
{
	struct ofd_font *f = NULL;
	FT_Library library = NULL;
	FT_Face face = NULL;

	if (FT_Init_FreeType(&library) != 0)
		mem_die("starting to read fonts");
	if (FT_New_Memory_Face(library, file.at, (FT_Long)file.len, 0, &face) == 0 &&
	    FT_Select_Charmap(face, FT_ENCODING_UNICODE) == 0) {
		f = mem_alloc(1, sizeof *f);
		if (!note_all(f, face)) {
			free(f);
			f = NULL;
		}
	}
	if (face)
		(void)FT_Done_Face(face);
	(void)FT_Done_FreeType(library);
	return f;
}

void
ofd_font_close(struct ofd_font *f)
{
	free(f);
}

uint32_t
ofd_font_character(const struct ofd_font *f, unsigned glyph)
{
	return f && glyph < GLYPHS_MAX ? f->meaning[glyph] : 0;
}
