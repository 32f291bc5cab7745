/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon as a whole: which threads there are, which queues join them, in what order they start and
 * end.
 *
 *	mailbox … ─► arrivals ─► parsers ─► in ─► writer ─► outgoing ─► sender
 *	                                    ▲                              │
 *	                                    └───────── deliveries ─────────┘
 *
 * Mail flows one way and is held back by full queues: a slow disk holds the mailboxes, a slow server
 * never holds the disk (the writer hands over only what is due and keeps the rest in the log). */
#ifndef MINGPIAN_DAEMON_SERVICE_H
#define MINGPIAN_DAEMON_SERVICE_H

#include "config/config.h"
#include "config/err.h"
#include "config/form.h"
#include "daemon/ingest.h"
#include "daemon/writer.h"

#include <jansson.h>

#include <stdbool.h>

struct service;

enum service_mode {
	SERVICE_WATCH,   /* until told to stop */
	SERVICE_ONCE,    /* each mailbox is swept once, what is due is sent, and it ends */
	SERVICE_HAND_IN, /* no mailbox is looked at and nothing sent: for service_hand_in() alone */
};

/* Read form, templates and credentials, open the spool, start the threads. c is borrowed. False: nothing
 * runs, and e says why. */
bool service_start(struct service **s_r, const struct config *c, enum service_mode mode, struct err *e);

/* A mail by another way, as ingest_hand_in(). */
bool service_hand_in(struct service *s, const json_t *request, int fd, char said[static INGEST_SAID_MAX],
                     struct err *e);

/* SERVICE_HAND_IN: no more comes. service_wait() then ends when all is recorded. */
bool service_finish(struct service *s, struct err *e);

/* Wait until told to stop (false), or until the work has ended (true): with `once` because all that is new
 * was fetched, recorded and answered, else because the disk failed. signals: a signalfd(2), or -1: SIGHUP
 * reads configuration, form, letters and passwords anew and goes on (docs/reliability.md), any other stops.
 */
bool service_wait(struct service *s, int signals);

/* End in order, within seconds, and free it (but what an interrupted --once leaves to the process's end).
 * done: what service_wait() said. False: something is left to do, or failed: e says what (the first
 * thing), with ERR_AGAIN for what a later run will do. */
bool service_stop(struct service *s, bool done, struct err *e);

#endif
