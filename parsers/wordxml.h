/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Word document as one XML file: Word 2003 XML, and the flat form of .docx (Flat OPC). Often named
 * .doc. Pictures in it are left out. */
#ifndef MINGPIAN_PARSERS_WORDXML_H
#define MINGPIAN_PARSERS_WORDXML_H

#include "parsers/reader.h"

extern const struct reader wordxml_reader;

#endif
