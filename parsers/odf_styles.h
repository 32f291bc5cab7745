/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which styles of an OpenDocument hide what they are of, or strike it out: by themselves, or by the one that
 * they build on (ISO/IEC 26300-1, 16.2). */
#ifndef MINGPIAN_PARSERS_ODF_STYLES_H
#define MINGPIAN_PARSERS_ODF_STYLES_H

#include "parsers/xml.h"

#include <stdbool.h>

struct odf_styles;

struct odf_styles *odf_styles_new(void);
void odf_styles_free(struct odf_styles *s); /* NULL is fine */

/* A style:style begins; properties in it. */
void odf_styles_begin(struct odf_styles *s, const struct xml_tag *t);
void odf_styles_properties(struct odf_styles *s, const struct xml_tag *t);

/* The named styles of a package, from its styles.xml; NULL: none of them hides. */
struct odf_styles *odf_styles_named(struct bytes xml);

enum odf_shown { ODF_AS_AROUND, ODF_SHOWN, ODF_HIDDEN };

struct odf_look {
	enum odf_shown display, line; /* the text; HIDDEN: it is struck through, SHOWN: it is not */
};

/* What the style says. own: of the part that it is used in; named: of the package, may be NULL. */
struct odf_look odf_styles_look(const struct odf_styles *own, const struct odf_styles *named,
                                struct bytes name);

#endif
