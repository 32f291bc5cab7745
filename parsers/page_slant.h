/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text that runs at a slant over a page: a watermark, "内部资料" or the name of who printed it, once or in
 * tiles. It lies over the cells and is none of what stands in them.
 *
 * A PDF's reader tells boxes that are level however the text runs, and joins two or three characters of such
 * a text whose boxes overlap. So it is told by its steps: upright text goes on at its own height, or a line
 * further down, and a full-width character of it is as wide as its font is high; text at a slant climbs, or
 * falls, by a part of its own height at each step, and its boxes are narrower by the cosine. */
#ifndef MINGPIAN_PARSERS_PAGE_SLANT_H
#define MINGPIAN_PARSERS_PAGE_SLANT_H

#include "parsers/page_grid.h"

#include <stdbool.h>
#include <stddef.h>

enum { PAGE_STYLES_MAX = 256 };

/* A character that is not blank, in the order in which it was told. */
struct page_mark {
	struct page_box box;
	double em; /* its font's size, in points */
	int style; /* the same for the same font, size and colour; what is beyond PAGE_STYLES_MAX is one */
	bool full; /* full-width */
	bool slanted;
};

/* Set `slanted` where it is so: three steps in one direction, or two where all of that style runs so. */
void page_slant_find(struct page_mark *marks, size_t count);

#endif
