/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/word97_picture.h"

#include "parsers/ole.h"
#include "parsers/span.h"

enum {
	FIB_DRAWINGS = 0x22A, /* fcDggInfo, lcbDggInfo */
	RECORD_HEAD = 8,      /* version and instance, type, length */
	CONTAINER = 0x0F,     /* the version of a record that holds others */
	STORE_ENTRY = 0xF007, /* OfficeArtFBSE: a picture, or where it lies */
	ENTRY_HEAD = 36,
	ENTRY_PLACE = 28, /* foDelay: the picture's offset in WordDocument */
	BLIP_JPEG = 0xF01D,
	BLIP_PNG = 0xF01E,
	BLIP_JPEG_CMYK = 0xF02A,
	BLIP_HEAD = 17, /* a digest, a tag; one more digest in records of an odd instance */
	DIGEST_LEN = 16,
	DEPTH_MAX = 16,
	RECORDS_MAX = 100000, /* looked at: entries may point to what holds them */
	PICTURE_LINKED = 0x66,
};

void
word97_picture_note(struct word97_pictures *p, uint32_t place)
{
	if (p->count < WORD97_PICTURES_MAX)
		p->places[p->count++] = place;
}

struct walk {
	struct bytes delayed; /* the stream that entries of the store point into */
	struct document *d;
	int left, records; /* pictures and records that may still come */
};

static void walk(struct walk *w, struct bytes records, int depth);

static void
push_blip(struct walk *w, unsigned instance, struct bytes b)
{
	size_t head = BLIP_HEAD + (instance & 1 ? DIGEST_LEN : 0);

	if (b.len <= head || w->left <= 0)
		return;
	w->left--;
	doc_picture(w->d, ole_part(b, head, b.len));
}

/* The picture stands in the entry, or in the stream of the text. */
static void
push_entry(struct walk *w, struct bytes b, int depth)
{
	size_t place = ole_u32(b, ENTRY_PLACE);
	struct bytes blip;

	if (b.len > ENTRY_HEAD)
		walk(w, ole_part(b, ENTRY_HEAD + (size_t)b.at[33], b.len), depth + 1);
	else if (place && place < w->delayed.len) {
		blip = ole_part(w->delayed, place, w->delayed.len);
		walk(w, ole_part(blip, 0, span_sum(RECORD_HEAD, ole_u32(blip, 4))), depth + 1);
	}
}

static void
walk(struct walk *w, struct bytes records, int depth)
{
	unsigned version, type;
	struct bytes body;

	for (; records.len >= RECORD_HEAD && depth < DEPTH_MAX && w->left > 0 && w->records-- > 0;
	     records = ole_part(records, RECORD_HEAD + body.len, records.len)) {
		version = ole_u16(records, 0);
		type = ole_u16(records, 2);
		body = ole_part(records, RECORD_HEAD, ole_u32(records, 4));
		if (type == STORE_ENTRY)
			push_entry(w, body, depth);
		else if (type == BLIP_JPEG || type == BLIP_PNG || type == BLIP_JPEG_CMYK)
			push_blip(w, version >> 4, body);
		else if ((version & 0x0F) == CONTAINER)
			walk(w, body, depth + 1);
	}
}

void
word97_pictures_push(const struct word97_pictures *p, struct document *d)
{
	struct walk w = {p->document, d, WORD97_PICTURES_MAX, RECORDS_MAX};
	struct bytes b;
	size_t head;
	int i;

	for (i = 0; i < p->count; i++) {
		/* PICF: its length, that of its head; behind a linked picture's head stands its name */
		b = ole_part(p->data, p->places[i], ole_u32(p->data, p->places[i]));
		head = ole_u16(b, 4);
		if (ole_u16(b, 6) == PICTURE_LINKED && head < b.len)
			head += 1 + (size_t)b.at[head];
		walk(&w, ole_part(b, head, b.len), 0);
	}
	walk(&w,
	     ole_part(p->table, ole_u32(p->document, FIB_DRAWINGS), ole_u32(p->document, FIB_DRAWINGS + 4)),
	     0);
}

void
word97_picture_store(struct bytes records, struct document *d)
{
	struct walk w = {BYTES("", 0), d, WORD97_PICTURES_MAX, RECORDS_MAX};

	walk(&w, records, 0);
}
