/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/rtf_text.h"

#include <stdlib.h>
#include <string.h>

enum word_kind {
	DESTINATION, /* what is in its group is no text */
	HEADER,
	TRANSPARENT, /* a \* destination that is read all the same */
	CHARACTER,   /* stands for the character n */
	PARAGRAPH,
	LINE,
	CELL,
	NEST_CELL,
	ROW,
	NEST_ROW, /* ends */
	INTBL,
	ITAP,
	PARD,
	TROWD,
	TRLEFT,
	CELLX,
	MARK,
	NEST_PROPERTIES,
	BOX,
	HIDE,
	STRIKE,
	SHADOW,
	PICT,
	BLIP,
	OBJECT,
	HTML_TAG,
	PLAIN,
	FIELD_CODE,
	LIST,
	LIST_DEFAULT,
	LIST_CHOICE,
	LIST_ENTRY,
	TWIN,
	TWIN_UNICODE,
	FONT,
	UC,
	UNICODE,
	FONT_TABLE,
	FONT_CHARSET,
	CODE_PAGE,
	DEFAULT_FONT,
};

static const struct word {
	const char *name;
	enum word_kind kind;
	int n;
} words[] = {
        /* sorted by name, for bsearch() */
        {"ansicpg", CODE_PAGE, 0},
        {"bullet", CHARACTER, 0x2022},
        {"cell", CELL, 0},
        {"cellx", CELLX, 0},
        {"clmgf", MARK, ROWTABLE_COLUMN_FIRST},
        {"clmrg", MARK, ROWTABLE_COLUMN_MORE},
        {"clvmgf", MARK, ROWTABLE_ROW_FIRST},
        {"clvmrg", MARK, ROWTABLE_ROW_MORE},
        {"colortbl", DESTINATION, 0},
        {"deff", DEFAULT_FONT, 0},
        {"deleted", HIDE, 0},
        {"dibitmap", BLIP, 0},
        {"emdash", CHARACTER, 0x2014},
        {"emfblip", BLIP, 0},
        {"emspace", CHARACTER, ' '},
        {"endash", CHARACTER, 0x2013},
        {"enspace", CHARACTER, ' '},
        {"f", FONT, 0},
        {"fcharset", FONT_CHARSET, 0},
        {"ffdefres", LIST_DEFAULT, 0},
        {"ffl", LIST_ENTRY, 0},
        {"ffres", LIST_CHOICE, 0},
        {"fldinst", FIELD_CODE, 0},
        {"fonttbl", FONT_TABLE, 0},
        {"footer", HEADER, 0},
        {"footerf", HEADER, 0},
        {"footerl", HEADER, 0},
        {"footerr", HEADER, 0},
        {"footnote", DESTINATION, 0},
        {"formfield", LIST, 0},
        {"header", HEADER, 0},
        {"headerf", HEADER, 0},
        {"headerl", HEADER, 0},
        {"headerr", HEADER, 0},
        {"htmlrtf", SHADOW, 0},
        {"htmltag", HTML_TAG, 0},
        {"info", DESTINATION, 0},
        {"intbl", INTBL, 0},
        {"itap", ITAP, 0},
        {"jpegblip", BLIP, 0},
        {"ldblquote", CHARACTER, 0x201C},
        {"line", LINE, 0},
        {"listtext", DESTINATION, 0},
        {"lquote", CHARACTER, 0x2018},
        {"macpict", BLIP, 0},
        {"nestcell", NEST_CELL, 0},
        {"nestrow", NEST_ROW, 0},
        {"nesttableprops", NEST_PROPERTIES, 0},
        {"nonesttables", DESTINATION, 0},
        {"nonshppict", DESTINATION, 0},
        {"objdata", OBJECT, 0},
        {"page", PARAGRAPH, 0},
        {"par", PARAGRAPH, 0},
        {"pard", PARD, 0},
        {"pict", PICT, 0},
        {"plain", PLAIN, 0},
        {"pngblip", BLIP, 0},
        {"pntext", DESTINATION, 0},
        {"rdblquote", CHARACTER, 0x201D},
        {"row", ROW, 0},
        {"rquote", CHARACTER, 0x2019},
        {"sect", PARAGRAPH, 0},
        {"shpinst", TRANSPARENT, 0},
        {"shppict", TRANSPARENT, 0},
        {"shprslt", DESTINATION, 0},
        {"shptxt", BOX, 0},
        {"sp", DESTINATION, 0},
        {"strike", STRIKE, 0},
        {"striked", STRIKE, 0},
        {"stylesheet", DESTINATION, 0},
        {"tab", CHARACTER, '\t'},
        {"trleft", TRLEFT, 0},
        {"trowd", TROWD, 0},
        {"u", UNICODE, 0},
        {"uc", UC, 0},
        {"ud", TWIN_UNICODE, 0},
        {"upr", TWIN, 0},
        {"v", HIDE, 0},
        {"wbitmap", BLIP, 0},
        {"wmetafile", BLIP, 0},
};

static int
word_compare(const void *name, const void *row)
{
	return strcmp(name, ((const struct word *)row)->name);
}

static int
definition_depth(const struct rtf *r)
{
	return r->s.nested ? rtf_depth(r) : r->s.box + 1;
}

static void
table_word(struct rtf *r, const struct word *w, int n)
{
	int at = definition_depth(r);

	if (r->html || r->s.code)
		return;
	switch (w->kind) {
	case CELL: rtf_end_cell(r, r->s.box + 1); break;
	case NEST_CELL: rtf_end_cell(r, rtf_depth(r)); break;
	case ROW: rowtable_end_row(r->tables, r->s.box + 1); break;
	case NEST_ROW: rowtable_end_row(r->tables, rtf_depth(r)); break;
	case TROWD: rowtable_define_row(r->tables, at); break;
	case TRLEFT: rowtable_define_left(r->tables, at, n); break;
	case CELLX: rowtable_define_cell(r->tables, at, n); break;
	case MARK: rowtable_define_mark(r->tables, at, (enum rowtable_mark)w->n); break;
	default: break;
	}
}

static void
font_word(struct rtf *r, const struct word *w, int n)
{
	switch (w->kind) {
	case FONT: r->s.font = n; break;
	case DEFAULT_FONT: r->default_font = r->s.font = n; break;
	case CODE_PAGE: r->code_page = n; break;
	case FONT_CHARSET:
		if (r->s.fonts && r->s.font >= 0 && r->s.font < RTF_FONTS_MAX)
			r->charset_of[r->s.font] = (unsigned char)n;
		break;
	default: break;
	}
}

static void
state_word(struct rtf *r, const struct word *w, bool has_n, int n)
{
	switch (w->kind) {
	case DESTINATION: r->s.skip = true; break;
	case HEADER: rtf_begin_header(r); break;
	case FONT_TABLE: r->s.fonts = r->s.skip = true; break;
	case NEST_PROPERTIES: r->s.nested = true; break;
	case BOX: rtf_begin_box(r); break;
	case HIDE: r->s.hidden = !has_n || n != 0; break;
	case HTML_TAG: r->s.skip = !r->html; break;
	case PICT: r->s.pict = true; break;
	case BLIP: r->s.blip = r->s.pict; break;
	case FIELD_CODE: rtf_begin_code(r); break;
	case LIST: rtf_begin_list(r); break;
	case LIST_DEFAULT: rtf_choose(r, n, true); break;
	case LIST_CHOICE: rtf_choose(r, n, false); break;
	case LIST_ENTRY: rtf_begin_entry(r); break;
	case TWIN: r->s.skip = r->s.twin = true; break;
	case OBJECT: r->s.object = r->s.blip = r->s.pict = true; break;
	case SHADOW: r->s.shadow = !has_n || n != 0; break;
	case STRIKE: r->s.struck = !has_n || n != 0; break;
	case PLAIN:
		r->s.hidden = r->s.struck = false;
		r->s.font = r->default_font;
		break;
	case UC: r->s.uc = n >= 0 && n < 16 ? n : 1; break;
	case INTBL: r->intbl = true; break;
	case ITAP: r->itap = n > 0 && n <= ROWTABLE_DEPTH ? n : 0; break;
	case PARD:
		r->intbl = false;
		r->itap = 0;
		break;
	default: break;
	}
}

void
rtf_word(struct rtf *r, const char *name, bool has_n, int n)
{
	const struct word *w =
	        bsearch(name, words, sizeof words / sizeof words[0], sizeof words[0], word_compare);
	bool star = r->star;

	r->star = false;
	if (!w) {
		r->s.skip |= star;
		return;
	}
	font_word(r, w, n);
	if (w->kind == TWIN_UNICODE) {
		r->s.skip = !r->s.twin;
		r->s.twin = false;
	}
	if (r->s.skip)
		return;
	switch (w->kind) {
	case CHARACTER: rtf_put_character(r, (uint32_t)w->n); break;
	case UNICODE: rtf_put_unicode(r, n); break;
	case LINE: rtf_put_character(r, '\n'); break;
	case PARAGRAPH:
		if (!r->s.code)
			rtf_end_paragraph(r, rtf_depth(r));
		break;
	default: table_word(r, w, n); state_word(r, w, has_n, n);
	}
}
