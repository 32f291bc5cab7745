/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/biff.h"

#include "config/text.h"
#include "parsers/ole.h"

enum {
	CONTINUE = 0x3C,
	RECORD_HEAD = 4,
	/* a string's flags */
	WIDE = 1,
	PHONETIC = 4,
	RICH = 8,
};

bool
biff_next(struct biff *b, struct biff_record *r)
{
	struct bytes s = b->stream;
	size_t len;

	if (b->next > s.len || s.len - b->next < RECORD_HEAD)
		return false;
	r->type = ole_u16(s, b->next);
	len = ole_u16(s, b->next + 2);
	r->body = ole_part(s, b->next + RECORD_HEAD, len);
	b->next += RECORD_HEAD + len;
	return true;
}

struct biff_text
biff_text_of(struct biff *b, const struct biff_record *r, size_t skip)
{
	return (struct biff_text){b, ole_part(r->body, skip, r->body.len)};
}

/* Go on to the next record if it is a CONTINUE. */
static bool
next_part(struct biff_text *t)
{
	struct biff after = *t->records;
	struct biff_record r;

	if (!biff_next(&after, &r) || r.type != CONTINUE)
		return false;
	*t->records = after;
	t->left = r.body;
	return true;
}

bool
biff_text_more(struct biff_text *t)
{
	while (!t->left.len)
		if (!next_part(t))
			return false;
	return true;
}

uint8_t
biff_text_u8(struct biff_text *t)
{
	uint8_t c;

	if (!biff_text_more(t))
		return 0;
	c = t->left.at[0];
	t->left = ole_part(t->left, 1, t->left.len);
	return c;
}

uint16_t
biff_text_u16(struct biff_text *t)
{
	uint16_t low = biff_text_u8(t);

	return (uint16_t)(low | biff_text_u8(t) << 8);
}

void
biff_text_take(struct biff_text *t, uint64_t len, struct buf *out)
{
	size_t part;

	while (len && biff_text_more(t)) {
		part = t->left.len < len ? t->left.len : (size_t)len;
		if (out)
			buf_add(out, t->left.at, part);
		t->left = ole_part(t->left, part, t->left.len);
		len -= part;
	}
}

static void
put_unit(struct buf *out, uint16_t c, uint16_t *high)
{
	bool low = c >= 0xDC00 && c < 0xE000;

	if (low && *high)
		text_put(out, 0x10000 + ((*high - 0xD800u) << 10) + (c - 0xDC00u));
	else if (low || *high)
		text_put(out, 0xFFFD);
	*high = c >= 0xD800 && c < 0xDC00 ? c : 0;
	if (!c) /* no character to text_put() */
		buf_ch(out, '\0');
	else if (!low && !*high)
		text_put(out, c);
}

void
biff_text_string(struct biff_text *t, size_t units, struct buf *out, struct buf *runs)
{
	uint8_t flags = biff_text_u8(t);
	bool wide = flags & WIDE;
	uint64_t formatting = flags & RICH ? (uint64_t)biff_text_u16(t) * BIFF_RUN_LEN : 0, phonetic = 0;
	uint16_t high = 0;

	if (flags & PHONETIC) {
		phonetic = biff_text_u16(t);
		phonetic += (uint64_t)biff_text_u16(t) << 16;
	}
	for (; units; units--) {
		/* Where a string is cut by the end of a record it says anew how wide it goes on. */
		if (!t->left.len) {
			if (!next_part(t))
				return;
			wide = biff_text_u8(t) & WIDE;
		}
		/* a line's end in a cell is \n */
		put_unit(out, wide ? biff_text_u16(t) : biff_text_u8(t), &high);
	}
	biff_text_take(t, formatting, runs);
	biff_text_take(t, phonetic, NULL);
}
