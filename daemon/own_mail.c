/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/own_mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TEXT_MAX = 4 << 20 };

/* The value of a header of ours, unfolded nowhere: mime.c writes both of these on one line. */
static struct bytes
header(struct bytes mail, const char *name)
{
	size_t n = strlen(name);

	while (mail.len) {
		size_t line = bytes_find(mail, "\n");
		size_t len = line;

		while (len && (mail.at[len - 1] == '\r'))
			len--;
		if (!len)
			break; /* the head ends here */
		if (len > n && strncasecmp((const char *)mail.at, name, n) == 0 && mail.at[n] == ':')
			return BYTES(mail.at + n + 1, len - n - 1);
		if (line == mail.len)
			break;
		mail = BYTES(mail.at + line + 1, mail.len - line - 1);
	}
	return BYTES(NULL, 0);
}

static struct bytes
trimmed(struct bytes b, const char *junk)
{
	while (b.len && strchr(junk, b.at[0]))
		b = BYTES(b.at + 1, b.len - 1);
	while (b.len && strchr(junk, b.at[b.len - 1]))
		b.len--;
	return b;
}

void
own_mail_head(void *context, struct bytes mail, struct buf *address, struct buf *message_id)
{
	struct bytes to = trimmed(header(mail, "To"), " \t<>"),
	             id = trimmed(header(mail, "Message-ID"), " \t");

	(void)context;
	buf_add(address, to.at, to.len);
	buf_add(message_id, id.at, id.len);
}

/* ---- the text ---- */

static int
base64_value(unsigned char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Decode until what is no base64 (RFC 2045, 6.8): a boundary's dashes, the end. CRLF becomes LF. */
static void
decode(struct bytes b, struct buf *text)
{
	unsigned held = 0;
	int bits = 0;

	for (size_t i = 0; i < b.len && b.at[i] != '-' && b.at[i] != '='; i++) {
		int v = base64_value(b.at[i]);

		if (v < 0)
			continue;
		held = held << 6 | (unsigned)v;
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		if ((held >> bits & 255) != '\r')
			buf_ch(text, (char)(held >> bits & 255));
	}
}

bool
own_mail_text(struct bytes mail, struct buf *text)
{
	static const char type[] = "Content-Type: text/plain", coding[] = "Content-Transfer-Encoding: base64";
	size_t at = bytes_find(mail, type), end;
	struct bytes part;

	if (at == mail.len)
		return false;
	part = BYTES(mail.at + at, mail.len - at);
	end = bytes_find(part, "\r\n\r\n");
	if (end == part.len || bytes_find(BYTES(part.at, end + 2), coding) == end + 2)
		return false;
	decode(BYTES(part.at + end + 4, part.len - end - 4), text);
	return text->len > 0;
}

/* ---- what it tells of the log ---- */

/* "128:" and 64 hex digits at the colon. */
static bool
head_at(const char *text, const char *colon, struct log_head *head_r)
{
	const char *digits = colon;
	char hex[HASH_HEX + 1] = "";
	struct hash hash;

	while (digits > text && digits[-1] >= '0' && digits[-1] <= '9')
		digits--;
	(void)snprintf(hex, sizeof hex, "%s", colon + 1);
	if (digits == colon || colon - digits > 15 || !hash_read(&hash, hex))
		return false;
	*head_r = (struct log_head){strtoll(digits, NULL, 10), hash};
	return true;
}

bool
own_mail_told(struct bytes mail, struct log_head *head_r)
{
	static const char ours[] = "<mingpian.";
	struct bytes id = trimmed(header(mail, "Message-ID"), " \t");
	struct buf text = BUF_INIT(TEXT_MAX);
	bool found = false;

	/* What came to us by a server bears its mark: a Message-ID like ours is anybody's to write. */
	if (id.len < sizeof ours || memcmp(id.at, ours, sizeof ours - 1) != 0 ||
	    header(mail, "Received").at || !own_mail_text(mail, &text))
		return false;
	for (const char *p = strchr(text.at, ':'); p; p = strchr(p + 1, ':'))
		found |= head_at(text.at, p, head_r);
	buf_free(&text);
	return found;
}
