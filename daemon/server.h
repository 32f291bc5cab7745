/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One server of the parser (parsers/serve.h), seen from the daemon: started, given one job after the other,
 * heard, killed. It is not trusted: it can keep a job waiting or lie about its end, and what it says is
 * checked like any worker's answer.
 *
 * Nobody is ever killed by a process id that it told us: the server leads a process group of which its
 * children cannot leave (they may neither fork nor change it), and the group is killed as a whole. */
#ifndef MINGPIAN_DAEMON_SERVER_H
#define MINGPIAN_DAEMON_SERVER_H

#include "config/err.h"
#include "daemon/worker.h"
#include "parsers/serve.h"

#include <stdbool.h>

struct server;

/* Start one and wait until it is ready. pictures: with the engine for them loaded. False: ERR_OS, and what
 * it said; ERR_INTERRUPTED when cancel_fd (-1: never) became readable. */
bool server_start(struct server **s_r, const struct worker *w, bool pictures, int cancel_fd, struct err *e);

/* Kill it with all that it forked. NULL is fine. */
void server_end(struct server *s);

bool server_pictures(const struct server *s); /* as it was started */

/* Is the program on the disk still the one that runs in it? */
bool server_current(const struct server *s);

/* A number of the caller's. */
void server_mark(struct server *s, unsigned generation);
unsigned server_generation(const struct server *s);

/* Give it a job. fds stay the caller's. */
bool server_hand(struct server *s, const struct serve_request *q, const int fds[SERVE_FDS], struct err *e);

/* Readable when it has something to say. */
int server_fd(const struct server *s);

/* What it said; false: it is gone, or talks nonsense. */
bool server_hear(struct server *s, struct serve_report *r_r);

#endif
