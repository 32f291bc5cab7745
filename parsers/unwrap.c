/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/unwrap.h"

#include <ctype.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <string.h>

enum { SIGNED_IN_SIGNED = 4 };

static struct bytes
line_at(struct bytes b, size_t at)
{
	const unsigned char *end = memchr(b.at + at, '\n', b.len - at);

	return BYTES(b.at + at, (end ? (size_t)(end - b.at) + 1 : b.len) - at);
}

static size_t
line_length(struct bytes line)
{
	size_t n = line.len;

	while (n && (line.at[n - 1] == '\n' || line.at[n - 1] == '\r'))
		n--;
	return n;
}

/* ---- CMS ---- */

static bool
take_content(CMS_ContentInfo *cms, struct buf *out, struct err *e)
{
	ASN1_OCTET_STRING **content = CMS_get0_content(cms);

	if (!content || !*content)
		return err_set(e, ERR_DAMAGED, "S/MIME without content: a detached signature");
	buf_add(out, ASN1_STRING_get0_data(*content), (size_t)ASN1_STRING_length(*content));
	return out->over ? err_set(e, ERR_TOO_LARGE, "S/MIME content beyond the ceiling") : true;
}

bool
unwrap_cms(struct bytes der, struct buf *out, struct err *e)
{
	BIO *bio = der.len < INT32_MAX ? BIO_new_mem_buf(der.at, (int)der.len) : NULL;
	CMS_ContentInfo *cms = bio ? d2i_CMS_bio(bio, NULL) : NULL;
	bool ok = false;

	if (!cms) {
		(void)err_set(e, ERR_DAMAGED, "S/MIME: no CMS structure");
		goto out;
	}
	switch (OBJ_obj2nid(CMS_get0_type(cms))) {
	case NID_pkcs7_signed:
	case NID_pkcs7_data: ok = take_content(cms, out, e); break;
	case NID_pkcs7_enveloped:
	case NID_pkcs7_encrypted:
	case NID_id_smime_ct_authEnvelopedData:
		(void)err_set(e, ERR_ENCRYPTED, "S/MIME: encrypted to a key");
		break;
	default: (void)err_set(e, ERR_UNSUPPORTED, "S/MIME: neither signed nor enveloped");
	}
out:
	CMS_ContentInfo_free(cms);
	BIO_free(bio);
	ERR_clear_error();
	return ok;
}

/* ContentInfo, DER or with indefinite lengths: a sequence that begins with pkcs-7's arc and one of its
 * kinds from signed to encrypted (RFC 5652, 3). */
bool
unwrap_is_cms(struct bytes b)
{
	static const unsigned char arc[] = {6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7};
	size_t at;

	if (b.len < sizeof arc + 8 || b.at[0] != 0x30)
		return false;
	at = 2 + (b.at[1] > 0x80 && b.at[1] <= 0x84 ? b.at[1] & 0x7FU : 0);
	return memcmp(b.at + at, arc, sizeof arc) == 0 && b.at[at + sizeof arc] >= 2 &&
	       b.at[at + sizeof arc] <= 6;
}

bool
unwrap_is_detached(struct bytes b)
{
	BIO *bio = unwrap_is_cms(b) && b.len < INT32_MAX ? BIO_new_mem_buf(b.at, (int)b.len) : NULL;
	CMS_ContentInfo *cms = bio ? d2i_CMS_bio(bio, NULL) : NULL;
	bool detached = cms && OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed && CMS_is_detached(cms);

	CMS_ContentInfo_free(cms);
	BIO_free(bio);
	ERR_clear_error();
	return detached;
}

/* ---- uuencode ---- */

/* "begin 644 name": the name, or an empty run. */
static struct bytes
uu_begin(struct bytes line)
{
	size_t n = line_length(line), at = 6;

	if (!bytes_begin(line, "begin ") || n < 11)
		return BYTES(NULL, 0);
	while (at < n && line.at[at] >= '0' && line.at[at] <= '7')
		at++;
	if (at < 9 || at > 10 || at + 1 >= n || line.at[at] != ' ')
		return BYTES(NULL, 0);
	return BYTES(line.at + at + 1, n - at - 1);
}

static unsigned
uu_value(unsigned char c)
{
	return (unsigned)(c - ' ') & 63;
}

/* One line; false where it is none of an encoded file. */
static bool
uu_line(struct bytes line, struct buf *out)
{
	size_t n = line_length(line), want = n ? uu_value(line.at[0]) : 0;

	for (size_t i = 0; i < n; i++)
		if (line.at[i] < ' ' || line.at[i] > '`')
			return false;
	for (size_t i = 1, done = 0; done < want; i += 4) {
		unsigned v = 0;

		for (size_t k = 0; k < 4; k++) /* trailing spaces are lost on the way: they are zeros */
			v = v << 6 | (i + k < n ? uu_value(line.at[i + k]) : 0);
		for (int shift = 16; shift >= 0 && done < want; shift -= 8, done++)
			buf_ch(out, (char)(v >> shift & 0xFF));
	}
	return true;
}

bool
unwrap_uuencoded(struct bytes text, size_t *at, size_t *begin_r, struct bytes *name_r, struct buf *out)
{
	while (*at < text.len) {
		struct bytes line = line_at(text, *at), name = uu_begin(line);
		size_t here = *at, next = *at + line.len;

		*at = next;
		buf_clear(out);
		for (; name.len && next < text.len; next += line.len) {
			line = line_at(text, next);
			if (bytes_begin(line, "end") && line_length(line) == 3) {
				*at = next + line.len;
				*begin_r = here;
				*name_r = name;
				return !out->over;
			}
			if (!uu_line(line, out))
				break;
		}
	}
	return false;
}

/* ---- format=flowed ---- */

static size_t
quote_depth(struct bytes line)
{
	size_t n = 0;

	while (n < line.len && line.at[n] == '>')
		n++;
	return n;
}

void
unwrap_flowed(struct bytes text, bool delsp, struct buf *out)
{
	bool open = false; /* the line before ended softly */
	size_t depth = 0;

	for (size_t at = 0; at < text.len;) {
		struct bytes line = line_at(text, at);
		size_t n = line_length(line), quote = quote_depth(line), skip = quote;
		bool soft, signature;

		at += line.len;
		if (open && quote != depth) {
			buf_ch(out, '\n');
			open = false;
		}
		if (skip < n && line.at[skip] == ' ')
			skip++; /* space-stuffed */
		signature = n - skip == 3 && memcmp(line.at + skip, "-- ", 3) == 0;
		if (open && signature)
			buf_ch(out, '\n');
		if (!open || signature)
			for (size_t i = 0; i < quote; i++)
				buf_ch(out, '>');
		soft = n > skip && line.at[n - 1] == ' ' && !signature;
		buf_add(out, line.at + skip, n - skip - (soft && delsp));
		if (!soft)
			buf_ch(out, '\n');
		open = soft;
		depth = quote;
	}
}
