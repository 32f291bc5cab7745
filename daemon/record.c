/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/record.h"

#include "config/clock.h"
#include "config/json_value.h"
#include "config/mem.h"
#include "daemon/answer.h"
#include "daemon/journal.h"
#include "daemon/order.h"
#include "spool/query.h"

#include <jansson.h>
#include <string.h>

enum { REPLY_MAX = 40 << 20 };

/* One mail on its way into the spool. */
struct recording {
	const struct writer_config *c;
	struct spool *s;
	struct arena *a;
	const struct parsed *p;
	struct hash message; /* of its bytes */
	struct hash reading;
	char received_at[CLOCK_RFC3339_MAX];
};

/* ---- lines ---- */

/* Where and when it came: the fields that `received`, `left` and `held` share. */
static void
put_arrival(const struct recording *g, json_t *line)
{
	const struct arrival *v = g->p->arrival;

	json_object_set_new(line, "mailbox", json_text_or_null(v->mailbox));
	json_object_set_new(line, "folder", json_text_or_null(v->folder));
	json_object_set_new(line, "uidvalidity", json_integer(v->uidvalidity));
	json_object_set_new(line, "uid", json_integer(v->uid));
	json_object_set_new(line, "received_at", json_text_or_null(g->received_at));
}

static json_t *
line_of(const struct recording *g, const char *event)
{
	return json_made(json_pack("{s:s, s:s}", "event", event, "message", g->message.hex));
}

static bool
line_received(const struct recording *g, struct err *e)
{
	json_t *line = line_of(g, "received");

	json_object_set_new(line, "size", json_integer((json_int_t)g->p->arrival->len));
	put_arrival(g, line);
	json_object_set_new(line, "way", json_text_or_null(g->p->arrival->uid ? "imap" : "ingest"));
	json_object_set_new(line, "answered", json_boolean(g->p->arrival->answered));
	return spool_line(g->s, line, NULL, e);
}

static bool
line_left(const struct recording *g, const char *disposition, const char *parser, bool unread, struct err *e)
{
	json_t *line = line_of(g, "left");

	put_arrival(g, line);
	json_object_set_new(line, "disposition", json_text_or_null(disposition));
	json_object_set_new(line, "parser", json_text_or_null(parser));
	json_object_set_new(line, "unread", json_boolean(unread));
	return spool_line(g->s, line, NULL, e);
}

static bool
line_held(const struct recording *g, int attempt, struct err *e)
{
	json_t *line = line_of(g, "held");

	put_arrival(g, line);
	/* The code's name, not the sentence: that may hold what the parser said of a stranger's mail. */
	json_object_set_new(line, "why", json_text_or_null(err_name(g->p->why.code)));
	json_object_set_new(line, "attempt", json_integer(attempt));
	return spool_line(g->s, line, NULL, e);
}

static json_t *
codes_of(const json_t *defects)
{
	json_t *list = json_made(json_array());
	size_t i;
	const json_t *d;

	json_array_foreach((json_t *)defects, i, d) json_array_append(list, json_object_get(d, "code"));
	return list;
}

static json_t *
changed_of(const struct decided_form *f)
{
	json_t *list = json_made(json_array());

	for (size_t i = 0; f->as == AS_REVISION && i < f->change_count; i++)
		json_array_append_new(list, json_string(f->changes[i].field->key));
	return list;
}

static json_t *
form_of(const struct decided_form *f, size_t n)
{
	const struct reading_form *rf = f->form;
	json_t *o = json_made(json_pack("{s:I, s:s, s:i, s:s}", "n", (json_int_t)n, "receipt", f->receipt,
	                                "revision", f->revision, "as", decided_as_name(f->as)));

	json_object_set_new(o, "region_key", json_text_or_null(rf->region_key));
	json_object_set_new(o, "region_code", json_text_or_null(rf->region_code));
	json_object_set_new(o, "category", json_text_or_null(rf->category));
	json_object_set_new(o, "defects", codes_of(json_object_get(rf->json, "defects")));
	json_object_set_new(o, "errors", json_integer((json_int_t)rf->errors));
	json_object_set_new(o, "changed", changed_of(f));
	return o;
}

/* The submission that it answers, as its headers say. */
static bool
thread_of(const struct recording *g, const char **message_r, struct err *e)
{
	const struct reading *r = &g->p->reading;
	size_t n = json_array_size(r->references), count = 0;
	const char **ids = arena_alloc(g->a, n + 1, sizeof *ids);
	struct query_answered *answered = NULL;

	*message_r = NULL;
	if (*r->in_reply_to)
		ids[count++] = r->in_reply_to;
	for (size_t i = n; i-- > 0;)
		ids[count++] = json_string_value(json_array_get(r->references, i));
	if (count && !query_answered(spool_index(g->s), g->a, ids, count, &answered, e))
		return false;
	*message_r = answered ? answered->message : NULL;
	return true;
}

static bool
line_recorded(const struct recording *g, const struct decided *d, const char *copy_of, struct err *e)
{
	json_t *forms, *line;
	const char *thread;

	if (!thread_of(g, &thread, e))
		return false;
	forms = json_made(json_array());
	for (size_t i = 0; i < d->form_count; i++)
		json_array_append_new(forms, form_of(&d->forms[i], d->forms[i].from_text ? 0 : i + 1));
	line = line_of(g, "recorded");
	json_object_set_new(line, "reading", json_text_or_null(g->reading.hex));
	json_object_set_new(line, "id", json_text_or_null(d->id));
	json_object_set_new(line, "disposition", json_text_or_null(disposition_name(d->disposition)));
	json_object_set_new(line, "late", json_boolean(d->late));
	json_object_set_new(line, "withheld", json_text_or_null(d->withheld));
	json_object_set_new(line, "copy_of", json_text_or_null(copy_of));
	if (d->concerns)
		json_object_set_new(line, "concerns", json_text_or_null(d->concerns));
	json_object_set_new(line, "thread", json_text_or_null(thread));
	json_object_set_new(line, "forms", forms);
	return spool_line(g->s, line, NULL, e);
}

/* ---- files ---- */

static bool
put_mail(struct recording *g, struct err *e)
{
	return spool_put_mail(g->s, BYTES(g->p->arrival->bytes, g->p->arrival->len), &g->message, e);
}

/* overlaid: the form that the mail's text made of an earlier one, or NULL. */
static bool
put_reading(struct recording *g, const json_t *overlaid, struct err *e)
{
	json_t *o = json_made(json_pack("{s:s, s:s, s:O}", "kind", "reading", "message", g->message.hex,
	                                "parsed", g->p->reading.json));
	bool ok;

	if (overlaid)
		json_object_set(o, "overlaid", (json_t *)overlaid);
	ok = spool_put_reading(g->s, o, &g->reading, e);
	json_decref(o);
	return ok;
}

/* ---- the reply ---- */

/* A reply that brings nothing new may be one of a loop: caps keep it for a person. */
static bool
capped(const struct recording *g, const char *recipient, const char *thread, const char **why_r,
       struct err *e)
{
	time_t now = clock_now();
	const struct {
		struct query_cap cap;
		int most;
		const char *why;
	} caps[] = {
	        {{recipient, thread, now - 24L * 3600, true}, g->c->per_thread_per_day, "cap_thread"},
	        {{NULL, NULL, now - 3600, true}, g->c->per_hour, "cap_hour"},
	        {{recipient, NULL, now - 3600, false}, g->c->per_address_per_hour, "cap_address"},
	};

	for (size_t i = 0; i < sizeof caps / sizeof *caps; i++) {
		int64_t count = 0;

		if (!caps[i].most)
			continue;
		if (!query_cap(spool_index(g->s), &caps[i].cap, &count, e))
			return false;
		if (count >= caps[i].most) {
			*why_r = caps[i].why;
			return true;
		}
	}
	return true;
}

static const struct writer_mailbox *
mailbox_of(const struct writer_config *c, const char *address)
{
	for (size_t i = 0; i < c->mailbox_count; i++)
		if (strcmp(c->mailboxes[i].address, address) == 0)
			return &c->mailboxes[i];
	return &c->mailboxes[0]; /* ingested for a mailbox that is not configured any more */
}

/* A reply that is composed and on disk, and nobody's yet. */
struct composed {
	const char *reply; /* its id */
	struct hash mail;
	const char *mailbox;
};

static bool
compose(const struct recording *g, const struct decided *d, struct composed *r_r, struct err *e)
{
	const struct writer_mailbox *m = mailbox_of(g->c, g->p->arrival->mailbox);
	struct answer_from from = {g->c->own_name, m->address, g->c->own_domain, m->contact};
	struct answer_facts facts = {g->message.hex, g->p->arrival->internaldate, spool_head(g->s), 0};
	struct buf mail = BUF_INIT(REPLY_MAX);
	int64_t number = 0;
	bool ok = query_reply_number(spool_index(g->s), d->id, &number, e);

	facts.number = (int)(number + 1);
	ok = ok && answer_compose(g->c->kit, g->c->form, &from, &facts, d, &g->p->reading, &mail, e) &&
	     spool_put_mail(g->s, buf_bytes(&mail), &r_r->mail, e);
	r_r->reply = arena_fmt(g->a, "%s.%d", d->id, facts.number);
	r_r->mailbox = m->address;
	buf_free(&mail);
	return ok;
}

/* The reply that d owes, if it can be made. What a stranger wrote must not hold up the mails behind it: where
 * no address can be answered, or the reply would be larger than any server takes, a person is told. */
static bool
try_compose(const struct recording *g, struct decided *d, struct composed *r_r, struct err *e)
{
	struct err why = {0};

	if (compose(g, d, r_r, &why))
		return true;
	if (why.code != ERR_INPUT && why.code != ERR_TOO_LARGE) {
		*e = why;
		return false;
	}
	journal(JOURNAL_WARNING, "%s: no reply can be made to %.12s…: %s", d->id, g->message.hex, why.text);
	d->answered = false;
	d->withheld = "unanswerable";
	return true;
}

static bool
line_queued(const struct recording *g, const struct decided *d, const struct composed *r, struct err *e)
{
	json_t *line = json_made(json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "event", "queued", "reply",
	                                   r->reply, "message", r->mail.hex, "to_message", g->message.hex,
	                                   "kind", reply_kind_name(answer_kind(d)), "mailbox", r->mailbox,
	                                   "state", d->withheld ? "withheld" : "due"));

	json_object_set_new(line, "why", json_text_or_null(d->withheld));
	return spool_line(g->s, line, NULL, e);
}

/* ---- fates ---- */

/* A bounce of a reply of ours: staff must see that it never arrived. Only of one that went out: a forged
 * bounce must not stop what is still to be sent. */
static bool
bounced_reply(const struct recording *g, const char **reply_r, struct err *e)
{
	const struct reading *r = &g->p->reading;
	struct query_reply *reply = NULL;

	*reply_r = NULL;
	if (!r->bounce)
		return true;
	if (r->bounce_of && !query_reply_by_message_id(spool_index(g->s), g->a, r->bounce_of, &reply, e))
		return false;
	if (!reply && r->bounce_receipt &&
	    !query_reply_sent_last(spool_index(g->s), g->a, r->bounce_receipt, &reply, e))
		return false;
	if (reply && (strcmp(reply->state, "sent") == 0 || strcmp(reply->state, "unknown") == 0))
		*reply_r = reply->reply;
	return true;
}

static bool
record_bounce(struct recording *g, const char *reply, struct err *e)
{
	struct decided d = {.disposition = DISPOSITION_IGNORED};
	const char *status = g->p->reading.bounce_status;
	json_t *line;

	if (!put_mail(g, e) || !put_reading(g, NULL, e) || !line_received(g, e))
		return false;
	d.id = arena_fmt(g->a, "M-%.10s", g->message.hex);
	if (!line_recorded(g, &d, NULL, e))
		return false;
	line = json_made(json_pack("{s:s, s:s, s:s, s:s}", "event", "bounced", "reply", reply, "message",
	                           g->message.hex, "status", status ? status : ""));
	return spool_line(g->s, line, NULL, e);
}

static bool
record_copy(struct recording *g, const struct query_message *of, struct err *e)
{
	struct decided d = {
	        .disposition = g->p->reading.disposition, .late = g->p->reading.late, .id = of->id};

	return put_mail(g, e) && put_reading(g, NULL, e) && line_received(g, e) &&
	       line_recorded(g, &d, of->message, e);
}

/* What the daemon's own memory keeps for a person. That all of it had come already is said once to an
 * address: who sends it a third time may be a machine, or somebody whom our letters do not help. */
static bool
hold_back(const struct recording *g, struct decided *d, const char *recipient, struct err *e)
{
	const char *thread = NULL;
	bool told = false;

	if (answer_kind(d) == REPLY_REPEATED &&
	    !query_told_repeated(spool_index(g->s), d->id, recipient, &told, e))
		return false;
	if (told)
		d->withheld = "told";
	return told || (thread_of(g, &thread, e) &&
	                capped(g, recipient, thread ? thread : g->message.hex, &d->withheld, e));
}

static bool
record_new(struct recording *g, bool relooked, struct err *e)
{
	struct decide_facts facts = {g->message.hex, g->p->arrival->internaldate, g->p->arrival->answered,
	                             relooked};
	const char *recipient;
	struct composed reply = {0};
	struct decided d = {0};
	bool ok = false;

	/* Asked before anything is staged: of what is full, nothing is half done. */
	if (!spool_room(g->s, g->p->arrival->len, e) || !put_mail(g, e) || !line_received(g, e))
		return false;
	if (!decide(&d, g->a, g->s, &g->c->rules, &facts, &g->p->reading, e) ||
	    !put_reading(g, d.overlaid, e))
		goto out;
	recipient = answer_recipient(g->c->form, &d, &g->p->reading);
	if (d.answered && !recipient) {
		d.answered = false;
		if (!d.withheld)
			d.withheld = "unanswerable";
	}
	if (d.answered && !d.withheld && !hold_back(g, &d, recipient, e))
		goto out;
	if (d.answered && !try_compose(g, &d, &reply, e))
		goto out;
	ok = line_recorded(g, &d, NULL, e) && (!d.answered || line_queued(g, &d, &reply, e));
out:
	decided_free(&d);
	return ok;
}

static bool
is_known(const struct recording *g, enum query_uid *uid_r, struct err *e)
{
	const struct arrival *v = g->p->arrival;
	struct query_place place = {v->mailbox, v->folder, v->uidvalidity};

	*uid_r = QUERY_UID_NEW;
	return !v->uid || query_uid(spool_index(g->s), &place, v->uid, uid_r, e);
}

/* An answer to a digest of ours, without a form, is staff's: left in the mailbox, and done what it orders. */
static bool
record_order(struct recording *g, bool *taken_r, struct err *e)
{
	const struct reading *r = &g->p->reading;
	const struct arrival *v = g->p->arrival;
	const struct order_mail m = {r,      g->message.hex, v->mailbox, v->folder, v->uidvalidity,
	                             v->uid, v->internaldate};
	char digest[DIGEST_ID_MAX];

	*taken_r = false;
	if (r->bounce || !order_answers(g->s, g->a, r, digest, e))
		return r->bounce;
	if (!digest[0])
		return true;
	*taken_r = true;
	if (!v->uid) /* a file that somebody handed in: no server vouches for it */
		return true;
	return line_left(g, disposition_name(r->machine ? DISPOSITION_IGNORED : DISPOSITION_OTHER), r->parser,
	                 false, e) &&
	       order_take(g->c->digest, g->s, g->a, digest, &m, e);
}

static bool
record_read(struct recording *g, enum record_fate *fate_r, struct err *e)
{
	const struct reading *r = &g->p->reading;
	struct query_message *known = NULL;
	const char *bounced = NULL;
	bool relooked = false, ordered = false;
	time_t date = 0;

	if (!query_message(spool_index(g->s), g->a, g->message.hex, &known, e))
		return false;
	if (known && known->disposition && !known->content_sha256) {
		/* Taken out by a person's word, and met again in the mailbox: it does not come back. */
		*fate_r = RECORD_LEFT;
		return line_left(g, disposition_name(DISPOSITION_IGNORED), r->parser, false, e);
	}
	if (known && known->disposition) {
		*fate_r = RECORD_COPY;
		return line_received(g, e);
	}
	if (!record_order(g, &ordered, e))
		return false;
	if (ordered) {
		*fate_r = RECORD_LEFT;
		return true;
	}
	if (r->disposition == DISPOSITION_OTHER || r->disposition == DISPOSITION_IGNORED) {
		if (!bounced_reply(g, &bounced, e))
			return false;
		*fate_r = bounced ? RECORD_RECORDED : RECORD_LEFT;
		if (!bounced && !g->p->arrival->uid)
			return true;
		return bounced ? record_bounce(g, bounced, e)
		               : line_left(g, disposition_name(r->disposition), r->parser,
		                           json_array_size(r->unread) > 0, e);
	}
	(void)clock_parse(r->date, &date);
	if (!query_was_left(spool_index(g->s), g->message.hex, &relooked, e))
		return false;
	if (!query_submission(spool_index(g->s), g->a, r->message_id, r->from_addr, date, r->content_sha256,
	                      &known, e))
		return false;
	*fate_r = known ? RECORD_COPY : RECORD_RECORDED;
	return known ? record_copy(g, known, e) : record_new(g, relooked, e);
}

static bool
record_failed(struct recording *g, enum record_fate *fate_r, struct err *e)
{
	struct query_held *held = NULL;
	size_t count = 0;
	int attempt = 1;

	*fate_r = RECORD_NOT_NOW;
	/* Who handed it in is told, and has it still. */
	if (g->p->why.code == ERR_INTERRUPTED || !g->p->arrival->uid)
		return true;
	*fate_r = RECORD_LEFT;
	if (g->p->why.code == ERR_NOT_MAIL)
		return line_left(g, "other", VERSION, true, e);
	if (!query_held(spool_index(g->s), g->a, &held, &count, e))
		return false;
	for (size_t i = 0; i < count; i++)
		if (strcmp(held[i].message, g->message.hex) == 0)
			attempt = held[i].attempt + 1;
	*fate_r = RECORD_HELD;
	if (!line_held(g, attempt, e))
		return false;
	/* What the system, not the mail, is at fault for never ends in giving the mail up. */
	if (attempt < HELD_TRIES || g->p->why.code == ERR_OS)
		return true;
	*fate_r = RECORD_LEFT;
	return g->p->outlined ? record_read(g, fate_r, e) : line_left(g, "other", VERSION, true, e);
}

bool
record_parsed(const struct writer_config *c, struct spool *s, const struct parsed *p,
              enum record_fate *fate_r, struct err *e)
{
	struct recording g = {.c = c, .s = s, .a = arena_new(), .p = p};
	enum query_uid uid = QUERY_UID_NEW;
	bool ok;

	g.message = hash_of(BYTES(p->arrival->bytes, p->arrival->len));
	(void)clock_rfc3339(p->arrival->internaldate, g.received_at);
	*fate_r = RECORD_KNOWN;
	ok = is_known(&g, &uid, e);
	if (ok && uid != QUERY_UID_KNOWN)
		ok = p->ok ? record_read(&g, fate_r, e) : record_failed(&g, fate_r, e);
	arena_free(g.a);
	return ok;
}
