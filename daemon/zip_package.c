/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/zip_package.h"

#include <zip.h>

static bool
zip_failed(zip_error_t *why, struct err *e)
{
	return err_set(e, ERR_DISK, "cannot write a Word file: %s", zip_error_strerror(why));
}

/* Every entry bears the oldest time a ZIP can (1980-01-01), so that the same parts have the same bytes. */
static bool
part_add(zip_t *z, const struct zip_part *p, struct err *e)
{
	zip_source_t *s = zip_source_buffer(z, p->content.at, p->content.len, 0);
	zip_int64_t at;

	if (!s)
		return zip_failed(zip_get_error(z), e);
	at = zip_file_add(z, p->name, s, ZIP_FL_ENC_UTF_8);
	if (at < 0) {
		zip_source_free(s);
		return zip_failed(zip_get_error(z), e);
	}
	if (zip_file_set_dostime(z, (zip_uint64_t)at, 0, (1 << 5) | 1, 0) != 0)
		return zip_failed(zip_get_error(z), e);
	return true;
}

static bool
source_read(zip_source_t *s, struct buf *out, struct err *e)
{
	zip_stat_t st;
	zip_int64_t n;
	void *to;

	if (zip_source_stat(s, &st) != 0 || zip_source_open(s) != 0)
		return zip_failed(zip_source_error(s), e);
	to = buf_room(out, (size_t)st.size);
	n = to ? zip_source_read(s, to, st.size) : 0;
	(void)zip_source_close(s);
	if (!to)
		return err_set(e, ERR_TOO_LARGE, "the Word file would have %zu bytes", (size_t)st.size);
	if (n < 0 || (zip_uint64_t)n != st.size)
		return zip_failed(zip_source_error(s), e);
	out->len += (size_t)n;
	buf_seal(out);
	return true;
}

bool
zip_package(const struct zip_part *parts, size_t count, struct buf *out, struct err *e)
{
	zip_error_t why;
	zip_source_t *s = NULL;
	zip_t *z = NULL;
	bool ok = false;

	zip_error_init(&why);
	if (!(s = zip_source_buffer_create(NULL, 0, 0, &why)) ||
	    !(z = zip_open_from_source(s, ZIP_CREATE | ZIP_TRUNCATE, &why))) {
		zip_failed(&why, e);
		goto out;
	}
	zip_source_keep(s); /* zip_close() gives up one reference, we read from the other */
	for (size_t i = 0; i < count; i++)
		if (!part_add(z, &parts[i], e))
			goto out;
	if (zip_close(z) != 0) {
		zip_failed(zip_get_error(z), e);
		goto out;
	}
	z = NULL;
	ok = source_read(s, out, e);
out:
	if (z)
		zip_discard(z);
	zip_source_free(s);
	zip_error_fini(&why);
	return ok;
}
