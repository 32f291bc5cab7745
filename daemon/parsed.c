/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/parsed.h"

#include "config/clock.h"
#include "config/mem.h"
#include "daemon/stop.h"

#include <pthread.h>
#include <stdlib.h>

enum {
	TRIES = 3,      /* where the system, not the mail, is at fault */
	PAUSE_MS = 500, /* between them */
	THREADS_MAX = 64,
};

struct parser {
	const struct parser_config *config;
	struct queue *arrivals, *parsed;
	struct stop *stop;
	pthread_mutex_t take; /* the queue has one consumer: the thread that holds this */
	uint64_t ticket;      /* under take */
	pthread_t threads[THREADS_MAX];
	int running;
};

void
parsed_free(void *parsed)
{
	struct parsed *p = parsed;

	if (!p)
		return;
	if (p->ok)
		reading_close(&p->reading);
	arrival_free(p->arrival);
	free(p);
}

static bool
parse(const struct parser *p, const struct arrival *a, struct reading *reading, struct err *e)
{
	struct bytes mail = BYTES(a->bytes, a->len);
	char *answer = NULL;
	bool ok = false;

	for (int try = 0; try < TRIES; try++) {
		ok = worker_run(&p->config->worker, mail, a->internaldate, stop_fd(p->stop), &answer, e);
		if (ok || e->code != ERR_OS || !stop_sleep(p->stop, clock_mono_ms() + PAUSE_MS))
			break;
	}
	ok = ok && reading_open(reading, p->config->form, answer, e);
	if (ok && a->too_large)
		reading_cut_short(reading);
	free(answer);
	return ok;
}

static struct arrival *
take(struct parser *p, uint64_t *ticket_r)
{
	struct queue_item item = {0};
	enum queue_answer got;

	(void)pthread_mutex_lock(&p->take);
	got = queue_take(p->arrivals, &item, -1, p->stop);
	if (got == QUEUE_DONE)
		*ticket_r = ++p->ticket;
	(void)pthread_mutex_unlock(&p->take);
	return got == QUEUE_DONE ? item.body : NULL;
}

static void *
run(void *context)
{
	struct parser *p = context;
	struct arrival *a;
	uint64_t ticket = 0;

	(void)pthread_setname_np(pthread_self(), "parser");
	while ((a = take(p, &ticket))) {
		struct parsed *done = mem_alloc(1, sizeof *done);
		struct queue_item item = {p->config->kind, done, a->len, parsed_free};

		done->ticket = ticket;
		done->arrival = a;
		done->ok = parse(p, a, &done->reading, &done->why);
		/* Told to stop: what was not recorded is on the server still. */
		if (queue_put(p->parsed, item, -1, p->stop) != QUEUE_DONE)
			parsed_free(done);
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
	while (p->running < c->threads && p->running < THREADS_MAX && rc == 0) {
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
parser_stop(struct parser *p)
{
	stop_raise(p->stop);
	queue_wake(p->arrivals);
	queue_wake(p->parsed);
}

void
parser_join(struct parser *p)
{
	for (int i = 0; i < p->running; i++)
		(void)pthread_join(p->threads[i], NULL);
	(void)pthread_mutex_destroy(&p->take);
	stop_free(p->stop);
	free(p);
}
