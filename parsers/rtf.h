/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rich Text Format 1.9, as Word and LibreOffice write it: text in code pages and in Unicode, tables with
 * merged cells and tables in cells; headers and footers, behind it. Notes are left out, and so is what is
 * hidden or deleted; of a field its result is read, of a list what was chosen. */
#ifndef MINGPIAN_PARSERS_RTF_H
#define MINGPIAN_PARSERS_RTF_H

#include "parsers/reader.h"

/* HTML that Outlook wrapped in RTF ([MS-OXRTFEX]): appended to html, in UTF-8. False: this RTF wraps
 * none. */
bool rtf_html(struct bytes rtf, struct buf *html);

extern const struct reader rtf_reader;

#endif
