/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/index_apply.h"

#include "config/clock.h"
#include "config/mem.h"

#include <stdlib.h>
#include <string.h>

enum { ADDRESS_MAX = 1000 };

/* ---- members of a line ---- */

static const char *
text(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static int64_t
number(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static bool
flag(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

/* A time, or NULL. */
static struct sql_value
when(const json_t *o, const char *key)
{
	const char *s = text(o, key);
	time_t t = 0;

	return s && clock_parse(s, &t) ? SQL_N(t) : SQL_NONE;
}

/* A member as compact JSON, or NULL; free() it. */
static char *
dump(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return v && !json_is_null(v) ? json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
}

static bool
contradiction(const struct apply *a, const char *what, const char *which, struct err *e)
{
	return err_set(e, ERR_SPOOL, "line %lld (%s) %s %s", (long long)a->seq, a->event, what,
	               which ? which : "(none)");
}

/* ---- files ---- */

static bool
name_file(struct apply *a, enum store_kind kind, const char *hash, struct err *e)
{
	static const char insert[] = "INSERT INTO files(kind, hash, named) VALUES(?, ?, ?)"
	                             " ON CONFLICT(kind, hash) DO UPDATE SET named = excluded.named";

	return !hash || sql_run(a->q, insert, SQL_ARGS(SQL_N(kind), SQL_T(hash), SQL_N(a->seq)), e);
}

/* Appends a file's bytes; nothing where it is gone or damaged: that is verify's to tell, and an index must be
 * made all the same. False: it cannot be read now, and what would be made without it would differ from what
 * is made with it. */
static bool
load_bytes(const struct apply *a, enum store_kind kind, const char *hash, struct buf *b, struct err *e)
{
	struct err why = {0};
	struct hash id;

	if (!hash_read(&id, hash) || store_get(a->source->store, kind, &id, b, &why))
		return true;
	buf_clear(b);
	if (why.code == ERR_DISK && e)
		*e = why;
	return why.code != ERR_DISK;
}

/* The same as JSON: NULL where it is gone or damaged. */
static bool
load(const struct apply *a, const char *hash, json_t **file_r, struct err *e)
{
	struct buf b = BUF_INIT(STORE_BYTES_MAX);
	bool ok = load_bytes(a, STORE_READ, hash, &b, e);

	*file_r = b.len ? json_loadb(b.at, b.len, JSON_REJECT_DUPLICATES, NULL) : NULL;
	buf_free(&b);
	return ok;
}

/* ---- the program's life ---- */

static bool
fact(struct apply *a, const char *name, const char *value, struct err *e)
{
	return !value || sql_run(a->q, "INSERT OR REPLACE INTO facts(name, value) VALUES(?, ?)",
	                         SQL_ARGS(SQL_T(name), SQL_T(value)), e);
}

static bool
fact_number(struct apply *a, const char *name, int64_t n, struct err *e)
{
	return sql_run(a->q, "INSERT OR REPLACE INTO facts(name, value) VALUES(?, CAST(? AS TEXT))",
	               SQL_ARGS(SQL_T(name), SQL_N(n)), e);
}

static bool
on_started(struct apply *a, struct err *e)
{
	const char *since = text(a->line, "replies_since");

	/* The first one holds: what was answered by hand before stays so. */
	return (!since || sql_run(a->q, "INSERT OR IGNORE INTO facts(name, value) VALUES('replies_since', ?)",
	                          SQL_ARGS(SQL_T(since)), e)) &&
	       sql_run(a->q, "INSERT OR IGNORE INTO facts(name, value) VALUES('first_started_at', ?)",
	               SQL_ARGS(SQL_T(text(a->line, "at"))), e) &&
	       fact(a, "started_at", text(a->line, "at"), e) &&
	       fact(a, "version", text(a->line, "version"), e) &&
	       fact(a, "parser", text(a->line, "parser"), e) && fact(a, "form", text(a->line, "form"), e) &&
	       fact(a, "shadow", flag(a->line, "shadow") ? "true" : "false", e);
}

static bool
on_stopped(struct apply *a, struct err *e)
{
	return fact(a, "stopped_at", text(a->line, "at"), e);
}

static bool
on_checkpoint(struct apply *a, struct err *e)
{
	return sql_run(a->q, "INSERT INTO checkpoints(seq, head_seq, head, at) VALUES(?, ?, ?, ?)",
	               SQL_ARGS(SQL_N(a->seq), SQL_N(number(a->line, "head_seq")),
	                        SQL_T(text(a->line, "head")), SQL_N(a->at)),
	               e) &&
	       fact(a, "checkpoint_at", text(a->line, "at"), e) &&
	       fact_number(a, "checkpoint_seq", number(a->line, "head_seq"), e);
}

static bool
on_cut(struct apply *a, struct err *e)
{
	return sql_run(a->q, "INSERT OR REPLACE INTO cuts(kept, file, bytes, seq) VALUES(?, ?, ?, ?)",
	               SQL_ARGS(SQL_T(text(a->line, "kept")), SQL_T(text(a->line, "file")),
	                        SQL_N(number(a->line, "bytes")), SQL_N(a->seq)),
	               e);
}

static bool
on_relooked(struct apply *a, struct err *e)
{
	const char *since = text(a->line, "since");
	time_t t = 0;

	if (since && !clock_parse(since, &t) && !clock_parse_day(since, 0, &t))
		return contradiction(a, "has a since that is no time:", since, e);
	return sql_run(a->q, "UPDATE left_there SET again = 1 WHERE received_at >= ?", SQL_ARGS(SQL_N(t)),
	               e) &&
	       fact(a, "relooked_since", since, e) && fact(a, "relooked_at", text(a->line, "at"), e);
}

/* ---- arrivals ---- */

/* What arrived or was left is no more held; what arrived is no more left. */
static bool
no_more_held(struct apply *a, struct err *e)
{
	const json_t *o = a->line;

	return sql_run(a->q,
	               "DELETE FROM held WHERE message = ?5"
	               " OR (mailbox = ?1 AND folder = ?2 AND uidvalidity = ?3 AND uid = ?4 AND uid > 0)",
	               SQL_ARGS(SQL_T(text(o, "mailbox")), SQL_T(text(o, "folder")),
	                        SQL_N(number(o, "uidvalidity")), SQL_N(number(o, "uid")),
	                        SQL_T(text(o, "message"))),
	               e);
}

static bool
on_received(struct apply *a, struct err *e)
{
	const json_t *o = a->line;
	const char *message = text(o, "message");
	const char *folder = text(o, "folder");
	struct sql_value mailbox = SQL_T(text(o, "mailbox")), received = when(o, "received_at");
	struct sql_value answered = SQL_N(flag(o, "answered"));

	folder = folder ? folder : "";
	return no_more_held(a, e) &&
	       sql_run(a->q,
	               "DELETE FROM left_there"
	               " WHERE mailbox = ? AND folder = ? AND uidvalidity = ? AND uid = ?",
	               SQL_ARGS(mailbox, SQL_T(folder), SQL_N(number(o, "uidvalidity")),
	                        SQL_N(number(o, "uid"))),
	               e) &&
	       sql_run(a->q,
	               "INSERT INTO arrivals(seq, message, mailbox, folder, uidvalidity, uid, received_at, "
	               "way,"
	               " answered) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
	               SQL_ARGS(SQL_N(a->seq), SQL_T(message), mailbox, SQL_T(folder),
	                        SQL_N(number(o, "uidvalidity")), SQL_N(number(o, "uid")), received,
	                        SQL_T(text(o, "way")), answered),
	               e) &&
	       sql_run(a->q,
	               "INSERT INTO messages(message, mailbox, folder, size, received_at, answered, root)"
	               " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?1) ON CONFLICT(message) DO UPDATE SET"
	               " received_at = min(received_at, excluded.received_at),"
	               " answered = max(answered, excluded.answered)",
	               SQL_ARGS(SQL_T(message), mailbox, SQL_T(folder), SQL_N(number(o, "size")), received,
	                        answered),
	               e);
}

static bool
on_left(struct apply *a, struct err *e)
{
	const json_t *o = a->line;

	return no_more_held(a, e) &&
	       sql_run(a->q,
	               "INSERT OR REPLACE INTO left_there(mailbox, folder, uidvalidity, uid, message, "
	               "received_at,"
	               " disposition, parser, unread, again, at, seq) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, 0, "
	               "?, ?)",
	               SQL_ARGS(SQL_T(text(o, "mailbox")), SQL_T(text(o, "folder")),
	                        SQL_N(number(o, "uidvalidity")), SQL_N(number(o, "uid")),
	                        SQL_T(text(o, "message")), when(o, "received_at"),
	                        SQL_T(text(o, "disposition")), SQL_T(text(o, "parser")),
	                        SQL_N(flag(o, "unread")), SQL_N(a->at), SQL_N(a->seq)),
	               e);
}

static bool
on_held(struct apply *a, struct err *e)
{
	const json_t *o = a->line;

	return sql_run(
	        a->q,
	        "INSERT OR REPLACE INTO held(mailbox, folder, uidvalidity, uid, message, received_at, why,"
	        " attempt, at) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
	        SQL_ARGS(SQL_T(text(o, "mailbox")), SQL_T(text(o, "folder")), SQL_N(number(o, "uidvalidity")),
	                 SQL_N(number(o, "uid")), SQL_T(text(o, "message")), when(o, "received_at"),
	                 SQL_T(text(o, "why")), SQL_N(number(o, "attempt")), SQL_N(a->at)),
	        e);
}

/* ---- what was recorded ---- */

/* A message as its `recorded` line says, and what its reading says. */
struct recorded {
	const char *message;
	const char *reading; /* hash, or NULL */
	const json_t *parsed, *overlaid;
	bool late;
};

static bool
record_message(struct apply *a, const struct recorded *r, struct err *e)
{
	const json_t *o = a->line, *p = r->parsed;

	return sql_run(a->q, "INSERT OR IGNORE INTO messages(message) VALUES(?)", SQL_ARGS(SQL_T(r->message)),
	               e) &&
	       sql_run(a->q,
	               "UPDATE messages SET id = ?2, reading = ?3, disposition = ?4, withheld = ?5, copy_of "
	               "= ?6,"
	               " thread = ?7, late = ?8, recorded_at = ?9, seq = ?10, forms = ?11, concerns = ?12,"
	               " root = coalesce((SELECT root FROM messages m WHERE m.message = coalesce(?7, ?6)),"
	               "  ?7, ?6, ?1)"
	               " WHERE message = ?1",
	               SQL_ARGS(SQL_T(r->message), SQL_T(text(o, "id")), SQL_T(r->reading),
	                        SQL_T(text(o, "disposition")), SQL_T(text(o, "withheld")),
	                        SQL_T(text(o, "copy_of")), SQL_T(text(o, "thread")), SQL_N(r->late),
	                        SQL_N(a->at), SQL_N(a->seq),
	                        SQL_N(json_array_size(json_object_get(o, "forms"))),
	                        SQL_T(text(o, "concerns"))),
	               e) &&
	       sql_run(a->q,
	               "UPDATE messages SET subject = ?, from_addr = ?, from_name = ?, message_id = ?,"
	               " content_sha256 = ?, date = ? WHERE message = ?",
	               SQL_ARGS(SQL_T(text(p, "subject")), SQL_T(text(p, "from_addr")),
	                        SQL_T(text(p, "from_name")), SQL_T(text(p, "message_id")),
	                        SQL_T(text(p, "content_sha256")), when(p, "date"), SQL_T(r->message)),
	               e);
}

/* "CYMP-2022-0042": the digits at the end, and all before them. */
static bool
insert_registration(struct apply *a, const json_t *f, const char *message, const char *state, bool late,
                    struct err *e)
{
	const char *receipt = text(f, "receipt");
	size_t len = receipt ? strlen(receipt) : 0, digits = len;
	char *prefix = NULL;
	int64_t known = 0;
	bool ok = false;

	while (digits && receipt[digits - 1] >= '0' && receipt[digits - 1] <= '9')
		digits--;
	if (digits == len || len - digits > 15)
		return contradiction(a, "has no receipt, or one without a number:", receipt, e);
	if (!sql_number(a->q, "SELECT count(*) FROM registrations WHERE receipt = ?",
	                SQL_ARGS(SQL_T(receipt)), 0, &known, e))
		return false;
	if (known)
		return contradiction(a, "gives out a receipt for the second time:", receipt, e);
	prefix = mem_dup0(receipt, digits);
	ok = sql_run(
	        a->q,
	        "INSERT INTO registrations(receipt, prefix, number, region_key, region_code, category, state,"
	        " message, newest, mailbox, revision, errors, late, created_at, changed_at, logged_at, seq)"
	        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8,"
	        " (SELECT mailbox FROM messages WHERE message = ?8), 0, 0, ?9,"
	        " coalesce((SELECT received_at FROM messages WHERE message = ?8), ?10),"
	        " ?10, ?10, ?11)",
	        SQL_ARGS(SQL_T(receipt), SQL_T(prefix), SQL_N(strtoll(receipt + digits, NULL, 10)),
	                 SQL_T(text(f, "region_key")), SQL_T(text(f, "region_code")),
	                 SQL_T(text(f, "category")), SQL_T(state), SQL_T(message), SQL_N(late), SQL_N(a->at),
	                 SQL_N(a->seq)),
	        e);
	free(prefix);
	return ok;
}

/* A further revision, or the first, of a registration that is there. */
struct revising {
	const char *receipt;
	int64_t revision;
	const char *message; /* NULL: a person's */
	int64_t n;
	const char *reading; /* hash of the file that form and defects come from */
	const char *decision;
	const char *form, *defects, *changed; /* JSON, or NULL */
	int64_t errors;
	bool late;
};

static bool
insert_revision(struct apply *a, const struct revising *r, struct err *e)
{
	static const char insert[] =
	        "INSERT INTO revisions(receipt, revision, message, n, changed, decision, errors, late, "
	        "received_at,"
	        " seq, reading, form, defects) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
	        " coalesce((SELECT received_at FROM messages WHERE message = ?3), ?9), ?10, ?11, ?12, ?13)";
	/* conflict and joined end by a person's word only */
	static const char update[] =
	        "UPDATE registrations SET revision = ?2, newest = ?3, errors = ?4, logged_at = ?5,"
	        " changed_at = coalesce((SELECT received_at FROM messages WHERE message = ?3), ?5),"
	        " state = CASE WHEN state IN ('conflict', 'joined') THEN state"
	        "  WHEN ?4 > 0 THEN 'correction' ELSE 'accepted' END"
	        " WHERE receipt = ?1 AND revision = ?2 - 1";

	if (!sql_run(a->q, update,
	             SQL_ARGS(SQL_T(r->receipt), SQL_N(r->revision), SQL_T(r->message), SQL_N(r->errors),
	                      SQL_N(a->at)),
	             e))
		return false;
	if (sql_changes(a->q) != 1)
		return contradiction(a, "gives a revision that does not follow the last one of", r->receipt,
		                     e);
	return sql_run(a->q, insert,
	               SQL_ARGS(SQL_T(r->receipt), SQL_N(r->revision), SQL_T(r->message), SQL_N(r->n),
	                        SQL_T(r->changed), SQL_T(r->decision), SQL_N(r->errors), SQL_N(r->late),
	                        SQL_N(a->at), SQL_N(a->seq), SQL_T(r->reading), SQL_T(r->form),
	                        SQL_T(r->defects)),
	               e);
}

/* The form n (from 1) of a reading; for 0 the one that values without a form made of an earlier one. */
static const json_t *
form_of(const struct recorded *r, int64_t n)
{
	return n > 0 ? json_array_get(json_object_get(r->parsed, "forms"), (size_t)n - 1) : r->overlaid;
}

static bool
revise_from(struct apply *a, const struct recorded *r, const json_t *f, struct err *e)
{
	const json_t *form = form_of(r, number(f, "n"));
	struct revising v = {
	        .receipt = text(f, "receipt"),
	        .revision = number(f, "revision"),
	        .message = r->message,
	        .n = number(f, "n"),
	        .reading = r->reading,
	        .errors = number(f, "errors"),
	        .late = r->late,
	};
	char *own = json_is_object(form) ? json_dumps(form, JSON_COMPACT) : NULL;
	char *defects = dump(form, "defects"), *changed = dump(f, "changed");
	bool ok;

	v.form = own;
	v.defects = defects;
	v.changed = changed;
	ok = insert_revision(a, &v, e);
	free(own);
	free(defects);
	free(changed);
	return ok;
}

/* What `as` does to registrations, and whether it brings something new. */
static const struct {
	const char *as, *makes; /* makes: a registration in that state, until its errors are known */
	bool revises;
} kinds_of_form[] = {
        {"new", "accepted", true}, {"conflict", "conflict", true}, {"revision", NULL, true},
        {"same", NULL, false},     {"sender", NULL, false},
};

static bool
record_form(struct apply *a, const struct recorded *r, const json_t *f, int place, struct err *e)
{
	const char *as = text(f, "as");
	char *codes = dump(f, "defects");
	size_t k = 0, count = sizeof kinds_of_form / sizeof *kinds_of_form;
	bool ok;

	ok = sql_run(a->q,
	             "INSERT OR REPLACE INTO forms(message, place, n, receipt, revision, as_, region_key,"
	             " region_code, category, codes, errors, seq) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	             SQL_ARGS(SQL_T(r->message), SQL_N(place), SQL_N(number(f, "n")),
	                      SQL_T(text(f, "receipt")), SQL_N(number(f, "revision")), SQL_T(as),
	                      SQL_T(text(f, "region_key")), SQL_T(text(f, "region_code")),
	                      SQL_T(text(f, "category")), SQL_T(codes), SQL_N(number(f, "errors")),
	                      SQL_N(a->seq)),
	             e);
	free(codes);
	if (!ok)
		return false;
	while (k < count && (!as || strcmp(as, kinds_of_form[k].as) != 0))
		k++;
	if (k == count)
		return contradiction(a, "has a form with an unknown `as`:", as, e);
	if (kinds_of_form[k].makes &&
	    !insert_registration(a, f, r->message, kinds_of_form[k].makes, r->late, e))
		return false;
	if (!kinds_of_form[k].revises)
		return true;
	/* A better region, once the one that was missing is given. */
	return revise_from(a, r, f, e) &&
	       sql_run(a->q,
	               "UPDATE registrations SET region_key = coalesce(?2, region_key),"
	               " region_code = coalesce(?3, region_code), category = coalesce(?4, category)"
	               " WHERE receipt = ?1",
	               SQL_ARGS(SQL_T(text(f, "receipt")), SQL_T(text(f, "region_key")),
	                        SQL_T(text(f, "region_code")), SQL_T(text(f, "category"))),
	               e) &&
	       sql_run(a->q, "UPDATE messages SET progress = progress + 1 WHERE message = ?",
	               SQL_ARGS(SQL_T(r->message)), e);
}

static bool
on_recorded(struct apply *a, struct err *e)
{
	const json_t *forms = json_object_get(a->line, "forms"), *f;
	struct recorded r = {
	        .message = text(a->line, "message"),
	        .reading = text(a->line, "reading"),
	        .late = flag(a->line, "late"),
	};
	json_t *file = NULL;
	bool ok = false;
	size_t i;

	if (!load(a, r.reading, &file, e))
		goto out;
	r.parsed = json_object_get(file, "parsed");
	r.overlaid = json_object_get(file, "overlaid");
	if (!r.message) {
		(void)contradiction(a, "names no", "message", e);
		goto out;
	}
	if (!record_message(a, &r, e))
		goto out;
	json_array_foreach(forms, i, f)
	{
		if (!record_form(a, &r, f, (int)i, e))
			goto out;
	}
	ok = true;
out:
	json_decref(file);
	return ok;
}

/* ---- replies ---- */

/* What the reply's own bytes say of where it goes: taken from mail/, so that no address stands in the log. */
static bool
reply_head(const struct apply *a, const char *message, struct buf *address, struct buf *id, struct err *e)
{
	struct buf mail = BUF_INIT(STORE_BYTES_MAX);
	bool ok = load_bytes(a, STORE_MAIL, message, &mail, e);

	if (mail.len && a->source->reply_head)
		a->source->reply_head(a->source->reply_context, buf_bytes(&mail), address, id);
	buf_free(&mail);
	return ok;
}

static bool
on_queued(struct apply *a, struct err *e)
{
	struct buf address = BUF_INIT(ADDRESS_MAX), id = BUF_INIT(ADDRESS_MAX);
	const json_t *o = a->line;
	const char *state = text(o, "state"), *to = text(o, "to_message");
	bool due = state && strcmp(state, "due") == 0, ok;

	ok = reply_head(a, text(o, "message"), &address, &id, e) &&
	     sql_run(a->q,
	             "INSERT INTO replies(reply, message, to_message, kind, mailbox, state, why, root, idle,"
	             " queued_at, due_at, changed_at, seq, recipient, message_id) VALUES(?1, ?2, ?3, ?4, ?5, "
	             "?6, ?7,"
	             " (SELECT root FROM messages WHERE message = ?3),"
	             " NOT EXISTS(SELECT 1 FROM messages WHERE message = ?3 AND progress > 0),"
	             " ?8, ?9, ?8, ?10, ?11, ?12)",
	             SQL_ARGS(SQL_T(text(o, "reply")), SQL_T(text(o, "message")), SQL_T(to),
	                      SQL_T(text(o, "kind")), SQL_T(text(o, "mailbox")), SQL_T(state),
	                      SQL_T(text(o, "why")), SQL_N(a->at), due ? SQL_N(a->at) : SQL_NONE,
	                      SQL_N(a->seq), SQL_T(address.len ? address.at : NULL),
	                      SQL_T(id.len ? id.at : NULL)),
	             e);
	buf_free(&address);
	buf_free(&id);
	return ok;
}

/* sending, sent, unknown, deferred, failed, bounced: the event is the state. */
static bool
on_reply(struct apply *a, struct err *e)
{
	const json_t *o = a->line;

	if (!sql_run(a->q,
	             "UPDATE replies SET state = ?2, attempts = max(attempts, ?3), code = ?4, why = ?5, next "
	             "= ?6,"
	             " unknown = unknown + (?2 = 'unknown'), changed_at = ?7, bounce = coalesce(?8, bounce), "
	             "status = coalesce(?9, status)"
	             " WHERE reply = ?1",
	             SQL_ARGS(SQL_T(text(o, "reply")), SQL_T(a->event), SQL_N(number(o, "attempt")),
	                      json_object_get(o, "code") ? SQL_N(number(o, "code")) : SQL_NONE,
	                      SQL_T(text(o, "why")), when(o, "next"), SQL_N(a->at), SQL_T(text(o, "message")),
	                      SQL_T(text(o, "status"))),
	             e))
		return false;
	return sql_changes(a->q) == 1 ||
	       contradiction(a, "names a reply that was never queued:", text(o, "reply"), e);
}

/* ---- people ---- */

static bool
on_release(struct apply *a, struct err *e)
{
	/* A reply that failed is let out again in the same way. */
	return sql_run(a->q,
	               "UPDATE replies SET state = 'due', dismissed = 0, unknown = 0, due_at = ?2, "
	               "changed_at = ?2, next = NULL"
	               " WHERE reply = ?1",
	               SQL_ARGS(SQL_T(text(a->line, "item")), SQL_N(a->at)), e);
}

static bool
on_dismiss(struct apply *a, struct err *e)
{
	struct sql_value item = SQL_T(text(a->line, "item"));

	return sql_run(a->q, "UPDATE replies SET dismissed = 1, changed_at = ?2 WHERE reply = ?1",
	               SQL_ARGS(item, SQL_N(a->at)), e) &&
	       sql_run(a->q,
	               "UPDATE registrations SET state = 'withdrawn', logged_at = ?2 WHERE receipt = ?1",
	               SQL_ARGS(item, SQL_N(a->at)), e) &&
	       /* who asked for that has got it */
	       sql_run(a->q,
	               "UPDATE messages SET reviewed = 1 WHERE concerns = ?1 AND withheld = 'withdrawal'",
	               SQL_ARGS(item), e);
}

/* A person's revision: the values of the decision, or of the registration that is joined. */
static bool
revise_by_person(struct apply *a, struct err *e)
{
	const json_t *o = a->line;
	const char *decision = text(o, "decision");
	json_t *file = NULL;
	char *values, *defects, *changed = dump(o, "changed");
	struct revising v = {
	        .receipt = text(o, "receipt"),
	        .revision = number(o, "revision"),
	        .reading = decision,
	        .decision = decision,
	        .changed = changed,
	        .errors = number(o, "errors"),
	        .late = flag(o, "late"),
	};
	bool ok = load(a, decision, &file, e);

	v.form = values = dump(file, "values");
	v.defects = defects = dump(file, "defects");
	ok = ok && insert_revision(a, &v, e);
	free(values);
	free(defects);
	free(changed);
	json_decref(file);
	return ok;
}

/* Is there a revision in the line that is not there yet? And is its registration new? */
static bool
brings_revision(struct apply *a, bool *revision_r, bool *registration_r, struct err *e)
{
	const char *receipt = text(a->line, "receipt");
	int64_t now = -1;

	*revision_r = *registration_r = false;
	if (!receipt || number(a->line, "revision") <= 0)
		return true;
	if (!sql_number(a->q, "SELECT revision FROM registrations WHERE receipt = ?",
	                SQL_ARGS(SQL_T(receipt)), -1, &now, e))
		return false;
	*registration_r = now < 0;
	*revision_r = now < number(a->line, "revision");
	return true;
}

static bool
on_accept(struct apply *a, struct err *e)
{
	const char *item = text(a->line, "item"), *receipt = text(a->line, "receipt");
	bool revision = false, registration = false;

	if (!brings_revision(a, &revision, &registration, e))
		return false;
	if (registration) { /* from a message that no program could read */
		if (!insert_registration(a, a->line, NULL, "accepted", flag(a->line, "late"), e) ||
		    !sql_run(a->q,
		             "UPDATE registrations SET message = m.message, mailbox = m.mailbox, newest = "
		             "m.message,"
		             " created_at = coalesce(m.received_at, created_at)"
		             " FROM (SELECT message, mailbox, received_at FROM messages WHERE id = ?2) AS m"
		             " WHERE receipt = ?1",
		             SQL_ARGS(SQL_T(receipt), SQL_T(item)), e))
			return false;
	}
	if (revision && !revise_by_person(a, e))
		return false;
	return sql_run(
	        a->q,
	        "UPDATE registrations SET state = 'accepted', errors = 0, logged_at = ?2 WHERE receipt = ?1",
	        SQL_ARGS(SQL_T(receipt ? receipt : item), SQL_N(a->at)), e);
}

static bool
on_join(struct apply *a, struct err *e)
{
	struct sql_value item = SQL_T(text(a->line, "item")), receipt = SQL_T(text(a->line, "receipt"));
	bool revision = false, registration = false;

	if (!brings_revision(a, &revision, &registration, e))
		return false;
	if (registration)
		return contradiction(a, "joins to a receipt that is not there:", receipt.s, e);
	if (!sql_run(a->q,
	             "UPDATE registrations SET state = 'joined', joined = ?2, logged_at = ?3 WHERE receipt = "
	             "?1",
	             SQL_ARGS(item, receipt, SQL_N(a->at)), e))
		return false;
	return !revision || revise_by_person(a, e);
}

static bool
on_reviewed(struct apply *a, struct err *e)
{
	static const struct {
		const char *act;
		bool (*does)(struct apply *a, struct err *e);
	} acts[] = {
	        {"release", on_release}, {"accept", on_accept}, {"dismiss", on_dismiss}, {"join", on_join}};
	const json_t *o = a->line;
	const char *act = text(o, "act");
	struct sql_value item = SQL_T(text(o, "item"));

	if (!sql_run(a->q,
	             "INSERT INTO decisions(seq, item, act, decision, receipt, revision, at)"
	             " VALUES(?, ?, ?, ?, ?, ?, ?)",
	             SQL_ARGS(SQL_N(a->seq), item, SQL_T(act), SQL_T(text(o, "decision")),
	                      SQL_T(text(o, "receipt")),
	                      number(o, "revision") ? SQL_N(number(o, "revision")) : SQL_NONE, SQL_N(a->at)),
	             e) ||
	    !sql_run(a->q, "UPDATE messages SET reviewed = 1 WHERE id = ?", SQL_ARGS(item), e))
		return false;
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
		if (act && strcmp(act, acts[i].act) == 0)
			return acts[i].does(a, e);
	}
	return contradiction(a, "has an unknown act:", act, e);
}

static bool
redact_file(struct apply *a, const char *hash, struct err *e)
{
	struct sql_value h = SQL_T(hash);

	return sql_run(a->q, "UPDATE files SET redacted = ?2 WHERE hash = ?1", SQL_ARGS(h, SQL_N(a->seq)),
	               e) &&
	       sql_run(a->q,
	               "UPDATE messages SET subject = NULL, from_addr = NULL, from_name = NULL,"
	               " message_id = NULL, content_sha256 = NULL, date = NULL, reviewed = 1"
	               " WHERE reading = ?",
	               SQL_ARGS(h), e) &&
	       sql_run(a->q, "UPDATE revisions SET form = NULL, defects = NULL WHERE reading = ?",
	               SQL_ARGS(h), e) &&
	       sql_run(a->q,
	               "UPDATE replies SET recipient = NULL, message_id = NULL, dismissed = 1 WHERE message "
	               "= ?",
	               SQL_ARGS(h), e);
}

static bool
on_redacted(struct apply *a, struct err *e)
{
	const json_t *files = json_object_get(a->line, "files"), *hash;
	size_t i;

	json_array_foreach(files, i, hash)
	{
		if (!redact_file(a, json_string_value(hash), e))
			return false;
	}
	return true;
}

/* ---- the table ---- */

/* Which members of a line name files, and so keep them from being swept. `left` and `held` name none: their
 * bytes were never kept. */
static const struct {
	const char *event;
	bool (*does)(struct apply *a, struct err *e);
	const char *mail, *read; /* members */
} events[] = {
        {"started", on_started, NULL, NULL},
        {"stopped", on_stopped, NULL, NULL},
        {"received", on_received, "message", NULL},
        {"recorded", on_recorded, NULL, "reading"},
        {"left", on_left, NULL, NULL},
        {"held", on_held, NULL, NULL},
        {"queued", on_queued, "message", NULL},
        {"sending", on_reply, NULL, NULL},
        {"sent", on_reply, NULL, NULL},
        {"unknown", on_reply, NULL, NULL},
        {"deferred", on_reply, NULL, NULL},
        {"failed", on_reply, NULL, NULL},
        {"bounced", on_reply, "message", NULL},
        {"reviewed", on_reviewed, NULL, "decision"},
        {"checkpoint", on_checkpoint, NULL, NULL},
        {"digested", apply_digested, "message", NULL},
        {"ordered", apply_ordered, NULL, NULL},
        {"cut", on_cut, NULL, NULL},
        {"swept", NULL, NULL, NULL},
        {"set_aside", NULL, NULL, NULL},
        {"put_back", NULL, NULL, NULL},
        {"restored", apply_restored, NULL, "decision"},
        {"redacted", on_redacted, NULL, "decision"},
        {"relooked", on_relooked, NULL, "decision"},
        {"alarm", apply_alarm, NULL, NULL},
        {"compared", apply_compared, NULL, NULL},
        {"reloaded", apply_reloaded, NULL, NULL},
};

bool
apply_line(struct apply *a, struct err *e)
{
	a->event = text(a->line, "event");
	a->seq = number(a->line, "seq");
	if (!a->event || !text(a->line, "at") || !clock_parse(text(a->line, "at"), &a->at))
		return err_set(e, ERR_SPOOL, "line %lld has no event, or an `at` that is no time",
		               (long long)a->seq);
	for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
		if (strcmp(a->event, events[i].event) != 0)
			continue;
		if ((events[i].mail && !name_file(a, STORE_MAIL, text(a->line, events[i].mail), e)) ||
		    (events[i].read && !name_file(a, STORE_READ, text(a->line, events[i].read), e)))
			return false;
		return !events[i].does || events[i].does(a, e);
	}
	return true;
}

const char *
apply_event(size_t i)
{
	return i < sizeof events / sizeof *events ? events[i].event : NULL;
}
