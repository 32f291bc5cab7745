/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQLite with fewer words: statements prepared once, values bound by kind, its codes translated. */
#ifndef MINGPIAN_SPOOL_SQL_H
#define MINGPIAN_SPOOL_SQL_H

#include "config/err.h"
#include "config/mem.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct sql;

/* Open file (a name, or a URI with SQLITE_OPEN_URI) with SQLite's flags. */
bool sql_open(struct sql **q_r, const char *file, int flags, struct err *e);
void sql_close(struct sql *q); /* NULL is fine */

/* For what this file has no word for (sqlite3_backup). */
sqlite3 *sql_handle(const struct sql *q);

/* A value for a `?`: text (NULL is NULL) or a number. */
struct sql_value {
	bool number;
	int64_t n;
	const char *s;
};

#define SQL_T(text) ((struct sql_value){.s = (text)})
#define SQL_N(num)  ((struct sql_value){.number = true, .n = (int64_t)(num)})
#define SQL_NONE    ((struct sql_value){.s = NULL})
#define SQL_ARGS(...)                        \
	((struct sql_value[]){__VA_ARGS__}), \
	        (sizeof((struct sql_value[]){__VA_ARGS__}) / sizeof(struct sql_value))

/* Run a statement to its end. text is a literal: it is known again by its address. */
bool sql_run(struct sql *q, const char *text, const struct sql_value *v, size_t count, struct err *e);

/* Several statements without values, as one text. */
bool sql_script(struct sql *q, const char *text, struct err *e);

/* Ask: the statement with its values, before its first row; NULL on failure. Then sql_next() until it says
 * SQL_DONE or SQL_FAILED; whoever stops before calls sql_stop(). */
sqlite3_stmt *sql_ask(struct sql *q, const char *text, const struct sql_value *v, size_t count,
                      struct err *e);

enum sql_step { SQL_ROW, SQL_DONE, SQL_FAILED };
enum sql_step sql_next(struct sql *q, sqlite3_stmt *st, struct err *e);
void sql_stop(sqlite3_stmt *st); /* NULL is fine */

/* A single number, `otherwise` where there is no row or NULL. */
bool sql_number(struct sql *q, const char *text, const struct sql_value *v, size_t count, int64_t otherwise,
                int64_t *n_r, struct err *e);

/* Column col of the row as text in a; NULL for NULL. */
const char *sql_text(struct arena *a, sqlite3_stmt *st, int col);

/* Column col of the row as a time; 0 for NULL. */
time_t sql_time(sqlite3_stmt *st, int col);

/* How many rows the last statement changed. */
int sql_changes(const struct sql *q);

/* Is it over with this connection? An fsync failed, and no later call can tell what is on the disk; or its
 * locks are not what it takes them for (one could not be given back), and it waits for itself. */
bool sql_is_over(const struct sql *q);

/* Set e by what SQLite says; always false. */
bool sql_error(struct sql *q, const char *doing, struct err *e);

#endif
