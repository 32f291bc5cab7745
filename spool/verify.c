/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/verify.h"

#include "config/json_value.h"
#include "config/mem.h"
#include "spool/sql.h"
#include "spool/store.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	FAULT_MAX = 800,
	LOG_MONTH_LEN = 13, /* 2022-06.jsonl */
	/* Beside a running writer, a file this young may be waiting for the line that names it. */
	YOUNG_SECONDS = 600,
};

struct verify {
	const struct verify_options *o;
	struct verify_result *result;
	verify_report *report;
	verify_progress *progress;
	void *context;
	int dir;
	bool writer; /* one is running */
	struct log *log;
	struct store *store;
	struct index *stored, *made; /* stored NULL: there is none */
	struct log_head head;        /* asked for */
	bool head_met;
	size_t files_named;
	struct hash *lines; /* of each line, by seq - 1: what was told of them since is held against it */
	size_t line_count, line_cap;
	char file[LOG_NAME_MAX]; /* of the log, that is read now */
	int64_t file_bytes;      /* of its true lines so far */
};

static void fault(struct verify *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void
fault(struct verify *v, const char *fmt, ...)
{
	char text[FAULT_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	v->result->faults++;
	v->report(v->context, text);
}

bool
verify_head(const char *s, struct log_head *head_r, struct err *e)
{
	char *end = NULL;
	long long seq = s[0] >= '0' && s[0] <= '9' ? strtoll(s, &end, 10) : -1;

	if (seq < 0 || !end || *end != ':' || !hash_read(&head_r->hash, end + 1))
		return err_set(e, ERR_USAGE,
		               "a head is SEQ:HASH, as a digest prints it: a number, a colon, 64 hex digits");
	head_r->seq = seq;
	return true;
}

/* ---- the chain ---- */

static void
keep_line(struct verify *v, const struct hash *hash)
{
	if (v->line_count == v->line_cap) {
		v->line_cap = v->line_cap ? 2 * v->line_cap : 1024;
		v->lines = mem_grow(v->lines, v->line_cap, sizeof *v->lines);
	}
	v->lines[v->line_count++] = *hash;
}

/* A head that somebody wrote down when it was true: is it so still? by: who told it. A log whose old line was
 * changed and whose chain was made anew behind it betrays itself here. */
static void
hold_head(struct verify *v, const struct log_head *told, const char *by)
{
	if (told->seq <= 0)
		return;
	if ((uint64_t)told->seq > v->line_count)
		fault(v, "%s tells of line %" PRId64 ", which the log has not: lines are missing", by,
		      told->seq);
	else if (!hash_equal(&v->lines[told->seq - 1], &told->hash))
		fault(v,
		      "%s tells of line %" PRId64
		      " with the SHA-256 %.16s…, and it is %.16s… now: the log was written anew since",
		      by, told->seq, told->hash.hex, v->lines[told->seq - 1].hex);
}

/* `checkpoint` and `digested` tell the head of before. */
static void
hold_line(struct verify *v, const struct log_line *line)
{
	const char *event = json_text(line->object, "event");
	struct log_head told = {.seq = json_int(line->object, "head_seq")};
	char by[LOG_NAME_MAX + 80];

	if (!event || (strcmp(event, "checkpoint") != 0 && strcmp(event, "digested") != 0) ||
	    !hash_read(&told.hash, json_text(line->object, "head")))
		return;
	(void)snprintf(by, sizeof by, "log/%s line %d (seq %" PRId64 ", %s)", line->file, line->number,
	               line->head.seq, event);
	hold_head(v, &told, by);
}

static bool
look_at_line(void *context, const struct log_line *line, struct err *e)
{
	struct verify *v = context;

	(void)e;
	if (strcmp(v->file, line->file) != 0) {
		(void)snprintf(v->file, sizeof v->file, "%s", line->file);
		v->file_bytes = 0;
	}
	v->file_bytes += (int64_t)line->text.len + 1;
	hold_line(v, line);
	keep_line(v, &line->head.hash);
	if (v->o->head && line->head.seq == v->head.seq) {
		v->head_met = true;
		if (!hash_equal(&line->head.hash, &v->head.hash))
			fault(v,
			      "log/%s line %d (seq %" PRId64 "): its SHA-256 is %s, not that of the head "
			      "given: the log was written anew since",
			      line->file, line->number, line->head.seq, line->head.hash.hex);
	}
	v->result->head = line->head;
	return true;
}

/* Begins name with "2022-06.jsonl"? */
static bool
is_month(const char *name)
{
	static const char shape[] = "dddd-dd.jsonl";

	for (size_t i = 0; i < sizeof shape - 1; i++)
		if (shape[i] == 'd' ? name[i] < '0' || name[i] > '9' : name[i] != shape[i])
			return false;
	return true;
}

static DIR *
open_log_folder(const struct verify *v)
{
	int fd = openat(v->dir, "log", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;

	if (!d && fd >= 0)
		(void)close(fd);
	return d;
}

/* The newest month's file, "" for none: it may be one that has no true line. */
static void
newest_month(const struct verify *v, char newest[static LOG_NAME_MAX])
{
	DIR *d = open_log_folder(v);
	const struct dirent *entry;

	*newest = '\0';
	while (d && (entry = readdir(d)) != NULL)
		if (is_month(entry->d_name) && !entry->d_name[LOG_MONTH_LEN] &&
		    strcmp(entry->d_name, newest) > 0)
			(void)snprintf(newest, LOG_NAME_MAX, "%.*s", LOG_MONTH_LEN, entry->d_name);
	if (d)
		(void)closedir(d);
}

/* What stands behind the last true line was never true: a running writer may be writing it, and a power cut
 * may have left it; the next start cuts it. */
static void
verify_log_end(struct verify *v)
{
	char newest[LOG_NAME_MAX], path[LOG_NAME_MAX + 8];
	int64_t lines;
	struct stat st;

	newest_month(v, newest);
	lines = strcmp(newest, v->file) == 0 ? v->file_bytes : 0;
	(void)snprintf(path, sizeof path, "log/%s", newest);
	if (!newest[0] || v->writer || fstatat(v->dir, path, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    st.st_size == lines)
		return;
	fault(v,
	      "%s: %" PRId64 " bytes behind its last true line (%" PRId64
	      "): what a power cut left, or somebody put there; the next start of the daemon keeps them "
	      "aside",
	      path, (int64_t)st.st_size - lines, v->result->head.seq);
}

/* A month's file, or that with ".cut-SEQ" behind, which recovery kept: a `cut` line names it. */
static bool
is_log_name(struct verify *v, const char *name)
{
	int64_t known = 0;

	if (!is_month(name))
		return false;
	if (!name[LOG_MONTH_LEN])
		return true;
	return sql_number(index_sql(v->made), "SELECT count(*) FROM cuts WHERE kept = ?",
	                  SQL_ARGS(SQL_T(name)), 0, &known, NULL) &&
	       (known || v->writer);
}

/* Nothing but months lies in log/. */
static void
verify_log_folder(struct verify *v)
{
	DIR *d = open_log_folder(v);
	const struct dirent *entry;

	if (!d)
		return; /* the chain has told that */
	while ((entry = readdir(d)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
		    is_log_name(v, entry->d_name))
			continue;
		if (!v->writer) /* which may be putting a month's file aside */
			fault(v, "log/%.200s: nothing of the log is called so", entry->d_name);
	}
	(void)closedir(d);
}

/* False: the chain is broken, and what hangs on it cannot be looked at. */
static bool
verify_chain(struct verify *v)
{
	struct log_head start = LOG_START;
	struct err e = {0};

	if (!log_each(v->log, &start, look_at_line, v, &e)) {
		fault(v, "%s", e.text);
		return false;
	}
	if (v->o->head && !v->head_met && v->head.seq > 0)
		fault(v,
		      "the log ends at line %" PRId64 ", before the head given (%" PRId64
		      "): lines are missing",
		      v->result->head.seq, v->head.seq);
	verify_log_end(v);
	return true;
}

/* ---- files ---- */

/* What a reply or digest told its receiver. */
static void
hold_mail(struct verify *v, const struct hash *id, struct bytes mail)
{
	struct log_head told = LOG_START;
	char path[STORE_PATH_MAX];

	if (v->o->told && v->o->told(mail, &told))
		hold_head(v, &told, store_path(STORE_MAIL, id, path));
}

/* ours: the log says that it was queued by us; whoever looks like us to `told` may be a stranger. */
static void
verify_file(struct verify *v, enum store_kind kind, const struct hash *id, bool ours)
{
	struct buf b = BUF_INIT(STORE_BYTES_MAX);
	char path[STORE_PATH_MAX];
	struct err e = {0};

	if (store_get(v->store, kind, id, &b, &e)) {
		v->result->files++;
		if (ours)
			hold_mail(v, id, buf_bytes(&b));
	} else if (e.code == ERR_NOT_FOUND) {
		fault(v, "%s: a line of the log names it, and it is not there", store_path(kind, id, path));
	} else {
		fault(v, "%s", e.text);
	}
	buf_free(&b);
	v->files_named++;
}

/* Every file that a line names: there, and with the right hash. What was redacted since: gone. */
static bool
verify_named(struct verify *v, struct err *e)
{
	static const char text[] = "SELECT kind, hash, redacted IS NOT NULL AND named <= redacted,"
	                           " kind = 0 AND EXISTS(SELECT 1 FROM replies WHERE message = hash)"
	                           " FROM files ORDER BY kind, hash";
	struct sql *q = index_sql(v->made);
	char path[STORE_PATH_MAX];
	sqlite3_stmt *st;
	int64_t total = 0;
	enum sql_step step;
	struct hash id;

	if (!sql_number(q, "SELECT count(*) FROM files", NULL, 0, 0, &total, e))
		return false;
	st = sql_ask(q, text, NULL, 0, e);
	if (!st)
		return false;
	while ((step = sql_next(q, st, e)) == SQL_ROW) {
		enum store_kind kind = (enum store_kind)sqlite3_column_int(st, 0);
		const char *hash = (const char *)sqlite3_column_text(st, 1);

		if (!hash_read(&id, hash)) {
			fault(v, "the log names a file by what is no SHA-256: %.80s", hash);
			continue;
		}
		if (!sqlite3_column_int(st, 2)) {
			verify_file(v, kind, &id, sqlite3_column_int(st, 3) != 0);
		} else if (store_exists(v->store, kind, &id)) {
			fault(v, "%s: it was redacted, and is there still", store_path(kind, &id, path));
		} else {
			v->result->redacted++;
		}
		if (v->progress)
			v->progress(v->context, v->files_named + v->result->redacted, (size_t)total);
	}
	return step == SQL_DONE;
}

/* May this file wait for its line? One that is of tomorrow waits for none. */
static bool
is_young(const struct verify *v, const char *path)
{
	struct stat st;

	return v->writer && fstatat(v->dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       llabs((long long)time(NULL) - (long long)st.st_mtime) < YOUNG_SECONDS;
}

static bool
verify_unnamed(void *context, enum store_kind kind, const char *path, const struct hash *id, struct err *e)
{
	struct verify *v = context;
	int64_t count = 0;

	if (id && !sql_number(index_sql(v->made), "SELECT count(*) FROM files WHERE kind = ? AND hash = ?",
	                      SQL_ARGS(SQL_N(kind), SQL_T(id->hex)), 0, &count, e))
		return false;
	if (!count && !is_young(v, path))
		fault(v, "%s: no line of the log names it", path);
	return true;
}

/* ---- the index ---- */

static void
print_value(struct buf *b, sqlite3_stmt *st, int col)
{
	const unsigned char *s = sqlite3_column_text(st, col);

	buf_fmt(b, "%s%.70s", col ? "|" : "", s ? (const char *)s : "");
}

static bool
same_value(sqlite3_stmt *a, sqlite3_stmt *b, int col)
{
	int len = sqlite3_column_bytes(a, col);

	if (sqlite3_column_type(a, col) != sqlite3_column_type(b, col) || len != sqlite3_column_bytes(b, col))
		return false;
	return !len || memcmp(sqlite3_column_blob(a, col), sqlite3_column_blob(b, col), (size_t)len) == 0;
}

/* The next rows of both, at the same place of the table; tell the first difference and stop. */
static bool
compare_rows(struct verify *v, const char *table, sqlite3_stmt *stored, sqlite3_stmt *made, struct err *e)
{
	struct buf row = BUF_INIT(FAULT_MAX);
	enum sql_step s, m;
	int columns = sqlite3_column_count(made), col;

	for (;;) {
		s = sql_next(index_sql(v->stored), stored, e);
		m = sql_next(index_sql(v->made), made, e);
		if (s != SQL_ROW || m != SQL_ROW)
			break;
		for (col = 0; col < columns && same_value(stored, made, col); col++)
			;
		if (col < columns)
			break;
	}
	if (s == SQL_FAILED || m == SQL_FAILED)
		return false;
	if (s == SQL_DONE && m == SQL_DONE)
		return true;
	for (col = 0; col < 3 && col < columns; col++)
		print_value(&row, m == SQL_ROW ? made : stored, col);
	fault(v,
	      "index.db: table %s differs from what the log says, at the row %s: mingpianctl rebuild mends "
	      "it",
	      table, row.at);
	buf_free(&row);
	sql_stop(stored);
	sql_stop(made);
	return true;
}

static bool
compare_table(struct verify *v, const struct index_table *t, struct err *e)
{
	struct sql *of[2] = {index_sql(v->stored), index_sql(v->made)};
	sqlite3_stmt *st[2] = {NULL, NULL};
	char text[128];
	bool ok = false;

	(void)snprintf(text, sizeof text, "SELECT * FROM %s ORDER BY %s", t->name, t->key);
	for (int k = 0; k < 2; k++) {
		if (sqlite3_prepare_v2(sql_handle(of[k]), text, -1, &st[k], NULL) != SQLITE_OK) {
			(void)sql_error(of[k], t->name, e);
			goto out;
		}
	}
	ok = compare_rows(v, t->name, st[0], st[1], e);
out:
	(void)sqlite3_finalize(st[0]);
	(void)sqlite3_finalize(st[1]);
	return ok;
}

/* The index that lies there against one that is made up to the same line. */
static bool
verify_index(struct verify *v, const struct index_source *source, struct err *e)
{
	struct log_head stored = index_head(v->stored);
	struct err why = {0};

	if (!log_each(v->log, &stored, NULL, NULL, &why)) {
		fault(v, "index.db: %s", why.text);
		return true;
	}
	/* The one made for the files goes up to the log's end; a writer may just be ahead of its index. */
	if (stored.seq != v->result->head.seq) {
		index_close(v->made);
		v->made = NULL;
		if (stored.seq == 0) {
			fault(v, "index.db: it is empty, and the log is not: mingpianctl rebuild mends it");
			return true;
		}
		if (!v->writer)
			fault(v,
			      "index.db: it ends at line %" PRId64 " of %" PRId64
			      "; the next start of the daemon catches up",
			      stored.seq, v->result->head.seq);
		if (!index_open(&v->made, v->o->dir, INDEX_MEMORY, source, stored.seq, e))
			return false;
	}
	for (const struct index_table *t = index_tables; t->name; t++) {
		if (!compare_table(v, t, &why))
			fault(v, "index.db: %s", why.text);
	}
	return true;
}

/* ---- all of it ---- */

static bool
verify_all(struct verify *v, struct err *e)
{
	struct index_source source = {.reply_head = v->o->reply_head, .reply_context = v->o->reply_context};
	struct err why = {0};

	if (!durable_dir(NULL, AT_FDCWD, v->o->dir, &v->dir, e) || !store_open(&v->store, v->dir, NULL, e) ||
	    !log_open(&v->log, v->dir, NULL, 0, e))
		return false;
	v->writer = durable_locked(v->dir, "lock");
	source.store = v->store;
	source.log = v->log;
	/* The index before the log, in one snapshot: then the log is never behind it. */
	if (!index_open(&v->stored, v->o->dir, INDEX_STORED, &source, 0, &why)) {
		if (why.code != ERR_NOT_FOUND)
			fault(v, "%s", why.text);
		else if (v->writer)
			fault(v, "index.db: it is not there, and a writer is running");
	}
	if (!verify_chain(v))
		return true;
	if (!index_open(&v->made, v->o->dir, INDEX_MEMORY, &source, v->result->head.seq, &why)) {
		fault(v, "%s", why.text);
		return true;
	}
	verify_log_folder(v);
	return verify_named(v, e) && store_each(v->store, verify_unnamed, v, e) &&
	       (!v->stored || verify_index(v, &source, e));
}

bool
verify_spool(const struct verify_options *o, verify_report *report, verify_progress *progress, void *context,
             struct verify_result *result_r, struct err *e)
{
	struct verify v = {.o = o,
	                   .result = result_r,
	                   .report = report,
	                   .progress = progress,
	                   .context = context,
	                   .dir = -1};
	bool ok;

	*result_r = (struct verify_result){.head = LOG_START};
	ok = (!o->head || verify_head(o->head, &v.head, e)) && verify_all(&v, e);
	free(v.lines);
	index_close(v.stored);
	index_close(v.made);
	log_close(v.log);
	store_close(v.store);
	if (v.dir >= 0)
		(void)close(v.dir);
	return ok;
}
