/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/query.h"

#include "spool/query_rows.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- rows into lists ---- */

#define collect query_rows

bool
query_rows(struct index *i, struct arena *a, struct ask ask, take_row *take, size_t size, void *r,
           size_t *count_r, struct err *e)
{
	struct sql *q = index_sql(i);
	sqlite3_stmt *st = sql_ask(q, ask.text, ask.v, ask.count, e);
	size_t count = 0, cap = 0;
	char *rows = NULL;
	void *list = NULL;
	enum sql_step step = st ? SQL_ROW : SQL_FAILED;

	while (st && (step = sql_next(q, st, e)) == SQL_ROW) {
		if (count == cap) {
			cap = cap ? 2 * cap : 16;
			rows = mem_grow(rows, cap, size);
		}
		memset(rows + count * size, 0, size);
		take(a, st, rows + count++ * size);
	}
	if (step == SQL_DONE && count) {
		list = arena_alloc(a, count, size);
		memcpy(list, rows, count * size);
	}
	memcpy(r, &list, sizeof list);
	*count_r = list ? count : 0;
	free(rows);
	return step == SQL_DONE;
}

/* The first row, or NULL. */
static bool
collect_one(struct index *i, struct arena *a, struct ask ask, take_row *take, size_t size, void *r,
            struct err *e)
{
	size_t count;

	return collect(i, a, ask, take, size, r, &count, e);
}

static time_t
seconds(sqlite3_stmt *st, int col)
{
	return (time_t)sqlite3_column_int64(st, col);
}

/* ---- arrivals ---- */

/* What is known of a UID must be recorded, not only received: else a mail whose second line never came
 * would be passed over for ever. */
#define KNOWN_ARRIVAL                                                               \
	" FROM arrivals JOIN messages USING(message) WHERE disposition IS NOT NULL" \
	" AND arrivals.mailbox = ?1 AND arrivals.folder = ?2 AND uidvalidity = ?3"
#define AT_PLACE " WHERE mailbox = ?1 AND folder = ?2 AND uidvalidity = ?3"

bool
query_uid(struct index *i, const struct query_place *p, uint32_t uid, enum query_uid *r, struct err *e)
{
	static const char text[] = "SELECT CASE"
	                           " WHEN EXISTS(SELECT 1 FROM held" AT_PLACE " AND uid = ?4) THEN 1"
	                           " WHEN EXISTS(SELECT 1" KNOWN_ARRIVAL " AND uid = ?4)"
	                           " OR EXISTS(SELECT 1 FROM left_there" AT_PLACE
	                           " AND uid = ?4 AND again = 0) THEN 2 ELSE 0 END";
	static const enum query_uid states[] = {QUERY_UID_NEW, QUERY_UID_HELD, QUERY_UID_KNOWN};
	int64_t n = 0;

	if (!sql_number(index_sql(i), text,
	                SQL_ARGS(SQL_T(p->mailbox), SQL_T(p->folder), SQL_N(p->uidvalidity), SQL_N(uid)), 0,
	                &n, e))
		return false;
	*r = states[n];
	return true;
}

static void
take_uid(struct arena *a, sqlite3_stmt *st, void *row)
{
	(void)a;
	*(uint32_t *)row = (uint32_t)sqlite3_column_int64(st, 0);
}

bool
query_uids(struct index *i, struct arena *a, const struct query_place *p, uint32_t **uids_r, size_t *count_r,
           struct err *e)
{
	static const char text[] = "SELECT uid FROM (SELECT uid" KNOWN_ARRIVAL
	                           " UNION SELECT uid FROM left_there" AT_PLACE " AND again = 0)"
	                           " WHERE uid NOT IN (SELECT uid FROM held" AT_PLACE ") ORDER BY uid";
	return collect(i, a, ASK(text, SQL_T(p->mailbox), SQL_T(p->folder), SQL_N(p->uidvalidity)), take_uid,
	               sizeof **uids_r, uids_r, count_r, e);
}

static void
take_held(struct arena *a, sqlite3_stmt *st, void *row)
{
	*(struct query_held *)row = (struct query_held){
	        .message = sql_text(a, st, 0),
	        .mailbox = sql_text(a, st, 1),
	        .folder = sql_text(a, st, 2),
	        .why = sql_text(a, st, 3),
	        .uidvalidity = (uint32_t)sqlite3_column_int64(st, 4),
	        .uid = (uint32_t)sqlite3_column_int64(st, 5),
	        .received_at = seconds(st, 6),
	        .at = seconds(st, 7),
	        .attempt = sqlite3_column_int(st, 8),
	};
}

bool
query_held(struct index *i, struct arena *a, struct query_held **r, size_t *count_r, struct err *e)
{
	static const char text[] = "SELECT message, mailbox, folder, why, uidvalidity, uid, received_at, at,"
	                           " attempt FROM held ORDER BY received_at, mailbox, folder, uid";
	return collect(i, a, ASK_ALL(text), take_held, sizeof **r, r, count_r, e);
}

static void
take_left(struct arena *a, sqlite3_stmt *st, void *row)
{
	*(struct query_left *)row = (struct query_left){
	        .message = sql_text(a, st, 0),
	        .mailbox = sql_text(a, st, 1),
	        .folder = sql_text(a, st, 2),
	        .disposition = sql_text(a, st, 3),
	        .uidvalidity = (uint32_t)sqlite3_column_int64(st, 4),
	        .uid = (uint32_t)sqlite3_column_int64(st, 5),
	        .received_at = seconds(st, 6),
	        .at = seconds(st, 7),
	        .unread = sqlite3_column_int(st, 8) != 0,
	};
}

bool
query_left_unread(struct index *i, struct arena *a, time_t since, struct query_left **r, size_t *count_r,
                  struct err *e)
{
	static const char text[] =
	        "SELECT message, mailbox, folder, disposition, uidvalidity, uid, received_at,"
	        " at, unread FROM left_there WHERE unread = 1 AND at >= ? ORDER BY seq";
	return collect(i, a, ASK(text, SQL_N(since)), take_left, sizeof **r, r, count_r, e);
}

bool
query_left_count(struct index *i, time_t since, int64_t *r, struct err *e)
{
	static const char text[] = "SELECT count(*) FROM left_there WHERE received_at >= ?";

	return sql_number(index_sql(i), text, SQL_ARGS(SQL_N(since)), 0, r, e);
}

bool
query_was_left(struct index *i, const char *message, bool *r, struct err *e)
{
	static const char text[] = "SELECT count(*) FROM left_there WHERE message = ?";
	int64_t count = 0;

	*r = false;
	if (!sql_number(index_sql(i), text, SQL_ARGS(SQL_T(message)), 0, &count, e))
		return false;
	*r = count > 0;
	return true;
}

/* ---- messages ---- */

#define SELECT_MESSAGE                                                                                    \
	"SELECT m.message, m.id, m.reading, m.disposition, m.withheld, m.copy_of, m.thread, m.root, "     \
	"m.mailbox,"                                                                                      \
	" m.folder, m.subject, m.from_addr, m.from_name, m.message_id, m.content_sha256, m.date,"         \
	" m.received_at, m.recorded_at, m.seq, m.forms, m.progress, m.late, m.answered, m.concerns FROM " \
	"messages m"

static void
take_message(struct arena *a, sqlite3_stmt *st, void *row)
{
	*(struct query_message *)row = (struct query_message){
	        .message = sql_text(a, st, 0),
	        .id = sql_text(a, st, 1),
	        .reading = sql_text(a, st, 2),
	        .disposition = sql_text(a, st, 3),
	        .withheld = sql_text(a, st, 4),
	        .copy_of = sql_text(a, st, 5),
	        .thread = sql_text(a, st, 6),
	        .root = sql_text(a, st, 7),
	        .mailbox = sql_text(a, st, 8),
	        .folder = sql_text(a, st, 9),
	        .subject = sql_text(a, st, 10),
	        .from_addr = sql_text(a, st, 11),
	        .from_name = sql_text(a, st, 12),
	        .message_id = sql_text(a, st, 13),
	        .content_sha256 = sql_text(a, st, 14),
	        .date = seconds(st, 15),
	        .received_at = seconds(st, 16),
	        .recorded_at = seconds(st, 17),
	        .seq = sqlite3_column_int64(st, 18),
	        .forms = sqlite3_column_int(st, 19),
	        .progress = sqlite3_column_int(st, 20),
	        .late = sqlite3_column_int(st, 21) != 0,
	        .answered = sqlite3_column_int(st, 22) != 0,
	        .concerns = sql_text(a, st, 23),
	};
}

bool
query_message(struct index *i, struct arena *a, const char *message, struct query_message **r, struct err *e)
{
	return collect_one(i, a, ASK(SELECT_MESSAGE " WHERE m.message = ?", SQL_T(message)), take_message,
	                   sizeof **r, r, e);
}

bool
query_message_by_id(struct index *i, struct arena *a, const char *id, struct query_message **r, struct err *e)
{
	static const char text[] = SELECT_MESSAGE
	        " WHERE m.id = ?1 OR m.message = (SELECT message FROM registrations WHERE receipt = ?1)"
	        " ORDER BY m.copy_of IS NOT NULL, m.seq";
	return collect_one(i, a, ASK(text, SQL_T(id)), take_message, sizeof **r, r, e);
}

bool
query_submission(struct index *i, struct arena *a, const char *message_id, const char *from_addr, time_t date,
                 const char *content_sha256, struct query_message **r, struct err *e)
{
	static const char by_id[] = SELECT_MESSAGE
	        " WHERE m.message_id = ?1 AND m.content_sha256 = ?2 AND m.disposition IS NOT NULL"
	        " ORDER BY m.copy_of IS NOT NULL, m.seq";
	static const char by_date[] = SELECT_MESSAGE
	        " WHERE m.content_sha256 = ?1 AND m.message_id = '' AND m.from_addr = ?2 COLLATE NOCASE"
	        " AND m.date = ?3 AND m.disposition IS NOT NULL ORDER BY m.copy_of IS NOT NULL, m.seq";
	if (message_id && message_id[0])
		return collect_one(i, a, ASK(by_id, SQL_T(message_id), SQL_T(content_sha256)), take_message,
		                   sizeof **r, r, e);
	return collect_one(i, a, ASK(by_date, SQL_T(content_sha256), SQL_T(from_addr), SQL_N(date)),
	                   take_message, sizeof **r, r, e);
}

bool
query_messages(struct index *i, struct arena *a, time_t since, struct query_message **r, size_t *count_r,
               struct err *e)
{
	static const char text[] =
	        SELECT_MESSAGE " WHERE m.disposition IS NOT NULL AND m.recorded_at >= ? ORDER BY m.seq";
	return collect(i, a, ASK(text, SQL_N(since)), take_message, sizeof **r, r, count_r, e);
}

static void
take_answered(struct arena *a, sqlite3_stmt *st, void *row)
{
	*(struct query_answered *)row = (struct query_answered){
	        .message = sql_text(a, st, 0),
	        .reply = sql_text(a, st, 1),
	};
}

bool
query_answered(struct index *i, struct arena *a, const char *const *message_ids, size_t count,
               struct query_answered **r, struct err *e)
{
	static const char text[] =
	        "SELECT to_message, reply FROM replies WHERE message_id = ?1"
	        " UNION ALL SELECT * FROM (SELECT message, NULL FROM messages"
	        "  WHERE message_id = ?1 AND disposition IS NOT NULL ORDER BY copy_of IS NOT NULL, seq)";
	*r = NULL;
	for (size_t k = 0; k < count && !*r; k++) {
		if (message_ids[k] && message_ids[k][0] &&
		    !collect_one(i, a, ASK(text, SQL_T(message_ids[k])), take_answered, sizeof **r, r, e))
			return false;
	}
	return true;
}

/* ---- registrations ---- */

/* Region and sender come from the readings: of the newest revision that says them. */
#define SELECT_REGISTRATION                                                                            \
	"SELECT r.receipt, r.region_key, r.region_code, r.category,"                                   \
	" (SELECT json_extract(v.form, '$.region') FROM revisions v WHERE v.receipt = r.receipt"       \
	"  AND json_extract(v.form, '$.region') IS NOT NULL ORDER BY v.revision DESC LIMIT 1),"        \
	" r.state, r.message, r.newest, r.mailbox, m.from_addr, m.from_name, r.joined, r.revision, "   \
	"r.errors,"                                                                                    \
	" r.late, r.created_at, r.changed_at,"                                                         \
	" EXISTS(SELECT 1 FROM forms f JOIN replies p ON p.to_message = f.message"                     \
	"  WHERE f.receipt = r.receipt AND +p.state = 'bounced' AND p.dismissed = 0"                   \
	"  AND NOT EXISTS(SELECT 1 FROM forms g JOIN replies q ON q.to_message = g.message"            \
	"   WHERE g.receipt = r.receipt AND +q.state = 'sent' AND q.seq > p.seq))"                     \
	" FROM registrations r LEFT JOIN messages m ON m.message = (SELECT v.message FROM revisions v" \
	"  WHERE v.receipt = r.receipt AND v.message IS NOT NULL ORDER BY v.revision DESC LIMIT 1)"

#define BY_RECEIPT " ORDER BY r.prefix, r.number"

static void
take_registration(struct arena *a, sqlite3_stmt *st, void *row)
{
	*(struct query_registration *)row = (struct query_registration){
	        .receipt = sql_text(a, st, 0),
	        .region_key = sql_text(a, st, 1),
	        .region_code = sql_text(a, st, 2),
	        .category = sql_text(a, st, 3),
	        .region = sql_text(a, st, 4),
	        .state = sql_text(a, st, 5),
	        .message = sql_text(a, st, 6),
	        .newest = sql_text(a, st, 7),
	        .mailbox = sql_text(a, st, 8),
	        .sender = sql_text(a, st, 9),
	        .sender_name = sql_text(a, st, 10),
	        .joined = sql_text(a, st, 11),
	        .revision = sqlite3_column_int(st, 12),
	        .errors = sqlite3_column_int(st, 13),
	        .late = sqlite3_column_int(st, 14) != 0,
	        .created_at = seconds(st, 15),
	        .changed_at = seconds(st, 16),
	        .unreached = sqlite3_column_int(st, 17) != 0,
	};
}

bool
query_registration(struct index *i, struct arena *a, const char *receipt, struct query_registration **r,
                   struct err *e)
{
	return collect_one(i, a, ASK(SELECT_REGISTRATION " WHERE r.receipt = ?", SQL_T(receipt)),
	                   take_registration, sizeof **r, r, e);
}

bool
query_by_region(struct index *i, struct arena *a, const char *region_key, struct query_registration **r,
                size_t *count_r, struct err *e)
{
	return collect(i, a, ASK(SELECT_REGISTRATION " WHERE r.region_key = ?" BY_RECEIPT, SQL_T(region_key)),
	               take_registration, sizeof **r, r, count_r, e);
}

/* The strings as a JSON array, for json_each(). */
static char *
json_list(const char *const *s, size_t count)
{
	json_t *list = json_array();
	char *text;

	for (size_t k = 0; k < count; k++) {
		if (s[k] && s[k][0])
			(void)json_array_append_new(list, json_string(s[k]));
	}
	text = json_dumps(list, JSON_COMPACT);
	json_decref(list);
	if (!text)
		mem_die("writing a list");
	return text;
}

bool
query_by_thread(struct index *i, struct arena *a, const char *const *message_ids, size_t count,
                struct query_registration **r, size_t *count_r, struct err *e)
{
	static const char text[] =
	        "WITH ids(id) AS (SELECT value FROM json_each(?1)),"
	        " roots(root) AS (SELECT root FROM messages WHERE message_id IN (SELECT id FROM ids)"
	        "  UNION SELECT root FROM replies WHERE message_id IN (SELECT id FROM ids)),"
	        " thread(message) AS (SELECT message FROM messages WHERE root IN (SELECT root FROM "
	        "roots)) " SELECT_REGISTRATION
	        " WHERE r.state NOT IN ('joined', 'withdrawn') AND (r.message IN (SELECT message FROM thread)"
	        "  OR r.receipt IN (SELECT receipt FROM forms WHERE message IN (SELECT message FROM "
	        "thread)))" BY_RECEIPT;
	char *ids = json_list(message_ids, count);
	bool ok = collect(i, a, ASK(text, SQL_T(ids)), take_registration, sizeof **r, r, count_r, e);

	free(ids);
	return ok;
}

bool
query_registrations(struct index *i, struct arena *a, time_t since, struct query_registration **r,
                    size_t *count_r, struct err *e)
{
	return collect(i, a, ASK(SELECT_REGISTRATION " WHERE r.logged_at >= ?" BY_RECEIPT, SQL_N(since)),
	               take_registration, sizeof **r, r, count_r, e);
}

static void
take_revision(struct arena *a, sqlite3_stmt *st, void *row)
{
	*(struct query_revision *)row = (struct query_revision){
	        .receipt = sql_text(a, st, 0),
	        .revision = sqlite3_column_int(st, 1),
	        .message = sql_text(a, st, 2),
	        .n = sqlite3_column_int(st, 3),
	        .form = sql_text(a, st, 4),
	        .defects = sql_text(a, st, 5),
	        .changed = sql_text(a, st, 6),
	        .decision = sql_text(a, st, 7),
	        .errors = sqlite3_column_int(st, 8),
	        .late = sqlite3_column_int(st, 9) != 0,
	        .received_at = seconds(st, 10),
	};
}

static json_t *
parse_or(const char *s, json_t *otherwise)
{
	json_t *o = s ? json_loads(s, 0, NULL) : NULL;

	if (!o)
		return otherwise;
	json_decref(otherwise);
	return o;
}

static const char *
dump_to(struct arena *a, const json_t *o)
{
	char *s = json_dumps(o, JSON_COMPACT);
	const char *kept = arena_str(a, s);

	free(s);
	return kept;
}

/* Defects of fields that values do not give anew. */
static json_t *
defects_left(const json_t *defects, const json_t *values)
{
	json_t *left = json_array(), *d;
	size_t k;

	json_array_foreach(defects, k, d)
	{
		const char *field = json_string_value(json_object_get(d, "field"));

		if (!field || !json_object_get(values, field))
			(void)json_array_append(left, d);
	}
	return left;
}

/* The index keeps what each revision brought itself. Where that is single values (given without a form, or
 * set by a person), the rest is what stood there before. */
static void
fill_up(struct arena *a, struct query_revision *v, size_t count)
{
	json_t *form = json_object(), *defects = json_array();

	for (size_t k = 0; k < count; k++) {
		bool partial = v[k].n == 0;
		json_t *own = parse_or(v[k].form, NULL);

		if (!own) /* redacted: what comes later builds on what is known */
			continue;
		if (partial) {
			json_t *left = parse_or(v[k].defects, defects_left(defects, own));
			json_t *whole = json_copy(form);

			(void)json_object_update(whole, own);
			json_decref(own);
			own = whole;
			json_decref(defects);
			defects = left;
			v[k].form = dump_to(a, own);
			v[k].defects = dump_to(a, defects);
		} else {
			json_decref(defects);
			defects = parse_or(v[k].defects, json_array());
		}
		json_decref(form);
		form = own;
	}
	json_decref(form);
	json_decref(defects);
}

bool
query_revisions(struct index *i, struct arena *a, const char *receipt, struct query_revision **r,
                size_t *count_r, struct err *e)
{
	static const char text[] =
	        "SELECT receipt, revision, message, n, form, defects, changed, decision, errors,"
	        " late, received_at FROM revisions WHERE receipt = ? ORDER BY revision";
	if (!collect(i, a, ASK(text, SQL_T(receipt)), take_revision, sizeof **r, r, count_r, e))
		return false;
	fill_up(a, *r, *count_r);
	return true;
}

bool
query_newest(struct index *i, struct arena *a, const char *receipt, struct query_revision **r, struct err *e)
{
	size_t count = 0;

	if (!query_revisions(i, a, receipt, r, &count, e))
		return false;
	if (count)
		*r += count - 1;
	return true;
}

/* The forms of a registration, and of those that were joined to it. */
#define FORMS_OF                                                             \
	" FROM forms f JOIN messages m USING(message) WHERE (f.receipt = ?1" \
	" OR f.receipt IN (SELECT receipt FROM registrations WHERE joined = ?1))"

bool
query_is_sender(struct index *i, const char *receipt, const char *address, bool whole_domain, bool *r,
                struct err *e)
{
	static const char text[] = "SELECT count(*)" FORMS_OF " AND (m.from_addr = ?2 COLLATE NOCASE"
	                           " OR substr(m.from_addr, -length(?3)) = ?3 COLLATE NOCASE)";
	const char *domain = whole_domain && address ? strrchr(address, '@') : NULL;
	int64_t count = 0;

	*r = false;
	if (!address || !address[0])
		return true;
	if (domain && !domain[1])
		domain = NULL;
	if (!sql_number(index_sql(i), text, SQL_ARGS(SQL_T(receipt), SQL_T(address), SQL_T(domain)), 0,
	                &count, e))
		return false;
	*r = count > 0;
	return true;
}

static void
take_sender(struct arena *a, sqlite3_stmt *st, void *row)
{
	*(struct query_sender *)row = (struct query_sender){
	        .address = sql_text(a, st, 0),
	        .name = sql_text(a, st, 1),
	        .as = sql_text(a, st, 2),
	        .message = sql_text(a, st, 3),
	        .received_at = seconds(st, 4),
	};
}

bool
query_senders(struct index *i, struct arena *a, const char *receipt, struct query_sender **r, size_t *count_r,
              struct err *e)
{
	/* With max(), SQLite takes the other columns from the row that has it. */
	static const char text[] = "SELECT m.from_addr, m.from_name, f.as_, m.message, m.received_at,"
	                           " max(f.seq)" FORMS_OF " AND m.from_addr IS NOT NULL AND m.from_addr <> ''"
	                           " GROUP BY lower(m.from_addr) ORDER BY max(f.seq)";
	return collect(i, a, ASK(text, SQL_T(receipt)), take_sender, sizeof **r, r, count_r, e);
}

bool
query_registration_messages(struct index *i, struct arena *a, const char *receipt, struct query_message **r,
                            size_t *count_r, struct err *e)
{
	static const char text[] =
	        SELECT_MESSAGE " WHERE m.message IN (SELECT message FROM forms WHERE receipt = ?1"
	                       "  UNION SELECT message FROM registrations WHERE receipt = ?1) OR m.concerns "
	                       "= ?1 ORDER BY m.seq";
	return collect(i, a, ASK(text, SQL_T(receipt)), take_message, sizeof **r, r, count_r, e);
}

static void
take_form(struct arena *a, sqlite3_stmt *st, void *row)
{
	*(struct query_form *)row = (struct query_form){
	        .n = sqlite3_column_int(st, 0),
	        .receipt = sql_text(a, st, 1),
	        .as = sql_text(a, st, 2),
	        .region_key = sql_text(a, st, 3),
	        .region_code = sql_text(a, st, 4),
	        .category = sql_text(a, st, 5),
	        .revision = sqlite3_column_int(st, 6),
	        .errors = sqlite3_column_int(st, 7),
	};
}

bool
query_forms(struct index *i, struct arena *a, const char *message, struct query_form **r, size_t *count_r,
            struct err *e)
{
	static const char text[] =
	        "SELECT n, receipt, as_, region_key, region_code, category, revision, errors"
	        " FROM forms WHERE message = ? ORDER BY place";
	return collect(i, a, ASK(text, SQL_T(message)), take_form, sizeof **r, r, count_r, e);
}

bool
query_next_receipt(struct index *i, const char *prefix, int64_t *r, struct err *e)
{
	static const char text[] =
	        "SELECT max(coalesce((SELECT max(number) + 1 FROM registrations WHERE prefix = ?), 1),"
	        " coalesce((SELECT CAST(value AS INTEGER) FROM facts WHERE name = 'receipts_from'), 1))";

	return sql_number(index_sql(i), text, SQL_ARGS(SQL_T(prefix)), 1, r, e);
}

/* ---- replies ---- */

#define SELECT_REPLY                                                                                    \
	"SELECT reply, message, to_message, kind, mailbox, state, why, recipient, message_id, bounce, " \
	"status,"                                                                                       \
	" attempts, code, dismissed, queued_at, next, changed_at, seq, unknown FROM replies"

static void
take_reply(struct arena *a, sqlite3_stmt *st, void *row)
{
	*(struct query_reply *)row = (struct query_reply){
	        .reply = sql_text(a, st, 0),
	        .message = sql_text(a, st, 1),
	        .to_message = sql_text(a, st, 2),
	        .kind = sql_text(a, st, 3),
	        .mailbox = sql_text(a, st, 4),
	        .state = sql_text(a, st, 5),
	        .why = sql_text(a, st, 6),
	        .recipient = sql_text(a, st, 7),
	        .message_id = sql_text(a, st, 8),
	        .bounce = sql_text(a, st, 9),
	        .status = sql_text(a, st, 10),
	        .attempts = sqlite3_column_int(st, 11),
	        .code = sqlite3_column_int(st, 12),
	        .dismissed = sqlite3_column_int(st, 13) != 0,
	        .queued_at = seconds(st, 14),
	        .next = seconds(st, 15),
	        .changed_at = seconds(st, 16),
	        .seq = sqlite3_column_int64(st, 17),
	        .unknown = sqlite3_column_int(st, 18),
	};
}

bool
query_reply(struct index *i, struct arena *a, const char *reply, struct query_reply **r, struct err *e)
{
	return collect_one(i, a, ASK(SELECT_REPLY " WHERE reply = ?", SQL_T(reply)), take_reply, sizeof **r,
	                   r, e);
}

bool
query_reply_by_message_id(struct index *i, struct arena *a, const char *message_id, struct query_reply **r,
                          struct err *e)
{
	return collect_one(i, a, ASK(SELECT_REPLY " WHERE message_id = ? ORDER BY seq", SQL_T(message_id)),
	                   take_reply, sizeof **r, r, e);
}

bool
query_reply_number(struct index *i, const char *id, int64_t *r, struct err *e)
{
	static const char text[] = "SELECT max(CAST(substr(reply, length(?1) + 2) AS INTEGER)) FROM replies"
	                           " WHERE reply > ?1 || '.' AND reply < ?1 || '/'";

	return sql_number(index_sql(i), text, SQL_ARGS(SQL_T(id)), 0, r, e);
}

bool
query_reply_sent_last(struct index *i, struct arena *a, const char *id, struct query_reply **r, struct err *e)
{
	static const char where[] =
	        SELECT_REPLY " WHERE reply > ?1 || '.' AND reply < ?1 || '/'"
	                     " AND state IN ('sent', 'unknown') ORDER BY seq DESC LIMIT 1";

	return collect_one(i, a, ASK(where, SQL_T(id)), take_reply, sizeof **r, r, e);
}

bool
query_told_repeated(struct index *i, const char *receipt, const char *address, bool *r, struct err *e)
{
	static const char text[] =
	        "SELECT count(*) FROM replies p JOIN messages m ON m.message = p.to_message"
	        " WHERE p.kind = 'repeated' AND m.id = ?1 AND p.recipient = ?2"
	        " AND p.seq > coalesce((SELECT max(seq) FROM revisions WHERE receipt = ?1), 0)";
	int64_t count = 0;

	*r = false;
	if (!sql_number(index_sql(i), text, SQL_ARGS(SQL_T(receipt), SQL_T(address)), 0, &count, e))
		return false;
	*r = count > 0;
	return true;
}

bool
query_reply_of(struct index *i, struct arena *a, const char *message, struct query_reply **r, struct err *e)
{
	return collect_one(i, a, ASK(SELECT_REPLY " WHERE message = ? ORDER BY seq", SQL_T(message)),
	                   take_reply, sizeof **r, r, e);
}

bool
query_replies_to(struct index *i, struct arena *a, const char *to_message, struct query_reply **r,
                 size_t *count_r, struct err *e)
{
	return collect(i, a, ASK(SELECT_REPLY " WHERE to_message = ? ORDER BY seq", SQL_T(to_message)),
	               take_reply, sizeof **r, r, count_r, e);
}

#define BUT(n) " AND (?" #n " IS NULL OR mailbox NOT IN (SELECT value FROM json_each(?" #n ")))"

bool
query_replies(struct index *i, struct arena *a, time_t since, struct query_reply **r, size_t *count_r,
              struct err *e)
{
	return collect(i, a, ASK(SELECT_REPLY " WHERE changed_at >= ? ORDER BY seq", SQL_N(since)),
	               take_reply, sizeof **r, r, count_r, e);
}

bool
query_due(struct index *i, struct arena *a, const struct query_due *d, struct query_reply **r,
          size_t *count_r, struct err *e)
{
	static const char text[] = SELECT_REPLY
	        " WHERE dismissed = 0 AND (state IN ('due', 'unknown')"
	        " OR (state = 'deferred' AND (coalesce(next, 0) <= ?1 OR (?4 > 0 AND next > ?1 + ?4)))"
	        " OR (state = 'sending' AND ?2))" BUT(5) " ORDER BY seq LIMIT ?3";
	return collect(i, a,
	               ASK(text, SQL_N(d->now), SQL_N(d->at_start), SQL_N(d->max), SQL_N(d->next_max),
	                   SQL_T(d->but)),
	               take_reply, sizeof **r, r, count_r, e);
}

bool
query_next_due(struct index *i, const char *but, time_t *r, struct err *e)
{
	int64_t n = 0;

	if (!sql_number(index_sql(i),
	                "SELECT min(next) FROM replies WHERE state = 'deferred' AND dismissed = 0" BUT(1),
	                SQL_ARGS(SQL_T(but)), 0, &n, e))
		return false;
	*r = (time_t)n;
	return true;
}

#define UNSENT " FROM replies WHERE dismissed = 0 AND state IN ('due', 'sending', 'unknown', 'deferred')"

bool
query_unsent(struct index *i, int64_t *count_r, time_t *oldest_r, struct err *e)
{
	int64_t oldest = 0;

	if (!sql_number(index_sql(i), "SELECT count(*)" UNSENT, NULL, 0, 0, count_r, e) ||
	    !sql_number(index_sql(i), "SELECT min(queued_at)" UNSENT, NULL, 0, 0, &oldest, e))
		return false;
	*oldest_r = (time_t)oldest;
	return true;
}

bool
query_cap(struct index *i, const struct query_cap *c, int64_t *r, struct err *e)
{
	static const char text[] =
	        "SELECT count(*) FROM replies WHERE due_at >= ?1 AND to_message IS NOT NULL"
	        " AND (?2 IS NULL OR recipient = ?2) AND (?3 IS NULL OR root = ?3)"
	        " AND (NOT ?4 OR idle)";

	return sql_number(index_sql(i), text,
	                  SQL_ARGS(SQL_N(c->since), SQL_T(c->address), SQL_T(c->root), SQL_N(c->idle)), 0, r,
	                  e);
}

/* ---- people ---- */

static void
take_item(struct arena *a, sqlite3_stmt *st, void *row)
{
	*(struct query_item *)row = (struct query_item){
	        .item = sql_text(a, st, 0),
	        .what = sql_text(a, st, 1),
	        .why = sql_text(a, st, 2),
	        .receipt = sql_text(a, st, 3),
	        .message = sql_text(a, st, 4),
	        .reply = sql_text(a, st, 5),
	        .subject = sql_text(a, st, 6),
	        .sender = sql_text(a, st, 7),
	        .since = seconds(st, 8),
	};
}

bool
query_items(struct index *i, struct arena *a, struct query_item **r, size_t *count_r, struct err *e)
{
	static const char text[] =
	        "SELECT x.item, x.what, x.why, x.receipt, x.message, x.reply, m.subject, m.from_addr, "
	        "x.since FROM ("
	        /* replies that did not go, or did not arrive */
	        "SELECT reply AS item, state AS what, coalesce(why, status) AS why,"
	        " (SELECT receipt FROM registrations g WHERE g.message = p.to_message ORDER BY seq LIMIT 1)"
	        "  AS receipt, to_message AS message, reply AS reply, changed_at AS since FROM replies p"
	        " WHERE state IN ('withheld', 'failed', 'bounced') AND dismissed = 0"
	        /* two that claim one region */
	        " UNION ALL SELECT receipt, 'conflict', region_key, receipt, message, NULL, logged_at"
	        " FROM registrations WHERE state = 'conflict'"
	        /* what no program could read */
	        " UNION ALL SELECT id, 'unreadable', withheld, NULL, message, NULL, recorded_at FROM messages"
	        " WHERE disposition = 'unreadable' AND copy_of IS NULL AND reviewed = 0"
	        /* withheld without a reply: somebody must say what it is */
	        " UNION ALL SELECT id, 'undecided', withheld, concerns, message, NULL, recorded_at FROM "
	        "messages "
	        "n"
	        " WHERE withheld IS NOT NULL AND copy_of IS NULL AND reviewed = 0 AND disposition <> "
	        "'unreadable'"
	        "  AND NOT EXISTS(SELECT 1 FROM replies WHERE to_message = n.message)"
	        ") x LEFT JOIN messages m ON m.message = x.message ORDER BY x.since, x.item, x.what";
	return collect(i, a, ASK_ALL(text), take_item, sizeof **r, r, count_r, e);
}

/* ---- counts ---- */

static void
take_count(struct arena *a, sqlite3_stmt *st, void *row)
{
	*(struct query_count *)row =
	        (struct query_count){.what = sql_text(a, st, 0), .count = sqlite3_column_int64(st, 1)};
}

bool
query_dispositions(struct index *i, struct arena *a, time_t since, time_t until, struct query_count **r,
                   size_t *count_r, struct err *e)
{
	static const char text[] =
	        "SELECT disposition, count(*) FROM ("
	        "SELECT disposition, recorded_at AS at FROM messages"
	        " WHERE disposition IS NOT NULL AND copy_of IS NULL"
	        " UNION ALL SELECT disposition, at FROM left_there)"
	        " WHERE at >= ?1 AND (?2 = 0 OR at < ?2) GROUP BY disposition ORDER BY disposition";
	return collect(i, a, ASK(text, SQL_N(since), SQL_N(until)), take_count, sizeof **r, r, count_r, e);
}

bool
query_states(struct index *i, struct arena *a, struct query_count **r, size_t *count_r, struct err *e)
{
	return collect(i, a,
	               ASK_ALL("SELECT state, count(*) FROM registrations GROUP BY state ORDER BY state"),
	               take_count, sizeof **r, r, count_r, e);
}

bool
query_outbox(struct index *i, struct arena *a, struct query_count **r, size_t *count_r, struct err *e)
{
	return collect(i, a, ASK_ALL("SELECT state, count(*) FROM replies GROUP BY state ORDER BY state"),
	               take_count, sizeof **r, r, count_r, e);
}

static void
take_string(struct arena *a, sqlite3_stmt *st, void *row)
{
	*(const char **)row = sql_text(a, st, 0);
}

bool
query_fact(struct index *i, struct arena *a, const char *name, const char **r, struct err *e)
{
	const char **found = NULL;
	*r = NULL;
	if (!collect_one(i, a, ASK("SELECT value FROM facts WHERE name = ?", SQL_T(name)), take_string,
	                 sizeof *found, &found, e))
		return false;
	if (found)
		*r = *found;
	return true;
}

/* ---- the daemon's surroundings ---- */

static void
take_alarm(struct arena *a, sqlite3_stmt *st, void *row)
{
	*(struct query_alarm *)row = (struct query_alarm){
	        .alarm = sql_text(a, st, 0),
	        .mailbox = sql_text(a, st, 1),
	        .why = sql_text(a, st, 2),
	        .tries = sqlite3_column_int(st, 3),
	        .raised_at = seconds(st, 4),
	        .last_at = seconds(st, 5),
	        .cleared_at = seconds(st, 6),
	};
}

bool
query_alarms(struct index *i, struct arena *a, time_t since, bool open_only, struct query_alarm **r,
             size_t *count_r, struct err *e)
{
	static const char text[] =
	        "SELECT alarm, mailbox, why, tries, raised_at, last_at, cleared_at FROM alarms"
	        " WHERE cleared_at IS NULL OR (NOT ?2 AND cleared_at >= ?1) ORDER BY seq";

	return collect(i, a, ASK(text, SQL_N(since), SQL_N(open_only)), take_alarm, sizeof **r, r, count_r,
	               e);
}

static void
take_comparison(struct arena *a, sqlite3_stmt *st, void *row)
{
	*(struct query_comparison *)row = (struct query_comparison){
	        .mailbox = sql_text(a, st, 0),
	        .folder = sql_text(a, st, 1),
	        .uidvalidity = (uint32_t)sqlite3_column_int64(st, 2),
	        .on_server = sqlite3_column_int64(st, 3),
	        .recorded = sqlite3_column_int64(st, 4),
	        .left = sqlite3_column_int64(st, 5),
	        .held = sqlite3_column_int64(st, 6),
	        .fresh = sqlite3_column_int64(st, 7),
	        .missing = sqlite3_column_int64(st, 8),
	        .gone = sqlite3_column_int64(st, 9),
	        .uids = sql_text(a, st, 10),
	        .at = seconds(st, 11),
	};
}

bool
query_troubles(struct index *i, int64_t *alarms_r, int64_t *missing_r, struct err *e)
{
	return sql_number(index_sql(i), "SELECT count(*) FROM alarms WHERE cleared_at IS NULL", NULL, 0, 0,
	                  alarms_r, e) &&
	       sql_number(index_sql(i),
	                  "SELECT coalesce(sum(missing), 0) FROM comparisons WHERE seq IN"
	                  " (SELECT max(seq) FROM comparisons GROUP BY mailbox, folder)",
	                  NULL, 0, 0, missing_r, e);
}

bool
query_comparisons(struct index *i, struct arena *a, time_t since, bool newest_only,
                  struct query_comparison **r, size_t *count_r, struct err *e)
{
	static const char text[] =
	        "SELECT mailbox, folder, uidvalidity, on_server, recorded, left_there, held, fresh, missing, "
	        "gone,"
	        " uids, at FROM comparisons c WHERE at >= ?1 AND (NOT ?2 OR NOT EXISTS(SELECT 1 FROM"
	        " comparisons d WHERE d.mailbox = c.mailbox AND d.folder = c.folder AND d.seq > c.seq))"
	        " ORDER BY seq";

	return collect(i, a, ASK(text, SQL_N(since), SQL_N(newest_only)), take_comparison, sizeof **r, r,
	               count_r, e);
}

static void
take_place_uid(struct arena *a, sqlite3_stmt *st, void *row)
{
	const char *kind = (const char *)sqlite3_column_text(st, 1);

	(void)a;
	*(struct query_place_uid *)row = (struct query_place_uid){
	        .uid = (uint32_t)sqlite3_column_int64(st, 0),
	        .kind = kind ? *kind : '?',
	        .received_at = seconds(st, 2),
	};
}

bool
query_place_uids(struct index *i, struct arena *a, const struct query_place *p, struct query_place_uid **r,
                 size_t *count_r, struct err *e)
{
	/* held before recorded before left: 'h' < 'l' < 'r' would not do */
	static const char text[] = "SELECT uid, substr('hrl', min(k), 1), max(received_at) FROM ("
	                           "SELECT uid, 1 AS k, received_at FROM held" AT_PLACE
	                           " UNION ALL SELECT uid, 2, arrivals.received_at" KNOWN_ARRIVAL
	                           " UNION ALL SELECT uid, 3, received_at FROM left_there" AT_PLACE
	                           ") GROUP BY uid ORDER BY uid";

	return collect(i, a, ASK(text, SQL_T(p->mailbox), SQL_T(p->folder), SQL_N(p->uidvalidity)),
	               take_place_uid, sizeof **r, r, count_r, e);
}
