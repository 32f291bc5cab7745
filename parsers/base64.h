/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that stand as base64 in the one XML file of a document (flat ODF, flat OPC, Word 2003 XML). */
#ifndef MINGPIAN_PARSERS_BASE64_H
#define MINGPIAN_PARSERS_BASE64_H

#include "config/buf.h"

/* Append what the text stands for; what is no digit of base64 is passed over. */
void base64_decode(struct bytes text, struct buf *out);

#endif
