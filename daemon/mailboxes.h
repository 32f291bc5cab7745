/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The threads of all mailboxes (mailbox.h) together: started, asked to sweep, renewed, ended. The main
 * thread's (with --once also the one's that waits for their end), but for what is said to be anybody's. */
#ifndef MINGPIAN_DAEMON_MAILBOXES_H
#define MINGPIAN_DAEMON_MAILBOXES_H

#include "config/config.h"
#include "config/err.h"
#include "daemon/queue.h"
#include "spool/spool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct live_mailbox;
struct mailbox;
struct settings;

struct mailboxes {
	const struct config *config; /* whose mailboxes they are, in its order */
	struct queue *arrivals;
	struct settings **settings; /* what each of them goes by; held */
	struct mailbox **list;      /* NULL: one that could not be started anew */
	size_t running;             /* the first so many */
	pthread_mutex_t lock;       /* of list and running, for who asks how things stand */
	_Atomic int64_t sweep_at;   /* monotonic ms; 0: as usual */
	atomic_bool compare;        /* and somebody wants to hear how they compare with the log */
};

/* None runs yet. config and arrivals are borrowed until mailboxes_close(). */
void mailboxes_open(struct mailboxes *m, const struct config *c, struct queue *arrivals);
void mailboxes_close(struct mailboxes *m); /* after mailboxes_join() */

/* Before they start, while the spool is nobody's: a password that was refused a moment ago, by the process
 * before, is not tried at once; unless it is another one since. now: what they are going to go by. */
bool mailboxes_resume(const struct config *c, struct settings *now, struct spool *s, struct err *e);

/* False: not all of them run; mailboxes_stop() and mailboxes_join() all the same. */
bool mailboxes_start(struct mailboxes *m, struct settings *now, struct err *e);

/* Any thread: all folders are to be looked through in ms, or when they were to be before that. compare: and
 * compared with the log. */
void mailboxes_ask(struct mailboxes *m, int ms, bool compare);

/* Let them do it, if the time has come. */
void mailboxes_sweep_due(struct mailboxes *m);

/* Go over to these. Only those that are others now lose their connections; a password that was refused, and
 * is the same still, rests as long as it was to. False: one of them does not run any more. */
bool mailboxes_renew(struct mailboxes *m, struct settings *next, struct err *e);

/* How they fare, into room for as many as the configuration has; how many of them run. Any thread. */
size_t mailboxes_look(struct mailboxes *m, struct live_mailbox *room);

/* Ask all of them to end. */
void mailboxes_stop(struct mailboxes *m);

/* Wait until all have ended, by themselves (--once) or as they were asked. False: e says what the first of
 * those that left something did. */
bool mailboxes_join(struct mailboxes *m, struct err *e);

#endif
