/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/mailbox_folder.h"

#include "config/clock.h"
#include "config/mem.h"
#include "daemon/arrival.h"
#include "daemon/compare.h"

#include <stdio.h>
#include <string.h>

enum { DAY_MS = 24 * 60 * 60 * 1000, TEN_MINUTES_MS = 10 * 60 * 1000, FRESH_MS = 15 * 60 * 1000 };
static const size_t MESSAGE_MAX = (size_t)72 << 20;

void
folder_clear(struct folder *f)
{
	imap_uids_free(&f->fresh);
	imap_uids_free(&f->fresh_before);
}

struct handing {
	const struct folder_owner *o;
	struct folder *f;
};

/* A full queue holds us here, and the server with us. */
static bool
hand_over(void *context, const struct imap_mail *mail, struct err *e)
{
	const struct handing *h = context;
	const struct folder_owner *o = h->o;
	struct arrival *a = mem_alloc(1, sizeof *a);
	struct queue_item item = {
	        .kind = o->c->kind, .body = a, .weight = mail->bytes.len, .drop = arrival_free};
	enum queue_answer answer = QUEUE_DONE;

	*a = (struct arrival){
	        .mailbox = mem_str(o->c->address),
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
	answer = queue_put(o->arrivals, item, -1, o->stop);
	if (answer != QUEUE_DONE) {
		arrival_free(a);
		return err_set(e, ERR_INTERRUPTED, "%s: told to stop", o->c->address);
	}
	imap_uids_add(&h->f->fresh, mail->head.uid);
	health_handed(o->health);
	return true;
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
give_seen(const struct folder_owner *o, struct folder *f, const struct imap_uids *known, uint32_t top,
          const struct imap_heads *heads)
{
	struct compare_seen *s = mem_alloc(1, sizeof *s);

	*s = (struct compare_seen){.mailbox = mem_str(o->c->address),
	                           .folder = mem_str(f->name),
	                           .uidvalidity = f->uidvalidity,
	                           .top = top,
	                           .since = o->c->since,
	                           .asked = f->asked};
	f->asked = false;
	add_all(&s->there, known);
	for (size_t i = 0; i < heads->count; i++)
		imap_uids_add(&s->there, heads->at[i].uid);
	add_all(&s->fresh, &f->fresh);
	add_all(&s->fresh, &f->fresh_before);
	imap_uids_sort(&s->there);
	imap_uids_sort(&s->fresh);
	o->c->compare(o->c->context, s);
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
find(const struct folder_owner *o, struct imap *imap, const struct folder *f, struct found *x, struct err *e)
{
	const struct mailbox_config *c = o->c;
	struct imap_uids known = {0};
	bool ok = x->full ? imap_search_since(imap, c->since, &x->uids, e)
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

/* Fetch what was found, and hand it over. *missed_r: how many the server did not give. What it refuses to
 * list keeps none of the others back. */
static bool
fetch(const struct folder_owner *o, struct imap *imap, struct folder *f, const struct found *x,
      size_t *missed_r, struct err *e)
{
	struct handing h = {.o = o, .f = f};
	struct imap_heads heads = {0};
	size_t given = 0;
	bool listed = x->uids.count == 0 || imap_list(imap, &x->uids, &heads, e);
	bool ok = false;

	*missed_r = 0;
	if (!listed && e->code != ERR_REFUSED)
		goto out;
	drop_old(&heads, o->c->since);
	if (listed && x->full && o->c->compare)
		give_seen(o, f, &x->there, x->top, &heads);
	health_backlog(o->health, heads.count);
	ok = imap_fetch(imap, &heads, o->c->message_max ? o->c->message_max : MESSAGE_MAX, hand_over, &h,
	                &given, e);
	ok = ok && listed;
	*missed_r = heads.count - given;
out:
	imap_heads_free(&heads);
	return ok;
}

static void
examined(const struct folder_owner *o, struct folder *f, const struct imap_folder *now)
{
	char text[200];

	if (f->uidvalidity && f->uidvalidity != now->uidvalidity) {
		(void)snprintf(text, sizeof text,
		               "folder %.80s: UIDVALIDITY changed from %u to %u: looking at all mail again",
		               f->name, f->uidvalidity, now->uidvalidity);
		health_note(o->health, ERR_NONE, text);
	}
	if (f->uidvalidity != now->uidvalidity) {
		bool asked = f->asked;

		folder_clear(f);
		*f = (struct folder){.name = f->name, .uidvalidity = now->uidvalidity, .asked = asked};
	}
}

/* Open the folder and hand over what is new in it. *missed_r: how many mails were not given. */
static bool
sweep(const struct folder_owner *o, struct imap *imap, struct folder *f, size_t *missed_r, struct err *e)
{
	struct imap_folder now = {0};
	struct found x = {0};
	bool ok = false;

	*missed_r = 0;
	if (!imap_examine(imap, f->name, &now, e))
		return false;
	health_answered(o->health);
	examined(o, f, &now);
	turn_fresh(f);
	x.full = f->highest == 0 || clock_mono_ms() >= f->full_at_ms;
	if (x.full)
		f->full_at_ms = clock_mono_ms() + DAY_MS;
	ok = find(o, imap, f, &x, e) && fetch(o, imap, f, &x, missed_r, e);
	/* What was refused is asked for again by a full sweep, and must not hold up what is new. */
	if (ok || e->code == ERR_REFUSED)
		f->highest = x.highest;
	found_free(&x);
	health_backlog(o->health, 0);
	return ok;
}

enum folder_look
folder_look(struct folder *f, const struct folder_owner *o, struct imap *imap, struct err *e)
{
	size_t missed = 0;

	if (f->absent && clock_mono_ms() < f->full_at_ms) {
		*e = f->last;
		return FOLDER_LEFT;
	}
	f->absent = false;
	if (sweep(o, imap, f, &missed, e)) {
		if (missed == 0)
			return FOLDER_WHOLE;
		err_set(e, ERR_REFUSED, "%s: %zu mails of folder %s were listed and not given", o->c->address,
		        missed, f->name);
	}
	if (e->code != ERR_NOT_FOUND && e->code != ERR_REFUSED) {
		f->full_at_ms = 0; /* with the next connection */
		return FOLDER_CUT;
	}
	f->last = *e;
	f->absent = e->code == ERR_NOT_FOUND;
	f->full_at_ms = clock_mono_ms() + TEN_MINUTES_MS;
	health_note(o->health, e->code, e->text);
	return FOLDER_LEFT;
}
