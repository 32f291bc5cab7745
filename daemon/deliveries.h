/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sender said of replies, until a commit has made it true: it is said only once, and must outlive a
 * round that failed. The writer's. */
#ifndef MINGPIAN_DAEMON_DELIVERIES_H
#define MINGPIAN_DAEMON_DELIVERIES_H

#include "config/err.h"
#include "daemon/outbox.h"
#include "daemon/sender.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct deliveries { /* zero but for outbox */
	struct outbox *outbox;
	struct delivery *said[OUTBOX_IN_FLIGHT]; /* no more than are in flight */
	size_t count, staged;                    /* the first `staged` of them are */
	uint64_t sent;                           /* since the start */
};

/* d (taken over) has come: bad news is said to the journal, the outbox has one less in flight. */
void deliveries_add(struct deliveries *l, struct delivery *d);

/* Stage what is not staged yet, for the log and for the account's alarm; the caller commits. */
bool deliveries_stage(struct deliveries *l, struct err *e);

/* The round failed: all of them are to be staged again. */
void deliveries_unstage(struct deliveries *l);

/* They are true now; or this is the end. */
void deliveries_forget(struct deliveries *l);

#endif
