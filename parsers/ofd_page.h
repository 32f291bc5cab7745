/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One page of an OFD: its objects, from XML to characters and rules at their places. */
#ifndef MINGPIAN_PARSERS_OFD_PAGE_H
#define MINGPIAN_PARSERS_OFD_PAGE_H

#include "config/buf.h"
#include "parsers/ofd.h"
#include "parsers/ofd_draw.h"
#include "parsers/page_table.h"
#include "parsers/xml.h"

#include <stdint.h>

/* Millimetres. */
struct ofd_box {
	double x, y, width, height;
};

/* x' = a x + c y + e, y' = b x + d y + f. */
struct ofd_matrix {
	double a, b, c, d, e, f;
};

enum {
	OFD_IMAGES_MAX = 16,
	OFD_UNITS_MAX = 64, /* composite objects of a page, in each other or not */
	OFD_ID_MAX = 24,
	OFD_CODES_MAX = 4096, /* of an object, with glyphs */
};

/* An ID, as it stands there. */
struct ofd_id {
	char text[OFD_ID_MAX];
};

struct ofd_image {
	struct ofd_id resource;
	double area; /* square millimetres */
};

/* A composite object (GB/T 33190-2016, 13): a unit of the resources, drawn once more. */
struct ofd_use {
	struct ofd_id unit;
	struct ofd_matrix at; /* from its own coordinates to the page's, as they are before `box` */
};

/* What is read by pushing XML with ofd_page_events into it: of the page, of its templates, of its
 * annotations, and of the resources for the units that it uses. Set up t, number and box, else zero. */
struct ofd_page {
	struct page_table *t;
	int number;
	struct ofd_box box; /* the page; its own Area is put here */

	struct ofd_id templates[OFD_TEMPLATES_MAX];
	int template_count;
	struct ofd_image images[OFD_IMAGES_MAX];
	int image_count;
	struct ofd_use uses[OFD_UNITS_MAX];
	int use_count;

	/* Resources are pushed: what counts is the content of this use's unit, in its place. Else NULL. */
	const struct ofd_use *use;
	bool in_unit;

	/* The page's own resources: read them now, what follows asks for them. May be NULL. */
	void (*resources)(void *context, struct bytes target);

	/* What a glyph of a font means, 0 where nobody knows; may be NULL. */
	uint32_t (*meaning)(void *context, const struct ofd_id *font, unsigned glyph);
	void *context;

	/* Not NULL: the page is drawn, and nothing put into t. The face of a font; NULL: it is not embedded.
	 */
	struct ofd_drawing *drawing;
	const struct ofd_face *(*face)(void *context, const struct ofd_id *font);

	/* in an annotation: where it lies on the page, and whether it is none of the page's own text */
	struct ofd_box over;
	bool annotation, left_out;

	/* the object that is open */
	bool begun; /* the page table was told of the page */
	bool hidden, stroke, fill;
	bool letters;          /* it is a text */
	bool clip;             /* in what says to which outlines it is cut: none of these is drawn */
	struct ofd_matrix ctm; /* to the page, but for `box` and `over` */
	double area;           /* of its boundary, square millimetres */
	double size, x, y;     /* of text */
	struct buf dx, dy, text;
	struct ofd_id font;
	unsigned short glyphs[OFD_CODES_MAX];          /* of its characters, as far as told: CGTransform */
	int glyph_count, code, code_first, code_count; /* code: the next character's place */
	bool in_text;                                  /* an element whose text counts is open */
};

extern const struct xml_events ofd_page_events;

void ofd_page_free(struct ofd_page *p); /* what it grew; not the page table */

/* "x y width height"; false where it is no such thing. */
bool ofd_box_read(struct bytes b, struct ofd_box *out);

struct ofd_id ofd_id_of(struct bytes b);

#endif
