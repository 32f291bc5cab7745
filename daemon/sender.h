/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread that sends. It takes struct outgoing from one queue and puts struct delivery into the
 * writer's: it decides nothing and keeps nothing.
 *
 * The order that makes a crash bearable is the writer's: `sending` is logged and fsynced BEFORE the
 * item is put here; the delivery comes back; `sent`, `deferred`, `unknown` … is logged. An item that
 * the writer handed over and got no delivery for (the process died) is therefore `unknown`. An item
 * still in the queue when the sender is told to stop comes back as DEFERRED, code 0, not attempted.
 *
 * A server that cannot be reached twice in a row, turns us away, says 421 or to slow down, or refuses the
 * login or TLS, is left alone: what was handed over before that was known comes back not attempted; when it
 * may be tried again is the writer's to say (gate.h), by handing something over. */
#ifndef MINGPIAN_DAEMON_SENDER_H
#define MINGPIAN_DAEMON_SENDER_H

#include "config/err.h"
#include "daemon/queue.h"
#include "daemon/smtp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One mail to one recipient. All owned. Free with outgoing_free(). */
struct outgoing {
	char *reply; /* the reply's id: "CYMP-2022-0042.1" */
	int attempt;
	char *from; /* the mailbox it goes out from: chooses the account */
	char *to;
	unsigned char *mail;
	size_t len;
	int64_t handed_ms; /* monotonic: when the writer handed it over */
};

void outgoing_free(void *outgoing); /* NULL is fine; fits queue_item.drop */

/* What became of it. Free with delivery_free(). */
struct delivery {
	char *reply;
	int attempt;
	char *to;
	char *from;     /* the mailbox it was to go out from */
	bool attempted; /* false: nothing was said to any server (stopped before its turn, or shut) */
	bool shuts;     /* the server is at fault, not the mail: nothing goes to it for a while */
	struct smtp_result result;
};

void delivery_free(void *delivery);

struct sender_config { /* borrowed until sender_join() returned */
	const struct smtp_account *accounts;
	size_t account_count;
	int kind; /* of the items put into deliveries */
};

struct sender;
struct settings;

/* Start the thread; both queues are borrowed until sender_join() returned. */
bool sender_start(struct sender **s_r, const struct sender_config *c, struct queue *outgoing,
                  struct queue *deliveries, struct err *e);

/* From the next mail on, use the accounts of these (as many, in the same order). A connection whose account
 * is the same stays. */
void sender_renew(struct sender *s, struct settings *now);

/* Ask it to end: at once; closes outgoing, and hands back what is in it as not attempted. To end after all is
 * sent, queue_close(outgoing) instead. */
void sender_stop(struct sender *s);

/* Wait until it ended, and free it. deliveries must still be taken from meanwhile, or have room. */
void sender_join(struct sender *s);

#endif
