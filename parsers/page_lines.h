/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From characters at their places to lines, and from lines to paragraphs.
 *
 * A fixed page says nothing of paragraphs. A line goes on in the next one where the next one's first
 * word had no room left in it; a line that ended early, or one that is indented, begins or ends a
 * paragraph. All lengths in points, y downwards. */
#ifndef MINGPIAN_PARSERS_PAGE_LINES_H
#define MINGPIAN_PARSERS_PAGE_LINES_H

#include "config/mem.h"
#include "parsers/page_grid.h"

#include <stdbool.h>
#include <stddef.h>

struct page_glyph {
	struct page_box box;
	char text[8]; /* one character, UTF-8; of white space only " " */
};

struct page_line {
	struct page_box box;
	double em;        /* the height of its characters */
	const char *text; /* never empty */
};

struct page_lines {
	struct page_line *at;
	size_t count;
};

/* The lines of these characters from top to bottom (glyphs are sorted in place). What stands far apart
 * in a line is parted by gap. */
struct page_lines page_lines(struct arena *a, struct page_glyph **glyphs, size_t count, const char *gap);

/* What a cell holds, or a piece of running text. */
struct page_text {
	const char *text; /* paragraphs parted by \n; "" where nothing */
	bool full;        /* the last line had no room left: it may go on elsewhere */
	bool indented;    /* the first line is indented: no line goes on in it */
};

/* Lines that stand between left and right. */
struct page_text page_paragraphs(struct arena *a, struct page_lines lines, double left, double right);

/* Join two pieces of one text that a page's end tore apart. */
struct page_text page_text_join(struct arena *a, struct page_text upper, struct page_text lower);

#endif
