/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/servers.h"

#include "config/clock.h"
#include "config/mem.h"
#include "daemon/journal.h"

#include <pthread.h>
#include <stdlib.h>

enum {
	IDLE_MAX = 32, /* of each kind; more threads than that there are not */
	AGAIN_MS = 250,
	AGAIN_MAX_MS = 60 * 1000,
};

struct idle {
	struct server *at[IDLE_MAX];
	size_t count;
};

struct servers {
	const struct worker *w;
	pthread_mutex_t lock;
	struct idle idle[2]; /* by server_pictures() */
	unsigned generation;
	int64_t not_before; /* monotonic ms: the last start failed */
	int64_t again_ms;
};

struct servers *
servers_new(const struct worker *w)
{
	struct servers *p = mem_alloc(1, sizeof *p);

	*p = (struct servers){.w = w};
	(void)pthread_mutex_init(&p->lock, NULL);
	return p;
}

/* The one that waits for the shortest time, or NULL. */
static struct server *
pop(struct servers *p, bool pictures)
{
	struct idle *i = &p->idle[pictures];
	struct server *s = NULL;

	(void)pthread_mutex_lock(&p->lock);
	if (i->count)
		s = i->at[--i->count];
	(void)pthread_mutex_unlock(&p->lock);
	return s;
}

static void
end_idle(struct servers *p)
{
	for (int kind = 0; kind < 2; kind++)
		for (struct server *s; (s = pop(p, kind != 0));)
			server_end(s);
}

void
servers_free(struct servers *p)
{
	if (!p)
		return;
	end_idle(p);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}

static bool
may_start(struct servers *p)
{
	bool may;

	(void)pthread_mutex_lock(&p->lock);
	may = clock_mono_ms() >= p->not_before;
	(void)pthread_mutex_unlock(&p->lock);
	return may;
}

static void
started(struct servers *p, bool ok)
{
	(void)pthread_mutex_lock(&p->lock);
	if (ok)
		p->again_ms = 0;
	else
		p->again_ms = !p->again_ms                     ? AGAIN_MS
		              : 2 * p->again_ms < AGAIN_MAX_MS ? 2 * p->again_ms
		                                               : AGAIN_MAX_MS;
	p->not_before = ok ? 0 : clock_mono_ms() + p->again_ms;
	(void)pthread_mutex_unlock(&p->lock);
}

static struct server *
start(struct servers *p, bool pictures, int cancel_fd)
{
	struct server *s = NULL;
	struct err e = {0};
	unsigned generation;

	(void)pthread_mutex_lock(&p->lock);
	generation = p->generation;
	(void)pthread_mutex_unlock(&p->lock);
	if (server_start(&s, p->w, pictures, cancel_fd, &e)) {
		server_mark(s, generation);
		started(p, true);
	} else if (e.code != ERR_INTERRUPTED) {
		started(p, false);
		journal(JOURNAL_WARNING, "%s; until it does, each mail gets a process of its own", e.text);
	}
	return s;
}

struct server *
servers_take(struct servers *p, bool pictures, int cancel_fd)
{
	struct server *s;

	while ((s = pop(p, pictures))) {
		if (server_current(s))
			return s;
		server_end(s);
	}
	return may_start(p) ? start(p, pictures, cancel_fd) : NULL;
}

void
servers_give(struct servers *p, struct server *s)
{
	struct idle *i = &p->idle[server_pictures(s)];
	bool kept;

	(void)pthread_mutex_lock(&p->lock);
	kept = server_generation(s) == p->generation && i->count < IDLE_MAX;
	if (kept)
		i->at[i->count++] = s;
	(void)pthread_mutex_unlock(&p->lock);
	if (!kept)
		server_end(s);
}

void
servers_renew(struct servers *p)
{
	(void)pthread_mutex_lock(&p->lock);
	p->generation++;
	p->not_before = 0;
	p->again_ms = 0;
	(void)pthread_mutex_unlock(&p->lock);
	end_idle(p);
}
