/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settled by mail: staff have no shell. In an answer to a digest, `放行 CODE`, `采纳 CODE` and `不予处理
 * CODE` are acts of review like any other (act.h), if all of this holds: the mail answers a digest of ours; a
 * person wrote it; From is an address of the staff (digest.to, digest.staff, the mailboxes); the trusted
 * server says dmarc=pass; the code was given out by that digest at most DIGEST_CODE_DAYS ago and did no work
 * before. No pass, no act: a server that checks nothing makes this a thing for the shell alone.
 *
 * The mail itself stays in the mailbox: its hash is logged with what was ordered and what came of it
 * (docs/log.md: `ordered`), and one mail tells the sender. Who is refused as a whole is told nothing. */
#ifndef MINGPIAN_DAEMON_ORDER_H
#define MINGPIAN_DAEMON_ORDER_H

#include "daemon/digest.h"
#include "daemon/reading.h"

struct order_mail {
	const struct reading *reading;
	const char *message; /* SHA-256 of its bytes */
	const char *mailbox, *folder;
	uint32_t uidvalidity, uid;
	time_t received_at;
};

/* Does the mail answer a digest of ours, without a form in it? Then it is none of a registration's, whatever
 * else it says. digest_r: which, or "". */
bool order_answers(struct spool *s, struct arena *a, const struct reading *r, char digest_r[DIGEST_ID_MAX],
                   struct err *e);

/* Carry out what it orders, stage `ordered` and the mail that tells; nothing where it orders nothing, or was
 * met before (the same mail in another mailbox). The caller has staged what becomes of the mail, and
 * commits. g NULL: this daemon sends no digests. */
bool order_take(const struct digest_rules *g, struct spool *s, struct arena *a, const char *digest,
                const struct order_mail *m, struct err *e);

#endif
