/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/index_apply.h"

#include "spool/index_line.h"

#include "config/clock.h"

#include <string.h>

static bool
name_file(struct apply *a, enum store_kind kind, const char *hash, struct err *e)
{
	static const char insert[] = "INSERT INTO files(kind, hash, named) VALUES(?, ?, ?)"
	                             " ON CONFLICT(kind, hash) DO UPDATE SET named = excluded.named";

	return !hash || sql_run(a->q, insert, SQL_ARGS(SQL_N(kind), SQL_T(hash), SQL_N(a->seq)), e);
}

/* Which members of a line name files, and so keep them from being swept. `left` and `held` name none: their
 * bytes were never kept. */
static const struct {
	const char *event;
	bool (*does)(struct apply *a, struct err *e);
	const char *mail, *read; /* members */
} events[] = {
        {"started", apply_started, NULL, NULL},
        {"stopped", apply_stopped, NULL, NULL},
        {"received", apply_received, "message", NULL},
        {"recorded", apply_recorded, NULL, "reading"},
        {"left", apply_left, NULL, NULL},
        {"held", apply_held, NULL, NULL},
        {"queued", apply_queued, "message", NULL},
        {"sending", apply_reply, NULL, NULL},
        {"sent", apply_reply, NULL, NULL},
        {"unknown", apply_reply, NULL, NULL},
        {"deferred", apply_reply, NULL, NULL},
        {"failed", apply_reply, NULL, NULL},
        {"bounced", apply_reply, "message", NULL},
        {"reviewed", apply_reviewed, NULL, "decision"},
        {"checkpoint", apply_checkpoint, NULL, NULL},
        {"digested", apply_digested, "message", NULL},
        {"ordered", apply_ordered, NULL, NULL},
        {"cut", apply_cut, NULL, NULL},
        {"swept", NULL, NULL, NULL},
        {"set_aside", NULL, NULL, NULL},
        {"put_back", NULL, NULL, NULL},
        {"restored", apply_restored, NULL, "decision"},
        {"redacted", apply_redacted, NULL, "decision"},
        {"relooked", apply_relooked, NULL, "decision"},
        {"alarm", apply_alarm, NULL, NULL},
        {"compared", apply_compared, NULL, NULL},
        {"reloaded", apply_reloaded, NULL, NULL},
};

bool
apply_line(struct apply *a, struct err *e)
{
	a->event = json_text(a->line, "event");
	a->seq = json_int(a->line, "seq");
	if (!a->event || !json_text(a->line, "at") || !clock_parse(json_text(a->line, "at"), &a->at))
		return err_set(e, ERR_SPOOL, "line %lld has no event, or an `at` that is no time",
		               (long long)a->seq);
	for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
		if (strcmp(a->event, events[i].event) != 0)
			continue;
		if ((events[i].mail && !name_file(a, STORE_MAIL, json_text(a->line, events[i].mail), e)) ||
		    (events[i].read && !name_file(a, STORE_READ, json_text(a->line, events[i].read), e)))
			return false;
		return !events[i].does || events[i].does(a, e);
	}
	return true;
}

const char *
apply_event(size_t i)
{
	return i < sizeof events / sizeof *events ? events[i].event : NULL;
}
