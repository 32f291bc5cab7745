/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/symbol.h"

#include "config/text.h"

#include <string.h>

enum { FONT_FIRST = 0xF000, FONT_LAST = 0xF0FF };

void
symbol_put(struct buf *b, uint32_t c)
{
	switch (c) {
	case 0xF052: /* Wingdings 2 */
	case 0xF0FE: /* Wingdings */ buf_str(b, "☑"); return;
	case 0xF0A3:
	case 0xF0A8: buf_str(b, "□"); return;
	default: break;
	}
	if (c >= ' ' && (c < FONT_FIRST || c > FONT_LAST))
		text_put(b, c);
}

size_t
symbol_find(const char *s, size_t len)
{
	const char *at = s, *end = s + len;

	/* U+F000 to U+F0FF */
	while ((at = memchr(at, 0xEF, (size_t)(end - at))) && end - at >= SYMBOL_BYTES) {
		if ((unsigned char)at[1] >= 0x80 && (unsigned char)at[1] <= 0x83)
			return (size_t)(at - s);
		at += SYMBOL_BYTES;
	}
	return len;
}
