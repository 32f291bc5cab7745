/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/sql.h"

#include <stdlib.h>

enum { BUSY_MS = 10000 };

struct sql {
	sqlite3 *db;
	bool over; /* sql_is_over() */
	/* Prepared statements by the address of their text, which is a literal and lives for ever. */
	struct {
		const char *text;
		sqlite3_stmt *st;
	} * known;
	size_t count, cap;
};

bool
sql_error(struct sql *q, const char *doing, struct err *e)
{
	int code = sqlite3_errcode(q->db), more = sqlite3_extended_errcode(q->db);

	if (more == SQLITE_IOERR_FSYNC || more == SQLITE_IOERR_DIR_FSYNC || code == SQLITE_PROTOCOL)
		q->over = true;
	if (code == SQLITE_NOMEM)
		mem_die("in SQLite");
	if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
		return err_set(e, ERR_SPOOL,
		               "the index is damaged (%s): make it anew with mingpianctl rebuild",
		               sqlite3_errmsg(q->db));
	return err_set(e, ERR_DISK, "the index cannot be used (%s): %s", doing, sqlite3_errmsg(q->db));
}

bool
sql_open(struct sql **q_r, const char *file, int flags, struct err *e)
{
	struct sql *q = mem_alloc(1, sizeof *q);

	if (sqlite3_open_v2(file, &q->db, flags, NULL) != SQLITE_OK) {
		if (!q->db)
			mem_die("in SQLite");
		(void)sql_error(q, "opening", e);
		sql_close(q);
		return false;
	}
	(void)sqlite3_busy_timeout(q->db, BUSY_MS);
	*q_r = q;
	return true;
}

void
sql_close(struct sql *q)
{
	if (!q)
		return;
	for (size_t i = 0; i < q->count; i++)
		(void)sqlite3_finalize(q->known[i].st);
	(void)sqlite3_close(q->db);
	free(q->known);
	free(q);
}

bool
sql_is_over(const struct sql *q)
{
	return q->over;
}

sqlite3 *
sql_handle(const struct sql *q)
{
	return q->db;
}

static sqlite3_stmt *
prepared(struct sql *q, const char *text, struct err *e)
{
	sqlite3_stmt *st = NULL;

	for (size_t i = 0; i < q->count; i++) {
		if (q->known[i].text == text)
			return q->known[i].st;
	}
	if (sqlite3_prepare_v3(q->db, text, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) != SQLITE_OK) {
		(void)sql_error(q, text, e);
		return NULL;
	}
	if (q->count == q->cap) {
		q->cap = q->cap ? 2 * q->cap : 64;
		q->known = mem_grow(q->known, q->cap, sizeof *q->known);
	}
	q->known[q->count].text = text;
	q->known[q->count++].st = st;
	return st;
}

sqlite3_stmt *
sql_ask(struct sql *q, const char *text, const struct sql_value *v, size_t count, struct err *e)
{
	sqlite3_stmt *st = prepared(q, text, e);
	int code = SQLITE_OK;

	if (!st)
		return NULL;
	(void)sqlite3_reset(st);
	for (size_t i = 0; i < count && code == SQLITE_OK; i++) {
		int at = (int)i + 1;

		if (v[i].number)
			code = sqlite3_bind_int64(st, at, v[i].n);
		else if (v[i].s)
			code = sqlite3_bind_text(st, at, v[i].s, -1, SQLITE_TRANSIENT);
		else
			code = sqlite3_bind_null(st, at);
	}
	if (code != SQLITE_OK) {
		(void)sql_error(q, text, e);
		return NULL;
	}
	return st;
}

enum sql_step
sql_next(struct sql *q, sqlite3_stmt *st, struct err *e)
{
	switch (sqlite3_step(st)) {
	case SQLITE_ROW: return SQL_ROW;
	case SQLITE_DONE: (void)sqlite3_reset(st); return SQL_DONE;
	default:
		(void)sql_error(q, "a statement", e);
		(void)sqlite3_reset(st);
		return SQL_FAILED;
	}
}

void
sql_stop(sqlite3_stmt *st)
{
	if (st)
		(void)sqlite3_reset(st);
}

bool
sql_run(struct sql *q, const char *text, const struct sql_value *v, size_t count, struct err *e)
{
	sqlite3_stmt *st = sql_ask(q, text, v, count, e);
	enum sql_step step;

	if (!st)
		return false;
	do {
		step = sql_next(q, st, e);
	} while (step == SQL_ROW);
	return step == SQL_DONE;
}

bool
sql_script(struct sql *q, const char *text, struct err *e)
{
	return sqlite3_exec(q->db, text, NULL, NULL, NULL) == SQLITE_OK || sql_error(q, text, e);
}

bool
sql_number(struct sql *q, const char *text, const struct sql_value *v, size_t count, int64_t otherwise,
           int64_t *n_r, struct err *e)
{
	sqlite3_stmt *st = sql_ask(q, text, v, count, e);
	enum sql_step step;

	if (!st)
		return false;
	step = sql_next(q, st, e);
	*n_r = otherwise;
	if (step == SQL_ROW && sqlite3_column_type(st, 0) != SQLITE_NULL)
		*n_r = sqlite3_column_int64(st, 0);
	sql_stop(st);
	return step != SQL_FAILED;
}

const char *
sql_text(struct arena *a, sqlite3_stmt *st, int col)
{
	const unsigned char *s = sqlite3_column_text(st, col);

	return s ? arena_dup0(a, s, (size_t)sqlite3_column_bytes(st, col)) : NULL;
}

time_t
sql_time(sqlite3_stmt *st, int col)
{
	return (time_t)sqlite3_column_int64(st, col);
}

int
sql_changes(const struct sql *q)
{
	return sqlite3_changes(q->db);
}
