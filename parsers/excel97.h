/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Excel 97 to 2003 and 5.0/95 ([MS-XLS], BIFF8 and BIFF5): .xls, and .et of Kingsoft, told by the stream
 * Workbook or Book. Visible worksheets, each a page with a table, and BIFF8's text boxes behind it; formulas
 * by the results that were saved with them; no comments, no charts. What is struck through is left out: whole
 * cells, and in BIFF8 parts of their text. Encrypted: the word of a protected structure and each password of
 * the source are tried (parsers/biffcrypt.h). */
#ifndef MINGPIAN_PARSERS_EXCEL97_H
#define MINGPIAN_PARSERS_EXCEL97_H

#include "parsers/reader.h"

extern const struct reader excel97_reader;

#endif
