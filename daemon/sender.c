/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/sender.h"

#include "config/clock.h"
#include "config/mem.h"
#include "daemon/settings.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

struct connection {
	const struct smtp_account *account;
	struct settings *settings; /* that account lies in; NULL: the config's first */
	struct smtp *smtp;         /* NULL until the account is first used */
	unsigned lost;             /* mails in a row that the server was not there for */
	int64_t shut_ms;           /* monotonic: when it was last found to be at fault; 0: never */
	struct smtp_result shut_r; /* and how */
};

enum { LOST_MAX = 2 }; /* a mail that makes a server hang up must not hold up the others */

struct sender {
	const struct sender_config *c;
	struct queue *outgoing, *deliveries;
	struct stop *stop;
	struct connection *connections; /* one for each account */
	pthread_mutex_t lock;
	struct settings *next; /* under lock: to go over to */
	pthread_t thread;
};

void
outgoing_free(void *outgoing)
{
	struct outgoing *o = outgoing;

	if (!o)
		return;
	free(o->reply);
	free(o->from);
	free(o->to);
	free(o->mail);
	free(o);
}

void
delivery_free(void *delivery)
{
	struct delivery *d = delivery;

	if (!d)
		return;
	free(d->reply);
	free(d->to);
	free(d->from);
	free(d);
}

/* The connection of the account with this address, or NULL. */
static struct connection *
connection(struct sender *s, const char *from)
{
	for (size_t i = 0; i < s->c->account_count; i++) {
		const struct smtp_account *a = s->connections[i].account;

		if (strcasecmp(a->address, from) != 0)
			continue;
		if (!s->connections[i].smtp)
			s->connections[i].smtp = smtp_new(a, s->stop);
		return &s->connections[i];
	}
	return NULL;
}

/* Is it the server that is at fault, so that further mails would fare the same? */
static bool
shuts(struct connection *c, const struct smtp_result *r)
{
	bool lost = r->verdict == SMTP_DEFERRED && r->code == 0;

	c->lost = lost ? c->lost + 1 : 0;
	return r->verdict == SMTP_AUTH || r->verdict == SMTP_TLS || c->lost >= LOST_MAX ||
	       (r->verdict == SMTP_DEFERRED && (r->code == 421 || r->slow_down || r->turned_away));
}

static void
attempt(struct sender *s, const struct outgoing *o, struct delivery *d)
{
	struct connection *c = connection(s, o->from);

	if (stop_raised(s->stop)) {
		d->result.verdict = SMTP_DEFERRED;
		(void)snprintf(d->result.words, sizeof d->result.words, "not attempted: told to stop");
		return;
	}
	if (!c) {
		d->result.verdict = SMTP_INVALID;
		(void)snprintf(d->result.words, sizeof d->result.words,
		               "no SMTP account for the mailbox it is from");
		return;
	}
	if (c->shut_ms && o->handed_ms <= c->shut_ms) {
		d->result = c->shut_r;
		return;
	}
	d->attempted = true;
	smtp_send(c->smtp, o->to, BYTES(o->mail, o->len), &d->result);
	d->shuts = !stop_raised(s->stop) && shuts(c, &d->result);
	c->shut_ms = d->shuts ? clock_mono_ms() : 0;
	c->shut_r = d->result;
}

/* Consumes item. What became of a mail must reach the writer: so this waits for room without end, and
 * when told to stop too; only a closed queue is given up on. */
static void
deliver(struct sender *s, struct queue_item item)
{
	struct outgoing *o = item.body;
	struct delivery *d = mem_alloc(1, sizeof *d);
	struct queue_item out = {.kind = s->c->kind, .body = d, .weight = sizeof *d, .drop = delivery_free};

	d->reply = mem_str(o->reply);
	d->to = mem_str(o->to);
	d->from = mem_str(o->from);
	d->attempt = o->attempt;
	attempt(s, o, d);
	outgoing_free(o);
	if (queue_put_urgent(s->deliveries, out, -1, NULL) != QUEUE_DONE)
		delivery_free(d);
}

static void
drop_connection(struct connection *c)
{
	smtp_free(c->smtp);
	settings_drop(c->settings);
}

/* An account that is another one now begins anew, whatever its server said to the old one. */
static void
go_over(struct sender *s)
{
	struct settings *next;

	(void)pthread_mutex_lock(&s->lock);
	next = s->next;
	s->next = NULL;
	(void)pthread_mutex_unlock(&s->lock);
	if (!next)
		return;
	for (size_t i = 0; i < s->c->account_count; i++) {
		struct connection *c = &s->connections[i];

		if (smtp_same_account(c->account, &next->accounts[i]))
			continue;
		drop_connection(c);
		*c = (struct connection){.account = &next->accounts[i], .settings = settings_hold(next)};
	}
	settings_drop(next);
}

void
sender_renew(struct sender *s, struct settings *now)
{
	struct settings *old;

	(void)pthread_mutex_lock(&s->lock);
	old = s->next;
	s->next = settings_hold(now);
	(void)pthread_mutex_unlock(&s->lock);
	settings_drop(old);
}

static void *
run(void *arg)
{
	struct sender *s = arg;
	struct queue_item item = {0};

	(void)pthread_setname_np(pthread_self(), "sender");
	while (queue_take(s->outgoing, &item, -1, s->stop) == QUEUE_DONE) {
		go_over(s);
		deliver(s, item);
	}
	/* Told to stop: hand back what waits. No more is accepted, so that this comes to an end. */
	queue_close(s->outgoing);
	while (queue_take(s->outgoing, &item, 0, NULL) == QUEUE_DONE)
		deliver(s, item);
	return NULL;
}

static void
sender_free(struct sender *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->c->account_count; i++)
		drop_connection(&s->connections[i]);
	free(s->connections);
	settings_drop(s->next);
	(void)pthread_mutex_destroy(&s->lock);
	stop_free(s->stop);
	free(s);
}

bool
sender_start(struct sender **s_r, const struct sender_config *c, struct queue *outgoing,
             struct queue *deliveries, struct err *e)
{
	struct sender *s = mem_alloc(1, sizeof *s);
	int r = 0;

	*s_r = NULL;
	s->c = c;
	s->outgoing = outgoing;
	s->deliveries = deliveries;
	s->connections = mem_alloc(c->account_count, sizeof *s->connections);
	for (size_t i = 0; i < c->account_count; i++)
		s->connections[i].account = &c->accounts[i];
	(void)pthread_mutex_init(&s->lock, NULL);
	if (!stop_new(&s->stop, e))
		goto out;
	r = pthread_create(&s->thread, NULL, run, s);
	if (r != 0) {
		err_sys(e, ERR_OS, r, "no thread for sending");
		goto out;
	}
	*s_r = s;
	s = NULL;
out:
	sender_free(s);
	return *s_r != NULL;
}

void
sender_stop(struct sender *s)
{
	stop_raise(s->stop);
	queue_wake(s->outgoing);
}

void
sender_join(struct sender *s)
{
	pthread_join(s->thread, NULL);
	sender_free(s);
}
