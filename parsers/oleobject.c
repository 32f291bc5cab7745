/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/oleobject.h"

#include "config/mem.h"
#include "parsers/charset.h"
#include "parsers/member.h"
#include "parsers/ole.h"

#include <string.h>

#define PACKAGER "\001Ole10Native"

enum { STREAM_MAX = 48 << 20, PACKAGED = 2 /* the kind of object that holds a file */ };

/* The string at *at up to its NUL, and *at behind that. */
static struct bytes
string_at(struct bytes b, size_t *at)
{
	struct bytes rest = ole_part(b, *at, b.len);
	const unsigned char *nul = rest.len ? memchr(rest.at, '\0', rest.len) : NULL;
	size_t len = nul ? (size_t)(nul - rest.at) : rest.len;

	*at += len + 1;
	return BYTES(rest.at, len);
}

/* Length, kind, label, path; two words, the path it was opened under; the file's length, the file. Nothing
 * where it is no packager's. */
static struct bytes
packaged_file(struct bytes b, struct bytes *name_r)
{
	size_t at = 6;

	if (ole_u16(b, 4) != PACKAGED)
		return BYTES(NULL, 0);
	*name_r = string_at(b, &at);
	(void)string_at(b, &at);
	at += 4;
	at += 4 + (size_t)ole_u32(b, at);
	if (at >= b.len)
		return BYTES(NULL, 0);
	return ole_part(b, at + 4, ole_u32(b, at));
}

/* The file in the object, its name in *name_r; nothing where there is none. In stream. */
static struct bytes
file_in(const struct ole *o, struct buf *stream, struct bytes *name_r)
{
	static const struct {
		const char *stream, *begin;
	} whole[] = {{"Package", "PK\3\4"}, {"CONTENTS", "%PDF"}};

	*name_r = BYTES(NULL, 0);
	if (ole_stream(o, PACKAGER, stream))
		return packaged_file(buf_bytes(stream), name_r);
	for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
		if (ole_stream(o, whole[i].stream, stream) && bytes_begin(buf_bytes(stream), whole[i].begin))
			return buf_bytes(stream);
	return BYTES(NULL, 0);
}

static bool
oleobject_unpack(const struct source *s, struct container_sink *sink, struct err *e)
{
	struct ole *o = ole_open(s->data, e);
	struct buf stream = BUF_INIT(STREAM_MAX);
	struct arena *a = arena_new();
	struct bytes file, label;
	const char *name;

	sink->transparent = true;
	file = o ? file_in(o, &stream, &label) : BYTES(NULL, 0);
	if (file.len) {
		name = member_name(a, label.len ? charset_string(a, label, "gb18030") : "");
		(void)sink->member(sink->context, *name ? name : member_unnamed(a, 1, file), file);
	}
	buf_free(&stream);
	arena_free(a);
	ole_close(o);
	return o != NULL;
}

static bool
oleobject_is(const struct source *s)
{
	struct ole *o = ole_is(s->data) ? ole_open(s->data, NULL) : NULL;
	struct buf stream = BUF_INIT(STREAM_MAX);
	struct bytes name;
	bool is = o && file_in(o, &stream, &name).len;

	buf_free(&stream);
	ole_close(o);
	return is;
}

const struct reader oleobject_reader = {
        .name = "ole-object",
        .extension = "bin",
        .is = oleobject_is,
        .unpack = oleobject_unpack,
};
