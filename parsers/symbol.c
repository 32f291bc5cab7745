/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/symbol.h"

#include "config/text.h"

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
