/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fixed pages (PDF, OFD): from the characters and the ruled lines of each page to tables and paragraphs
 * in reading order, pushed into a document. page_grid.h finds the tables, page_lines.h the lines; here
 * each character finds its cell, by its centre, and a table that a page's end tore apart is one again:
 * where nothing but page numbers lies between two tables of the same width, on pages that follow each
 * other, and the lower one does not begin as the upper one did.
 *
 * All lengths in points (1/72 inch), x to the right, y downwards, from the page's upper left corner. */
#ifndef MINGPIAN_PARSERS_PAGE_TABLE_H
#define MINGPIAN_PARSERS_PAGE_TABLE_H

#include "parsers/document.h"
#include "parsers/page_grid.h"

#include <stdbool.h>
#include <stddef.h>

enum { PAGE_GLYPHS_MAX = 100000 }; /* of a page; what comes beyond is left out, and d too_large */

struct page_table;

/* d is borrowed until page_table_free(), which pushes what is still held back. */
struct page_table *page_table_new(struct document *d);
void page_table_free(struct page_table *t); /* NULL is fine */

/* A page begins; what the one before still had open is ended. */
void page_table_begin(struct page_table *t, int number, double width, double height);

/* One character and its box. Broken UTF-8, control characters and empty boxes are left out; white space
 * parts the characters beside it. */
void page_table_glyph(struct page_table *t, struct page_box box, const char *s, size_t len);

/* A stroke; one that is neither level nor upright is no rule. */
void page_table_stroke(struct page_table *t, double x0, double y0, double x1, double y1);

/* A filled box: a thin one is a rule. */
void page_table_fill(struct page_table *t, struct page_box box);

/* What the page holds so far: characters that are not blank, and those among them that no person could
 * read (U+FFFD, private use: a font that does not say what its glyphs mean). */
struct page_count {
	size_t glyphs, unknown;
	size_t rules;
};
struct page_count page_table_count(const struct page_table *t);

/* The page's text is worth nothing: forget it. Its picture will be read instead. */
void page_table_forget(struct page_table *t);

/* Push the page. Its last table is held back until it is known whether the next page goes on with it. */
void page_table_end(struct page_table *t);

/* A picture of the page, behind what it holds as text. */
void page_table_picture(struct page_table *t, struct bytes picture);

#endif
