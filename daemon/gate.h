/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When an account at a server may be tried again: one rule for reading and for sending, so that nothing we
 * do ever hammers a server. Waiting goes by the monotonic clock; a clock set back holds up nobody. */
#ifndef MINGPIAN_DAEMON_GATE_H
#define MINGPIAN_DAEMON_GATE_H

#include "config/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum { GATE_REFUSED_MS = 10 * 60 * 1000 }; /* providers lock what tries a wrong password more often */

struct gate {
	int64_t until_ms;  /* monotonic: not to be tried before; 0: open */
	unsigned failures; /* in a row */
	enum err_code why; /* of the last one */
	time_t since;      /* when the first of them was, or a miss before it; 0: none */
};

/* How long to wait after so many failures in a row, without chance: first_ms doubled up to ten minutes. After
 * ERR_AUTH refused_ms (0: ten minutes), twice, and three times that from then on: never less. */
int64_t gate_wait_ms(enum err_code why, unsigned failures, int64_t first_ms, int64_t refused_ms);

/* The same with up to a third more: so that two accounts at one provider do not come in step. */
int64_t gate_jitter_ms(int64_t ms);

void gate_failed(struct gate *g, enum err_code why, int64_t first_ms);
/* A failure that may be one mail's alone: it stays open, and remembers since when. */
void gate_missed(struct gate *g);
void gate_passed(struct gate *g);
bool gate_open(const struct gate *g);

/* A refusal at that time (a line of the log), before this process began, counts as well. */
void gate_resume(struct gate *g, time_t refused_at);

#endif
