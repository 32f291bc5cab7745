/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fields of an OpenDocument's forms (ISO/IEC 26300-1, 13): what was typed into them, or chosen, is told
 * before the text; where it is seen, there lies a draw:control that names the field. */
#ifndef MINGPIAN_PARSERS_ODF_FORMS_H
#define MINGPIAN_PARSERS_ODF_FORMS_H

#include "config/mem.h"
#include "parsers/xml.h"

struct odf_forms;

struct odf_forms *odf_forms_new(struct arena *a);

/* An element in office:forms. */
void odf_forms_tag(struct odf_forms *f, const struct xml_tag *t);

/* What the field with this ID shows; NULL: nothing, or it is no such field. */
const char *odf_forms_value(const struct odf_forms *f, struct bytes id);

/* A list to choose from, as LibreOffice keeps one of Word's (field:fieldmark): it begins, a field:param of it
 * comes, what is shown at its end. NULL: it is none, or nothing was chosen. */
void odf_forms_list_begin(struct odf_forms *f);
void odf_forms_list_param(struct odf_forms *f, const struct xml_tag *t);
const char *odf_forms_list_choice(const struct odf_forms *f);

#endif
