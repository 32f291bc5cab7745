/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/service_live.h"

#include "config/clock.h"
#include "config/mem.h"
#include "daemon/journal.h"
#include "daemon/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { METRICS_MS = 15000, METRICS_LEN = 1 << 20 };

void
service_live_open(struct service_live *s, const struct config *c, struct pipeline *p,
                  const struct service_spool *spool)
{
	*s = (struct service_live){.config = c, .pipeline = p, .spool = spool, .started = clock_now()};
	(void)pthread_mutex_init(&s->lock, NULL);
}

void
service_live_close(struct service_live *s)
{
	(void)pthread_mutex_destroy(&s->lock);
}

void
service_live_refused(struct service_live *s, const char *why)
{
	(void)pthread_mutex_lock(&s->lock);
	(void)snprintf(s->refused, sizeof s->refused, "%s", why);
	(void)pthread_mutex_unlock(&s->lock);
}

/* A snapshot; room, for as many mailboxes as there are, is the caller's. */
static void
look(struct service_live *s, struct live_mailbox *room, struct live *l)
{
	struct pipeline *p = s->pipeline;

	*l = (struct live){.now = clock_now(),
	                   .started = s->started,
	                   .mailboxes = room,
	                   .mailbox_count = mailboxes_look(&p->mailboxes, room),
	                   .arrivals = queue_count(p->arrivals),
	                   .in = queue_count(p->in),
	                   .outgoing = queue_count(p->outgoing),
	                   .free_bytes = spool_free(s->spool->spool),
	                   .writer_alive = writer_alive(p->writer)};
	writer_live(p->writer, &l->writer);
	l->head_seq = l->writer.head_seq;
	(void)pthread_mutex_lock(&s->lock);
	(void)snprintf(l->reload_refused, sizeof l->reload_refused, "%s", s->refused);
	(void)pthread_mutex_unlock(&s->lock);
}

json_t *
service_live_json(void *context, bool sweep)
{
	struct service_live *s = context;
	struct live_mailbox *room = mem_alloc(s->config->mailbox_count, sizeof *room);
	struct live l;
	json_t *o;

	look(s, room, &l);
	o = live_json(&l);
	if (sweep)
		mailboxes_ask(&s->pipeline->mailboxes, 0, true);
	free(room);
	return o;
}

static void
write_metrics(struct service_live *s, const struct live *l)
{
	struct buf b = BUF_INIT(METRICS_LEN);
	struct err e = {0};

	live_metrics(l, &b);
	if (!live_write(s->config->metrics, buf_bytes(&b), &e) && !s->metrics_failed)
		journal(JOURNAL_WARNING, "%s", e.text);
	s->metrics_failed = e.code != ERR_NONE;
	buf_free(&b);
}

static void
tell_manager(struct service_live *s, const struct live *l)
{
	struct buf line = BUF_INIT(500);

	if (l->writer_alive)
		journal_notify("WATCHDOG=1");
	else if (!s->stuck)
		journal(JOURNAL_ERROR,
		        "the writer does not answer: is the disk stuck? mail waits on the servers");
	s->stuck = !l->writer_alive;
	live_line(l, &line);
	if (strcmp(line.at, s->told) != 0)
		journal_notify("STATUS=%s", line.at);
	(void)snprintf(s->told, sizeof s->told, "%s", line.at);
	buf_free(&line);
}

void
service_live_tell(struct service_live *s)
{
	struct live_mailbox *room = mem_alloc(s->config->mailbox_count, sizeof *room);
	struct live l;

	look(s, room, &l);
	tell_manager(s, &l);
	if (*s->config->metrics && s->pipeline->mode == PIPELINE_WATCH && clock_mono_ms() >= s->metrics_ms) {
		write_metrics(s, &l);
		s->metrics_ms = clock_mono_ms() + METRICS_MS;
	}
	free(room);
}
