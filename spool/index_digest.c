/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The events of the daily digest, and of what staff order in answer to one. */
#include "spool/index_apply.h"

#include "config/clock.h"

#include <string.h>

static const char *
text(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static bool
put_fact(struct apply *a, const char *name, const char *value, struct err *e)
{
	return !value || sql_run(a->q, "INSERT OR REPLACE INTO facts(name, value) VALUES(?, ?)",
	                         SQL_ARGS(SQL_T(name), SQL_T(value)), e);
}

static bool
put_codes(struct apply *a, struct err *e)
{
	const json_t *list = json_object_get(a->line, "codes"), *c;
	size_t i;

	json_array_foreach((json_t *)list, i, c)
	{
		if (!sql_run(a->q, "INSERT OR IGNORE INTO codes(hash, item, digest, at) VALUES(?, ?, ?, ?)",
		             SQL_ARGS(SQL_T(text(c, "hash")), SQL_T(text(c, "item")),
		                      SQL_T(text(a->line, "reply")), SQL_N(a->at)),
		             e))
			return false;
	}
	return true;
}

bool
apply_digested(struct apply *a, struct err *e)
{
	return sql_run(a->q, "INSERT INTO digests(seq, reply, message, date, at) VALUES(?, ?, ?, ?, ?)",
	               SQL_ARGS(SQL_N(a->seq), SQL_T(text(a->line, "reply")), SQL_T(text(a->line, "message")),
	                        SQL_T(text(a->line, "date")), SQL_N(a->at)),
	               e) &&
	       put_codes(a, e) && put_fact(a, "digest_date", text(a->line, "date"), e) &&
	       put_fact(a, "digest_at", text(a->line, "at"), e);
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
		const char *outcome = text(o, "outcome");

		if (!outcome || strcmp(outcome, "done") != 0)
			continue;
		done++;
		if (!sql_run(a->q, "UPDATE codes SET used = ?2 WHERE hash = ?1",
		             SQL_ARGS(SQL_T(text(o, "code")), SQL_N(a->at)), e))
			return false;
	}
	return sql_run(a->q,
	               "INSERT INTO orders(seq, message, submission, digest, refused, done, undone, at)"
	               " VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
	               SQL_ARGS(SQL_N(a->seq), SQL_T(text(a->line, "message")),
	                        SQL_T(text(a->line, "submission")), SQL_T(text(a->line, "digest")),
	                        SQL_T(text(a->line, "refused")), SQL_N(done),
	                        SQL_N((int64_t)json_array_size(list) - done), SQL_N(a->at)),
	               e);
}
