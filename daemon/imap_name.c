/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modified UTF-7 (RFC 3501 5.1.3): how servers want the names of folders. */
#include "config/text.h"
#include "daemon/imap.h"

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/* Sixteen bits at a time go in, six at a time come out. */
struct shifted {
	uint32_t bits;
	int count;
	bool open;
};

static void
put_unit(struct buf *b, struct shifted *s, uint32_t unit)
{
	if (!s->open)
		buf_ch(b, '&');
	s->open = true;
	s->bits = s->bits << 16 | unit;
	for (s->count += 16; s->count >= 6; s->count -= 6)
		buf_ch(b, base64[s->bits >> (s->count - 6) & 63]);
}

static void
close_run(struct buf *b, struct shifted *s)
{
	if (s->open && s->count)
		buf_ch(b, base64[s->bits << (6 - s->count) & 63]);
	if (s->open)
		buf_ch(b, '-');
	*s = (struct shifted){0};
}

bool
imap_folder_name(struct buf *b, const char *name)
{
	struct shifted s = {0};
	uint32_t c = 0;

	if (!text_is_utf8(bytes_str(name)))
		return false;
	while ((c = text_next(&name))) {
		if (c >= 0x20 && c <= 0x7e) {
			close_run(b, &s);
			buf_ch(b, (char)c);
			if (c == '&')
				buf_ch(b, '-');
		} else if (c > 0xffff) {
			put_unit(b, &s, 0xd800 + ((c - 0x10000) >> 10));
			put_unit(b, &s, 0xdc00 + ((c - 0x10000) & 0x3ff));
		} else {
			put_unit(b, &s, c);
		}
	}
	close_run(b, &s);
	return true;
}
