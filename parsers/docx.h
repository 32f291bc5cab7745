/* SPDX-License-Identifier: GPL-3.0-or-later */
/* .docx, .docm, .dotx: WordprocessingML in a ZIP. Page headers and footers come behind the text; pictures
 * come where they stand. */
#ifndef MINGPIAN_PARSERS_DOCX_H
#define MINGPIAN_PARSERS_DOCX_H

#include "parsers/reader.h"

extern const struct reader docx_reader;

/* Any encrypted OOXML file ([MS-OFFCRYPTO]: OLE2 around it): known, and ERR_ENCRYPTED. Asked before
 * the readers of OLE2. */
extern const struct reader ooxml_locked_reader;

#endif
