/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/mailbox.h"

#include "config/clock.h"
#include "config/mem.h"
#include "daemon/gate.h"
#include "daemon/mailbox_folder.h"
#include "daemon/mailbox_health.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	/* Servers that claim IDLE and push nothing are looked at all the same, and a connection that a NAT
	 * forgot is noticed: three round trips each time, less than polling costs where there is no IDLE. */
	LOOK_SECONDS = 120,
	RETRY_MS = 5000,
	POLL_SECONDS = 60
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
	bool complete;   /* the last round left nothing behind */
	struct err left; /* the first thing that it left, and why */
	struct mailbox_health health;
};

void
mailbox_status(struct mailbox *m, struct mailbox_status *s_r)
{
	health_status(&m->health, s_r);
}

/* ---- one round ---- */

static void
leave(struct mailbox *m, const struct err *e)
{
	if (m->complete)
		m->left = *e;
	m->complete = false;
}

/* Look at all folders; the first one stays open, to be waited on. */
static bool
look_at_all(struct mailbox *m, struct imap *imap, struct err *e)
{
	const struct folder_owner o = {m->c, m->arrivals, m->stop, &m->health};

	m->complete = true;
	for (size_t i = m->folder_count; i-- > 0;) {
		enum folder_look how = folder_look(&m->folders[i], &o, imap, e);

		if (how != FOLDER_WHOLE)
			leave(m, e);
		if (how == FOLDER_CUT)
			return false;
	}
	if (m->complete)
		health_well(&m->health);
	else
		health_left(&m->health, &m->left);
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
	bool new = false;

	if (!ok)
		return false;
	health_answered(&m->health);
	while (ok) {
		health_pushes(&m->health, imap_pushes(imap));
		take_wake(m);
		ok = look_at_all(m, imap, e);
		if (m->c->once)
			break;
		ok = ok && imap_wait(imap, m->wake_fd, next_look(m, imap_pushes(imap)), &new, e);
		if (ok)
			health_answered(&m->health);
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

	health_rests(&m->health, clock_now() + (time_t)((until_ms - now + 999) / 1000));
	(void)stop_sleep(m->stop, until_ms);
	health_rests(&m->health, 0);
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
	(void)health_failed(&m->health, &e, false);
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
			unsigned n = health_failed(&m->health, &e, true);

			leave(m, &e);
			if (!m->c->once)
				rest(m, clock_mono_ms() + back_off(m, e.code, n));
		}
		if (m->c->once)
			break;
	}
	health_ended(&m->health);
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
	health_destroy(&m->health);
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
	health_init(&m->health, c);
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
	struct mailbox_status s;
	bool ok = true;

	pthread_join(m->thread, NULL);
	health_status(&m->health, &s);
	if (m->c->once) {
		ok = m->complete && s.last_sweep != 0;
		if (!m->complete && e)
			*e = m->left;
		else if (!ok)
			err_set(e, ERR_INTERRUPTED, "%s: told to stop before its mail was fetched",
			        m->c->address);
	}
	return ok;
}
