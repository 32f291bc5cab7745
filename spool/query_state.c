/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/query.h"

#include "spool/query_rows.h"

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
	        .since = sql_time(st, 8),
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
	        " UNION ALL SELECT CASE WHEN forms > 0 THEN 'M-' || substr(message, 1, 10) ELSE id END,"
	        "  'undecided', withheld, coalesce(concerns, CASE WHEN forms > 0 THEN id END), message, NULL,"
	        "  recorded_at FROM messages n"
	        " WHERE withheld IS NOT NULL AND copy_of IS NULL AND reviewed = 0 AND disposition <> "
	        "'unreadable'"
	        "  AND NOT EXISTS(SELECT 1 FROM replies WHERE to_message = n.message)"
	        ") x LEFT JOIN messages m ON m.message = x.message ORDER BY x.since, x.item, x.what";
	return query_rows(i, a, ASK_ALL(text), take_item, sizeof **r, r, count_r, e);
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
	return query_rows(i, a, ASK(text, SQL_N(since), SQL_N(until)), take_count, sizeof **r, r, count_r, e);
}

bool
query_states(struct index *i, struct arena *a, struct query_count **r, size_t *count_r, struct err *e)
{
	return query_rows(i, a,
	                  ASK_ALL("SELECT state, count(*) FROM registrations GROUP BY state ORDER BY state"),
	                  take_count, sizeof **r, r, count_r, e);
}

bool
query_outbox(struct index *i, struct arena *a, struct query_count **r, size_t *count_r, struct err *e)
{
	return query_rows(i, a, ASK_ALL("SELECT state, count(*) FROM replies GROUP BY state ORDER BY state"),
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
	if (!query_row(i, a, ASK("SELECT value FROM facts WHERE name = ?", SQL_T(name)), take_string,
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
	        .raised_at = sql_time(st, 4),
	        .last_at = sql_time(st, 5),
	        .cleared_at = sql_time(st, 6),
	};
}

bool
query_alarms(struct index *i, struct arena *a, time_t since, bool open_only, struct query_alarm **r,
             size_t *count_r, struct err *e)
{
	static const char text[] =
	        "SELECT alarm, mailbox, why, tries, raised_at, last_at, cleared_at FROM alarms"
	        " WHERE cleared_at IS NULL OR (NOT ?2 AND cleared_at >= ?1) ORDER BY seq";

	return query_rows(i, a, ASK(text, SQL_N(since), SQL_N(open_only)), take_alarm, sizeof **r, r, count_r,
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
	        .at = sql_time(st, 11),
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

	return query_rows(i, a, ASK(text, SQL_N(since), SQL_N(newest_only)), take_comparison, sizeof **r, r,
	                  count_r, e);
}
