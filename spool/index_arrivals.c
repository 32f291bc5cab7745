/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events of mails as they are fetched, left on the server, or held there. */
#include "spool/index_apply.h"
#include "spool/index_line.h"

/* What arrived or was left is no more held; what arrived is no more left. */
static bool
no_more_held(struct apply *a, struct err *e)
{
	const json_t *o = a->line;

	return sql_run(a->q,
	               "DELETE FROM held WHERE message = ?5"
	               " OR (mailbox = ?1 AND folder = ?2 AND uidvalidity = ?3 AND uid = ?4 AND uid > 0)",
	               SQL_ARGS(member_text(o, "mailbox"), member_text(o, "folder"),
	                        member_number(o, "uidvalidity"), member_number(o, "uid"),
	                        member_text(o, "message")),
	               e);
}

bool
apply_received(struct apply *a, struct err *e)
{
	const json_t *o = a->line;
	const char *message = json_text(o, "message");
	const char *folder = json_text(o, "folder");
	struct sql_value mailbox = member_text(o, "mailbox"), received = member_time(o, "received_at");
	struct sql_value answered = member_flag(o, "answered");

	folder = folder ? folder : "";
	return no_more_held(a, e) &&
	       sql_run(a->q,
	               "DELETE FROM left_there"
	               " WHERE mailbox = ? AND folder = ? AND uidvalidity = ? AND uid = ?",
	               SQL_ARGS(mailbox, SQL_T(folder), member_number(o, "uidvalidity"),
	                        member_number(o, "uid")),
	               e) &&
	       sql_run(a->q,
	               "INSERT INTO arrivals(seq, message, mailbox, folder, uidvalidity, uid, received_at,"
	               " way, answered) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
	               SQL_ARGS(SQL_N(a->seq), SQL_T(message), mailbox, SQL_T(folder),
	                        member_number(o, "uidvalidity"), member_number(o, "uid"), received,
	                        member_text(o, "way"), answered),
	               e) &&
	       sql_run(a->q,
	               "INSERT INTO messages(message, mailbox, folder, size, received_at, answered, root)"
	               " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?1) ON CONFLICT(message) DO UPDATE SET"
	               " received_at = min(received_at, excluded.received_at),"
	               " answered = max(answered, excluded.answered)",
	               SQL_ARGS(SQL_T(message), mailbox, SQL_T(folder), member_number(o, "size"), received,
	                        answered),
	               e);
}

bool
apply_left(struct apply *a, struct err *e)
{
	const json_t *o = a->line;

	return no_more_held(a, e) &&
	       sql_run(a->q,
	               "INSERT OR REPLACE INTO left_there(mailbox, folder, uidvalidity, uid, message,"
	               " received_at, disposition, parser, unread, again, at, seq)"
	               " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
	               SQL_ARGS(member_text(o, "mailbox"), member_text(o, "folder"),
	                        member_number(o, "uidvalidity"), member_number(o, "uid"),
	                        member_text(o, "message"), member_time(o, "received_at"),
	                        member_text(o, "disposition"), member_text(o, "parser"),
	                        member_flag(o, "unread"), SQL_N(a->at), SQL_N(a->seq)),
	               e);
}

bool
apply_held(struct apply *a, struct err *e)
{
	const json_t *o = a->line;

	return sql_run(
	        a->q,
	        "INSERT OR REPLACE INTO held(mailbox, folder, uidvalidity, uid, message, received_at, why,"
	        " attempt, at) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
	        SQL_ARGS(member_text(o, "mailbox"), member_text(o, "folder"), member_number(o, "uidvalidity"),
	                 member_number(o, "uid"), member_text(o, "message"), member_time(o, "received_at"),
	                 member_text(o, "why"), member_number(o, "attempt"), SQL_N(a->at)),
	        e);
}
