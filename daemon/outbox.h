/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replies on their way out. A reply is `queued` in the log before anything is tried; each attempt is
 * `sending`, fsynced, before the server hears of it; then `sent`, `deferred`, `failed` or `unknown`.
 *
 * The one undecidable case (RFC 1047), lost between our final dot and the server's answer, by the network
 * or by our own death, is `unknown`: counted, and tried again later with the same Message-ID, at most
 * OUTBOX_UNKNOWN_MAX times; then a person looks. */
#ifndef MINGPIAN_DAEMON_OUTBOX_H
#define MINGPIAN_DAEMON_OUTBOX_H

#include "config/err.h"
#include "daemon/gates.h"
#include "daemon/queue.h"
#include "daemon/sender.h"
#include "spool/spool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum {
	/* `sending` is logged for no more than these at once: one that is with the server, one that comes
	 * next, so that the sender need not wait for the disk. Who is killed leaves two `unknown`. */
	OUTBOX_IN_FLIGHT = 2,
	OUTBOX_UNKNOWN_MAX = 3, /* attempts whose end is not known */
};

struct outbox { /* the writer's; zero but for what is named here */
	struct spool *spool;
	struct queue *outgoing;
	struct gates *gates;
	int retry_days;
	size_t in_flight;
	bool shadow;                              /* nothing goes out, whatever is due: it waits */
	bool over;                                /* the sender takes no more */
	struct outgoing *ready[OUTBOX_IN_FLIGHT]; /* `sending` is staged, not true yet */
	size_t ready_count;
	struct outgoing *unsent[OUTBOX_IN_FLIGHT]; /* `sending` is true, and the sender did not take it */
	size_t unsent_count;
};

/* Log as `unknown` what a process that died was sending. Stages; the caller commits. */
bool outbox_recover(struct outbox *o, struct err *e);

/* The sender has given one back: what it says of the server shuts or opens the mailbox's gate. */
void outbox_landed(struct outbox *o, const struct delivery *d);

/* Is there anything that may be tried now? */
bool outbox_is_due(const struct outbox *o, bool *due_r, struct err *e);

/* Stage what became of an attempt; may be said again after a round that failed. */
bool outbox_delivered(struct outbox *o, const struct delivery *d, struct err *e);

/* What is due goes to the sender in two steps: its `sending` lines are staged, together with whatever else
 * the round means; and once the round is committed, it is put. After a round that failed: forget. */
bool outbox_prepare(struct outbox *o, struct err *e);
void outbox_hand(struct outbox *o);
void outbox_forget(struct outbox *o);

/* What the sender did not take (it was told to end, or its queue is full of large mails) was not tried, and
 * must not count as unknown at the next start: stage that, in each round until one is committed; then (or at
 * the end) it is taken back. */
bool outbox_unsent(struct outbox *o, struct err *e);
void outbox_taken_back(struct outbox *o);

/* Seconds from now until the next attempt may be due; -1: nothing waits for its time. */
bool outbox_next(const struct outbox *o, time_t now, time_t *wait_r, struct err *e);

/* How many replies a later run has still to send; 0 where the index cannot say. */
uint64_t outbox_waiting(const struct outbox *o);

/* How long to wait after this many attempts, in seconds, without jitter: 1, 5, 15 minutes, 1, 2, 4 hours
 * from then on; longer where the server asks for less. */
time_t outbox_backoff(int attempts, bool slow_down);

#endif
