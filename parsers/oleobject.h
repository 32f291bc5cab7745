/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Office keeps of a file that is put into a document ([MS-OLEDS]): an OLE2 file around the file itself.
 */
#ifndef MINGPIAN_PARSERS_OLEOBJECT_H
#define MINGPIAN_PARSERS_OLEOBJECT_H

#include "parsers/ole.h"
#include "parsers/reader.h"

enum { OLEOBJECT_COPIED_MAX = 48 << 20 /* bytes, of documents copied out of one; then they are too large */ };

/* Objects of the packager (any file, with its name), of Office (a docx, an xlsx), of Acrobat (a PDF).
 * Documents of Word 97 and Excel 97 are their own objects: word97.h, excel97.h. */
extern const struct reader oleobject_reader;

/* What is put into a document of Word 97 or Excel 97: the storages within another whose names begin with
 * prefix. Each that holds a file of a kind that is read goes into d by doc_file(); formulas, drawings,
 * controls and links show a picture, and no more was meant; all others are `unsupported`. */
void oleobject_push(const struct ole *o, size_t within, const char *prefix, struct document *d);

/* Is this OLE2 file such a formula, drawing, control or link: is there nothing in it but what the document
 * shows of it? */
bool oleobject_is_shown(struct bytes file);

/* An object of OLE 1.0 ([MS-OLEDS] 2.2.5), as RTF holds it; the n-th. */
void oleobject_push_native(struct bytes b, size_t n, struct document *d);

#endif
