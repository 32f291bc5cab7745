/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The threads and the queues that join them: in what order they start and end, and how they go over to other
 * settings.
 *
 *	mailbox … ─► arrivals ─► parsers ─► in ─► writer ─► outgoing ─► sender
 *	                                    ▲                              │
 *	                                    └───────── deliveries ─────────┘
 *
 * Mail flows one way and is held back by full queues: a slow disk holds the mailboxes, a slow server
 * never holds the disk (the writer hands over only what is due and keeps the rest in the log). The main
 * thread's. */
#ifndef MINGPIAN_DAEMON_PIPELINE_H
#define MINGPIAN_DAEMON_PIPELINE_H

#include "config/config.h"
#include "config/err.h"
#include "daemon/control.h"
#include "daemon/mailboxes.h"
#include "daemon/parsed.h"
#include "daemon/sender.h"
#include "daemon/writer.h"
#include "spool/spool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum pipeline_mode {
	PIPELINE_WATCH,   /* until told to stop */
	PIPELINE_ONCE,    /* each mailbox is swept once, what is due is sent, and it ends */
	PIPELINE_HAND_IN, /* no mailbox is looked at and nothing sent: it takes what is handed in */
};

struct pipeline {
	enum pipeline_mode mode;
	struct queue *arrivals, *in, *outgoing;
	struct mailboxes mailboxes;
	struct parser *parser;
	struct sender *sender; /* NULL: nothing is sent */
	struct writer *writer; /* NULL: it was not started */
	struct control *control;
	struct sender_config sender_config;
	pthread_t closer; /* ends the line behind the mailboxes */
	bool closing;
	int ended_fd;         /* readable once the writer has ended */
	atomic_bool ended;    /* the same, should the descriptor's word be lost */
	struct err unfetched; /* the first thing that a mailbox left to do */
};

/* The queues; no thread runs yet. c is borrowed until pipeline_close(); p stays where it is. */
bool pipeline_open(struct pipeline *p, const struct config *c, enum pipeline_mode mode, struct err *e);

/* What settings need of us before a thread sees them: whom to tell what. */
void pipeline_tell(struct pipeline *p, struct settings *next);

/* Start the threads. now (held by who calls, until pipeline_close()) was told. The spool is theirs until
 * pipeline_stop() returned. live, context: as of control_start(). False: some may run; pipeline_stop(). */
bool pipeline_start(struct pipeline *p, struct settings *now, struct spool *spool, control_live_fn *live,
                    void *context, struct err *e);

/* PIPELINE_HAND_IN: no more comes (PIPELINE_ONCE says it itself). The writer ends when all is recorded. */
bool pipeline_finish(struct pipeline *p, struct err *e);

/* Go over from was to next, which was told. False: a mailbox's thread is missing now. */
bool pipeline_renew(struct pipeline *p, const struct settings *was, struct settings *next, struct err *e);

/* End all, in order. done: the writer has ended, or is about to, by itself. r_r: as the writer says; stays as
 * it was where there is none. False: another thread is closing the line, and was left to the process's end;
 * nothing may be freed that it uses. The writer has ended in any case. */
bool pipeline_stop(struct pipeline *p, bool done, struct writer_result *r_r);

/* After pipeline_stop(), or instead of a start: queues and what is in them. */
void pipeline_close(struct pipeline *p);

#endif
