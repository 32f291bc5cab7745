/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/oleobject.h"

#include "config/mem.h"
#include "parsers/charset.h"
#include "parsers/member.h"
#include "parsers/slides.h"
#include "parsers/span.h"

#include <string.h>

#define PACKAGER       "\001Ole10Native"
#define UNKNOWN_OBJECT "an object of a kind that is not read"

enum { STREAM_MAX = 48 << 20, PACKAGED = 2 /* the kind of object that holds a file */, EMBEDDED = 2 };

/* The place behind a string with its length before it. */
static size_t
behind_string(struct bytes b, size_t at)
{
	return span_sum(span_sum(at, 4), ole_u32(b, at));
}

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
	at = behind_string(b, at + 4);
	if (at >= b.len)
		return BYTES(NULL, 0);
	return ole_part(b, at + 4, ole_u32(b, at));
}

/* What an object of OLE 1.0 keeps: a packager's file, or a length and a picture of Paint's. */
static struct bytes
native_file(struct bytes b, struct bytes *name_r)
{
	struct bytes picture = ole_part(b, 4, ole_u32(b, 0));

	return bytes_begin(picture, "BM") ? picture : packaged_file(b, name_r);
}

/* The file in the object, its name in *name_r; nothing where there is none. In stream. */
static struct bytes
file_in(const struct ole *o, size_t storage, struct buf *stream, struct bytes *name_r)
{
	static const struct {
		const char *stream, *begin;
	} whole[] = {{"Package", "PK\3\4"},
	             {"EmbeddedOdf", "PK\3\4"},
	             {"package_stream", "PK\3\4"}, /* LibreOffice's */
	             {"CONTENTS", "%PDF"}};

	*name_r = BYTES(NULL, 0);
	if (ole_stream_in(o, storage, PACKAGER, stream))
		return native_file(buf_bytes(stream), name_r);
	for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
		buf_clear(stream);
		if (ole_stream_in(o, storage, whole[i].stream, stream) &&
		    bytes_begin(buf_bytes(stream), whole[i].begin))
			return buf_bytes(stream);
	}
	return BYTES(NULL, 0);
}

/* A storage that keeps no more than the picture that the document shows: a link, a formula, a control, a
 * drawing. */
static bool
is_shown(const struct ole *o, size_t storage)
{
	static const char *const drawn[] = {"Equation Native", "\003OCXNAME", "VisioDocument"};
	static const char *const picture[] = {"\001Ole",
	                                      "\001CompObj",
	                                      "\001Ole10ItemName",
	                                      "\002OlePres000",
	                                      "\002OlePres001",
	                                      "\003ObjInfo",
	                                      "\003LinkSource",
	                                      "\003PIC",
	                                      "\003META",
	                                      "\003PRINT",
	                                      "\003EPRINT",
	                                      "\005SummaryInformation",
	                                      "\005DocumentSummaryInformation",
	                                      NULL};

	for (size_t i = 0; i < sizeof drawn / sizeof drawn[0]; i++)
		if (ole_has_in(o, storage, drawn[i]))
			return true;
	return !ole_has_more(o, storage, picture);
}

bool
oleobject_is_shown(struct bytes file)
{
	struct ole *o = ole_open(file, NULL);
	bool shown = o && !ole_is_cut(o) && is_shown(o, 0);

	ole_close(o);
	return shown;
}

static const char *
name_of(struct arena *a, struct bytes label, size_t n, struct bytes file)
{
	const char *name = member_name(a, label.len ? charset_string(a, label, "gb18030") : "");

	return *name ? name : member_unnamed(a, n, file);
}

static bool
oleobject_unpack(const struct source *s, struct container_sink *sink, struct err *e)
{
	struct ole *o = ole_open(s->data, e);
	struct buf stream = BUF_INIT(STREAM_MAX);
	struct arena *a = arena_new();
	struct bytes file, label;

	sink->transparent = true;
	file = o ? file_in(o, 0, &stream, &label) : BYTES(NULL, 0);
	if (file.len)
		(void)sink->member(sink->context, name_of(a, label, 1, file), file);
	buf_free(&stream);
	arena_free(a);
	ole_close(o);
	return o != NULL;
}

/* ---- put into a document of their own kind ---- */

/* A document that is its own object: the storage has what a file of that kind has in its root. */
static bool
is_document(const struct ole *o, size_t storage)
{
	static const char *const streams[] = {"WordDocument", "Workbook", "Book", "EncryptedPackage",
	                                      "__properties_version1.0"};

	for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++)
		if (ole_has_in(o, storage, streams[i]))
			return true;
	return false;
}

/* The file in the storage, in data; nothing where there is none that is read. *copied counts what whole
 * copies took; false: it would be too much. */
static bool
take_object(const struct ole *o, size_t storage, struct buf *data, size_t *copied, struct bytes *file_r,
            struct bytes *label_r)
{
	buf_clear(data);
	*file_r = file_in(o, storage, data, label_r);
	if (!file_r->len && is_document(o, storage)) {
		buf_clear(data);
		if (*copied > OLEOBJECT_COPIED_MAX)
			return false;
		ole_rooted(o, storage, data);
		*copied += data->len;
		*file_r = buf_bytes(data);
	}
	return !data->over;
}

/* An object of a kind that is not read. */
static void
push_unread(const struct ole *o, size_t storage, size_t n, struct document *d)
{
	bool slides = ole_has_in(o, storage, SLIDES97_STREAM);
	struct err why = {0};

	(void)err_set(&why, ERR_UNSUPPORTED, slides ? "slides" : UNKNOWN_OBJECT);
	doc_file_unread(d, arena_fmt(d->arena, "附件%zu.%s", n, slides ? "ppt" : "ole"), &why);
}

void
oleobject_push(const struct ole *o, size_t within, const char *prefix, struct document *d)
{
	struct buf data = BUF_INIT(DOC_FILE_MAX);
	struct err why = {0};
	struct bytes label, file;
	size_t copied = 0, n = 0;

	(void)err_set(&why, ERR_TOO_LARGE, "more in it than is read of files put into others");
	for (size_t i = 0; (i = ole_storage(o, within, prefix, i));) {
		if (!take_object(o, i, &data, &copied, &file, &label))
			doc_file_unread(d, arena_fmt(d->arena, "附件%zu", ++n), &why);
		else if (file.len)
			doc_file(d, name_of(d->arena, label, ++n, file), file);
		else if (!is_shown(o, i))
			push_unread(o, i, ++n, d);
	}
	buf_free(&data);
}

/* A file as it is: an OLE2 file, or what needs no packager. */
static bool
is_whole_file(struct bytes b)
{
	return ole_is(b) || bytes_begin(b, "BM") || bytes_begin(b, "PK\3\4") || bytes_begin(b, "%PDF");
}

void
oleobject_push_native(struct bytes b, size_t n, struct document *d)
{
	struct bytes label = {0}, file;
	struct err why = {0};
	size_t at = 8;

	if (ole_u32(b, 4) != EMBEDDED)
		return;
	for (int i = 0; i < 3 && at < b.len; i++) /* class, topic, item */
		at = behind_string(b, at);
	file = at < b.len ? ole_part(b, at + 4, ole_u32(b, at)) : BYTES(NULL, 0);
	if (!file.len)
		return;
	if (!is_whole_file(file))
		file = packaged_file(ole_part(b, at, b.len), &label);
	if (file.len) {
		doc_file(d, name_of(d->arena, label, n, file), file);
		return;
	}
	(void)err_set(&why, ERR_UNSUPPORTED, UNKNOWN_OBJECT);
	doc_file_unread(d, arena_fmt(d->arena, "附件%zu.ole", n), &why);
}

static bool
oleobject_is(const struct source *s)
{
	struct ole *o = ole_is(s->data) ? ole_open(s->data, NULL) : NULL;
	struct buf stream = BUF_INIT(STREAM_MAX);
	struct bytes name;
	bool is = o && file_in(o, 0, &stream, &name).len;

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
