/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/query_digest.h"

#include "spool/query_rows.h"

static void
take_digest(struct arena *a, sqlite3_stmt *st, void *row)
{
	*(struct query_digest *)row = (struct query_digest){.reply = sql_text(a, st, 0),
	                                                    .message = sql_text(a, st, 1),
	                                                    .date = sql_text(a, st, 2),
	                                                    .at = sql_time(st, 3),
	                                                    .seq = sqlite3_column_int64(st, 4)};
}

bool
query_last_digest(struct index *i, struct arena *a, struct query_digest **r, struct err *e)
{
	size_t count;

	return query_rows(
	        i, a, ASK_ALL("SELECT reply, message, date, at, seq FROM digests ORDER BY seq DESC LIMIT 1"),
	        take_digest, sizeof **r, r, &count, e);
}

bool
query_digest_from(struct index *i, struct arena *a, const char *date, struct query_digest **r, struct err *e)
{
	static const char text[] = "SELECT reply, message, date, at, seq FROM digests WHERE date >= ?"
	                           " ORDER BY date DESC, seq DESC LIMIT 1";
	size_t count;

	return query_rows(i, a, ASK(text, SQL_T(date)), take_digest, sizeof **r, r, &count, e);
}

bool
query_digest_for(struct index *i, struct arena *a, const char *date, struct query_digest **r, struct err *e)
{
	static const char text[] =
	        "SELECT reply, message, date, at, seq FROM digests WHERE date = ? ORDER BY seq DESC LIMIT 1";
	size_t count;

	return query_rows(i, a, ASK(text, SQL_T(date)), take_digest, sizeof **r, r, &count, e);
}

static void
take_code(struct arena *a, sqlite3_stmt *st, void *row)
{
	*(struct query_code *)row = (struct query_code){.item = sql_text(a, st, 0),
	                                                .digest = sql_text(a, st, 1),
	                                                .at = sql_time(st, 2),
	                                                .used = sql_time(st, 3)};
}

bool
query_code(struct index *i, struct arena *a, const char *hash, struct query_code **r, struct err *e)
{
	size_t count;

	return query_rows(i, a, ASK("SELECT item, digest, at, used FROM codes WHERE hash = ?", SQL_T(hash)),
	                  take_code, sizeof **r, r, &count, e);
}

static void
take_string(struct arena *a, sqlite3_stmt *st, void *row)
{
	*(const char **)row = sql_text(a, st, 0);
}

bool
query_code_digests(struct index *i, struct arena *a, time_t since, const char ***r, size_t *count_r,
                   struct err *e)
{
	static const char text[] =
	        "SELECT digest FROM codes WHERE at >= ? GROUP BY digest ORDER BY max(at) DESC";

	return query_rows(i, a, ASK(text, SQL_N(since)), take_string, sizeof **r, r, count_r, e);
}

static void
take_order(struct arena *a, sqlite3_stmt *st, void *row)
{
	*(struct query_order *)row = (struct query_order){.message = sql_text(a, st, 0),
	                                                  .digest = sql_text(a, st, 1),
	                                                  .refused = sql_text(a, st, 2),
	                                                  .done = sqlite3_column_int(st, 3),
	                                                  .undone = sqlite3_column_int(st, 4),
	                                                  .at = sql_time(st, 5)};
}

bool
query_orders(struct index *i, struct arena *a, time_t since, struct query_order **r, size_t *count_r,
             struct err *e)
{
	static const char text[] =
	        "SELECT message, digest, refused, done, undone, at FROM orders WHERE at >= ? ORDER BY seq";

	return query_rows(i, a, ASK(text, SQL_N(since)), take_order, sizeof **r, r, count_r, e);
}

bool
query_ordered(struct index *i, const char *submission, const char *digest, bool *r, struct err *e)
{
	int64_t n = 0;

	if (!sql_number(index_sql(i), "SELECT count(*) FROM orders WHERE submission = ? AND digest = ?",
	                SQL_ARGS(SQL_T(submission), SQL_T(digest)), 0, &n, e))
		return false;
	*r = n > 0;
	return true;
}

bool
query_kept(struct index *i, struct arena *a, const char ***r, size_t *count_r, struct err *e)
{
	static const char text[] =
	        "SELECT receipt FROM registrations g WHERE EXISTS(SELECT 1 FROM revisions v"
	        " WHERE v.receipt = g.receipt AND v.form IS NOT NULL) ORDER BY prefix, number";

	return query_rows(i, a, ASK_ALL(text), take_string, sizeof **r, r, count_r, e);
}

bool
query_totals(struct index *i, struct query_totals *r, struct err *e)
{
	const struct {
		const char *text;
		int64_t *n;
	} counts[] = {
	        {"SELECT count(*) FROM files", &r->files},
	        {"SELECT count(*) FROM files WHERE redacted >= named", &r->redacted},
	        {"SELECT count(*) FROM arrivals", &r->arrivals},
	        {"SELECT count(*) FROM messages", &r->messages},
	        {"SELECT count(*) FROM messages WHERE disposition IS NOT NULL AND copy_of IS NULL",
	         &r->recorded},
	        {"SELECT count(*) FROM messages WHERE disposition IS NOT NULL AND copy_of IS NOT NULL",
	         &r->copies},
	        {"SELECT count(*) FROM left_there WHERE again = 0", &r->left},
	        {"SELECT count(*) FROM held", &r->held},
	};

	*r = (struct query_totals){0};
	for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
		if (!sql_number(index_sql(i), counts[k].text, NULL, 0, 0, counts[k].n, e))
			return false;
	return true;
}
