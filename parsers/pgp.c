/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/pgp.h"

#include <string.h>

static bool
pgp_is(const struct source *s)
{
	struct bytes b = s->data;

	while (b.len && *b.at && strchr(" \t\r\n", *b.at))
		b = BYTES(b.at + 1, b.len - 1);
	return bytes_begin(b, "-----BEGIN PGP MESSAGE-----");
}

static bool
pgp_read(const struct source *s, struct document *d, struct err *e)
{
	(void)s, (void)d;
	return err_set(e, ERR_ENCRYPTED, "locked by PGP");
}

const struct reader pgp_reader = {.name = "pgp", .extension = "asc", .is = pgp_is, .read = pgp_read};
