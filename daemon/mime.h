/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a mail (RFC 5322, 2045–2047, 2183, 2231), and knows nothing else. What is written is 7-bit
 * with CRLF, whatever comes in: bodies are base64, so that no line of theirs can be a boundary;
 * names and subjects go through text_header(); addresses and identifiers are checked, not escaped,
 * because there is no escaping for them that every server understands. */
#ifndef MINGPIAN_DAEMON_MIME_H
#define MINGPIAN_DAEMON_MIME_H

#include "config/buf.h"
#include "config/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

enum {
	MIME_MAIL_MAX = 64 * 1024 * 1024, /* bytes of a mail; beyond it ERR_TOO_LARGE */
	MIME_ADDRESS_MAX = 254,           /* RFC 5321, 4.5.3.1.3, less <> */
	MIME_ID_MAX = 250,                /* a Message-ID with <>, so that its line is under 998 octets */
	MIME_REFERENCES_MAX = 20,         /* more: the first, and the newest of the rest (RFC 5322, 3.6.4) */
};

struct mime_attachment {
	const char *name;     /* as a person reads it, UTF-8; path separators and control characters go */
	const char *type;     /* "application/pdf": type/subtype of token characters */
	struct bytes content; /* borrowed */
};

/* A header of our own making. Its name is a constant of the program; its value may be anybody's. */
struct mime_header {
	const char *name;
	const char *value;
};

/* A mail to be written. All borrowed. */
struct mime_mail {
	const char *from_name; /* "" or NULL: the address alone */
	const char *from_addr;
	const char *const *to; /* bare addresses; NULL-terminated, at least one */
	const char *subject;   /* UTF-8, one line is made of it */
	time_t date;
	const char *message_id;        /* with <> */
	const char *in_reply_to;       /* "" or NULL: none; a Message-ID that is none is left out */
	const char *const *references; /* NULL-terminated or NULL; what is no Message-ID is left out */
	const struct mime_header *headers;
	size_t header_count;
	const char *text; /* UTF-8, lines end in \n */
	const char *html; /* NULL: plain text only */
	const struct mime_attachment *attachments;
	size_t attachment_count;
};

/* Write m into out (cleared first, its ceiling respected). The same m gives the same bytes. False,
 * out empty: an address, our Message-ID, a type or a header's name is not what it must be
 * (ERR_INPUT), or the mail is too large (ERR_TOO_LARGE). */
bool mime_write(const struct mime_mail *m, struct buf *out, struct err *e);

/* Is s one address that can be written bare: a dot-atom (RFC 5321) of ASCII, @, a domain name? */
bool mime_address_ok(const char *s);

/* Is s one Message-ID, "<…@…>" of safe ASCII without white space, quotes or brackets, that can be
 * repeated in a header? Strangers write much there; what fails this is not repeated. */
bool mime_id_ok(const char *s);

#endif
