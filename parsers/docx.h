/* SPDX-License-Identifier: GPL-3.0-or-later */
/* .docx, .docm, .dotx: WordprocessingML in a ZIP. Page headers and footers come behind the text; pictures
 * come where they stand. */
#ifndef MINGPIAN_PARSERS_DOCX_H
#define MINGPIAN_PARSERS_DOCX_H

#include "parsers/reader.h"

extern const struct reader docx_reader;

#endif
