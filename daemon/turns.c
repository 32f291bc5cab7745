/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/turns.h"

#include "config/clock.h"

/* The highest ticket that waits, 0 for none. */
static uint64_t
last(const struct turns *t)
{
	uint64_t ticket = 0;

	for (int i = 0; i < TURNS_WINDOW; i++)
		if (t->early[i] && t->early[i]->ticket > ticket)
			ticket = t->early[i]->ticket;
	return ticket;
}

/* Take what is in turn; with `all`, what came too early as well. */
static bool
take(struct turns *t, bool all, struct err *e)
{
	const uint64_t end = last(t);
	bool ok = true;

	while (ok && t->next <= end) {
		struct parsed **slot = &t->early[t->next % TURNS_WINDOW], *p = *slot;

		if (!p && !all)
			break;
		t->next++;
		*slot = NULL;
		if (p)
			ok = t->take(t->context, p, e);
	}
	if (t->next > end)
		t->since_ms = 0;
	else if (!t->since_ms)
		t->since_ms = clock_mono_ms();
	return ok;
}

bool
turns_arrived(struct turns *t, struct parsed *p, struct err *e)
{
	if (p->ticket < t->next) /* others passed it */
		return t->take(t->context, p, e);
	if (p->ticket - t->next >= TURNS_WINDOW && !take(t, true, e)) {
		parsed_free(p);
		return false;
	}
	if (p->ticket - t->next >= TURNS_WINDOW) /* a gap wider than the window: it is the oldest now */
		t->next = p->ticket;
	t->early[p->ticket % TURNS_WINDOW] = p;
	return take(t, false, e);
}

bool
turns_pass(struct turns *t, struct err *e)
{
	return take(t, true, e);
}

int64_t
turns_end_ms(const struct turns *t)
{
	return t->since_ms ? t->since_ms + TURNS_PATIENCE_MS : 0;
}

void
turns_free(struct turns *t)
{
	for (int i = 0; i < TURNS_WINDOW; i++) {
		parsed_free(t->early[i]);
		t->early[i] = NULL;
	}
}
