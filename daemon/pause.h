/* SPDX-License-Identifier: GPL-3.0-or-later */
/* After a round that failed: for a while nothing is written, and mail that comes is dropped, as it is on its
 * server still; then it is tried whether the spool takes it again. The writer's. */
#ifndef MINGPIAN_DAEMON_PAUSE_H
#define MINGPIAN_DAEMON_PAUSE_H

#include "config/err.h"
#include "daemon/outbox.h"
#include "spool/spool.h"

#include <stdbool.h>
#include <stdint.h>

struct pause {             /* all zero: all is well */
	int64_t again_ms;  /* monotonic, when to try again; 0: there is no pause */
	int64_t length_ms; /* of the last one; 0: something could be written since */
	struct err why;    /* of the last one */
};

/* A round failed: one begins, longer than the last while nothing could be written in between. Said once,
 * however often it is tried. */
void pause_begin(struct pause *p, const struct err *why);

/* Is nothing to be written now? */
bool pause_on(const struct pause *p);

/* Could nothing be written since the last one began? It may be over: then it is being tried. */
bool pause_lasts(const struct pause *p);

/* It has lasted long enough, and the spool takes something again: it is over. What the last commit meant to
 * send, and the index did not know of, goes to the sender. False: it goes on; e: why, where that was tried.
 */
bool pause_over(struct pause *p, struct spool *s, struct outbox *o, struct err *e);

/* Something could be written. */
void pause_end(struct pause *p);

#endif
