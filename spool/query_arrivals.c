/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/query.h"

#include "spool/query_rows.h"

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
	return query_rows(i, a, ASK(text, SQL_T(p->mailbox), SQL_T(p->folder), SQL_N(p->uidvalidity)),
	                  take_uid, sizeof **uids_r, uids_r, count_r, e);
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
	        .received_at = sql_time(st, 6),
	        .at = sql_time(st, 7),
	        .attempt = sqlite3_column_int(st, 8),
	};
}

bool
query_held(struct index *i, struct arena *a, struct query_held **r, size_t *count_r, struct err *e)
{
	static const char text[] = "SELECT message, mailbox, folder, why, uidvalidity, uid, received_at, at,"
	                           " attempt FROM held ORDER BY received_at, mailbox, folder, uid";
	return query_rows(i, a, ASK_ALL(text), take_held, sizeof **r, r, count_r, e);
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
	        .received_at = sql_time(st, 6),
	        .at = sql_time(st, 7),
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
	return query_rows(i, a, ASK(text, SQL_N(since)), take_left, sizeof **r, r, count_r, e);
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

static void
take_place_uid(struct arena *a, sqlite3_stmt *st, void *row)
{
	const char *kind = (const char *)sqlite3_column_text(st, 1);

	(void)a;
	*(struct query_place_uid *)row = (struct query_place_uid){
	        .uid = (uint32_t)sqlite3_column_int64(st, 0),
	        .kind = kind ? *kind : '?',
	        .received_at = sql_time(st, 2),
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

	return query_rows(i, a, ASK(text, SQL_T(p->mailbox), SQL_T(p->folder), SQL_N(p->uidvalidity)),
	                  take_place_uid, sizeof **r, r, count_r, e);
}
