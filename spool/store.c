/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/store.h"

#include "config/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FANS = 256,
	/* So many files and directories are fsynced one by one; more of them at once. */
	SYNC_EACH_MAX = 3,
};

static const struct {
	const char *dir, *suffix;
} kinds[] = {
        [STORE_MAIL] = {"mail", ".eml"},
        [STORE_READ] = {"read", ".json"},
};
_Static_assert(sizeof kinds / sizeof *kinds == STORE_KINDS, "a row for each kind");

struct put {
	enum store_kind kind;
	struct hash id;
};

struct store {
	struct durable *d;
	int dir[STORE_KINDS];
	bool dirty[STORE_KINDS][FANS]; /* names not fsynced yet */
	struct put *puts;              /* made since the last keep or undo */
	size_t put_count, put_cap;
	size_t synced; /* of puts: on disk */
};

bool
store_open(struct store **s_r, int dirfd, struct durable *d, struct err *e)
{
	struct store *s = mem_alloc(1, sizeof *s);

	s->d = d;
	for (int k = 0; k < STORE_KINDS; k++)
		s->dir[k] = -1;
	for (int k = 0; k < STORE_KINDS; k++) {
		if (!durable_dir(d, dirfd, kinds[k].dir, &s->dir[k], e)) {
			store_close(s);
			return false;
		}
	}
	*s_r = s;
	return true;
}

void
store_close(struct store *s)
{
	if (!s)
		return;
	for (int k = 0; k < STORE_KINDS; k++) {
		if (s->dir[k] >= 0)
			(void)close(s->dir[k]);
	}
	free(s->puts);
	free(s);
}

const char *
store_path(enum store_kind kind, const struct hash *id, char *out)
{
	(void)snprintf(out, STORE_PATH_MAX, "%s/%.2s/%s%s", kinds[kind].dir, id->hex, id->hex,
	               kinds[kind].suffix);
	return out;
}

/* The same without the kind's directory. */
static const char *
path_below(enum store_kind kind, const struct hash *id, char *out)
{
	(void)snprintf(out, STORE_PATH_MAX, "%.2s/%s%s", id->hex, id->hex, kinds[kind].suffix);
	return out;
}

static const char *
fan_name(int fan, char out[3])
{
	(void)snprintf(out, 3, "%02x", (unsigned)fan & 255U);
	return out;
}

static int
fan_of(const struct hash *id)
{
	char two[3] = {id->hex[0], id->hex[1], '\0'};

	return (int)strtol(two, NULL, 16);
}

/* Are the bytes under this name these? */
static bool
same_bytes(const struct store *s, enum store_kind kind, const struct hash *id, struct bytes data,
           bool *there_r, struct err *e)
{
	struct buf old = BUF_INIT(STORE_BYTES_MAX);
	char path[STORE_PATH_MAX];
	struct err why = {0};
	bool ok = true;

	*there_r = durable_read(s->dir[kind], path_below(kind, id, path), &old, &why);
	if (!*there_r && why.code != ERR_NOT_FOUND) {
		ok = false;
		if (e)
			*e = why;
	} else if (*there_r && !bytes_equal(buf_bytes(&old), data)) {
		ok = err_set(e, ERR_SPOOL, "%s holds other bytes than its name says: run mingpianctl verify",
		             store_path(kind, id, path));
	}
	buf_free(&old);
	return ok;
}

static void
remember_put(struct store *s, enum store_kind kind, const struct hash *id)
{
	if (s->put_count == s->put_cap) {
		s->put_cap = s->put_cap ? 2 * s->put_cap : 16;
		s->puts = mem_grow(s->puts, s->put_cap, sizeof *s->puts);
	}
	s->puts[s->put_count++] = (struct put){kind, *id};
}

bool
store_put(struct store *s, enum store_kind kind, struct bytes data, struct hash *id_r, struct err *e)
{
	char path[STORE_PATH_MAX], two[3];
	struct hash id = hash_of(data);
	int fan = fan_of(&id), fd = -1;
	bool there = false, ok = false;

	if (data.len > STORE_BYTES_MAX)
		return err_set(e, ERR_TOO_LARGE, "%zu bytes are too many for the spool", data.len);
	if (!same_bytes(s, kind, &id, data, &there, e))
		return false;
	if (!there) {
		if (!durable_dir(s->d, s->dir[kind], fan_name(fan, two), &fd, e))
			return false;
		/* path_below() begins with the two digits and a slash. */
		ok = durable_place(s->d, fd, path_below(kind, &id, path) + 3, data, e);
		(void)close(fd);
		if (!ok)
			return false;
		remember_put(s, kind, &id);
	}
	s->dirty[kind][fan] = true;
	*id_r = id;
	return true;
}

static bool
sync_fan(struct store *s, int kind, int fan, struct err *e)
{
	char two[3];
	int fd = -1;
	bool ok;

	if (!durable_dir(s->d, s->dir[kind], fan_name(fan, two), &fd, e))
		return false;
	ok = durable_sync_dir(s->d, fd, kinds[kind].dir, e);
	(void)close(fd);
	if (ok)
		s->dirty[kind][fan] = false;
	return ok;
}

static size_t
count_dirty(const struct store *s)
{
	size_t count = 0;

	for (int kind = 0; kind < STORE_KINDS; kind++) {
		for (int fan = 0; fan < FANS; fan++)
			count += s->dirty[kind][fan];
	}
	return count;
}

/* One by one: files before the directories that name them. */
static bool
sync_each(struct store *s, struct err *e)
{
	char path[STORE_PATH_MAX];

	for (size_t k = s->synced; k < s->put_count; k++) {
		const struct put *p = &s->puts[k];

		if (!durable_sync_file(s->d, s->dir[p->kind], path_below(p->kind, &p->id, path), e))
			return false;
	}
	for (int kind = 0; kind < STORE_KINDS; kind++) {
		for (int fan = 0; fan < FANS; fan++) {
			if (s->dirty[kind][fan] && !sync_fan(s, kind, fan, e))
				return false;
		}
	}
	return true;
}

bool
store_sync(struct store *s, struct err *e)
{
	size_t work = s->put_count - s->synced + count_dirty(s);

	if (work > SYNC_EACH_MAX) {
		if (!durable_sync_all(s->d, s->dir[STORE_MAIL], "mail and read", e))
			return false;
		memset(s->dirty, 0, sizeof s->dirty);
	} else if (!sync_each(s, e)) {
		return false;
	}
	s->synced = s->put_count;
	return true;
}

void
store_keep(struct store *s)
{
	s->put_count = s->synced = 0;
}

void
store_undo(struct store *s)
{
	struct put *p;

	while (s->put_count > 0) {
		p = &s->puts[--s->put_count];
		(void)store_remove(s, p->kind, &p->id, NULL);
	}
	s->synced = 0;
}

bool
store_get(const struct store *s, enum store_kind kind, const struct hash *id, struct buf *out, struct err *e)
{
	char path[STORE_PATH_MAX];
	size_t before = out->len;
	struct hash is;

	if (!durable_read(s->dir[kind], path_below(kind, id, path), out, e))
		return err_wrap(e, "%s", kinds[kind].dir);
	is = hash_of(BYTES(out->at + before, out->len - before));
	if (!hash_equal(&is, id))
		return err_set(e, ERR_SPOOL,
		               "%s holds other bytes than its name says: run mingpianctl verify",
		               store_path(kind, id, path));
	return true;
}

bool
store_exists(const struct store *s, enum store_kind kind, const struct hash *id)
{
	char path[STORE_PATH_MAX];
	struct stat st;

	return fstatat(s->dir[kind], path_below(kind, id, path), &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode);
}

bool
store_remove(struct store *s, enum store_kind kind, const struct hash *id, struct err *e)
{
	char path[STORE_PATH_MAX];
	struct stat st;

	/* Only what is known not to be there need not be removed. */
	if (fstatat(s->dir[kind], path_below(kind, id, path), &st, AT_SYMLINK_NOFOLLOW) < 0 &&
	    errno == ENOENT)
		return true;
	if (!durable_remove(s->d, s->dir[kind], path_below(kind, id, path), e))
		return false;
	s->dirty[kind][fan_of(id)] = true;
	return true;
}

/* ---- walking ---- */

struct walk {
	const struct store *s;
	store_visit *visit;
	void *context;
	enum store_kind kind;
};

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
no_dots(const struct dirent *d)
{
	return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

/* Is name that of a file of ours in the directory fan ("ab")? */
static bool
name_is_ours(enum store_kind kind, const char *fan, const char *name, struct hash *id_r)
{
	char hex[HASH_HEX + 1];

	if (strlen(name) != HASH_HEX + strlen(kinds[kind].suffix) ||
	    strcmp(name + HASH_HEX, kinds[kind].suffix) != 0)
		return false;
	memcpy(hex, name, HASH_HEX);
	hex[HASH_HEX] = '\0';
	return hash_read(id_r, hex) && strncmp(hex, fan, 3 - 1) == 0 && strlen(fan) == 2;
}

static bool
walk_fan(const struct walk *w, const char *fan, struct err *e)
{
	struct dirent **names = NULL;
	char path[STORE_PATH_MAX + 256];
	bool ok = true, ours;
	struct hash id;
	int count;

	count = scandirat(w->s->dir[w->kind], fan, &names, no_dots, by_name);
	if (count < 0 && errno != ENOTDIR)
		return err_sys(e, ERR_DISK, errno, "cannot read the directory %s/%s", kinds[w->kind].dir,
		               fan);
	if (count < 0) { /* a file where a directory is expected */
		(void)snprintf(path, sizeof path, "%s/%s", kinds[w->kind].dir, fan);
		return w->visit(w->context, w->kind, path, NULL, e);
	}
	for (int i = 0; i < count && ok; i++) {
		ours = name_is_ours(w->kind, fan, names[i]->d_name, &id);
		(void)snprintf(path, sizeof path, "%s/%s/%s", kinds[w->kind].dir, fan, names[i]->d_name);
		ok = w->visit(w->context, w->kind, path, ours ? &id : NULL, e);
	}
	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
	return ok;
}

bool
store_each(const struct store *s, store_visit *visit, void *context, struct err *e)
{
	struct walk w = {.s = s, .visit = visit, .context = context};
	struct dirent **fans = NULL;
	bool ok = true;
	int count;

	for (int kind = 0; kind < STORE_KINDS && ok; kind++) {
		w.kind = (enum store_kind)kind;
		count = scandirat(s->dir[kind], ".", &fans, no_dots, by_name);
		if (count < 0)
			return err_sys(e, ERR_DISK, errno, "cannot read the directory %s", kinds[kind].dir);
		for (int i = 0; i < count && ok; i++)
			ok = walk_fan(&w, fans[i]->d_name, e);
		for (int i = 0; i < count; i++)
			free(fans[i]);
		free(fans);
		fans = NULL;
	}
	return ok;
}

/* Whose path is it, below its kind's directory? Its fan gets dirty. NULL: none of the store's. */
static const char *
below(struct store *s, const char *path, int *dir_r)
{
	for (int kind = 0; kind < STORE_KINDS; kind++) {
		size_t n = strlen(kinds[kind].dir);
		char *end = NULL;
		long fan;

		if (strncmp(path, kinds[kind].dir, n) != 0 || path[n] != '/')
			continue;
		fan = strtol(path + n + 1, &end, 16);
		if (end == path + n + 3 && *end == '/' && fan >= 0 && fan < FANS)
			s->dirty[kind][fan] = true;
		*dir_r = s->dir[kind];
		return path + n + 1;
	}
	return NULL;
}

bool
store_sweep(struct store *s, const char *path, struct err *e)
{
	int dir = -1;
	const char *name = below(s, path, &dir);

	return name ? durable_remove(s->d, dir, name, e)
	            : err_set(e, ERR_SPOOL, "%s is no file of the spool", path);
}

bool
store_give(struct store *s, const char *path, int to, const char *name, struct err *e)
{
	int dir = -1;
	const char *from = below(s, path, &dir);

	return from ? durable_move(s->d, dir, from, to, name, e)
	            : err_set(e, ERR_SPOOL, "%s is no file of the spool", path);
}

bool
store_take(struct store *s, enum store_kind kind, const struct hash *id, int from, const char *name,
           struct err *e)
{
	char path[STORE_PATH_MAX], two[3];
	int fan = fan_of(id), fd = -1;
	bool ok;

	if (!durable_dir(s->d, s->dir[kind], fan_name(fan, two), &fd, e))
		return false;
	ok = durable_move(s->d, from, name, fd, path_below(kind, id, path) + 3, e);
	(void)close(fd);
	s->dirty[kind][fan] |= ok;
	return ok;
}

bool
store_is_name(const char *name, enum store_kind *kind_r, struct hash *id_r)
{
	const char fan[] = {name[0], name[0] ? name[1] : '\0', '\0'};

	for (int kind = 0; kind < STORE_KINDS; kind++) {
		*kind_r = (enum store_kind)kind;
		if (name_is_ours(*kind_r, fan, name, id_r))
			return true;
	}
	return false;
}
