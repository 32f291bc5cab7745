/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the drawing operators of a PDF's page draw: it is "drawn" on a surface that only tells what is drawn
 * (cairo's observer), so that no pixel is searched for lines. */
#ifndef MINGPIAN_PARSERS_PDF_TRACE_H
#define MINGPIAN_PARSERS_PDF_TRACE_H

#include "parsers/page_table.h"

#include <poppler.h>
#include <stdbool.h>
#include <stddef.h>

enum { PDF_SHAPES_MAX = 50000 /* looked at on a page: a form has a few hundred */ };

struct pdf_drawn {
	size_t shapes, strings;
	bool whole; /* false: it was given up, for its shapes or its time */
};

/* Draw the page on nothing, and put its rules into t. */
struct pdf_drawn pdf_trace(struct page_table *t, PopplerPage *page);

/* Time that this process has used, not time that went by: what a mail says must not depend on what else the
 * machine does. */
double pdf_seconds_used(void);

#endif
