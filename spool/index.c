/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/index.h"

#include "config/mem.h"
#include "spool/index_apply.h"
#include "spool/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct index {
	struct sql *q;
	struct index_source source;
	struct log_head head;
	bool begun;
};

struct sql *
index_sql(const struct index *i)
{
	return i->q;
}

struct log_head
index_head(const struct index *i)
{
	return i->head;
}

void
index_close(struct index *i)
{
	if (!i)
		return;
	index_rollback(i);
	sql_close(i->q);
	free(i);
}

/* ---- writing ---- */

bool
index_begin(struct index *i, struct err *e)
{
	if (!i->begun && !sql_run(i->q, "BEGIN IMMEDIATE", NULL, 0, e))
		return false;
	i->begun = true;
	return true;
}

bool
index_apply(struct index *i, const json_t *line, struct err *e)
{
	struct apply a = {.q = i->q, .source = &i->source, .line = line};

	return apply_line(&a, e);
}

bool
index_commit(struct index *i, const struct log_head *head, struct err *e)
{
	if (!i->begun)
		return true;
	if (!sql_run(i->q,
	             "INSERT OR REPLACE INTO meta(name, value) VALUES('seq', CAST(? AS TEXT)), ('hash', ?)",
	             SQL_ARGS(SQL_N(head->seq), SQL_T(head->hash.hex)), e) ||
	    !sql_run(i->q, "COMMIT", NULL, 0, e)) {
		index_rollback(i);
		return false;
	}
	i->begun = false;
	i->head = *head;
	return true;
}

void
index_rollback(struct index *i)
{
	/* SQLite may have rolled back by itself after a full disk: then this fails, and that is well. */
	if (i->begun)
		(void)sql_run(i->q, "ROLLBACK", NULL, 0, NULL);
	i->begun = false;
}

/* Up to which line's redaction the files are clean stands in their header: it is no part of what the log
 * says, and verify compares tables. Deleted cells are overwritten (secure_delete), but pages that were
 * rebuilt and the WAL may hold more: VACUUM leaves neither behind. */
bool
index_scrub(struct index *i, struct err *e)
{
	int64_t want = 0, have = 0, busy = 0;
	char mark[64];

	if (!sql_number(i->q, "SELECT max(redacted) & 2147483647 FROM files", NULL, 0, 0, &want, e) ||
	    !sql_number(i->q, "PRAGMA application_id", NULL, 0, 0, &have, e))
		return false;
	if (want == have)
		return true;
	if (!sql_script(i->q, "VACUUM", e) ||
	    !sql_number(i->q, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, 0, 0, &busy, e))
		return false;
	if (busy)
		return err_set(e, ERR_AGAIN,
		               "index.db is being read, and what was taken out stands in its old pages until "
		               "the next start of the daemon");
	(void)snprintf(mark, sizeof mark, "PRAGMA application_id = %lld", (long long)want);
	return sql_script(i->q, mark, e);
}

/* ---- opening ---- */

static char *
path_of(const char *dir, const char *suffix)
{
	struct buf b = BUF_INIT(4096);

	buf_fmt(&b, "%s/index.db%s", dir, suffix);
	return buf_take(&b);
}

static bool
exists(const char *dir, const char *suffix, off_t *size_r)
{
	char *path = path_of(dir, suffix);
	struct stat st = {0};
	bool there = lstat(path, &st) == 0;

	*size_r = st.st_size;
	free(path);
	return there;
}

/* "file:PATH?PARAMETERS", with what means something in a URI written as %XX. */
static char *
uri_of(const char *dir, const char *parameters)
{
	struct buf b = BUF_INIT(16384);

	buf_str(&b, "file:");
	for (const char *s = dir; *s; s++) {
		if (strchr("%?#", *s))
			buf_fmt(&b, "%%%02X", (unsigned)(unsigned char)*s);
		else
			buf_ch(&b, *s);
	}
	buf_fmt(&b, "/index.db?%s", parameters);
	return buf_take(&b);
}

/* The head that the index remembers; LOG_START for an empty one. */
static bool
read_head(struct sql *q, struct log_head *head_r, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int64_t tables = 0;
	bool ok = false;

	*head_r = LOG_START;
	if (!sql_number(q, "SELECT count(*) FROM sqlite_schema WHERE name = 'meta'", NULL, 0, 0, &tables, e))
		return false;
	if (!tables)
		return true;
	if (!sql_number(q, "SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'seq'", NULL, 0, 0,
	                &head_r->seq, e))
		return false;
	st = sql_ask(q, "SELECT value FROM meta WHERE name = 'hash'", NULL, 0, e);
	if (!st)
		return false;
	switch (sql_next(q, st, e)) {
	case SQL_ROW:
		ok = hash_read(&head_r->hash, (const char *)sqlite3_column_text(st, 0)) ||
		     err_set(e, ERR_SPOOL, "index.db is damaged: make it anew with mingpianctl rebuild");
		break;
	case SQL_DONE: ok = true; break;
	case SQL_FAILED: break;
	}
	sql_stop(st);
	return ok;
}

static bool
read_schema(struct sql *q, int64_t *version_r, struct err *e)
{
	return sql_number(q, "PRAGMA user_version", NULL, 0, 0, version_r, e);
}

static bool
make_schema(struct sql *q, struct err *e)
{
	char version[64];

	(void)snprintf(version, sizeof version, "PRAGMA user_version = %d", INDEX_SCHEMA);
	return sql_script(q, "BEGIN IMMEDIATE", e) && sql_script(q, apply_schema, e) &&
	       sql_script(q, version, e) && sql_script(q, "COMMIT", e);
}

struct following {
	struct index *i;
	int64_t until;
	struct log_head last;
};

static bool
follow_line(void *context, const struct log_line *line, struct err *e)
{
	struct following *f = context;

	if (f->until && line->head.seq > f->until)
		return true;
	f->last = line->head;
	if (f->i->source.progress)
		f->i->source.progress(f->i->source.progress_context, (size_t)line->head.seq,
		                      (size_t)log_head(f->i->source.log).seq);
	return index_apply(f->i, line->object, e) || err_wrap(e, "log/%s line %d", line->file, line->number);
}

/* Apply what the log has and the index has not; only where there is something is anything written. */
static bool
follow(struct index *i, int64_t until, struct err *e)
{
	struct following f = {.i = i, .until = until, .last = i->head};

	if (!index_begin(i, e) || !log_each(i->source.log, &i->head, follow_line, &f, e)) {
		index_rollback(i);
		return false;
	}
	if (f.last.seq == i->head.seq && i->head.seq > 0) {
		index_rollback(i);
		return true;
	}
	return index_commit(i, &f.last, e);
}

bool
index_outdate(struct index *i, struct err *e)
{
	return sql_script(i->q, "PRAGMA user_version = -1", e); /* no version's */
}

bool
index_catch_up(struct index *i, struct err *e)
{
	/* What it has by itself: a commit that could not be told may have been one. */
	return read_head(i->q, &i->head, e) && follow(i, 0, e);
}

static bool
discard(const char *dir, struct err *e)
{
	static const char *const suffixes[] = {"-wal", "-shm", "-journal", ""};
	char *path;
	bool ok = true;

	/* The file itself last: without it the others mean nothing, with it they mean much. A power cut
	 * in between leaves an index that is behind, or none: both are made whole from the log. */
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes && ok; i++) {
		path = path_of(dir, suffixes[i]);
		if (unlink(path) < 0 && errno != ENOENT)
			ok = err_sys(e, ERR_DISK, errno, "cannot remove %s", path);
		free(path);
	}
	return ok;
}

/* SQLite makes its files as the umask says, and -wal and -shm like the file: so that one is made here. */
static bool
make_file(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok = fd >= 0 && fchmod(fd, 0600) == 0;

	if (!ok)
		(void)err_sys(e, ERR_DISK, errno, "cannot open %s", path);
	if (fd >= 0)
		(void)close(fd);
	return ok;
}

static bool
open_file(struct index *i, const char *dir, struct err *e)
{
	char *path = path_of(dir, "");
	bool ok =
	        make_file(path, e) && sql_open(&i->q, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, e) &&
	        /* NORMAL: a power cut may take the last transactions, whole; the log has them. */
	        sql_script(
	                i->q,
	                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;"
	                "PRAGMA secure_delete = ON",
	                e);

	free(path);
	return ok;
}

static bool
open_write(struct index *i, const char *dir, bool anew, struct err *e)
{
	struct err why = {0};
	int64_t schema = 0;

	if (anew && !discard(dir, e))
		return false;
	if (!open_file(i, dir, e) || !read_schema(i->q, &schema, e))
		return false;
	if (schema && schema != INDEX_SCHEMA) { /* another version's: the log knows all that it knew */
		sql_close(i->q);
		i->q = NULL;
		schema = 0;
		if (!discard(dir, e) || !open_file(i, dir, e))
			return false;
	}
	if (!schema && !make_schema(i->q, e))
		return false;
	if (!read_head(i->q, &i->head, e) || !follow(i, 0, e))
		return false;
	if (index_scrub(i, &why) || why.code == ERR_AGAIN) /* then the next start does it */
		return true;
	if (e)
		*e = why;
	return false;
}

static bool
open_memory(struct index *i, struct err *e)
{
	return sql_open(&i->q, ":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
	                e);
}

static bool
open_anew_in_memory(struct index *i, int64_t until, struct err *e)
{
	i->head = LOG_START;
	return open_memory(i, e) && make_schema(i->q, e) && follow(i, until, e);
}

/* Open what lies there without writing to it. A WAL database needs its -shm, which a reader without the
 * right to write cannot make: where no writer left a WAL, the file alone is the whole (immutable). */
static bool
open_stored(struct sql **q_r, const char *dir, struct err *e)
{
	static const char *const ways[] = {"mode=ro", "mode=ro&immutable=1"};
	off_t size = 0;
	bool ok = false;

	if (!exists(dir, "", &size) || size == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no %s/index.db", dir);
	for (size_t w = 0; w < sizeof ways / sizeof *ways && !ok; w++) {
		struct log_head head;
		char *uri;

		if (w && exists(dir, "-wal", &size) && size > 0)
			break;
		uri = uri_of(dir, ways[w]);
		ok = sql_open(q_r, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, e) &&
		     read_head(*q_r, &head, e);
		free(uri);
		if (!ok) {
			sql_close(*q_r);
			*q_r = NULL;
		}
	}
	return ok;
}

/* From the stored index to a copy in memory that may be caught up. */
static bool
copy_to_memory(struct index *i, struct err *e)
{
	struct sql *stored = i->q;
	sqlite3_backup *copy;
	bool ok = false;

	i->q = NULL;
	if (!open_memory(i, e))
		goto out;
	copy = sqlite3_backup_init(sql_handle(i->q), "main", sql_handle(stored), "main");
	if (!copy || sqlite3_backup_step(copy, -1) != SQLITE_DONE) {
		(void)sql_error(i->q, "copying", e);
		(void)sqlite3_backup_finish(copy);
		goto out;
	}
	ok = sqlite3_backup_finish(copy) == SQLITE_OK || sql_error(i->q, "copying", e);
out:
	sql_close(stored);
	return ok;
}

struct behind {
	bool is;
};

static bool
note_behind(void *context, const struct log_line *line, struct err *e)
{
	struct behind *b = context;

	(void)line;
	(void)e;
	b->is = true;
	return true;
}

static bool
open_read(struct index *i, const char *dir, struct err *e)
{
	struct behind behind = {false};
	int64_t schema = 0;

	/* Whatever it is that cannot be read there, the log can tell it. */
	if (!open_stored(&i->q, dir, NULL) || !read_schema(i->q, &schema, NULL) || schema != INDEX_SCHEMA ||
	    !read_head(i->q, &i->head, NULL)) {
		sql_close(i->q);
		i->q = NULL;
		return open_anew_in_memory(i, 0, e);
	}
	/* A snapshot before the log is looked at: the log is never behind it then. */
	if (!sql_script(i->q, "BEGIN", e) || !read_head(i->q, &i->head, e) ||
	    !log_each(i->source.log, &i->head, note_behind, &behind, e))
		return false;
	if (!sql_script(i->q, "COMMIT", e))
		return false;
	return !behind.is || (copy_to_memory(i, e) && read_head(i->q, &i->head, e) && follow(i, 0, e));
}

bool
index_open(struct index **i_r, const char *dir, enum index_mode mode, const struct index_source *source,
           int64_t until, struct err *e)
{
	struct index *i = mem_alloc(1, sizeof *i);
	bool ok = false;

	i->source = *source;
	i->head = LOG_START;
	switch (mode) {
	case INDEX_WRITE: ok = open_write(i, dir, false, e); break;
	case INDEX_REBUILD: ok = open_write(i, dir, true, e); break;
	case INDEX_READ: ok = open_read(i, dir, e); break;
	case INDEX_MEMORY: ok = open_anew_in_memory(i, until, e); break;
	case INDEX_STORED: /* one snapshot until it is closed: a writer may go on */
		ok = open_stored(&i->q, dir, e) && sql_script(i->q, "BEGIN", e) &&
		     read_head(i->q, &i->head, e);
		break;
	}
	if (!ok) {
		index_close(i);
		return false;
	}
	*i_r = i;
	return true;
}

bool
index_peek(const char *dir, struct log_head *head_r, struct err *e)
{
	char *path = path_of(dir, "");
	struct sql *q = NULL;
	off_t size = 0;
	bool ok = true;

	*head_r = LOG_START;
	/* Not read-only: a power cut may have brought back a journal that SQLite has to roll back first. */
	if (exists(dir, "", &size) && size > 0)
		ok = sql_open(&q, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, e) &&
		     read_head(q, head_r, e);
	sql_close(q);
	free(path);
	return ok;
}
