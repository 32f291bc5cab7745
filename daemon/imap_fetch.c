/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of mails, and their bytes (RFC 3501 6.4.5): many a command, several commands on their way. */
#include "daemon/imap_dialogue.h"

#include "config/clock.h"
#include "config/mem.h"

#include <stdlib.h>

enum {
	LIST_COUNT = 500,
	BATCH_COUNT = 32,
	BATCH_BYTES = 8 << 20,
	ALONE_MAX = 64,         /* mails not given one by one either: it refuses all */
	PIECE = 1 << 20,        /* of a mail that is too large */
	LITERAL_SLACK = 1 << 20 /* a mail may be longer than its RFC822.SIZE said */
};

void
imap_heads_free(struct imap_heads *h)
{
	free(h->at);
	*h = (struct imap_heads){0};
}

/* Makes the next command of a series into b; false: there is none left. */
typedef bool batch_fn(void *context, struct buf *b);

/* Run a series with DIALOGUE_IN_FLIGHT commands on their way. What is refused is passed over, *refused_r. */
static bool
run_batches(struct imap *m, batch_fn *next, dialogue_fn *fn, void *context, bool *refused_r, struct err *e)
{
	struct buf b = BUF_INIT(DIALOGUE_COMMAND_MAX);
	bool more = true, ok = true;

	*refused_r = false;
	for (;;) {
		bool refused = false;

		while (ok && more && m->due_count < DIALOGUE_IN_FLIGHT) {
			buf_clear(&b);
			more = next(context, &b);
			if (more)
				ok = dialogue_begin(m, e, "%s", b.at);
		}
		if (!ok || !m->due_count)
			break;
		ok = dialogue_finish(m, fn, context, &refused, e);
		*refused_r = *refused_r || refused;
	}
	buf_free(&b);
	return ok;
}

static bool
refusal(struct imap *m, struct err *e)
{
	return err_set(e, ERR_REFUSED, "%s: the server refuses to give some mails: %s", m->name, m->said);
}

/* A server may say of a mail what was asked in one response or in several, the mails in any order (RFC 3501
 * 7): so there is a place for each. */
struct listing {
	const struct imap_uids *uids;
	size_t next;
	struct imap_head *heads; /* one for each of uids, … */
	unsigned char *said;     /* and what is known of it: */
};

enum { SAID_SIZE = 1, SAID_DATE = 2 };

static bool
next_listing(void *context, struct buf *b)
{
	struct listing *l = context;

	if (l->next == l->uids->count)
		return false;
	buf_str(b, "UID FETCH ");
	l->next = imap_uids_set(l->uids, l->next, LIST_COUNT, DIALOGUE_COMMAND_MAX - 100, b);
	buf_str(b, " (UID INTERNALDATE RFC822.SIZE FLAGS)");
	return true;
}

static bool
on_listing(struct imap *m, void *context, const struct imap_response *r, struct err *e)
{
	struct listing *l = context;
	const struct imap_fetched *f = &r->fetched;
	size_t i = 0;

	(void)m, (void)e;
	/* One of a mail not asked for is none of our business. */
	if (r->word != IMAP_FETCH || !f->has_uid || !imap_uids_find(l->uids, f->uid, &i))
		return true;
	if (f->has_size)
		l->heads[i].size = f->size;
	if (f->has_date)
		l->heads[i].internaldate = f->date;
	if (f->has_flags)
		l->heads[i].answered = f->answered;
	l->said[i] |= (f->has_size ? SAID_SIZE : 0) | (f->has_date ? SAID_DATE : 0);
	return true;
}

/* Those that are there: of a mail that is gone there are no news but old ones, of its flags. */
static void
close_up(const struct listing *l, struct imap_heads *heads)
{
	for (size_t i = 0; i < l->uids->count; i++) {
		if (!(l->said[i] & SAID_SIZE))
			continue;
		l->heads[heads->count] = l->heads[i];
		l->heads[heads->count].uid = l->uids->at[i];
		if (!(l->said[i] & SAID_DATE))
			l->heads[heads->count].internaldate = clock_now();
		heads->count++;
	}
}

bool
imap_list(struct imap *m, const struct imap_uids *uids, struct imap_heads *heads_r, struct err *e)
{
	struct listing l = {.uids = uids};
	bool refused = false, ok = true;

	*heads_r = (struct imap_heads){0};
	if (uids->count == 0)
		return true;
	l.heads = mem_alloc(uids->count, sizeof *l.heads);
	l.said = mem_alloc(uids->count, 1);
	ok = run_batches(m, next_listing, on_listing, &l, &refused, e);
	if (ok) {
		close_up(&l, heads_r);
		heads_r->at = l.heads;
	} else {
		free(l.heads);
	}
	free(l.said);
	return ok && (!refused || refusal(m, e));
}

struct fetching {
	const struct imap_heads *heads;
	size_t next;
	size_t mail_max;
	bool *given; /* one for each head: a server may answer twice */
	size_t given_count;
	bool alone;         /* once more, one mail a command: what was not given */
	size_t alone_count; /* asked for so, and not given */
	imap_mail_fn *fn;
	void *context;
};

static bool
is_large(const struct fetching *t, size_t i)
{
	return t->heads->at[i].size > t->mail_max;
}

static bool
next_fetching(void *context, struct buf *b)
{
	struct fetching *t = context;
	const struct imap_heads *h = t->heads;
	struct imap_uids uids = {0};
	uint64_t bytes = 0;
	bool large = false;

	while (t->alone && t->next < h->count && t->given[t->next])
		t->next++;
	if (t->next == h->count || t->alone_count == ALONE_MAX)
		return false;
	t->alone_count += t->alone;
	large = is_large(t, t->next);
	do {
		bytes += h->at[t->next].size;
		imap_uids_add(&uids, h->at[t->next++].uid);
	} while (!t->alone && !large && t->next < h->count && uids.count < BATCH_COUNT &&
	         !is_large(t, t->next) && h->at[t->next].size < BATCH_BYTES &&
	         bytes + h->at[t->next].size <= BATCH_BYTES);
	buf_str(b, "UID FETCH ");
	(void)imap_uids_set(&uids, 0, BATCH_COUNT, DIALOGUE_COMMAND_MAX - 100, b);
	if (large)
		buf_fmt(b, " (UID FLAGS BODY.PEEK[]<0.%d>)", PIECE);
	else
		buf_str(b, " (UID FLAGS BODY.PEEK[])");
	imap_uids_free(&uids);
	return true;
}

static int
compare_heads(const void *a, const void *b)
{
	const struct imap_head *x = a, *y = b;

	return (x->uid > y->uid) - (x->uid < y->uid);
}

static bool
on_fetching(struct imap *m, void *context, const struct imap_response *r, struct err *e)
{
	struct fetching *t = context;
	const struct imap_fetched *f = &r->fetched;
	struct imap_head key = {.uid = f->uid}, *head = NULL;
	struct imap_mail mail = {0};
	size_t i = 0;

	(void)m;
	if (r->word != IMAP_FETCH || !f->has_uid || !f->has_body)
		return true;
	head = bsearch(&key, t->heads->at, t->heads->count, sizeof key, compare_heads);
	i = head ? (size_t)(head - t->heads->at) : 0;
	if (!head || i >= t->next || t->given[i])
		return true;
	t->given[i] = true;
	t->given_count++;
	t->alone_count -= t->alone;
	mail = (struct imap_mail){.head = *head, .bytes = f->body};
	if (f->has_flags)
		mail.head.answered = f->answered;
	/* Some servers leave the <0> away that says "a piece". Larger than it said it was: likewise. */
	mail.too_large = is_large(t, i) || f->body.len > t->mail_max;
	if (mail.too_large && mail.bytes.len > PIECE)
		mail.bytes.len = PIECE;
	return t->fn(t->context, &mail, e);
}

bool
imap_fetch(struct imap *m, const struct imap_heads *heads, size_t mail_max, imap_mail_fn *fn, void *context,
           size_t *given_r, struct err *e)
{
	struct fetching t = {.heads = heads, .mail_max = mail_max, .fn = fn, .context = context};
	bool refused = false, ok = true;

	*given_r = 0;
	if (heads->count == 0)
		return true;
	t.given = mem_alloc(heads->count, sizeof *t.given);
	imap_reader_limit(m->reader, (mail_max > PIECE ? mail_max : PIECE) + LITERAL_SLACK);
	ok = run_batches(m, next_fetching, on_fetching, &t, &refused, e);
	if (ok && refused && t.given_count < heads->count) {
		t.alone = true;
		t.next = 0;
		ok = run_batches(m, next_fetching, on_fetching, &t, &refused, e);
	}
	*given_r = t.given_count;
	free(t.given);
	return ok && (*given_r == heads->count || !refused || refusal(m, e));
}
