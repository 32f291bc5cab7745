/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/parsed.h"

#include "config/clock.h"
#include "config/mem.h"
#include "daemon/settings.h"
#include "daemon/stop.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum {
	TRIES = 3,      /* where the system, not the mail, is at fault */
	PAUSE_MS = 500, /* between them */
	THREADS_MAX = 64,
	SLOW_MS = 5000, /* what takes longer holds up nobody: another mail is begun beside it … */
	SLOW_MAX = 2,   /* … as long as not more than this many times the threads are at it */
	OUTLINE_SECONDS = 10,
};

struct parser {
	const struct parser_config *config;
	struct queue *arrivals, *parsed;
	struct stop *stop;
	pthread_mutex_t take; /* the queue has one consumer: the thread that holds this */
	uint64_t ticket;      /* under take */
	pthread_mutex_t renew;
	struct settings *now; /* under renew; NULL: config */
	pthread_t threads[THREADS_MAX];
	int running;

	pthread_mutex_t turns; /* of begun */
	pthread_cond_t turn;
	int64_t begun[THREADS_MAX]; /* monotonic ms, when each thread began its mail; 0: it has none */
	_Atomic int next;           /* place of the thread that starts next */
};

void
parsed_free(void *parsed)
{
	struct parsed *p = parsed;

	if (!p)
		return;
	if (p->ok || p->outlined)
		reading_close(&p->reading);
	arrival_free(p->arrival);
	settings_drop(p->settings);
	free(p);
}

/* ---- one mail ---- */

static bool
parse(const struct parser *p, const struct parser_config *c, const struct worker *w, const struct arrival *a,
      struct reading *reading, struct err *e)
{
	struct bytes mail = BYTES(a->bytes, a->len);
	char *answer = NULL;
	bool ok = false;

	for (int try = 0; try < TRIES; try++) {
		ok = worker_run(w, mail, a->internaldate, stop_fd(p->stop), &answer, e);
		if (ok || e->code != ERR_OS || !stop_sleep(p->stop, clock_mono_ms() + PAUSE_MS))
			break;
	}
	ok = ok && reading_open(reading, c->form, answer, e);
	free(answer);
	return ok;
}

/* Why its files could not be read, as far as the daemon knows. */
static enum err_code
reason_of(const struct arrival *a, const struct err *why)
{
	return a->too_large ? ERR_TOO_LARGE : why->code == ERR_TIMEOUT ? ERR_TIMEOUT : ERR_DAMAGED;
}

/* The parser failed over this mail: what can be said without opening anything in it? It is cheap, so it is
 * done at each failure; the writer, who counts the tries, decides whether it is used. */
static bool
outline(const struct parser *p, const struct parser_config *c, const struct arrival *a, const struct err *why,
        struct reading *reading)
{
	struct worker w = c->worker;
	struct err e = {0};

	if (why->code != ERR_TIMEOUT && why->code != ERR_PROTOCOL)
		return false;
	w.outline = reason_of(a, why);
	if (w.seconds > OUTLINE_SECONDS)
		w.seconds = OUTLINE_SECONDS;
	return parse(p, c, &w, a, reading, &e);
}

static struct parsed *
parsed_new(const struct parser *p, struct arrival *a, uint64_t ticket, struct settings *settings)
{
	const struct parser_config *c = settings ? &settings->parser : p->config;
	struct parsed *done = mem_alloc(1, sizeof *done);

	*done = (struct parsed){.ticket = ticket, .arrival = a, .settings = settings};
	done->ok = parse(p, c, &c->worker, a, &done->reading, &done->why);
	if (done->ok && a->too_large)
		reading_cut_short(&done->reading);
	if (!done->ok)
		done->outlined = outline(p, c, a, &done->why, &done->reading);
	return done;
}

/* ---- turns: as many mails at once as there are to be, but that a slow one counts no more ---- */

/* May another mail be begun? Else *again_ms_r: when to ask again at the latest. */
static bool
has_turn(const struct parser *p, int64_t *again_ms_r)
{
	int64_t now = clock_mono_ms(), oldest = now;
	int fresh = 0;

	for (int i = 0; i < THREADS_MAX; i++) {
		if (!p->begun[i] || now - p->begun[i] >= SLOW_MS)
			continue;
		fresh++;
		if (p->begun[i] < oldest)
			oldest = p->begun[i];
	}
	*again_ms_r = oldest + SLOW_MS;
	return fresh < p->config->threads;
}

static void
await_turn(struct parser *p, int place)
{
	int64_t again = 0;

	(void)pthread_mutex_lock(&p->turns);
	while (!stop_raised(p->stop) && !has_turn(p, &again)) {
		struct timespec at = {again / 1000, again % 1000 * 1000000};

		(void)pthread_cond_clockwait(&p->turn, &p->turns, CLOCK_MONOTONIC, &at);
	}
	p->begun[place] = clock_mono_ms();
	(void)pthread_mutex_unlock(&p->turns);
}

static void
end_turn(struct parser *p, int place)
{
	(void)pthread_mutex_lock(&p->turns);
	p->begun[place] = 0;
	(void)pthread_cond_signal(&p->turn);
	(void)pthread_mutex_unlock(&p->turns);
}

/* ---- the threads ---- */

/* The next mail, and the turn to parse it. Who waits for the one or the other holds `take`, and the rest
 * behind. */
static struct arrival *
take(struct parser *p, int place, uint64_t *ticket_r, struct settings **settings_r)
{
	struct queue_item item = {0};
	enum queue_answer got;

	(void)pthread_mutex_lock(&p->take);
	got = queue_take(p->arrivals, &item, -1, p->stop);
	if (got == QUEUE_DONE) {
		*ticket_r = ++p->ticket;
		await_turn(p, place);
	}
	(void)pthread_mutex_unlock(&p->take);
	*settings_r = NULL;
	if (got == QUEUE_DONE) {
		(void)pthread_mutex_lock(&p->renew);
		*settings_r = p->now ? settings_hold(p->now) : NULL;
		(void)pthread_mutex_unlock(&p->renew);
	}
	return got == QUEUE_DONE ? item.body : NULL;
}

static void *
run(void *context)
{
	struct parser *p = context;
	int place = atomic_fetch_add(&p->next, 1);
	struct arrival *a;
	struct settings *settings = NULL;
	uint64_t ticket = 0;

	(void)pthread_setname_np(pthread_self(), "parser");
	while ((a = take(p, place, &ticket, &settings))) {
		struct queue_item item = {p->config->kind, NULL, a->len, parsed_free};

		item.body = parsed_new(p, a, ticket, settings);
		end_turn(p, place);
		/* Told to stop: what was not recorded is on the server still. */
		if (queue_put(p->parsed, item, -1, p->stop) != QUEUE_DONE)
			parsed_free(item.body);
	}
	return NULL;
}

bool
parser_start(struct parser **p_r, const struct parser_config *c, struct queue *arrivals, struct queue *parsed,
             struct err *e)
{
	struct parser *p = mem_alloc(1, sizeof *p);
	int rc = 0;

	*p = (struct parser){.config = c, .arrivals = arrivals, .parsed = parsed};
	if (!stop_new(&p->stop, e)) {
		free(p);
		return false;
	}
	(void)pthread_mutex_init(&p->take, NULL);
	(void)pthread_mutex_init(&p->turns, NULL);
	(void)pthread_mutex_init(&p->renew, NULL);
	(void)pthread_cond_init(&p->turn, NULL);
	while (p->running < SLOW_MAX * c->threads && p->running < THREADS_MAX && rc == 0) {
		rc = pthread_create(&p->threads[p->running], NULL, run, p);
		p->running += rc == 0;
	}
	if (rc != 0) {
		parser_stop(p);
		parser_join(p);
		return err_sys(e, ERR_OS, rc, "cannot start a parser's thread");
	}
	*p_r = p;
	return true;
}

void
parser_renew(struct parser *p, struct settings *s)
{
	struct settings *old;

	(void)pthread_mutex_lock(&p->renew);
	old = p->now;
	p->now = settings_hold(s);
	(void)pthread_mutex_unlock(&p->renew);
	settings_drop(old);
}

void
parser_stop(struct parser *p)
{
	stop_raise(p->stop);
	(void)pthread_mutex_lock(&p->turns);
	(void)pthread_cond_broadcast(&p->turn);
	(void)pthread_mutex_unlock(&p->turns);
	queue_wake(p->arrivals);
	queue_wake(p->parsed);
}

void
parser_join(struct parser *p)
{
	for (int i = 0; i < p->running; i++)
		(void)pthread_join(p->threads[i], NULL);
	(void)pthread_mutex_destroy(&p->take);
	(void)pthread_mutex_destroy(&p->turns);
	(void)pthread_mutex_destroy(&p->renew);
	(void)pthread_cond_destroy(&p->turn);
	settings_drop(p->now);
	stop_free(p->stop);
	free(p);
}
