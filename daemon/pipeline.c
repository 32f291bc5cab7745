/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/pipeline.h"

#include "config/clock.h"
#include "daemon/mailbox.h"
#include "daemon/servers.h"
#include "daemon/settings.h"
#include "daemon/writer_words.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	ARRIVALS_MAX = 128,
	ARRIVALS_BYTES = 64 << 20,
	IN_MAX = 512,
	IN_BYTES = 128 << 20,
	OUTGOING_MAX = 64, /* more than are ever in flight */
	MIB = 1 << 20,
};

bool
pipeline_open(struct pipeline *p, const struct config *c, enum pipeline_mode mode, struct err *e)
{
	*p = (struct pipeline){.mode = mode};
	p->ended_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (p->ended_fd < 0)
		return err_sys(e, ERR_OS, errno, "no event descriptor");
	p->arrivals = queue_new(ARRIVALS_MAX, ARRIVALS_BYTES);
	p->in = queue_new(IN_MAX, IN_BYTES);
	p->outgoing = queue_new(OUTGOING_MAX, IN_BYTES);
	mailboxes_open(&p->mailboxes, c, p->arrivals);
	return true;
}

void
pipeline_close(struct pipeline *p)
{
	queue_free(p->arrivals);
	queue_free(p->in);
	queue_free(p->outgoing);
	mailboxes_close(&p->mailboxes);
	(void)close(p->ended_fd);
}

/* ---- what the writer says ---- */

/* What was not taken in is on the servers still: look again in ms. */
static void
ask_again(void *context, int ms)
{
	struct pipeline *p = context;

	mailboxes_ask(&p->mailboxes, ms, false);
}

static void
writer_ended(void *context)
{
	struct pipeline *p = context;
	uint64_t one = 1;

	atomic_store(&p->ended, true);
	(void)!write(p->ended_fd, &one, sizeof one); /* wakes who waits, at once */
}

void
pipeline_tell(struct pipeline *p, struct settings *next)
{
	struct writer_config *w = &next->writer;

	w->once = p->mode == PIPELINE_ONCE;
	w->ask_again = ask_again;
	w->ended = writer_ended;
	w->context = p;
	for (size_t i = 0; i < next->config->mailbox_count; i++) {
		struct mailbox_config *m = &next->mailboxes[i];

		m->once = p->mode == PIPELINE_ONCE;
		m->known = writer_known;
		m->note = writer_note;
		m->compare = writer_compare;
		m->context = p->in;
	}
}

/* ---- the start ---- */

static size_t
message_max(const struct settings *s)
{
	return (size_t)s->config->limits.message_mb * MIB;
}

/* What comes last in the line starts first. */
bool
pipeline_start(struct pipeline *p, struct settings *now, struct spool *spool, control_live_fn *live,
               void *context, struct err *e)
{
	const struct config *c = now->config;
	bool sends = p->mode != PIPELINE_HAND_IN;

	p->sender_config = (struct sender_config){now->accounts, c->mailbox_count, WRITER_DELIVERY};
	if (!writer_start(&p->writer, now, spool, p->in, sends ? p->outgoing : NULL, e) ||
	    (sends && !sender_start(&p->sender, &p->sender_config, p->outgoing, p->in, e)) ||
	    !control_start(&p->control, c->spool.dir, p->in, WRITER_ACT, p->arrivals, message_max(now), live,
	                   context, e) ||
	    !parser_start(&p->parser, &now->parser, p->arrivals, p->in, e))
		return false;
	return p->mode == PIPELINE_HAND_IN || (mailboxes_start(&p->mailboxes, now, e) &&
	                                       (p->mode != PIPELINE_ONCE || pipeline_finish(p, e)));
}

/* ---- other settings ---- */

bool
pipeline_renew(struct pipeline *p, const struct settings *was, struct settings *next, struct err *e)
{
	/* The writer first: what is read by the new form is written down by it. */
	writer_renew(p->in, next);
	parser_renew(p->parser, next);
	sender_renew(p->sender, next);
	control_renew(p->control, message_max(next));
	servers_renew(was->servers); /* by the old form; those at work end with it */
	return mailboxes_renew(&p->mailboxes, next, e);
}

/* ---- the end ---- */

/* The mailboxes end by themselves (--once), or there are none; and behind each of them the next in line. */
static void *
close_line(void *context)
{
	struct pipeline *p = context;

	(void)pthread_setname_np(pthread_self(), "closer");
	(void)mailboxes_join(&p->mailboxes, &p->unfetched);
	queue_close(p->arrivals);
	parser_join(p->parser);
	p->parser = NULL;
	writer_finish(p->in);
	return NULL;
}

bool
pipeline_finish(struct pipeline *p, struct err *e)
{
	int rc = pthread_create(&p->closer, NULL, close_line, p);

	p->closing = rc == 0;
	return rc == 0 || err_sys(e, ERR_OS, rc, "cannot start a thread");
}

/* All are told at once, for each may need its seconds; joined front to back: who makes new work ends first.
 */
static void
stop_threads(struct pipeline *p, struct writer_result *r_r)
{
	mailboxes_stop(&p->mailboxes);
	if (p->parser)
		parser_stop(p->parser);
	if (p->sender)
		sender_stop(p->sender);
	(void)mailboxes_join(&p->mailboxes, &p->unfetched);
	if (p->parser)
		parser_join(p->parser);
	if (p->sender)
		sender_join(p->sender);
	if (p->writer) {
		writer_stop(p->in);
		writer_join(p->writer, r_r);
	}
}

/* Each thread has ended or is about to. */
static void
join_line(struct pipeline *p, struct writer_result *r_r)
{
	(void)pthread_join(p->closer, NULL);
	writer_join(p->writer, r_r);
	if (p->sender)
		sender_join(p->sender); /* the writer closed its queue */
}

bool
pipeline_stop(struct pipeline *p, bool done, struct writer_result *r_r)
{
	control_stop(p->control); /* while the writer still answers */
	p->control = NULL;
	if (p->closing && !done) {
		/* What is not committed is on the servers, and what is `sending` counts as unknown. */
		writer_stop(p->in);
		writer_join(p->writer, r_r);
		return false;
	}
	if (p->closing)
		join_line(p, r_r);
	else
		stop_threads(p, r_r);
	return true;
}
