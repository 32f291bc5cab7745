/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/imap_uids.h"

#include "config/mem.h"

#include <stdlib.h>

void
imap_uids_free(struct imap_uids *u)
{
	free(u->at);
	*u = (struct imap_uids){0};
}

void
imap_uids_add(struct imap_uids *u, uint32_t uid)
{
	if (u->count == u->cap) {
		u->cap = u->cap ? u->cap * 2 : 64;
		u->at = mem_grow(u->at, u->cap, sizeof *u->at);
	}
	u->at[u->count++] = uid;
}

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

void
imap_uids_sort(struct imap_uids *u)
{
	size_t n = 0;

	if (u->count == 0)
		return;
	qsort(u->at, u->count, sizeof *u->at, compare);
	for (size_t i = 1; i < u->count; i++)
		if (u->at[i] != u->at[n])
			u->at[++n] = u->at[i];
	u->count = n + 1;
}

bool
imap_uids_find(const struct imap_uids *u, uint32_t uid, size_t *place_r)
{
	const uint32_t *at = u->count ? bsearch(&uid, u->at, u->count, sizeof *u->at, compare) : NULL;

	if (at)
		*place_r = (size_t)(at - u->at);
	return at != NULL;
}

bool
imap_uids_has(const struct imap_uids *u, uint32_t uid)
{
	size_t place = 0;

	return imap_uids_find(u, uid, &place);
}

size_t
imap_uids_set(const struct imap_uids *u, size_t from, size_t count_max, size_t set_max, struct buf *b)
{
	size_t i = from, begin = b->len, last = 0;

	/* 24 bytes hold the longest range, its comma included */
	while (i < u->count && i - from < count_max && b->len - begin + 24 <= set_max) {
		last = i;
		while (last + 1 < u->count && last + 1 - from < count_max &&
		       u->at[last + 1] == u->at[last] + 1)
			last++;
		buf_fmt(b, "%s%u", i > from ? "," : "", u->at[i]);
		if (last > i)
			buf_fmt(b, ":%u", u->at[last]);
		i = last + 1;
	}
	return i;
}
