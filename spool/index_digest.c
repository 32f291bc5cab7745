/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The events of the daily digest, and of what staff order in answer to one. */
#include "spool/index_apply.h"
#include "spool/index_line.h"

#include <string.h>

static bool
put_codes(struct apply *a, struct err *e)
{
	const json_t *list = json_object_get(a->line, "codes"), *c;
	size_t i;

	json_array_foreach((json_t *)list, i, c)
	{
		if (!sql_run(a->q, "INSERT OR IGNORE INTO codes(hash, item, digest, at) VALUES(?, ?, ?, ?)",
		             SQL_ARGS(member_text(c, "hash"), member_text(c, "item"),
		                      member_text(a->line, "reply"), SQL_N(a->at)),
		             e))
			return false;
	}
	return true;
}

bool
apply_digested(struct apply *a, struct err *e)
{
	return sql_run(a->q, "INSERT INTO digests(seq, reply, message, date, at) VALUES(?, ?, ?, ?, ?)",
	               SQL_ARGS(SQL_N(a->seq), member_text(a->line, "reply"), member_text(a->line, "message"),
	                        member_text(a->line, "date"), SQL_N(a->at)),
	               e) &&
	       put_codes(a, e) && fact_text(a, "digest_date", json_text(a->line, "date"), e) &&
	       fact_text(a, "digest_at", json_text(a->line, "at"), e);
}

/* A code that did its work does none again. */
bool
apply_ordered(struct apply *a, struct err *e)
{
	const json_t *list = json_object_get(a->line, "orders"), *o;
	int64_t done = 0;
	size_t i;

	json_array_foreach((json_t *)list, i, o)
	{
		const char *outcome = json_text(o, "outcome");

		if (!outcome || strcmp(outcome, "done") != 0)
			continue;
		done++;
		if (!sql_run(a->q, "UPDATE codes SET used = ?2 WHERE hash = ?1",
		             SQL_ARGS(member_text(o, "code"), SQL_N(a->at)), e))
			return false;
	}
	return sql_run(a->q,
	               "INSERT INTO orders(seq, message, submission, digest, refused, done, undone, at)"
	               " VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
	               SQL_ARGS(SQL_N(a->seq), member_text(a->line, "message"),
	                        member_text(a->line, "submission"), member_text(a->line, "digest"),
	                        member_text(a->line, "refused"), SQL_N(done),
	                        SQL_N((int64_t)json_array_size(list) - done), SQL_N(a->at)),
	               e);
}
