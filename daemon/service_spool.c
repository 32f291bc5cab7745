/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/service_spool.h"

#include "config/clock.h"
#include "config/mem.h"
#include "daemon/journal.h"
#include "daemon/own_mail.h"
#include "daemon/relook.h"
#include "spool/query.h"

#include <jansson.h>

static bool
find_first_start(struct service_spool *s, struct err *e)
{
	struct arena *a = arena_new();
	const char *was = NULL, *restored = NULL;
	bool ok = query_fact(spool_index(s->spool), a, "replies_since", &was, e);

	if (ok && !(was && clock_parse(was, &s->first_start)))
		s->first_start = clock_now();
	ok = ok && query_fact(spool_index(s->spool), a, "restored_at", &restored, e);
	if (ok && restored)
		(void)clock_parse(restored, &s->restored_at);
	arena_free(a);
	return ok;
}

void
service_spool_tell(const struct service_spool *s, struct settings *next)
{
	struct decide_rules *rules = &next->writer.rules;

	if (!rules->replies_since)
		rules->replies_since = s->first_start;
	rules->restored_at = s->restored_at;
}

static bool
log_started(struct service_spool *s, struct settings *now, struct err *e)
{
	char when[CLOCK_RFC3339_MAX];
	int64_t again = 0;
	json_t *line;

	if (!find_first_start(s, e) || !relook_if_changed(s->spool, VERSION, now->form->version, &again, e))
		return false;
	service_spool_tell(s, now);
	if (again)
		journal(JOURNAL_NOTICE,
		        "parser or form file changed: %lld mails that were left are looked at again",
		        (long long)again);
	line = json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "event", "started", "version", VERSION, "parser",
	                 VERSION, "form", now->form->version, "replies_since",
	                 clock_rfc3339(now->writer.rules.replies_since, when), "shadow", now->config->shadow);
	if (!line)
		mem_die("writing a line of the log");
	return spool_line(s->spool, line, NULL, e) && spool_commit(s->spool, e);
}

static void
say_mended(const struct spool_mended *m)
{
	if (m->cut || m->swept)
		journal(JOURNAL_NOTICE,
		        "the spool was mended after a crash: %d torn log ends kept beside, %d files removed "
		        "that were being written or were made anew",
		        m->cut, m->swept);
	if (m->set_aside)
		journal(JOURNAL_WARNING,
		        "%d files that no line of the log names were set aside, the first is %s: after a "
		        "crash "
		        "their mails are fetched again; where the log came from a backup, mingpianctl status "
		        "says what to do",
		        m->set_aside, m->set_aside_first);
	if (m->put_back)
		journal(JOURNAL_NOTICE, "%d files that the log names were put back into their places",
		        m->put_back);
	if (m->missing)
		journal(JOURNAL_ERROR,
		        "%d files that the log names are not there, the first is %s: run mingpianctl verify",
		        m->missing, m->missing_first);
}

bool
service_spool_open(struct service_spool *s, const char *program, struct settings *now, struct err *e)
{
	struct spool_options o = {.dir = now->config->spool.dir,
	                          .program = program,
	                          .mode = SPOOL_WRITE,
	                          .reply_head = own_mail_head,
	                          .told = own_mail_told};

	*s = (struct service_spool){0};
	if (!spool_open(&s->spool, &o, e))
		return false;
	say_mended(spool_mended(s->spool));
	settings_sweep_forms(o.dir);
	return settings_keep_form(now, o.dir, e) && log_started(s, now, e);
}

bool
service_spool_stopped(struct service_spool *s, struct err *e)
{
	json_t *line = json_pack("{s:s}", "event", "stopped");

	if (!line)
		mem_die("writing a line of the log");
	if (spool_line(s->spool, line, NULL, e) && spool_commit(s->spool, e))
		return true;
	journal(JOURNAL_ERROR, "the end could not be logged: %s", e->text);
	return false;
}

void
service_spool_close(struct service_spool *s)
{
	spool_close(s->spool);
	s->spool = NULL;
}
