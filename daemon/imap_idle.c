/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waiting for new mail: IDLE (RFC 2177), or NOOP where there is none. */
#include "daemon/imap_dialogue.h"

#include "config/clock.h"

#include <poll.h>

enum { IDLE_MS = 9 * 60 * 1000 }; /* servers and NATs forget after ten minutes and more (RFC 2177: 29) */

bool
imap_noop(struct imap *m, bool *new_r, struct err *e)
{
	bool ok = dialogue_ask(m, NULL, NULL, NULL, e, "NOOP");

	*new_r = ok && m->news;
	m->news = false;
	return ok;
}

/* One IDLE, until news, wake or deadline. *on_r: nothing happened, go on. */
static bool
idle(struct imap *m, int wake_fd, int64_t deadline_ms, bool *on_r, struct err *e)
{
	enum dialogue_got g = DIALOGUE_RESPONSE;
	bool going = false; /* the server said "+": only then may DONE be said */
	int64_t first = clock_mono_ms() + dialogue_answer_ms(m);

	*on_r = false;
	if (!dialogue_begin(m, e, "IDLE"))
		return false;
	while (g == DIALOGUE_RESPONSE && !(going && m->news)) {
		struct imap_response r;

		g = dialogue_next(m, going ? wake_fd : -1, going ? deadline_ms : first, &r, e);
		if (g != DIALOGUE_RESPONSE)
			break;
		if (r.kind == IMAP_CONTINUE) {
			going = true;
		} else if (r.kind == IMAP_TAGGED) { /* NO or BAD, or an OK too early: no IDLE with this one */
			m->idle_refused = true;
			return dialogue_answered(m, &r, e);
		} else if (!dialogue_unasked(m, &r, e)) {
			return false;
		}
	}
	if (g == DIALOGUE_ERROR)
		return false;
	if (!going)
		return dialogue_broken(m, e, ERR_AGAIN, "no answer to IDLE in time");
	*on_r = g == DIALOGUE_LATE;
	return dialogue_send(m, "DONE\r\n", 6, e) && dialogue_finish(m, NULL, NULL, NULL, e);
}

bool
imap_pushes(const struct imap *m)
{
	return imap_can(m, "IDLE") && !m->idle_refused;
}

bool
imap_wait(struct imap *m, int wake_fd, int64_t deadline_ms, bool *new_r, struct err *e)
{
	bool on = !m->news, ok = true;

	*new_r = false;
	while (ok && on && clock_left_ms(deadline_ms)) {
		int64_t until = clock_mono_ms() + IDLE_MS;

		if (deadline_ms >= 0 && deadline_ms < until)
			until = deadline_ms;
		if (imap_pushes(m)) {
			ok = idle(m, wake_fd, until, &on, e);
		} else {
			struct pollfd p[2] = {{.fd = stop_fd(m->stop), .events = POLLIN},
			                      {.fd = wake_fd, .events = POLLIN}};

			on = poll(p, 2, clock_left_ms(until)) <= 0;
			if (stop_raised(m->stop))
				return dialogue_broken(m, e, ERR_INTERRUPTED, "told to stop");
			ok = imap_noop(m, new_r, e);
			m->news = *new_r;
			on = on && !m->news;
		}
	}
	*new_r = ok && m->news;
	m->news = false;
	return ok;
}
