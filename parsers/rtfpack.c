/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/rtfpack.h"

#include "parsers/ole.h"

#include <string.h>

enum {
	HEADER_LEN = 16,     /* 2.1.3.1.1: length packed and unpacked, kind, checksum */
	PACKED = 0x75465A4C, /* "LZFu" */
	PLAIN = 0x414C454D,  /* "MELA" */
	WINDOW = 4096,
};

/* What the window holds at the start: 2.1.2.1. */
static const char dictionary[] =
        "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
        "\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0"
        "\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

_Static_assert(sizeof dictionary - 1 == 207, "its length as specified");

struct window {
	char bytes[WINDOW];
	size_t at; /* where the next byte goes */
};

static void
put(struct window *w, struct buf *out, char c)
{
	w->bytes[w->at] = c;
	w->at = (w->at + 1) % WINDOW;
	buf_ch(out, c);
}

/* Runs of eight: a byte of flags, lowest first; a set one is a reference of 12 bits to the window and 4
 * bits of length, most significant byte first; one to the window's own end is the end. */
static bool
unpack(struct bytes in, struct buf *out)
{
	struct window w = {.at = sizeof dictionary - 1};
	size_t at = 0, from, len;
	unsigned flags, word;

	memcpy(w.bytes, dictionary, sizeof dictionary - 1);
	while (at < in.len && !out->over) {
		flags = in.at[at++];
		for (int bit = 0; bit < 8 && at < in.len; bit++, flags >>= 1) {
			if (!(flags & 1)) {
				put(&w, out, (char)in.at[at++]);
				continue;
			}
			if (at + 2 > in.len)
				return false;
			word = (unsigned)in.at[at] << 8 | in.at[at + 1];
			at += 2;
			from = word >> 4;
			if (from == w.at)
				return true;
			for (len = (word & 15) + 2; len > 0; len--, from = (from + 1) % WINDOW)
				put(&w, out, w.bytes[from]);
		}
	}
	return false;
}

bool
rtfpack_open(struct bytes b, struct buf *out)
{
	size_t raw, begin = out->len;
	bool ended;

	if (b.len < HEADER_LEN)
		return false;
	raw = ole_u32(b, 4);
	if (ole_u32(b, 8) == PLAIN) {
		struct bytes text = ole_part(b, HEADER_LEN, raw);

		buf_add(out, text.at, text.len);
		return text.len == raw && !out->over;
	}
	if (ole_u32(b, 8) != PACKED)
		return false;
	ended = unpack(BYTES(b.at + HEADER_LEN, b.len - HEADER_LEN), out);
	return (ended || (raw && out->len - begin >= raw)) && !out->over;
}
