/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files in a PDF: attached to it, or pinned to a place of a page (ISO 32000-1, 7.11.4 and 12.5.6.15). One
 * that does not come out is told with the reason. */
#ifndef MINGPIAN_PARSERS_PDF_FILES_H
#define MINGPIAN_PARSERS_PDF_FILES_H

#include "parsers/document.h"

#include <poppler.h>

void pdf_files_attached(struct document *d, PopplerDocument *doc);
void pdf_files_pinned(struct document *d, PopplerPage *page);

#endif
