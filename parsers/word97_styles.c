/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/word97_styles.h"

#include "parsers/ole.h"
#include "parsers/word97_changes.h"

#include <string.h>

enum {
	FIB_STYLES = 0xA2, /* fcStshf; its length follows */
	HEAD_LEN = 10,     /* of a style, at least (StdfBase) */
	KIND_PARAGRAPH = 1,
	KIND_CHARACTER = 2,
	BASES_MAX = 16, /* styles build on each other; Word allows 11 */
};

struct sheet {
	struct bytes rest;
	size_t head; /* bytes of a style before its name */
	size_t count;
	size_t spent;
	unsigned short base[WORD97_STYLES_MAX];
	unsigned char off[WORD97_STYLES_MAX]; /* bits that the style takes back */
};

/* The properties of characters in a style's lists of changes: behind the paragraph's, if it is one's. */
static struct bytes
character_changes(struct bytes style, size_t at, unsigned kind)
{
	size_t len;

	if (kind == KIND_PARAGRAPH) {
		len = ole_u16(style, at);
		at += 2 + len + (len & 1);
	}
	return ole_part(style, at + 2, ole_u16(style, at));
}

static void
note_changes(struct word97_styles *s, struct sheet *h, size_t number, struct bytes list)
{
	struct word97_change c;

	while (word97_change_next(&list, &c, &h->spent)) {
		unsigned bit = c.code == C_HIDDEN                               ? WORD97_STYLE_HIDES
		               : c.code == C_STRUCK || c.code == C_STRUCK_TWICE ? WORD97_STYLE_STRIKES
		                                                                : 0;

		if (word97_change_is_on(c.value.at[0], false))
			s->bits[number] |= (unsigned char)bit;
		else
			h->off[number] |= (unsigned char)bit;
	}
}

static void
read_style(struct word97_styles *s, struct sheet *h, size_t number, struct bytes style)
{
	unsigned kind = ole_u16(style, 2) & 0xF;
	size_t at = h->head + 2 + 2 * ((size_t)ole_u16(style, h->head) + 1); /* behind its name */

	h->base[number] = (unsigned short)(ole_u16(style, 2) >> 4);
	if (kind != KIND_PARAGRAPH && kind != KIND_CHARACTER)
		return;
	if (kind == KIND_PARAGRAPH)
		s->bits[number] = WORD97_STYLE_PARAGRAPH;
	note_changes(s, h, number, character_changes(style, at + (at & 1), kind));
}

/* Length of the sheet's head, count of styles, bytes of a style's head; then the styles, each behind its
 * length. */
static void
read_sheet(struct word97_styles *s, struct sheet *h)
{
	size_t head = ole_u16(h->rest, 0);

	h->count = ole_u16(h->rest, 2);
	h->head = ole_u16(h->rest, 4);
	if (h->head < HEAD_LEN || h->count > WORD97_STYLES_MAX)
		h->count = 0;
	h->rest = ole_part(h->rest, 2 + head, h->rest.len);
	for (size_t i = 0; i < h->count && h->rest.len >= 2; i++) {
		size_t len = ole_u16(h->rest, 0);

		if (len)
			read_style(s, h, i, ole_part(h->rest, 2, len));
		h->rest = ole_part(h->rest, 2 + len + (len & 1), h->rest.len);
	}
}

/* What a style says counts before what the one says that it builds on. */
static unsigned
bits_of(const struct word97_styles *s, const struct sheet *h, size_t number)
{
	unsigned bits = s->bits[number], settled = bits | h->off[number];

	for (int i = 0; h->base[number] < h->count && h->base[number] != number && i < BASES_MAX; i++) {
		number = h->base[number];
		bits |= s->bits[number] & ~settled & ~(unsigned)WORD97_STYLE_PARAGRAPH;
		settled |= s->bits[number] | h->off[number];
	}
	return bits;
}

void
word97_styles_read(struct word97_styles *s, struct bytes document, struct bytes table)
{
	static const unsigned hiding = WORD97_STYLE_HIDES | WORD97_STYLE_STRIKES;
	struct sheet h = {
	        .rest = ole_part(table, ole_u32(document, FIB_STYLES), ole_u32(document, FIB_STYLES + 4))};
	struct word97_styles whole = {.paragraphs = false};

	memset(s, 0, sizeof *s);
	read_sheet(s, &h);
	for (size_t i = 0; i < h.count; i++) {
		whole.bits[i] = (unsigned char)bits_of(s, &h, i);
		whole.paragraphs |= whole.bits[i] & hiding && whole.bits[i] & WORD97_STYLE_PARAGRAPH;
	}
	*s = whole;
}

bool
word97_style_hides(const struct word97_styles *s, unsigned number)
{
	return number < WORD97_STYLES_MAX && s->bits[number] & WORD97_STYLE_HIDES;
}

bool
word97_style_strikes(const struct word97_styles *s, unsigned number)
{
	return number < WORD97_STYLES_MAX && s->bits[number] & WORD97_STYLE_STRIKES;
}
