/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Excel 97 to 2003 and 5.0/95 ([MS-XLS], BIFF8 and BIFF5): .xls, and .et of Kingsoft, told by the stream
 * Workbook or Book. Visible worksheets, each a page with a table; formulas by the results that were
 * saved with them; no text boxes, no comments, no charts. */
#ifndef MINGPIAN_PARSERS_EXCEL97_H
#define MINGPIAN_PARSERS_EXCEL97_H

#include "parsers/reader.h"

extern const struct reader excel97_reader;

#endif
