/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/zipxml.h"

#include "config/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>
#include <zlib.h>

enum {
	CHUNK = 1 << 15,
	LOCAL_HEADER = 30, /* its fixed part; APPNOTE.TXT 4.3.7 */
	METHOD_STORED = 0,
	METHOD_DEFLATED = 8,
};

struct zipxml {
	struct bytes data;
	zip_t *zip; /* NULL: the directory is gone, entries are found by their local headers */
	size_t left;
};

/* A piece of an entry as it comes out. False: enough. */
typedef bool piece_sink(void *context, const void *p, size_t len);

/* ---- local headers ---- */

struct local {
	const unsigned char *at; /* what is packed */
	size_t len;              /* up to the end of the file: where it ends is not known */
	uint32_t stated_len;
	unsigned method;
	bool encrypted;
};

static unsigned
le16(const unsigned char *p)
{
	return p[0] | (unsigned)p[1] << 8;
}

/* The first local header with this name. A match inside packed bytes is as good as impossible. */
static bool
local_find(struct bytes b, const char *name, struct local *l_r)
{
	size_t name_len = strlen(name), head;
	struct bytes rest = b;
	size_t at;

	for (; (at = bytes_find(rest, "PK\3\4")) < rest.len; rest = BYTES(rest.at + 4, rest.len - 4)) {
		rest = BYTES(rest.at + at, rest.len - at);
		if (rest.len < LOCAL_HEADER)
			return false;
		head = LOCAL_HEADER + le16(rest.at + 26) + le16(rest.at + 28);
		if (head > rest.len || le16(rest.at + 26) != name_len ||
		    memcmp(rest.at + LOCAL_HEADER, name, name_len) != 0)
			continue;
		*l_r = (struct local){.at = rest.at + head,
		                      .len = rest.len - head,
		                      .stated_len = le16(rest.at + 18) | (uint32_t)le16(rest.at + 20) << 16,
		                      .method = le16(rest.at + 8),
		                      .encrypted = le16(rest.at + 6) & 1};
		return true;
	}
	return false;
}

static bool
damaged(struct err *e, const char *name)
{
	return err_set(e, ERR_DAMAGED, "the ZIP entry %s is damaged or cut short", name);
}

static bool
inflate_local(const struct local *l, const char *name, piece_sink *sink, void *context, struct err *e)
{
	unsigned char *out = mem_alloc(CHUNK, 1);
	z_stream z = {.next_in = (unsigned char *)(uintptr_t)l->at,
	              .avail_in = l->len < UINT32_MAX ? (uInt)l->len : UINT32_MAX};
	int status = inflateInit2(&z, -MAX_WBITS);
	bool more = true;

	if (status != Z_OK)
		mem_die("starting to inflate");
	while (status == Z_OK && more) {
		z.next_out = out;
		z.avail_out = CHUNK;
		status = inflate(&z, Z_NO_FLUSH);
		more = sink(context, out, CHUNK - z.avail_out);
	}
	(void)inflateEnd(&z);
	free(out);
	return status == Z_STREAM_END || !more || damaged(e, name);
}

static bool
pour_local(const struct zipxml *z, const char *name, piece_sink *sink, void *context, struct err *e)
{
	struct local l;

	if (!local_find(z->data, name, &l))
		return err_set(e, ERR_DAMAGED, "the ZIP has no entry %s any more", name);
	if (l.encrypted)
		return err_set(e, ERR_ENCRYPTED, "the ZIP entry %s is encrypted", name);
	if (l.method == METHOD_DEFLATED)
		return inflate_local(&l, name, sink, context, e);
	if (l.method != METHOD_STORED)
		return err_set(e, ERR_UNSUPPORTED, "the ZIP entry %s is packed by method %u", name, l.method);
	if (l.stated_len > l.len) {
		(void)sink(context, l.at, l.len);
		return damaged(e, name);
	}
	(void)sink(context, l.at, l.stated_len);
	return true;
}

/* ---- by the directory ---- */

static zip_t *
open_directory(struct bytes b)
{
	zip_source_t *src = zip_source_buffer_create(b.at, b.len, 0, NULL);
	zip_t *zip = src ? zip_open_from_source(src, ZIP_RDONLY, NULL) : NULL;

	if (!zip)
		zip_source_free(src);
	return zip;
}

/* ERR_ENCRYPTED, ERR_UNSUPPORTED or ERR_DAMAGED for what libzip says of an entry. */
static bool
zip_failed(zip_error_t *why, const char *name, struct err *e)
{
	switch (zip_error_code_zip(why)) {
	case ZIP_ER_NOPASSWD:
	case ZIP_ER_WRONGPASSWD: return err_set(e, ERR_ENCRYPTED, "the ZIP entry %s is encrypted", name);
	case ZIP_ER_COMPNOTSUPP:
	case ZIP_ER_ENCRNOTSUPP:
		return err_set(e, ERR_UNSUPPORTED, "the ZIP entry %s is packed in an unknown way", name);
	case ZIP_ER_NOENT: return err_set(e, ERR_DAMAGED, "the ZIP has no entry %s", name);
	default: return damaged(e, name);
	}
}

/* Negative: none has this name. */
static zip_int64_t
entry_of(const struct zipxml *z, const char *name)
{
	zip_int64_t i = zip_name_locate(z->zip, name, 0);

	return i >= 0 ? i : zip_name_locate(z->zip, name, ZIP_FL_NOCASE);
}

static bool
pour_entry(const struct zipxml *z, const char *name, piece_sink *sink, void *context, struct err *e)
{
	zip_int64_t at = entry_of(z, name);
	zip_file_t *f = at < 0 ? NULL : zip_fopen_index(z->zip, (zip_uint64_t)at, 0);
	unsigned char *out;
	zip_int64_t n;
	bool ok = true;

	if (!f)
		return zip_failed(zip_get_error(z->zip), name, e);
	out = mem_alloc(CHUNK, 1);
	while ((n = zip_fread(f, out, CHUNK)) > 0)
		if (!sink(context, out, (size_t)n))
			break;
	if (n < 0)
		ok = zip_failed(zip_file_get_error(f), name, e);
	free(out);
	(void)zip_fclose(f);
	return ok;
}

/* ---- the package ---- */

bool
zipxml_is(struct bytes b, const char *name)
{
	struct zipxml *z = bytes_begin(b, "PK\3\4") ? zipxml_open(b, NULL) : NULL;
	bool is = z && zipxml_has(z, name);

	zipxml_close(z);
	return is;
}

struct zipxml *
zipxml_open(struct bytes b, struct err *e)
{
	struct zipxml *z = mem_alloc(1, sizeof *z);

	z->data = b;
	z->left = ZIPXML_BYTES_MAX;
	z->zip = open_directory(b);
	if (z->zip || bytes_begin(b, "PK\3\4"))
		return z;
	free(z);
	(void)err_set(e, ERR_DAMAGED, "the ZIP's directory cannot be read");
	return NULL;
}

void
zipxml_close(struct zipxml *z)
{
	if (z && z->zip)
		zip_discard(z->zip);
	free(z);
}

bool
zipxml_has(const struct zipxml *z, const char *name)
{
	struct local l;

	return z->zip ? entry_of(z, name) >= 0 : local_find(z->data, name, &l);
}

/* Counts what comes out, for both kinds of receivers. */
struct pouring {
	struct zipxml *z;
	struct xml *xml; /* or */
	struct buf *out;
	bool too_large;
};

static bool
pour_piece(void *context, const void *p, size_t len)
{
	struct pouring *to = context;

	if (len > to->z->left) {
		to->too_large = true;
		return false;
	}
	to->z->left -= len;
	if (to->xml || !to->out)
		return to->xml && xml_push(to->xml, p, len);
	buf_add(to->out, p, len);
	to->too_large = to->out->over;
	return !to->out->over;
}

static bool
pour(struct pouring *to, const char *name, struct err *e)
{
	const struct zipxml *z = to->z;
	bool ok = z->zip ? pour_entry(z, name, pour_piece, to, e) : pour_local(z, name, pour_piece, to, e);

	if (to->too_large)
		return err_set(e, ERR_TOO_LARGE, "the ZIP entry %s unpacks to more than is read of it", name);
	return ok;
}

bool
zipxml_stream(struct zipxml *z, const char *name, const struct xml_events *events, void *context,
              struct err *e)
{
	struct pouring to = {.z = z};
	struct err xml_why = {.code = ERR_NONE};
	bool ok;

	to.xml = xml_begin(events, context);
	ok = pour(&to, name, e);
	/* Where the ZIP itself is broken, that the XML is too is no news. */
	if (!xml_end(to.xml, &xml_why) && ok)
		return err_set(e, xml_why.code, "%s: %s", name, xml_why.text);
	return ok;
}

bool
zipxml_read(struct zipxml *z, const char *name, struct buf *out, struct err *e)
{
	struct pouring to = {.z = z, .out = out};

	return pour(&to, name, e);
}

/* Cut the last step off a path: "a/b/" to "a/". False: there is none. */
static bool
step_up(char *path, size_t *len)
{
	if (!*len)
		return false;
	for ((*len)--; *len && path[*len - 1] != '/'; (*len)--)
		;
	return true;
}

bool
zipxml_resolve(char out[ZIPXML_NAME_MAX], const char *from, struct bytes target)
{
	const char *slash = strrchr(from, '/');
	size_t len = slash ? (size_t)(slash - from) + 1 : 0;

	if (bytes_begin(target, "/")) {
		target = BYTES(target.at + 1, target.len - 1);
		len = 0;
	}
	if (len >= ZIPXML_NAME_MAX)
		return false;
	memcpy(out, from, len);
	for (;;) {
		if (bytes_begin(target, "./")) {
			target = BYTES(target.at + 2, target.len - 2);
		} else if (bytes_begin(target, "../")) {
			target = BYTES(target.at + 3, target.len - 3);
			if (!step_up(out, &len))
				return false;
		} else {
			break;
		}
	}
	if (!target.len || target.len >= ZIPXML_NAME_MAX - len || memchr(target.at, '\0', target.len))
		return false;
	memcpy(out + len, target.at, target.len);
	out[len + target.len] = '\0';
	return true;
}
