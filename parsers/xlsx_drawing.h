/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What floats over a sheet of a .xlsx, or fills a cell of it: text boxes and pictures. ISO/IEC 29500-1, 20.5;
 * WPS's own cellimages.xml holds the same elements. */
#ifndef MINGPIAN_PARSERS_XLSX_DRAWING_H
#define MINGPIAN_PARSERS_XLSX_DRAWING_H

#include "config/mem.h"
#include "parsers/document.h"
#include "parsers/zipxml.h"

/* Push what the drawings of this sheet's part hold. A drawing that is broken leaves the sheet as whole as
 * it was. */
void xlsx_drawing_read(struct zipxml *z, struct arena *a, const char *sheet, struct document *d);

/* Push the pictures that WPS keeps in cells, of all sheets together. */
void xlsx_drawing_read_cells(struct zipxml *z, struct arena *a, struct document *d);

#endif
