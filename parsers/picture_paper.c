/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/picture_paper.h"

#include <leptonica/allheaders.h>
#include <stdbool.h>
#include <stdlib.h>

enum {
	NARROW = 200,    /* pixels of the narrow side, to look at: a line of writing is a gray bar there */
	LIGHT_RANK = 95, /* %: of the picture's light, that its paper has at least … */
	LIGHT = 60,      /* … so much of, in a lamp's shade as well */
	COLOUR = 30,     /* %: more saturation is no paper's, in a lamp's yellow as well */
	EVEN = 10,       /* levels between neighbours: more is no bare paper */
};

/* A pixel: how light its lightest colour is, how saturated in percent, and how light it is in all. */
struct seen {
	int light, colour, gray;
};

static struct seen
look_at(PIX *small, int x, int y)
{
	const l_uint32 *line = pixGetData(small) + (size_t)y * (size_t)pixGetWpl(small);
	int r, g, b, most, least;

	if (pixGetDepth(small) == 8) {
		r = GET_DATA_BYTE(line, x);
		return (struct seen){r, 0, r};
	}
	extractRGBValues(line[x], &r, &g, &b);
	most = r > g ? r : g;
	most = most > b ? most : b;
	least = r < g ? r : g;
	least = least < b ? least : b;
	return (struct seen){most, most ? 100 * (most - least) / most : 0, (r + g + b) / 3};
}

/* The light that so many percent of the pixels do not have. */
static int
light_of_paper(PIX *small)
{
	int w = pixGetWidth(small), h = pixGetHeight(small), count[256] = {0}, level = 0;
	long below = 0;

	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++)
			count[look_at(small, x, y).light]++;
	while (level < 255 && 100 * (below += count[level]) < (long)LIGHT_RANK * w * h)
		level++;
	return level;
}

struct picture_paper
picture_paper_of(PIX *pix)
{
	int w = pixGetWidth(pix), h = pixGetHeight(pix), narrow = w < h ? w : h;
	l_float32 by = narrow > NARROW ? (l_float32)NARROW / (l_float32)narrow : 1;
	PIX *small = by < 1 ? pixScaleAreaMap(pix, by, by) : pixClone(pix);
	struct picture_paper paper = {0};
	long bare = 0, filled = 0;
	int least;

	if (!small)
		return paper;
	w = pixGetWidth(small) - 1;
	h = pixGetHeight(small) - 1;
	least = light_of_paper(small) * LIGHT / 100;
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			struct seen s = look_at(small, x, y);
			bool even = abs(s.gray - look_at(small, x + 1, y).gray) +
			                    abs(s.gray - look_at(small, x, y + 1).gray) <
			            EVEN;

			if (s.light < least || s.colour > COLOUR)
				continue;
			bare += even;
			filled += !even;
		}
	pixDestroy(&small);
	if (w > 0 && h > 0)
		paper = (struct picture_paper){(double)bare / w / h, (double)filled / w / h};
	return paper;
}
