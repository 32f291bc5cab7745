/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ofd_draw.h"

#include "config/mem.h"

#include <cairo.h>
#include <ft2build.h>
#include <math.h>
#include <stdlib.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

enum {
	SIDE_MAX = 4000,         /* pixels */
	PAGE_POINTS_MAX = 20000, /* a page is no longer, no wider */
};

static const double DPI = 200;
static const double THICKEST = 3;   /* points, of a filled box that is a line */
static const double THINNEST = 0.7; /* points: a hair line is seen all the same */

struct ofd_face {
	struct buf data;
	FT_Library library;
	FT_Face face;
};

struct ofd_drawing {
	cairo_surface_t *surface;
	cairo_t *cairo;
	size_t glyphs, missing, points;
	bool over;
};

/* ---- fonts ---- */

struct ofd_face *
ofd_face_open(struct buf *data)
{
	struct ofd_face *f = mem_alloc(1, sizeof *f);

	f->data = *data;
	*data = (struct buf){0};
	if (FT_Init_FreeType(&f->library) != 0)
		mem_die("starting to read fonts");
	if (FT_New_Memory_Face(f->library, (const FT_Byte *)f->data.at, (FT_Long)f->data.len, 0, &f->face) !=
	            0 ||
	    !FT_IS_SCALABLE(f->face) || !f->face->units_per_EM) {
		ofd_face_close(f);
		return NULL;
	}
	return f;
}

void
ofd_face_close(struct ofd_face *f)
{
	if (!f)
		return;
	if (f->face)
		(void)FT_Done_Face(f->face);
	(void)FT_Done_FreeType(f->library);
	buf_free(&f->data);
	free(f);
}

/* ---- the page ---- */

struct ofd_drawing *
ofd_drawing_new(double width, double height)
{
	double scale = fmin(DPI / 72, SIDE_MAX / fmax(width, height));
	struct ofd_drawing *d;

	if (!(width > 1 && height > 1 && width < PAGE_POINTS_MAX && height < PAGE_POINTS_MAX))
		return NULL;
	d = mem_alloc(1, sizeof *d);
	d->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(width * scale),
	                                        (int)ceil(height * scale));
	d->cairo = cairo_create(d->surface);
	cairo_set_source_rgb(d->cairo, 1, 1, 1);
	cairo_paint(d->cairo);
	cairo_set_source_rgb(d->cairo, 0, 0, 0);
	cairo_scale(d->cairo, scale, scale);
	cairo_set_line_width(d->cairo, THINNEST);
	return d;
}

void
ofd_drawing_free(struct ofd_drawing *d)
{
	if (!d)
		return;
	cairo_destroy(d->cairo);
	cairo_surface_destroy(d->surface);
	free(d);
}

/* May so many more points be drawn? */
static bool
counts(struct ofd_drawing *d, size_t points)
{
	d->points += points;
	d->over = d->over || d->points > OFD_DRAW_POINTS_MAX || d->glyphs > OFD_DRAW_GLYPHS_MAX;
	return !d->over;
}

void
ofd_drawing_stroke(struct ofd_drawing *d, double x0, double y0, double x1, double y1)
{
	if (!counts(d, 2))
		return;
	cairo_move_to(d->cairo, x0, y0);
	cairo_line_to(d->cairo, x1, y1);
	cairo_stroke(d->cairo);
}

void
ofd_drawing_fill(struct ofd_drawing *d, struct page_box box)
{
	/* what is no line is a ground: what colour it has is not known */
	if (fmin(box.x1 - box.x0, box.y1 - box.y0) > THICKEST || !counts(d, 4))
		return;
	cairo_rectangle(d->cairo, box.x0, box.y0, fmax(box.x1 - box.x0, THINNEST),
	                fmax(box.y1 - box.y0, THINNEST));
	cairo_fill(d->cairo);
}

/* ---- outlines ---- */

static int
move_to(const FT_Vector *to, void *cairo)
{
	cairo_close_path(cairo);
	cairo_move_to(cairo, (double)to->x, (double)to->y);
	return 0;
}

static int
line_to(const FT_Vector *to, void *cairo)
{
	cairo_line_to(cairo, (double)to->x, (double)to->y);
	return 0;
}

/* A quadratic curve is a cubic one whose handles lie two thirds of the way to its own. */
static int
conic_to(const FT_Vector *handle, const FT_Vector *to, void *cairo)
{
	double x, y, hx = (double)handle->x, hy = (double)handle->y, tx = (double)to->x, ty = (double)to->y;

	cairo_get_current_point(cairo, &x, &y);
	cairo_curve_to(cairo, (x + 2 * hx) / 3, (y + 2 * hy) / 3, (tx + 2 * hx) / 3, (ty + 2 * hy) / 3, tx,
	               ty);
	return 0;
}

static int
cubic_to(const FT_Vector *a, const FT_Vector *b, const FT_Vector *to, void *cairo)
{
	cairo_curve_to(cairo, (double)a->x, (double)a->y, (double)b->x, (double)b->y, (double)to->x,
	               (double)to->y);
	return 0;
}

static void
draw_outline(struct ofd_drawing *d, FT_Face face, struct ofd_em at)
{
	static const FT_Outline_Funcs functions = {
	        .move_to = move_to, .line_to = line_to, .conic_to = conic_to, .cubic_to = cubic_to};
	double em = face->units_per_EM;
	cairo_matrix_t m = {at.a / em, at.b / em, at.c / em, at.d / em, at.x, at.y}, page;
	double extent;

	cairo_get_matrix(d->cairo, &page);
	cairo_matrix_multiply(&m, &m, &page);
	extent = m.xx * m.yy - m.yx * m.xy;
	/* without extent it is not seen; and from such a matrix on, cairo would draw nothing any more */
	if (!counts(d, (size_t)face->glyph->outline.n_points) || !isfinite(extent) || extent == 0)
		return;
	cairo_save(d->cairo);
	cairo_set_matrix(d->cairo, &m);
	cairo_new_path(d->cairo);
	(void)FT_Outline_Decompose(&face->glyph->outline, &functions, d->cairo);
	cairo_fill(d->cairo);
	cairo_restore(d->cairo);
}

void
ofd_drawing_glyph(struct ofd_drawing *d, const struct ofd_face *face, unsigned glyph, uint32_t character,
                  struct ofd_em at)
{
	d->glyphs++;
	if (face && !glyph && character)
		glyph = FT_Get_Char_Index(face->face, character);
	if (!counts(d, 0) || !face || !glyph ||
	    FT_Load_Glyph(face->face, glyph, FT_LOAD_NO_SCALE | FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP) !=
	            0 ||
	    face->face->glyph->format != FT_GLYPH_FORMAT_OUTLINE) {
		d->missing++;
		return;
	}
	draw_outline(d, face->face, at);
}

bool
ofd_drawing_lacks(const struct ofd_drawing *d)
{
	return d->over || d->missing * 4 > d->glyphs || cairo_status(d->cairo) != CAIRO_STATUS_SUCCESS;
}

static cairo_status_t
png_write(void *context, const unsigned char *p, unsigned len)
{
	struct buf *b = context;

	buf_add(b, p, len);
	return b->over ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

bool
ofd_drawing_png(struct ofd_drawing *d, struct buf *out)
{
	return cairo_surface_write_to_png_stream(d->surface, png_write, out) == CAIRO_STATUS_SUCCESS;
}
