/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/query_rows.h"

#include <stdlib.h>
#include <string.h>

bool
query_rows(struct index *i, struct arena *a, struct ask ask, take_row *take, size_t size, void *r,
           size_t *count_r, struct err *e)
{
	struct sql *q = index_sql(i);
	sqlite3_stmt *st = sql_ask(q, ask.text, ask.v, ask.count, e);
	size_t count = 0, cap = 0;
	char *rows = NULL;
	void *list = NULL;
	enum sql_step step = st ? SQL_ROW : SQL_FAILED;

	while (st && (step = sql_next(q, st, e)) == SQL_ROW) {
		if (count == cap) {
			cap = cap ? 2 * cap : 16;
			rows = mem_grow(rows, cap, size);
		}
		memset(rows + count * size, 0, size);
		take(a, st, rows + count++ * size);
	}
	if (step == SQL_DONE && count) {
		list = arena_alloc(a, count, size);
		memcpy(list, rows, count * size);
	}
	memcpy(r, &list, sizeof list);
	*count_r = list ? count : 0;
	free(rows);
	return step == SQL_DONE;
}

bool
query_row(struct index *i, struct arena *a, struct ask ask, take_row *take, size_t size, void *r,
          struct err *e)
{
	size_t count;

	return query_rows(i, a, ask, take, size, r, &count, e);
}
