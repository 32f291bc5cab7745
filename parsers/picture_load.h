/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a picture's bytes to a page of gray: decoded within ceilings that are asked of its header first,
 * turned as EXIF says, red stamps taken out, scaled to the size at which text is read best. */
#ifndef MINGPIAN_PARSERS_PICTURE_LOAD_H
#define MINGPIAN_PARSERS_PICTURE_LOAD_H

#include "config/buf.h"
#include "config/err.h"
#include "parsers/picture_paper.h"

#include <stdbool.h>

struct Pix; /* leptonica's */

enum {
	PICTURE_PAGES_MAX = 60,   /* of one TIFF */
	PICTURE_SIDE_MAX = 32000, /* pixels of a side */
	PICTURE_PIXELS_MAX =
	        40000000,     /* decoded at once; a JPEG may have 8 times as many, and is read smaller */
	PICTURE_WIDTH = 1700, /* of an A4 page as it is read: about 200 dpi */
};

/* What the header says. */
struct picture_info {
	int format;        /* leptonica's IFF_… */
	int pages;         /* PICTURE_PAGES_MAX + 1: or more */
	int width, height; /* of the first page */
};

/* A page: 8 bits a pixel each, of the same size. */
struct picture_page {
	struct Pix *gray; /* text is dark; stamps and other red are as light as paper */
	struct Pix *red;  /* 255 where there was red; NULL where the picture has no colours */
	struct picture_paper paper;
	double scale; /* of a pixel of the file: 2.0 where it was made twice as large */
};

/* False: ERR_DAMAGED or ERR_TOO_LARGE. Nothing is decoded yet. */
bool picture_look(struct bytes data, struct picture_info *info_r, struct err *e);

/* Decode page n (0-based). False: page_r is empty. */
bool picture_load(struct bytes data, const struct picture_info *info, int n, struct picture_page *page_r,
                  struct err *e);

void picture_free(struct picture_page *page);

/* Turn by quarters (1: clockwise). False where memory ran out; the page is then as before. */
bool picture_turn(struct picture_page *page, int quarters);

/* Let by take the place of *pix, which is destroyed. False: by is NULL (no memory), and *pix stays. */
bool picture_replace(struct Pix **pix, struct Pix *by);

/* EXIF's orientation of a JPEG, 1 to 8; 1 where it says none. */
int picture_exif(struct bytes jpeg);

#endif
