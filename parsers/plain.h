/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text without a format: a line is a paragraph, tabs stay, and what stands behind > or below a mark of
 * quoting is quoted. */
#ifndef MINGPIAN_PARSERS_PLAIN_H
#define MINGPIAN_PARSERS_PLAIN_H

#include "parsers/reader.h"

extern const struct reader plain_reader;

/* Are these bytes text, in this or some other charset? (Looks at the first ones only.) */
bool plain_is_text(struct bytes b, const char *charset);

/* Push UTF-8 text. */
void plain_push(struct document *d, const char *text);

#endif
