/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/rar_index.h"

#include "config/text.h"
#include "parsers/member.h"

#include <stdint.h>
#include <string.h>

#define SIGNATURE_4 "Rar!\x1A\x07"
#define SIGNATURE_5 "Rar!\x1A\x07\x01"

enum {
	SIGNATURE_4_LEN = 7, /* the NUL behind it counts */
	SIGNATURE_5_LEN = 8,
	HEADER_SUM = 4,

	/* RAR 5 */
	TYPE_FILE = 2,
	TYPE_END = 5,
	FLAG_EXTRA = 0x01,
	FLAG_DATA = 0x02,
	FLAG_FROM = 0x08, /* the data goes on from the volume before, into the next */
	FLAG_TO = 0x10,
	FILE_FOLDER = 0x01,
	FILE_TIME = 0x02,
	FILE_SUM = 0x04,
	PACKED_SOLID = 0x40,
	RECORD_ENCRYPTION = 1,

	/* RAR 4 */
	HEAD_LEN = 7,
	HEAD_MAIN = 0x73,
	HEAD_FILE = 0x74,
	HEAD_END = 0x7B,
	MAIN_SOLID = 0x0008,
	MAIN_LOCKED = 0x0080,
	LONG = 0x8000,
	FILE_FROM = 0x0001,
	FILE_TO = 0x0002,
	FILE_LOCKED = 0x0004,
	FILE_SOLID = 0x0010,
	FILE_WINDOW = 0x00E0, /* all bits of the window's size: a folder */
	FILE_LARGE = 0x0100,
	FILE_NAME_AT = 32, /* behind attributes; lengths' upper halves come before it */
	FILE_NAME_LEN_AT = 26,
};

/* What is left of the bytes; broken once more was asked than there was. */
struct cursor {
	struct bytes left;
	bool broken;
};

static struct bytes
take(struct cursor *c, uint64_t n)
{
	struct bytes taken = c->left;

	if (n > c->left.len) {
		c->broken = true;
		n = c->left.len;
	}
	taken.len = (size_t)n;
	c->left = BYTES(c->left.at + n, c->left.len - (size_t)n);
	return taken;
}

/* Little end first. */
static uint64_t
fixed(struct cursor *c, unsigned len)
{
	struct bytes b = take(c, len);
	uint64_t v = 0;

	for (size_t i = b.len; i > 0; i--)
		v = v << 8 | b.at[i - 1];
	return v;
}

/* Seven bits a byte, the lowest first. */
static uint64_t
number(struct cursor *c)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 63 && c->left.len; shift += 7) {
		unsigned char byte = *take(c, 1).at;

		v |= (uint64_t)(byte & 0x7F) << shift;
		if (!(byte & 0x80))
			return v;
	}
	c->broken = true;
	return 0;
}

static void
add_file(struct rar_index *x, struct rar_file f)
{
	if (x->count < RAR_FILES_MAX)
		x->files[x->count++] = f;
}

/* ---- RAR 5 ---- */

static bool
has_encryption(struct bytes extra)
{
	struct cursor c = {.left = extra};

	while (c.left.len && !c.broken) {
		uint64_t len = number(&c);
		struct cursor record = c;

		if (number(&record) == RECORD_ENCRYPTION && !record.broken)
			return true;
		(void)take(&c, len);
	}
	return false;
}

/* A file header, behind its flags and lengths. */
static void
take_file_5(struct rar_index *x, struct cursor h, uint64_t flags, struct bytes extra)
{
	uint64_t file_flags = number(&h);
	struct rar_file f = {.folder = file_flags & FILE_FOLDER,
	                     .piece = flags & (FLAG_FROM | FLAG_TO),
	                     .passed = flags & FLAG_FROM,
	                     .locked = has_encryption(extra)};

	(void)number(&h); /* the length unpacked */
	(void)number(&h); /* attributes */
	(void)take(&h, (file_flags & FILE_TIME ? 4 : 0) + (file_flags & FILE_SUM ? 4 : 0));
	x->solid = (number(&h) & PACKED_SOLID) || x->solid;
	(void)number(&h); /* the system */
	f.name = take(&h, number(&h));
	add_file(x, f);
}

static void
index_5(struct rar_index *x, struct bytes b)
{
	struct cursor c = {.left = BYTES(b.at + SIGNATURE_5_LEN, b.len - SIGNATURE_5_LEN)};

	while (c.left.len) {
		struct cursor header;
		uint64_t type, flags, extra, data;

		(void)take(&c, HEADER_SUM);
		header.left = take(&c, number(&c));
		header.broken = c.broken;
		type = number(&header);
		flags = number(&header);
		extra = flags & FLAG_EXTRA ? number(&header) : 0;
		data = flags & FLAG_DATA ? number(&header) : 0;
		x->cut = header.broken || type != TYPE_END;
		if (header.broken || type >= TYPE_END || extra > header.left.len)
			return;
		header.left.len -= (size_t)extra;
		if (type == TYPE_FILE)
			take_file_5(x, header, flags, BYTES(header.left.at + header.left.len, (size_t)extra));
		(void)take(&c, data);
	}
}

/* ---- RAR 4 ---- */

static void
take_file_4(struct rar_index *x, struct bytes header, uint64_t flags)
{
	struct cursor c = {.left = header};
	size_t len;

	(void)take(&c, FILE_NAME_LEN_AT);
	len = (size_t)fixed(&c, 2);
	(void)take(&c, FILE_NAME_AT - FILE_NAME_LEN_AT - 2 + (flags & FILE_LARGE ? 8 : 0));
	x->solid = x->solid || (flags & FILE_SOLID);
	add_file(x, (struct rar_file){.name = take(&c, len),
	                              .folder = (flags & FILE_WINDOW) == FILE_WINDOW,
	                              .piece = flags & (FILE_FROM | FILE_TO),
	                              .locked = flags & FILE_LOCKED});
}

static void
index_4(struct rar_index *x, struct bytes b)
{
	struct cursor c = {.left = BYTES(b.at + SIGNATURE_4_LEN, b.len - SIGNATURE_4_LEN)};

	while (c.left.len) {
		struct cursor header = c;
		uint64_t type, flags, len, data = 0;

		(void)take(&header, 2); /* its sum */
		type = fixed(&header, 1);
		flags = fixed(&header, 2);
		len = fixed(&header, 2);
		if (type == HEAD_FILE || (flags & LONG))
			data = fixed(&header, 4);
		header = (struct cursor){.left = take(&c, len), .broken = header.broken || c.broken};
		x->solid = x->solid || (type == HEAD_MAIN && (flags & MAIN_SOLID));
		x->cut = header.broken;
		if (header.broken || len < HEAD_LEN || type == HEAD_END ||
		    (type == HEAD_MAIN && (flags & MAIN_LOCKED)))
			return;
		if (type == HEAD_FILE) {
			take_file_4(x, header.left, flags);
			if ((flags & FILE_LARGE) && len > FILE_NAME_AT + 4) {
				struct cursor high = {.left = header.left};

				(void)take(&high, FILE_NAME_AT);
				data |= fixed(&high, 4) << 32;
			}
		}
		(void)take(&c, data);
	}
}

void
rar_index(struct rar_index *out, struct arena *a, struct bytes b)
{
	*out = (struct rar_index){0};
	out->version = bytes_begin(b, SIGNATURE_5) ? 5 : bytes_begin(b, SIGNATURE_4) ? 4 : 0;
	if (!out->version || b.len < SIGNATURE_5_LEN)
		return;
	out->files = arena_alloc(a, RAR_FILES_MAX, sizeof *out->files);
	if (out->version == 5)
		index_5(out, b);
	else
		index_4(out, b);
}

/* ---- names ---- */

/* Behind the plain name and a NUL: UTF-16, packed against that name. A byte of upper halves, then two bits an
 * item: a low byte; that under the upper half; both bytes; or a run of the plain name, moved by a correction.
 */
static void
unpack_name(struct bytes plain, struct bytes packed, struct buf *out)
{
	struct cursor c = {.left = packed};
	unsigned high = (unsigned)fixed(&c, 1), flags = 0, bits = 0;
	size_t at = 0;

	while (c.left.len && !out->over) {
		unsigned kind, length, low;

		if (!bits) {
			flags = (unsigned)fixed(&c, 1);
			bits = 8;
		}
		bits -= 2;
		kind = flags >> bits & 3;
		low = (unsigned)fixed(&c, 1);
		if (kind < 3) {
			unsigned upper = kind == 0 ? 0 : kind == 1 ? high : (unsigned)fixed(&c, 1);

			text_put(out, low | upper << 8);
			at++;
			continue;
		}
		length = (low & 0x7F) + 2;
		low = low & 0x80 ? (unsigned)fixed(&c, 1) | 0x100 : 0;
		for (; length && at < plain.len; length--, at++) {
			if (low & 0x100)
				text_put(out, ((plain.at[at] + low) & 0xFF) | high << 8);
			else
				text_put(out, plain.at[at]);
		}
	}
}

const char *
rar_name(struct arena *a, const struct rar_index *x, const struct rar_file *f)
{
	const unsigned char *end = f->name.len ? memchr(f->name.at, '\0', f->name.len) : NULL;
	struct buf wide = BUF_INIT(MEMBER_NAME_MAX);
	const char *name;

	if (x->version == 5 || !end)
		return member_path(a, f->name);
	unpack_name(BYTES(f->name.at, (size_t)(end - f->name.at)),
	            BYTES(end + 1, f->name.len - (size_t)(end - f->name.at) - 1), &wide);
	name = member_path(a, buf_bytes(&wide));
	buf_free(&wide);
	return name;
}
