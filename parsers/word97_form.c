/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/word97_form.h"

#include "config/text.h"
#include "parsers/ole.h"

enum {
	VERSION_LEN = 4, /* its bytes, all ones */
	KIND_LIST = 2,
	NOT_CHOSEN = 25,  /* as the default has it */
	TEXTS_BEHIND = 5, /* format, help, status line, two macros */
};

/* Past a text: its length, itself, a zero. */
static struct bytes
behind_text(struct bytes b)
{
	return ole_part(b, 2 + 2 * ((size_t)ole_u16(b, 0) + 1), b.len);
}

static void
put_units(struct bytes b, struct buf *out)
{
	for (size_t i = 0; i + 1 < b.len; i += 2) {
		uint32_t c = ole_u16(b, i), low = i + 3 < b.len ? ole_u16(b, i + 2) : 0;

		if (c >= 0xD800 && c < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
			c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
			i += 2;
		}
		text_put(out, c);
	}
}

/* A table of texts: a mark, how many, how many bytes follow each (none here). */
static void
put_entry(struct bytes list, unsigned wanted, struct buf *out)
{
	unsigned count = ole_u16(list, 2);

	if (ole_u16(list, 0) != 0xFFFF || ole_u16(list, 4) != 0 || wanted >= count)
		return;
	list = ole_part(list, 6, list.len);
	for (; wanted && list.len; wanted--)
		list = ole_part(list, 2 + 2 * (size_t)ole_u16(list, 0), list.len);
	put_units(ole_part(list, 2, 2 * (size_t)ole_u16(list, 0)), out);
}

void
word97_form_choice(struct bytes data, uint32_t at, struct buf *out)
{
	size_t head = ole_u16(ole_part(data, at, data.len), 4);
	struct bytes b = ole_part(ole_part(data, at, ole_u32(data, at)), head, data.len);
	unsigned bits = ole_u16(b, VERSION_LEN), chosen = bits >> 2 & 31;

	if (ole_u32(b, 0) != 0xFFFFFFFF || (bits & 3) != KIND_LIST)
		return;
	b = behind_text(ole_part(b, VERSION_LEN + 6, b.len)); /* its name, behind sizes */
	if (chosen == NOT_CHOSEN)
		chosen = ole_u16(b, 0);
	b = ole_part(b, 2, b.len);
	for (int i = 0; i < TEXTS_BEHIND; i++)
		b = behind_text(b);
	put_entry(b, chosen, out);
}
