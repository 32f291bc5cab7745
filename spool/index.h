/* SPDX-License-Identifier: GPL-3.0-or-later */
/* index.db: SQLite, made from the log and the readings, so that questions are answered fast. It can be
 * deleted at any time; made anew it is the same, row for row. Questions: query.h.
 *
 * The one writer's connection sees what it has applied before it is committed: so messages of one
 * batch know of each other. One handle, one thread. */
#ifndef MINGPIAN_SPOOL_INDEX_H
#define MINGPIAN_SPOOL_INDEX_H

#include "config/err.h"
#include "spool/log.h"
#include "spool/store.h"

#include <jansson.h>
#include <stdbool.h>

/* Of the tables, and of what a line means for them: an index of another one is made anew. */
enum { INDEX_SCHEMA = 7 };

/* Of a reply's bytes: the address it goes to and its Message-ID with <>, each appended; "" where
 * unknown. Given by the caller, as the spool knows nothing of mail. */
typedef void index_reply_head(void *context, struct bytes mail, struct buf *address, struct buf *message_id);

/* Lines applied, and how many there are; 0: not known. */
typedef void index_progress(void *context, size_t done, size_t of);

struct index_source {
	struct store *store; /* borrowed */
	struct log *log;     /* borrowed */
	index_reply_head *reply_head;
	void *reply_context;
	index_progress *progress; /* NULL: nobody asks */
	void *progress_context;
};

enum index_mode {
	INDEX_WRITE, /* the one writer; made where it is not there; caught up with the log */
	INDEX_READ,  /* needs no right to write; where it is behind or away, a copy in memory is caught up */
	INDEX_REBUILD, /* INDEX_WRITE, after throwing away what is there, readable or not */
	INDEX_MEMORY,  /* made from the log in memory: what verify compares with */
	INDEX_STORED,  /* read exactly what lies there now, behind or not; ERR_NOT_FOUND */
};

struct index;
struct sql;

/* Open dir/index.db. ERR_SPOOL: it names a line that the log has not, or another one under that
 * number: the log lost something, and e says what to do. until (0: all): INDEX_MEMORY stops there. */
bool index_open(struct index **i_r, const char *dir, enum index_mode mode, const struct index_source *source,
                int64_t until, struct err *e);
void index_close(struct index *i); /* NULL is fine; rolls back */

/* The line that dir/index.db remembers, LOG_START where there is none: what the log must have. For the one
 * writer: what a power cut left half done there is mended. */
bool index_peek(const char *dir, struct log_head *head_r, struct err *e);

/* Writing: begin, apply each line as soon as it is staged, commit after the log's commit with the log's
 * head. A begin within a begin is none. After a failed apply only rollback and close are allowed; a failed
 * commit has rolled back. */
bool index_begin(struct index *i, struct err *e);
bool index_apply(struct index *i, const json_t *line, struct err *e);
bool index_commit(struct index *i, const struct log_head *head, struct err *e);
void index_rollback(struct index *i);

/* Apply what the log has and the index has not: after a commit that failed, where there was no room for it.
 */
bool index_catch_up(struct index *i, struct err *e);

/* What it took from files is not what they hold now: the next open makes it anew. Nothing may be begun. */
bool index_outdate(struct index *i, struct err *e);

/* Leave no byte in the files of what was redacted since the last time: the database is written anew, its WAL
 * emptied. Nothing may be begun. A writer's open does it too, where a power cut kept it from being done.
 * ERR_AGAIN: somebody reads it right now, and the WAL could not be emptied. */
bool index_scrub(struct index *i, struct err *e);

/* The last line that was applied and committed. */
struct log_head index_head(const struct index *i);

/* The connection, for the files of this room alone. */
struct sql *index_sql(const struct index *i);

/* The tables, with the columns of their primary key; a row of NULLs at the end. */
struct index_table {
	const char *name, *key;
};
extern const struct index_table index_tables[];

#endif
