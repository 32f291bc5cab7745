/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ignored.h"

#include <string.h>

/* RFC 5545, RFC 6350, RFC 9580. */
static const char *const beginnings[] = {"BEGIN:VCALENDAR", "BEGIN:VCARD", "-----BEGIN PGP SIGNATURE-----"};

static bool
ignored_is(const struct source *s)
{
	struct bytes b = s->data;
	size_t i, n;

	if (bytes_begin(b, "\xEF\xBB\xBF"))
		b = BYTES(b.at + 3, b.len - 3);
	while (b.len && strchr("\r\n", b.at[0]) && b.at[0])
		b = BYTES(b.at + 1, b.len - 1);
	for (i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
		n = strlen(beginnings[i]);
		if (b.len >= n && strncasecmp((const char *)b.at, beginnings[i], n) == 0)
			return true;
	}
	return false;
}

const struct reader ignored_reader = {
        .name = "ignored",
        .extension = "txt",
        .is = ignored_is,
        .ignored = true,
};
