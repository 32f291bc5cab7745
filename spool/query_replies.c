/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/query.h"

#include "spool/query_rows.h"

#define SELECT_REPLY                                                                                    \
	"SELECT reply, message, to_message, kind, mailbox, state, why, recipient, message_id, bounce, " \
	"status,"                                                                                       \
	" attempts, code, dismissed, queued_at, next, changed_at, seq, unknown, due_at FROM replies"

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
	        .queued_at = sql_time(st, 14),
	        .next = sql_time(st, 15),
	        .changed_at = sql_time(st, 16),
	        .seq = sqlite3_column_int64(st, 17),
	        .unknown = sqlite3_column_int(st, 18),
	        .due_at = sql_time(st, 19),
	};
}

bool
query_reply(struct index *i, struct arena *a, const char *reply, struct query_reply **r, struct err *e)
{
	return query_row(i, a, ASK(SELECT_REPLY " WHERE reply = ?", SQL_T(reply)), take_reply, sizeof **r, r,
	                 e);
}

bool
query_reply_by_message_id(struct index *i, struct arena *a, const char *message_id, struct query_reply **r,
                          struct err *e)
{
	return query_row(i, a, ASK(SELECT_REPLY " WHERE message_id = ? ORDER BY seq", SQL_T(message_id)),
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

	return query_row(i, a, ASK(where, SQL_T(id)), take_reply, sizeof **r, r, e);
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
	return query_row(i, a, ASK(SELECT_REPLY " WHERE message = ? ORDER BY seq", SQL_T(message)),
	                 take_reply, sizeof **r, r, e);
}

bool
query_replies_to(struct index *i, struct arena *a, const char *to_message, struct query_reply **r,
                 size_t *count_r, struct err *e)
{
	return query_rows(i, a, ASK(SELECT_REPLY " WHERE to_message = ? ORDER BY seq", SQL_T(to_message)),
	                  take_reply, sizeof **r, r, count_r, e);
}

/* An address is the same however its letters are written: a reply may be older than the configuration. */
#define BUT(n) \
	" AND (?" #n " IS NULL OR mailbox COLLATE NOCASE NOT IN (SELECT value FROM json_each(?" #n ")))"

bool
query_replies(struct index *i, struct arena *a, time_t since, struct query_reply **r, size_t *count_r,
              struct err *e)
{
	return query_rows(i, a, ASK(SELECT_REPLY " WHERE changed_at >= ? ORDER BY seq", SQL_N(since)),
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
	return query_rows(i, a,
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
	        " AND (?2 IS NULL OR recipient = ?2)"
	        " AND (?3 IS NULL OR root = coalesce((SELECT root FROM messages WHERE message = ?3), ?3))"
	        " AND (NOT ?4 OR idle)";

	return sql_number(index_sql(i), text,
	                  SQL_ARGS(SQL_N(c->since), SQL_T(c->address), SQL_T(c->thread), SQL_N(c->idle)), 0,
	                  r, e);
}
