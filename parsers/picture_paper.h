/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is a picture that of a sheet of paper? Told by light and colour alone, so that it can be told of a page on
 * which nothing can be read. Screenshots and scans are paper in this sense; landscapes, people and
 * buildings are not. */
#ifndef MINGPIAN_PARSERS_PICTURE_PAPER_H
#define MINGPIAN_PARSERS_PICTURE_PAPER_H

struct Pix; /* leptonica's */

/* Shares of the picture, 0 to 1; 0 where there was no memory to look. */
struct picture_paper {
	double bare;   /* light, without colour, and as its neighbours are: nothing is written there */
	double filled; /* as light and as colourless, and not even: writing, or the shades of something */
};

/* pix: 8 or 32 bits a pixel. */
struct picture_paper picture_paper_of(struct Pix *pix);

#endif
