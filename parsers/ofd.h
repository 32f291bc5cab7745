/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OFD (GB/T 33190-2016), China's own fixed-layout format: XML in a ZIP. Characters stand at their places
 * in millimetres: page_table.h makes tables and paragraphs of them. Read are the pages of all documents
 * in the file with the composite objects on them, the template pages under them and the annotations over
 * them: texts and pictures that were put there afterwards. Of these, watermarks and highlights are left out,
 * and lines, which are no rules of the form's; seals (Signs) are no text of the applicant's, nor is what runs
 * at a slant, or is painted with nothing (what a scanning program read, laid over the scan). A page without
 * text that shows a picture gives the picture's file by doc_picture(); one whose characters are glyphs
 * without codes is drawn with the fonts in the file, and gives that. Where these are not in it, it cannot be
 * read (ERR_UNSUPPORTED). */
#ifndef MINGPIAN_PARSERS_OFD_H
#define MINGPIAN_PARSERS_OFD_H

#include "parsers/reader.h"

enum {
	OFD_DOCUMENTS_MAX = 16,
	OFD_PAGES_MAX = 200,        /* in all; the rest is too_large */
	OFD_DRAWN_MAX = 40,         /* of them, because their glyphs have no codes */
	OFD_TEMPLATES_MAX = 8,      /* under one page */
	OFD_ANNOTATIONS_MAX = 16,   /* files of them, over one page */
	OFD_FONT_MAX = 32 << 20,    /* bytes of one font */
	OFD_PICTURE_MAX = 32 << 20, /* bytes of one picture */
};

extern const struct reader ofd_reader;

#endif
