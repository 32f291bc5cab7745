/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events that tell how the daemon's surroundings fare: alarms, and the daily comparison of a folder with
 * what the log says of it. */
#include "spool/index_apply.h"
#include "spool/index_line.h"

#include <stdlib.h>
#include <string.h>

/* `raised` again while it is up: one more try that failed. `cleared` while it is down changes nothing. */
bool
apply_alarm(struct apply *a, struct err *e)
{
	const char *state = json_text(a->line, "state");
	const struct sql_value alarm = member_text(a->line, "alarm"),
	                       mailbox = member_text(a->line, "mailbox");

	if (state && strcmp(state, "cleared") == 0)
		return sql_run(a->q,
		               "UPDATE alarms SET cleared_at = ?3"
		               " WHERE alarm = ?1 AND mailbox = ?2 AND cleared_at IS NULL",
		               SQL_ARGS(alarm, mailbox, SQL_N(a->at)), e);
	if (!sql_run(a->q,
	             "UPDATE alarms SET last_at = ?3, tries = tries + 1, why = ?4"
	             " WHERE alarm = ?1 AND mailbox = ?2 AND cleared_at IS NULL",
	             SQL_ARGS(alarm, mailbox, SQL_N(a->at), member_text(a->line, "why")), e))
		return false;
	return sql_changes(a->q) > 0 ||
	       sql_run(a->q,
	               "INSERT INTO alarms(seq, alarm, mailbox, why, tries, raised_at, last_at)"
	               " VALUES(?1, ?2, ?3, ?4, 1, ?5, ?5)",
	               SQL_ARGS(SQL_N(a->seq), alarm, mailbox, member_text(a->line, "why"), SQL_N(a->at)), e);
}

bool
apply_compared(struct apply *a, struct err *e)
{
	char *uids = json_dumps(json_object_get(a->line, "uids"), JSON_COMPACT | JSON_ENCODE_ANY);
	bool ok = sql_run(a->q,
	                  "INSERT INTO comparisons(seq, mailbox, folder, uidvalidity, on_server, recorded,"
	                  " left_there, held, fresh, missing, gone, uids, at)"
	                  " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	                  SQL_ARGS(SQL_N(a->seq), member_text(a->line, "mailbox"),
	                           member_text(a->line, "folder"), member_number(a->line, "uidvalidity"),
	                           member_number(a->line, "on_server"), member_number(a->line, "recorded"),
	                           member_number(a->line, "left"), member_number(a->line, "held"),
	                           member_number(a->line, "new"), member_number(a->line, "missing"),
	                           member_number(a->line, "gone"), SQL_T(uids), SQL_N(a->at)),
	                  e);

	free(uids);
	return ok;
}
