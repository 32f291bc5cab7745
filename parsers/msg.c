/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/msg.h"

#include "config/mem.h"
#include "config/text.h"
#include "parsers/mapi.h"
#include "parsers/member.h"
#include "parsers/ole.h"
#include "parsers/oleobject.h"

#include <stdio.h>
#include <string.h>

#define PROPERTIES "__properties_version1.0"
#define ATTACHMENT "__attach_version1.0_"

enum {
	STREAM_NAME_MAX = 32,
	ATTACHED_MAX = 48 << 20, /* bytes of a file; the mail around it is smaller */
	TEXT_MAX = 4 << 20,
	HEADER_ROOT = 32,    /* of the stream of properties: 2.4.1; */
	HEADER_MESSAGE = 24, /* of a message in a message, */
	HEADER_ATTACHMENT = 8,
	PROPERTY_LEN = 16,
	CODE_PAGE_MESSAGE = 0x3FFD0003,  /* the one of 8-bit strings, */
	CODE_PAGE_INTERNET = 0x3FDE0003, /* and the one of PidTagHtml */
	ATTACH_METHOD = 0x37050003,
	ATTACHED_BY_VALUE = 1,
};

struct msg {
	const struct ole *ole;
	struct container_sink *sink;
	struct arena *arena;
	size_t files;
	bool enough, too_many;
};

/* ---- properties: those of variable length are streams named by their tag ---- */

/* What keeps a text from being read whole. */
struct lack {
	bool over; /* it is longer than is read, */
	bool cut;  /* than the file holds of it */
};

static bool
read_property(const struct msg *m, size_t storage, unsigned id, unsigned type, struct buf *out,
              struct lack *lack)
{
	char name[STREAM_NAME_MAX];

	buf_clear(out);
	(void)snprintf(name, sizeof name, "__substg1.0_%04X%04X", id, type);
	(void)ole_stream_in(m->ole, storage, name, out);
	lack->over |= out->over;
	lack->cut |= !out->over && out->len < ole_size_in(m->ole, storage, name);
	return out->len;
}

/* A number of the properties whose head is so long, or 0. */
static uint32_t
read_number(const struct msg *m, size_t storage, size_t head, uint32_t tag)
{
	struct buf b = BUF_INIT(TEXT_MAX);
	size_t at = head;
	uint32_t v = 0;

	(void)ole_stream_in(m->ole, storage, PROPERTIES, &b);
	for (; !v && at + PROPERTY_LEN <= b.len; at += PROPERTY_LEN)
		if (ole_u32(buf_bytes(&b), at) == tag)
			v = ole_u32(buf_bytes(&b), at + 8);
	buf_free(&b);
	return v;
}

static const char *
charset_of(const struct msg *m, size_t storage, uint32_t tag)
{
	uint32_t page = read_number(m, storage, storage ? HEADER_MESSAGE : HEADER_ROOT, tag);

	return page ? arena_fmt(m->arena, page == 65001 ? "utf-8" : "cp%u", page % 100000) : "";
}

/* A string in either of its types; "" where there is none. */
static const char *
read_string(const struct msg *m, size_t storage, unsigned id, const char *charset, struct lack *lack)
{
	static const unsigned types[] = {MAPI_UNICODE, MAPI_STRING8};
	struct buf b = BUF_INIT(TEXT_MAX);
	const char *text = "";
	size_t i;

	for (i = 0; i < 2 && !*text; i++)
		if (read_property(m, storage, id, types[i], &b, lack))
			text = mapi_text(m->arena, types[i], buf_bytes(&b), charset);
	buf_free(&b);
	return text;
}

/* ---- what a message holds ---- */

static void
tell_lack(const struct msg *m, const char *name, struct lack lack)
{
	struct err why;

	if (!lack.over && !lack.cut)
		return;
	(void)err_set(&why, lack.over ? ERR_TOO_LARGE : ERR_DAMAGED, "%s",
	              lack.over ? "more text than is read" : "the text is cut off");
	m->sink->unread(m->sink->context, name, &why);
}

/* Its text: as HTML or RTF, which have the tables, or plain. */
static void
take_text(const struct msg *m, size_t message, const char *path, const char *charset)
{
	struct buf html = BUF_INIT(TEXT_MAX), rtf = BUF_INIT(TEXT_MAX);
	const char *name = arena_fmt(m->arena, "%sbody", path), *text;
	struct lack lack = {0};

	if (read_property(m, message, MAPI_HTML, MAPI_BINARY, &html, &lack)) {
		m->sink->text(m->sink->context, name, buf_bytes(&html), "text/html",
		              charset_of(m, message, CODE_PAGE_INTERNET));
	} else if (!read_property(m, message, MAPI_RTF, MAPI_BINARY, &rtf, &lack) ||
	           !mapi_rtf(m->sink, name, buf_bytes(&rtf))) {
		text = read_string(m, message, MAPI_BODY, charset, &lack);
		if (*text)
			m->sink->text(m->sink->context, name, bytes_str(text), "text/plain", "utf-8");
	}
	tell_lack(m, name, lack);
	buf_free(&html);
	buf_free(&rtf);
}

static const char *
attachment_name(const struct msg *m, size_t attachment, const char *charset)
{
	static const unsigned ids[] = {MAPI_ATTACH_LONG_FILENAME, MAPI_ATTACH_FILENAME, MAPI_DISPLAY_NAME};
	struct lack lack = {0}; /* of a name nothing is missed */
	const char *name = "";
	size_t i;

	for (i = 0; i < sizeof ids / sizeof ids[0] && !*name; i++)
		name = member_name(m->arena, read_string(m, attachment, ids[i], charset, &lack));
	return name;
}

/* A file as it was read, under its name; one that is too large is told instead. */
static void
hand_over(struct msg *m, const struct buf *data, const char *path, const char *name)
{
	struct err why;

	if (!*name)
		name = member_unnamed(m->arena, m->files, buf_bytes(data));
	name = arena_fmt(m->arena, "%s%s", path, name);
	if (data->over) {
		(void)err_set(&why, ERR_TOO_LARGE, "more than is read of one file");
		m->sink->unread(m->sink->context, name, &why);
	} else {
		m->enough = !m->sink->member(m->sink->context, name, buf_bytes(data));
	}
}

static void
take_file(struct msg *m, size_t attachment, const char *path, const char *name)
{
	struct buf data = BUF_INIT(m->sink->room < ATTACHED_MAX ? m->sink->room : ATTACHED_MAX);
	struct lack lack = {0};

	(void)read_property(m, attachment, MAPI_ATTACH_DATA, MAPI_BINARY, &data, &lack);
	/* without data: an empty file, or a link, or an object of Outlook's */
	if (data.len || data.over || lack.cut ||
	    read_number(m, attachment, HEADER_ATTACHMENT, ATTACH_METHOD) == ATTACHED_BY_VALUE)
		hand_over(m, &data, path, name);
	buf_free(&data);
}

/* Is what stands in an attachment's storage an object, put into the text, and no message? */
static bool
is_object(const struct msg *m, size_t storage)
{
	return !ole_has_in(m->ole, storage, PROPERTIES) && !ole_storage(m->ole, storage, ATTACHMENT, 0);
}

static void
take_object(struct msg *m, size_t object, const char *path, const char *name)
{
	struct buf data = BUF_INIT(m->sink->room < ATTACHED_MAX ? m->sink->room : ATTACHED_MAX);

	ole_rooted(m->ole, object, &data);
	if (data.over || !oleobject_is_shown(buf_bytes(&data)))
		hand_over(m, &data, path, name);
	buf_free(&data);
}

static void
take_message(struct msg *m, size_t message, const char *path, int depth)
{
	const char *charset = charset_of(m, message, CODE_PAGE_MESSAGE), *name;
	size_t at = 0, inner;

	take_text(m, message, path, charset);
	while (!m->enough && (at = ole_storage(m->ole, message, ATTACHMENT, at)) != 0) {
		if (++m->files > MSG_FILES_MAX || depth >= MSG_DEPTH_MAX) {
			m->too_many = true;
			return;
		}
		name = attachment_name(m, at, charset);
		inner = ole_storage(m->ole, at, "__substg1.0_3701000D", 0);
		if (!inner) {
			take_file(m, at, path, name);
			continue;
		}
		if (is_object(m, inner)) {
			take_object(m, inner, path, name);
			continue;
		}
		if (!*name)
			name = arena_fmt(m->arena, "附件%zu.msg", m->files);
		take_message(m, inner, arena_fmt(m->arena, "%s%s/", path, name), depth + 1);
	}
}

static bool
msg_unpack(const struct source *s, struct container_sink *sink, struct err *e)
{
	struct ole *o = ole_open(s->data, e);
	struct msg m = {.ole = o, .sink = sink};
	bool cut;

	if (!o)
		return false;
	cut = ole_is_cut(o);
	m.arena = arena_new();
	take_message(&m, 0, "", 0);
	arena_free(m.arena);
	ole_close(o);
	if (m.too_many)
		return err_set(e, ERR_TOO_LARGE, "more attachments, or deeper, than are read");
	return !cut || err_set(e, ERR_DAMAGED, "the message is cut off: it had more in it");
}

static bool
msg_is(const struct source *s)
{
	static const char *const names[] = {PROPERTIES, NULL};

	return ole_holds(s->data, names) != NULL;
}

const struct reader msg_reader = {
        .name = "msg",
        .extension = "msg",
        .is = msg_is,
        .unpack = msg_unpack,
};
