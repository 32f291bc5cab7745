/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page of an OFD as a picture, for what its characters do not say: glyphs by their number in a font that is
 * embedded, and the rules between them. Only outlines are drawn; no program in a font is run. Lengths in
 * points, x to the right, y downwards. */
#ifndef MINGPIAN_PARSERS_OFD_DRAW_H
#define MINGPIAN_PARSERS_OFD_DRAW_H

#include "config/buf.h"
#include "parsers/page_grid.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	OFD_DRAW_POINTS_MAX = 2000000, /* of outlines, a page; a form has some ten thousand */
	OFD_DRAW_GLYPHS_MAX = 20000,
};

/* A font's outlines. */
struct ofd_face;

/* Takes data over. NULL: no font that has outlines. */
struct ofd_face *ofd_face_open(struct buf *data);
void ofd_face_close(struct ofd_face *f); /* NULL is fine */

struct ofd_drawing;

/* A white page; NULL where it is no page of this world. */
struct ofd_drawing *ofd_drawing_new(double width, double height);
void ofd_drawing_free(struct ofd_drawing *d); /* NULL is fine */

void ofd_drawing_stroke(struct ofd_drawing *d, double x0, double y0, double x1, double y1);
void ofd_drawing_fill(struct ofd_drawing *d, struct page_box box);

/* Where an em of a font comes to stand: a point (u, v) of it, v upwards, at x + u a + v c, y + u b + v d. */
struct ofd_em {
	double a, b, c, d, x, y;
};

/* Draw a glyph, or where it is 0 the one that the font has for the character. face may be NULL. What has no
 * shape is counted; see ofd_drawing_lacks(). */
void ofd_drawing_glyph(struct ofd_drawing *d, const struct ofd_face *face, unsigned glyph, uint32_t character,
                       struct ofd_em at);

/* Is the picture not what a person would see: a quarter of the glyphs has no shape, or there is more to draw
 * than is drawn? */
bool ofd_drawing_lacks(const struct ofd_drawing *d);

/* Append it as PNG. False: beyond out's ceiling. */
bool ofd_drawing_png(struct ofd_drawing *d, struct buf *out);

#endif
