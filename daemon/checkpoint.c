/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/checkpoint.h"

#include "config/clock.h"
#include "config/mem.h"
#include "spool/query.h"

#include <jansson.h>
#include <string.h>

enum { DAY_LEN = 10 /* of "2022-06-10" */ };

bool
checkpoint_stage(struct spool *s, struct err *e)
{
	const struct log_head head = spool_head(s);
	struct arena *a;
	const char *last = NULL;
	char now[CLOCK_RFC3339_MAX];
	json_t *line;
	bool ok;

	if (!head.seq)
		return true;
	a = arena_new();
	ok = query_fact(spool_index(s), a, "checkpoint_at", &last, e);
	if (ok && (!last || strncmp(last, clock_rfc3339(clock_now(), now), DAY_LEN) != 0)) {
		line = json_pack("{s:s, s:I, s:s}", "event", "checkpoint", "head_seq", (json_int_t)head.seq,
		                 "head", head.hash.hex);
		if (!line)
			mem_die("writing a line of the log");
		ok = spool_line(s, line, NULL, e);
	}
	arena_free(a);
	return ok;
}
