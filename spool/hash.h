/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 as the spool writes it: 64 lower-case hex digits. */
#ifndef MINGPIAN_SPOOL_HASH_H
#define MINGPIAN_SPOOL_HASH_H

#include "config/buf.h"

#include <stdbool.h>

enum { HASH_HEX = 64 };

struct hash {
	char hex[HASH_HEX + 1];
};

/* What `prev` says of the first line of all. */
#define HASH_ZERO ((struct hash){"0000000000000000000000000000000000000000000000000000000000000000"})

struct hash hash_of(struct bytes b);
bool hash_equal(const struct hash *a, const struct hash *b);

/* Reads 64 lower-case hex digits and nothing behind them. False where s (NULL too) is none. */
bool hash_read(struct hash *h_r, const char *s);

#endif
