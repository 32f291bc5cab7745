/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/live.h"

#include "config/clock.h"
#include "config/json_value.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { METRICS_MODE = 0644 };

static const char *
state_of(const struct mailbox_status *s)
{
	if (s->failing_since)
		return s->next_try ? "resting" : "failing";
	return s->connected ? "connected" : "connecting";
}

static json_t *
mailbox_json(const struct live_mailbox *m)
{
	const struct mailbox_status *s = &m->status;
	json_t *o = json_made(json_pack("{s:s, s:s, s:b, s:I, s:I, s:i}", "address", m->address, "state",
	                                state_of(s), "idle", s->idle, "backlog", (json_int_t)s->backlog,
	                                "handed", (json_int_t)s->handed, "failures", (int)s->failures));

	json_object_set_new(o, "last_contact", json_time_or_null(s->last_contact));
	json_object_set_new(o, "last_sweep", json_time_or_null(s->last_sweep));
	json_object_set_new(o, "failing_since", json_time_or_null(s->failing_since));
	json_object_set_new(o, "next_try", json_time_or_null(s->next_try));
	json_object_set_new(o, "error", s->last.code == ERR_NONE ? json_null() : json_sentence(s->last.text));
	return o;
}

static json_t *
gate_json(const struct writer_gate *g)
{
	json_t *o = json_made(json_pack("{s:s, s:s, s:i}", "address", g->mailbox, "state",
	                                g->next_try ? "resting" : "open", "failures", (int)g->failures));

	json_object_set_new(o, "failing_since", json_time_or_null(g->since));
	json_object_set_new(o, "next_try", json_time_or_null(g->next_try));
	json_object_set_new(o, "error", g->failures ? json_made(json_string(err_name(g->why))) : json_null());
	return o;
}

json_t *
live_json(const struct live *l)
{
	json_t *mailboxes = json_made(json_array()), *gates = json_made(json_array()), *o;

	for (size_t i = 0; i < l->mailbox_count; i++)
		json_array_append_new(mailboxes, mailbox_json(&l->mailboxes[i]));
	for (size_t i = 0; i < l->writer.gate_count; i++)
		json_array_append_new(gates, gate_json(&l->writer.gates[i]));
	o = json_made(json_pack("{s:i, s:o, s:o, s:b, s:b, s:o, s:I, s:I, s:I, s:o}", "pid", (int)getpid(),
	                        "mailboxes", mailboxes, "senders", gates, "writer_alive", l->writer_alive,
	                        "paused", l->writer.paused, "paused_why", json_sentence(l->writer.why),
	                        "queue_arrivals", (json_int_t)l->arrivals, "queue_writer", (json_int_t)l->in,
	                        "queue_sender", (json_int_t)l->outgoing, "reload_refused",
	                        json_sentence(l->reload_refused)));
	json_object_set_new(o, "started_at", json_time_or_null(l->started));
	json_object_set_new(o, "oldest_unsent_at", json_time_or_null(l->writer.oldest_unsent));
	return o;
}

static size_t
reached(const struct live *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->mailbox_count; i++)
		n += !l->mailboxes[i].status.failing_since && l->mailboxes[i].status.last_contact;
	return n;
}

void
live_line(const struct live *l, struct buf *b)
{
	if (!l->writer_alive)
		buf_str(b, "the writer does not answer; ");
	if (l->writer.paused)
		buf_str(b, "no mail is taken in: the disk; ");
	buf_fmt(b, "%zu of %zu mailboxes reached", reached(l), l->mailbox_count);
	if (l->writer.unsent)
		buf_fmt(b, ", %lld replies wait", (long long)l->writer.unsent);
}

/* ---- metrics ---- */

static void
metric(struct buf *b, const char *name, const char *type, const char *help, double value)
{
	buf_fmt(b, "# HELP mingpian_%s %s\n# TYPE mingpian_%s %s\nmingpian_%s %.15g\n", name, help, name,
	        type, name, value);
}

/* One line for each mailbox. The addresses are ours and were checked: no quote, no backslash. */
static void
metric_each(struct buf *b, const struct live *l, const char *name, const char *help,
            double (*value)(const struct mailbox_status *s))
{
	buf_fmt(b, "# HELP mingpian_mailbox_%s %s\n# TYPE mingpian_mailbox_%s gauge\n", name, help, name);
	for (size_t i = 0; i < l->mailbox_count; i++)
		buf_fmt(b, "mingpian_mailbox_%s{mailbox=\"%s\"} %.15g\n", name, l->mailboxes[i].address,
		        value(&l->mailboxes[i].status));
}

static double
is_reached(const struct mailbox_status *s)
{
	return !s->failing_since && s->last_contact;
}

static double
last_contact(const struct mailbox_status *s)
{
	return (double)s->last_contact;
}

static double
last_sweep(const struct mailbox_status *s)
{
	return (double)s->last_sweep;
}

static double
backlog(const struct mailbox_status *s)
{
	return (double)s->backlog;
}

static double
failures(const struct mailbox_status *s)
{
	return s->failures;
}

void
live_metrics(const struct live *l, struct buf *b)
{
	const struct writer_live *w = &l->writer;

	metric_each(b, l, "reached", "1: the IMAP server answers and takes the login.", is_reached);
	metric_each(b, l, "last_contact_seconds", "When the IMAP server last answered, since 1970.",
	            last_contact);
	metric_each(b, l, "last_sweep_seconds", "When all folders were last looked at, since 1970.",
	            last_sweep);
	metric_each(b, l, "backlog", "Mails seen on the server and not taken in yet.", backlog);
	metric_each(b, l, "failures", "Tries without success in a row.", failures);
	buf_str(b, "# HELP mingpian_sender_resting 1: nothing is sent by this account for now.\n"
	           "# TYPE mingpian_sender_resting gauge\n");
	for (size_t i = 0; i < w->gate_count; i++)
		buf_fmt(b, "mingpian_sender_resting{mailbox=\"%s\"} %d\n", w->gates[i].mailbox,
		        w->gates[i].next_try != 0);
	metric(b, "recorded_total", "counter", "Mails recorded since the start.", (double)w->recorded);
	metric(b, "left_total", "counter", "Mails left to their owner since the start.", (double)w->left);
	metric(b, "held_total", "counter", "Times that a mail could not be parsed.", (double)w->held);
	metric(b, "sent_total", "counter", "Replies that a server took.", (double)w->sent);
	metric(b, "replies_unsent", "gauge", "Replies still to go out.", (double)w->unsent);
	metric(b, "oldest_unsent_seconds", "gauge",
	       "When the oldest of them was queued, since 1970; 0: none.", (double)w->oldest_unsent);
	metric(b, "alarms", "gauge", "Alarms that are up.", (double)w->alarms);
	metric(b, "missing_mails", "gauge", "Mails on the servers that had no line at the last comparison.",
	       (double)w->missing);
	metric(b, "intake_paused", "gauge", "1: the disk takes nothing.", w->paused);
	metric(b, "writer_alive", "gauge", "0: the writer does not answer.", l->writer_alive);
	metric(b, "log_lines", "counter", "The head of the log.", (double)l->head_seq);
	metric(b, "spool_free_bytes", "gauge", "Free below the spool.", (double)l->free_bytes);
	metric(b, "start_time_seconds", "gauge", "When the daemon started, since 1970.", (double)l->started);
	metric(b, "written_seconds", "gauge", "When this file was written, since 1970.", (double)l->now);
}

bool
live_write(const char *file, struct bytes b, struct err *e)
{
	char aside[4200];
	int fd;
	bool ok;

	(void)snprintf(aside, sizeof aside, "%s.new", file);
	fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, METRICS_MODE);
	if (fd < 0)
		return err_sys(e, ERR_DISK, errno, "%s: the metrics cannot be written", aside);
	/* node_exporter is another user's */
	ok = write(fd, b.at, b.len) == (ssize_t)b.len && fchmod(fd, METRICS_MODE) == 0;
	ok = close(fd) == 0 && ok && rename(aside, file) == 0;
	return ok || err_sys(e, ERR_DISK, errno, "%s: the metrics cannot be written", file);
}
