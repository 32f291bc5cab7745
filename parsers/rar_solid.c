/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/rar_solid.h"

#include "config/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <unarr.h>

enum { CHUNK = 64 << 10 };

/* Unpack the entry. What is too large is unpacked all the same: the next one builds on it. False: no more
 * waste is allowed. */
static bool
read_entry(ar_archive *in, struct buf *member, size_t *waste, struct err *e)
{
	char *chunk = mem_alloc(CHUNK, 1);
	bool ok = true;

	buf_clear(member);
	*e = (struct err){0};
	for (size_t left = ar_entry_get_size(in), n; left && ok; left -= n) {
		n = left < CHUNK ? left : CHUNK;
		if (!ar_entry_uncompress(in, chunk, n)) {
			(void)err_set(e, ERR_DAMAGED, "it does not unpack, or its sum is wrong");
			break;
		}
		buf_add(member, chunk, n);
		if (member->over) {
			(void)err_set(e, ERR_TOO_LARGE, "more than is read of one file");
			ok = n <= *waste;
			*waste -= ok ? n : 0;
		}
	}
	free(chunk);
	return ok;
}

static bool
read_all(ar_archive *in, struct buf *member, size_t waste, rar_solid_member *take, void *context,
         struct err *e)
{
	struct err why;
	size_t max = member->max;
	bool ok = true, more = true;

	while (ok && more && ar_parse_entry(in)) {
		/* kept: to unpack it libunarr may begin anew with the first entry, and its name is gone */
		const char *named = ar_entry_get_name(in);
		char *name = mem_str(named ? named : "");

		member->max = max;
		ok = read_entry(in, member, &waste, &why) ||
		     err_set(e, ERR_TOO_LARGE, "more in it than is unpacked");
		more = ok && take(context, name, member, &why);
		max = member->max; /* as the receiver has set it */
		free(name);
	}
	if (!ok || !more || ar_at_eof(in))
		return ok;
	return err_set(e, ERR_DAMAGED, "the archive ends too early");
}

bool
rar_solid_unpack(struct bytes b, struct buf *member, size_t waste, rar_solid_member *take, void *context,
                 struct err *e)
{
	/* libunarr says all that it sees on standard error, which is for a person to read: glibc lets that be
	 * another stream */
	FILE *was = stderr, *nowhere = fmemopen(NULL, BUFSIZ, "w");
	ar_stream *stream = ar_open_memory(b.at, b.len);
	ar_archive *in = NULL;
	bool ok;

	if (!nowhere || !stream)
		mem_die("opening an archive");
	stderr = nowhere;
	in = ar_open_rar_archive(stream);
	ok = in ? read_all(in, member, waste, take, context, e)
	        : err_set(e, ERR_DAMAGED, "the archive does not begin as one");
	stderr = was;
	ar_close_archive(in);
	ar_close(stream);
	(void)fclose(nowhere);
	return ok;
}
