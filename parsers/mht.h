/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A web page in one file (MHTML, RFC 2557), as Word and browsers save it, often named .doc: the pages in
 * it are read as HTML, and have the pictures beside them. A mail that was saved is none. */
#ifndef MINGPIAN_PARSERS_MHT_H
#define MINGPIAN_PARSERS_MHT_H

#include "parsers/reader.h"

extern const struct reader mht_reader;

#endif
