/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/mime.h"

#include "config/clock.h"
#include "config/mem.h"
#include "config/text.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

enum {
	BASE64_LINE_BYTES = 57, /* become 76 characters (RFC 2045, 6.8) */
	NAME_CHARS_MAX = 80,    /* of an attachment's name; a file system takes 255 bytes */
	PARAM_OCTETS_MAX = 60,  /* of one RFC 2231 continuation */
	BOUNDARY_MAX = 48,
};

static const char alnum[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/* ---- what is checked, because it cannot be escaped ---- */

/* Is each character of s[0..len) a letter, a digit or one of more? */
static bool
of_chars(const char *s, size_t len, const char *more)
{
	for (size_t i = 0; i < len; i++)
		if (!s[i] || (!strchr(alnum, s[i]) && !strchr(more, s[i])))
			return false;
	return len > 0;
}

/* Parts joined by single dots, none at an end: a dot-atom. */
static bool
dotted(const char *s, size_t len, const char *more)
{
	const char *dot;

	for (;;) {
		dot = memchr(s, '.', len);
		if (!of_chars(s, dot ? (size_t)(dot - s) : len, more))
			return false;
		if (!dot)
			return true;
		len -= (size_t)(dot - s) + 1;
		s = dot + 1;
	}
}

bool
mime_address_ok(const char *s)
{
	const char *at = s ? strrchr(s, '@') : NULL;

	if (!at || strlen(s) > MIME_ADDRESS_MAX || at - s > 64 || at[1] == '-')
		return false;
	return dotted(s, (size_t)(at - s), "!#$%&'*+-/=?^_`{|}~") && dotted(at + 1, strlen(at + 1), "-");
}

bool
mime_id_ok(const char *s)
{
	size_t len = s ? strlen(s) : 0;

	if (len < 5 || len > MIME_ID_MAX || s[0] != '<' || s[len - 1] != '>')
		return false;
	/* Real ones hold :, [] and several @; none of these does harm in angle brackets. */
	return of_chars(s + 1, len - 2, ".!#$%&'*+-/=?^_`{|}~@:[]") && memchr(s, '@', len) &&
	       !strstr(s, "=?");
}

static bool
type_ok(const char *s)
{
	const char *slash = s ? strchr(s, '/') : NULL;

	return slash && of_chars(s, (size_t)(slash - s), ".+-") &&
	       of_chars(slash + 1, strlen(slash + 1), ".+-") && strlen(s) < 100;
}

static bool
mail_check(const struct mime_mail *m, struct err *e)
{
	if (!mime_address_ok(m->from_addr))
		return err_set(e, ERR_INPUT, "a mail cannot be written: the sender's address is none");
	if (!m->to || !m->to[0])
		return err_set(e, ERR_INPUT, "a mail cannot be written: it has no recipient");
	for (size_t i = 0; m->to[i]; i++)
		if (!mime_address_ok(m->to[i]))
			return err_set(
			        e, ERR_INPUT,
			        "a mail cannot be written: the recipient's address is none that can be "
			        "answered");
	if (!mime_id_ok(m->message_id))
		return err_set(e, ERR_INPUT, "a mail cannot be written: its Message-ID is none");
	for (size_t i = 0; i < m->header_count; i++)
		if (!of_chars(m->headers[i].name, strlen(m->headers[i].name), "-"))
			return err_set(e, ERR_INPUT,
			               "a mail cannot be written: the name of header %zu is none", i + 1);
	for (size_t i = 0; i < m->attachment_count; i++)
		if (!type_ok(m->attachments[i].type))
			return err_set(e, ERR_INPUT,
			               "a mail cannot be written: the type of attachment %zu is none", i + 1);
	return true;
}

/* ---- headers ---- */

static void
put_base64(struct buf *out, const void *from, size_t len)
{
	unsigned char *to = buf_room(out, 4 * ((len + 2) / 3) + 1);

	if (!to)
		return;
	out->len += (size_t)EVP_EncodeBlock(to, from, (int)len);
	buf_seal(out);
}

/* Cut, so that nobody's subject makes a header of a hundred lines. */
static void
put_unstructured(struct buf *out, const char *name, const char *value)
{
	struct buf v = BUF_INIT(4096);

	text_plain(&v, value ? value : "", 500);
	buf_fmt(out, "%s: ", name);
	text_header(out, v.at ? v.at : "", strlen(name) + 2);
	buf_str(out, "\r\n");
	buf_free(&v);
}

/* A display name: atoms as they are, other ASCII as a quoted string, all else encoded (RFC 2047, 5). */
static void
put_phrase(struct buf *out, const char *name, size_t column)
{
	struct buf v = BUF_INIT(1024);
	const char *p;

	text_plain(&v, name, 120);
	p = v.at ? v.at : "";
	if (of_chars(p, strlen(p), " !#$%&'*+-/^_`{|}~") && strlen(p) < 60) {
		buf_str(out, p);
	} else if (text_count(p) != strlen(p) || strstr(p, "=?")) {
		text_header(out, p, column);
	} else {
		buf_ch(out, '"');
		for (; *p; p++) {
			if (*p == '"' || *p == '\\')
				buf_ch(out, '\\');
			buf_ch(out, *p);
		}
		buf_ch(out, '"');
	}
	buf_free(&v);
}

static void
put_addresses(struct buf *out, const struct mime_mail *m)
{
	buf_str(out, "From: ");
	if (m->from_name && *m->from_name) {
		put_phrase(out, m->from_name, strlen("From: "));
		buf_fmt(out, "\r\n <%s>\r\n", m->from_addr);
	} else {
		buf_fmt(out, "<%s>\r\n", m->from_addr);
	}
	for (size_t i = 0; m->to[i]; i++)
		buf_fmt(out, "%s<%s>", i ? ",\r\n " : "To: ", m->to[i]);
	buf_str(out, "\r\n");
}

/* References: the first and the newest of those that can be repeated, In-Reply-To last. */
static void
put_thread(struct buf *out, const struct mime_mail *m)
{
	bool reply = mime_id_ok(m->in_reply_to);
	size_t total = 0, seen = 0, written = 0;

	for (size_t i = 0; m->references && m->references[i]; i++)
		total += mime_id_ok(m->references[i]) &&
		         !(reply && strcmp(m->references[i], m->in_reply_to) == 0);
	if (reply)
		buf_fmt(out, "In-Reply-To: %s\r\n", m->in_reply_to);
	for (size_t i = 0; m->references && m->references[i]; i++) {
		const char *id = m->references[i];

		if (!mime_id_ok(id) || (reply && strcmp(id, m->in_reply_to) == 0))
			continue;
		if (seen++ > 0 && total - seen >= MIME_REFERENCES_MAX - 2)
			continue;
		buf_fmt(out, "%s%s", written++ ? "\r\n " : "References: ", id);
	}
	if (reply)
		buf_fmt(out, "%s%s", written++ ? "\r\n " : "References: ", m->in_reply_to);
	if (written)
		buf_str(out, "\r\n");
}

static void
put_headers(struct buf *out, const struct mime_mail *m)
{
	char date[48];

	put_addresses(out, m);
	put_unstructured(out, "Subject", m->subject);
	buf_fmt(out, "Date: %s\r\nMessage-ID: %s\r\n", clock_rfc5322(m->date, date), m->message_id);
	put_thread(out, m);
	for (size_t i = 0; i < m->header_count; i++)
		put_unstructured(out, m->headers[i].name, m->headers[i].value);
	buf_str(out, "MIME-Version: 1.0\r\n");
}

/* ---- bodies ---- */

static void
put_base64_lines(struct buf *out, struct bytes b)
{
	while (b.len > 0 && !out->over) {
		size_t n = b.len < BASE64_LINE_BYTES ? b.len : BASE64_LINE_BYTES;

		put_base64(out, b.at, n);
		buf_str(out, "\r\n");
		b.at += n;
		b.len -= n;
	}
}

/* Text in its canonical form: lines end in CRLF (RFC 2046, 4.1.1). */
static void
put_text(struct buf *out, const char *subtype, const char *text)
{
	struct buf lines = BUF_INIT(out->max);

	for (; text && *text; text++) {
		if (*text == '\r')
			continue;
		if (*text == '\n')
			buf_ch(&lines, '\r');
		buf_ch(&lines, *text);
	}
	buf_fmt(out, "Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
	        subtype);
	put_base64_lines(out, buf_bytes(&lines));
	out->over = out->over || lines.over;
	buf_free(&lines);
}

/* A boundary from the Message-ID, so that the same mail has the same bytes. It cannot stand in a
 * body: base64 has neither = before its end nor _, and no line of it begins with -. */
static void
boundary_make(char out[BOUNDARY_MAX], const char *message_id, char level)
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	static const char hex[] = "0123456789abcdef";
	size_t n = 0;

	(void)SHA256((const unsigned char *)message_id, strlen(message_id), hash);
	out[n++] = '=';
	out[n++] = '_';
	out[n++] = level;
	out[n++] = '_';
	for (size_t i = 0; i < 12; i++) {
		out[n++] = hex[hash[i] >> 4];
		out[n++] = hex[hash[i] & 15];
	}
	out[n] = '\0';
}

static void
put_alternative(struct buf *out, const struct mime_mail *m)
{
	char b[BOUNDARY_MAX];

	if (!m->html) {
		put_text(out, "plain", m->text);
		return;
	}
	boundary_make(b, m->message_id, 'a');
	buf_fmt(out, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n--%s\r\n", b, b);
	put_text(out, "plain", m->text);
	buf_fmt(out, "\r\n--%s\r\n", b);
	put_text(out, "html", m->html);
	buf_fmt(out, "\r\n--%s--\r\n", b);
}

/* A name that any file system takes. */
static void
name_clean(struct buf *out, const char *name)
{
	size_t n = 0;
	uint32_t c;

	for (const char *s = name ? name : ""; (c = text_next(&s)) && n < NAME_CHARS_MAX; n++) {
		if (text_is_unsafe(c) || (c < 0x80 && strchr("/\\:*?\"<>|", (int)c)))
			c = '_';
		text_put(out, c);
	}
	if (!n)
		buf_str(out, "attachment");
}

/* filename*0*=UTF-8''…; filename*1*=…  (RFC 2231, 3 and 4). A percent sign and its digits stay
 * together; more than that no reader asks for. */
static void
put_filename(struct buf *out, const char *name)
{
	size_t section = 0, octets = PARAM_OCTETS_MAX;
	bool split = 3 * strlen(name) > PARAM_OCTETS_MAX;

	if (!split)
		buf_str(out, ";\r\n filename*=UTF-8''");
	for (const char *p = name; *p; p++) {
		if (split && octets >= PARAM_OCTETS_MAX) {
			buf_fmt(out, ";\r\n filename*%zu*=%s", section, section == 0 ? "UTF-8''" : "");
			section++;
			octets = 0;
		}
		if (of_chars(p, 1, "-._")) {
			buf_ch(out, *p);
			octets++;
		} else {
			buf_fmt(out, "%%%02X", (unsigned char)*p);
			octets += 3;
		}
	}
}

/* The name stands twice: as RFC 2231 says, and in Content-Type as older Chinese programs want it, an
 * encoded word in quotes (RFC 2047 knows no such place; Foxmail and Coremail do). */
static void
put_attachment(struct buf *out, const struct mime_attachment *a)
{
	struct buf name = BUF_INIT(4 * NAME_CHARS_MAX + 16);

	name_clean(&name, a->name);
	buf_fmt(out, "Content-Type: %s;\r\n name=\"", a->type);
	text_header(out, name.at, strlen(" name=\""));
	buf_str(out, "\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment");
	put_filename(out, name.at);
	buf_str(out, "\r\n\r\n");
	put_base64_lines(out, a->content);
	buf_free(&name);
}

bool
mime_write(const struct mime_mail *m, struct buf *out, struct err *e)
{
	char b[BOUNDARY_MAX];

	buf_clear(out);
	if (!mail_check(m, e))
		return false;
	put_headers(out, m);
	if (m->attachment_count == 0) {
		put_alternative(out, m);
	} else {
		boundary_make(b, m->message_id, 'm');
		buf_fmt(out, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n", b, b);
		put_alternative(out, m);
		for (size_t i = 0; i < m->attachment_count; i++) {
			buf_fmt(out, "\r\n--%s\r\n", b);
			put_attachment(out, &m->attachments[i]);
		}
		buf_fmt(out, "\r\n--%s--\r\n", b);
	}
	if (out->over || out->len > MIME_MAIL_MAX) {
		buf_clear(out);
		return err_set(e, ERR_TOO_LARGE, "a mail with %zu attachments is larger than allowed",
		               m->attachment_count);
	}
	return true;
}
