/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/spool.h"

#include "config/mem.h"
#include "spool/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
	SALT_BYTES = 16,
	KEEP_FREE_PERCENT = 5, /* of the disk, but no more than … */
	KEEP_FREE_MAX = 1 << 30,
	KEEP_INODES = 100,
};

struct spool {
	struct spool_options o;
	struct durable d;
	int dir, lock;
	struct store *store;
	struct log *log;
	struct index *index;
	struct spool_mended mended;
	bool failed; /* the index is not what it should be */
	bool behind; /* the index could not follow for now */
	struct err why;
};

/* ---- accessors ---- */

const struct spool_mended *
spool_mended(const struct spool *s)
{
	return &s->mended;
}

struct log_head
spool_head(const struct spool *s)
{
	return s->o.mode == SPOOL_READ ? index_head(s->index) : log_head(s->log);
}

struct index *
spool_index(const struct spool *s)
{
	return s->index;
}

struct log *
spool_log(const struct spool *s)
{
	return s->log;
}

struct store *
spool_store(const struct spool *s)
{
	return s->store;
}

bool
spool_failed(const struct spool *s)
{
	return s->failed || s->d.failed || (s->index && sql_is_over(index_sql(s->index)));
}

bool
spool_mail(const struct spool *s, const struct hash *id, struct buf *out, struct err *e)
{
	return store_get(s->store, STORE_MAIL, id, out, e);
}

bool
spool_reading(const struct spool *s, const struct hash *id, json_t **reading_r, struct err *e)
{
	struct buf b = BUF_INIT(STORE_BYTES_MAX);
	char path[STORE_PATH_MAX];
	bool ok = false;
	json_t *o = NULL;

	if (!store_get(s->store, STORE_READ, id, &b, e))
		goto out;
	o = json_loadb(b.at, b.len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(o)) {
		(void)err_set(e, ERR_SPOOL, "%s is no JSON object", store_path(STORE_READ, id, path));
		goto out;
	}
	*reading_r = o;
	o = NULL;
	ok = true;
out:
	json_decref(o);
	buf_free(&b);
	return ok;
}

/* ---- room ---- */

int64_t
spool_free(const struct spool *s)
{
	struct statvfs v;

	return fstatvfs(s->dir, &v) < 0 ? 0 : (int64_t)v.f_bavail * (int64_t)v.f_frsize;
}

bool
spool_room(const struct spool *s, size_t len, struct err *e)
{
	struct statvfs v;
	uint64_t available, keep;

	if (fstatvfs(s->dir, &v) < 0)
		return err_sys(e, ERR_DISK, errno, "cannot tell the free space of %s", s->o.dir);
	available = (uint64_t)v.f_bavail * v.f_frsize;
	keep = (uint64_t)v.f_blocks * v.f_frsize / 100 * KEEP_FREE_PERCENT;
	keep = keep > KEEP_FREE_MAX ? KEEP_FREE_MAX : keep;
	if (available < keep || available - keep < len)
		return err_set(
		        e, ERR_DISK,
		        "%s has %llu MiB free, and %llu MiB are kept for what is in hand: no new mail is "
		        "taken in until there is more room",
		        s->o.dir, (unsigned long long)(available >> 20), (unsigned long long)(keep >> 20));
	if (v.f_files && v.f_favail < KEEP_INODES)
		return err_set(e, ERR_DISK,
		               "%s has %llu inodes free: no new mail is taken in until there are more",
		               s->o.dir, (unsigned long long)v.f_favail);
	return true;
}

bool
spool_probe(struct spool *s, size_t len, struct err *e)
{
	unsigned char *zeros = mem_alloc(1, len);
	bool ok = durable_try(&s->d, s->dir, BYTES(zeros, len), e);

	free(zeros);
	return ok;
}

/* ---- a round ---- */

static bool
usable(const struct spool *s, struct err *e)
{
	if (s->o.mode == SPOOL_READ)
		return err_set(e, ERR_USAGE, "the spool is open for reading only");
	if (e && (spool_failed(s) || s->behind)) {
		(void)err_set(e, ERR_DISK, "the index cannot be used any more: its locks are out of step");
		if (s->d.failed || s->failed || s->behind)
			*e = s->d.failed ? s->d.why : s->why;
	}
	return !spool_failed(s) && !s->behind;
}

/* A call to the index failed. Want of room passes; an fsync that failed does not (durable.h), nor a lock that
 * is held by nobody. */
static void
index_refused(struct spool *s, const struct err *why, struct err *e)
{
	if (sql_is_over(index_sql(s->index))) {
		s->failed = true;
		s->why = *why;
	}
	if (e)
		*e = *why;
}

bool
spool_put_mail(struct spool *s, struct bytes mail, struct hash *id_r, struct err *e)
{
	return usable(s, e) && store_put(s->store, STORE_MAIL, mail, id_r, e);
}

/* 16 random bytes in hex: without them, whoever has the log alone could try whether a reading is one that
 * he guesses. */
static bool
salt(char out[2 * SALT_BYTES + 1], struct err *e)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[SALT_BYTES];

	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		return err_sys(e, ERR_OS, errno, "no random bytes");
	for (int i = 0; i < SALT_BYTES; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * SALT_BYTES] = '\0';
	return true;
}

bool
spool_put_reading(struct spool *s, const json_t *reading, struct hash *id_r, struct err *e)
{
	char hex[2 * SALT_BYTES + 1];
	json_t *whole = NULL;
	char *text = NULL;
	bool ok = false;

	if (!usable(s, e) || !salt(hex, e))
		return false;
	whole = json_object();
	if (json_object_set_new(whole, "salt", json_string(hex)) < 0 ||
	    json_object_update_missing(whole, (json_t *)(uintptr_t)reading) < 0)
		mem_die("writing a reading");
	text = json_dumps(whole, JSON_COMPACT);
	if (!text) {
		(void)err_set(e, ERR_SPOOL, "a reading cannot be written as JSON");
		goto out;
	}
	ok = store_put(s->store, STORE_READ, bytes_str(text), id_r, e);
out:
	free(text);
	json_decref(whole);
	return ok;
}

bool
spool_line(struct spool *s, json_t *line, int64_t *seq_r, struct err *e)
{
	json_t *whole = NULL;
	struct err why = {0};
	bool ok = false;

	if (!usable(s, e)) {
		json_decref(line);
		return false;
	}
	if (!log_append(s->log, line, &whole, e))
		goto out;
	if (!index_begin(s->index, &why) || !index_apply(s->index, whole, &why)) {
		index_refused(s, &why, e);
		goto out;
	}
	if (seq_r)
		*seq_r = json_integer_value(json_object_get(whole, "seq"));
	ok = true;
out:
	json_decref(whole);
	if (!ok)
		spool_rollback(s);
	return ok;
}

void
spool_rollback(struct spool *s)
{
	log_rollback(s->log);
	index_rollback(s->index);
	store_undo(s->store);
}

/* The log has it, and the index has not. The log tells the index all of it again once there is room; what is
 * damaged, or was not confirmed, the next start looks at. */
static bool
fall_behind(struct spool *s, const struct err *why, struct err *e)
{
	index_refused(s, why, e);
	if (why->code != ERR_DISK)
		s->failed = true;
	s->behind = !s->failed;
	s->why = *why;
	if (s->behind)
		(void)err_wrap(&s->why, "the log is whole, and the index cannot follow it for now");
	return s->behind;
}

bool
spool_commit(struct spool *s, struct err *e)
{
	struct log_head before = log_head(s->log), head;
	struct err why = {0};

	if (!usable(s, e))
		return false;
	/* Files before the lines that name them, lines before the index that follows: a power cut
	 * leaves files that nobody names (swept at the next start), or an index that is behind
	 * (caught up then), and never a line without its files. */
	if (!store_sync(s->store, e) || !log_commit(s->log, e)) {
		if (!s->d.failed)
			spool_rollback(s);
		return false;
	}
	head = log_head(s->log);
	if (head.seq == before.seq) {
		spool_rollback(s);
		return true;
	}
	store_keep(s->store);
	return index_commit(s->index, &head, &why) || fall_behind(s, &why, e);
}

bool
spool_behind(const struct spool *s, struct err *why_r)
{
	if (s->behind && why_r)
		*why_r = s->why;
	return s->behind;
}

bool
spool_catch_up(struct spool *s, struct err *e)
{
	struct err why = {0};

	if (spool_failed(s) || !s->behind)
		return usable(s, e);
	if (index_catch_up(s->index, &why) && (index_scrub(s->index, &why) || why.code == ERR_AGAIN)) {
		s->behind = false;
		return true;
	}
	(void)fall_behind(s, &why, e);
	if (e)
		*e = s->why;
	return false;
}

/* ---- opening ---- */

static bool
log_one_cut(void *context, const char *file, const char *kept, int64_t size, struct err *e)
{
	struct spool *s = context;
	int64_t known = 0;

	if (!sql_number(index_sql(s->index), "SELECT count(*) FROM cuts WHERE kept = ?",
	                SQL_ARGS(SQL_T(kept)), 0, &known, e))
		return false;
	if (known)
		return true;
	s->mended.cut++;
	return spool_line(s,
	                  json_pack("{s:s, s:s, s:I, s:s}", "event", "cut", "file", file, "bytes",
	                            (json_int_t)size, "kept", kept),
	                  NULL, e);
}

/* Is this file to be there, by the log? */
static bool
is_named(struct spool *s, enum store_kind kind, const struct hash *id, bool *r, struct err *e)
{
	int64_t count = 0;
	bool ok = sql_number(index_sql(s->index),
	                     "SELECT count(*) FROM files WHERE kind = ? AND hash = ?"
	                     " AND (redacted IS NULL OR named > redacted)",
	                     SQL_ARGS(SQL_N(kind), SQL_T(id->hex)), 0, &count, e);

	*r = count > 0;
	return ok;
}

struct sweeping {
	struct spool *s;
	char **paths; /* of what is to go */
	size_t count, cap;
};

static bool
sweep_one(void *context, enum store_kind kind, const char *path, const struct hash *id, struct err *e)
{
	struct sweeping *w = context;
	bool named = false;

	if (id && !is_named(w->s, kind, id, &named, e))
		return false;
	if (named)
		return true;
	if (w->count == w->cap) {
		w->cap = w->cap ? 2 * w->cap : 16;
		w->paths = mem_grow(w->paths, w->cap, sizeof *w->paths);
	}
	w->paths[w->count++] = mem_str(path);
	return true;
}

/* Away with what no line names: mail that was taken in and not logged (the server has it still), what was
 * redacted, what was being written. Logged first: what a power cut in between leaves is logged again. */
static bool
sweep(struct spool *s, struct err *e)
{
	struct sweeping w = {.s = s};
	bool ok = store_each(s->store, sweep_one, &w, e);

	for (size_t i = 0; i < w.count && ok; i++)
		ok = spool_line(s, json_pack("{s:s, s:s}", "event", "swept", "file", w.paths[i]), NULL, e);
	ok = ok && spool_commit(s, e);
	for (size_t i = 0; i < w.count && ok; i++)
		ok = store_sweep(s->store, w.paths[i], e);
	ok = ok && store_sync(s->store, e);
	s->mended.swept = (int)w.count;
	for (size_t i = 0; i < w.count; i++)
		free(w.paths[i]);
	free(w.paths);
	return ok;
}

/* Are all files there? What is missing is no reason not to take in more mail, but to be told. */
static bool
count_missing(struct spool *s, struct err *e)
{
	struct sql *q = index_sql(s->index);
	sqlite3_stmt *st = sql_ask(
	        q,
	        "SELECT kind, hash FROM files WHERE redacted IS NULL OR named > redacted ORDER BY kind, hash",
	        NULL, 0, e);
	enum sql_step step;
	struct hash id;

	if (!st)
		return false;
	while ((step = sql_next(q, st, e)) == SQL_ROW) {
		enum store_kind kind = (enum store_kind)sqlite3_column_int(st, 0);

		if (hash_read(&id, (const char *)sqlite3_column_text(st, 1)) &&
		    store_exists(s->store, kind, &id))
			continue;
		if (!s->mended.missing++)
			(void)store_path(kind, &id, s->mended.missing_first);
	}
	return step == SQL_DONE;
}

static bool
open_parts(struct spool *s, struct err *e)
{
	struct index_source source = {.reply_head = s->o.reply_head,
	                              .reply_context = s->o.reply_context,
	                              .progress = s->o.progress,
	                              .progress_context = s->o.progress_context};
	bool write = s->o.mode != SPOOL_READ;
	struct durable *d = write ? &s->d : NULL;
	enum index_mode mode = s->o.mode == SPOOL_WRITE     ? INDEX_WRITE
	                       : s->o.mode == SPOOL_REBUILD ? INDEX_REBUILD
	                                                    : INDEX_READ;
	int64_t known = 0;

	if (!durable_dir(d, AT_FDCWD, s->o.dir, &s->dir, e) ||
	    (write && !durable_lock(s->dir, "lock", s->o.program, &s->lock, e)) ||
	    (write && !durable_remove(d, s->dir, DURABLE_ASIDE, e)) ||
	    (s->o.mode == SPOOL_WRITE && !index_peek(s->o.dir, &known, e)) ||
	    !store_open(&s->store, s->dir, d, e) || !log_open(&s->log, s->dir, d, known, e))
		return false;
	source.store = s->store;
	source.log = s->log;
	return index_open(&s->index, s->o.dir, mode, &source, 0, e);
}

bool
spool_open(struct spool **s_r, const struct spool_options *o, struct err *e)
{
	struct spool *s = mem_alloc(1, sizeof *s);

	s->o = *o;
	s->d = DURABLE_INIT;
	s->dir = s->lock = -1;
	if (!open_parts(s, e) || (o->mode != SPOOL_READ && (!log_each_cut(s->log, log_one_cut, s, e) ||
	                                                    !sweep(s, e) || !count_missing(s, e)))) {
		(void)err_wrap(e, "%s", o->dir);
		spool_close(s);
		return false;
	}
	*s_r = s;
	return true;
}

void
spool_close(struct spool *s)
{
	if (!s)
		return;
	if (s->index && s->log && s->store && s->o.mode != SPOOL_READ)
		spool_rollback(s);
	index_close(s->index);
	log_close(s->log);
	store_close(s->store);
	/* The lock last: nobody comes in before all is closed. */
	if (s->lock >= 0)
		(void)close(s->lock);
	if (s->dir >= 0)
		(void)close(s->dir);
	free(s);
}

/* ---- redaction ---- */

/* Its old pages go when there is room: the files are gone already. */
static bool
scrub(struct spool *s, struct err *e)
{
	struct err why = {0};

	if (index_scrub(s->index, &why))
		return true;
	if (why.code == ERR_DISK)
		return fall_behind(s, &why, e);
	if (e)
		*e = why;
	return false;
}

bool
spool_redact(struct spool *s, json_t *line, struct err *e)
{
	json_t *files = json_incref(json_object_get(line, "files")), *file;
	bool ok = false;
	struct hash id;
	size_t i;

	if (!spool_line(s, line, NULL, e) || !spool_commit(s, e))
		goto out;
	json_array_foreach(files, i, file)
	{
		if (!hash_read(&id, json_string_value(file)))
			continue;
		for (int kind = 0; kind < STORE_KINDS; kind++) {
			if (!store_remove(s->store, (enum store_kind)kind, &id, e))
				goto out;
		}
	}
	ok = store_sync(s->store, e) && (s->behind || scrub(s, e));
out:
	json_decref(files);
	return ok;
}
