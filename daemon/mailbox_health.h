/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a mailbox fares: the status that any thread may ask for, and the notes that an operator reads. It is
 * changed by the mailbox's own thread alone. Between the files of mailbox.h only. */
#ifndef MINGPIAN_DAEMON_MAILBOX_HEALTH_H
#define MINGPIAN_DAEMON_MAILBOX_HEALTH_H

#include "daemon/mailbox.h"

#include <pthread.h>

struct mailbox_health {
	const struct mailbox_config *c; /* address, note, context: borrowed */
	pthread_mutex_t lock;           /* of status: taken in mailbox_health.c alone */
	struct mailbox_status status;
};

void health_init(struct mailbox_health *h, const struct mailbox_config *c);
void health_destroy(struct mailbox_health *h);

void health_status(struct mailbox_health *h, struct mailbox_status *s_r); /* from any thread */

/* Say a line to the operator, with since when it has been failing. */
void health_note(const struct mailbox_health *h, enum err_code code, const char *text);

void health_answered(struct mailbox_health *h);            /* a server did, just now */
void health_pushes(struct mailbox_health *h, bool idle);   /* whether it has IDLE */
void health_backlog(struct mailbox_health *h, size_t n);   /* mails seen and not handed over */
void health_handed(struct mailbox_health *h);              /* one of them was */
void health_ended(struct mailbox_health *h);               /* nobody is connected any more */
void health_rests(struct mailbox_health *h, time_t until); /* 0: it does not */

/* A round over all folders ended well: nothing was left behind. Noted where it had failed before, or is the
 * first. */
void health_well(struct mailbox_health *h);

/* A round left something behind: shown, no failure. */
void health_left(struct mailbox_health *h, const struct err *e);

/* A connection came to nothing: noted. tried: it is a server's word, not our own patience. Returns how many
 * there were in a row. */
unsigned health_failed(struct mailbox_health *h, const struct err *e, bool tried);

#endif
