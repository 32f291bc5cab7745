/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events of replies, from the queue to the bounce. */
#include "spool/index_apply.h"
#include "spool/index_line.h"

#include <string.h>

enum { ADDRESS_MAX = 1000 };

/* What the reply's own bytes say of where it goes: taken from mail/, so that no address stands in the log. */
static bool
reply_head(const struct apply *a, const char *message, struct buf *address, struct buf *id, struct err *e)
{
	struct buf mail = BUF_INIT(STORE_BYTES_MAX);
	bool ok = line_load_bytes(a, STORE_MAIL, message, &mail, e);

	if (mail.len && a->source->reply_head)
		a->source->reply_head(a->source->reply_context, buf_bytes(&mail), address, id);
	buf_free(&mail);
	return ok;
}

bool
apply_queued(struct apply *a, struct err *e)
{
	struct buf address = BUF_INIT(ADDRESS_MAX), id = BUF_INIT(ADDRESS_MAX);
	const json_t *o = a->line;
	const char *state = json_text(o, "state"), *to = json_text(o, "to_message");
	bool due = state && strcmp(state, "due") == 0, ok;

	ok = reply_head(a, json_text(o, "message"), &address, &id, e) &&
	     sql_run(a->q,
	             "INSERT INTO replies(reply, message, to_message, kind, mailbox, state, why, root, idle,"
	             " queued_at, due_at, changed_at, seq, recipient, message_id)"
	             " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, (SELECT root FROM messages WHERE message = ?3),"
	             " NOT EXISTS(SELECT 1 FROM messages WHERE message = ?3 AND progress > 0),"
	             " ?8, ?9, ?8, ?10, ?11, ?12)",
	             SQL_ARGS(member_text(o, "reply"), member_text(o, "message"), SQL_T(to),
	                      member_text(o, "kind"), member_text(o, "mailbox"), SQL_T(state),
	                      member_text(o, "why"), SQL_N(a->at), due ? SQL_N(a->at) : SQL_NONE,
	                      SQL_N(a->seq), SQL_T(address.len ? address.at : NULL),
	                      SQL_T(id.len ? id.at : NULL)),
	             e);
	buf_free(&address);
	buf_free(&id);
	return ok;
}

/* sending, sent, unknown, deferred, failed, bounced: the event is the state. */
bool
apply_reply(struct apply *a, struct err *e)
{
	const json_t *o = a->line;

	if (!sql_run(a->q,
	             "UPDATE replies SET state = ?2, attempts = max(attempts, ?3), code = ?4, why = ?5,"
	             " next = ?6, unknown = unknown + (?2 = 'unknown'), changed_at = ?7, bounce = "
	             "coalesce(?8, bounce),"
	             " status = coalesce(?9, status)"
	             " WHERE reply = ?1",
	             SQL_ARGS(member_text(o, "reply"), SQL_T(a->event), member_number(o, "attempt"),
	                      json_object_get(o, "code") ? member_number(o, "code") : SQL_NONE,
	                      member_text(o, "why"), member_time(o, "next"), SQL_N(a->at),
	                      member_text(o, "message"), member_text(o, "status")),
	             e))
		return false;
	return sql_changes(a->q) == 1 ||
	       line_contradicts(a, "names a reply that was never queued:", json_text(o, "reply"), e);
}
