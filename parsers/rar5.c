/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/rar5.h"

#include <stdint.h>

#define SIGNATURE "Rar!\x1A\x07\x01"

enum {
	SIGNATURE_LEN = 8, /* the NUL behind it counts */
	HEADER_SUM = 4,
	TYPE_FILE = 2,
	TYPE_END = 5,
	FLAG_EXTRA = 1,
	FLAG_DATA = 2,
	RECORD_ENCRYPTION = 1,
};

/* What is left of the bytes; broken once more was asked than there was. */
struct cursor {
	struct bytes left;
	bool broken;
};

static void
skip(struct cursor *c, uint64_t n)
{
	if (n > c->left.len) {
		c->broken = true;
		n = c->left.len;
	}
	c->left = BYTES(c->left.at + n, c->left.len - (size_t)n);
}

/* Seven bits a byte, the lowest first. */
static uint64_t
number(struct cursor *c)
{
	uint64_t v = 0;
	unsigned shift;
	unsigned char byte;

	for (shift = 0; shift < 63 && c->left.len; shift += 7) {
		byte = c->left.at[0];
		skip(c, 1);
		v |= (uint64_t)(byte & 0x7F) << shift;
		if (!(byte & 0x80))
			return v;
	}
	c->broken = true;
	return 0;
}

static bool
has_encryption(struct bytes extra)
{
	struct cursor c = {.left = extra}, record;
	uint64_t len;

	while (c.left.len && !c.broken) {
		len = number(&c);
		record = c;
		if (number(&record) == RECORD_ENCRYPTION && !record.broken)
			return true;
		skip(&c, len);
	}
	return false;
}

void
rar5_locks(struct bytes b, struct buf *out)
{
	struct cursor c = {.left = b}, header;
	uint64_t type, flags, len, extra, data;

	if (!bytes_begin(b, SIGNATURE))
		return;
	skip(&c, SIGNATURE_LEN);
	while (c.left.len && !c.broken && !out->over) {
		skip(&c, HEADER_SUM);
		len = number(&c);
		header = c;
		skip(&c, len);
		if (c.broken)
			return;
		header.left.len = (size_t)len;
		type = number(&header);
		flags = number(&header);
		extra = flags & FLAG_EXTRA ? number(&header) : 0;
		data = flags & FLAG_DATA ? number(&header) : 0;
		if (header.broken || type >= TYPE_END || extra > header.left.len)
			return;
		skip(&header, header.left.len - extra);
		if (type == TYPE_FILE)
			buf_ch(out, has_encryption(header.left) ? 'x' : '-');
		skip(&c, data);
	}
}
