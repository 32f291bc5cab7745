/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/writer.h"

#include "config/clock.h"
#include "config/mem.h"
#include "daemon/act_round.h"
#include "daemon/alarms.h"
#include "daemon/checkpoint.h"
#include "daemon/compare.h"
#include "daemon/deliveries.h"
#include "daemon/digest_round.h"
#include "daemon/intake.h"
#include "daemon/narrow.h"
#include "daemon/outbox.h"
#include "daemon/parsed.h"
#include "daemon/pause.h"
#include "daemon/question.h"
#include "daemon/relook.h"
#include "daemon/settings.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	BATCH_ITEMS = INTAKE_ROUND_MAX, /* that share one commit */
	BATCH_SENDING = 8, /* while the sender waits for it: so that replies go out while much comes in */
	BATCH_BYTES = 16 << 20,
	TICK_MS = 60000,     /* look at the outbox at least so often */
	GRACE_MS = 15000,    /* for one item or one commit, on a disk that is slow */
	TIDY_MS = 60 * 1000, /* how often free memory is given back, at most */
	DIGEST_GRACE = 60,   /* seconds from the start: mail that came in the meantime is taken in first */
};

struct writer {
	const struct writer_config *c; /* in settings */
	struct settings *settings;
	struct spool *s;
	struct queue *in, *outgoing;
	struct gates gates;
	struct outbox outbox;
	struct deliveries deliveries;
	struct intake intake;
	struct act_round act;
	struct digest_round digest;
	struct pause pause;
	struct writer_board board;
	pthread_t thread;

	bool begun; /* what the process before was sending is logged */
	bool finishing, stopping;
	bool failed; /* for good: why */
	struct err why;
	uint64_t waiting; /* at the end: replies that a later run sends */

	_Atomic int64_t back_by_ms; /* monotonic: its word that it will look up by then */
	int64_t tidied_ms;          /* when free memory was last given back */
	int64_t tidied_seq;         /* and the log's head then */
};

/* Back by then, and a while for the work. */
static void
promise(struct writer *w, int64_t at_ms)
{
	int64_t now = clock_mono_ms();

	atomic_store(&w->back_by_ms, (at_ms > now ? at_ms : now) + GRACE_MS);
}

bool
writer_alive(struct writer *w)
{
	return clock_mono_ms() <= atomic_load(&w->back_by_ms);
}

/* ---- what comes ---- */

/* Go over to other settings. What was left because the form file did not know it is looked at again. */
static bool
renew(struct writer *w, struct settings *now, struct err *e)
{
	json_t *line, *changed = settings_changes(w->settings, now);
	int64_t again = 0;

	settings_drop(w->settings);
	w->settings = now;
	w->outbox.shadow = now->writer.rules.shadow;
	w->c = &now->writer;
	digest_round_plan(&w->digest, w->c, w->s, 0);
	w->outbox.retry_days = w->c->retry_days;
	gates_renew(&w->gates, w->c->mailboxes);
	line = json_pack("{s:s, s:s, s:b, s:o}", "event", "reloaded", "form", now->form->version, "shadow",
	                 w->c->rules.shadow, "changed", changed);
	if (!line)
		mem_die("writing a line of the log");
	if (pause_on(&w->pause)) { /* nothing can be written now; the next start says it all */
		json_decref(line);
		return true;
	}
	if (!relook_if_changed(w->s, VERSION, now->form->version, &again, e)) {
		json_decref(line);
		return false;
	}
	if (again)
		w->c->ask_again(w->c->context, 0);
	return spool_line(w->s, line, NULL, e);
}

static bool
compare(struct writer *w, struct compare_seen *seen, struct err *e)
{
	bool ok = pause_on(&w->pause) || compare_stage(w->s, seen, e);

	compare_seen_free(seen);
	return ok;
}

static bool
note(struct writer *w, struct alarm_note *n, struct err *e)
{
	bool ok = pause_on(&w->pause) || alarm_try(w->s, "imap", n->mailbox, n->why, n->failing_since, e);

	alarm_note_free(n);
	return ok;
}

static bool
handle(struct writer *w, struct queue_item *item, struct err *e)
{
	switch ((enum writer_item)item->kind) {
	case WRITER_PARSED:
		if (!pause_on(&w->pause))
			return turns_arrived(&w->intake.turns, item->body, e);
		parsed_free(item->body);
		return true;
	case WRITER_DELIVERY: deliveries_add(&w->deliveries, item->body); break;
	case WRITER_KNOWN: question_answer(item->body, w->s); break;
	case WRITER_COMPARE:
		if (!compare(w, item->body, e))
			return false;
		break;
	case WRITER_RENEW:
		if (!renew(w, item->body, e))
			return false;
		break;
	case WRITER_NOTE:
		if (!note(w, item->body, e))
			return false;
		break;
	case WRITER_ACT: w->act.next = item->body; break;
	case WRITER_FINISH: w->finishing = true; break;
	case WRITER_STOP: w->stopping = true; break;
	}
	return pause_on(&w->pause) || deliveries_stage(&w->deliveries, e);
}

/* When to look up even if nothing comes: a deferred reply comes due, or patience ends. */
static int64_t
wake_at(struct writer *w)
{
	int64_t at = clock_mono_ms() + TICK_MS;
	struct err e = {0};
	time_t wait = -1;

	if (pause_on(&w->pause))
		return w->pause.again_ms;
	if (w->outbox.unsent_count)
		return clock_mono_ms();
	/* While the sender has its hands full it is no use to look: its next answer wakes us. */
	if (!w->outbox.over && w->outbox.in_flight < OUTBOX_IN_FLIGHT &&
	    outbox_next(&w->outbox, clock_now(), &wait, &e) && wait >= 0 && wait * 1000 < TICK_MS)
		at = clock_mono_ms() + wait * 1000;
	if (turns_end_ms(&w->intake.turns) && turns_end_ms(&w->intake.turns) < at)
		at = turns_end_ms(&w->intake.turns);
	wait = w->digest.at - clock_now();
	if (w->digest.at && !w->c->once && wait * 1000 < TICK_MS && clock_mono_ms() + wait * 1000 < at)
		at = clock_mono_ms() + (wait > 0 ? wait * 1000 : 0);
	return at;
}

/* How much shares one commit. */
static int
batch_max(const struct writer *w)
{
	return w->deliveries.count ? BATCH_SENDING : BATCH_ITEMS;
}

/* A run that ends makes it when all mail is in. */
static bool
digest_is_due(struct writer *w, char date[11])
{
	return !pause_on(&w->pause) && !w->stopping &&
	       digest_round_due(&w->digest, w->c, w->s, w->finishing, date);
}

static bool
stage_digest(struct writer *w)
{
	char date[11];

	if (!digest_is_due(w, date))
		return false;
	promise(w, clock_mono_ms() + DIGEST_ROUND_MS);
	return digest_round_stage(&w->digest, w->c, w->s, date);
}

/* Take what is there and stage all it means. */
static bool
gather(struct writer *w, struct err *e)
{
	struct queue_item item;
	int64_t deadline = wake_at(w);
	size_t bytes = 0;
	bool ok = true;

	if (w->act.next && !pause_on(&w->pause)) {
		promise(w, clock_mono_ms() + act_round_ms(&w->act));
		act_round_perform(&w->act, w->c, w->s);
		return true;
	}
	if (stage_digest(w))
		return true;
	for (int n = 0; ok && n < batch_max(w) && bytes < BATCH_BYTES && !w->stopping && !w->act.next; n++) {
		promise(w, n ? 0 : deadline);
		if (queue_take(w->in, &item, n ? 0 : deadline, NULL) != QUEUE_DONE)
			break;
		promise(w, 0);
		bytes += item.weight;
		ok = handle(w, &item, e);
		if (pause_on(&w->pause))
			act_round_refuse(&w->act);
	}
	if (ok && !pause_on(&w->pause) &&
	    (w->finishing ||
	     (turns_end_ms(&w->intake.turns) && clock_mono_ms() >= turns_end_ms(&w->intake.turns))))
		ok = turns_pass(&w->intake.turns, e);
	return ok;
}

/* ---- one round ---- */

static void
pause_intake(struct writer *w, const struct err *why)
{
	act_round_refuse(&w->act);
	pause_begin(&w->pause, why);
}

/* Nothing of the round is true: its mails are on their server, its deliveries are staged again. */
static void
drop_round(struct writer *w)
{
	spool_rollback(w->s);
	outbox_forget(&w->outbox);
	deliveries_unstage(&w->deliveries);
}

/* Is it worth another try? Then the mailboxes ask again for what was dropped. */
static bool
resume_intake(struct writer *w, struct err *e)
{
	if (!pause_on(&w->pause))
		return true;
	if (!pause_over(&w->pause, w->s, &w->outbox, e))
		return false;
	w->c->ask_again(w->c->context, 0);
	return true;
}

/* The disk lied: the process must end. */
static bool
fail(struct writer *w, const struct err *why)
{
	w->failed = true;
	w->why = *why;
	return false;
}

/* What became of replies, and what is due to be sent, with all that is staged. */
static bool
make_true(struct writer *w, struct err *e)
{
	if (!deliveries_stage(&w->deliveries, e) || !outbox_unsent(&w->outbox, e) ||
	    (!w->begun && !outbox_recover(&w->outbox, e)) ||
	    (!w->stopping && !outbox_prepare(&w->outbox, e)) || !checkpoint_stage(w->s, e) ||
	    !spool_commit(w->s, e))
		return false;
	w->begun = true;
	deliveries_forget(&w->deliveries);
	outbox_taken_back(&w->outbox);
	return true;
}

/* All that is staged becomes true, and is told; what is due goes to the sender. before: the log's head at the
 * round's begin. */
static bool
commit_round(struct writer *w, int64_t before, struct err *e)
{
	/* Behind already: by the commit of a redaction, which is a round of its own. */
	if (!spool_behind(w->s, NULL) && !make_true(w, e))
		return false;
	act_round_answer(&w->act, w->c, NULL);
	intake_answer(&w->intake, NULL);
	if (spool_behind(w->s, e)) { /* what is ready to be sent waits */
		pause_intake(w, e);
		return true;
	}
	if (spool_head(w->s).seq > before)
		pause_end(&w->pause);
	outbox_hand(&w->outbox);
	return true;
}

/* Commit and send what was gathered (unless that failed already: e). False: the process must end. */
static bool
settle(struct writer *w, bool gathered, int64_t before, struct err *e)
{
	if (gathered && commit_round(w, before, e))
		return true;
	act_round_answer(&w->act, w->c, e);
	intake_answer(&w->intake, e);
	if (spool_failed(w->s))
		return fail(w, e);
	drop_round(w);
	pause_intake(w, e);
	return true;
}

/* One round: gather, commit, send. False: the process must end. */
static bool
go_round(struct writer *w)
{
	const int64_t before = spool_head(w->s).seq;
	struct err e = {0};
	bool ok = gather(w, &e);

	if (ok && !resume_intake(w, &e))
		return !spool_failed(w->s) || fail(w, &e);
	return settle(w, ok, before, &e);
}

/* ---- the thread ---- */

static bool
outbox_done(struct writer *w)
{
	struct err e = {0};
	bool due = false;

	/* What cannot be written down cannot be sent either: the next run does it. */
	return !w->outbox.in_flight && ((!w->deliveries.count && !w->outbox.unsent_count &&
	                                 (w->outbox.over || !outbox_is_due(&w->outbox, &due, &e) || !due)) ||
	                                pause_on(&w->pause));
}

/* Nobody will take what is left: who waits for an answer gets it by the item's drop, also where it was taken
 * out of the queue to wait for a round of its own. */
static void
refuse_the_rest(struct writer *w)
{
	struct queue_item item;

	act_round_end(&w->act);
	if (w->outgoing)
		queue_close(w->outgoing);
	queue_close(w->in);
	while (queue_take(w->in, &item, 0, NULL) == QUEUE_DONE)
		if (item.drop)
			item.drop(item.body);
}

/* What a backlog took behind an outage the allocator would keep, and a larger one behind the next. */
static void
tidy(struct writer *w)
{
	int64_t seq = spool_head(w->s).seq;

	if (queue_count(w->in) || seq == w->tidied_seq || clock_mono_ms() - w->tidied_ms < TIDY_MS)
		return;
	narrow_give_back();
	w->tidied_ms = clock_mono_ms();
	w->tidied_seq = seq;
}

/* Between rounds. */
static void
tell(struct writer *w)
{
	struct writer_live l = {.paused = pause_on(&w->pause),
	                        .recorded = w->intake.recorded,
	                        .left = w->intake.left,
	                        .held = w->intake.held,
	                        .sent = w->deliveries.sent};

	(void)snprintf(l.why, sizeof l.why, "%s", l.paused ? w->pause.why.text : "");
	writer_board_tell(&w->board, &l, w->s, &w->gates);
}

void
writer_live(struct writer *w, struct writer_live *r)
{
	writer_board_look(&w->board, r);
}

static void *
run(void *context)
{
	struct writer *w = context;
	struct err e = {0};
	char date[11];
	bool ok;

	(void)pthread_setname_np(pthread_self(), "writer");
	/* First of all what the process before was sending, and what is due: nothing comes before that. */
	ok = gates_resume(&w->gates, w->c->mailboxes, w->s, &e) ? settle(w, true, spool_head(w->s).seq, &e)
	                                                        : fail(w, &e);
	digest_round_plan(&w->digest, w->c, w->s, DIGEST_GRACE);
	tell(w);
	while (ok && !(w->stopping && !w->act.next) &&
	       !(w->finishing && outbox_done(w) && !digest_is_due(w, date))) {
		ok = go_round(w);
		promise(w, 0);
		tell(w);
		tidy(w);
	}
	refuse_the_rest(w);
	if (!w->failed)
		w->waiting = outbox_waiting(&w->outbox);
	w->c->ended(w->c->context);
	return NULL;
}

static void
writer_free(struct writer *w)
{
	intake_free(&w->intake);
	deliveries_forget(&w->deliveries);
	outbox_forget(&w->outbox);
	outbox_taken_back(&w->outbox);
	act_round_free(&w->act);
	gates_free(&w->gates);
	settings_drop(w->settings);
	writer_board_close(&w->board);
	free(w);
}

bool
writer_start(struct writer **w_r, struct settings *settings, struct spool *s, struct queue *in,
             struct queue *outgoing, struct err *e)
{
	const struct writer_config *c = &settings->writer;
	struct writer *w = mem_alloc(1, sizeof *w);
	int rc;

	*w = (struct writer){.c = c, .s = s, .in = in, .outgoing = outgoing};
	gates_open(&w->gates, c->mailboxes, c->mailbox_count);
	w->outbox = (struct outbox){.shadow = c->rules.shadow,
	                            .spool = s,
	                            .gates = &w->gates,
	                            .outgoing = outgoing,
	                            .retry_days = c->retry_days,
	                            .over = !outgoing};
	w->deliveries.outbox = &w->outbox;
	intake_begin(&w->intake, c, s);
	w->act = ACT_ROUND_NONE;
	w->settings = settings_hold(settings);
	writer_board_open(&w->board);
	promise(w, 0);
	rc = pthread_create(&w->thread, NULL, run, w);
	if (rc != 0) {
		writer_free(w);
		return err_sys(e, ERR_OS, rc, "cannot start the writer's thread");
	}
	*w_r = w;
	return true;
}

void
writer_join(struct writer *w, struct writer_result *r_r)
{
	(void)pthread_join(w->thread, NULL);
	*r_r = (struct writer_result){.recorded = w->intake.recorded,
	                              .left = w->intake.left,
	                              .held = w->intake.held,
	                              .sent = w->deliveries.sent,
	                              .waiting = w->waiting,
	                              .paused = pause_lasts(&w->pause),
	                              .failed = w->failed,
	                              .why = w->failed ? w->why : w->pause.why};
	writer_free(w);
}
