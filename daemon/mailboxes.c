/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/mailboxes.h"

#include "config/clock.h"
#include "config/credential.h"
#include "config/mem.h"
#include "daemon/alarms.h"
#include "daemon/live.h"
#include "daemon/mailbox.h"
#include "daemon/settings.h"

#include <stdlib.h>
#include <string.h>

void
mailboxes_open(struct mailboxes *m, const struct config *c, struct queue *arrivals)
{
	*m = (struct mailboxes){.config = c, .arrivals = arrivals};
	m->list = mem_alloc(c->mailbox_count, sizeof(struct mailbox *));
	m->settings = mem_alloc(c->mailbox_count, sizeof(struct settings *));
	(void)pthread_mutex_init(&m->lock, NULL);
}

void
mailboxes_close(struct mailboxes *m)
{
	for (size_t i = 0; i < m->config->mailbox_count; i++)
		settings_drop(m->settings[i]);
	free(m->settings);
	free(m->list);
	(void)pthread_mutex_destroy(&m->lock);
}

bool
mailboxes_resume(const struct config *c, struct settings *now, struct spool *s, struct err *e)
{
	bool ok = true;

	for (size_t i = 0; ok && i < c->mailbox_count; i++) {
		const struct config_mailbox *m = &c->mailboxes[i];
		struct gate g = {0};
		time_t refused = 0;

		ok = alarm_resume(s, "imap", m->address, &g, &refused, e);
		if (credential_changed(c->dir, m->imap.password_file, NULL) <= refused)
			now->mailboxes[i].not_before_ms = g.until_ms;
	}
	return ok;
}

bool
mailboxes_start(struct mailboxes *m, struct settings *now, struct err *e)
{
	for (size_t i = 0; i < m->config->mailbox_count; i++) {
		struct mailbox *started = NULL;

		if (!mailbox_start(&started, &now->mailboxes[i], m->arrivals, e))
			return false;
		(void)pthread_mutex_lock(&m->lock); /* who asks how they fare may do so already */
		m->list[i] = started;
		m->settings[i] = settings_hold(now);
		m->running++;
		(void)pthread_mutex_unlock(&m->lock);
	}
	return true;
}

/* ---- sweeps that were asked for ---- */

void
mailboxes_ask(struct mailboxes *m, int ms, bool compare)
{
	int64_t at = clock_mono_ms() + ms, was = atomic_load(&m->sweep_at);

	if (compare)
		atomic_store(&m->compare, true);
	while ((!was || was > at) && !atomic_compare_exchange_weak(&m->sweep_at, &was, at))
		continue;
}

void
mailboxes_sweep_due(struct mailboxes *m)
{
	bool compare;
	int64_t at = atomic_load(&m->sweep_at);

	if (!at || clock_mono_ms() < at)
		return;
	atomic_store(&m->sweep_at, 0);
	compare = atomic_exchange(&m->compare, false);
	for (size_t i = 0; i < m->running; i++)
		if (m->list[i])
			mailbox_sweep(m->list[i], compare);
}

/* ---- other settings ---- */

/* A password that was refused, and is the same still. */
static void
rest_on(struct mailboxes *m, struct settings *next, size_t i)
{
	struct mailbox_status st;

	mailbox_status(m->list[i], &st);
	if (st.last.code == ERR_AUTH && st.next_try &&
	    strcmp(m->settings[i]->mailboxes[i].imap.password, next->mailboxes[i].imap.password) == 0)
		next->mailboxes[i].not_before_ms =
		        clock_mono_ms() + ((int64_t)st.next_try - (int64_t)clock_now()) * 1000;
}

/* It was told to stop. */
static bool
start_anew(struct mailboxes *m, struct settings *next, size_t i, struct err *e)
{
	struct err ignored = {0};
	struct mailbox *started = NULL;

	(void)pthread_mutex_lock(&m->lock);
	(void)mailbox_join(m->list[i], &ignored);
	mailbox_free(m->list[i]);
	m->list[i] = NULL;
	if (mailbox_start(&started, &next->mailboxes[i], m->arrivals, e))
		m->list[i] = started;
	(void)pthread_mutex_unlock(&m->lock);
	settings_drop(m->settings[i]);
	m->settings[i] = settings_hold(next);
	return started;
}

bool
mailboxes_renew(struct mailboxes *m, struct settings *next, struct err *e)
{
	for (size_t i = 0; i < m->running; i++)
		if (!settings_same_mailbox(m->settings[i], next, i)) {
			rest_on(m, next, i);
			mailbox_stop(m->list[i]);
		}
	for (size_t i = 0; i < m->running; i++)
		if (!settings_same_mailbox(m->settings[i], next, i) && !start_anew(m, next, i, e))
			return false;
	return true;
}

/* ---- how they fare, and their end ---- */

size_t
mailboxes_look(struct mailboxes *m, struct live_mailbox *room)
{
	size_t n;

	(void)pthread_mutex_lock(&m->lock);
	n = m->running;
	for (size_t i = 0; i < n; i++) {
		room[i] = (struct live_mailbox){.address = m->config->mailboxes[i].address};
		if (m->list[i])
			mailbox_status(m->list[i], &room[i].status);
	}
	(void)pthread_mutex_unlock(&m->lock);
	return n;
}

void
mailboxes_stop(struct mailboxes *m)
{
	for (size_t i = 0; i < m->running; i++)
		if (m->list[i])
			mailbox_stop(m->list[i]);
}

/* They live until all have ended: who asks how things stand looks at them meanwhile. */
bool
mailboxes_join(struct mailboxes *m, struct err *e)
{
	bool ok = true;

	for (size_t i = 0; i < m->running; i++) {
		struct err one = {0};

		if (!m->list[i] || mailbox_join(m->list[i], &one) || !ok)
			continue;
		*e = one;
		ok = false;
	}
	(void)pthread_mutex_lock(&m->lock);
	for (size_t i = 0; i < m->running; i++)
		mailbox_free(m->list[i]);
	m->running = 0;
	(void)pthread_mutex_unlock(&m->lock);
	return ok;
}
