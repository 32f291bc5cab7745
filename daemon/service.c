/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/service.h"

#include "config/clock.h"
#include "config/credential.h"
#include "config/mem.h"
#include "daemon/alarms.h"
#include "daemon/control.h"
#include "daemon/journal.h"
#include "daemon/mailbox.h"
#include "daemon/narrow.h"
#include "daemon/own_mail.h"
#include "daemon/parsed.h"
#include "daemon/relook.h"
#include "daemon/sender.h"
#include "daemon/servers.h"
#include "daemon/worker.h"
#include "spool/query.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	ARRIVALS_MAX = 128,
	ARRIVALS_BYTES = 64 << 20,
	IN_MAX = 512,
	IN_BYTES = 128 << 20,
	OUTGOING_MAX = 64, /* more than are ever in flight */
	NOTE_MS = 1000,    /* how long a note may wait for room */
	LOOK_MS = 2000,    /* how often it is looked whether mailboxes are to ask again */
	MIB = 1 << 20,
};

struct service {
	const struct config *config;
	struct form *form;
	struct reply_kit *kit;
	struct spool *spool;
	char worker_path[PATH_MAX];
	enum service_mode mode;
	bool once; /* SERVICE_ONCE */

	char **secrets; /* two a mailbox */
	struct smtp_account *accounts;
	struct mailbox_config *mailbox_configs;
	struct writer_mailbox *writer_mailboxes;
	struct parser_config parser_config;
	struct worker servers_worker; /* as the parser's servers are started */
	struct servers *servers;
	struct sender_config sender_config;
	struct writer_config writer_config;

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
	int ended_fd;
	struct err left; /* the first thing that is left to do */
};

/* ---- what is read before anything runs ---- */

static bool
load_secret(const struct service *s, const struct config_server *server, char **secret_r, struct err *e)
{
	if (!*server->user)
		return true;
	return credential_load(secret_r, s->config->dir, server->password_file, e);
}

static const char *
or_null(const char *text)
{
	return *text ? text : NULL;
}

static bool
load_mailbox(struct service *s, size_t i, struct err *e)
{
	const struct config_mailbox *m = &s->config->mailboxes[i];
	char **secret = &s->secrets[2 * i];

	if (!load_secret(s, &m->imap, &secret[0], e) || !load_secret(s, &m->smtp, &secret[1], e))
		return err_wrap(e, "%s", m->address);
	s->mailbox_configs[i] = (struct mailbox_config){
	        .address = m->address,
	        .imap = {.url = m->imap.url,
	                 .user = m->imap.user,
	                 .password = secret[0],
	                 .ca_file = or_null(m->imap.ca_file),
	                 .oauth2 = m->imap.oauth2,
	                 .tls_none = m->imap.tls_none},
	        .folders = m->folders,
	        .poll_seconds = m->poll_seconds,
	        .since = s->config->campaigns[0].since,
	        .message_max = (size_t)s->config->limits.message_mb * MIB,
	        .once = s->once,
	        .known = writer_known,
	        .context = s->in,
	};
	s->accounts[i] = (struct smtp_account){.address = m->address,
	                                       .url = m->smtp.url,
	                                       .user = or_null(m->smtp.user),
	                                       .password = secret[1],
	                                       .ca_file = or_null(m->smtp.ca_file),
	                                       .oauth2 = m->smtp.oauth2,
	                                       .tls_none = m->smtp.tls_none};
	return true;
}

static bool
load_all(struct service *s, struct err *e)
{
	const struct config *c = s->config;

	s->secrets = mem_alloc(2 * c->mailbox_count, sizeof *s->secrets);
	s->accounts = mem_alloc(c->mailbox_count, sizeof *s->accounts);
	s->mailbox_configs = mem_alloc(c->mailbox_count, sizeof *s->mailbox_configs);
	s->writer_mailboxes = mem_alloc(c->mailbox_count, sizeof *s->writer_mailboxes);
	s->mailboxes = mem_alloc(c->mailbox_count, sizeof(struct mailbox *));
	if (!worker_find(s->worker_path, e) || !form_load(&s->form, c->campaigns[0].form, e) ||
	    !reply_kit_load(&s->kit, c->templates, s->form, e))
		return false;
	for (size_t i = 0; i < c->mailbox_count; i++) {
		const struct config_mailbox *m = &c->mailboxes[i];

		s->writer_mailboxes[i] = (struct writer_mailbox){
		        m->address, m->contact,
		        *m->smtp.user ? credential_changed(c->dir, m->smtp.password_file, NULL) : 0};
		if (s->mode != SERVICE_HAND_IN && !load_mailbox(s, i, e))
			return false;
	}
	return true;
}

/* ---- the spool ---- */

/* From when on mail is answered: the configuration's word, or the first start's time, for ever. */
static bool
replies_since(const struct service *s, time_t *since_r, struct err *e)
{
	struct arena *a = arena_new();
	const char *was = NULL;
	bool ok = query_fact(spool_index(s->spool), a, "replies_since", &was, e);

	*since_r = s->config->replies.since;
	if (ok && !*since_r && !(was && clock_parse(was, since_r)))
		*since_r = clock_now();
	arena_free(a);
	return ok;
}

static bool
log_started(struct service *s, struct err *e)
{
	char when[CLOCK_RFC3339_MAX];
	int64_t again = 0;
	json_t *line;

	if (!replies_since(s, &s->writer_config.rules.replies_since, e) ||
	    !relook_if_changed(s->spool, VERSION, s->form->version, &again, e))
		return false;
	if (again)
		journal(JOURNAL_NOTICE,
		        "parser or form file changed: %lld mails that were left are looked at again",
		        (long long)again);
	line = json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "event", "started", "version", VERSION, "parser",
	                 VERSION, "form", s->form->version, "replies_since",
	                 clock_rfc3339(s->writer_config.rules.replies_since, when), "shadow",
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
	                          .reply_head = own_mail_head};
	const struct spool_mended *m;

	if (!spool_open(&s->spool, &o, e))
		return false;
	m = spool_mended(s->spool);
	if (m->cut || m->swept)
		journal(JOURNAL_NOTICE,
		        "the spool was mended after a crash: %d torn log ends kept beside, %d unnamed files "
		        "removed",
		        m->cut, m->swept);
	if (m->missing)
		journal(JOURNAL_ERROR,
		        "%d files that the log names are not there, the first is %s: run mingpianctl verify",
		        m->missing, m->missing_first);
	return log_started(s, e);
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
			s->mailbox_configs[i].not_before_ms = g.until_ms;
	}
	return ok;
}

/* ---- threads ---- */

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
	ssize_t n = write(s->ended_fd, &one, sizeof one);

	(void)n; /* the counter cannot overflow */
}

/* From a mailbox's thread; context is the writer's queue. */
static void
note(void *context, const char *address, enum err_code error, time_t failing_since, const char *text)
{
	struct queue_item item = {WRITER_NOTE, alarm_note_new(address, error, failing_since), 0,
	                          alarm_note_free};

	journal_of(
	        error == ERR_NONE ? JOURNAL_INFO : JOURNAL_WARNING,
	        &(struct journal_of){.mailbox = address, .error = error == ERR_NONE ? NULL : err_name(error)},
	        "%s: %s", address, text);
	/* A writer that has no time now hears of the next try. */
	if (queue_put(context, item, clock_mono_ms() + NOTE_MS, NULL) != QUEUE_DONE)
		alarm_note_free(item.body);
}

static int
cores(const struct service *s)
{
	long n = s->config->limits.workers ? s->config->limits.workers : sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > 16 ? 16 : (int)n;
}

static void
set_configs(struct service *s)
{
	const struct config *c = s->config;

	s->parser_config = (struct parser_config){.worker = {.program = s->worker_path,
	                                                     .form = c->campaigns[0].form,
	                                                     .seconds = c->limits.parse_seconds,
	                                                     .memory_mb = c->limits.parse_memory_mb,
	                                                     .sandbox = c->sandbox_required},
	                                          .form = s->form,
	                                          .threads = cores(s),
	                                          .kind = WRITER_PARSED};
	s->servers_worker = s->parser_config.worker;
	s->parser_config.worker.servers = s->servers = servers_new(&s->servers_worker);
	s->sender_config = (struct sender_config){s->accounts, c->mailbox_count, WRITER_DELIVERY};
	s->writer_config.form = s->form;
	s->writer_config.kit = s->kit;
	s->writer_config.rules.form = s->form;
	s->writer_config.rules.receipt_prefix = c->campaigns[0].receipt_prefix;
	s->writer_config.rules.closes = c->campaigns[0].closes_end;
	s->writer_config.rules.worker = &s->parser_config.worker;
	s->writer_config.rules.shadow = c->shadow;
	s->writer_config.own_name = c->own.name;
	s->writer_config.own_domain = c->own.domains[0];
	s->writer_config.mailboxes = s->writer_mailboxes;
	s->writer_config.mailbox_count = c->mailbox_count;
	s->writer_config.per_thread_per_day = c->replies.per_thread_per_day;
	s->writer_config.per_hour = c->replies.per_hour;
	s->writer_config.per_address_per_hour = c->replies.per_address_per_hour;
	s->writer_config.retry_days = c->replies.retry_days;
	s->writer_config.ask_again = ask_again;
	s->writer_config.ended = writer_ended;
	s->writer_config.context = s;
}

static bool
start_mailboxes(struct service *s, struct err *e)
{
	for (size_t i = 0; i < s->config->mailbox_count; i++) {
		s->mailbox_configs[i].note = note;
		if (!mailbox_start(&s->mailboxes[i], &s->mailbox_configs[i], s->arrivals, e))
			return false;
		s->mailboxes_running++;
	}
	return true;
}

static void
put_word(struct service *s, enum writer_item kind)
{
	(void)queue_put(s->in, (struct queue_item){kind, NULL, 0, NULL}, -1, NULL);
}

static void
join_mailboxes(struct service *s)
{
	struct err e;

	for (size_t i = 0; i < s->mailboxes_running; i++) {
		e = (struct err){0};
		if (!mailbox_join(s->mailboxes[i], &e) && s->left.code == ERR_NONE)
			s->left = e;
	}
	s->mailboxes_running = 0;
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
	put_word(s, WRITER_FINISH);
	return NULL;
}

static bool
start_threads(struct service *s, struct err *e)
{
	bool sends = s->mode != SERVICE_HAND_IN;

	if (!writer_start(&s->writer, &s->writer_config, s->spool, s->in, sends ? s->outgoing : NULL, e) ||
	    (sends && !sender_start(&s->sender, &s->sender_config, s->outgoing, s->in, e)) ||
	    !control_start(&s->control, s->config->spool.dir, s->in, WRITER_ACT, s->arrivals,
	                   (size_t)s->config->limits.message_mb * MIB, e) ||
	    !parser_start(&s->parser, &s->parser_config, s->arrivals, s->in, e))
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
	servers_free(s->servers);
	spool_close(s->spool);
	reply_kit_free(s->kit);
	form_free(s->form);
	for (size_t i = 0; s->secrets && i < 2 * s->config->mailbox_count; i++)
		credential_free(s->secrets[i]);
	free(s->secrets);
	free(s->accounts);
	free(s->mailbox_configs);
	free(s->writer_mailboxes);
	free(s->mailboxes);
	if (s->ended_fd >= 0)
		(void)close(s->ended_fd);
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
	set_configs(s);
	if (!open_spool(s, e) || !resume_mailboxes(s, e)) {
		free_all(s);
		return false;
	}
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
	int64_t at = atomic_load(&s->sweep_at);

	if (s->once || !at || clock_mono_ms() < at)
		return;
	atomic_store(&s->sweep_at, 0);
	for (size_t i = 0; i < s->mailboxes_running; i++)
		mailbox_sweep(s->mailboxes[i]);
}

bool
service_wait(struct service *s, int stop_fd)
{
	struct pollfd p[] = {{s->ended_fd, POLLIN, 0}, {stop_fd, POLLIN, 0}};

	while (!p[0].revents && !p[1].revents) {
		if (poll(p, 2, LOOK_MS) < 0 && errno != EINTR)
			break;
		sweep_if_due(s);
	}
	return p[0].revents != 0;
}

static void
log_stopped(struct service *s)
{
	struct err e = {0};
	json_t *line = json_pack("{s:s}", "event", "stopped");

	if (!line)
		mem_die("writing a line of the log");
	if (!spool_line(s->spool, line, NULL, &e) || !spool_commit(s->spool, &e))
		journal(JOURNAL_ERROR, "the end could not be logged: %s", e.text);
}

/* All are told at once, for each may need its seconds; joined front to back: who makes new work ends first.
 */
static void
stop_threads(struct service *s, struct writer_result *result)
{
	for (size_t i = 0; i < s->mailboxes_running; i++)
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
		put_word(s, WRITER_STOP);
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
		put_word(s, WRITER_STOP);
		writer_join(s->writer, &r);
		log_stopped(s);
		return err_set(e, ERR_INTERRUPTED, "told to stop; the next run does the rest");
	}
	if (s->closing)
		join_line(s, &r);
	else
		stop_threads(s, &r);
	if (!r.failed && s->spool && s->writer)
		log_stopped(s);
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
	else if (r.waiting && s->once)
		err_set(e, ERR_AGAIN, "%llu replies wait for another try", (unsigned long long)r.waiting);
	else
		ok = true;
	free_all(s);
	return ok;
}
