/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/unnamed.h"

#include "config/json_value.h"
#include "config/mem.h"
#include "spool/sql.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEADER_MAX = 2000 };

static const char folder[] = "unnamed";

/* ---- what the log says ---- */

bool
unnamed_is_named(struct index *i, enum store_kind kind, const struct hash *id, bool *named_r,
                 bool *taken_out_r, struct err *e)
{
	enum { NEVER, NAMED, TAKEN_OUT };
	int64_t is = NEVER;
	bool ok = sql_number(index_sql(i),
	                     "SELECT CASE WHEN redacted IS NULL OR named > redacted THEN 1 ELSE 2 END"
	                     " FROM files WHERE kind = ? AND hash = ?",
	                     SQL_ARGS(SQL_N(kind), SQL_T(id->hex)), NEVER, &is, e);

	*named_r = is == NAMED;
	*taken_out_r = is == TAKEN_OUT;
	return ok;
}

/* A reading of a mail that was read again since, or that was taken out. */
static bool
reading_is_done(struct index *i, struct bytes bytes, bool *done_r, struct err *e)
{
	json_t *o = json_loadb((const char *)bytes.at, bytes.len, JSON_REJECT_DUPLICATES, NULL);
	const char *kind = json_text(o, "kind"), *message = json_text(o, "message");
	int64_t count = 0;
	bool ok = true;

	if (kind && strcmp(kind, "reading") == 0 && message)
		ok = sql_number(index_sql(i),
		                "SELECT count(*) FROM messages WHERE message = ? AND disposition IS NOT NULL",
		                SQL_ARGS(SQL_T(message)), 0, &count, e);
	*done_r = count > 0;
	json_decref(o);
	return ok;
}

/* A reply that was composed again since. */
static bool
reply_is_done(struct index *i, const struct index_source *source, struct bytes bytes, bool *done_r,
              struct err *e)
{
	struct buf address = BUF_INIT(HEADER_MAX), id = BUF_INIT(HEADER_MAX);
	int64_t count = 0;
	bool ok = true;

	if (source->reply_head)
		source->reply_head(source->reply_context, bytes, &address, &id);
	if (id.len)
		ok = sql_number(index_sql(i), "SELECT count(*) FROM replies WHERE message_id = ?",
		                SQL_ARGS(SQL_T(id.at)), 0, &count, e);
	*done_r = count > 0;
	buf_free(&address);
	buf_free(&id);
	return ok;
}

/* One that cannot be read waits for a person, and holds up nobody. */
static bool
is_done(int dirfd, struct index *i, const struct index_source *source, const struct unnamed_file *f,
        bool *done_r, struct err *e)
{
	struct buf b = BUF_INIT(STORE_BYTES_MAX);
	bool ok = !durable_read(dirfd, f->name, &b, NULL) ||
	          (f->kind == STORE_READ ? reading_is_done(i, buf_bytes(&b), done_r, e)
	                                 : reply_is_done(i, source, buf_bytes(&b), done_r, e));

	buf_free(&b);
	return ok;
}

static bool
judge(int dirfd, struct index *i, const struct index_source *source, struct unnamed_file *f, struct err *e)
{
	bool named = false, taken_out = false, done = false;

	f->fate = UNNAMED_WAITS;
	if (!f->ours)
		return true;
	if (!unnamed_is_named(i, f->kind, &f->id, &named, &taken_out, e))
		return false;
	if (named && !store_exists(source->store, f->kind, &f->id)) {
		f->fate = UNNAMED_BACK;
		return true;
	}
	done = named || taken_out;
	if (!done && !is_done(dirfd, i, source, f, &done, e))
		return false;
	f->fate = done ? UNNAMED_DONE : UNNAMED_WAITS;
	return true;
}

/* ---- walking ---- */

static int
no_dots(const struct dirent *d)
{
	return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

bool
unnamed_each(int dirfd, struct index *i, const struct index_source *source, unnamed_visit *visit,
             void *context, struct err *e)
{
	struct dirent **names = NULL;
	struct err why = {0};
	int fd = -1, count;
	bool ok = true;

	if (!durable_dir(NULL, dirfd, folder, &fd, &why)) {
		if (why.code != ERR_NOT_FOUND && e)
			*e = why;
		return why.code == ERR_NOT_FOUND;
	}
	count = scandirat(fd, ".", &names, no_dots, by_name);
	if (count < 0)
		ok = err_sys(e, ERR_DISK, errno, "cannot read the directory %s", folder);
	for (int n = 0; n < count && ok; n++) {
		struct unnamed_file f = {.name = names[n]->d_name};

		f.ours = store_is_name(f.name, &f.kind, &f.id);
		ok = judge(fd, i, source, &f, e) && visit(context, &f, e);
	}
	for (int n = 0; n < count; n++)
		free(names[n]);
	free(names);
	(void)close(fd);
	return ok;
}

/* ---- moving ---- */

/* A stranger keeps the whole of his path, so that two of them do not meet. */
static void
name_for(const char *path, bool ours, char *out)
{
	const char *slash = strrchr(path, '/');

	(void)snprintf(out, UNNAMED_NAME_MAX, "%s", ours && slash ? slash + 1 : path);
	for (char *p = out; *p; p++)
		if (*p == '/')
			*p = '-';
}

const char *
unnamed_path(const char *path, bool ours, char *out)
{
	char name[UNNAMED_NAME_MAX];

	name_for(path, ours, name);
	(void)snprintf(out, UNNAMED_NAME_MAX, "%s/%.200s", folder, name);
	return out;
}

bool
unnamed_is_whole(int dirfd, const char *path, const struct hash *id)
{
	struct buf b = BUF_INIT(STORE_BYTES_MAX);
	char name[UNNAMED_NAME_MAX];
	struct hash is;
	bool there = durable_read(dirfd, unnamed_path(path, true, name), &b, NULL);

	is = hash_of(buf_bytes(&b));
	buf_free(&b);
	return there && hash_equal(&is, id);
}

bool
unnamed_keep(struct store *s, struct durable *d, int dirfd, const char *path, bool ours, struct err *e)
{
	char name[UNNAMED_NAME_MAX];
	int fd = -1;
	bool ok;

	if (!durable_dir(d, dirfd, folder, &fd, e))
		return false;
	name_for(path, ours, name);
	name[200] = '\0';
	ok = store_give(s, path, fd, name, e);
	(void)close(fd);
	return ok;
}

bool
unnamed_put_back(struct store *s, struct durable *d, int dirfd, const struct unnamed_file *f, struct err *e)
{
	int fd = -1;
	bool ok;

	if (!durable_dir(d, dirfd, folder, &fd, e))
		return false;
	ok = store_take(s, f->kind, &f->id, fd, f->name, e);
	(void)close(fd);
	return ok;
}

bool
unnamed_remove(struct durable *d, int dirfd, const char *name, struct err *e)
{
	int fd = -1;
	bool ok;

	if (!durable_dir(d, dirfd, folder, &fd, e))
		return false;
	ok = durable_remove(d, fd, name, e);
	(void)close(fd);
	return ok;
}

bool
unnamed_sync(struct durable *d, int dirfd, struct err *e)
{
	struct err why = {0};
	int fd = -1;
	bool ok;

	if (!durable_dir(NULL, dirfd, folder, &fd, &why)) {
		if (why.code != ERR_NOT_FOUND && e)
			*e = why;
		return why.code == ERR_NOT_FOUND;
	}
	ok = durable_sync_dir(d, fd, folder, e);
	(void)close(fd);
	return ok;
}
