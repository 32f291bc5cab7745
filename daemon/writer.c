/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/writer.h"

#include "config/clock.h"
#include "config/json_value.h"
#include "config/mem.h"
#include "daemon/act.h"
#include "daemon/alarms.h"
#include "daemon/checkpoint.h"
#include "daemon/compare.h"
#include "daemon/control.h"
#include "daemon/ingest.h"
#include "daemon/journal.h"
#include "daemon/narrow.h"
#include "daemon/outbox.h"
#include "daemon/parsed.h"
#include "daemon/question.h"
#include "daemon/record.h"
#include "daemon/relook.h"
#include "daemon/settings.h"
#include "daemon/turns.h"
#include "spool/query.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BATCH_ITEMS = 64,  /* that share one commit */
	BATCH_SENDING = 8, /* while the sender waits for it: so that replies go out while much comes in */
	BATCH_BYTES = 16 << 20,
	TICK_MS = 60000, /* look at the outbox at least so often */
	PAUSE_MS = 2000, /* after a round that failed; doubles while the next fails too */
	PAUSE_MAX_MS = 30000,
	HELD_AGAIN_MS = 300000, /* what could not be parsed is asked for again then */
	GRACE_MS = 15000,       /* for one item or one commit, on a disk that is slow */
	TELL_MS = 1000,         /* how often live is made, at most */
	TIDY_MS = 60 * 1000,    /* how often free memory is given back, at most */
	ROOM = 1 << 20,         /* bytes that must be free before mail is taken in again */
	DIGEST_GRACE = 60,      /* seconds from the start: mail that came in the meantime is taken in first */
	DIGEST_MAKING_MS = 60000, /* a digest of 10,000 registrations, on a slow machine */
	DIGEST_AGAIN = 600,       /* seconds until a digest that failed is tried again */
};

struct writer {
	const struct writer_config *c; /* in settings */
	struct settings *settings;
	struct spool *s;
	struct queue *in, *outgoing;
	struct gates gates;
	struct outbox outbox;
	struct writer_result result;
	pthread_t thread;

	struct turns turns;

	/* What the sender said, until a commit has made it true: it is said only once. */
	struct delivery *said[OUTBOX_IN_FLIGHT];
	size_t said_count, said_staged;

	/* An act of review waits for a round of its own, then for the commit that makes it true. */
	struct control_request *next_act, *act;
	struct buf act_said;

	/* Who handed in a mail of this round, and what he will be told once it is committed. */
	struct waiting {
		struct ingest *asker;
		char said[INGEST_SAID_MAX];
		struct err e;
	} waiting[BATCH_ITEMS + TURNS_WINDOW];
	size_t waiting_count;

	/* After a round that failed: mail that comes is dropped, and asked for again when this is over. */
	int64_t again_at; /* monotonic ms, when to try again; 0: all is well */
	int64_t pause_ms;

	time_t digest_at; /* when the next digest goes out; 0: none does */

	bool begun; /* what the process before was sending is logged */
	bool finishing, stopping;

	_Atomic int64_t back_by_ms; /* monotonic: its word that it will look up by then */
	int64_t told_ms;            /* when live was last made */
	int64_t tidied_ms;          /* when free memory was last given back */
	int64_t tidied_seq;         /* and the log's head then */
	pthread_mutex_t lock;       /* of live */
	struct writer_live live;
};

/* ---- one parsed mail ---- */

static void
tell(struct writer *w, const struct parsed *p, enum record_fate fate)
{
	struct hash id = hash_of(BYTES(p->arrival->bytes, p->arrival->len));

	switch (fate) {
	case RECORD_RECORDED:
	case RECORD_COPY:
		w->result.recorded++;
		journal_of(JOURNAL_INFO,
		           &(struct journal_of){.mailbox = p->arrival->mailbox,
		                                .message = id.hex,
		                                .disposition = disposition_name(p->reading.disposition)},
		           "%s: %.12s… UID %u: %s%s", p->arrival->mailbox, id.hex, p->arrival->uid,
		           disposition_name(p->reading.disposition),
		           fate == RECORD_COPY ? " (known already)" : "");
		break;
	case RECORD_LEFT: w->result.left++; break;
	case RECORD_HELD:
		w->result.held++;
		if (w->c->ask_again)
			w->c->ask_again(w->c->context, HELD_AGAIN_MS);
		journal(JOURNAL_WARNING, "%s: %.12s… UID %u could not be parsed, to be tried again: %s",
		        p->arrival->mailbox, id.hex, p->arrival->uid, p->why.text);
		break;
	case RECORD_KNOWN:
	case RECORD_NOT_NOW: break;
	}
}

static void
keep_asker(struct writer *w, const struct parsed *p, enum record_fate fate)
{
	struct waiting *v = &w->waiting[w->waiting_count++];

	*v = (struct waiting){.asker = p->arrival->asker};
	p->arrival->asker = NULL;
	(void)ingest_fate(w->s, p, fate, v->said, &v->e);
}

/* The round is committed (e NULL), or nothing of it is true. */
static void
answer_askers(struct writer *w, const struct err *e)
{
	for (size_t i = 0; i < w->waiting_count; i++) {
		struct waiting *v = &w->waiting[i];

		ingest_done(v->asker, v->said, e ? e : v->e.code != ERR_NONE ? &v->e : NULL);
	}
	w->waiting_count = 0;
}

static bool
take_in(void *writer, struct parsed *p, struct err *e)
{
	struct writer *w = writer;
	enum record_fate fate;
	/* What it was read by decides of it as well. */
	bool ok = record_parsed(p->settings ? &p->settings->writer : w->c, w->s, p, &fate, e);

	if (ok)
		tell(w, p, fate);
	if (ok && p->arrival->asker && w->waiting_count < sizeof w->waiting / sizeof *w->waiting)
		keep_asker(w, p, fate);
	parsed_free(p);
	return ok;
}

/* ---- the round ---- */

static void
delivered(struct writer *w, struct delivery *d)
{
	if (d->result.verdict == SMTP_SENT)
		w->result.sent++;
	else
		journal_of(JOURNAL_WARNING,
		           &(struct journal_of){.mailbox = d->from,
		                                .reply = d->reply,
		                                .error = smtp_verdict_name(d->result.verdict)},
		           "reply %s, attempt %d: %s (%d)", d->reply, d->attempt,
		           smtp_verdict_name(d->result.verdict), d->result.code);
	w->said[w->said_count++] = d; /* no more than are in flight */
	outbox_landed(&w->outbox, d);
}

static bool
stage_deliveries(struct writer *w, struct err *e)
{
	for (; w->said_staged < w->said_count; w->said_staged++)
		if (!outbox_delivered(&w->outbox, w->said[w->said_staged], e) ||
		    !gates_alarm(&w->gates, w->said[w->said_staged], w->s, e))
			return false;
	return true;
}

static void
forget_deliveries(struct writer *w)
{
	for (size_t i = 0; i < w->said_count; i++)
		delivery_free(w->said[i]);
	w->said_count = w->said_staged = 0;
}

/* ---- the digest ---- */

static void promise(struct writer *w, int64_t at_ms);

/* When the next one is due; one that is due already waits for so many seconds. */
static void
plan_digest(struct writer *w, time_t grace)
{
	const time_t now = clock_now();
	char date[11];
	struct err e = {0};

	if (!w->c->digest)
		return;
	if (!digest_next(w->c->digest, w->s, now, &w->digest_at, date, &e)) {
		journal(JOURNAL_ERROR, "when the next digest is due cannot be told: %s", e.text);
		w->digest_at = now + DIGEST_AGAIN;
	}
	if (w->digest_at && w->digest_at <= now)
		w->digest_at = now + grace;
}

/* A run that ends makes it when all mail is in. */
static bool
digest_is_due(struct writer *w, char date[11])
{
	struct err e = {0};
	time_t at = 0;

	if (!w->digest_at || w->again_at || w->stopping ||
	    (w->c->once ? !w->finishing : clock_now() < w->digest_at))
		return false;
	if (digest_next(w->c->digest, w->s, clock_now(), &at, date, &e) && at && at <= clock_now())
		return true;
	w->digest_at = w->c->once ? 0 : at; /* one went out by hand in the meantime */
	return false;
}

/* In a round of its own, as an act of review. What cannot be made now is tried again some time. */
static bool
stage_digest(struct writer *w)
{
	char date[11];
	struct err e = {0};

	if (!digest_is_due(w, date))
		return false;
	buf_clear(&w->act_said);
	promise(w, clock_mono_ms() + DIGEST_MAKING_MS);
	if (digest_stage(w->c->digest, w->s, date, &w->act_said, &e)) {
		journal(JOURNAL_NOTICE, "%s", w->act_said.at);
		return true;
	}
	spool_rollback(w->s);
	journal(JOURNAL_ERROR, "no digest could be made, to be tried again: %s", e.text);
	w->digest_at = w->c->once ? 0 : clock_now() + DIGEST_AGAIN;
	return false;
}

/* What is asked at a shell: a digest, or an act of review. */
static bool
carry_out(struct writer *w, const json_t *request, const char *by, struct err *e)
{
	const char *act = json_text(request, "act");
	const char *date = json_text(request, "date");

	if (act && strcmp(act, "digest") == 0)
		return w->c->digest ? digest_stage(w->c->digest, w->s, date ? date : "", &w->act_said, e)
		                    : err_set(e, ERR_USAGE, "this daemon makes no digests");
	return act_perform(w->c->form, w->s, request, by, &w->act_said, e);
}

/* An act stands alone in its round: a person who is told "done" can rely on it, and a refusal says why
 * without dropping anybody's mail. */
static void
perform_act(struct writer *w)
{
	struct control_request *r = w->next_act;
	struct err e = {0};

	w->next_act = NULL;
	buf_clear(&w->act_said);
	if (carry_out(w, control_json(r), control_by(r), &e)) {
		w->act = r;
		return;
	}
	spool_rollback(w->s);
	control_done(r, NULL, &e);
}

static void
answer_act(struct writer *w, const struct err *e)
{
	if (w->act && !e && w->c->ask_again && act_asks_again(control_json(w->act)))
		w->c->ask_again(w->c->context, 0);
	if (w->act)
		control_done(w->act, w->act_said.at, e);
	w->act = NULL;
}

/* In a pause nothing can be written down. */
static void
refuse_act(struct writer *w)
{
	struct err e = {0};

	err_set(&e, ERR_AGAIN, "the spool takes nothing for now; see mingpianctl doctor, then ask again");
	if (w->next_act)
		control_done(w->next_act, NULL, &e);
	w->next_act = NULL;
}

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
	plan_digest(w, 0);
	w->outbox.retry_days = w->c->retry_days;
	gates_renew(&w->gates, w->c->mailboxes);
	line = json_pack("{s:s, s:s, s:b, s:o}", "event", "reloaded", "form", now->form->version, "shadow",
	                 w->c->rules.shadow, "changed", changed);
	if (!line)
		mem_die("writing a line of the log");
	if (w->again_at) { /* nothing can be written now; the next start says it all */
		json_decref(line);
		return true;
	}
	if (!relook_if_changed(w->s, VERSION, now->form->version, &again, e)) {
		json_decref(line);
		return false;
	}
	if (again && w->c->ask_again)
		w->c->ask_again(w->c->context, 0);
	return spool_line(w->s, line, NULL, e);
}

static bool
compare(struct writer *w, struct compare_seen *seen, struct err *e)
{
	bool ok = w->again_at || compare_stage(w->s, seen, e);

	compare_seen_free(seen);
	return ok;
}

static bool
note(struct writer *w, struct alarm_note *n, struct err *e)
{
	bool ok = w->again_at || alarm_try(w->s, "imap", n->mailbox, n->why, n->failing_since, e);

	alarm_note_free(n);
	return ok;
}

static bool
handle(struct writer *w, struct queue_item *item, struct err *e)
{
	switch ((enum writer_item)item->kind) {
	case WRITER_PARSED:
		if (!w->again_at)
			return turns_arrived(&w->turns, item->body, e);
		parsed_free(item->body);
		return true;
	case WRITER_DELIVERY: delivered(w, item->body); break;
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
	case WRITER_ACT: w->next_act = item->body; break;
	case WRITER_FINISH: w->finishing = true; break;
	case WRITER_STOP: w->stopping = true; break;
	}
	return w->again_at || stage_deliveries(w, e);
}

/* When to look up even if nothing comes: a deferred reply comes due, or patience ends. */
static int64_t
wake_at(struct writer *w)
{
	int64_t at = clock_mono_ms() + TICK_MS;
	struct err e = {0};
	time_t wait = -1;

	if (w->again_at)
		return w->again_at;
	/* While the sender has its hands full it is no use to look: its next answer wakes us. */
	if (w->outgoing && w->outbox.in_flight < OUTBOX_IN_FLIGHT &&
	    outbox_next(&w->outbox, clock_now(), &wait, &e) && wait >= 0 && wait * 1000 < TICK_MS)
		at = clock_mono_ms() + wait * 1000;
	if (turns_end_ms(&w->turns) && turns_end_ms(&w->turns) < at)
		at = turns_end_ms(&w->turns);
	wait = w->digest_at - clock_now();
	if (w->digest_at && !w->c->once && wait * 1000 < TICK_MS && clock_mono_ms() + wait * 1000 < at)
		at = clock_mono_ms() + (wait > 0 ? wait * 1000 : 0);
	return at;
}

/* Back by then, and a while for the work. */
static void
promise(struct writer *w, int64_t at_ms)
{
	int64_t now = clock_mono_ms();

	atomic_store(&w->back_by_ms, (at_ms > now ? at_ms : now) + GRACE_MS);
}

/* How much shares one commit. */
static int
batch_max(const struct writer *w)
{
	return w->said_count ? BATCH_SENDING : BATCH_ITEMS;
}

/* Take what is there and stage all it means. */
static bool
gather(struct writer *w, struct err *e)
{
	struct queue_item item;
	int64_t deadline = wake_at(w);
	size_t bytes = 0;
	bool ok = true;

	if (w->next_act && !w->again_at) {
		perform_act(w);
		return true;
	}
	if (stage_digest(w))
		return true;
	for (int n = 0; ok && n < batch_max(w) && bytes < BATCH_BYTES && !w->stopping && !w->next_act; n++) {
		promise(w, n ? 0 : deadline);
		if (queue_take(w->in, &item, n ? 0 : deadline, NULL) != QUEUE_DONE)
			break;
		promise(w, 0);
		bytes += item.weight;
		ok = handle(w, &item, e);
		if (w->again_at)
			refuse_act(w);
	}
	if (ok && !w->again_at &&
	    (w->finishing || (turns_end_ms(&w->turns) && clock_mono_ms() >= turns_end_ms(&w->turns))))
		ok = turns_pass(&w->turns, e);
	return ok;
}

/* Nothing is written for now. Said once, however often it is tried. */
static void
pause_intake(struct writer *w, const struct err *why)
{
	refuse_act(w);
	if (!w->pause_ms)
		journal(JOURNAL_ERROR, "no mail is taken in for now: %s", why->text);
	w->pause_ms = !w->pause_ms                     ? PAUSE_MS
	              : 2 * w->pause_ms < PAUSE_MAX_MS ? 2 * w->pause_ms
	                                               : PAUSE_MAX_MS;
	w->again_at = clock_mono_ms() + w->pause_ms;
	w->result.paused = true;
	w->result.why = *why;
}

/* Something could be written again. */
static void
end_pause(struct writer *w)
{
	if (w->pause_ms)
		journal(JOURNAL_NOTICE, "mail is taken in again");
	w->pause_ms = 0;
	w->result.paused = false;
}

/* Nothing of the round is true: its mails are on their server, its deliveries are staged again. */
static void
drop_round(struct writer *w)
{
	spool_rollback(w->s);
	outbox_forget(&w->outbox);
	w->said_staged = 0;
}

/* The index was behind, and knows all again: what the last commit meant to send goes to the sender now. */
static bool
resume_outbox(struct writer *w, struct err *e)
{
	if (!spool_behind(w->s, NULL))
		return true;
	if (!spool_catch_up(w->s, e))
		return false;
	end_pause(w);
	return outbox_hand(&w->outbox, e);
}

/* Is it worth another try? Then the mailboxes ask again for what was dropped. */
static bool
resume_intake(struct writer *w, struct err *e)
{
	if (!w->again_at)
		return true;
	if (clock_mono_ms() < w->again_at)
		return false;
	if (!spool_room(w->s, ROOM, e) || !spool_probe(w->s, ROOM, e) || !resume_outbox(w, e)) {
		w->again_at = clock_mono_ms() + PAUSE_MS;
		w->result.why = *e;
		return false;
	}
	w->again_at = 0;
	if (w->c->ask_again)
		w->c->ask_again(w->c->context, 0);
	return true;
}

/* ---- how it fares ---- */

static void
tell_gates(const struct writer *w, struct writer_live *l)
{
	for (size_t i = 0; i < w->gates.count && i < WRITER_GATES_MAX; i++) {
		const struct gates_account *g = &w->gates.list[i];
		int left = clock_left_ms(g->gate.until_ms);

		l->gates[l->gate_count++] = (struct writer_gate){
		        .mailbox = g->mailbox,
		        .next_try = gate_open(&g->gate) ? 0 : clock_now() + (left + 999) / 1000,
		        .since = g->gate.since,
		        .failures = g->gate.failures,
		        .why = g->gate.why};
	}
}

/* Between rounds. What the index cannot say now stays as it was. */
static void
tell_live(struct writer *w)
{
	struct writer_live l = {.paused = w->again_at != 0,
	                        .recorded = w->result.recorded,
	                        .left = w->result.left,
	                        .held = w->result.held,
	                        .sent = w->result.sent,
	                        .head_seq = spool_head(w->s).seq};
	struct index *i = spool_index(w->s);
	struct err e = {0};

	if (w->told_ms && clock_mono_ms() - w->told_ms < TELL_MS && l.paused == w->live.paused &&
	    l.head_seq == w->live.head_seq)
		return;
	w->told_ms = clock_mono_ms();
	(void)snprintf(l.why, sizeof l.why, "%s", l.paused ? w->result.why.text : "");
	(void)(query_unsent(i, &l.unsent, &l.oldest_unsent, &e) &&
	       query_troubles(i, &l.alarms, &l.missing, &e));
	tell_gates(w, &l);
	(void)pthread_mutex_lock(&w->lock);
	w->live = l;
	(void)pthread_mutex_unlock(&w->lock);
}

void
writer_live(struct writer *w, struct writer_live *r)
{
	(void)pthread_mutex_lock(&w->lock);
	*r = w->live;
	(void)pthread_mutex_unlock(&w->lock);
}

bool
writer_known(void *queue, const char *address, const char *folder, uint32_t uidvalidity,
             struct imap_uids *known, struct err *e)
{
	return question_ask(queue, WRITER_KNOWN, address, folder, uidvalidity, known, e);
}

bool
writer_alive(struct writer *w)
{
	return clock_mono_ms() <= atomic_load(&w->back_by_ms);
}

/* The disk lied: the process must end. */
static bool
fail(struct writer *w, const struct err *why)
{
	w->result.failed = true;
	w->result.why = *why;
	return false;
}

/* What became of replies, and what is due to be sent, with all that is staged. */
static bool
make_true(struct writer *w, struct err *e)
{
	if (!stage_deliveries(w, e) || (!w->begun && !outbox_recover(&w->outbox, e)) ||
	    (!w->stopping && !outbox_prepare(&w->outbox, e)) || !checkpoint_stage(w->s, e) ||
	    !spool_commit(w->s, e))
		return false;
	w->begun = true;
	forget_deliveries(w);
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
	answer_act(w, NULL);
	answer_askers(w, NULL);
	if (spool_behind(w->s, e)) { /* what is ready to be sent waits */
		pause_intake(w, e);
		return true;
	}
	if (spool_head(w->s).seq > before)
		end_pause(w);
	return outbox_hand(&w->outbox, e);
}

/* Commit and send what was gathered (unless that failed already: e). False: the process must end. */
static bool
settle(struct writer *w, bool gathered, int64_t before, struct err *e)
{
	if (gathered && commit_round(w, before, e))
		return true;
	answer_act(w, e);
	answer_askers(w, e);
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

static bool
outbox_done(struct writer *w)
{
	struct err e = {0};
	bool due = false;

	/* What cannot be written down cannot be sent either: the next run does it. */
	return !w->outbox.in_flight &&
	       ((!w->said_count && (!w->outgoing || !outbox_is_due(&w->outbox, &due, &e) || !due)) ||
	        w->again_at);
}

static void
count_waiting(struct writer *w)
{
	struct arena *a = arena_new();
	struct query_count *counts = NULL;
	struct err e = {0};
	size_t n = 0;

	if (query_outbox(spool_index(w->s), a, &counts, &n, &e))
		for (size_t i = 0; i < n; i++)
			if (strcmp(counts[i].what, "deferred") == 0 || strcmp(counts[i].what, "due") == 0 ||
			    strcmp(counts[i].what, "unknown") == 0 || strcmp(counts[i].what, "sending") == 0)
				w->result.waiting += (uint64_t)counts[i].count;
	arena_free(a);
}

/* Nobody will take what is left: who waits for an answer gets it by the item's drop. */
static void
refuse_the_rest(struct writer *w)
{
	struct queue_item item;

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
	w->act_said = BUF_INIT(1024);
	plan_digest(w, DIGEST_GRACE);
	tell_live(w);
	while (ok && !(w->stopping && !w->next_act) &&
	       !(w->finishing && outbox_done(w) && !digest_is_due(w, date))) {
		ok = go_round(w);
		promise(w, 0);
		tell_live(w);
		tidy(w);
	}
	buf_free(&w->act_said);
	refuse_the_rest(w);
	if (!w->result.failed)
		count_waiting(w);
	if (w->c->ended)
		w->c->ended(w->c->context);
	return NULL;
}

static void
writer_free(struct writer *w)
{
	gates_free(&w->gates);
	settings_drop(w->settings);
	(void)pthread_mutex_destroy(&w->lock);
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
	w->turns = (struct turns){.take = take_in, .context = w, .next = 1};
	gates_open(&w->gates, c->mailboxes, c->mailbox_count);
	w->outbox = (struct outbox){.shadow = c->rules.shadow,
	                            .spool = s,
	                            .gates = &w->gates,
	                            .outgoing = outgoing,
	                            .retry_days = c->retry_days,
	                            .over = !outgoing};
	w->settings = settings_hold(settings);
	(void)pthread_mutex_init(&w->lock, NULL);
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
	*r_r = w->result;
	turns_free(&w->turns);
	forget_deliveries(w);
	outbox_forget(&w->outbox);
	writer_free(w);
}
