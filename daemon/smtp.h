/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sending one mail to one recipient, and knowing what became of it.
 *
 * One recipient a mail: so the server's answer is about him. Only what is certain is called SENT or
 * not delivered; a connection lost between the final dot and the answer is UNKNOWN (RFC 1047). */
#ifndef MINGPIAN_DAEMON_SMTP_H
#define MINGPIAN_DAEMON_SMTP_H

#include "config/buf.h"
#include "config/err.h"
#include "daemon/stop.h"

#include <stdbool.h>
#include <stddef.h>

/* Borrowed while in use. */
struct smtp_account {
	const char *address;  /* the mailbox it sends from: envelope sender, as Chinese servers insist */
	const char *url;      /* smtps://host[:port], or smtp://host[:port] with STARTTLS, then required */
	const char *user;     /* NULL or "": no login (a relay that trusts us) */
	const char *password; /* or the OAuth 2 access token */
	const char *ca_file;  /* NULL: the system's */
	bool oauth2;
	bool tls_none; /* no TLS: accepted for 127.0.0.1 only */
	int stall_ms;  /* longest silence before the final dot; 0: 2 min */
	int answer_ms; /* longest time for one mail; 0: 10 min (RFC 5321 4.5.3.2.6: the final dot alone) */
};

/* The same server, login and trust? */
bool smtp_same_account(const struct smtp_account *a, const struct smtp_account *b);

enum smtp_verdict {
	SMTP_SENT,     /* the server took it */
	SMTP_DEFERRED, /* not delivered; a later try may do: 4xx, not reached, turned away, cut off, stopped
	                */
	SMTP_REFUSED,  /* a final no: 5xx to sender, recipient or mail */
	SMTP_UNKNOWN,  /* lost after the final dot: delivered or not */
	SMTP_AUTH,     /* not delivered: name or password refused. Every further mail will fare the same */
	SMTP_TLS,      /* not delivered: no secure connection. Likewise */
	SMTP_INVALID,  /* not delivered: our own mistake, an address or mail that must not be sent */
	SMTP_VERDICTS
};

const char *smtp_verdict_name(enum smtp_verdict v); /* "sent", "deferred", … */

struct smtp_result {
	enum smtp_verdict verdict;
	int code;         /* the server's last answer that bears on it; 0: none */
	bool slow_down;   /* the server limits our rate: wait longer than usual, send less */
	bool turned_away; /* a no (4xx, 5xx) before any mail was spoken of: every further mail will fare the
	                     same */
	char words[256];  /* one line for a person: the server's words made safe, or what happened */
};

struct smtp; /* one connection to one server, opened when needed, kept between mails */

struct smtp *smtp_new(const struct smtp_account *a, const struct stop *stop) __attribute__((returns_nonnull));
void smtp_free(struct smtp *s); /* says QUIT; NULL is fine */

/* Send mail (a whole message, 7-bit; bare LF becomes CRLF) to one address. Always fills *r.
 * Raising stop ends it within a second, but while the answer to the final dot is awaited: there three
 * seconds more are given, since going would make an UNKNOWN of it. */
void smtp_send(struct smtp *s, const char *to, struct bytes mail, struct smtp_result *r);

/* Connect, secure and log in, and send nothing: ERR_AUTH, ERR_TLS, ERR_AGAIN …, as link_failed() says. For a
 * look (doctor): s can do nothing else afterwards. */
bool smtp_login(struct smtp *s, struct err *e);

/* May this stand between < and > in an envelope? ASCII without control characters, spaces, < and >,
 * one @ with something on both sides, at most 254 octets: what goes to libcurl goes out raw. */
bool smtp_address_ok(const char *address);

#endif
