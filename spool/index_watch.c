/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events that tell how the daemon's surroundings fare: alarms, and the daily comparison of a folder with
 * what the log says of it. */
#include "spool/index_apply.h"

#include "config/clock.h"

#include <stdlib.h>
#include <string.h>

static struct sql_value
member(const struct apply *a, const char *key)
{
	return SQL_T(json_string_value(json_object_get(a->line, key)));
}

static struct sql_value
count(const struct apply *a, const char *key)
{
	return SQL_N(json_integer_value(json_object_get(a->line, key)));
}

/* `raised` again while it is up: one more try that failed. `cleared` while it is down changes nothing. */
bool
apply_alarm(struct apply *a, struct err *e)
{
	const char *state = json_string_value(json_object_get(a->line, "state"));
	const struct sql_value alarm = member(a, "alarm"), mailbox = member(a, "mailbox");

	if (state && strcmp(state, "cleared") == 0)
		return sql_run(a->q,
		               "UPDATE alarms SET cleared_at = ?3"
		               " WHERE alarm = ?1 AND mailbox = ?2 AND cleared_at IS NULL",
		               SQL_ARGS(alarm, mailbox, SQL_N(a->at)), e);
	if (!sql_run(a->q,
	             "UPDATE alarms SET last_at = ?3, tries = tries + 1, why = ?4"
	             " WHERE alarm = ?1 AND mailbox = ?2 AND cleared_at IS NULL",
	             SQL_ARGS(alarm, mailbox, SQL_N(a->at), member(a, "why")), e))
		return false;
	return sql_changes(a->q) > 0 ||
	       sql_run(a->q,
	               "INSERT INTO alarms(seq, alarm, mailbox, why, tries, raised_at, last_at)"
	               " VALUES(?1, ?2, ?3, ?4, 1, ?5, ?5)",
	               SQL_ARGS(SQL_N(a->seq), alarm, mailbox, member(a, "why"), SQL_N(a->at)), e);
}

bool
apply_compared(struct apply *a, struct err *e)
{
	char *uids = json_dumps(json_object_get(a->line, "uids"), JSON_COMPACT | JSON_ENCODE_ANY);
	bool ok = sql_run(a->q,
	                  "INSERT INTO comparisons(seq, mailbox, folder, uidvalidity, on_server, recorded,"
	                  " left_there, held, fresh, missing, gone, uids, at)"
	                  " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	                  SQL_ARGS(SQL_N(a->seq), member(a, "mailbox"), member(a, "folder"),
	                           count(a, "uidvalidity"), count(a, "on_server"), count(a, "recorded"),
	                           count(a, "left"), count(a, "held"), count(a, "new"), count(a, "missing"),
	                           count(a, "gone"), SQL_T(uids), SQL_N(a->at)),
	                  e);

	free(uids);
	return ok;
}

/* What was on its way out when the backup was made may have gone out since: a person looks. */
bool
apply_restored(struct apply *a, struct err *e)
{
	return sql_run(a->q,
	               "INSERT OR REPLACE INTO facts(name, value)"
	               " VALUES('receipts_from', CAST(?1 AS TEXT)), ('restored_at', ?2)",
	               SQL_ARGS(count(a, "receipts_from"), member(a, "at")), e) &&
	       sql_run(a->q,
	               "UPDATE replies SET state = 'withheld', why = 'restored', changed_at = ?1, next = NULL"
	               " WHERE state IN ('due', 'sending', 'unknown', 'deferred') AND dismissed = 0",
	               SQL_ARGS(SQL_N(a->at)), e);
}

bool
apply_reloaded(struct apply *a, struct err *e)
{
	return sql_run(a->q,
	               "INSERT OR REPLACE INTO facts(name, value) VALUES('reloaded_at', ?1), ('form', ?2),"
	               " ('shadow', ?3)",
	               SQL_ARGS(member(a, "at"), member(a, "form"),
	                        SQL_T(json_is_true(json_object_get(a->line, "shadow")) ? "true" : "false")),
	               e);
}
