/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A spreadsheet of OpenDocument: rows and columns with their repetitions onto a grid, which a sheet's end
 * pushes into the document, and behind it the text of what floats over it. What is hidden goes to the
 * document's unseen part (grid.h). */
#ifndef MINGPIAN_PARSERS_ODF_SHEET_H
#define MINGPIAN_PARSERS_ODF_SHEET_H

#include "parsers/document.h"
#include "parsers/xml.h"

struct odf_sheet;

/* d is borrowed. */
struct odf_sheet *odf_sheet_new(struct document *d);

/* End what is open: a sheet that is cut short is read as far as it goes. False: a sheet holds more than is
 * read of one. */
bool odf_sheet_finish(struct odf_sheet *s);
void odf_sheet_free(struct odf_sheet *s); /* NULL is fine */

/* table:table. False: a table in a sheet, which is none. */
bool odf_sheet_begin(struct odf_sheet *s, struct bytes name, bool hidden);
void odf_sheet_end(struct odf_sheet *s);
bool odf_sheet_is_hidden(const struct odf_sheet *s); /* the open one */

/* table:table-column, table:table-row. */
void odf_sheet_columns(struct odf_sheet *s, const struct xml_tag *t);
void odf_sheet_begin_row(struct odf_sheet *s, const struct xml_tag *t);
void odf_sheet_end_row(struct odf_sheet *s);

/* table:table-cell; table:covered-table-cell, which lies under a span. */
void odf_sheet_begin_cell(struct odf_sheet *s, const struct xml_tag *t);
void odf_sheet_end_cell(struct odf_sheet *s);
void odf_sheet_covered(struct odf_sheet *s, const struct xml_tag *t);

/* What is written now floats over the sheet, until it ends: shapes in each other. */
void odf_sheet_begin_shape(struct odf_sheet *s);
void odf_sheet_end_shape(struct odf_sheet *s);

/* A paragraph begins; its text. */
void odf_sheet_paragraph(struct odf_sheet *s);
void odf_sheet_text(struct odf_sheet *s, const char *text, size_t len);

/* An attribute that counts: from 1 to max, 1 where it is missing. */
int odf_count(const struct xml_tag *t, const char *name, int max);

#endif
