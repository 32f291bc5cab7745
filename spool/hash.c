/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/hash.h"

#include "config/mem.h"

#include <openssl/evp.h>
#include <string.h>

struct hash
hash_of(struct bytes b)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char md[32];
	struct hash h = {""};

	if (EVP_Digest(b.len ? (const void *)b.at : "", b.len, md, NULL, EVP_sha256(), NULL) != 1)
		mem_die("hashing");
	for (size_t i = 0; i < sizeof md; i++) {
		h.hex[2 * i] = digits[md[i] >> 4];
		h.hex[2 * i + 1] = digits[md[i] & 15];
	}
	return h;
}

bool
hash_equal(const struct hash *a, const struct hash *b)
{
	return memcmp(a->hex, b->hex, HASH_HEX) == 0;
}

bool
hash_read(struct hash *h_r, const char *s)
{
	if (!s || strlen(s) != HASH_HEX || strspn(s, "0123456789abcdef") != HASH_HEX)
		return false;
	memcpy(h_r->hex, s, HASH_HEX + 1);
	return true;
}
