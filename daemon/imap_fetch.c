/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of mails, and their bytes (RFC 3501 6.4.5): many a command, several commands on their way. */
#include "daemon/imap_dialogue.h"

#include "config/clock.h"
#include "config/mem.h"

#include <stdlib.h>

enum {
	IN_FLIGHT = 2, /* more did not help, one costs a round trip a batch */
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

/* Run a series with IN_FLIGHT commands on their way. What is refused is passed over, *refused_r. */
static bool
run_batches(struct imap *m, batch_fn *next, dialogue_fn *fn, void *context, bool *refused_r, struct err *e)
{
	struct buf b = BUF_INIT(DIALOGUE_COMMAND_MAX);
	unsigned first = m->tag + 1;
	bool more = true, ok = true;

	*refused_r = false;
	for (;;) {
		bool refused = false;

		while (ok && more && m->tag + 1 - first < IN_FLIGHT) {
			buf_clear(&b);
			more = next(context, &b);
			if (more)
				ok = dialogue_begin(m, e, "%s", b.at);
		}
		if (!ok || first > m->tag)
			break;
		ok = dialogue_finish(m, first++, fn, context, &refused, e);
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

struct listing {
	const struct imap_uids *uids;
	size_t next;
	struct imap_heads *heads;
};

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
	struct imap_heads *h = l->heads;

	(void)m, (void)e;
	/* A FETCH of news about flags has no size; one of a mail not asked for is none of our business. */
	if (r->word != IMAP_FETCH || !f->has_uid || !f->has_size || !imap_uids_has(l->uids, f->uid))
		return true;
	if (h->count == h->cap) {
		h->cap = h->cap ? h->cap * 2 : 64;
		h->at = mem_grow(h->at, h->cap, sizeof *h->at);
	}
	h->at[h->count++] = (struct imap_head){
	        .uid = f->uid,
	        .size = f->size,
	        .internaldate = f->has_date ? f->date : clock_now(),
	        .answered = f->answered,
	};
	return true;
}

static int
compare_heads(const void *a, const void *b)
{
	const struct imap_head *x = a, *y = b;

	return (x->uid > y->uid) - (x->uid < y->uid);
}

bool
imap_list(struct imap *m, const struct imap_uids *uids, struct imap_heads *heads_r, struct err *e)
{
	struct listing l = {.uids = uids, .heads = heads_r};
	bool refused = false;
	size_t n = 0;

	*heads_r = (struct imap_heads){0};
	if (!run_batches(m, next_listing, on_listing, &l, &refused, e)) {
		imap_heads_free(heads_r);
		return false;
	}
	if (heads_r->count)
		qsort(heads_r->at, heads_r->count, sizeof *heads_r->at, compare_heads);
	for (size_t i = 0; i < heads_r->count; i++) /* the same one told twice counts once */
		if (n == 0 || heads_r->at[i].uid != heads_r->at[n - 1].uid)
			heads_r->at[n++] = heads_r->at[i];
	heads_r->count = n;
	return !refused || refusal(m, e);
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
