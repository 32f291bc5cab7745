/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/holdings.h"

#include "spool/sql.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* r: the receipts. own: the messages, each with the one by which it belongs here (via): those that held a
 * form of it or speak of it, their copies, and those in answer to them that hold no form, for they speak of
 * these. others: whose forms stand beside it. told: the digests' mails. */
static const char all[] =
        "WITH RECURSIVE r(receipt) AS (SELECT receipt FROM registrations WHERE receipt = ?1"
        " UNION SELECT g.receipt FROM registrations g JOIN r ON g.joined = r.receipt),"
        "own(message, via) AS (SELECT message, message FROM forms WHERE receipt IN (SELECT * FROM r)"
        " UNION SELECT message, message FROM registrations WHERE receipt IN (SELECT * FROM r)"
        "  AND message IS NOT NULL"
        " UNION SELECT message, message FROM messages WHERE concerns IN (SELECT * FROM r)"
        " UNION SELECT m.message, o.via FROM own o JOIN messages m ON m.copy_of = o.message OR"
        "  (m.thread = o.message AND NOT EXISTS(SELECT 1 FROM forms f WHERE f.message = m.message))),"
        "answers(reply, message, via, at, bounce) AS (SELECT p.reply, p.message, o.via, p.queued_at, p.bounce"
        " FROM replies p JOIN own o ON p.to_message = o.message),"
        /* a mail for each that gets the digest: D-20220610.1, .2 … */
        "told(message, date, at, bounce) AS (SELECT p.message, d.date, d.at, p.bounce FROM digests d"
        " JOIN replies p ON p.reply > d.reply || '.' AND p.reply < d.reply || '/'"
        " WHERE d.seq > (SELECT min(seq) FROM registrations WHERE receipt IN (SELECT * FROM r))),"
        "others(via, list) AS (SELECT message, group_concat(DISTINCT receipt) FROM forms"
        " WHERE receipt NOT IN (SELECT * FROM r) AND message IN (SELECT via FROM own) GROUP BY message"
        /* the values of a join are the other's revision, also where that was ended since */
        " UNION ALL SELECT decision, receipt FROM decisions WHERE item IN (SELECT * FROM r)"
        "  AND revision IS NOT NULL AND receipt NOT IN (SELECT * FROM r)),"
        "held(what, kind, hash, of_, via, at) AS ("
        "SELECT 0, 0, m.message, m.id, o.via, m.received_at FROM own o JOIN messages m USING(message)"
        " UNION ALL SELECT 1, 1, m.reading, m.id, o.via, m.recorded_at"
        "  FROM own o JOIN messages m USING(message)"
        " UNION ALL SELECT 2, 0, message, reply, via, at FROM answers"
        " UNION ALL SELECT 3, 0, bounce, reply, via, at FROM answers"
        " UNION ALL SELECT 3, 1, m.reading, a.reply, a.via, a.at"
        "  FROM answers a JOIN messages m ON m.message = a.bounce"
        " UNION ALL SELECT 4, 1, decision, item, decision, at FROM decisions WHERE item IN (SELECT * FROM r)"
        "  OR receipt IN (SELECT * FROM r) OR item IN (SELECT reply FROM answers)"
        "  OR item IN (SELECT m.id FROM own o JOIN messages m USING(message))"
        "  OR item IN (SELECT 'M-' || substr(message, 1, 10) FROM own)"
        " UNION ALL SELECT 5, 0, message, date, NULL, at FROM told"
        " UNION ALL SELECT 5, 0, bounce, date, NULL, at FROM told"
        " UNION ALL SELECT 5, 1, m.reading, t.date, NULL, t.at"
        "  FROM told t JOIN messages m ON m.message = t.bounce)"
        "SELECT h.what, h.kind, h.hash, h.of_, max(o.list), h.at,"
        " (SELECT redacted IS NOT NULL AND named <= redacted FROM files f"
        "  WHERE f.kind = h.kind AND f.hash = h.hash)"
        " FROM held h LEFT JOIN others o USING(via) WHERE h.hash IS NOT NULL"
        " GROUP BY h.kind, h.hash ORDER BY h.what, h.at, h.of_, h.hash";

static const char receipts[] =
        "WITH RECURSIVE r(receipt) AS (SELECT receipt FROM registrations WHERE receipt = ?1"
        " UNION SELECT g.receipt FROM registrations g JOIN r ON g.joined = r.receipt) SELECT receipt FROM r";

const char *
holding_name(enum holding_what what)
{
	static const char *const names[] = {"mail", "reading", "reply", "bounce", "decision", "digest"};
	static_assert(sizeof names / sizeof *names == HOLDING_KINDS, "a name each");

	return names[what];
}

/* Room for one more in a list of the arena that doubles: what it outgrew stays there till the arena ends. */
static void *
grown(struct arena *a, void *list, size_t count, size_t size)
{
	void *wider;

	if (count && (count & (count - 1)) != 0)
		return list;
	wider = arena_alloc(a, count ? 2 * count : 1, size);
	if (count)
		memcpy(wider, list, count * size);
	return wider;
}

static bool
find_receipts(struct index *i, struct arena *a, const char *receipt, struct holdings *h, struct err *e)
{
	struct sql *q = index_sql(i);
	sqlite3_stmt *st = sql_ask(q, receipts, SQL_ARGS(SQL_T(receipt)), e);
	enum sql_step step = SQL_FAILED;

	while (st && (step = sql_next(q, st, e)) == SQL_ROW) {
		h->receipts = grown(a, h->receipts, h->receipt_count, sizeof *h->receipts);
		h->receipts[h->receipt_count++] = sql_text(a, st, 0);
	}
	return step == SQL_DONE;
}

bool
holdings_find(struct index *i, struct arena *a, const char *receipt, struct holdings *h_r, struct err *e)
{
	struct sql *q = index_sql(i);
	struct holdings h = {0};
	enum sql_step step = SQL_FAILED;
	sqlite3_stmt *st;

	if (!find_receipts(i, a, receipt, &h, e))
		return false;
	st = sql_ask(q, all, SQL_ARGS(SQL_T(receipt)), e);
	while (st && (step = sql_next(q, st, e)) == SQL_ROW) {
		struct holding *one;

		h.at = grown(a, h.at, h.count, sizeof *h.at);
		one = &h.at[h.count++];
		*one = (struct holding){.what = (enum holding_what)sqlite3_column_int(st, 0),
		                        .kind = (enum store_kind)sqlite3_column_int(st, 1),
		                        .hash = sql_text(a, st, 2),
		                        .of = sql_text(a, st, 3),
		                        .others = sql_text(a, st, 4),
		                        .at = sql_time(st, 5),
		                        .gone = sqlite3_column_int(st, 6) != 0};
		h.shared += one->others && !one->gone;
	}
	*h_r = h;
	return step == SQL_DONE;
}

bool
holdings_kept(struct index *i, struct arena *a, struct holding_due **r, size_t *count_r, struct err *e)
{
	static const char text[] =
	        "SELECT receipt, region_key, changed_at FROM registrations g WHERE joined IS NULL"
	        " AND EXISTS(SELECT 1 FROM revisions v WHERE v.receipt = g.receipt AND v.form IS NOT NULL)"
	        " ORDER BY prefix, number";
	struct sql *q = index_sql(i);
	sqlite3_stmt *st = sql_ask(q, text, NULL, 0, e);
	enum sql_step step = SQL_FAILED;

	*r = NULL;
	*count_r = 0;
	while (st && (step = sql_next(q, st, e)) == SQL_ROW) {
		*r = grown(a, *r, *count_r, sizeof **r);
		(*r)[(*count_r)++] = (struct holding_due){.receipt = sql_text(a, st, 0),
		                                          .region_key = sql_text(a, st, 1),
		                                          .changed_at = sql_time(st, 2)};
	}
	return step == SQL_DONE;
}

bool
holdings_all(struct index *i, struct arena *a, struct holding **r, size_t *count_r, struct err *e)
{
	static const char text[] = "SELECT kind, hash FROM files WHERE redacted IS NULL OR named > redacted"
	                           " ORDER BY kind, hash";
	struct sql *q = index_sql(i);
	sqlite3_stmt *st = sql_ask(q, text, NULL, 0, e);
	enum sql_step step = SQL_FAILED;

	*r = NULL;
	*count_r = 0;
	while (st && (step = sql_next(q, st, e)) == SQL_ROW) {
		enum store_kind kind = (enum store_kind)sqlite3_column_int(st, 0);

		*r = grown(a, *r, *count_r, sizeof **r);
		(*r)[(*count_r)++] =
		        (struct holding){.what = kind == STORE_MAIL ? HOLDING_MAIL : HOLDING_READING,
		                         .kind = kind,
		                         .hash = sql_text(a, st, 1)};
	}
	return step == SQL_DONE;
}
