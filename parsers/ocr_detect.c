/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ocr_detect.h"

#include <math.h>
#include <stdlib.h>

enum {
	DETECT_SCALE = 50,       /* %: of the page, to find its text in */
	DETECT_PIXELS = 1200000, /* of it at most: its memory and its time go by them */
	CONTENT_MARGIN = 16,     /* of white around all ink, left for the network */
};

/* The post-processing's own figures, from PaddleOCR's DBPostProcess. */
static const float ink_least = 0.3F, box_least = 0.5F;
static const double unclip = 1.6;

/* The mean of what is text in a box of the map. */
static float
box_score(const struct answer *map, int x, int y, int w, int h)
{
	float sum = 0;
	int n = 0;

	for (int j = y; j < y + h; j++) {
		for (int i = x; i < x + w; i++) {
			float v = map->at[(size_t)j * (size_t)map->shape[3] + (size_t)i];

			sum += v > ink_least ? v : 0;
			n += v > ink_least;
		}
	}
	return n ? sum / (float)n : 0;
}

static PIX *
text_mask(const struct answer *map)
{
	int w = (int)map->shape[3], h = (int)map->shape[2];
	PIX *mask = pixCreate(w, h, 1);

	for (int y = 0; mask && y < h; y++) {
		l_uint32 *line = pixGetData(mask) + (size_t)y * (size_t)pixGetWpl(mask);

		for (int x = 0; x < w; x++)
			if (map->at[(size_t)y * (size_t)w + (size_t)x] > ink_least)
				SET_DATA_BIT(line, x);
	}
	return mask;
}

/* The boxes of the map of a part of the page, on the page: the network marks the core of a line, they are
 * widened again. */
static size_t
boxes_of(const struct answer *map, struct ocr_box part, struct ocr_box *out)
{
	PIX *mask = text_mask(map);
	BOXA *cores = mask ? pixConnComp(mask, NULL, 8) : NULL;
	double by_x = (double)part.w / (double)map->shape[3], by_y = (double)part.h / (double)map->shape[2];
	size_t n = 0;

	for (int i = 0; cores && i < boxaGetCount(cores) && n < OCR_BOXES_MAX; i++) {
		int x, y, w, h;
		double wider, left, top, right, bottom;

		(void)boxaGetBoxGeometry(cores, i, &x, &y, &w, &h);
		if (w < 3 || h < 3 || box_score(map, x, y, w, h) < box_least)
			continue;
		wider = (double)w * h * unclip / (2.0 * (w + h));
		left = fmax(0, (x - wider) * by_x);
		top = fmax(0, (y - wider) * by_y);
		right = fmin(part.w, (x + w + wider) * by_x);
		bottom = fmin(part.h, (y + h + wider) * by_y);
		if (bottom - top >= 8)
			out[n++] = (struct ocr_box){part.x + (int)left, part.y + (int)top,
			                            (int)(right - left), (int)(bottom - top)};
	}
	boxaDestroy(&cores);
	pixDestroy(&mask);
	return n;
}

static int
multiple_of_32(double n)
{
	int m = ((int)n + 16) / 32 * 32;

	return m < 32 ? 32 : m;
}

/* The part of the page that is not empty: mostly half of it. Sought on a page of a quarter's size. */
static struct ocr_box
content_of(PIX *gray)
{
	struct ocr_box all = {0, 0, pixGetWidth(gray), pixGetHeight(gray)}, b;
	PIX *small = pixScaleSmooth(gray, 0.25F, 0.25F);
	PIX *even = small ? pixBackgroundNormSimple(small, NULL, NULL) : NULL;
	PIX *ink = even ? pixThresholdToBinary(even, 200) : NULL;
	PIX *clean = ink ? pixOpenBrick(NULL, ink, 2, 2) : NULL;
	BOX *box = NULL;

	if (clean && pixClipToForeground(clean, NULL, &box) == 0 && box &&
	    boxGetGeometry(box, &b.x, &b.y, &b.w, &b.h) == 0) {
		int right = 4 * (b.x + b.w) + CONTENT_MARGIN, bottom = 4 * (b.y + b.h) + CONTENT_MARGIN;

		b.x = 4 * b.x > CONTENT_MARGIN ? 4 * b.x - CONTENT_MARGIN : 0;
		b.y = 4 * b.y > CONTENT_MARGIN ? 4 * b.y - CONTENT_MARGIN : 0;
		all = (struct ocr_box){b.x, b.y, (right < all.w ? right : all.w) - b.x,
		                       (bottom < all.h ? bottom : all.h) - b.y};
	}
	boxDestroy(&box);
	pixDestroy(&clean);
	pixDestroy(&ink);
	pixDestroy(&even);
	pixDestroy(&small);
	return all;
}

/* A part of the page as the network that finds text wants it. */
static PIX *
for_detection(PIX *gray, struct ocr_box part)
{
	double by = DETECT_SCALE / 100.0, most = (double)DETECT_PIXELS / part.w / part.h;
	BOX *box = boxCreateValid(part.x, part.y, part.w, part.h);
	PIX *piece = box ? pixClipRectangle(gray, box, NULL) : NULL, *small = NULL;

	by = by * by > most ? sqrt(most) : by;
	if (piece)
		small = pixScaleToSize(piece, multiple_of_32(part.w * by), multiple_of_32(part.h * by));
	pixDestroy(&piece);
	boxDestroy(&box);
	return small;
}

bool
ocr_detect(const struct network *n, PIX *gray, struct ocr_box *out, size_t *count_r, struct err *e)
{
	static const float mean[3] = {0.485F, 0.456F, 0.406F}, deviation[3] = {0.229F, 0.224F, 0.225F};
	struct ocr_box part = content_of(gray);
	PIX *small = for_detection(gray, part);
	struct tensor t = {0};
	struct answer map = {0};
	bool ok;

	*count_r = 0;
	if (!small)
		return err_set(e, ERR_TOO_LARGE, "no memory to look for text");
	t = tensor_of(small, mean, deviation);
	pixDestroy(&small);
	ok = network_run(n, &t, &map, e);
	if (ok && map.rank == 4)
		*count_r = boxes_of(&map, part, out);
	answer_free(&map);
	free(t.at);
	return ok;
}
