/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/query.h"

#include "spool/query_rows.h"

#define SELECT_MESSAGE                                                                                \
	"SELECT m.message, m.id, m.reading, m.disposition, m.withheld, m.copy_of, m.thread, m.root, " \
	"m.mailbox,"                                                                                  \
	" m.folder, m.subject, m.from_addr, m.from_name, m.message_id, m.content_sha256, m.date,"     \
	" m.received_at, m.recorded_at, m.seq, m.forms, m.progress, m.late, m.answered, m.concerns, " \
	"m.reviewed FROM "                                                                            \
	"messages m"

/* Is it the message that ?1 names, M- and ten digits of its hash? (One with forms has a receipt for id.) */
#define MESSAGE_NAMED(m)                                                                 \
	"(length(?1) = 12 AND substr(?1, 1, 2) = 'M-' AND " m " >= substr(?1, 3) AND " m \
	" < substr(?1, 3) || 'g')"

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
	        .date = sql_time(st, 15),
	        .received_at = sql_time(st, 16),
	        .recorded_at = sql_time(st, 17),
	        .seq = sqlite3_column_int64(st, 18),
	        .forms = sqlite3_column_int(st, 19),
	        .progress = sqlite3_column_int(st, 20),
	        .late = sqlite3_column_int(st, 21) != 0,
	        .answered = sqlite3_column_int(st, 22) != 0,
	        .concerns = sql_text(a, st, 23),
	        .reviewed = sqlite3_column_int(st, 24) != 0,
	};
}

bool
query_message(struct index *i, struct arena *a, const char *message, struct query_message **r, struct err *e)
{
	return query_row(i, a, ASK(SELECT_MESSAGE " WHERE m.message = ?", SQL_T(message)), take_message,
	                 sizeof **r, r, e);
}

bool
query_message_by_id(struct index *i, struct arena *a, const char *id, struct query_message **r, struct err *e)
{
	static const char text[] = SELECT_MESSAGE
	        " WHERE m.id = ?1 OR m.message = (SELECT message FROM registrations WHERE receipt = ?1)"
	        " OR " MESSAGE_NAMED("m.message") " ORDER BY m.copy_of IS NOT NULL, m.seq";
	return query_row(i, a, ASK(text, SQL_T(id)), take_message, sizeof **r, r, e);
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
	        " AND coalesce(m.date, 0) = ?3 AND m.disposition IS NOT NULL ORDER BY m.copy_of IS NOT NULL, "
	        "m.seq";
	if (message_id && message_id[0])
		return query_row(i, a, ASK(by_id, SQL_T(message_id), SQL_T(content_sha256)), take_message,
		                 sizeof **r, r, e);
	return query_row(i, a, ASK(by_date, SQL_T(content_sha256), SQL_T(from_addr), SQL_N(date)),
	                 take_message, sizeof **r, r, e);
}

bool
query_messages(struct index *i, struct arena *a, time_t since, struct query_message **r, size_t *count_r,
               struct err *e)
{
	static const char text[] =
	        SELECT_MESSAGE " WHERE m.disposition IS NOT NULL AND m.recorded_at >= ? ORDER BY m.seq";
	return query_rows(i, a, ASK(text, SQL_N(since)), take_message, sizeof **r, r, count_r, e);
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
		    !query_row(i, a, ASK(text, SQL_T(message_ids[k])), take_answered, sizeof **r, r, e))
			return false;
	}
	return true;
}

bool
query_registration_messages(struct index *i, struct arena *a, const char *receipt, struct query_message **r,
                            size_t *count_r, struct err *e)
{
	static const char text[] =
	        SELECT_MESSAGE " WHERE m.message IN (SELECT message FROM forms WHERE receipt = ?1"
	                       "  UNION SELECT message FROM registrations WHERE receipt = ?1) OR m.concerns "
	                       "= ?1 ORDER BY m.seq";
	return query_rows(i, a, ASK(text, SQL_T(receipt)), take_message, sizeof **r, r, count_r, e);
}
