/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events of the program's life: its starts, checkpoints and repairs. */
#include "spool/index_apply.h"
#include "spool/index_line.h"

#include "config/clock.h"

/* What can change while the program runs. */
static bool
fact_configured(struct apply *a, struct err *e)
{
	return fact_text(a, "form", json_text(a->line, "form"), e) &&
	       fact_text(a, "shadow", json_flag(a->line, "shadow") ? "true" : "false", e);
}

bool
apply_started(struct apply *a, struct err *e)
{
	const char *since = json_text(a->line, "replies_since");

	/* The first one holds: what was answered by hand before stays so. */
	return (!since || sql_run(a->q, "INSERT OR IGNORE INTO facts(name, value) VALUES('replies_since', ?)",
	                          SQL_ARGS(SQL_T(since)), e)) &&
	       sql_run(a->q, "INSERT OR IGNORE INTO facts(name, value) VALUES('first_started_at', ?)",
	               SQL_ARGS(member_text(a->line, "at")), e) &&
	       fact_text(a, "started_at", json_text(a->line, "at"), e) &&
	       fact_text(a, "version", json_text(a->line, "version"), e) &&
	       fact_text(a, "parser", json_text(a->line, "parser"), e) && fact_configured(a, e);
}

bool
apply_stopped(struct apply *a, struct err *e)
{
	return fact_text(a, "stopped_at", json_text(a->line, "at"), e);
}

bool
apply_reloaded(struct apply *a, struct err *e)
{
	return fact_text(a, "reloaded_at", json_text(a->line, "at"), e) && fact_configured(a, e);
}

bool
apply_checkpoint(struct apply *a, struct err *e)
{
	return sql_run(a->q, "INSERT INTO checkpoints(seq, head_seq, head, at) VALUES(?, ?, ?, ?)",
	               SQL_ARGS(SQL_N(a->seq), member_number(a->line, "head_seq"),
	                        member_text(a->line, "head"), SQL_N(a->at)),
	               e) &&
	       fact_text(a, "checkpoint_at", json_text(a->line, "at"), e) &&
	       fact_number(a, "checkpoint_seq", json_int(a->line, "head_seq"), e);
}

bool
apply_cut(struct apply *a, struct err *e)
{
	return sql_run(a->q, "INSERT OR REPLACE INTO cuts(kept, file, bytes, seq) VALUES(?, ?, ?, ?)",
	               SQL_ARGS(member_text(a->line, "kept"), member_text(a->line, "file"),
	                        member_number(a->line, "bytes"), SQL_N(a->seq)),
	               e);
}

bool
apply_relooked(struct apply *a, struct err *e)
{
	const char *since = json_text(a->line, "since");
	time_t t = 0;

	if (since && !clock_parse(since, &t) && !clock_parse_day(since, 0, &t))
		return line_contradicts(a, "has a since that is no time:", since, e);
	return sql_run(a->q, "UPDATE left_there SET again = 1 WHERE received_at >= ?", SQL_ARGS(SQL_N(t)),
	               e) &&
	       fact_text(a, "relooked_since", since, e) &&
	       fact_text(a, "relooked_at", json_text(a->line, "at"), e);
}

/* What was on its way out when the backup was made may have gone out since: a person looks. */
bool
apply_restored(struct apply *a, struct err *e)
{
	return fact_number(a, "receipts_from", json_int(a->line, "receipts_from"), e) &&
	       fact_text(a, "restored_at", json_text(a->line, "at"), e) &&
	       sql_run(a->q,
	               "UPDATE replies SET state = 'withheld', why = 'restored', changed_at = ?1, next = NULL"
	               " WHERE state IN ('due', 'sending', 'unknown', 'deferred') AND dismissed = 0",
	               SQL_ARGS(SQL_N(a->at)), e);
}
