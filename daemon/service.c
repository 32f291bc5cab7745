/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/service.h"

#include "config/clock.h"
#include "config/mem.h"
#include "daemon/journal.h"
#include "daemon/narrow.h"
#include "daemon/service_parts.h"
#include "daemon/worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
	LOOK_MS = 2000, /* how often it is looked whether mailboxes are to ask again */
	MIB = 1 << 20,
};

/* ---- the start ---- */

/* The settings go while the spool is locked: their copies of the form file lie in it, and who gets the lock
 * next makes some of the same names. */
static void
free_all(struct service *s)
{
	service_live_close(&s->live);
	pipeline_close(&s->pipeline);
	settings_drop(s->now);
	settings_drop(s->first);
	service_spool_close(&s->spool);
	free(s);
}

static bool
load_all(struct service *s, struct err *e)
{
	if (!worker_find(s->worker_path, e) ||
	    !settings_load(&s->now, s->config, s->worker_path, s->pipeline.mode != PIPELINE_HAND_IN, e))
		return false;
	s->first = settings_hold(s->now);
	return true;
}

/* The spool is ours until the threads start. */
static bool
open_spool(struct service *s, struct err *e)
{
	const char *program = s->pipeline.mode == PIPELINE_HAND_IN ? "mingpianctl" : "mingpiand";

	return service_spool_open(&s->spool, program, s->now, e) &&
	       mailboxes_resume(s->config, s->now, s->spool.spool, e);
}

/* All is open that is opened once. Who hands mails in has no password in memory and calls nobody, but more
 * files to open. */
static bool
narrow(const struct service *s, struct err *e)
{
	struct err swap = {0};

	if (s->pipeline.mode == PIPELINE_HAND_IN)
		return true;
	if (!narrow_lock_memory(&swap))
		journal(JOURNAL_NOTICE, "%s", swap.text);
	return !s->config->sandbox_required || narrow_enter(s->config, s->worker_path, e);
}

static bool
start_threads(struct service *s, struct err *e)
{
	pipeline_tell(&s->pipeline, s->now);
	return pipeline_start(&s->pipeline, s->now, s->spool.spool, service_live_json, &s->live, e);
}

bool
service_start(struct service **s_r, const struct config *c, enum pipeline_mode mode, struct err *e)
{
	struct service *s = mem_alloc(1, sizeof *s);
	struct err ignored;

	*s = (struct service){.config = c};
	if (!pipeline_open(&s->pipeline, c, mode, e)) {
		free(s);
		return false;
	}
	service_live_open(&s->live, c, &s->pipeline, &s->spool);
	if (!load_all(s, e) || !open_spool(s, e)) {
		free_all(s);
		return false;
	}
	clock_zone_keep();
	if (!narrow(s, e) || !start_threads(s, e)) {
		service_stop(s, false, &ignored);
		return false;
	}
	*s_r = s;
	return true;
}

/* ---- while it runs ---- */

bool
service_finish(struct service *s, struct err *e)
{
	return pipeline_finish(&s->pipeline, e);
}

bool
service_hand_in(struct service *s, const json_t *request, int fd, char said[static INGEST_SAID_MAX],
                struct err *e)
{
	return ingest_hand_in(s->pipeline.arrivals, (size_t)s->config->limits.message_mb * MIB, request, fd,
	                      NULL, said, e);
}

/* Is it a signal that stops? */
static bool
stops(struct service *s, int signals)
{
	struct signalfd_siginfo si = {0};

	return read(signals, &si, sizeof si) != sizeof si || si.ssi_signo != SIGHUP || !service_reload(s);
}

bool
service_wait(struct service *s, int signals)
{
	struct pipeline *line = &s->pipeline;
	struct pollfd p[] = {{line->ended_fd, POLLIN, 0}, {signals, POLLIN, 0}};

	const int watchdog = journal_watchdog_ms(),
	          every = watchdog && watchdog < LOOK_MS ? watchdog : LOOK_MS;

	for (;;) {
		service_live_tell(&s->live);
		if (poll(p, 2, every) < 0 && errno != EINTR)
			return false;
		if (p[0].revents || atomic_load(&line->ended))
			return true;
		if (p[1].revents && stops(s, signals))
			return false;
		if (line->mode != PIPELINE_ONCE)
			mailboxes_sweep_due(&line->mailboxes);
	}
}

/* ---- the end ---- */

/* A disk that did not confirm it is no good end: r fails. */
static void
log_stopped(struct service *s, struct writer_result *r)
{
	struct err e = {0};

	if (service_spool_stopped(&s->spool, &e) || !spool_failed(s->spool.spool))
		return;
	r->failed = true;
	r->why = e;
}

/* Is nothing left to do? Else the first thing that is. */
static bool
all_done(const struct service *s, const struct writer_result *r, struct err *e)
{
	bool once = s->pipeline.mode == PIPELINE_ONCE;

	if (r->failed)
		*e = r->why;
	else if (s->broken.code != ERR_NONE)
		*e = s->broken;
	else if (s->pipeline.unfetched.code != ERR_NONE)
		*e = s->pipeline.unfetched;
	else if (r->paused && once)
		err_set(e, ERR_AGAIN, "%s", r->why.text);
	else if (r->held && once)
		err_set(e, ERR_AGAIN, "%llu mails could not be parsed yet", (unsigned long long)r->held);
	else if (r->waiting && once && !s->config->shadow)
		err_set(e, ERR_AGAIN, "%llu replies wait for another try", (unsigned long long)r->waiting);
	else
		return true;
	return false;
}

bool
service_stop(struct service *s, bool done, struct err *e)
{
	struct writer_result r = {0};
	bool ok;

	if (!pipeline_stop(&s->pipeline, done, &r)) {
		log_stopped(s, &r);
		return err_set(e, ERR_INTERRUPTED, "told to stop; the next run does the rest");
	}
	if (!r.failed && s->pipeline.writer)
		log_stopped(s, &r);
	journal(JOURNAL_INFO, "recorded %llu, left %llu, sent %llu, waiting %llu",
	        (unsigned long long)r.recorded, (unsigned long long)r.left, (unsigned long long)r.sent,
	        (unsigned long long)r.waiting);
	ok = all_done(s, &r, e);
	free_all(s);
	return ok;
}
