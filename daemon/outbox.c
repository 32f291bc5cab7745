/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/outbox.h"

#include "config/clock.h"
#include "config/mem.h"
#include "daemon/journal.h"
#include "spool/query.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAIL_MAX = 64 << 20,
	NEXT_MAX = 6 * 3600, /* seconds: more than any wait that is written as `next` */
};

time_t
outbox_backoff(int attempts, bool slow_down)
{
	static const time_t waits[] = {60, 300, 900, 3600, 7200, 14400};
	const int last = (int)(sizeof waits / sizeof *waits) - 1;
	int i = (attempts > 0 ? attempts - 1 : 0) + (slow_down ? 1 : 0);

	return waits[i > last ? last : i];
}

/* Up to a fifth more: so that what failed together is not tried together again. */
static time_t
with_jitter(time_t wait)
{
	return wait + (time_t)arc4random_uniform((uint32_t)wait / 5 + 1);
}

static json_t *
line_of(const char *event, const char *reply, int attempt)
{
	json_t *line = json_pack("{s:s, s:s, s:i}", "event", event, "reply", reply, "attempt", attempt);

	if (!line)
		mem_die("writing a line of the outbox");
	return line;
}

static bool
stage(struct outbox *o, json_t *line, const char *key, json_t *value, struct err *e)
{
	if (key && json_object_set_new(line, key, value) != 0)
		mem_die("writing a line of the outbox");
	return spool_line(o->spool, line, NULL, e);
}

/* The server's own words may name a person's address: the log holds the code, and our word for it. */
static bool
stage_result(struct outbox *o, const char *event, const struct query_reply *r, int attempt,
             const struct smtp_result *s, const char *why, time_t next, struct err *e)
{
	char when[CLOCK_RFC3339_MAX];
	json_t *line = line_of(event, r->reply, attempt);

	if (strcmp(event, "unknown") != 0)
		json_object_set_new(line, "code", json_integer(s->code));
	json_object_set_new(line, "why", json_string(why));
	if (next)
		json_object_set_new(line, "next", json_string(clock_rfc3339(next, when)));
	return stage(o, line, NULL, NULL, e);
}

/* Is the `unknown` that is staged now the last one, before a person looks? */
static bool
is_last_unknown(const struct query_reply *r)
{
	return r->unknown + 1 >= OUTBOX_UNKNOWN_MAX;
}

/* It was with the server when the process before died. */
static bool
stage_ended(struct outbox *o, const struct query_reply *r, struct err *e)
{
	static const struct smtp_result none = {.verdict = SMTP_UNKNOWN};

	return stage_result(o, "unknown", r, r->attempts, &none, "ended", 0, e) &&
	       (!is_last_unknown(r) || stage_result(o, "failed", r, r->attempts, &none, "unknown", 0, e));
}

bool
outbox_recover(struct outbox *o, struct err *e)
{
	struct arena *a = arena_new();
	struct query_reply *list = NULL;
	size_t count = 0;
	struct query_due all = {.now = clock_now(), .at_start = true, .max = INT32_MAX};
	bool ok = query_due(spool_index(o->spool), a, &all, &list, &count, e);

	for (size_t i = 0; ok && i < count; i++)
		if (strcmp(list[i].state, "sending") == 0)
			ok = stage_ended(o, &list[i], e);
	arena_free(a);
	return ok;
}

/* From when it was let out: what waited for a person was not tried meanwhile. */
static bool
too_old(const struct outbox *o, const struct query_reply *r, time_t next)
{
	return o->retry_days > 0 && next - r->due_at > (time_t)o->retry_days * 24 * 3600;
}

static bool
stage_retry(struct outbox *o, const struct query_reply *r, const struct delivery *d, const char *why,
            struct err *e)
{
	/* Where the server is at fault the mailbox's gate decides, for all replies alike. What it says once
	 * it has heard of the mail it may say to this one alone: so that waits too, else it comes first
	 * whenever the gate opens, and shuts it on those behind. */
	bool of_mail = d->result.verdict == SMTP_DEFERRED && d->result.code && !d->result.turned_away;
	bool own = d->attempted && (!d->shuts || of_mail);
	time_t wait = own ? with_jitter(outbox_backoff(d->attempt, d->result.slow_down)) : 0;
	time_t next = clock_now() + wait;

	if (d->attempted && too_old(o, r, next))
		return stage_result(o, "failed", r, d->attempt, &d->result, why, 0, e);
	return stage_result(o, "deferred", r, d->attempt, &d->result, why, next, e);
}

static bool
stage_unknown(struct outbox *o, const struct query_reply *r, const struct delivery *d, struct err *e)
{
	if (!stage_result(o, "unknown", r, d->attempt, &d->result, "lost", 0, e))
		return false;
	if (is_last_unknown(r))
		return stage_result(o, "failed", r, d->attempt, &d->result, "unknown", 0, e);
	return stage_retry(o, r, d, "unknown", e);
}

/* One row a verdict would hide that each stages other lines: so a switch. */
static bool
stage_verdict(struct outbox *o, const struct query_reply *r, const struct delivery *d, struct err *e)
{
	const char *why = smtp_verdict_name(d->result.verdict);

	switch (d->result.verdict) {
	case SMTP_SENT:
		return stage(o, line_of("sent", d->reply, d->attempt), "code", json_integer(d->result.code),
		             e);
	case SMTP_DEFERRED:
	case SMTP_AUTH:
	case SMTP_TLS: return stage_retry(o, r, d, why, e);
	case SMTP_UNKNOWN: return stage_unknown(o, r, d, e);
	case SMTP_REFUSED:
	case SMTP_INVALID:
	case SMTP_VERDICTS: break;
	}
	return stage_result(o, "failed", r, d->attempt, &d->result, why, 0, e);
}

bool
outbox_delivered(struct outbox *o, const struct delivery *d, struct err *e)
{
	struct arena *a = arena_new();
	struct query_reply *r = NULL;
	bool ok = query_reply(spool_index(o->spool), a, d->reply, &r, e);

	if (ok && r)
		ok = stage_verdict(o, r, d, e);
	else if (ok)
		ok = err_set(e, ERR_SPOOL, "reply %s was sent and is not in the index", d->reply);
	arena_free(a);
	return ok;
}

/* Build the item for one reply; NULL, e set: its bytes cannot be had. */
static struct outgoing *
outgoing_of(const struct outbox *o, const struct query_reply *r, struct err *e)
{
	struct buf mail = BUF_INIT(MAIL_MAX);
	struct outgoing *g;
	struct hash id;

	if (!hash_read(&id, r->message) || !r->recipient) {
		err_set(e, ERR_SPOOL, "reply %s has no bytes or no recipient", r->reply);
		return NULL;
	}
	if (!spool_mail(o->spool, &id, &mail, e)) {
		buf_free(&mail);
		return NULL;
	}
	g = mem_alloc(1, sizeof *g);
	*g = (struct outgoing){.reply = mem_str(r->reply),
	                       .attempt = r->attempts + 1,
	                       .from = mem_str(r->mailbox),
	                       .to = mem_str(r->recipient),
	                       .len = mail.len,
	                       .handed_ms = clock_mono_ms()};
	g->mail = (unsigned char *)buf_take(&mail);
	return g;
}

/* What is gone or damaged can never be sent; what the disk does not give now may be had later. */
static bool
stage_unreadable(struct outbox *o, const struct query_reply *r, struct err *e)
{
	static const struct smtp_result none = {.verdict = SMTP_INVALID};
	time_t next = clock_now() + outbox_backoff(1, false);
	const char *why = err_name(e->code);

	journal(JOURNAL_WARNING, "reply %s cannot be read: %s", r->reply, e->text);
	if (e->code == ERR_DISK && !too_old(o, r, next))
		return stage_result(o, "deferred", r, r->attempts, &none, why, next, e);
	return stage_result(o, "failed", r, r->attempts, &none, why, 0, e);
}

/* Stage `sending` for one due reply, or why it cannot be sent. */
static bool
prepare(struct outbox *o, const struct query_reply *r, struct outgoing **g_r, struct err *e)
{
	*g_r = outgoing_of(o, r, e);
	if (!*g_r)
		return stage_unreadable(o, r, e);
	return stage(o, line_of("sending", r->reply, (*g_r)->attempt), NULL, NULL, e);
}

/* ---- what is due ---- */

void
outbox_landed(struct outbox *o, const struct delivery *d)
{
	if (o->in_flight)
		o->in_flight--;
	gates_landed(o->gates, d);
}

static bool
due(const struct outbox *o, struct arena *a, size_t max, struct query_reply **r, size_t *count_r,
    struct err *e)
{
	struct query_due ask = {
	        .now = clock_now(), .next_max = NEXT_MAX, .max = max, .but = gates_shut(o->gates, a)};

	*r = NULL;
	*count_r = 0;
	return o->shadow || query_due(spool_index(o->spool), a, &ask, r, count_r, e);
}

bool
outbox_is_due(const struct outbox *o, bool *due_r, struct err *e)
{
	struct arena *a = arena_new();
	struct query_reply *list = NULL;
	size_t count = 0;
	bool ok = due(o, a, 1, &list, &count, e);

	*due_r = count > 0;
	arena_free(a);
	return ok;
}

/* ---- handing over ---- */

bool
outbox_prepare(struct outbox *o, struct err *e)
{
	struct arena *a = arena_new();
	struct query_reply *list = NULL;
	size_t count = 0;
	bool ok = true;

	outbox_forget(o);
	if (!o->over && o->in_flight < OUTBOX_IN_FLIGHT)
		ok = due(o, a, OUTBOX_IN_FLIGHT - o->in_flight, &list, &count, e);
	for (size_t i = 0; ok && i < count; i++) {
		struct outgoing *g = NULL;

		ok = prepare(o, &list[i], &g, e);
		if (g)
			o->ready[o->ready_count++] = g;
	}
	arena_free(a);
	return ok;
}

void
outbox_forget(struct outbox *o)
{
	for (size_t i = 0; i < o->ready_count; i++)
		outgoing_free(o->ready[i]);
	o->ready_count = 0;
}

void
outbox_hand(struct outbox *o)
{
	for (size_t i = 0; i < o->ready_count; i++) {
		struct outgoing *g = o->ready[i];
		struct queue_item item = {0, g, g->len, outgoing_free};
		enum queue_answer put = queue_put(o->outgoing, item, 0, NULL);

		if (put == QUEUE_DONE) {
			o->in_flight++;
			continue;
		}
		o->over = put == QUEUE_CLOSED;
		o->unsent[o->unsent_count++] = g;
	}
	o->ready_count = 0;
}

bool
outbox_unsent(struct outbox *o, struct err *e)
{
	static const struct smtp_result none = {.verdict = SMTP_DEFERRED};
	bool ok = true;

	for (size_t i = 0; ok && i < o->unsent_count; i++) {
		const struct query_reply r = {.reply = o->unsent[i]->reply};

		ok = stage_result(o, "deferred", &r, o->unsent[i]->attempt, &none, "busy", clock_now() + 1,
		                  e);
	}
	return ok;
}

void
outbox_taken_back(struct outbox *o)
{
	for (size_t i = 0; i < o->unsent_count; i++)
		outgoing_free(o->unsent[i]);
	o->unsent_count = 0;
}

bool
outbox_next(const struct outbox *o, time_t now, time_t *wait_r, struct err *e)
{
	struct arena *a;
	time_t next = 0, opens;
	bool ok;

	*wait_r = -1;
	if (o->shadow)
		return true;
	a = arena_new();
	ok = query_next_due(spool_index(o->spool), gates_shut(o->gates, a), &next, e);

	arena_free(a);
	if (!ok)
		return false;
	*wait_r = !next ? -1 : next > now ? next - now : 0;
	opens = gates_next(o->gates);
	if (opens >= 0 && (*wait_r < 0 || opens < *wait_r))
		*wait_r = opens;
	return true;
}

uint64_t
outbox_waiting(const struct outbox *o)
{
	static const char *const waits[] = {"deferred", "due", "unknown", "sending"};
	struct arena *a = arena_new();
	struct query_count *counts = NULL;
	struct err e = {0};
	uint64_t waiting = 0;
	size_t n = 0;

	if (query_outbox(spool_index(o->spool), a, &counts, &n, &e))
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < sizeof waits / sizeof *waits; k++)
				if (strcmp(counts[i].what, waits[k]) == 0)
					waiting += (uint64_t)counts[i].count;
	arena_free(a);
	return waiting;
}
