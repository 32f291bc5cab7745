/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message that is a file: saved as .eml and attached again, or put into an archive. Told by its
 * header; walk.c opens it. */
#ifndef MINGPIAN_PARSERS_EML_H
#define MINGPIAN_PARSERS_EML_H

#include "parsers/reader.h"

extern const struct reader eml_reader;

#endif
