/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a decision to the reply that its sender gets: which kind, to whom, with what in it. No value,
 * difference or state of a registration goes to an address that has not itself sent to it: all that is
 * put in here comes from the sender's own mail, or from a revision of his own. */
#ifndef MINGPIAN_DAEMON_ANSWER_H
#define MINGPIAN_DAEMON_ANSWER_H

#include "config/buf.h"
#include "config/err.h"
#include "daemon/decide.h"
#include "daemon/reply.h"
#include "spool/log.h"

#include <stdbool.h>
#include <time.h>

/* Who answers: the mailbox that logged the mail first. */
struct answer_from {
	const char *name; /* of the house */
	const char *address;
	const char *domain;  /* right of @ in Message-ID */
	const char *contact; /* whom to call */
};

struct answer_facts {
	const char *message_sha256;
	time_t received_at;
	struct log_head head; /* of the log, now */
	int number;           /* of the reply to this id */
};

/* The kind of reply that is owed for d; d->answered holds. */
enum reply_kind answer_kind(const struct decided *d);

/* Where the reply goes: Reply-To if it is a single one and may be told (d->to_sender), else From; NULL where
 * that is none of a person's, or our own. Borrowed. */
const char *answer_recipient(const struct form *f, const struct decided *d, const struct reading *r);

/* Compose into mail_r. False: see reply_compose(). */
bool answer_compose(const struct reply_kit *kit, const struct form *f, const struct answer_from *from,
                    const struct answer_facts *facts, const struct decided *d, const struct reading *r,
                    struct buf *mail_r, struct err *e);

#endif
