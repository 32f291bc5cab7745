/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/life.h"

#include "config/clock.h"
#include "config/json_value.h"
#include "config/mem.h"
#include "daemon/own_mail.h"
#include "daemon/reading.h"
#include "spool/holdings.h"
#include "spool/query.h"

#include <stdlib.h>
#include <string.h>

enum { LETTER_MAX = 1 << 20 };

struct life {
	const struct form *form;
	struct spool *s;
	struct arena *a;
	struct mask *mask;
	struct query_registration *reg;
	struct query_revision *revisions; /* of reg, not of what was joined */
	size_t revision_count;
	struct holdings held;
	json_t *of;       /* sets of what its lines name: receipts, messages, replies; their files: true */
	json_t *told;     /* the whole, as it grows */
	json_t *timeline; /* borrowed from told */
	int64_t digest_after; /* a digest is told once after each thing that happened */
};

/* ---- members ---- */

static json_t *
parsed_or_null(const char *s)
{
	json_t *o = s ? json_loads(s, 0, NULL) : NULL;

	return o ? o : json_null();
}

static void
put(json_t *o, const char *key, json_t *value)
{
	if (json_object_set_new(o, key, value) != 0)
		mem_die("telling a registration's life");
}

/* Members of the line that go over as they are. */
static void
take(json_t *event, const json_t *line, const char *const *keys)
{
	for (; *keys; keys++)
		put(event, *keys,
		    json_object_get(line, *keys) ? json_incref(json_object_get(line, *keys)) : json_null());
}

static bool
is_of(const struct life *l, const json_t *line, const char *key)
{
	const char *v = json_text(line, key);

	return v && json_object_get(l->of, v);
}

/* An event of the timeline; the name is the line's own, or another. */
static json_t *
tell(struct life *l, const json_t *line, const char *name)
{
	json_t *o = json_made(json_object());

	take(o, line, (const char *const[]){"seq", "at", NULL});
	put(o, "event", json_string(name));
	if (json_array_append_new(l->timeline, o) != 0)
		mem_die("telling a registration's life");
	return o;
}

/* A file of read/; NULL where it is gone. *gone_r is then told in the event. */
static json_t *
file_of(const struct life *l, const char *hash, json_t *event)
{
	json_t *o = NULL;
	struct hash id;
	bool there = hash && hash_read(&id, hash) && spool_reading(l->s, &id, &o, NULL);

	put(event, "gone", json_boolean(!there));
	return o;
}

/* ---- what was read ---- */

/* What stands in revision n, as text; NULL: nothing. Free it. */
static char *
value_in(const struct life *l, int n, const struct form_field *f)
{
	json_t *form;
	char *value;

	if (n < 1 || (size_t)n > l->revision_count || !l->revisions[n - 1].form)
		return NULL;
	form = json_loads(l->revisions[n - 1].form, 0, NULL);
	value = reading_value(form, f);
	json_decref(form);
	return value;
}

static json_t *
changes_of(const struct life *l, int revision)
{
	json_t *list = json_made(json_array()), *keys, *key;
	size_t i;

	if (revision < 2 || (size_t)revision > l->revision_count)
		return list;
	keys = parsed_or_null(l->revisions[revision - 1].changed);
	json_array_foreach(keys, i, key)
	{
		const struct form_field *f = form_field(l->form, json_string_value(key));
		char *was, *now;

		if (!f)
			continue;
		was = value_in(l, revision - 1, f);
		now = value_in(l, revision, f);
		json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:o}", "key", f->key, "label",
		                                      f->label, "was", json_text_or_null(was), "now",
		                                      json_text_or_null(now)));
		free(was);
		free(now);
	}
	json_decref(keys);
	return list;
}

static json_t *
defects_of(const json_t *form, const char *key)
{
	json_t *list = json_made(json_array());
	const json_t *d;
	size_t i;

	json_array_foreach(json_object_get(form, "defects"), i, d)
	{
		const char *field = json_text(d, "field");

		if (field && strcmp(field, key) == 0)
			json_array_append(list, (json_t *)d);
	}
	return list;
}

static bool
has_string(const json_t *list, const char *s)
{
	const json_t *v;
	size_t i;

	json_array_foreach((json_t *)list, i, v)
	{
		if (json_is_string(v) && strcmp(json_string_value(v), s) == 0)
			return true;
	}
	return false;
}

/* What other files of the mail say of the field: source and value. */
static json_t *
others_of(const json_t *form, const char *key)
{
	json_t *list = json_made(json_array());
	const json_t *c;
	size_t i;

	json_array_foreach(json_object_get(form, "conflicts"), i, c)
	{
		if (json_text(c, "field") && strcmp(json_text(c, "field"), key) == 0)
			json_array_append_new(
			        list, json_made(json_pack("{s:o, s:o}", "source",
			                                  json_text_or_null(json_text(c, "source")), "value",
			                                  json_text_or_null(json_text(c, "value")))));
	}
	return list;
}

static json_t *
fields_of(const struct life *l, const json_t *form)
{
	json_t *list = json_made(json_array());

	for (size_t i = 0; i < l->form->field_count; i++) {
		const struct form_field *f = &l->form->fields[i];
		const json_t *place = json_object_get(json_object_get(form, "places"), f->key);
		char *value = reading_value(form, f);

		json_array_append_new(
		        list,
		        json_made(json_pack("{s:s, s:s, s:o, s:o, s:b, s:o, s:o}", "key", f->key, "label",
		                            f->label, "value", json_text_or_null(value), "place",
		                            place ? json_deep_copy(place) : json_null(), "doubtful",
		                            has_string(json_object_get(form, "doubtful"), f->key), "defects",
		                            defects_of(form, f->key), "others", others_of(form, f->key))));
		free(value);
	}
	return list;
}

static void
tell_form(struct life *l, const json_t *line, const json_t *ref)
{
	json_t *o = tell(l, line, "read"), *file = file_of(l, json_text(line, "reading"), o);
	json_int_t n = json_int(ref, "n");
	const json_t *form = n > 0 ? json_array_get(json_object_get(json_object_get(file, "parsed"), "forms"),
	                                            (size_t)n - 1)
	                           : json_object_get(file, "overlaid");
	const char *as = json_text(ref, "as"), *receipt = json_text(ref, "receipt");
	bool revises = as && strcmp(as, "revision") == 0 && receipt && strcmp(receipt, l->reg->receipt) == 0;

	take(o, line, (const char *const[]){"message", "reading", "disposition", "withheld", "late", NULL});
	put(o, "message_sha256", json_incref(json_object_get(o, "message")));
	json_object_del(o, "message");
	take(o, ref, (const char *const[]){"receipt", "revision", "as", "category", "region_code", NULL});
	if (form) {
		take(o, form, (const char *const[]){"source", "also", "confidence", NULL});
		put(o, "fields", fields_of(l, form));
	}
	put(o, "changes", revises ? changes_of(l, (int)json_int(ref, "revision")) : json_made(json_array()));
	json_decref(file);
}

/* ---- lines ---- */

static void
on_received(struct life *l, const json_t *line)
{
	struct query_message *m = NULL;
	json_t *o;

	if (!is_of(l, line, "message"))
		return;
	o = tell(l, line, "arrived");
	take(o, line, (const char *const[]){"mailbox", "folder", "way", "received_at", "size", NULL});
	put(o, "message_sha256", json_text_or_null(json_text(line, "message")));
	if (!query_message(spool_index(l->s), l->a, json_text(line, "message"), &m, NULL) || !m)
		return;
	put(o, "sender", json_text_or_null(m->from_addr));
	put(o, "sender_name", json_text_or_null(m->from_name));
	put(o, "subject", json_text_or_null(m->subject));
}

static void
on_recorded(struct life *l, const json_t *line)
{
	const json_t *ref;
	size_t i, told = 0;
	json_t *o;

	if (!is_of(l, line, "message"))
		return;
	json_array_foreach(json_object_get(line, "forms"), i, ref)
	{
		if (!is_of(l, ref, "receipt"))
			continue;
		tell_form(l, line, ref);
		told++;
	}
	if (told)
		return;
	o = tell(l, line, "read");
	take(o, line,
	     (const char *const[]){"disposition", "withheld", "reading", "copy_of", "concerns", NULL});
	put(o, "message_sha256", json_text_or_null(json_text(line, "message")));
}

static void
on_queued(struct life *l, const json_t *line)
{
	struct buf mail = BUF_INIT(STORE_BYTES_MAX), letter = BUF_INIT(LETTER_MAX);
	const char *message = json_text(line, "message");
	struct query_reply *r = NULL;
	struct hash id;
	json_t *o;
	bool there;

	if (!is_of(l, line, "to_message"))
		return;
	o = tell(l, line, "answered");
	take(o, line, (const char *const[]){"reply", "kind", "state", "why", "mailbox", NULL});
	put(o, "message_sha256", json_text_or_null(message));
	there = message && hash_read(&id, message) && spool_mail(l->s, &id, &mail, NULL);
	put(o, "gone", json_boolean(!there));
	if (there && own_mail_text(buf_bytes(&mail), &letter))
		put(o, "text", json_text_or_null(letter.at));
	if (query_reply(spool_index(l->s), l->a, json_text(line, "reply"), &r, NULL) && r)
		put(o, "recipient", json_text_or_null(r->recipient));
	buf_free(&mail);
	buf_free(&letter);
}

static void
on_delivery(struct life *l, const json_t *line)
{
	json_t *o;

	if (!is_of(l, line, "reply"))
		return;
	o = tell(l, line, json_text(line, "event"));
	take(o, line, (const char *const[]){"reply", "attempt", "code", "why", "next", "status", NULL});
}

static void
on_reviewed(struct life *l, const json_t *line)
{
	const char *receipt = json_text(line, "receipt");
	json_t *o, *file;

	if (!is_of(l, line, "item") && !is_of(l, line, "receipt"))
		return;
	o = tell(l, line, "reviewed");
	take(o, line, (const char *const[]){"item", "act", "receipt", "revision", "decision", NULL});
	file = file_of(l, json_text(line, "decision"), o);
	take(o, file, (const char *const[]){"by", "why", NULL});
	json_decref(file);
	put(o, "changes",
	    receipt && strcmp(receipt, l->reg->receipt) == 0 ? changes_of(l, (int)json_int(line, "revision"))
	                                                     : json_made(json_array()));
}

/* The first digest after something happened to it lists it anew; the others say the same again. */
static void
on_digested(struct life *l, const json_t *line)
{
	json_t *o;

	if (json_array_size(l->timeline) == (size_t)l->digest_after)
		return;
	o = tell(l, line, "digested");
	take(o, line, (const char *const[]){"date", NULL});
	put(o, "message_sha256", json_text_or_null(json_text(line, "message")));
	l->digest_after = (int64_t)json_array_size(l->timeline);
}

static void
on_redacted(struct life *l, const json_t *line)
{
	json_t *o, *file;
	size_t i;
	const json_t *hash;
	bool ours = is_of(l, line, "receipt");

	json_array_foreach(json_object_get(line, "files"), i, hash) ours =
	        ours || json_object_get(l->of, json_string_value(hash));
	if (!ours)
		return;
	o = tell(l, line, "redacted");
	take(o, line, (const char *const[]){"receipt", "decision", NULL});
	put(o, "files", json_integer((json_int_t)json_array_size(json_object_get(line, "files"))));
	file = file_of(l, json_text(line, "decision"), o);
	take(o, file, (const char *const[]){"by", "why", NULL});
	json_decref(file);
}

static bool
on_line(void *context, const struct log_line *line, struct err *e)
{
	static const struct {
		const char *event;
		void (*does)(struct life *l, const json_t *line);
	} events[] = {
	        {"received", on_received}, {"recorded", on_recorded}, {"queued", on_queued},
	        {"sent", on_delivery},     {"deferred", on_delivery}, {"unknown", on_delivery},
	        {"failed", on_delivery},   {"bounced", on_delivery},  {"reviewed", on_reviewed},
	        {"digested", on_digested}, {"redacted", on_redacted},
	};
	const char *event = json_text(line->object, "event");

	(void)e;
	for (size_t i = 0; event && i < sizeof events / sizeof *events; i++)
		if (strcmp(event, events[i].event) == 0)
			events[i].does(context, line->object);
	return true;
}

/* ---- the register's view ---- */

static json_t *
revisions_told(const struct life *l)
{
	json_t *list = json_made(json_array());

	for (size_t i = 0; i < l->revision_count; i++) {
		const struct query_revision *r = &l->revisions[i];

		json_array_append_new(
		        list, json_pack("{s:i, s:o, s:o, s:b, s:o, s:o}", "revision", r->revision,
		                        "received_at", json_time_or_null(r->received_at), "message_sha256",
		                        json_text_or_null(r->message), "late", r->late, "changed",
		                        parsed_or_null(r->changed), "form", parsed_or_null(r->form)));
	}
	return list;
}

static bool
replies_told(const struct life *l, const char *message, json_t *list, struct err *e)
{
	struct query_reply *r = NULL;
	size_t count = 0;

	if (!query_replies_to(spool_index(l->s), l->a, message, &r, &count, e))
		return false;
	for (size_t k = 0; k < count; k++) {
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o, s:i, s:o}", "reply", r[k].reply,
		                                      "kind", r[k].kind, "state", r[k].state, "why",
		                                      json_text_or_null(r[k].why), "attempts", r[k].attempts,
		                                      "message_sha256", json_text_or_null(r[k].message)));
		json_object_set(l->of, r[k].reply, json_true());
	}
	return true;
}

static bool
messages_told(struct life *l, json_t *list, struct err *e)
{
	struct query_message *m = NULL;
	size_t count = 0;

	if (!query_registration_messages(spool_index(l->s), l->a, l->reg->receipt, &m, &count, e))
		return false;
	for (size_t n = 0; n < count; n++) {
		json_t *replies = json_made(json_array());

		json_array_append_new(
		        list,
		        json_made(json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "message_sha256",
		                            m[n].message, "received_at", json_time_or_null(m[n].received_at),
		                            "mailbox", json_text_or_null(m[n].mailbox), "sender",
		                            json_text_or_null(m[n].from_addr), "subject",
		                            json_text_or_null(m[n].subject), "disposition",
		                            json_text_or_null(m[n].disposition), "withheld",
		                            json_text_or_null(m[n].withheld), "replies", replies)));
		if (!replies_told(l, m[n].message, replies, e))
			return false;
	}
	return true;
}

static bool
senders_told(struct life *l, json_t *list, struct err *e)
{
	struct query_sender *s = NULL;
	size_t count = 0;

	if (!query_senders(spool_index(l->s), l->a, l->reg->receipt, &s, &count, e))
		return false;
	for (size_t k = 0; k < count; k++) {
		mask_learn(l->mask, l->form, s[k].name);
		json_array_append_new(list, json_text_or_null(s[k].address));
	}
	return true;
}

static bool
register_told(struct life *l, struct err *e)
{
	const struct query_registration *r = l->reg;
	struct log_head head = spool_head(l->s);
	json_t *messages = json_made(json_array()), *senders = json_made(json_array());

	l->told = json_made(json_pack(
	        "{s:s, s:o, s:o, s:o, s:o, s:i, s:s, s:b, s:b, s:o, s:o, s:o}", "receipt", r->receipt,
	        "region", json_text_or_null(r->region), "region_code", json_text_or_null(r->region_code),
	        "region_key", json_text_or_null(r->region_key), "category", json_text_or_null(r->category),
	        "revision", r->revision, "state", r->state, "late", r->late, "unreached", r->unreached,
	        "senders", senders, "revisions", revisions_told(l), "messages", messages));
	put(l->told, "received_at", json_time_or_null(r->created_at));
	put(l->told, "mailbox", json_text_or_null(r->mailbox));
	put(l->told, "sender", json_text_or_null(r->sender));
	put(l->told, "message_sha256", json_text_or_null(r->newest));
	put(l->told, "joined", json_text_or_null(r->joined));
	put(l->told, "head_seq", json_integer((json_int_t)head.seq));
	put(l->told, "head", json_string(head.hash.hex));
	l->timeline = json_made(json_array());
	put(l->told, "timeline", l->timeline);
	mask_learn(l->mask, l->form, r->sender_name);
	return senders_told(l, senders, e) && messages_told(l, messages, e);
}

/* ---- all of it ---- */

/* What the log's lines of this life name. */
static bool
find_all(struct life *l, const char *receipt, struct err *e)
{
	struct index *i = spool_index(l->s);

	if (!query_registration(i, l->a, receipt, &l->reg, e))
		return false;
	if (!l->reg)
		return err_set(e, ERR_NOT_FOUND, "no registration %s; mingpianctl list shows all", receipt);
	if (!query_revisions(i, l->a, receipt, &l->revisions, &l->revision_count, e) ||
	    !holdings_find(i, l->a, receipt, &l->held, e))
		return false;
	for (size_t k = 0; k < l->held.receipt_count; k++)
		json_object_set(l->of, l->held.receipts[k], json_true());
	for (size_t k = 0; k < l->held.count; k++) {
		const struct holding *h = &l->held.at[k];

		if (h->what == HOLDING_DIGEST || h->what == HOLDING_DECISION)
			continue;
		json_object_set(l->of, h->hash, json_true());
		if (h->what == HOLDING_REPLY && h->of)
			json_object_set(l->of, h->of, json_true());
		/* a review may name a message by its hash, whatever its id is */
		if (h->what == HOLDING_MAIL)
			json_object_set(l->of, arena_fmt(l->a, "M-%.10s", h->hash), json_true());
	}
	return true;
}

static void
learn(struct life *l)
{
	for (size_t k = 0; l->mask && k < l->revision_count; k++) {
		json_t *form = parsed_or_null(l->revisions[k].form);

		mask_learn_form(l->mask, l->form, form);
		json_decref(form);
	}
}

/* What a view for others must not change: it names the things, and holds nobody's name. */
static const char *const spared[] = {
        "receipt",  "region_code", "region_key", "category", "state",   "mailbox",        "head",
        "at",       "event",       "key",        "label",    "reading", "message_sha256", "received_at",
        "decision", "reply",       "kind",       "item",     "act",     "date",           "disposition",
        "as",       "next",        "folder",     "way",      "joined",  "copy_of",        "code",
        "severity", "method",      "field",      NULL};

/* Where the key says that a value is a person's, all of it but two characters goes. */
static void
mask_people(const struct life *l, json_t *o)
{
	const char *key;
	json_t *v;
	size_t i;

	json_array_foreach(o, i, v) mask_people(l, v);
	json_object_foreach(o, key, v)
	{
		const struct form_field *f = form_field(l->form, key);

		if (json_is_string(v) && ((f && f->kind == FORM_CONTACT) || strcmp(key, "sender_name") == 0))
			(void)json_string_set(v, mask_person(l->mask, json_string_value(v)));
		else
			mask_people(l, v);
	}
	if (json_text(o, "key") && (json_text(o, "value") || json_text(o, "was") || json_text(o, "now"))) {
		const struct form_field *f = form_field(l->form, json_text(o, "key"));

		if (f && f->kind == FORM_CONTACT)
			for (const char *const *k = (const char *const[]){"value", "was", "now", NULL}; *k;
			     k++)
				if (json_text(o, *k))
					put(o, *k, json_string(mask_person(l->mask, json_text(o, *k))));
	}
}

bool
life_tell(const struct form *f, struct spool *s, const char *receipt, struct mask *m, json_t **life_r,
          struct err *e)
{
	struct life l = {.form = f, .s = s, .a = arena_new(), .mask = m, .of = json_made(json_object())};
	bool ok = find_all(&l, receipt, e) && register_told(&l, e) &&
	          log_each(spool_log(s), &LOG_START, on_line, &l, e);

	if (ok && m) {
		learn(&l);
		mask_people(&l, l.told);
		mask_json(m, l.told, spared);
	}
	*life_r = ok ? json_incref(l.told) : NULL;
	json_decref(l.told);
	json_decref(l.of);
	arena_free(l.a);
	return ok;
}
