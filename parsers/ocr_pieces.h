/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From boxes that hold text to pieces of lines, each in one cell of the table. The network that finds text
 * marks the core of it; its boxes are wider, reach over rules and into each other. */
#ifndef MINGPIAN_PARSERS_OCR_PIECES_H
#define MINGPIAN_PARSERS_OCR_PIECES_H

#include "parsers/ocr.h"

struct ocr_piece {
	struct ocr_box box;
	size_t cell; /* as many as there are cells: in none */
};

/* The pieces of all boxes, at most max; a box in no cell is one itself. */
size_t ocr_pieces_cut(const struct ocr_box *boxes, size_t count, const struct ocr_box *cells, size_t n,
                      struct ocr_piece *out, size_t max);

/* Pieces side by side that reach into each other are parted where no ink is. That may be a little before the
 * second begins: of its first character the network marks but the core. gray: 8 bits a pixel. */
void ocr_pieces_part(struct Pix *gray, struct ocr_piece *pieces, size_t count);

/* Does most of x lie in y, the larger one? Then it is what y's neighbour reached over the rule. */
bool ocr_piece_within(const struct ocr_piece *x, const struct ocr_piece *y);

/* A mark at a line's end is little ink, and the network leaves it out: p, one of the pieces, longer by so
 * many percent of its height, as far as its cell and what stands beside it leave room. */
struct ocr_box ocr_piece_with_ends(const struct ocr_piece *pieces, size_t count, const struct ocr_piece *p,
                                   struct ocr_box cell, int more);

/* The end of the line above a piece, in its cell; else of another one near: enough to see how characters look
 * there. Without width: there is none. */
struct ocr_box ocr_piece_above(const struct ocr_piece *pieces, size_t count, const struct ocr_piece *p);

/* Does no cell follow on a cell's right? */
bool ocr_cell_last(struct ocr_box cell, const struct ocr_box *cells, size_t n);

#endif
