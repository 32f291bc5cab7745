/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scans, photos and screenshots: decoded, set upright and straight, their table found by its rules, the
 * text read by OCR (ocr.h). What stands in a cell bears the picture's own evidence: confidence, and
 * doubtful where two readings disagree, ink was left over, or a stamp lies over it.
 *
 * A picture of something else (a logo, a signature, a landscape) is read as a document without text:
 * cheaply where it is small. A page that cannot be read makes the document illegible (picture_sense.h): it is
 * told where no form was found in it. */
#ifndef MINGPIAN_PARSERS_PICTURE_H
#define MINGPIAN_PARSERS_PICTURE_H

#include "parsers/reader.h"

extern const struct reader jpeg_reader, png_reader, tiff_reader, bmp_reader, webp_reader, gif_reader;
extern const struct reader heic_reader;
extern const struct reader avif_reader; /* known, not readable */

#endif
