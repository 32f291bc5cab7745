/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/gate.h"

#include "config/clock.h"

#include <stdlib.h>

int64_t
gate_wait_ms(enum err_code why, unsigned failures, int64_t first_ms, int64_t refused_ms)
{
	int64_t ms = first_ms;

	if (why == ERR_AUTH) {
		ms = refused_ms ? refused_ms : GATE_REFUSED_MS;
		return ms * (failures > 2 ? 3 : failures > 1 ? 2 : 1);
	}
	for (unsigned i = 1; i < failures && ms < GATE_REFUSED_MS; i++)
		ms *= 2;
	return ms < GATE_REFUSED_MS ? ms : GATE_REFUSED_MS;
}

int64_t
gate_jitter_ms(int64_t ms)
{
	return ms + (int64_t)arc4random_uniform((uint32_t)(ms / 3 + 1));
}

void
gate_missed(struct gate *g)
{
	if (!g->since)
		g->since = clock_now();
}

void
gate_failed(struct gate *g, enum err_code why, int64_t first_ms)
{
	gate_missed(g);
	g->failures++;
	g->why = why;
	g->until_ms = clock_mono_ms() + gate_jitter_ms(gate_wait_ms(why, g->failures, first_ms, 0));
}

void
gate_passed(struct gate *g)
{
	*g = (struct gate){0};
}

bool
gate_open(const struct gate *g)
{
	return clock_mono_ms() >= g->until_ms;
}

/* A time in the future is a clock set back: the whole wait is kept, and no more. */
void
gate_resume(struct gate *g, time_t refused_at)
{
	int64_t ago_ms = ((int64_t)clock_now() - (int64_t)refused_at) * 1000;

	if (ago_ms >= GATE_REFUSED_MS)
		return;
	g->failures = 1;
	g->why = ERR_AUTH;
	g->since = refused_at;
	g->until_ms = clock_mono_ms() + GATE_REFUSED_MS - (ago_ms > 0 ? ago_ms : 0);
}
