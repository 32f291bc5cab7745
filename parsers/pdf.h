/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PDF, by poppler: characters with their boxes, and the rules as the drawing operators give them: the
 * page is "drawn" on a surface that only tells what is drawn (cairo's observer), so that no pixel is
 * searched for lines. No font of the system is needed or looked for to get text.
 *
 * A page that is a picture (a scan, a photo, outlines) or whose fonts do not say what their glyphs mean
 * (Identity-H without ToUnicode: U+FFFD, private use) goes into the document as its picture, a PNG of
 * 200 dpi, by doc_picture(), and without text: picture.h reads it, if it is there.
 *
 * Encrypted: each password of the source is tried; a file with only an owner password opens without.
 * Time and memory inside poppler are the process's limits: some files send it round forever.
 *
 * Read at run time (sandbox.c lets it): /usr/share/poppler (CMaps, package poppler-data). For pictures
 * of pages with fonts that are not embedded also /etc/fonts, /usr/share/fonts, /var/cache/fontconfig;
 * without them such characters are missing in the picture. poppler writes on standard error: while it
 * works, the C library's stderr stream is one that drops everything, for the whole process. */
#ifndef MINGPIAN_PARSERS_PDF_H
#define MINGPIAN_PARSERS_PDF_H

#include "parsers/reader.h"

enum {
	PDF_PAGES_MAX = 200,         /* the rest is too_large */
	PDF_PICTURES_MAX = 30,       /* pages rendered; as above */
	PDF_PICTURE_MAX = 24 << 20,  /* bytes of one PNG */
	PDF_PICTURES_ALL = 96 << 20, /* and of all */
	PDF_SECONDS_MAX = 15,        /* looked at between pages (ERR_TIMEOUT) */
};

extern const struct reader pdf_reader;

#endif
