/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values parted by commas, semicolons or tabs (RFC 4180), in any charset. Only files are such tables,
 * never a mail's own text: by their name or type, or by tabs that are as many in every line. */
#ifndef MINGPIAN_PARSERS_CSV_H
#define MINGPIAN_PARSERS_CSV_H

#include "parsers/reader.h"

extern const struct reader csv_reader;

#endif
