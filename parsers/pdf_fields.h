/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was filled into a PDF and is no part of its page: values of form fields, and text that an editor
 * laid over it (FreeText annotations). ISO 32000-1, 12.5.6.6 and 12.7. */
#ifndef MINGPIAN_PARSERS_PDF_FIELDS_H
#define MINGPIAN_PARSERS_PDF_FIELDS_H

#include "parsers/page_table.h"

#include <poppler.h>

/* Put their characters into t, each within its field; height is the page's, in points. */
void pdf_fields_read(struct page_table *t, PopplerPage *page, double height);

#endif
