/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/spool.h"

#include "config/json_value.h"
#include "config/mem.h"
#include "spool/mend.h"
#include "spool/sql.h"
#include "spool/unnamed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const char LOCK[] = "lock";

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
	struct index_source source;
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

static bool
has_room(int fd, const char *dir, size_t len, struct err *e)
{
	struct statvfs v;
	uint64_t available, keep;

	if (fstatvfs(fd, &v) < 0)
		return err_sys(e, ERR_DISK, errno, "cannot tell the free space of %s", dir);
	available = (uint64_t)v.f_bavail * v.f_frsize;
	keep = (uint64_t)v.f_blocks * v.f_frsize / 100 * KEEP_FREE_PERCENT;
	keep = keep > KEEP_FREE_MAX ? KEEP_FREE_MAX : keep;
	if (available < keep || available - keep < len)
		return err_set(
		        e, ERR_DISK,
		        "%s has %llu MiB free, and %llu MiB are kept for what is in hand: no new mail is "
		        "taken in until there is more room",
		        dir, (unsigned long long)(available >> 20), (unsigned long long)(keep >> 20));
	if (v.f_files && v.f_favail < KEEP_INODES)
		return err_set(e, ERR_DISK,
		               "%s has %llu inodes free: no new mail is taken in until there are more", dir,
		               (unsigned long long)v.f_favail);
	return true;
}

bool
spool_room(const struct spool *s, size_t len, struct err *e)
{
	return has_room(s->dir, s->o.dir, len, e);
}

bool
spool_room_in(const char *dir, size_t len, struct err *e)
{
	int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 ? has_room(fd, dir, len, e)
	                  : err_sys(e, ERR_DISK, errno, "cannot tell the free space of %s", dir);

	if (fd >= 0)
		(void)close(fd);
	return ok;
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
		*seq_r = json_int(whole, "seq");
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

#define MEND(s_)                                \
	((struct mend){.s = (s_),               \
	               .d = &(s_)->d,           \
	               .dir = (s_)->dir,        \
	               .o = &(s_)->o,           \
	               .source = &(s_)->source, \
	               .mended = &(s_)->mended})

/* What the index knows, the log must have. To make it anew is no way round that; but an index that cannot be
 * read knows nothing. */
static bool
peek(const struct spool *s, struct log_head *known_r, struct err *e)
{
	struct err why = {0};

	*known_r = LOG_START;
	if (s->o.mode == SPOOL_READ || s->o.mode == SPOOL_RESTORE || index_peek(s->o.dir, known_r, &why))
		return true;
	*known_r = LOG_START;
	if (s->o.mode == SPOOL_REBUILD)
		return true;
	if (e)
		*e = why;
	return false;
}

/* Before it is thrown away: another line under that number is another log. */
static bool
remembers_this_log(const struct spool *s, const struct log_head *known, struct err *e)
{
	return s->o.mode != SPOOL_REBUILD || !known->seq || log_each(s->log, known, NULL, NULL, e) ||
	       err_wrap(e,
	                "index.db remembers another log; put back the one that belongs to it, or open this "
	                "one: mingpianctl restored --receipts-from N --why TEXT");
}

/* Root may write anywhere. But what it makes here is root's, and the daemon, who runs as another user, could
 * read neither that nor an index that was made anew: it would not start again. Whose the spool is the lock
 * tells, which the first writer made, and before that the folder. */
static bool
may_write(const struct spool *s, struct err *e)
{
	struct stat st;

	if (geteuid() != 0)
		return true;
	if (fstatat(s->dir, LOCK, &st, AT_SYMLINK_NOFOLLOW) != 0 && fstat(s->dir, &st) != 0)
		return err_sys(e, ERR_DISK, errno, "whose it is");
	return st.st_uid == 0 ||
	       err_set(e, ERR_CONFIG,
	               "it belongs to user %lu, who could not read what root writes there: run this as that "
	               "user, as by sudo -u '#%lu'",
	               (unsigned long)st.st_uid, (unsigned long)st.st_uid);
}

static bool
open_parts(struct spool *s, struct err *e)
{
	bool write = s->o.mode != SPOOL_READ;
	struct durable *d = write ? &s->d : NULL;
	static const enum index_mode modes[] = {[SPOOL_WRITE] = INDEX_WRITE,
	                                        [SPOOL_REBUILD] = INDEX_REBUILD,
	                                        [SPOOL_RESTORE] = INDEX_MEMORY,
	                                        [SPOOL_READ] = INDEX_READ};
	struct log_head known = LOG_START;

	if (!durable_dir(d, AT_FDCWD, s->o.dir, &s->dir, e) || (write && !may_write(s, e)) ||
	    (write && !durable_lock(s->dir, LOCK, s->o.program, &s->lock, e)) ||
	    (write && !durable_remove(d, s->dir, DURABLE_ASIDE, e)) || !peek(s, &known, e) ||
	    !store_open(&s->store, s->dir, d, e) || !log_open(&s->log, s->dir, d, known.seq, e) ||
	    !remembers_this_log(s, &known, e))
		return false;
	s->source = (struct index_source){.store = s->store,
	                                  .log = s->log,
	                                  .reply_head = s->o.reply_head,
	                                  .reply_context = s->o.reply_context,
	                                  .progress = s->o.progress,
	                                  .progress_context = s->o.progress_context};
	return index_open(&s->index, s->o.dir, modes[s->o.mode], &s->source, 0, e);
}

static bool
make_index_anew(struct spool *s, struct err *e)
{
	index_close(s->index);
	s->index = NULL;
	return index_open(&s->index, s->o.dir, INDEX_REBUILD, &s->source, 0, e);
}

/* What was made while files were away knows nothing of what stands in them. */
static bool
mend_whole(struct spool *s, struct err *e)
{
	struct mend m = MEND(s);

	if (!mend_all(&m, e))
		return false;
	return !s->mended.put_back || make_index_anew(s, e);
}

/* Were the index and the replies gone before the line is true, nothing would refuse the next start. */
bool
spool_restored(struct spool *s, struct err *e)
{
	return usable(s, e) && make_index_anew(s, e) && mend_whole(s, e);
}

bool
spool_open(struct spool **s_r, const struct spool_options *o, struct err *e)
{
	struct spool *s = mem_alloc(1, sizeof *s);

	s->o = *o;
	s->d = DURABLE_INIT;
	s->dir = s->lock = -1;
	if (!open_parts(s, e) ||
	    ((o->mode == SPOOL_WRITE || o->mode == SPOOL_REBUILD) && !mend_whole(s, e))) {
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

/* ---- what the log does not explain ---- */

struct unnamed_mails {
	int count;
	char *first;
};

static bool
count_unnamed(void *context, const struct unnamed_file *f, struct err *e)
{
	struct unnamed_mails *u = context;

	(void)e;
	/* A stranger may be anything; a reading says nothing without its mail. */
	if (f->fate != UNNAMED_WAITS || (f->ours && f->kind != STORE_MAIL))
		return true;
	if (!u->count++)
		(void)snprintf(u->first, STORE_PATH_MAX, "unnamed/%.80s", f->name);
	return true;
}

bool
spool_unnamed(const struct spool *s, int *count_r, char first[static STORE_PATH_MAX], struct err *e)
{
	struct unnamed_mails u = {.first = first};
	bool ok;

	first[0] = '\0';
	ok = unnamed_each(s->dir, s->index, &s->source, count_unnamed, &u, e);
	*count_r = u.count;
	return ok;
}

bool
spool_missing(const struct spool *s, int *count_r, char first[static STORE_PATH_MAX], struct err *e)
{
	return mend_missing(s->index, s->store, count_r, first, e);
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
	ok = store_sync(s->store, e) && (s->behind || (mend_unnamed(&MEND(s), false, e) && scrub(s, e)));
out:
	json_decref(files);
	return ok;
}
