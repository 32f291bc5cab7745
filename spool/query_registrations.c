/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/query.h"

#include "spool/query_rows.h"

#include "config/json_value.h"

#include <stdlib.h>
#include <string.h>

/* Region and sender come from the readings: of the newest revision that says them. */
#define SELECT_REGISTRATION                                                                            \
	"SELECT r.receipt, r.region_key, r.region_code, r.category,"                                   \
	" (SELECT json_extract(v.form, '$.region') FROM revisions v WHERE v.receipt = r.receipt"       \
	"  AND json_extract(v.form, '$.region') IS NOT NULL ORDER BY v.revision DESC LIMIT 1),"        \
	" r.state, r.message, r.newest, r.mailbox, m.from_addr, m.from_name, r.joined, r.revision, "   \
	"r.errors,"                                                                                    \
	" r.late, r.created_at, r.changed_at, r.seq,"                                                  \
	" EXISTS(SELECT 1 FROM forms f JOIN replies p ON p.to_message = f.message"                     \
	"  WHERE f.receipt = r.receipt AND +p.state = 'bounced' AND p.dismissed = 0"                   \
	"  AND NOT EXISTS(SELECT 1 FROM forms g JOIN replies q ON q.to_message = g.message"            \
	"   WHERE g.receipt = r.receipt AND +q.state = 'sent' AND q.seq > p.seq)),"                    \
	" EXISTS(SELECT 1 FROM decisions d WHERE d.item = r.receipt AND d.act = 'accept'"              \
	"  AND d.seq >= (SELECT max(v.seq) FROM revisions v WHERE v.receipt = r.receipt))"             \
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
	        .created_at = sql_time(st, 15),
	        .changed_at = sql_time(st, 16),
	        .seq = sqlite3_column_int64(st, 17),
	        .unreached = sqlite3_column_int(st, 18) != 0,
	        .settled = sqlite3_column_int(st, 19) != 0,
	};
}

bool
query_registration(struct index *i, struct arena *a, const char *receipt, struct query_registration **r,
                   struct err *e)
{
	return query_row(i, a, ASK(SELECT_REGISTRATION " WHERE r.receipt = ?", SQL_T(receipt)),
	                 take_registration, sizeof **r, r, e);
}

bool
query_by_region(struct index *i, struct arena *a, const char *region_key, struct query_registration **r,
                size_t *count_r, struct err *e)
{
	static const char text[] = SELECT_REGISTRATION
	        " WHERE r.region_key = ?1 OR r.receipt IN (SELECT d.receipt FROM decisions d"
	        "  WHERE d.act = 'join' AND EXISTS(SELECT 1 FROM forms f"
	        "   WHERE f.receipt = d.receipt AND f.region_key = ?1))" BY_RECEIPT;

	return query_rows(i, a, ASK(text, SQL_T(region_key)), take_registration, sizeof **r, r, count_r, e);
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
	        "WITH RECURSIVE ids(id) AS (SELECT value FROM json_each(?1)),"
	        " roots(root) AS (SELECT root FROM messages WHERE message_id IN (SELECT id FROM ids)"
	        "  UNION SELECT root FROM replies WHERE message_id IN (SELECT id FROM ids)),"
	        " thread(message) AS (SELECT message FROM messages WHERE root IN (SELECT root FROM roots)),"
	        " here(receipt) AS (SELECT receipt FROM registrations"
	        "   WHERE message IN (SELECT message FROM thread)"
	        "  UNION SELECT receipt FROM forms WHERE message IN (SELECT message FROM thread)"
	        "  UNION SELECT g.joined FROM registrations g JOIN here USING(receipt)"
	        "   WHERE g.joined IS NOT NULL) " SELECT_REGISTRATION
	        " WHERE r.receipt IN (SELECT receipt FROM here)"
	        " AND r.state NOT IN ('joined', 'withdrawn')" BY_RECEIPT;
	char *ids = json_list(message_ids, count);
	bool ok = query_rows(i, a, ASK(text, SQL_T(ids)), take_registration, sizeof **r, r, count_r, e);

	free(ids);
	return ok;
}

bool
query_registrations(struct index *i, struct arena *a, time_t since, struct query_registration **r,
                    size_t *count_r, struct err *e)
{
	return query_rows(i, a, ASK(SELECT_REGISTRATION " WHERE r.logged_at >= ?" BY_RECEIPT, SQL_N(since)),
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
	        .received_at = sql_time(st, 10),
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
		const char *field = json_text(d, "field");

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
	if (!query_rows(i, a, ASK(text, SQL_T(receipt)), take_revision, sizeof **r, r, count_r, e))
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

/* A registration, and those that were joined to it, or to one of these; their forms. */
#define WITH_JOINED                                                                 \
	"WITH RECURSIVE one(receipt) AS (SELECT ?1 UNION SELECT g.receipt FROM one" \
	" JOIN registrations g ON g.joined = one.receipt) "
#define FORMS_OF                                       \
	" FROM forms f JOIN messages m USING(message)" \
	" WHERE f.receipt IN (SELECT receipt FROM one)"

bool
query_is_sender(struct index *i, const char *receipt, const char *address, bool whole_domain, bool *r,
                struct err *e)
{
	static const char text[] =
	        WITH_JOINED "SELECT count(*)" FORMS_OF " AND (m.from_addr = ?2 COLLATE NOCASE"
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
	        .received_at = sql_time(st, 4),
	};
}

bool
query_senders(struct index *i, struct arena *a, const char *receipt, struct query_sender **r, size_t *count_r,
              struct err *e)
{
	/* With max(), SQLite takes the other columns from the row that has it. */
	static const char text[] =
	        WITH_JOINED "SELECT m.from_addr, m.from_name, f.as_, m.message, m.received_at,"
	                    " max(f.seq)" FORMS_OF " AND m.from_addr IS NOT NULL AND m.from_addr <> ''"
	                    " GROUP BY lower(m.from_addr) ORDER BY max(f.seq)";
	return query_rows(i, a, ASK(text, SQL_T(receipt)), take_sender, sizeof **r, r, count_r, e);
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
	return query_rows(i, a, ASK(text, SQL_T(message)), take_form, sizeof **r, r, count_r, e);
}

bool
query_next_receipt(struct index *i, const char *prefix, int64_t *r, struct err *e)
{
	static const char text[] =
	        "SELECT max(coalesce((SELECT max(number) + 1 FROM registrations WHERE prefix = ?), 1),"
	        " coalesce((SELECT CAST(value AS INTEGER) FROM facts WHERE name = 'receipts_from'), 1))";

	return sql_number(index_sql(i), text, SQL_ARGS(SQL_T(prefix)), 1, r, e);
}
