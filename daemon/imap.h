/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dialogue with one IMAP server: read-only, nothing is flagged, moved or deleted (EXAMINE and
 * BODY.PEEK, RFC 3501 6.3.2 and 6.4.5).
 *
 * libcurl resolves, connects, does TLS and logs in; what follows is held here, over its connection.
 * One connection belongs to one thread. Every wait ends at a deadline of the monotonic clock, or when
 * the account's stop is raised (ERR_INTERRUPTED), within a second.
 *
 * Errors: ERR_AUTH name or password refused; ERR_TLS no secure connection; ERR_AGAIN not reached, cut
 * off, too slow, or not willing now; ERR_PROTOCOL the server said what it must not say; ERR_REFUSED
 * it said NO or BAD to a command; ERR_NOT_FOUND no such folder. The sentence names the server, says
 * what to do, and never holds a password. After ERR_REFUSED and ERR_NOT_FOUND the connection may go
 * on; after any other it can only be closed. */
#ifndef MINGPIAN_DAEMON_IMAP_H
#define MINGPIAN_DAEMON_IMAP_H

#include "config/buf.h"
#include "config/err.h"
#include "daemon/imap_uids.h"
#include "daemon/stop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Borrowed as long as the connection is open. */
struct imap_account {
	const char *url; /* imaps://host[:port], or imap://host[:port] with STARTTLS, then required */
	const char *user;
	const char *password; /* or the OAuth 2 access token */
	const char *ca_file;  /* NULL: the system's */
	bool oauth2;          /* password is a bearer token (SASL XOAUTH2) */
	bool tls_none;        /* no TLS: accepted for 127.0.0.1 only */
	int answer_ms;        /* longest silence while an answer is due; 0: 60 s */
};

/* What EXAMINE says. */
struct imap_folder {
	uint32_t uidvalidity; /* never 0: a server without it is refused (ERR_PROTOCOL) */
	uint32_t uidnext;     /* 0: not said */
	uint32_t exists;
};

/* What is known of a mail before its bytes are fetched. */
struct imap_head {
	uint32_t uid;
	uint64_t size;       /* RFC822.SIZE: a server's word, not a promise */
	time_t internaldate; /* when the server took it in; now, where it does not say */
	bool answered;       /* bears \Answered */
};

struct imap_heads {
	struct imap_head *at;
	size_t count;
};

void imap_heads_free(struct imap_heads *h);

/* One mail fetched. bytes are borrowed for the call. */
struct imap_mail {
	struct imap_head head;
	struct bytes bytes; /* whole; where too_large, its first MiB */
	bool too_large;
};

/* False: stop fetching (e says why; imap_fetch() fails with it). */
typedef bool imap_mail_fn(void *context, const struct imap_mail *mail, struct err *e);

struct imap;

/* Connect, log in, ask for capabilities, and send ID where it is offered (NetEase calls a login
 * without it unsafe). stop may be NULL. Close with imap_close(). */
bool imap_open(struct imap **m_r, const struct imap_account *account, const struct stop *stop, struct err *e);

/* Says LOGOUT if that is still possible, waits two seconds at most. NULL is fine. */
void imap_close(struct imap *m);

/* Is this capability offered (after login)? Case is ignored. */
bool imap_can(const struct imap *m, const char *capability);

/* Open a folder, named in UTF-8, for reading. */
bool imap_examine(struct imap *m, const char *folder, struct imap_folder *f_r, struct err *e);

/* UIDs of all that came since, and of more: SEARCH compares days, in a zone that nobody names, so it is asked
 * from two days before. INTERNALDATE decides (imap_list()). */
bool imap_search_since(struct imap *m, time_t since, struct imap_uids *uids_r, struct err *e);

/* UIDs from first on (the server's "n:*" gives the last one even if it is below first: not here). */
bool imap_search_from(struct imap *m, uint32_t first, struct imap_uids *uids_r, struct err *e);

/* Size, date and flags of those of uids (sorted) that are still there, in order. After ERR_REFUSED heads_r
 * has those that were given all the same, as a server may refuse for the sake of one that is damaged: free
 * it. */
bool imap_list(struct imap *m, const struct imap_uids *uids, struct imap_heads *heads_r, struct err *e);

/* Fetch the mails of heads and give each to fn, batch by batch (at most 32 mails and 8 MiB; a larger mail
 * alone), within one in the server's order; two commands are in flight. What is over mail_max bytes is given
 * with its first MiB only. A mail that is gone meanwhile is not given: compare *given_r. What a
 * refused batch did not give is asked for once more, mail by mail: one that is damaged keeps none of the
 * others back. ERR_REFUSED: some were not given. */
bool imap_fetch(struct imap *m, const struct imap_heads *heads, size_t mail_max, imap_mail_fn *fn,
                void *context, size_t *given_r, struct err *e);

/* Does the server push? It offers IDLE, and did not refuse it on this connection. */
bool imap_pushes(const struct imap *m);

/* Wait until the server speaks of new mail (*new_r true), until wake_fd (-1: none) is readable, or
 * until deadline_ms: by IDLE (RFC 2177), re-issued within ten minutes, where the server pushes, else
 * in silence with a NOOP at the end. Where it refuses IDLE the wait is over at once: it does not push, and
 * the next deadline may be another one. */
bool imap_wait(struct imap *m, int wake_fd, int64_t deadline_ms, bool *new_r, struct err *e);

bool imap_noop(struct imap *m, bool *new_r, struct err *e);

/* Append a mailbox name as servers want it: modified UTF-7 (RFC 3501 5.1.3), not yet quoted. False:
 * name is no UTF-8. */
bool imap_folder_name(struct buf *b, const char *name);

#endif
