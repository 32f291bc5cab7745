/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/relook.h"

#include "config/clock.h"
#include "config/mem.h"
#include "spool/query.h"

#include <jansson.h>
#include <string.h>

bool
relook_stage(struct spool *s, time_t since, const struct hash *decision, int64_t *count_r, struct err *e)
{
	char when[CLOCK_RFC3339_MAX];
	json_t *line;

	if (!query_left_count(spool_index(s), since, count_r, e))
		return false;
	if (*count_r == 0)
		return true;
	line = json_pack("{s:s, s:s}", "event", "relooked", "since", clock_rfc3339(since, when));
	if (!line || (decision && json_object_set_new(line, "decision", json_string(decision->hex)) != 0))
		mem_die("writing a line of the log");
	return spool_line(s, line, NULL, e);
}

bool
relook_if_changed(struct spool *s, const char *parser, const char *form, int64_t *count_r, struct err *e)
{
	struct arena *a = arena_new();
	const char *parser_was = NULL, *form_was = NULL;
	bool ok = query_fact(spool_index(s), a, "parser", &parser_was, e) &&
	          query_fact(spool_index(s), a, "form", &form_was, e);
	bool changed =
	        (parser_was && strcmp(parser_was, parser) != 0) || (form_was && strcmp(form_was, form) != 0);

	*count_r = 0;
	if (ok && changed)
		ok = relook_stage(s, 0, NULL, count_r, e);
	arena_free(a);
	return ok;
}
