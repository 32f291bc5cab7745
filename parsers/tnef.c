/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/tnef.h"

#include "config/mem.h"
#include "parsers/charset.h"
#include "parsers/mapi.h"
#include "parsers/member.h"
#include "parsers/span.h"

#include <stdio.h>
#include <string.h>

#define SIGNATURE "\x78\x9F\x3E\x22" /* MS-OXTNEF 2.1.3.1 */

enum {
	HEADER_LEN = 6, /* signature and key */
	CHECKSUM_LEN = 2,
	LEVEL_ATTACHMENT = 2,
	GUID_LEN = 16,
	NAMED = 0x8000, /* properties from here on carry a name */
	VALUES_MANY = 0x1000,
};

/* Attributes, by the lower half of their number: 2.1.3.2. */
enum {
	ATTR_ATTACH_DATA = 0x800F,
	ATTR_ATTACH_TITLE = 0x8010,
	ATTR_ATTACH_BEGIN = 0x9002,
	ATTR_MESSAGE_PROPERTIES = 0x9003,
	ATTR_ATTACH_PROPERTIES = 0x9005,
	ATTR_CODE_PAGE = 0x9007,
};

/* What is left of the bytes; broken once more was asked than there was. */
struct cursor {
	struct bytes left;
	bool broken;
};

static struct bytes
take(struct cursor *c, size_t n)
{
	struct bytes b;

	if (n > c->left.len) {
		c->broken = true;
		n = c->left.len;
	}
	b = BYTES(c->left.at, n);
	c->left = BYTES(c->left.at + n, c->left.len - n);
	return b;
}

/* What fills up or sums up what was said: a last one may be missing, and nothing of the message with it. */
static void
take_fill(struct cursor *c, size_t n)
{
	(void)take(c, n < c->left.len ? n : c->left.len);
}

static uint32_t
take_u32(struct cursor *c)
{
	return ole_u32(take(c, 4), 0);
}

struct attachment {
	bool begun;
	struct bytes title, data;
	struct mapi_names names;
};

struct tnef {
	struct container_sink *sink;
	struct arena *arena;
	char charset[16];
	struct attachment now;
	struct bytes rtf, html; /* of the message */
	size_t count;
	bool enough;
};

/* ---- properties (2.1.3.4) ---- */

/* The length of a value of fixed size, with what fills it up to four bytes; 0: it says its own. */
static size_t
fixed_size(unsigned type)
{
	switch (type) {
	case 0x02: /* 16 bits */
	case 0x03:
	case 0x04:
	case 0x0A:
	case 0x0B: return 4;
	case 0x05:
	case 0x06:
	case 0x07:
	case 0x14:
	case 0x40: return 8;
	case 0x48: return GUID_LEN;
	default: return 0;
	}
}

static void
skip_name(struct cursor *c)
{
	(void)take(c, GUID_LEN);
	if (take_u32(c) == 0)
		(void)take(c, 4);
	else
		(void)take(c, span_sum(take_u32(c), 3) / 4 * 4);
}

/* One property's first value. */
static struct bytes
take_value(struct cursor *c, unsigned type)
{
	size_t fixed = fixed_size(type & 0xFFFU), n = 1, len, i;
	struct bytes first = BYTES("", 0), value;

	if (!fixed || type & VALUES_MANY)
		n = take_u32(c);
	for (i = 0; i < n && !c->broken; i++) {
		len = fixed ? fixed : take_u32(c);
		value = take(c, len);
		if (len % 4)
			take_fill(c, 4 - len % 4);
		if (i == 0)
			first = value;
	}
	return first;
}

static void
note_property(struct tnef *t, uint32_t tag, struct bytes value)
{
	mapi_note_name(&t->now.names, tag, value);
	if (tag >> 16 != MAPI_ATTACH_DATA || value.len < GUID_LEN)
		return;
	/* an object, that is a message in TNEF again, begins with the interface that opens it */
	t->now.data =
	        (tag & 0xFFFF) == MAPI_OBJECT ? BYTES(value.at + GUID_LEN, value.len - GUID_LEN) : value;
}

/* The message's own text, which has the tables that its plain twin lost. */
static void
note_text(struct tnef *t, uint32_t tag, struct bytes value)
{
	if (tag >> 16 == MAPI_RTF)
		t->rtf = value;
	else if (tag >> 16 == MAPI_HTML)
		t->html = value;
}

/* Properties of the message or of an attachment, as far as they can be read. */
static void
read_properties(struct tnef *t, struct bytes b,
                void (*note)(struct tnef *t, uint32_t tag, struct bytes value))
{
	struct cursor c = {.left = b};
	uint32_t n = take_u32(&c), tag;
	struct bytes value;

	for (; n > 0 && !c.broken && c.left.len; n--) {
		tag = take_u32(&c);
		if (tag >> 16 >= NAMED)
			skip_name(&c);
		value = take_value(&c, tag & 0xFFFF);
		if (c.broken)
			return;
		note(t, tag, value);
	}
}

static void
hand_text(struct tnef *t)
{
	if (t->html.len)
		t->sink->text(t->sink->context, "body", t->html, "text/html", "");
	else if (t->rtf.len)
		(void)mapi_rtf(t->sink, "body", t->rtf);
}

/* ---- attributes ---- */

/* Hand over the attachment that was collected. */
static void
end_attachment(struct tnef *t)
{
	struct attachment *x = &t->now;
	const char *name;

	if (!x->begun || t->enough)
		return;
	t->count++;
	if (!x->names.of[0].value.len) /* the title is cut to 8.3 by old programs */
		x->names.of[1] = x->names.of[1].value.len
		                         ? x->names.of[1]
		                         : (struct mapi_name){.value = x->title, .type = MAPI_STRING8};
	name = mapi_name(t->arena, &x->names, t->charset);
	if (!*name)
		name = member_unnamed(t->arena, t->count, x->data);
	t->enough = !t->sink->member(t->sink->context, name, x->data);
}

static void
take_attribute(struct tnef *t, unsigned id, struct bytes value)
{
	switch (id) {
	case ATTR_CODE_PAGE:
		if (value.len >= 4)
			(void)snprintf(t->charset, sizeof t->charset, "cp%u", ole_u32(value, 0) % 100000);
		break;
	case ATTR_ATTACH_BEGIN:
		end_attachment(t);
		t->now = (struct attachment){.begun = true};
		break;
	case ATTR_ATTACH_TITLE: t->now.title = value; break;
	case ATTR_ATTACH_DATA: t->now.data = value; break;
	case ATTR_ATTACH_PROPERTIES: read_properties(t, value, note_property); break;
	case ATTR_MESSAGE_PROPERTIES: read_properties(t, value, note_text); break;
	default: break;
	}
}

static bool
tnef_unpack(const struct source *s, struct container_sink *sink, struct err *e)
{
	struct tnef t = {.sink = sink, .arena = arena_new()};
	struct cursor c = {.left = s->data};
	struct bytes value;
	uint32_t id;
	bool attached;

	sink->transparent = true;
	(void)take(&c, HEADER_LEN);
	while (c.left.len && !c.broken && !t.enough) {
		attached = take(&c, 1).at[0] == LEVEL_ATTACHMENT;
		id = take_u32(&c) & 0xFFFF;
		value = take(&c, take_u32(&c));
		/* of a file that is cut what is left of it */
		if (c.broken && (!attached || id != ATTR_ATTACH_DATA || t.now.data.len))
			break;
		if (attached || id == ATTR_CODE_PAGE || id == ATTR_MESSAGE_PROPERTIES)
			take_attribute(&t, id, value);
		take_fill(&c, CHECKSUM_LEN); /* not all programs get it right */
	}
	if (!c.broken || t.now.data.len)
		end_attachment(&t);
	if (sink->text)
		hand_text(&t);
	arena_free(t.arena);
	return !c.broken || err_set(e, ERR_DAMAGED, "the winmail.dat is cut off or broken");
}

static bool
tnef_is(const struct source *s)
{
	return bytes_begin(s->data, SIGNATURE);
}

const struct reader tnef_reader = {
        .name = "tnef",
        .extension = "dat",
        .is = tnef_is,
        .unpack = tnef_unpack,
};
