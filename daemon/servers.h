/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parser's servers that wait for work. Each has one job at a time; so there are as many as there were
 * ever jobs at once, and those with the engine for pictures only since a picture came.
 *
 * Any number of threads. A server that cannot be started is tried again after a while, longer each time;
 * meanwhile there is none, and each mail gets a process of its own. */
#ifndef MINGPIAN_DAEMON_SERVERS_H
#define MINGPIAN_DAEMON_SERVERS_H

#include "daemon/server.h"

struct servers;

/* w is borrowed until servers_free(); none is started yet. Never fails. */
struct servers *servers_new(const struct worker *w) __attribute__((returns_nonnull));

/* End all. None may be out. NULL is fine. */
void servers_free(struct servers *p);

/* One that is ready, waiting or new; NULL: none can be had now. Bring it back with servers_give(), or, where
 * it or its child did anything but end in order, end it by server_end(). */
struct server *servers_take(struct servers *p, bool pictures, int cancel_fd);
void servers_give(struct servers *p, struct server *s);

/* Form file or limits have changed: no server from before is given a job from now on. (A changed program is
 * seen without being told.) */
void servers_renew(struct servers *p);

#endif
