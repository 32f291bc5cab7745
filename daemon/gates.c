/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/gates.h"

#include "config/clock.h"
#include "daemon/alarms.h"
#include "daemon/writer.h"

#include <jansson.h>
#include <stdlib.h>
#include <strings.h>

enum { SHUT_MS = 10000 /* how long a server is left alone that is not there; doubles */ };

void
gates_open(struct gates *g, const struct writer_mailbox *mailboxes, size_t count)
{
	*g = (struct gates){.list = mem_alloc(count, sizeof *g->list), .count = count};
	for (size_t i = 0; i < count; i++)
		g->list[i].mailbox = mem_str(mailboxes[i].address);
}

void
gates_free(struct gates *g)
{
	for (size_t i = 0; i < g->count; i++)
		free(g->list[i].mailbox);
	free(g->list);
	*g = (struct gates){0};
}

struct gate *
gates_of(const struct gates *g, const char *mailbox)
{
	for (size_t i = 0; i < g->count; i++)
		if (strcasecmp(g->list[i].mailbox, mailbox) == 0)
			return &g->list[i].gate;
	return NULL;
}

bool
gates_resume(struct gates *g, const struct writer_mailbox *mailboxes, struct spool *s, struct err *e)
{
	bool ok = true;

	for (size_t i = 0; ok && i < g->count; i++) {
		struct gates_account *a = &g->list[i];
		time_t refused = 0;

		ok = alarm_resume(s, "smtp", a->mailbox, &a->gate, &refused, e);
		if (mailboxes[i].password_changed > refused)
			gate_passed(&a->gate);
	}
	return ok;
}

void
gates_renew(struct gates *g, const struct writer_mailbox *mailboxes)
{
	for (size_t i = 0; i < g->count; i++)
		if (g->list[i].gate.since < mailboxes[i].password_changed)
			gate_passed(&g->list[i].gate);
}

/* ---- what a delivery says of the server ---- */

static enum err_code
fault_of(enum smtp_verdict v)
{
	return v == SMTP_AUTH ? ERR_AUTH : v == SMTP_TLS ? ERR_TLS : ERR_AGAIN;
}

void
gates_landed(struct gates *g, const struct delivery *d)
{
	struct gate *one = gates_of(g, d->from);

	if (!one || !d->attempted)
		return;
	if (d->shuts)
		gate_failed(one, fault_of(d->result.verdict), SHUT_MS);
	else if (d->result.verdict != SMTP_DEFERRED || d->result.code)
		gate_passed(one);
	else
		gate_missed(one);
}

/* One that hears of the mail is well, whatever it answers. */
static bool
is_well(const struct delivery *d)
{
	switch (d->result.verdict) {
	case SMTP_AUTH:
	case SMTP_TLS: return false;
	case SMTP_DEFERRED: return d->result.code != 0 && !d->result.turned_away;
	default: return true;
	}
}

bool
gates_alarm(const struct gates *g, const struct delivery *d, struct spool *s, struct err *e)
{
	const struct gate *one = gates_of(g, d->from);

	if (!d->attempted || d->result.verdict == SMTP_INVALID || !one)
		return true;
	return alarm_try(s, "smtp", d->from, is_well(d) ? ERR_NONE : fault_of(d->result.verdict), one->since,
	                 e);
}

/* ---- which are shut ---- */

const char *
gates_shut(const struct gates *g, struct arena *a)
{
	json_t *list = json_array();
	const char *text = NULL;
	char *dump;

	for (size_t i = 0; i < g->count; i++)
		if (!gate_open(&g->list[i].gate))
			json_array_append_new(list, json_string(g->list[i].mailbox));
	if (json_array_size(list)) {
		dump = json_dumps(list, JSON_COMPACT);
		text = arena_str(a, dump);
		free(dump);
	}
	json_decref(list);
	return text;
}

time_t
gates_next(const struct gates *g)
{
	time_t next = -1;

	for (size_t i = 0; i < g->count; i++) {
		time_t opens = (clock_left_ms(g->list[i].gate.until_ms) + 999) / 1000;

		if (!gate_open(&g->list[i].gate) && (next < 0 || opens < next))
			next = opens;
	}
	return next;
}
