/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SpreadsheetML (.xlsx, .xlsm): a page and a table for each sheet, cells as they are shown, but for
 * number formats: a number comes with all its digits. Hidden sheets, rows and columns are left out, so
 * is what is struck through (whole cells, or parts of their text), and so are empty rows and columns: a
 * table is as large as what stands in it. */
#ifndef MINGPIAN_PARSERS_XLSX_H
#define MINGPIAN_PARSERS_XLSX_H

#include "parsers/reader.h"

extern const struct reader xlsx_reader;

#endif
