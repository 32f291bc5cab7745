/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/writer_live.h"

#include "config/clock.h"
#include "daemon/gates.h"
#include "spool/query.h"

enum { TELL_MS = 1000 /* how often it is made, at most, where nothing was written */ };

void
writer_board_open(struct writer_board *b)
{
	*b = (struct writer_board){0};
	(void)pthread_mutex_init(&b->lock, NULL);
}

void
writer_board_close(struct writer_board *b)
{
	(void)pthread_mutex_destroy(&b->lock);
}

static void
add_gates(struct writer_live *l, const struct gates *g)
{
	for (size_t i = 0; i < g->count && i < WRITER_GATES_MAX; i++) {
		const struct gates_account *a = &g->list[i];
		int left = clock_left_ms(a->gate.until_ms);

		l->gates[l->gate_count++] = (struct writer_gate){
		        .mailbox = a->mailbox,
		        .next_try = gate_open(&a->gate) ? 0 : clock_now() + (left + 999) / 1000,
		        .since = a->gate.since,
		        .failures = a->gate.failures,
		        .why = a->gate.why};
	}
}

void
writer_board_tell(struct writer_board *b, struct writer_live *now, const struct spool *s,
                  const struct gates *g)
{
	struct index *i = spool_index(s);
	struct err e = {0};

	now->head_seq = spool_head(s).seq;
	if (b->told_ms && clock_mono_ms() - b->told_ms < TELL_MS && now->paused == b->live.paused &&
	    now->head_seq == b->live.head_seq)
		return;
	b->told_ms = clock_mono_ms();
	now->unsent = b->live.unsent;
	now->oldest_unsent = b->live.oldest_unsent;
	now->alarms = b->live.alarms;
	now->missing = b->live.missing;
	(void)(query_unsent(i, &now->unsent, &now->oldest_unsent, &e) &&
	       query_troubles(i, &now->alarms, &now->missing, &e));
	add_gates(now, g);
	(void)pthread_mutex_lock(&b->lock);
	b->live = *now;
	(void)pthread_mutex_unlock(&b->lock);
}

void
writer_board_look(struct writer_board *b, struct writer_live *r)
{
	(void)pthread_mutex_lock(&b->lock);
	*r = b->live;
	(void)pthread_mutex_unlock(&b->lock);
}
