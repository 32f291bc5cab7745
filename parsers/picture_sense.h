/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much of a page was read: whether it lies the right way up, and whether it is one that a person would
 * read and we could not. */
#ifndef MINGPIAN_PARSERS_PICTURE_SENSE_H
#define MINGPIAN_PARSERS_PICTURE_SENSE_H

#include "parsers/document.h"
#include "parsers/ocr.h"
#include "parsers/picture_paper.h"

/* Text in halves of a Chinese character. */
struct picture_sense {
	int lines;
	int text;   /* in all */
	int well;   /* of lines read well enough to tell which way is up */
	int plain;  /* of lines read well enough to tell what they are about */
	int unread; /* marks of a character's size in cells, that no line accounts for */
	size_t cells;
};

/* lines: as many as cells, and those in none. */
struct picture_sense picture_sense_of(const struct ocr_lines *lines, const struct ocr_box *cells, size_t n,
                                      struct Pix *ink);

/* Width of text in halves of a Chinese character. */
int picture_units(const char *s);

/* Marks of a character's size in a cell that no line of it accounts for. */
int picture_unread_marks(struct Pix *ink, struct ocr_box cell, const struct ocr_lines *l);

/* How likely it lies as it was read; more is likelier. */
double picture_sense_upright(const struct picture_sense *s);

/* Surely so: no other way need be tried. */
bool picture_sense_is_upright(const struct picture_sense *s);

/* Is it a page with something on it that could not be read? narrow, wide: its sides, in pixels of the file.
 */
enum doc_illegible picture_sense_illegible(const struct picture_sense *s, const struct picture_paper *paper,
                                           int narrow, int wide);

#endif
