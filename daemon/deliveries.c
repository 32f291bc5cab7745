/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/deliveries.h"

#include "daemon/journal.h"

void
deliveries_add(struct deliveries *l, struct delivery *d)
{
	if (d->result.verdict == SMTP_SENT)
		l->sent++;
	else
		journal_of(JOURNAL_WARNING,
		           &(struct journal_of){.mailbox = d->from,
		                                .reply = d->reply,
		                                .error = smtp_verdict_name(d->result.verdict)},
		           "reply %s, attempt %d: %s (%d)", d->reply, d->attempt,
		           smtp_verdict_name(d->result.verdict), d->result.code);
	l->said[l->count++] = d;
	outbox_landed(l->outbox, d);
}

bool
deliveries_stage(struct deliveries *l, struct err *e)
{
	for (; l->staged < l->count; l->staged++)
		if (!outbox_delivered(l->outbox, l->said[l->staged], e) ||
		    !gates_alarm(l->outbox->gates, l->said[l->staged], l->outbox->spool, e))
			return false;
	return true;
}

void
deliveries_unstage(struct deliveries *l)
{
	l->staged = 0;
}

void
deliveries_forget(struct deliveries *l)
{
	for (size_t i = 0; i < l->count; i++)
		delivery_free(l->said[i]);
	l->count = l->staged = 0;
}
