/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of the index into lists of structs: for the files that answer query.h's and query_digest.h's questions
 * alone. */
#ifndef MINGPIAN_SPOOL_QUERY_ROWS_H
#define MINGPIAN_SPOOL_QUERY_ROWS_H

#include "config/mem.h"
#include "spool/index.h"
#include "spool/sql.h"

#include <stdbool.h>
#include <stddef.h>

/* Fill row (zeroed) from st's columns. */
typedef void take_row(struct arena *a, sqlite3_stmt *st, void *row);

struct ask {
	const char *text;
	const struct sql_value *v;
	size_t count;
};

#define ASK(sql, ...) ((struct ask){(sql), SQL_ARGS(__VA_ARGS__)})
#define ASK_ALL(sql)  ((struct ask){(sql), NULL, 0})

/* All rows, as a list in a: r points to the caller's pointer to rows of this size, whatever their type. */
bool query_rows(struct index *i, struct arena *a, struct ask ask, take_row *take, size_t size, void *r,
                size_t *count_r, struct err *e);

/* The first row alone, in a; r points to the caller's pointer, which is NULL where there is none. */
bool query_row(struct index *i, struct arena *a, struct ask ask, take_row *take, size_t size, void *r,
               struct err *e);

#endif
