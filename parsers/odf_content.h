/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A part of an OpenDocument, or all of one in a single file, as events: text, tables, sheets, headers,
 * pictures and what was put into it. odf.h says what counts. */
#ifndef MINGPIAN_PARSERS_ODF_CONTENT_H
#define MINGPIAN_PARSERS_ODF_CONTENT_H

#include "config/err.h"
#include "parsers/document.h"
#include "parsers/odf_styles.h"
#include "parsers/xml.h"
#include "parsers/zipxml.h"

struct odf_content;

/* Events with a struct odf_content as their context. */
extern const struct xml_events odf_content_events;

/* All is borrowed. zip: NULL in a flat file. named: styles of the package that hide, or NULL. */
struct odf_content *odf_content_new(struct document *d, struct zipxml *zip, const struct odf_styles *named);

/* It is read; ok: as far as its XML goes. Frees x. False: e says why not all of it came. */
bool odf_content_end(struct odf_content *x, bool ok, struct err *e);

bool odf_content_is_sheet(const struct odf_content *x);

/* The n-th document put into it, by its part in the package; NULL: there are no more. */
const char *odf_content_object(const struct odf_content *x, int n);

#endif
