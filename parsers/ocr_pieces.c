/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ocr_pieces.h"

#include <leptonica/allheaders.h>
#include <limits.h>
#include <stdlib.h>

enum {
	INK_BELOW = 140,   /* a gray level that is ink */
	OTHER_CELL = 1000, /* as far away as a line of another cell counts */
	ABOVE_WIDTH = 4, /* times a line's height: so much of it is read again before a short one below it */
};

/* What of a box lies in a cell, its rules left out. */
static struct ocr_box
piece_in(struct ocr_box b, struct ocr_box cell)
{
	int right = b.x + b.w < cell.x + cell.w - 2 ? b.x + b.w : cell.x + cell.w - 2;
	int bottom = b.y + b.h < cell.y + cell.h - 2 ? b.y + b.h : cell.y + cell.h - 2;

	b.x = b.x > cell.x + 2 ? b.x : cell.x + 2;
	b.y = b.y > cell.y + 2 ? b.y : cell.y + 2;
	b.w = right - b.x;
	b.h = bottom - b.y;
	return b;
}

/* Two cells' texts may be found as one box: each gets its piece, unless it is but the margin of it. */
static bool
is_piece(struct ocr_box piece, struct ocr_box of)
{
	return piece.h * 2 >= of.h && (piece.w * 10 >= of.h * 6 || piece.w * 2 >= of.w) && piece.w >= 6;
}

size_t
ocr_pieces_cut(const struct ocr_box *boxes, size_t count, const struct ocr_box *cells, size_t n,
               struct ocr_piece *out, size_t max)
{
	size_t pieces = 0;

	for (size_t i = 0; i < count; i++) {
		bool inside = false;

		for (size_t k = 0; k < n && pieces < max; k++) {
			struct ocr_box box = piece_in(boxes[i], cells[k]);

			if (!is_piece(box, boxes[i]))
				continue;
			inside = true;
			out[pieces++] = (struct ocr_piece){box, k};
		}
		if (!inside && pieces < max)
			out[pieces++] = (struct ocr_piece){boxes[i], n};
	}
	return pieces;
}

/* Do two pieces of one cell stand side by side? */
static bool
is_beside(const struct ocr_piece *x, const struct ocr_piece *y)
{
	int top = x->box.y > y->box.y ? x->box.y : y->box.y;
	int x_bottom = x->box.y + x->box.h, y_bottom = y->box.y + y->box.h;

	return x != y && x->cell == y->cell &&
	       (x_bottom < y_bottom ? x_bottom : y_bottom) - top > x->box.h / 3;
}

bool
ocr_piece_within(const struct ocr_piece *x, const struct ocr_piece *y)
{
	struct ocr_box a = x->box, b = y->box;
	int right = a.x + a.w < b.x + b.w ? a.x + a.w : b.x + b.w;
	int bottom = a.y + a.h < b.y + b.h ? a.y + a.h : b.y + b.h;
	int w = right - (a.x > b.x ? a.x : b.x), h = bottom - (a.y > b.y ? a.y : b.y);

	return x->cell == y->cell && a.w < b.w && w * 2 > a.w && h * 2 > a.h;
}

/* The middle of the widest part without ink of a box's columns; its own middle where there is none. */
static int
gap_in(PIX *gray, struct ocr_box b)
{
	BOX *box = boxCreateValid(b.x, b.y, b.w, b.h);
	PIX *part = box ? pixClipRectangle(gray, box, NULL) : NULL;
	PIX *ink = part ? pixThresholdToBinary(part, INK_BELOW) : NULL;
	NUMA *columns = ink ? pixCountPixelsByColumn(ink) : NULL;
	int from = 0, best = 0, at = b.w / 2;

	for (int x = 0; columns && x < numaGetCount(columns); x++) {
		int n = 0;

		(void)numaGetIValue(columns, x, &n);
		from = n ? x + 1 : from;
		if (x + 1 - from > best) {
			best = x + 1 - from;
			at = from + best / 2;
		}
	}
	numaDestroy(&columns);
	pixDestroy(&ink);
	pixDestroy(&part);
	boxDestroy(&box);
	return b.x + at;
}

void
ocr_pieces_part(PIX *gray, struct ocr_piece *pieces, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < count; k++) {
			struct ocr_box *x = &pieces[i].box, *y = &pieces[k].box;
			int right = x->x + x->w, from = y->x - y->h / 4, at;

			if (!is_beside(&pieces[i], &pieces[k]) || ocr_piece_within(&pieces[i], &pieces[k]) ||
			    ocr_piece_within(&pieces[k], &pieces[i]) || y->x <= x->x || y->x >= right)
				continue;
			from = from > x->x + x->w / 2 ? from : x->x + x->w / 2;
			at = gap_in(gray, (struct ocr_box){from, y->y, right - from, y->h});
			x->w = at - x->x;
			y->w += y->x - at;
			y->x = at;
		}
	}
}

struct ocr_box
ocr_piece_with_ends(const struct ocr_piece *pieces, size_t count, const struct ocr_piece *p,
                    struct ocr_box cell, int more)
{
	struct ocr_box b = p->box;
	int right = b.x + b.w + b.h * more / 100, left = b.x - b.h / 4;

	if (2 * b.w < 3 * b.h)
		return b; /* one character: white beside it, it is read for another */
	right = right < cell.x + cell.w - 2 ? right : cell.x + cell.w - 2;
	left = left > cell.x + 2 ? left : cell.x + 2;
	for (size_t i = 0; i < count; i++) {
		const struct ocr_box *o = &pieces[i].box;

		if (!is_beside(p, &pieces[i]) || ocr_piece_within(&pieces[i], p))
			continue;
		if (o->x >= b.x + b.w / 2 && o->x < right)
			right = o->x;
		if (o->x + o->w <= b.x + b.w / 2 && o->x + o->w > left)
			left = o->x + o->w;
	}
	if (right > b.x + b.w)
		b.w = right - b.x;
	if (left < b.x) {
		b.w += b.x - left;
		b.x = left;
	}
	return b;
}

struct ocr_box
ocr_piece_above(const struct ocr_piece *pieces, size_t count, const struct ocr_piece *p)
{
	struct ocr_box b = {0};
	int best = INT_MAX;

	for (size_t i = 0; i < count; i++) {
		const struct ocr_box *o = &pieces[i].box;
		int far = abs(p->box.y - o->y) +
		          (pieces[i].cell == p->cell && o->y < p->box.y ? 0 : OTHER_CELL);

		if (&pieces[i] == p || o->w < 2 * o->h || far >= best)
			continue;
		best = far;
		b = *o;
	}
	if (b.w > ABOVE_WIDTH * b.h) {
		b.x += b.w - ABOVE_WIDTH * b.h;
		b.w = ABOVE_WIDTH * b.h;
	}
	return b;
}

bool
ocr_cell_last(struct ocr_box cell, const struct ocr_box *cells, size_t n)
{
	int right = cell.x + cell.w, middle = cell.y + cell.h / 2;

	for (size_t i = 0; i < n; i++)
		if (cells[i].x > cell.x + cell.w / 2 && cells[i].x + cells[i].w > right &&
		    cells[i].y <= middle && middle < cells[i].y + cells[i].h)
			return false;
	return true;
}
