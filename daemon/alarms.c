/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/alarms.h"

#include "config/clock.h"
#include "config/mem.h"
#include "daemon/journal.h"
#include "spool/query.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* again: each further try that fails is a line as well: the next process must know of it. */
static const struct {
	const char *name, *service;
	enum err_code why;
	bool again;
	const char *advice;
} alarms[] = {
        {"imap_credential", "imap", ERR_AUTH, true,
         "the IMAP server refuses name and password (an authorization code lapses): get a new one from the "
         "provider, write it into the mailbox's imap password file, then reload mingpian (systemd's "
         "credentials: restart it)"},
        {"smtp_credential", "smtp", ERR_AUTH, true,
         "the SMTP server refuses name and password (an authorization code lapses): get a new one from the "
         "provider, write it into the mailbox's smtp password file, then reload mingpian (systemd's "
         "credentials: restart it); replies wait meanwhile"},
        {"imap_tls", "imap", ERR_TLS, false,
         "no secure connection to the IMAP server: its certificate has lapsed or is not for this name, or it "
         "hangs up as TLS begins; tell "
         "the provider, or set ca_file; mingpianctl doctor says more"},
        {"smtp_tls", "smtp", ERR_TLS, false,
         "no secure connection to the SMTP server: its certificate has lapsed or is not for this name, or it "
         "hangs up as TLS begins; tell "
         "the provider, or set ca_file; replies wait meanwhile"},
        {"imap_away", "imap", ERR_AGAIN, false,
         "the IMAP server has not been reached for half an hour: look at the network, the url and the "
         "provider's notices; mingpianctl doctor says more. Nothing is lost, mail waits there"},
        {"smtp_away", "smtp", ERR_AGAIN, false,
         "the SMTP server has not been reached for half an hour, or turns us away: look at the network, the "
         "url and the "
         "provider's notices; replies wait meanwhile"},
};

enum { ALARMS = sizeof alarms / sizeof *alarms };

const char *
alarm_of(const char *service, enum err_code why)
{
	/* What else a server may do wrong comes to the same: there is no mail to be had from it. */
	enum err_code kind = why == ERR_AUTH || why == ERR_TLS ? why : ERR_AGAIN;

	for (int i = 0; why != ERR_NONE && i < ALARMS; i++)
		if (alarms[i].why == kind && strcmp(alarms[i].service, service) == 0)
			return alarms[i].name;
	return NULL;
}

const char *
alarm_advice(const char *alarm)
{
	for (int i = 0; i < ALARMS; i++)
		if (strcmp(alarms[i].name, alarm) == 0)
			return alarms[i].advice;
	return NULL;
}

struct alarm_note *
alarm_note_new(const char *mailbox, enum err_code why, time_t failing_since)
{
	struct alarm_note *n = mem_alloc(1, sizeof *n);

	*n = (struct alarm_note){mem_str(mailbox), why, failing_since};
	return n;
}

void
alarm_note_free(void *note)
{
	struct alarm_note *n = note;

	if (n)
		free(n->mailbox);
	free(n);
}

static const struct query_alarm *
find(const struct query_alarm *list, size_t count, const char *alarm, const char *mailbox)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].alarm, alarm) == 0 && strcmp(list[i].mailbox, mailbox) == 0)
			return &list[i];
	return NULL;
}

static bool
stage(struct spool *s, const char *alarm, const char *mailbox, const char *state, enum err_code why,
      struct err *e)
{
	json_t *line = json_pack("{s:s, s:s, s:s, s:s, s:s}", "event", "alarm", "alarm", alarm, "mailbox",
	                         mailbox, "state", state, "why", err_name(why));

	if (!line)
		mem_die("writing an alarm");
	return spool_line(s, line, NULL, e);
}

/* Does this try raise the alarm i, whose state is `up`? */
static bool
raises(int i, enum err_code why, time_t failing_since, bool up)
{
	const char *alarm = alarm_of(alarms[i].service, why);

	if (!alarm || strcmp(alarm, alarms[i].name) != 0)
		return false;
	if (alarms[i].why == ERR_AGAIN)
		return !up && failing_since && clock_now() - failing_since >= ALARM_AWAY_SECONDS;
	return !up || alarms[i].again;
}

/* What another kind of failure says nothing of stays up: a server that is away may still refuse. */
static bool
clears(int i, enum err_code why)
{
	return why == ERR_NONE || (why == ERR_AUTH && alarms[i].why != ERR_AUTH) ||
	       (why == ERR_TLS && alarms[i].why == ERR_AGAIN);
}

bool
alarm_try(struct spool *s, const char *service, const char *mailbox, enum err_code why, time_t failing_since,
          struct err *e)
{
	struct arena *a = arena_new();
	struct query_alarm *list = NULL;
	size_t count = 0;
	bool ok = query_alarms(spool_index(s), a, 0, true, &list, &count, e);

	for (int i = 0; ok && i < ALARMS; i++) {
		bool up = find(list, count, alarms[i].name, mailbox) != NULL;

		if (strcmp(alarms[i].service, service) != 0)
			continue;
		if (why != ERR_NONE && raises(i, why, failing_since, up)) {
			if (!up)
				journal_of(JOURNAL_ERROR,
				           &(struct journal_of){.mailbox = mailbox, .alarm = alarms[i].name},
				           "alarm: %s: %s", mailbox, alarms[i].advice);
			ok = stage(s, alarms[i].name, mailbox, "raised", why, e);
		} else if (up && clears(i, why)) {
			journal_of(JOURNAL_NOTICE,
			           &(struct journal_of){.mailbox = mailbox, .alarm = alarms[i].name},
			           "alarm over: %s: %s", mailbox, alarms[i].name);
			ok = stage(s, alarms[i].name, mailbox, "cleared", why, e);
		}
	}
	arena_free(a);
	return ok;
}

static bool
can_send(const struct query_alarm *up, size_t count, const char *mailbox)
{
	for (int i = 0; i < ALARMS; i++)
		if (strcmp(alarms[i].service, "smtp") == 0 && find(up, count, alarms[i].name, mailbox))
			return false;
	return true;
}

bool
alarm_digest_from(struct spool *s, const struct config *c, const char **from_r, struct err *e)
{
	struct arena *a = arena_new();
	struct query_alarm *up = NULL;
	size_t count = 0;
	bool ok = query_alarms(spool_index(s), a, 0, true, &up, &count, e);

	*from_r = c->digest.from;
	for (size_t i = 0; ok && i < c->mailbox_count && !can_send(up, count, *from_r); i++)
		if (can_send(up, count, c->mailboxes[i].address))
			*from_r = c->mailboxes[i].address;
	arena_free(a);
	return ok;
}

bool
alarm_resume(struct spool *s, const char *service, const char *mailbox, struct gate *g, time_t *refused_r,
             struct err *e)
{
	const char *alarm = alarm_of(service, ERR_AUTH);
	struct arena *a = arena_new();
	struct query_alarm *list = NULL;
	const struct query_alarm *up = NULL;
	size_t count = 0;
	bool ok = query_alarms(spool_index(s), a, 0, true, &list, &count, e);

	if (ok && alarm)
		up = find(list, count, alarm, mailbox);
	if (up)
		gate_resume(g, up->last_at);
	if (refused_r)
		*refused_r = up ? up->last_at : 0;
	arena_free(a);
	return ok;
}
