/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/index_line.h"

#include "config/clock.h"

#include <stdlib.h>

struct sql_value
member_text(const json_t *o, const char *key)
{
	return SQL_T(json_text(o, key));
}

struct sql_value
member_number(const json_t *o, const char *key)
{
	return SQL_N(json_int(o, key));
}

struct sql_value
member_flag(const json_t *o, const char *key)
{
	return SQL_N(json_flag(o, key));
}

struct sql_value
member_time(const json_t *o, const char *key)
{
	const char *s = json_text(o, key);
	time_t t = 0;

	return s && clock_parse(s, &t) ? SQL_N(t) : SQL_NONE;
}

char *
member_json(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return v && !json_is_null(v) ? json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
}

bool
line_contradicts(const struct apply *a, const char *what, const char *which, struct err *e)
{
	return err_set(e, ERR_SPOOL, "line %lld (%s) %s %s", (long long)a->seq, a->event, what,
	               which ? which : "(none)");
}

bool
line_load_bytes(const struct apply *a, enum store_kind kind, const char *hash, struct buf *b, struct err *e)
{
	struct err why = {0};
	struct hash id;

	if (!hash_read(&id, hash) || store_get(a->source->store, kind, &id, b, &why))
		return true;
	buf_clear(b);
	if (why.code == ERR_DISK && e)
		*e = why;
	return why.code != ERR_DISK;
}

bool
line_load_json(const struct apply *a, const char *hash, json_t **file_r, struct err *e)
{
	struct buf b = BUF_INIT(STORE_BYTES_MAX);
	bool ok = line_load_bytes(a, STORE_READ, hash, &b, e);

	*file_r = b.len ? json_loadb(b.at, b.len, JSON_REJECT_DUPLICATES, NULL) : NULL;
	buf_free(&b);
	return ok;
}

bool
fact_text(struct apply *a, const char *name, const char *value, struct err *e)
{
	return !value || sql_run(a->q, "INSERT OR REPLACE INTO facts(name, value) VALUES(?, ?)",
	                         SQL_ARGS(SQL_T(name), SQL_T(value)), e);
}

bool
fact_number(struct apply *a, const char *name, int64_t n, struct err *e)
{
	return sql_run(a->q, "INSERT OR REPLACE INTO facts(name, value) VALUES(?, CAST(? AS TEXT))",
	               SQL_ARGS(SQL_T(name), SQL_N(n)), e);
}
