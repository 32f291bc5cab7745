/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An OLE2 file made in memory, for the tests of what lies in one; and files of tests/files/. */
#ifndef MINGPIAN_TESTS_UNIT_OLEFILE_H
#define MINGPIAN_TESTS_UNIT_OLEFILE_H

#include "config/buf.h"
#include "tests/unit/reading.h"

#include <stdio.h>

enum { OLE_SECTOR = 512, OLE_MINI = 64, OLE_CUTOFF = 4096, OLE_STREAMS_MAX = 24 };

struct ole_part {
	const char *name;
	struct bytes data;
	size_t within; /* the place of its storage among the parts, from 1; 0: the root */
	bool storage;
};

/* The entry (the root is 0) of the first part from i on that stands in this storage. */
static inline uint32_t
ole_next_in(const struct ole_part *part, size_t i, size_t within)
{
	for (; part[i].name; i++)
		if (part[i].within == within)
			return (uint32_t)i + 1;
	return 0xFFFFFFFF;
}

static inline void
put16(struct buf *b, unsigned n)
{
	buf_ch(b, (char)(n & 0xFF));
	buf_ch(b, (char)(n >> 8 & 0xFF));
}

static inline void
put32(struct buf *b, uint32_t n)
{
	put16(b, n & 0xFFFF);
	put16(b, n >> 16);
}

static inline void
put_fill(struct buf *b, size_t to, int with)
{
	while (b->len % to)
		buf_ch(b, (char)with);
}

/* Append data as whole sectors; in fat, the chain. Returns its first sector. */
static inline uint32_t
put_chain(struct buf *sectors, struct buf *fat, struct bytes data, size_t size)
{
	uint32_t first = (uint32_t)(sectors->len / size), n = first;

	if (!data.len)
		return 0xFFFFFFFE;
	buf_add(sectors, data.at, data.len);
	put_fill(sectors, size, 0);
	while (++n < sectors->len / size)
		put32(fat, n);
	put32(fat, 0xFFFFFFFE);
	return first;
}

static inline void
put_entry(struct buf *b, const char *name, int type, uint32_t right, uint32_t child, uint32_t start,
          size_t len)
{
	size_t begin = b->len, i;

	for (i = 0; i < strlen(name); i++)
		put16(b, (unsigned char)name[i]);
	while (b->len - begin < 64)
		buf_ch(b, 0);
	put16(b, (unsigned)(2 * strlen(name) + 2));
	buf_ch(b, (char)type);
	buf_ch(b, 1);
	put32(b, 0xFFFFFFFF);
	put32(b, right);
	put32(b, child);
	while (b->len - begin < 116)
		buf_ch(b, 0);
	put32(b, start);
	put32(b, (uint32_t)len);
	put32(b, 0);
}

/* The parts up to one without a name, at most OLE_STREAMS_MAX, of at most 100 sectors in all; sectors of
 * 2^shift bytes. Layout: the streams, the directory, the FAT last. The caller frees at. */
static inline struct bytes
ole_of_sectors(const struct ole_part *part, unsigned shift)
{
	const size_t sector = (size_t)1 << shift;
	struct buf out = BUF_INIT(8 << 20), body = BUF_INIT(8 << 20), fat = BUF_INIT(1 << 20);
	struct buf mini = BUF_INIT(1 << 20), minifat = BUF_INIT(1 << 20), entries = BUF_INIT(1 << 20);
	uint32_t start[OLE_STREAMS_MAX], mini_start, minifat_start, directory;
	size_t n = 0, i;

	for (; part[n].name; n++) {
		assert_true(n < OLE_STREAMS_MAX);
		if (part[n].storage)
			start[n] = 0;
		else if (part[n].data.len < OLE_CUTOFF)
			start[n] = put_chain(&mini, &minifat, part[n].data, OLE_MINI);
		else
			start[n] = put_chain(&body, &fat, part[n].data, sector);
	}
	mini_start = put_chain(&body, &fat, buf_bytes(&mini), sector);
	minifat_start = put_chain(&body, &fat, buf_bytes(&minifat), sector);
	put_entry(&entries, "Root Entry", 5, 0xFFFFFFFF, ole_next_in(part, 0, 0), mini_start, mini.len);
	for (i = 0; i < n; i++)
		put_entry(&entries, part[i].name, part[i].storage ? 1 : 2,
		          ole_next_in(part, i + 1, part[i].within),
		          part[i].storage ? ole_next_in(part, 0, i + 1) : 0xFFFFFFFF, start[i],
		          part[i].data.len);
	directory = put_chain(&body, &fat, buf_bytes(&entries), sector);
	put32(&fat, 0xFFFFFFFD);
	assert_true(fat.len <= sector);
	put_fill(&fat, sector, 0xFF);

	buf_add(&out, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
	put_fill(&out, 24, 0);
	put16(&out, 0x3E);
	put16(&out, shift == 9 ? 3 : 4);
	put16(&out, 0xFFFE);
	put16(&out, shift);
	put16(&out, 6);
	while (out.len < 44)
		buf_ch(&out, 0);
	put32(&out, 1);
	put32(&out, directory);
	put32(&out, 0);
	put32(&out, OLE_CUTOFF);
	put32(&out, minifat_start);
	put32(&out, 1);
	put32(&out, 0xFFFFFFFE);
	put32(&out, 0);
	put32(&out, (uint32_t)(body.len / sector));
	put_fill(&out, 512, 0xFF);
	put_fill(&out, sector, 0);
	buf_add(&out, body.at, body.len);
	buf_add(&out, fat.at, fat.len);
	buf_free(&body);
	buf_free(&fat);
	buf_free(&mini);
	buf_free(&minifat);
	buf_free(&entries);
	i = out.len;
	return BYTES(buf_take(&out), i);
}

static inline struct bytes
ole_of(const struct ole_part *part)
{
	return ole_of_sectors(part, 9);
}

/* A file of tests/files/. The caller frees at. */
static inline struct bytes
test_file(const char *name)
{
	char path[256];
	struct buf b = BUF_INIT(8 << 20);
	FILE *f;
	void *to;
	size_t n;

	assert_true(snprintf(path, sizeof path, "tests/files/%s", name) < (int)sizeof path);
	f = fopen(path, "rb");
	if (!f)
		fail_msg("%s: not there", path);
	while ((to = buf_room(&b, 65536)) && (n = fread(to, 1, 65536, f)) > 0)
		b.len += n;
	assert_int_equal(fclose(f), 0);
	buf_seal(&b);
	n = b.len;
	return BYTES(buf_take(&b), n);
}

static inline void
free_bytes(struct bytes b)
{
	free((void *)(uintptr_t)b.at);
}

#endif
