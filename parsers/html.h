/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTML, as mail programs and "save as web page" write it: blocks become paragraphs, tables tables.
 * White space collapses as in a browser; what is not displayed is left out; quoted text is marked, by
 * the elements that mail programs put around it or by the lines above it (quoting.h). */
#ifndef MINGPIAN_PARSERS_HTML_H
#define MINGPIAN_PARSERS_HTML_H

#include "parsers/reader.h"

extern const struct reader html_reader;

#endif
