/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an HTML element's attributes say of how it looks: whether it shows at all, whether it is quoted.
 * attributes: as libxml2's SAX gives them, name and value in turn, NULL behind them; may be NULL. */
#ifndef MINGPIAN_PARSERS_HTML_LOOK_H
#define MINGPIAN_PARSERS_HTML_LOOK_H

#include <libxml/xmlstring.h>
#include <stdbool.h>

/* The value, "" where it has none; NULL: there is no such attribute. */
const char *html_attribute(const xmlChar **attributes, const char *name);

/* The value as a number of 0 to max; otherwise where it is missing or less. */
int html_attribute_number(const xmlChar **attributes, const char *name, int otherwise, int max);

/* Does the value hold this word? */
bool html_has_word(const xmlChar **attributes, const char *name, const char *word);

/* Is "property:value" in the style, whatever spaces stand in it? */
bool html_has_style(const xmlChar **attributes, const char *declaration);

/* Does a person see what this element holds, and does it count? What is struck through does not, nor do
 * Word's notes and comments. */
bool html_is_displayed(const char *name, const xmlChar **attributes);

/* Does it hold what its sender quotes? */
bool html_is_cite(const char *name, const xmlChar **attributes);

#endif
