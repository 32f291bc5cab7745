/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the writer fares, for `status` and metrics (live.h): it puts up a snapshot after each round, and
 * any thread may look at the last one, also while the writer hangs in the disk. */
#ifndef MINGPIAN_DAEMON_WRITER_LIVE_H
#define MINGPIAN_DAEMON_WRITER_LIVE_H

#include "config/err.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct gates;
struct spool;

struct writer_gate { /* of an SMTP account */
	const char *mailbox;
	time_t next_try; /* nothing goes to its server before; 0: it is open */
	time_t since;    /* the first failure of those in a row; 0: none */
	unsigned failures;
	enum err_code why;
};

enum { WRITER_GATES_MAX = 32 };

struct writer_live {
	bool paused; /* nothing can be written: why */
	char why[sizeof(struct err)];
	uint64_t recorded, left, held, sent; /* since the start */
	int64_t unsent;                      /* replies still to go out */
	time_t oldest_unsent;                /* when the oldest of them was queued; 0: none */
	int64_t alarms, missing;             /* that are up; mails at the last comparison of each folder */
	int64_t head_seq;
	struct writer_gate gates[WRITER_GATES_MAX];
	size_t gate_count;
};

/* Where the snapshot is put up. */
struct writer_board {
	pthread_mutex_t lock; /* of live */
	struct writer_live live;
	int64_t told_ms; /* the writer's alone: when it was last made */
};

void writer_board_open(struct writer_board *b);
void writer_board_close(struct writer_board *b);

/* The writer's, between rounds: now has what it knows itself (paused, why, the counts); what index, log and
 * gates say is added, and it is put up. What the index cannot say now stays as it was. Nothing is done where
 * little can have changed. mailbox of each gate is g's. */
void writer_board_tell(struct writer_board *b, struct writer_live *now, const struct spool *s,
                       const struct gates *g);

/* The last one; any thread. */
void writer_board_look(struct writer_board *b, struct writer_live *r);

#endif
