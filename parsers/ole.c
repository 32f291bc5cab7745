/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ole.h"

#include "config/mem.h"
#include "parsers/span.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SIGNATURE "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"

enum {
	HEADER_LEN = 512,
	HEADER_DIRECTORY = 48, /* its first sector */
	HEADER_DIFAT = 76,     /* where the header's own part of the DIFAT begins */
	HEADER_DIFAT_N = 109,  /* and its entries */
	ENTRY_LEN = 128,
	ENTRY_CHILD = 76,
	NAME_MAX_LEN = 31,
	TYPE_STORAGE = 1,
	TYPE_STREAM = 2,
	TYPE_ROOT = 5,
};

#define SECTOR_MAX 0xFFFFFFFAu /* what is greater is a mark, or no sector at all */

struct entry {
	char name[NAME_MAX_LEN + 1]; /* "?" for what is not ASCII */
	uint32_t start;
	uint32_t told; /* its size */
	size_t size;   /* cut to the file's */
	unsigned char type;
	uint32_t child;      /* of a storage: where the tree of its entries begins in the directory, */
	size_t first, count; /* and its entries here */
};

struct ole {
	struct bytes data;
	unsigned shift, mini_shift;
	size_t cutoff;         /* streams smaller than this lie in the mini stream */
	uint32_t *fat;         /* the FAT's own sectors */
	size_t fat_count;      /* of them */
	struct buf minifat;    /* whole */
	struct buf mini;       /* the mini stream, whole */
	struct entry *entries; /* the root, then storage by storage what stands in it, by name */
	size_t count;
	bool cut; /* the directory names entries that it does not hold */
};

/* ---- little-endian ---- */

uint16_t
ole_u16(struct bytes b, size_t at)
{
	if (at > b.len || b.len - at < 2)
		return 0;
	return (uint16_t)(b.at[at] | b.at[at + 1] << 8);
}

uint32_t
ole_u32(struct bytes b, size_t at)
{
	if (at > b.len || b.len - at < 4)
		return 0;
	return ole_u16(b, at) | (uint32_t)ole_u16(b, at + 2) << 16;
}

struct bytes
ole_part(struct bytes b, size_t at, size_t len)
{
	if (at > b.len)
		at = b.len;
	if (len > b.len - at)
		len = b.len - at;
	return len ? BYTES(b.at + at, len) : BYTES("", 0);
}

/* ---- sectors ---- */

/* The bytes of a sector that the file holds. The header counts as one sector of any size. */
static struct bytes
sector(const struct ole *o, uint32_t n)
{
	size_t len = (size_t)1 << o->shift;

	if (n >= SECTOR_MAX)
		return BYTES("", 0);
	return ole_part(o->data, span_times((size_t)n + 1, len), len);
}

/* Number of sectors that the file has, the last perhaps in part. */
static size_t
sectors(const struct ole *o)
{
	return (o->data.len >> o->shift) + 1;
}

static uint32_t
fat_next(const struct ole *o, uint32_t n)
{
	size_t per = ((size_t)1 << o->shift) / 4;
	struct bytes table;

	if (n / per >= o->fat_count)
		return n + 1;
	table = sector(o, o->fat[n / per]);
	return n % per < table.len / 4 ? ole_u32(table, 4 * (n % per)) : n + 1;
}

/* Append the chain's bytes, at most max. */
static void
read_chain(const struct ole *o, uint32_t n, size_t max, struct buf *out)
{
	struct bytes b;

	for (; n < SECTOR_MAX && max; n = fat_next(o, n)) {
		b = sector(o, n);
		if (b.len > max)
			b.len = max;
		if (!b.len)
			return;
		buf_add(out, b.at, b.len);
		max -= b.len;
	}
}

static void
read_mini(const struct ole *o, uint32_t n, size_t max, struct buf *out)
{
	struct bytes mini = buf_bytes(&o->mini), table = buf_bytes(&o->minifat), b;
	size_t len = (size_t)1 << o->mini_shift;

	while (n < SECTOR_MAX && max) {
		b = ole_part(mini, span_times(n, len), len);
		if (b.len > max)
			b.len = max;
		if (!b.len)
			return;
		buf_add(out, b.at, b.len);
		max -= b.len;
		n = n < table.len / 4 ? ole_u32(table, 4 * (size_t)n) : n + 1;
	}
}

/* Where the FAT lies: 109 sectors are told by the header, more by the chain of the DIFAT. */
static void
find_fat(struct ole *o)
{
	struct bytes header = ole_part(o->data, 0, HEADER_LEN), part = header;
	size_t per = ((size_t)1 << o->shift) / 4, most = sectors(o) / per + 1, i, at = HEADER_DIFAT;
	size_t told = ole_u32(header, 44), here = HEADER_DIFAT_N;
	uint32_t next = ole_u32(header, 68);

	if (most > told)
		most = told;
	o->fat = mem_alloc(most + 1, sizeof *o->fat);
	while (o->fat_count < most) {
		for (i = 0; i < here && o->fat_count < most; i++)
			o->fat[o->fat_count++] = ole_u32(part, at + 4 * i);
		part = sector(o, next);
		if (part.len < 4 * per)
			return;
		next = ole_u32(part, 4 * (per - 1));
		here = per - 1;
		at = 0;
	}
}

/* ---- the directory ---- */

static bool
is_entry(struct bytes e)
{
	return e.len == ENTRY_LEN && e.at[66] <= TYPE_ROOT && ole_u16(e, 64) <= 2 * (NAME_MAX_LEN + 1);
}

/* Append the directory. A cut-off FAT does not say where it ends: the first bytes that are no entry do. */
static void
read_directory(const struct ole *o, struct buf *out)
{
	size_t left = sectors(o);
	uint32_t n = ole_u32(o->data, HEADER_DIRECTORY);
	struct bytes b;

	for (; n < SECTOR_MAX && left; n = fat_next(o, n), left--) {
		b = sector(o, n);
		if (!is_entry(ole_part(b, 0, ENTRY_LEN)))
			return;
		buf_add(out, b.at, b.len / ENTRY_LEN * ENTRY_LEN);
	}
}

static struct entry
entry_of(const struct ole *o, struct bytes b)
{
	struct entry e = {.start = ole_u32(b, 116),
	                  .told = ole_u32(b, 120),
	                  .size = ole_u32(b, 120),
	                  .type = b.len > 66 ? b.at[66] : 0,
	                  .child = ole_u32(b, ENTRY_CHILD)};
	size_t len = ole_u16(b, 64) / 2, i;
	uint16_t c;

	for (i = 0; i + 1 < len && i < NAME_MAX_LEN; i++) {
		c = ole_u16(b, 2 * i);
		e.name[i] = c > 0 && c < 0x80 ? (char)c : '?';
	}
	if (e.size > o->data.len)
		e.size = o->data.len;
	return e;
}

static int
by_name(const void *a, const void *b)
{
	return strcasecmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

/* What a search of the directory has to remember. */
struct search {
	struct bytes directory;
	uint32_t *waiting;
	bool *seen; /* each entry counts once, wherever it is hung */
	bool cut;   /* an entry was named that the directory does not hold */
};

static size_t
wait_for(struct search *s, size_t waiting, uint32_t i)
{
	size_t n = s->directory.len / ENTRY_LEN;

	s->cut |= i >= n && i < SECTOR_MAX;
	if (i >= n || s->seen[i])
		return waiting;
	s->seen[i] = true;
	s->waiting[waiting] = i;
	return waiting + 1;
}

/* Append what stands in the storage: a tree by left and right neighbours. */
static void
find_children(struct ole *o, size_t storage, struct search *s)
{
	size_t first = o->count, waiting = wait_for(s, 0, o->entries[storage].child);
	struct bytes b;

	while (waiting) {
		b = ole_part(s->directory, (size_t)s->waiting[--waiting] * ENTRY_LEN, ENTRY_LEN);
		if (is_entry(b) && (b.at[66] == TYPE_STREAM || b.at[66] == TYPE_STORAGE))
			o->entries[o->count++] = entry_of(o, b);
		waiting = wait_for(s, waiting, ole_u32(b, 68));
		waiting = wait_for(s, waiting, ole_u32(b, 72));
	}
	o->entries[storage].first = first;
	o->entries[storage].count = o->count - first;
	qsort(o->entries + first, o->count - first, sizeof *o->entries, by_name);
}

static void
find_entries(struct ole *o, struct bytes directory)
{
	size_t n = directory.len / ENTRY_LEN, i;
	struct search s = {.directory = directory,
	                   .waiting = mem_alloc(n + 1, sizeof *s.waiting),
	                   .seen = mem_alloc(n + 1, sizeof *s.seen)};

	o->entries = mem_alloc(n + 1, sizeof *o->entries);
	o->entries[o->count++] = entry_of(o, ole_part(directory, 0, ENTRY_LEN));
	s.seen[0] = true;
	for (i = 0; i < o->count; i++)
		if (i == 0 || o->entries[i].type == TYPE_STORAGE)
			find_children(o, i, &s);
	o->cut = s.cut;
	free(s.waiting);
	free(s.seen);
}

static const struct entry *
find(const struct ole *o, size_t storage, const char *name)
{
	const struct entry *e = o->entries + o->entries[storage].first, *end = e + o->entries[storage].count;

	for (; e < end; e++)
		if (e->type == TYPE_STREAM && strcasecmp(e->name, name) == 0)
			return e;
	return NULL;
}

/* ---- the whole ---- */

bool
ole_is(struct bytes data)
{
	return bytes_begin(data, SIGNATURE);
}

struct ole *
ole_open(struct bytes data, struct err *e)
{
	struct buf directory = BUF_INIT(data.len);
	struct ole *o = NULL;
	struct entry root;
	unsigned shift, mini_shift;

	if (!ole_is(data)) {
		err_set(e, ERR_UNSUPPORTED, "no OLE2 file");
		return NULL;
	}
	shift = ole_u16(data, 30);
	mini_shift = ole_u16(data, 32);
	if (data.len < HEADER_LEN || shift < 9 || shift > 16 || mini_shift > shift) {
		err_set(e, ERR_DAMAGED, "the file's head is broken or cut off");
		return NULL;
	}
	o = mem_alloc(1, sizeof *o);
	*o = (struct ole){.data = data, .shift = shift, .mini_shift = mini_shift};
	o->cutoff = ole_u32(data, 56);
	o->minifat = BUF_INIT(data.len);
	o->mini = BUF_INIT(data.len);
	find_fat(o);
	read_directory(o, &directory);
	if (!directory.len) {
		err_set(e, ERR_DAMAGED, "the file's directory is broken or cut off");
		ole_close(o);
		o = NULL;
		goto out;
	}
	root = entry_of(o, ole_part(buf_bytes(&directory), 0, ENTRY_LEN));
	read_chain(o, root.start, root.size, &o->mini);
	read_chain(o, ole_u32(data, 60), o->mini.len >> mini_shift << 2, &o->minifat);
	find_entries(o, buf_bytes(&directory));
out:
	buf_free(&directory);
	return o;
}

void
ole_close(struct ole *o)
{
	if (!o)
		return;
	buf_free(&o->minifat);
	buf_free(&o->mini);
	free(o->fat);
	free(o->entries);
	free(o);
}

bool
ole_has(const struct ole *o, const char *name)
{
	return find(o, 0, name) != NULL;
}

bool
ole_has_in(const struct ole *o, size_t storage, const char *name)
{
	return find(o, storage, name) != NULL;
}

bool
ole_is_cut(const struct ole *o)
{
	return o->cut;
}

bool
ole_stream(const struct ole *o, const char *name, struct buf *out)
{
	return ole_stream_in(o, 0, name, out);
}

bool
ole_stream_in(const struct ole *o, size_t storage, const char *name, struct buf *out)
{
	const struct entry *e = find(o, storage, name);

	if (!e)
		return false;
	if (e->size < o->cutoff)
		read_mini(o, e->start, e->size, out);
	else
		read_chain(o, e->start, e->size, out);
	return true;
}

uint32_t
ole_size_in(const struct ole *o, size_t storage, const char *name)
{
	const struct entry *e = find(o, storage, name);

	return e ? e->told : 0;
}

static bool
is_one_of(const char *name, const char *const *names)
{
	while (*names && strcasecmp(name, *names) != 0)
		names++;
	return *names != NULL;
}

bool
ole_has_more(const struct ole *o, size_t storage, const char *const *names)
{
	size_t i = o->entries[storage].first, end = i + o->entries[storage].count;

	while (i < end && is_one_of(o->entries[i].name, names))
		i++;
	return i < end;
}

size_t
ole_storage(const struct ole *o, size_t within, const char *prefix, size_t after)
{
	size_t i = o->entries[within].first, end = i + o->entries[within].count;

	for (i = after >= i ? after + 1 : i; i < end; i++)
		if (o->entries[i].type == TYPE_STORAGE &&
		    strncasecmp(o->entries[i].name, prefix, strlen(prefix)) == 0)
			return i;
	return 0;
}

void
ole_rooted(const struct ole *o, size_t storage, struct buf *out)
{
	size_t first = span_sum(ole_u32(o->data, HEADER_DIRECTORY), 1), begin = out->len;
	size_t root = span_times(first, (size_t)1 << o->shift);
	uint32_t child = o->entries[storage].child;

	buf_add(out, o->data.at, o->data.len);
	if (out->over || root > o->data.len || o->data.len - root < ENTRY_LEN)
		return;
	for (int i = 0; i < 4; i++)
		out->at[begin + root + ENTRY_CHILD + (size_t)i] = (char)(child >> 8 * i & 0xFF);
}

const char *
ole_holds(struct bytes data, const char *const *names)
{
	struct ole *o = ole_is(data) ? ole_open(data, NULL) : NULL;

	while (o && *names && !ole_has(o, *names))
		names++;
	ole_close(o);
	return o ? *names : NULL;
}
