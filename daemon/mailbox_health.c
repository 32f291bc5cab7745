/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/mailbox_health.h"

#include "config/clock.h"

void
health_init(struct mailbox_health *h, const struct mailbox_config *c)
{
	*h = (struct mailbox_health){.c = c};
	(void)pthread_mutex_init(&h->lock, NULL);
}

void
health_destroy(struct mailbox_health *h)
{
	(void)pthread_mutex_destroy(&h->lock);
}

void
health_status(struct mailbox_health *h, struct mailbox_status *s_r)
{
	pthread_mutex_lock(&h->lock);
	*s_r = h->status;
	pthread_mutex_unlock(&h->lock);
}

/* Our own thread alone changes what is read here: no lock. */
void
health_note(const struct mailbox_health *h, enum err_code code, const char *text)
{
	if (h->c->note)
		h->c->note(h->c->context, h->c->address, code, h->status.failing_since, text);
}

void
health_answered(struct mailbox_health *h)
{
	pthread_mutex_lock(&h->lock);
	h->status.connected = true;
	h->status.last_contact = clock_now();
	pthread_mutex_unlock(&h->lock);
}

void
health_pushes(struct mailbox_health *h, bool idle)
{
	pthread_mutex_lock(&h->lock);
	h->status.idle = idle;
	pthread_mutex_unlock(&h->lock);
}

void
health_backlog(struct mailbox_health *h, size_t n)
{
	pthread_mutex_lock(&h->lock);
	h->status.backlog = n;
	pthread_mutex_unlock(&h->lock);
}

void
health_handed(struct mailbox_health *h)
{
	pthread_mutex_lock(&h->lock);
	h->status.handed++;
	if (h->status.backlog)
		h->status.backlog--;
	pthread_mutex_unlock(&h->lock);
}

void
health_ended(struct mailbox_health *h)
{
	pthread_mutex_lock(&h->lock);
	h->status.connected = h->status.idle = false;
	pthread_mutex_unlock(&h->lock);
}

void
health_rests(struct mailbox_health *h, time_t until)
{
	pthread_mutex_lock(&h->lock);
	h->status.next_try = until;
	pthread_mutex_unlock(&h->lock);
}

void
health_well(struct mailbox_health *h)
{
	bool again = false, first = false;

	pthread_mutex_lock(&h->lock);
	first = h->status.failures == 0;
	again = h->status.failures > 0 || h->status.last_sweep == 0;
	h->status.failures = 0;
	h->status.failing_since = 0;
	h->status.last = (struct err){0};
	h->status.last_sweep = clock_now();
	pthread_mutex_unlock(&h->lock);
	if (again)
		health_note(h, ERR_NONE, first ? "reached" : "reached again");
}

void
health_left(struct mailbox_health *h, const struct err *e)
{
	pthread_mutex_lock(&h->lock);
	h->status.last = *e;
	pthread_mutex_unlock(&h->lock);
}

unsigned
health_failed(struct mailbox_health *h, const struct err *e, bool tried)
{
	unsigned n = 0;

	pthread_mutex_lock(&h->lock);
	h->status.connected = h->status.idle = false;
	h->status.last = *e;
	if (h->status.failures == 0)
		h->status.failing_since = clock_now();
	n = ++h->status.failures;
	pthread_mutex_unlock(&h->lock);
	health_note(h, tried ? e->code : ERR_AGAIN, e->text);
	return n;
}
