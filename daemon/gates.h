/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The accounts that send, one for each mailbox: which of them may be tried now. What its server does to a
 * delivery shuts or opens an account's gate (gate.h), and raises or clears its alarm (alarms.h). The
 * writer's. */
#ifndef MINGPIAN_DAEMON_GATES_H
#define MINGPIAN_DAEMON_GATES_H

#include "config/err.h"
#include "config/mem.h"
#include "daemon/gate.h"
#include "daemon/sender.h"
#include "spool/spool.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct writer_mailbox;

/* Nothing goes out from this mailbox while its gate is shut. */
struct gates_account {
	char *mailbox; /* the same until gates_free() */
	struct gate gate;
};

struct gates {
	struct gates_account *list; /* in the order of the configuration */
	size_t count;
};

/* All open. Free with gates_free(). */
void gates_open(struct gates *g, const struct writer_mailbox *mailboxes, size_t count);
void gates_free(struct gates *g);

/* Of a mailbox; NULL: it is not configured. */
struct gate *gates_of(const struct gates *g, const char *mailbox);

/* At the start: a password that was refused a moment ago, by the process before, is not tried at once; unless
 * it is another one since. mailboxes: as many, in the same order. */
bool gates_resume(struct gates *g, const struct writer_mailbox *mailboxes, struct spool *s, struct err *e);

/* Other settings: with another password than it was refused with an account is tried at once. */
void gates_renew(struct gates *g, const struct writer_mailbox *mailboxes);

/* The sender has given one back: what it says of the server. */
void gates_landed(struct gates *g, const struct delivery *d);

/* After gates_landed(): stage what it means for the account's alarm; the caller commits. */
bool gates_alarm(const struct gates *g, const struct delivery *d, struct spool *s, struct err *e);

/* The mailboxes whose gates are shut, a list in JSON, as query_due() wants it; NULL: none. In a. */
const char *gates_shut(const struct gates *g, struct arena *a);

/* Seconds until the first of those that are shut opens; -1: none is shut. */
time_t gates_next(const struct gates *g);

#endif
