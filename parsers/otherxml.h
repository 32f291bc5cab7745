/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XML files that hold no document of a kind that is read: UOF (GB/T 20916), AbiWord, drawings, invoices. As
 * text they would say nothing; `unsupported` says that there was something. */
#ifndef MINGPIAN_PARSERS_OTHERXML_H
#define MINGPIAN_PARSERS_OTHERXML_H

#include "parsers/reader.h"

/* Stands behind the readers of XML files and of HTML, which may begin so. */
extern const struct reader otherxml_reader;

#endif
