/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Characters of symbol fonts, as Word names them: U+F000 and the font's own code. */
#ifndef MINGPIAN_PARSERS_SYMBOL_H
#define MINGPIAN_PARSERS_SYMBOL_H

#include "config/buf.h"

#include <stddef.h>
#include <stdint.h>

/* Append what c means as text: nothing for most of a font's own, a box for a box that can be ticked, and
 * other characters as they are. */
void symbol_put(struct buf *b, uint32_t c);

enum { SYMBOL_BYTES = 3 }; /* of such a character in UTF-8 */

/* Where the first of them stands in sound UTF-8; len: nowhere. */
size_t symbol_find(const char *s, size_t len);

#endif
