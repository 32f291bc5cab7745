/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Word 97 to 2003 ([MS-DOC]): .doc, and .wps of Kingsoft, told by the stream WordDocument. Read are the
 * text, the text boxes behind it, and the page headers with theirs; of fields their results; not what is
 * deleted or hidden, no notes and no comments. Files put into it go into the document by doc_file(). Word 6
 * and 95 are `unsupported`. */
#ifndef MINGPIAN_PARSERS_WORD97_H
#define MINGPIAN_PARSERS_WORD97_H

#include "parsers/reader.h"

extern const struct reader word97_reader;

#endif
