/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/service_parts.h"

#include "config/clock.h"
#include "daemon/journal.h"

#include <jansson.h>
#include <stdio.h>

static bool
load_again(struct service *s, struct settings **next_r, struct err *e)
{
	struct config *c = NULL;
	bool ok = config_load(&c, s->now->config->named, e) &&
	          settings_load(next_r, c, s->worker_path, true, e);

	if (!ok) {
		config_free(c);
		return false;
	}
	(*next_r)->own = c;
	if (settings_may_follow(s->now, *next_r, e) && settings_keep_form(*next_r, c->spool.dir, e))
		return true;
	settings_drop(*next_r);
	*next_r = NULL;
	return false;
}

static bool
go_over(struct service *s, struct settings *next, struct err *e)
{
	bool ok;

	service_spool_tell(&s->spool, next);
	pipeline_tell(&s->pipeline, next);
	ok = pipeline_renew(&s->pipeline, s->now, next, e);
	settings_drop(s->now);
	s->now = settings_hold(next);
	return ok;
}

static void
say_changes(const struct settings *next, const json_t *changes)
{
	char list[100] = "";
	size_t i, len = 0;
	const json_t *what;

	json_array_foreach((json_t *)changes, i, what) len += (size_t)snprintf(
	        list + len, sizeof list - len, "%s%s", i ? ", " : "", json_string_value(what));
	if (len)
		journal(JOURNAL_NOTICE, "reloaded: %s", list);
	else
		journal(JOURNAL_NOTICE, "reloaded: nothing has changed");
	if (next->systemd)
		journal(JOURNAL_NOTICE,
		        "systemd hands over its credentials at a start only: for another password "
		        "among them, systemctl restart mingpian");
}

bool
service_reload(struct service *s)
{
	struct settings *next = NULL;
	json_t *changes = NULL;
	struct err e = {0};
	bool ok = true;

	if (s->pipeline.mode != PIPELINE_WATCH)
		return true;
	journal_notify("RELOADING=1\nMONOTONIC_USEC=%lld", (long long)clock_mono_ms() * 1000);
	if (!load_again(s, &next, &e)) {
		journal(JOURNAL_ERROR, "not reloaded, all goes on as before: %s", e.text);
		service_live_refused(&s->live, e.text);
	} else {
		service_live_refused(&s->live, "");
		changes = settings_changes(s->now, next);
		ok = !json_array_size(changes) || go_over(s, next, &e);
		say_changes(next, changes);
		if (!ok)
			s->broken = e;
	}
	json_decref(changes);
	settings_drop(next);
	journal_notify("READY=1");
	return ok;
}
