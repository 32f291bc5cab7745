/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/biffcrypt.h"

#include "config/text.h"
#include "parsers/ole.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <string.h>

enum {
	RECORD_HEAD = 4,
	BLOCK = 1024, /* bytes of the stream, each with its own key */
	SALT_LEN = 16,
	VERIFIER_LEN = 16,
	SHA1_LEN = 20,
	MD5_LEN = 16,
	CUT_LEN = 5,     /* 40 bits of a hash */
	CUT_TIMES = 16,  /* how often they are hashed, with the salt */
	KEY_LEN = 16,    /* the longest key; also that of 40 bits, which zeros fill up */
	UNITS_MAX = 255, /* of a password */
	/* FilePass */
	BY_RC4 = 1,
	HEADER_PLACE = 14, /* the EncryptionHeader of the CryptoAPI, */
	HEADER_MIN = 32,   /* and as much of it as says something */
	ALGORITHM = 8,     /* places in it */
	HASH = 12,
	BITS = 16,
	ALGORITHM_RC4 = 0x6801,
	HASH_SHA1 = 0x8004,
};

enum record {
	FILEPASS = 0x002F,
	BOUNDSHEET = 0x0085,
	INTERFACE = 0x00E1,
	REVISIONS_HEAD = 0x0138,
	USER_ALONE = 0x0194,
	FILE_LOCK = 0x0195,
	REVISIONS_INFO = 0x0196,
	BEGIN = 0x0809,
};

/* What FilePass says. */
struct method {
	const EVP_MD *hash;
	size_t hash_len, hash_bits, key_len; /* hash_bits: bytes of a hash that go into the key */
	struct bytes salt, verifier, verifier_hash;
};

/* What the keys of all blocks are made of, and the stream of the block at hand. */
struct cipher {
	const struct method *m;
	unsigned char base[SHA1_LEN]; /* of the password, */
	size_t base_len;              /* without the number of the block */
	unsigned char stream[BLOCK];
	uint32_t block;
};

static bool
take_method_md5(struct bytes b, struct method *m)
{
	*m = (struct method){EVP_md5(),
	                     MD5_LEN,
	                     KEY_LEN,
	                     KEY_LEN,
	                     ole_part(b, 6, SALT_LEN),
	                     ole_part(b, 22, VERIFIER_LEN),
	                     ole_part(b, 38, MD5_LEN)};
	return true;
}

static bool
take_method_sha1(struct bytes b, struct method *m)
{
	size_t header_len = ole_u32(b, HEADER_PLACE - 4);
	struct bytes header = ole_part(b, HEADER_PLACE, header_len), rest;
	uint32_t bits = ole_u32(header, BITS);

	if (header.len < header_len || header_len < HEADER_MIN)
		return false;
	rest = ole_part(b, HEADER_PLACE + header_len, b.len);
	bits = bits ? bits : 40;
	if (ole_u32(header, ALGORITHM) != ALGORITHM_RC4 || ole_u32(header, HASH) != HASH_SHA1 || bits < 40 ||
	    bits > 128 || bits % 8 || ole_u32(rest, 0) != SALT_LEN)
		return false;
	*m = (struct method){EVP_sha1(),
	                     SHA1_LEN,
	                     bits / 8,
	                     bits == 40 ? KEY_LEN : bits / 8,
	                     ole_part(rest, 4, SALT_LEN),
	                     ole_part(rest, 20, VERIFIER_LEN),
	                     ole_part(rest, 40, SHA1_LEN)};
	return true;
}

static bool
take_method(struct bytes b, struct method *m)
{
	unsigned major = ole_u16(b, 2), minor = ole_u16(b, 4);
	bool known = false;

	if (ole_u16(b, 0) != BY_RC4)
		return false;
	if (major == 1 && minor == 1)
		known = take_method_md5(b, m);
	else if (major >= 2 && major <= 4 && minor == 2)
		known = take_method_sha1(b, m);
	return known && m->salt.len == SALT_LEN && m->verifier.len == VERIFIER_LEN &&
	       m->verifier_hash.len == m->hash_len;
}

static void
put_unit(unsigned char *out, size_t *n, uint32_t unit)
{
	out[(*n)++] = (unsigned char)unit;
	out[(*n)++] = (unsigned char)(unit >> 8);
}

/* A password as it is hashed: UTF-16, little-endian. Returns its length in bytes. */
static size_t
password_units(const char *password, unsigned char out[2 * UNITS_MAX])
{
	size_t n = 0;
	uint32_t c;

	while (*password && n + 4 <= (size_t)2 * UNITS_MAX) {
		c = text_next(&password);
		if (c > 0xFFFF) {
			put_unit(out, &n, 0xD800 + ((c - 0x10000) >> 10));
			c = 0xDC00 + ((c - 0x10000) & 0x3FF);
		}
		put_unit(out, &n, c);
	}
	return n;
}

/* The base of all keys ([MS-OFFCRYPTO] 2.3.6.2): the password's hash, cut, and the salt, sixteen times. */
static bool
base_md5(struct cipher *k, const unsigned char *word, size_t len)
{
	unsigned char sum[EVP_MAX_MD_SIZE], many[CUT_TIMES * (CUT_LEN + SALT_LEN)];
	bool ok = EVP_Digest(word, len, sum, NULL, k->m->hash, NULL) == 1;
	size_t i;

	for (i = 0; ok && i < sizeof many; i += CUT_LEN + SALT_LEN) {
		memcpy(many + i, sum, CUT_LEN);
		memcpy(many + i + CUT_LEN, k->m->salt.at, SALT_LEN);
	}
	ok = ok && EVP_Digest(many, sizeof many, sum, NULL, k->m->hash, NULL) == 1;
	if (ok)
		memcpy(k->base, sum, CUT_LEN);
	k->base_len = CUT_LEN;
	OPENSSL_cleanse(sum, sizeof sum);
	OPENSSL_cleanse(many, sizeof many);
	return ok;
}

/* The same of the CryptoAPI (2.3.5.2): the salt and the password, once. */
static bool
base_sha1(struct cipher *k, const unsigned char *word, size_t len)
{
	unsigned char sum[EVP_MAX_MD_SIZE], both[SALT_LEN + 2 * UNITS_MAX];
	bool ok;

	memcpy(both, k->m->salt.at, SALT_LEN);
	memcpy(both + SALT_LEN, word, len);
	ok = EVP_Digest(both, SALT_LEN + len, sum, NULL, k->m->hash, NULL) == 1;
	if (ok)
		memcpy(k->base, sum, SHA1_LEN);
	k->base_len = SHA1_LEN;
	OPENSSL_cleanse(sum, sizeof sum);
	OPENSSL_cleanse(both, sizeof both);
	return ok;
}

/* RC4's next bytes, from the beginning of a key. */
static void
rc4(const unsigned char *key, size_t key_len, unsigned char *out, size_t len)
{
	unsigned char s[256], t;
	unsigned i, j = 0;
	size_t n;

	for (i = 0; i < 256; i++)
		s[i] = (unsigned char)i;
	for (i = 0; i < 256; i++) {
		j = (j + s[i] + key[i % key_len]) & 255;
		t = s[i];
		s[i] = s[j];
		s[j] = t;
	}
	for (i = j = 0, n = 0; n < len; n++) {
		i = (i + 1) & 255;
		j = (j + s[i]) & 255;
		t = s[i];
		s[i] = s[j];
		s[j] = t;
		out[n] = s[(s[i] + s[j]) & 255];
	}
	OPENSSL_cleanse(s, sizeof s);
}

/* Make the stream of this block. */
static bool
take_block(struct cipher *k, uint32_t block)
{
	unsigned char from[SHA1_LEN + 4], sum[EVP_MAX_MD_SIZE], key[KEY_LEN] = {0};
	bool ok;
	int i;

	memcpy(from, k->base, k->base_len);
	for (i = 0; i < 4; i++)
		from[k->base_len + (size_t)i] = (unsigned char)(block >> 8 * i);
	ok = EVP_Digest(from, k->base_len + 4, sum, NULL, k->m->hash, NULL) == 1;
	if (ok) {
		memcpy(key, sum, k->m->hash_bits);
		rc4(key, k->m->key_len, k->stream, BLOCK);
		k->block = block;
	}
	OPENSSL_cleanse(from, sizeof from);
	OPENSSL_cleanse(sum, sizeof sum);
	OPENSSL_cleanse(key, sizeof key);
	return ok;
}

/* Is it the right one? The verifier, and its hash behind it, say so ([MS-OFFCRYPTO] 2.3.6.4). */
static bool
try_password(struct cipher *k, const char *password)
{
	unsigned char word[2 * UNITS_MAX], verifier[VERIFIER_LEN], sum[EVP_MAX_MD_SIZE];
	size_t len = password_units(password, word), i;
	unsigned differ = 0;
	bool ok = (k->m->hash_len == MD5_LEN ? base_md5 : base_sha1)(k, word, len) && take_block(k, 0);

	for (i = 0; ok && i < VERIFIER_LEN; i++)
		verifier[i] = k->m->verifier.at[i] ^ k->stream[i];
	ok = ok && EVP_Digest(verifier, VERIFIER_LEN, sum, NULL, k->m->hash, NULL) == 1;
	for (i = 0; ok && i < k->m->hash_len; i++)
		differ |= sum[i] ^ k->m->verifier_hash.at[i] ^ k->stream[VERIFIER_LEN + i];
	OPENSSL_cleanse(word, sizeof word);
	OPENSSL_cleanse(verifier, sizeof verifier);
	OPENSSL_cleanse(sum, sizeof sum);
	return ok && !differ;
}

/* How many bytes at a record's beginning are never encrypted. */
static size_t
clear_len(unsigned type, size_t len)
{
	switch (type) {
	case FILEPASS:
	case INTERFACE:
	case REVISIONS_HEAD:
	case USER_ALONE:
	case FILE_LOCK:
	case REVISIONS_INFO:
	case BEGIN: return len;
	case BOUNDSHEET: return len < 4 ? len : 4; /* where the sheet stands */
	default: return 0;
	}
}

/* A byte's place in the stream tells its block and its place there, whatever of that is not encrypted. */
static bool
decrypt(struct cipher *k, struct bytes b, unsigned char *stream, size_t at)
{
	size_t end, len;

	while (at <= b.len && b.len - at >= RECORD_HEAD) {
		len = ole_u16(b, at + 2);
		end = at + RECORD_HEAD + len;
		at += RECORD_HEAD + clear_len(ole_u16(b, at), len);
		for (; at < end && at < b.len; at++) {
			if (at / BLOCK != k->block && !take_block(k, (uint32_t)(at / BLOCK)))
				return false;
			stream[at] ^= k->stream[at % BLOCK];
		}
		at = end;
	}
	return true;
}

bool
biffcrypt_open(struct bytes filepass, const char *const *passwords, struct buf *stream, size_t from)
{
	struct method m;
	struct cipher k = {.m = &m};
	bool ok = false;

	if (!take_method(filepass, &m))
		return false;
	ok = try_password(&k, "VelvetSweatshop");
	for (; !ok && *passwords; passwords++)
		ok = try_password(&k, *passwords);
	ok = ok && decrypt(&k, buf_bytes(stream), (unsigned char *)stream->at, from);
	OPENSSL_cleanse(&k, sizeof k);
	return ok;
}
