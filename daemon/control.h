/* SPDX-License-Identifier: GPL-3.0-or-later */
/* control.sock in the spool: how mingpianctl hands its acts to a daemon that holds the spool. One request,
 * one answer, one JSON object on a line each, a mail that is handed in (act `ingest`, ingest.h) as a
 * descriptor along (SCM_RIGHTS): {"act": …} and {"ok": true, "said": …} or {"ok": false,
 * "error": CODE, "said": …}. Who acts is told by the kernel (SO_PEERCRED), not by the request; the
 * socket's mode lets in the service's user and root alone. */
#ifndef MINGPIAN_DAEMON_CONTROL_H
#define MINGPIAN_DAEMON_CONTROL_H

#include "config/err.h"
#include "daemon/queue.h"

#include <jansson.h>
#include <stdbool.h>

/* A request on its way through the writer's queue. The writer fills ok and said (or e) and calls
 * control_done(); the thread that asked waits. */
struct control_request;

const json_t *control_json(const struct control_request *r);
const char *control_by(const struct control_request *r);                             /* "root (uid 0)" */
void control_done(struct control_request *r, const char *said, const struct err *e); /* e NULL: done */
void control_drop(void *request); /* the writer ends and has not done it; fits queue_item.drop */

/* {"act": "status"} is answered at once, by this, whatever the writer does: "live" of the answer. {"act":
 * "sweep"} likewise, and all folders are looked through and compared with the log. */
typedef json_t *control_live_fn(void *context, bool sweep);

struct control;

/* Listen in dir; requests go into `in` as items of this kind, mails into arrivals (borrowed both),
 * message_max as of ingest.h. A few at a time: who waits for the writer or for a mail to be read keeps nobody
 * from asking how things stand. */
bool control_start(struct control **c_r, const char *dir, struct queue *in, int kind, struct queue *arrivals,
                   size_t message_max, control_live_fn *live, void *context, struct err *e);

/* Go over to another message_max. Any thread. */
void control_renew(struct control *c, size_t message_max);
void control_stop(struct control *c); /* and free; the socket is removed. NULL is fine */

/* The other end: hand request to the daemon of the spool dir. *answered_r false: no daemon listens there.
 * with_fd: a mail to go along, or -1. said: one line, to be freed. False with *answered_r true: e is the
 * daemon's word. */
bool control_ask(const char *dir, const json_t *request, int with_fd, bool *answered_r, char **said,
                 struct err *e);

/* How things stand: *live_r is the daemon's object, to be decref'ed; NULL: no daemon listens there, or it
 * gave no answer within seconds, and e says so. */
bool control_ask_live(const char *dir, bool sweep, json_t **live_r, struct err *e);

#endif
