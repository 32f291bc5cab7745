/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/service.h"

#include "config/clock.h"
#include "config/credential.h"
#include "config/mem.h"
#include "daemon/alarms.h"
#include "daemon/control.h"
#include "daemon/journal.h"
#include "daemon/live.h"
#include "daemon/mailbox.h"
#include "daemon/narrow.h"
#include "daemon/own_mail.h"
#include "daemon/parsed.h"
#include "daemon/relook.h"
#include "daemon/sender.h"
#include "daemon/settings.h"
#include "daemon/worker.h"
#include "daemon/writer_words.h"
#include "spool/query.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
	ARRIVALS_MAX = 128,
	ARRIVALS_BYTES = 64 << 20,
	IN_MAX = 512,
	IN_BYTES = 128 << 20,
	OUTGOING_MAX = 64, /* more than are ever in flight */
	LOOK_MS = 2000,    /* how often it is looked whether mailboxes are to ask again */
	MIB = 1 << 20,
	METRICS_MS = 15000,
	METRICS_LEN = 1 << 20,
};

struct service {
	const struct config *config;
	struct settings *first; /* held to the end: threads may borrow from it */
	struct settings *now;
	struct spool *spool;
	char worker_path[PATH_MAX];
	enum service_mode mode;
	bool once; /* SERVICE_ONCE */

	struct sender_config sender_config;
	struct settings **mailbox_settings; /* what each mailbox's thread goes by */
	struct queue *arrivals, *in, *outgoing;
	struct mailbox **mailboxes;
	size_t mailboxes_running;
	struct parser *parser;
	struct sender *sender;
	struct writer *writer;
	struct control *control;
	pthread_t closer; /* once: ends the line behind the mailboxes */
	bool closing;
	_Atomic int64_t sweep_at; /* monotonic ms; 0: as usual */
	atomic_bool compare_asked;
	int ended_fd;
	atomic_bool ended; /* the same, should the descriptor's word be lost */
	time_t first_start, restored_at, started;
	char told[200]; /* the last STATUS= */
	bool stuck, metrics_failed;
	int64_t metrics_ms;                      /* monotonic: when to write them next */
	char reload_refused[sizeof(struct err)]; /* why the last SIGHUP was; "": it was not */
	pthread_mutex_t lock;                    /* of mailboxes[], for who asks how things stand */
	struct err left;                         /* the first thing that is left to do */
};

/* ---- what threads say ---- */

/* From the writer's thread. What was not taken in is on the servers still: look again in ms, or when that
 * was to be before. */
static void
ask_again(void *context, int ms)
{
	struct service *s = context;
	int64_t at = clock_mono_ms() + ms, was = atomic_load(&s->sweep_at);

	while ((!was || was > at) && !atomic_compare_exchange_weak(&s->sweep_at, &was, at))
		continue;
}

static void
writer_ended(void *context)
{
	struct service *s = context;
	uint64_t one = 1;

	atomic_store(&s->ended, true);
	(void)!write(s->ended_fd, &one, sizeof one); /* wakes who waits, at once */
}

/* What settings need of us before a thread sees them. */
static void
fit_out(struct service *s, struct settings *now)
{
	struct writer_config *w = &now->writer;

	if (!w->rules.replies_since)
		w->rules.replies_since = s->first_start;
	w->rules.restored_at = s->restored_at;
	w->once = s->once;
	w->ask_again = ask_again;
	w->ended = writer_ended;
	w->context = s;
	for (size_t i = 0; i < now->config->mailbox_count; i++) {
		struct mailbox_config *m = &now->mailboxes[i];

		m->once = s->once;
		m->known = writer_known;
		m->note = writer_note;
		m->compare = writer_compare;
		m->context = s->in;
	}
}

/* ---- the spool ---- */

/* The first start's time, for ever: from then on mail is answered where the configuration names no day. And
 * when a backup was last opened. */
static bool
find_first_start(struct service *s, struct err *e)
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

static bool
log_started(struct service *s, struct err *e)
{
	char when[CLOCK_RFC3339_MAX];
	int64_t again = 0;
	json_t *line;

	if (!find_first_start(s, e) ||
	    !relook_if_changed(s->spool, VERSION, s->now->form->version, &again, e))
		return false;
	fit_out(s, s->now);
	if (again)
		journal(JOURNAL_NOTICE,
		        "parser or form file changed: %lld mails that were left are looked at again",
		        (long long)again);
	line = json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "event", "started", "version", VERSION, "parser",
	                 VERSION, "form", s->now->form->version, "replies_since",
	                 clock_rfc3339(s->now->writer.rules.replies_since, when), "shadow",
	                 s->config->shadow);
	if (!line)
		mem_die("writing a line of the log");
	return spool_line(s->spool, line, NULL, e) && spool_commit(s->spool, e);
}

static bool
open_spool(struct service *s, struct err *e)
{
	struct spool_options o = {.dir = s->config->spool.dir,
	                          .program = s->mode == SERVICE_HAND_IN ? "mingpianctl" : "mingpiand",
	                          .mode = SPOOL_WRITE,
	                          .reply_head = own_mail_head,
	                          .told = own_mail_told};
	const struct spool_mended *m;

	if (!spool_open(&s->spool, &o, e))
		return false;
	m = spool_mended(s->spool);
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
	settings_sweep_forms(o.dir);
	return settings_keep_form(s->now, o.dir, e) && log_started(s, e);
}

/* A password that was refused a moment ago, by the process before, is not tried at once; unless it is another
 * one since. Before the writer begins: the spool is still ours. */
static bool
resume_mailboxes(struct service *s, struct err *e)
{
	bool ok = true;

	for (size_t i = 0; ok && i < s->config->mailbox_count; i++) {
		const struct config_mailbox *m = &s->config->mailboxes[i];
		struct gate g = {0};
		time_t refused = 0;

		ok = alarm_resume(s->spool, "imap", m->address, &g, &refused, e);
		if (credential_changed(s->config->dir, m->imap.password_file, NULL) <= refused)
			s->now->mailboxes[i].not_before_ms = g.until_ms;
	}
	return ok;
}

/* ---- threads ---- */

static bool
start_mailboxes(struct service *s, struct err *e)
{
	for (size_t i = 0; i < s->config->mailbox_count; i++) {
		if (!mailbox_start(&s->mailboxes[i], &s->now->mailboxes[i], s->arrivals, e))
			return false;
		s->mailbox_settings[i] = settings_hold(s->now);
		s->mailboxes_running++;
	}
	return true;
}

static bool
load_all(struct service *s, struct err *e)
{
	const struct config *c = s->config;

	if (!worker_find(s->worker_path, e) ||
	    !settings_load(&s->now, c, s->worker_path, s->mode != SERVICE_HAND_IN, e))
		return false;
	s->first = settings_hold(s->now);
	s->mailboxes = mem_alloc(c->mailbox_count, sizeof(struct mailbox *));
	s->mailbox_settings = mem_alloc(c->mailbox_count, sizeof(struct settings *));
	s->sender_config = (struct sender_config){s->now->accounts, c->mailbox_count, WRITER_DELIVERY};
	return true;
}

/* They live until all have ended: who asks how things stand looks at them meanwhile. */
static void
join_mailboxes(struct service *s)
{
	struct err e;

	for (size_t i = 0; i < s->mailboxes_running; i++) {
		e = (struct err){0};
		if (s->mailboxes[i] && !mailbox_join(s->mailboxes[i], &e) && s->left.code == ERR_NONE)
			s->left = e;
	}
	(void)pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < s->mailboxes_running; i++)
		mailbox_free(s->mailboxes[i]);
	s->mailboxes_running = 0;
	(void)pthread_mutex_unlock(&s->lock);
}

/* The mailboxes end by themselves (--once), or there are none; and behind each of them the next in line. */
static void *
close_line(void *context)
{
	struct service *s = context;

	(void)pthread_setname_np(pthread_self(), "closer");
	join_mailboxes(s);
	queue_close(s->arrivals);
	parser_join(s->parser);
	s->parser = NULL;
	writer_finish(s->in);
	return NULL;
}

/* ---- how it fares ---- */

/* A borrowed snapshot, into room for as many mailboxes as there are; under the lock. */
static void
look_at_all(struct service *s, struct live_mailbox *room, struct live *l)
{
	*l = (struct live){.now = clock_now(),
	                   .started = s->started,
	                   .mailboxes = room,
	                   .mailbox_count = s->mailboxes_running,
	                   .arrivals = queue_count(s->arrivals),
	                   .in = queue_count(s->in),
	                   .outgoing = queue_count(s->outgoing),
	                   .free_bytes = spool_free(s->spool),
	                   .reload_refused = s->reload_refused,
	                   .writer_alive = writer_alive(s->writer)};
	writer_live(s->writer, &l->writer);
	l->head_seq = l->writer.head_seq;
	for (size_t i = 0; i < s->mailboxes_running; i++) {
		room[i] = (struct live_mailbox){.address = s->config->mailboxes[i].address};
		if (s->mailboxes[i])
			mailbox_status(s->mailboxes[i], &room[i].status);
	}
}

/* From the control threads: also when the writer hangs. sweep: look through all folders at once, and compare.
 */
static json_t *
live(void *context, bool sweep)
{
	struct service *s = context;
	struct live_mailbox *room = mem_alloc(s->config->mailbox_count, sizeof *room);
	struct live l;
	json_t *o;

	(void)pthread_mutex_lock(&s->lock);
	look_at_all(s, room, &l);
	o = live_json(&l);
	if (sweep) {
		atomic_store(&s->compare_asked, true);
		ask_again(s, 0);
	}
	(void)pthread_mutex_unlock(&s->lock);
	free(room);
	return o;
}

static void
write_metrics(struct service *s, const struct live *l)
{
	struct buf b = BUF_INIT(METRICS_LEN);
	struct err e = {0};

	live_metrics(l, &b);
	if (!live_write(s->config->metrics, buf_bytes(&b), &e) && !s->metrics_failed)
		journal(JOURNAL_WARNING, "%s", e.text);
	s->metrics_failed = e.code != ERR_NONE;
	buf_free(&b);
}

/* Told to who watches over us: that we live (only while the writer does), how we fare, and metrics. */
static void
tell(struct service *s)
{
	struct live_mailbox *room = mem_alloc(s->config->mailbox_count, sizeof *room);
	struct buf line = BUF_INIT(500);
	struct live l;

	(void)pthread_mutex_lock(&s->lock);
	look_at_all(s, room, &l);
	(void)pthread_mutex_unlock(&s->lock);
	if (l.writer_alive)
		journal_notify("WATCHDOG=1");
	else if (!s->stuck)
		journal(JOURNAL_ERROR,
		        "the writer does not answer: is the disk stuck? mail waits on the servers");
	s->stuck = !l.writer_alive;
	live_line(&l, &line);
	if (strcmp(line.at, s->told) != 0)
		journal_notify("STATUS=%s", line.at);
	(void)snprintf(s->told, sizeof s->told, "%s", line.at);
	if (*s->config->metrics && s->mode == SERVICE_WATCH && clock_mono_ms() >= s->metrics_ms) {
		write_metrics(s, &l);
		s->metrics_ms = clock_mono_ms() + METRICS_MS;
	}
	buf_free(&line);
	free(room);
}

static bool
start_threads(struct service *s, struct err *e)
{
	bool sends = s->mode != SERVICE_HAND_IN;

	if (!writer_start(&s->writer, s->now, s->spool, s->in, sends ? s->outgoing : NULL, e) ||
	    (sends && !sender_start(&s->sender, &s->sender_config, s->outgoing, s->in, e)) ||
	    !control_start(&s->control, s->config->spool.dir, s->in, WRITER_ACT, s->arrivals,
	                   (size_t)s->config->limits.message_mb * MIB, live, s, e) ||
	    !parser_start(&s->parser, &s->now->parser, s->arrivals, s->in, e))
		return false;
	return s->mode == SERVICE_HAND_IN || (start_mailboxes(s, e) && (!s->once || service_finish(s, e)));
}

bool
service_finish(struct service *s, struct err *e)
{
	int rc = pthread_create(&s->closer, NULL, close_line, s);

	s->closing = rc == 0;
	return rc == 0 || err_sys(e, ERR_OS, rc, "cannot start a thread");
}

bool
service_hand_in(struct service *s, const json_t *request, int fd, char said[static INGEST_SAID_MAX],
                struct err *e)
{
	return ingest_hand_in(s->arrivals, (size_t)s->config->limits.message_mb * MIB, request, fd, NULL,
	                      said, e);
}

/* ---- the whole ---- */

static void
free_all(struct service *s)
{
	queue_free(s->arrivals);
	queue_free(s->in);
	queue_free(s->outgoing);
	spool_close(s->spool);
	for (size_t i = 0; s->mailbox_settings && i < s->config->mailbox_count; i++)
		settings_drop(s->mailbox_settings[i]);
	free(s->mailbox_settings);
	free(s->mailboxes);
	settings_drop(s->now);
	settings_drop(s->first);
	if (s->ended_fd >= 0)
		(void)close(s->ended_fd);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

/* All is open that is opened once. */
static bool
narrow(const struct service *s, struct err *e)
{
	struct err swap = {0};

	if (!narrow_lock_memory(&swap))
		journal(JOURNAL_NOTICE, "%s", swap.text);
	return !s->config->sandbox_required || narrow_enter(s->config, s->worker_path, e);
}

bool
service_start(struct service **s_r, const struct config *c, enum service_mode mode, struct err *e)
{
	struct service *s = mem_alloc(1, sizeof *s);
	struct err ignored;

	*s = (struct service){.config = c, .mode = mode, .once = mode == SERVICE_ONCE};
	(void)pthread_mutex_init(&s->lock, NULL);
	s->started = clock_now();
	s->ended_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->arrivals = queue_new(ARRIVALS_MAX, ARRIVALS_BYTES);
	s->in = queue_new(IN_MAX, IN_BYTES);
	s->outgoing = queue_new(OUTGOING_MAX, IN_BYTES);
	if (s->ended_fd < 0) {
		err_sys(e, ERR_OS, errno, "no event descriptor");
		free_all(s);
		return false;
	}
	if (!load_all(s, e)) {
		free_all(s);
		return false;
	}
	if (!open_spool(s, e) || !resume_mailboxes(s, e)) {
		free_all(s);
		return false;
	}
	clock_zone_keep();
	/* Who hands mails in has no password in memory and calls nobody, but more files to open. */
	if ((mode != SERVICE_HAND_IN && !narrow(s, e)) || !start_threads(s, e)) {
		service_stop(s, false, &ignored);
		return false;
	}
	*s_r = s;
	return true;
}

static void
sweep_if_due(struct service *s)
{
	bool asked;
	int64_t at = atomic_load(&s->sweep_at);

	if (s->once || !at || clock_mono_ms() < at)
		return;
	atomic_store(&s->sweep_at, 0);
	asked = atomic_exchange(&s->compare_asked, false);
	for (size_t i = 0; i < s->mailboxes_running; i++)
		if (s->mailboxes[i])
			mailbox_sweep(s->mailboxes[i], asked);
}

/* ---- SIGHUP ---- */

static bool
load_again(struct service *s, struct settings **next_r, struct err *e)
{
	struct config *c = NULL;
	bool ok = config_load(&c, s->now->config->named, e) &&
	          settings_load(next_r, c, s->worker_path, true, e);

	if (!ok) {
		config_free(c);
		return false;
	}
	(*next_r)->own = c;
	if (settings_may_follow(s->now, *next_r, e) && settings_keep_form(*next_r, c->spool.dir, e))
		return true;
	settings_drop(*next_r);
	*next_r = NULL;
	return false;
}

/* A password that was refused, and is the same still, rests as long as it was to. */
static void
rest_on(struct service *s, struct settings *next, size_t i)
{
	struct mailbox_status st;

	mailbox_status(s->mailboxes[i], &st);
	if (st.last.code == ERR_AUTH && st.next_try &&
	    strcmp(s->mailbox_settings[i]->mailboxes[i].imap.password, next->mailboxes[i].imap.password) == 0)
		next->mailboxes[i].not_before_ms =
		        clock_mono_ms() + ((int64_t)st.next_try - (int64_t)clock_now()) * 1000;
}

/* Only the mailboxes that are others now lose their connections. */
static bool
renew_mailboxes(struct service *s, struct settings *next, struct err *e)
{
	struct err ignored = {0};

	for (size_t i = 0; i < s->mailboxes_running; i++)
		if (!settings_same_mailbox(s->mailbox_settings[i], next, i)) {
			rest_on(s, next, i);
			mailbox_stop(s->mailboxes[i]);
		}
	for (size_t i = 0; i < s->mailboxes_running; i++) {
		struct mailbox *started = NULL;

		if (settings_same_mailbox(s->mailbox_settings[i], next, i))
			continue;
		(void)pthread_mutex_lock(&s->lock);
		(void)mailbox_join(s->mailboxes[i], &ignored);
		mailbox_free(s->mailboxes[i]);
		s->mailboxes[i] = NULL;
		if (mailbox_start(&started, &next->mailboxes[i], s->arrivals, e))
			s->mailboxes[i] = started;
		(void)pthread_mutex_unlock(&s->lock);
		settings_drop(s->mailbox_settings[i]);
		s->mailbox_settings[i] = settings_hold(next);
		if (!started)
			return false;
	}
	return true;
}

static bool
go_over(struct service *s, struct settings *next, struct err *e)
{
	fit_out(s, next);
	/* The writer first: what is read by the new form is written down by it. */
	writer_renew(s->in, next);
	parser_renew(s->parser, next);
	sender_renew(s->sender, next);
	servers_renew(s->now->servers); /* by the old form; those at work end with it */
	settings_drop(s->now);
	s->now = settings_hold(next);
	return renew_mailboxes(s, next, e);
}

static void
say_changes(const struct settings *next, const json_t *changes)
{
	char list[100] = "";
	size_t i, len = 0;
	const json_t *what;

	json_array_foreach((json_t *)changes, i, what) len += (size_t)snprintf(
	        list + len, sizeof list - len, "%s%s", i ? ", " : "", json_string_value(what));
	if (len)
		journal(JOURNAL_NOTICE, "reloaded: %s", list);
	else
		journal(JOURNAL_NOTICE, "reloaded: nothing has changed");
	if (next->systemd)
		journal(JOURNAL_NOTICE,
		        "systemd hands over its credentials at a start only: for another password "
		        "among them, systemctl restart mingpian");
}

/* False: threads are missing now, and the process must end. What is wrong with the files changes nothing. */
static bool
reload(struct service *s)
{
	struct settings *next = NULL;
	json_t *changes = NULL;
	struct err e = {0};
	bool ok = true;

	if (s->mode != SERVICE_WATCH)
		return true;
	journal_notify("RELOADING=1\nMONOTONIC_USEC=%lld", (long long)clock_mono_ms() * 1000);
	if (!load_again(s, &next, &e)) {
		journal(JOURNAL_ERROR, "not reloaded, all goes on as before: %s", e.text);
		(void)snprintf(s->reload_refused, sizeof s->reload_refused, "%s", e.text);
	} else {
		s->reload_refused[0] = '\0';
		changes = settings_changes(s->now, next);
		ok = !json_array_size(changes) || go_over(s, next, &e);
		say_changes(next, changes);
		if (!ok)
			s->left = e;
	}
	json_decref(changes);
	settings_drop(next);
	journal_notify("READY=1");
	return ok;
}

/* ---- waiting ---- */

/* Is it a signal that stops? */
static bool
stops(struct service *s, int signals)
{
	struct signalfd_siginfo si = {0};

	return read(signals, &si, sizeof si) != sizeof si || si.ssi_signo != SIGHUP || !reload(s);
}

bool
service_wait(struct service *s, int signals)
{
	struct pollfd p[] = {{s->ended_fd, POLLIN, 0}, {signals, POLLIN, 0}};

	const int watchdog = journal_watchdog_ms(),
	          every = watchdog && watchdog < LOOK_MS ? watchdog : LOOK_MS;

	for (;;) {
		tell(s);
		if (poll(p, 2, every) < 0 && errno != EINTR)
			return false;
		if (p[0].revents || atomic_load(&s->ended))
			return true;
		if (p[1].revents && stops(s, signals))
			return false;
		sweep_if_due(s);
	}
}

/* A disk that did not confirm it is no good end: r fails. */
static void
log_stopped(struct service *s, struct writer_result *r)
{
	struct err e = {0};
	json_t *line = json_pack("{s:s}", "event", "stopped");

	if (!line)
		mem_die("writing a line of the log");
	if (spool_line(s->spool, line, NULL, &e) && spool_commit(s->spool, &e))
		return;
	journal(JOURNAL_ERROR, "the end could not be logged: %s", e.text);
	if (spool_failed(s->spool)) {
		r->failed = true;
		r->why = e;
	}
}

/* All are told at once, for each may need its seconds; joined front to back: who makes new work ends first.
 */
static void
stop_threads(struct service *s, struct writer_result *result)
{
	for (size_t i = 0; i < s->mailboxes_running; i++)
		if (s->mailboxes[i])
			mailbox_stop(s->mailboxes[i]);
	if (s->parser)
		parser_stop(s->parser);
	if (s->sender)
		sender_stop(s->sender);
	join_mailboxes(s);
	if (s->parser)
		parser_join(s->parser);
	if (s->sender)
		sender_join(s->sender);
	if (s->writer) {
		writer_stop(s->in);
		writer_join(s->writer, result);
	}
}

/* --once, all done: each thread has ended or is about to. */
static void
join_line(struct service *s, struct writer_result *result)
{
	(void)pthread_join(s->closer, NULL);
	writer_join(s->writer, result);
	if (s->sender)
		sender_join(s->sender); /* the writer closed its queue */
}

bool
service_stop(struct service *s, bool done, struct err *e)
{
	struct writer_result r = {0};
	bool ok = false;

	control_stop(s->control); /* while the writer still answers */
	s->control = NULL;
	if (s->closing && !done) {
		/* The line is being closed by another thread: leave that to the process's end. What is not
		 * committed is on the servers, and what is `sending` counts as unknown. */
		writer_stop(s->in);
		writer_join(s->writer, &r);
		log_stopped(s, &r);
		return err_set(e, ERR_INTERRUPTED, "told to stop; the next run does the rest");
	}
	if (s->closing)
		join_line(s, &r);
	else
		stop_threads(s, &r);
	if (!r.failed && s->spool && s->writer)
		log_stopped(s, &r);
	journal(JOURNAL_INFO, "recorded %llu, left %llu, sent %llu, waiting %llu",
	        (unsigned long long)r.recorded, (unsigned long long)r.left, (unsigned long long)r.sent,
	        (unsigned long long)r.waiting);
	if (r.failed)
		*e = r.why;
	else if (s->left.code != ERR_NONE)
		*e = s->left;
	else if (r.paused && s->once)
		err_set(e, ERR_AGAIN, "%s", r.why.text);
	else if (r.held && s->once)
		err_set(e, ERR_AGAIN, "%llu mails could not be parsed yet", (unsigned long long)r.held);
	else if (r.waiting && s->once && !s->config->shadow)
		err_set(e, ERR_AGAIN, "%llu replies wait for another try", (unsigned long long)r.waiting);
	else
		ok = true;
	free_all(s);
	return ok;
}
