/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Office keeps of a file that is put into a document ([MS-OLEDS]): an OLE2 file around the file itself.
 */
#ifndef MINGPIAN_PARSERS_OLEOBJECT_H
#define MINGPIAN_PARSERS_OLEOBJECT_H

#include "parsers/reader.h"

/* Objects of the packager (any file, with its name), of Office (a docx, an xlsx), of Acrobat (a PDF).
 * Documents of Word 97 and Excel 97 are their own objects: word97.h, excel97.h. */
extern const struct reader oleobject_reader;

#endif
