/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mails are recorded in the order in which they came, however many workers read them: what was read before
 * its turn waits here by its ticket. A slow one keeps its place for a while, then the others pass it. The
 * writer's. */
#ifndef MINGPIAN_DAEMON_TURNS_H
#define MINGPIAN_DAEMON_TURNS_H

#include "config/err.h"
#include "daemon/parsed.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	TURNS_WINDOW = 64,        /* tickets that may be waited for */
	TURNS_PATIENCE_MS = 3000, /* how long a slow mail keeps its place */
};

struct turns {
	/* Takes the mail over, in its turn or at last. False: no further one is given. */
	bool (*take)(void *context, struct parsed *p, struct err *e);
	void *context;
	struct parsed *early[TURNS_WINDOW]; /* by ticket */
	uint64_t next;                      /* the ticket whose turn it is; they begin with 1 */
	int64_t since_ms;                   /* monotonic: since when something waits; 0: nothing does */
};

/* p (taken over) was read: it and all that is in turn by it is taken. */
bool turns_arrived(struct turns *t, struct parsed *p, struct err *e);

/* Whatever waits is taken, its turn or not. */
bool turns_pass(struct turns *t, struct err *e);

/* When patience with the slow one ends, monotonic; 0: nothing waits for one. */
int64_t turns_end_ms(const struct turns *t);

/* Frees what waits still. */
void turns_free(struct turns *t);

#endif
