/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/mailbox.h"

#include "config/clock.h"
#include "config/mem.h"
#include "daemon/compare.h"
#include "daemon/gate.h"
#include "daemon/ingest.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	DAY_MS = 24 * 60 * 60 * 1000,
	TEN_MINUTES_MS = 10 * 60 * 1000,
	FRESH_MS = 15 * 60 * 1000,
	/* Servers that claim IDLE and push nothing are looked at all the same, and a connection that a NAT
	 * forgot is noticed: three round trips each time, less than polling costs where there is no IDLE. */
	LOOK_SECONDS = 120,
	RETRY_MS = 5000,
	POLL_SECONDS = 60,
	SINCE_SLACK = 2 * 24 * 60 * 60 /* SEARCH compares days in a zone that nobody names */
};
static const size_t MESSAGE_MAX = (size_t)72 << 20;

/* What is known of one folder between two looks. The thread's own. */
struct folder {
	const char *name;
	uint32_t uidvalidity; /* 0: not looked at yet */
	uint32_t highest;     /* UID seen; new mail has a higher one (RFC 3501 2.3.1.1) */
	int64_t full_at_ms;   /* when the next full sweep is due; 0: at once */
	bool asked;           /* a person wants to hear how it compares with the log */
	/* handed over of late, and before: they may have no line yet */
	struct imap_uids fresh, fresh_before;
	int64_t turned_ms; /* when the one became the other */
	bool absent;       /* it could not be opened: not tried again before full_at_ms */
	struct err last;   /* why something of it was left */
};

struct mailbox {
	const struct mailbox_config *c;
	struct queue *arrivals;
	struct stop *stop;
	int wake_fd; /* mailbox_sweep() was called */
	atomic_bool asked;
	pthread_t thread;
	struct folder *folders;
	size_t folder_count;
	bool complete;        /* the last round left nothing behind */
	struct err left;      /* the first thing that it left, and why */
	pthread_mutex_t lock; /* of status */
	struct mailbox_status status;
};

void
arrival_free(void *arrival)
{
	static const struct err dropped = {ERR_AGAIN,
	                                   "it was not taken in: the daemon is ending, or its disk is "
	                                   "full; try again"};
	struct arrival *a = arrival;

	if (!a)
		return;
	if (a->asker)
		ingest_done(a->asker, NULL, &dropped);
	free(a->mailbox);
	free(a->folder);
	free(a->bytes);
	free(a);
}

/* ---- status and notes ---- */

static void
note(const struct mailbox *m, enum err_code code, const char *text)
{
	if (m->c->note)
		m->c->note(m->c->context, m->c->address, code, m->status.failing_since, text);
}

static void
contact(struct mailbox *m)
{
	pthread_mutex_lock(&m->lock);
	m->status.connected = true;
	m->status.last_contact = clock_now();
	pthread_mutex_unlock(&m->lock);
}

static void
set_backlog(struct mailbox *m, size_t n)
{
	pthread_mutex_lock(&m->lock);
	m->status.backlog = n;
	pthread_mutex_unlock(&m->lock);
}

static void
well(struct mailbox *m)
{
	bool again = false, first = false;

	pthread_mutex_lock(&m->lock);
	first = m->status.failures == 0;
	again = m->status.failures > 0 || m->status.last_sweep == 0;
	m->status.failures = 0;
	m->status.failing_since = 0;
	m->status.last = (struct err){0};
	m->status.last_sweep = clock_now();
	pthread_mutex_unlock(&m->lock);
	if (again)
		note(m, ERR_NONE, first ? "reached" : "reached again");
}

/* tried: it is a server's word, not our own patience. */
static unsigned
failed(struct mailbox *m, const struct err *e, bool tried)
{
	unsigned n = 0;

	pthread_mutex_lock(&m->lock);
	m->status.connected = m->status.idle = false;
	m->status.last = *e;
	if (m->status.failures == 0)
		m->status.failing_since = clock_now();
	n = ++m->status.failures;
	pthread_mutex_unlock(&m->lock);
	note(m, tried ? e->code : ERR_AGAIN, e->text);
	return n;
}

void
mailbox_status(struct mailbox *m, struct mailbox_status *s_r)
{
	pthread_mutex_lock(&m->lock);
	*s_r = m->status;
	pthread_mutex_unlock(&m->lock);
}

/* ---- one folder ---- */

struct handing {
	struct mailbox *m;
	struct folder *f;
};

/* A full queue holds us here, and the server with us. */
static bool
hand_over(void *context, const struct imap_mail *mail, struct err *e)
{
	const struct handing *h = context;
	struct mailbox *m = h->m;
	struct arrival *a = mem_alloc(1, sizeof *a);
	struct queue_item item = {
	        .kind = m->c->kind, .body = a, .weight = mail->bytes.len, .drop = arrival_free};
	enum queue_answer answer = QUEUE_DONE;

	*a = (struct arrival){
	        .mailbox = mem_str(m->c->address),
	        .folder = mem_str(h->f->name),
	        .uidvalidity = h->f->uidvalidity,
	        .uid = mail->head.uid,
	        .internaldate = mail->head.internaldate,
	        .size = mail->too_large ? mail->head.size : mail->bytes.len,
	        .answered = mail->head.answered,
	        .too_large = mail->too_large,
	        .bytes = mem_alloc(mail->bytes.len + 1, 1),
	        .len = mail->bytes.len,
	};
	if (mail->bytes.len)
		memcpy(a->bytes, mail->bytes.at, mail->bytes.len);
	answer = queue_put(m->arrivals, item, -1, m->stop);
	if (answer != QUEUE_DONE) {
		arrival_free(a);
		return err_set(e, ERR_INTERRUPTED, "%s: told to stop", m->c->address);
	}
	imap_uids_add(&h->f->fresh, mail->head.uid);
	pthread_mutex_lock(&m->lock);
	m->status.handed++;
	if (m->status.backlog)
		m->status.backlog--;
	pthread_mutex_unlock(&m->lock);
	return true;
}

static void
leave(struct mailbox *m, const struct err *e)
{
	if (m->complete)
		m->left = *e;
	m->complete = false;
}

/* What was handed over a quarter of an hour ago has its line, or never will. */
static void
turn_fresh(struct folder *f)
{
	if (clock_mono_ms() - f->turned_ms < FRESH_MS)
		return;
	imap_uids_free(&f->fresh_before);
	f->fresh_before = f->fresh;
	f->fresh = (struct imap_uids){0};
	f->turned_ms = clock_mono_ms();
}

static void
add_all(struct imap_uids *to, const struct imap_uids *from)
{
	for (size_t i = 0; i < from->count; i++)
		imap_uids_add(to, from->at[i]);
}

/* known: those of them that are there; heads: the others, old ones left out. */
static void
give_seen(const struct mailbox *m, struct folder *f, const struct imap_uids *known, uint32_t top,
          const struct imap_heads *heads)
{
	struct compare_seen *s = mem_alloc(1, sizeof *s);

	*s = (struct compare_seen){.mailbox = mem_str(m->c->address),
	                           .folder = mem_str(f->name),
	                           .uidvalidity = f->uidvalidity,
	                           .top = top,
	                           .since = m->c->since,
	                           .asked = f->asked};
	f->asked = false;
	add_all(&s->there, known);
	for (size_t i = 0; i < heads->count; i++)
		imap_uids_add(&s->there, heads->at[i].uid);
	add_all(&s->fresh, &f->fresh);
	add_all(&s->fresh, &f->fresh_before);
	imap_uids_sort(&s->there);
	imap_uids_sort(&s->fresh);
	m->c->compare(m->c->context, s);
}

/* Take the known ones out of uids, into there. */
static void
part(struct imap_uids *uids, const struct imap_uids *known, struct imap_uids *there)
{
	size_t n = 0;

	for (size_t i = 0; i < uids->count; i++) {
		if (imap_uids_has(known, uids->at[i]))
			imap_uids_add(there, uids->at[i]);
		else
			uids->at[n++] = uids->at[i];
	}
	uids->count = n;
}

/* What a look at a folder found. */
struct found {
	bool full;
	struct imap_uids uids;  /* worth a look */
	struct imap_uids there; /* full: those that are known */
	uint32_t top;           /* full: the highest that is known at all */
	uint32_t highest;       /* that is there, known or not */
};

static void
found_free(struct found *x)
{
	imap_uids_free(&x->uids);
	imap_uids_free(&x->there);
}

/* The UIDs that are worth a look: in a full sweep all since the begin that the caller does not know,
 * else those above the highest seen. x->highest: the highest that is there, known or not. It is what
 * SEARCH showed, not UIDNEXT: with some servers a mail is seen later than its UID is spent. */
static bool
find(struct mailbox *m, struct imap *imap, const struct folder *f, struct found *x, struct err *e)
{
	const struct mailbox_config *c = m->c;
	struct imap_uids known = {0};
	bool ok = x->full ? imap_search_since(imap, c->since - SINCE_SLACK, &x->uids, e)
	                  : imap_search_from(imap, f->highest + 1, &x->uids, e);

	x->highest = ok && x->uids.count ? x->uids.at[x->uids.count - 1] : f->highest;
	if (ok && x->full && c->known)
		ok = c->known(c->context, c->address, f->name, f->uidvalidity, &known, e);
	if (ok) {
		imap_uids_sort(&known);
		x->top = known.count ? known.at[known.count - 1] : 0;
		part(&x->uids, &known, &x->there);
	}
	imap_uids_free(&known);
	return ok;
}

static void
drop_old(struct imap_heads *h, time_t since)
{
	size_t n = 0;

	for (size_t i = 0; i < h->count; i++)
		if (h->at[i].internaldate >= since)
			h->at[n++] = h->at[i];
	h->count = n;
}

/* Fetch what was found, and hand it over. *missed_r: how many the server did not give. */
static bool
fetch(struct mailbox *m, struct imap *imap, struct folder *f, const struct found *x, size_t *missed_r,
      struct err *e)
{
	struct handing h = {.m = m, .f = f};
	struct imap_heads heads = {0};
	size_t given = 0;
	bool ok = false;

	*missed_r = 0;
	if (x->uids.count && !imap_list(imap, &x->uids, &heads, e))
		goto out;
	drop_old(&heads, m->c->since);
	if (x->full && m->c->compare)
		give_seen(m, f, &x->there, x->top, &heads);
	set_backlog(m, heads.count);
	ok = imap_fetch(imap, &heads, m->c->message_max ? m->c->message_max : MESSAGE_MAX, hand_over, &h,
	                &given, e);
	*missed_r = heads.count - given;
out:
	imap_heads_free(&heads);
	return ok;
}

static void
folder_clear(struct folder *f)
{
	imap_uids_free(&f->fresh);
	imap_uids_free(&f->fresh_before);
}

static void
examined(struct mailbox *m, struct folder *f, const struct imap_folder *now)
{
	char text[200];

	if (f->uidvalidity && f->uidvalidity != now->uidvalidity) {
		(void)snprintf(text, sizeof text,
		               "folder %.80s: UIDVALIDITY changed from %u to %u: looking at all mail again",
		               f->name, f->uidvalidity, now->uidvalidity);
		note(m, ERR_NONE, text);
	}
	if (f->uidvalidity != now->uidvalidity) {
		bool asked = f->asked;

		folder_clear(f);
		*f = (struct folder){.name = f->name, .uidvalidity = now->uidvalidity, .asked = asked};
	}
}

/* Open the folder and hand over what is new in it. *missed_r: how many mails were not given. */
static bool
sweep(struct mailbox *m, struct imap *imap, struct folder *f, size_t *missed_r, struct err *e)
{
	struct imap_folder now = {0};
	struct found x = {0};
	bool ok = false;

	*missed_r = 0;
	if (!imap_examine(imap, f->name, &now, e))
		return false;
	contact(m);
	examined(m, f, &now);
	turn_fresh(f);
	x.full = f->highest == 0 || clock_mono_ms() >= f->full_at_ms;
	if (x.full)
		f->full_at_ms = clock_mono_ms() + DAY_MS;
	ok = find(m, imap, f, &x, e) && fetch(m, imap, f, &x, missed_r, e);
	/* What was refused is asked for again by a full sweep, and must not hold up what is new. */
	if (ok || e->code == ERR_REFUSED)
		f->highest = x.highest;
	found_free(&x);
	set_backlog(m, 0);
	return ok;
}

/* Look at one folder. False: the connection is of no more use. A folder that is not there, and mails
 * that are not given, are left behind, and asked for again in ten minutes. */
static bool
look(struct mailbox *m, struct imap *imap, struct folder *f, struct err *e)
{
	size_t missed = 0;

	if (f->absent && clock_mono_ms() < f->full_at_ms) {
		leave(m, &f->last);
		return true;
	}
	f->absent = false;
	if (sweep(m, imap, f, &missed, e)) {
		if (missed == 0)
			return true;
		err_set(e, ERR_REFUSED, "%s: %zu mails of folder %s were listed and not given", m->c->address,
		        missed, f->name);
	}
	leave(m, e);
	if (e->code != ERR_NOT_FOUND && e->code != ERR_REFUSED) {
		f->full_at_ms = 0; /* with the next connection */
		return false;
	}
	f->last = *e;
	f->absent = e->code == ERR_NOT_FOUND;
	f->full_at_ms = clock_mono_ms() + TEN_MINUTES_MS;
	note(m, e->code, e->text);
	return true;
}

/* Look at all folders; the first one stays open, to be waited on. */
static bool
look_at_all(struct mailbox *m, struct imap *imap, struct err *e)
{
	m->complete = true;
	for (size_t i = m->folder_count; i-- > 0;)
		if (!look(m, imap, &m->folders[i], e))
			return false;
	if (m->complete) {
		well(m);
	} else {
		pthread_mutex_lock(&m->lock);
		m->status.last = m->left;
		pthread_mutex_unlock(&m->lock);
	}
	return true;
}

/* ---- the thread ---- */

static void
take_wake(struct mailbox *m)
{
	eventfd_t n = 0;
	bool asked;

	if (eventfd_read(m->wake_fd, &n) != 0)
		return;
	asked = atomic_exchange(&m->asked, false);
	for (size_t i = 0; i < m->folder_count; i++) {
		m->folders[i].full_at_ms = 0;
		m->folders[i].asked = m->folders[i].asked || asked;
	}
}

/* How long to wait for news before looking anyhow. */
static int64_t
next_look(const struct mailbox *m, bool idle)
{
	int64_t poll_ms = (int64_t)(m->c->poll_seconds > 0 ? m->c->poll_seconds : POLL_SECONDS) * 1000;
	int64_t look_ms = (int64_t)(m->c->look_seconds > 0 ? m->c->look_seconds : LOOK_SECONDS) * 1000;
	int64_t at = clock_mono_ms() + (idle && m->folder_count == 1 ? look_ms : poll_ms);

	for (size_t i = 0; i < m->folder_count; i++)
		if (m->folders[i].full_at_ms < at)
			at = m->folders[i].full_at_ms;
	return at;
}

/* One connection's life. False: e says how it ended. */
static bool
session(struct mailbox *m, struct err *e)
{
	struct imap *imap = NULL;
	bool ok = imap_open(&imap, &m->c->imap, m->stop, e);
	bool idle = false, new = false;

	if (!ok)
		return false;
	contact(m);
	idle = imap_can(imap, "IDLE");
	pthread_mutex_lock(&m->lock);
	m->status.idle = idle;
	pthread_mutex_unlock(&m->lock);
	while (ok) {
		take_wake(m);
		ok = look_at_all(m, imap, e);
		if (m->c->once)
			break;
		ok = ok && imap_wait(imap, m->wake_fd, next_look(m, idle), &new, e);
		if (ok)
			contact(m);
	}
	imap_close(imap);
	return ok;
}

static int64_t
back_off(const struct mailbox *m, enum err_code code, unsigned failures)
{
	const struct mailbox_config *c = m->c;

	return gate_jitter_ms(
	        gate_wait_ms(code, failures, c->retry_ms ? c->retry_ms : RETRY_MS, c->auth_retry_ms));
}

/* Wait, and let it be seen until when. */
static void
rest(struct mailbox *m, int64_t until_ms)
{
	int64_t now = clock_mono_ms();

	pthread_mutex_lock(&m->lock);
	m->status.next_try = clock_now() + (time_t)((until_ms - now + 999) / 1000);
	pthread_mutex_unlock(&m->lock);
	(void)stop_sleep(m->stop, until_ms);
	pthread_mutex_lock(&m->lock);
	m->status.next_try = 0;
	pthread_mutex_unlock(&m->lock);
}

/* The process before was refused a moment ago: its wait is ours. False: --once cannot wait. */
static bool
wait_as_told(struct mailbox *m)
{
	struct err e = {0};

	if (clock_mono_ms() >= m->c->not_before_ms)
		return true;
	err_set(&e, ERR_AUTH,
	        "%s: the IMAP server refused name and password a moment ago; it is not tried again for %d "
	        "minutes, unless the password file changes",
	        m->c->address, (int)((m->c->not_before_ms - clock_mono_ms() + 59999) / 60000));
	(void)failed(m, &e, false);
	leave(m, &e);
	if (!m->c->once)
		rest(m, m->c->not_before_ms);
	return !m->c->once;
}

static void *
run(void *arg)
{
	struct mailbox *m = arg;

	(void)pthread_setname_np(pthread_self(), "mailbox");
	while (wait_as_told(m) && !stop_raised(m->stop)) {
		struct err e = {0};

		if (!session(m, &e) && !stop_raised(m->stop)) {
			unsigned n = failed(m, &e, true);

			leave(m, &e);
			if (!m->c->once)
				rest(m, clock_mono_ms() + back_off(m, e.code, n));
		}
		if (m->c->once)
			break;
	}
	pthread_mutex_lock(&m->lock);
	m->status.connected = m->status.idle = false;
	pthread_mutex_unlock(&m->lock);
	return NULL;
}

void
mailbox_free(struct mailbox *m)
{
	if (!m)
		return;
	if (m->wake_fd >= 0)
		close(m->wake_fd);
	stop_free(m->stop);
	pthread_mutex_destroy(&m->lock);
	for (size_t i = 0; i < m->folder_count; i++)
		folder_clear(&m->folders[i]);
	free(m->folders);
	free(m);
}

static void
name_folders(struct mailbox *m)
{
	static const char *const inbox[] = {"INBOX", NULL};
	const char *const *names = m->c->folders && m->c->folders[0] ? m->c->folders : inbox;

	for (; *names; names++) {
		m->folders = mem_grow(m->folders, m->folder_count + 1, sizeof *m->folders);
		m->folders[m->folder_count++] = (struct folder){.name = *names};
	}
}

bool
mailbox_start(struct mailbox **m_r, const struct mailbox_config *c, struct queue *arrivals, struct err *e)
{
	struct mailbox *m = mem_alloc(1, sizeof *m);
	int r = 0;

	*m_r = NULL;
	m->c = c;
	m->arrivals = arrivals;
	m->wake_fd = -1;
	m->complete = true;
	pthread_mutex_init(&m->lock, NULL);
	name_folders(m);
	if (!stop_new(&m->stop, e))
		goto out;
	m->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (m->wake_fd < 0) {
		err_sys(e, ERR_OS, errno, "%s: no descriptor", c->address);
		goto out;
	}
	r = pthread_create(&m->thread, NULL, run, m);
	if (r != 0) {
		err_sys(e, ERR_OS, r, "%s: no thread", c->address);
		goto out;
	}
	*m_r = m;
	m = NULL;
out:
	mailbox_free(m);
	return *m_r != NULL;
}

void
mailbox_stop(struct mailbox *m)
{
	stop_raise(m->stop);
	queue_wake(m->arrivals);
}

void
mailbox_sweep(struct mailbox *m, bool compare)
{
	if (compare)
		atomic_store(&m->asked, true);
	(void)eventfd_write(m->wake_fd, 1);
}

bool
mailbox_join(struct mailbox *m, struct err *e)
{
	bool ok = true;

	pthread_join(m->thread, NULL);
	if (m->c->once) {
		ok = m->complete && m->status.last_sweep != 0;
		if (!m->complete && e)
			*e = m->left;
		else if (!ok)
			err_set(e, ERR_INTERRUPTED, "%s: told to stop before its mail was fetched",
			        m->c->address);
	}
	return ok;
}
