/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A workbook as one XML file: XML Spreadsheet 2003, as Excel and many systems' exports write it, often
 * named .xls. Sheets, rows and columns that are hidden are left out, and so are comments. */
#ifndef MINGPIAN_PARSERS_SHEETXML_H
#define MINGPIAN_PARSERS_SHEETXML_H

#include "parsers/reader.h"

extern const struct reader sheetxml_reader;

#endif
