/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/pause.h"

#include "config/clock.h"
#include "daemon/journal.h"

enum {
	FIRST_MS = 2000, /* doubles while the next round fails too */
	LONGEST_MS = 30000,
	ROOM = 1 << 20, /* bytes that must be free before mail is taken in again */
};

void
pause_begin(struct pause *p, const struct err *why)
{
	if (!p->length_ms)
		journal(JOURNAL_ERROR, "no mail is taken in for now: %s", why->text);
	p->length_ms = !p->length_ms                   ? FIRST_MS
	               : 2 * p->length_ms < LONGEST_MS ? 2 * p->length_ms
	                                               : LONGEST_MS;
	p->again_ms = clock_mono_ms() + p->length_ms;
	p->why = *why;
}

bool
pause_on(const struct pause *p)
{
	return p->again_ms != 0;
}

bool
pause_lasts(const struct pause *p)
{
	return p->length_ms != 0;
}

void
pause_end(struct pause *p)
{
	if (p->length_ms)
		journal(JOURNAL_NOTICE, "mail is taken in again");
	p->length_ms = 0;
}

/* The index was behind, and knows all again: what the last commit meant to send goes to the sender now. */
static bool
catch_up(struct pause *p, struct spool *s, struct outbox *o, struct err *e)
{
	if (!spool_behind(s, NULL))
		return true;
	if (!spool_catch_up(s, e))
		return false;
	pause_end(p);
	outbox_hand(o);
	return true;
}

bool
pause_over(struct pause *p, struct spool *s, struct outbox *o, struct err *e)
{
	if (clock_mono_ms() < p->again_ms)
		return false;
	if (!spool_room(s, ROOM, e) || !spool_probe(s, ROOM, e) || !catch_up(p, s, o, e)) {
		p->again_ms = clock_mono_ms() + FIRST_MS;
		p->why = *e;
		return false;
	}
	p->again_ms = 0;
	return true;
}
