/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/mend.h"

#include "config/json_value.h"
#include "config/mem.h"
#include "spool/sql.h"
#include "spool/unnamed.h"

#include <stdlib.h>
#include <string.h>

/* Paths, and what is to become of them. */
struct found {
	char **paths;
	size_t count, cap;
};

static void
found_add(struct found *f, const char *path)
{
	if (f->count == f->cap) {
		f->cap = f->cap ? 2 * f->cap : 16;
		f->paths = mem_grow(f->paths, f->cap, sizeof *f->paths);
	}
	f->paths[f->count++] = mem_str(path);
}

static void
found_free(struct found *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->paths[i]);
	free(f->paths);
}

/* ---- the log's end ---- */

static bool
log_one_cut(void *context, const char *file, const char *kept, int64_t size, struct err *e)
{
	struct mend *m = context;
	int64_t known = 0;

	if (!sql_number(index_sql(spool_index(m->s)), "SELECT count(*) FROM cuts WHERE kept = ?",
	                SQL_ARGS(SQL_T(kept)), 0, &known, e))
		return false;
	if (known)
		return true;
	m->mended->cut++;
	return spool_line(m->s,
	                  json_pack("{s:s, s:s, s:I, s:s}", "event", "cut", "file", file, "bytes",
	                            (json_int_t)size, "kept", kept),
	                  NULL, e);
}

/* ---- what lies in mail/ and read/ and no line names ---- */

/* `file` of such a line. A stranger's name may be in any encoding: it stands there so far as it is text. */
static json_t *
line_of_file(const char *event, const char *path)
{
	return json_made(json_pack("{s:s, s:o}", "event", event, "file", json_sentence(path)));
}

struct looking {
	struct mend *m;
	struct found keep_ours, keep_strangers, sweep;
	struct log_head told; /* the latest that a mail of ours tells; its seq 0: none does */
	char teller[STORE_PATH_MAX];
};

/* A file that is ours and whole; a mail may be damaged and the only one there is, a reading can be made
 * again. A damaged one would take the place of the one of its name that lies aside. */
static bool
is_worth_keeping(struct looking *l, enum store_kind kind, const struct hash *id, const char *path)
{
	struct buf b = BUF_INIT(STORE_BYTES_MAX);
	struct err why = {0};
	struct log_head told = LOG_START;
	bool whole = store_get(spool_store(l->m->s), kind, id, &b, &why);
	bool keep = whole || ((why.code != ERR_SPOOL || (kind == STORE_MAIL && b.len > 0)) &&
	                      !unnamed_is_whole(l->m->dir, path, id));

	if (whole && kind == STORE_MAIL && l->m->o->told && l->m->o->told(buf_bytes(&b), &told) &&
	    told.seq > l->told.seq) {
		l->told = told;
		(void)snprintf(l->teller, sizeof l->teller, "%s", path);
	}
	buf_free(&b);
	return keep;
}

static bool
look_at_one(void *context, enum store_kind kind, const char *path, const struct hash *id, struct err *e)
{
	struct looking *l = context;
	bool named = false, taken_out = false;

	if (!id) {
		bool torn = strcmp(strrchr(path, '/'), "/" DURABLE_ASIDE) == 0;

		found_add(torn ? &l->sweep : &l->keep_strangers, path);
		return true;
	}
	if (!unnamed_is_named(spool_index(l->m->s), kind, id, &named, &taken_out, e))
		return false;
	if (taken_out)
		found_add(&l->sweep, path);
	else if (!named)
		found_add(is_worth_keeping(l, kind, id, path) ? &l->keep_ours : &l->sweep, path);
	return true;
}

/* A reply that was on its way to the world tells of a line of the log: a crash leaves none that tells of a
 * later one than was true. */
static bool
witness(const struct looking *l, struct err *e)
{
	const struct log_head head = spool_head(l->m->s);
	struct err why = {0};

	if (l->m->o->mode == SPOOL_RESTORE || !l->told.seq)
		return true;
	if (l->told.seq > head.seq)
		return err_set(
		        e, ERR_SPOOL,
		        "%s is a mail of ours that tells of line %lld, and the log ends at line %lld: the "
		        "log "
		        "lost lines that were true. Put the whole log back; where there is none newer, open "
		        "this one: mingpianctl restored --receipts-from N --why TEXT",
		        l->teller, (long long)l->told.seq, (long long)head.seq);
	if (log_each(spool_log(l->m->s), &l->told, NULL, NULL, &why))
		return true;
	return err_set(e, why.code,
	               "%s is a mail of ours, and not of this log (%s). Put the log back that belongs to "
	               "these files, or "
	               "open this one: mingpianctl restored --receipts-from N --why TEXT",
	               l->teller, why.text);
}

static bool
stage_kept(struct mend *m, const struct found *f, bool ours, struct err *e)
{
	char kept[UNNAMED_NAME_MAX];
	bool ok = true;

	for (size_t i = 0; i < f->count && ok; i++) {
		json_t *line = line_of_file("set_aside", f->paths[i]);

		(void)unnamed_path(f->paths[i], ours, kept);
		json_object_set_new(line, "kept", json_sentence(kept));
		ok = spool_line(m->s, line, NULL, e);
		if (!m->mended->set_aside++)
			(void)snprintf(m->mended->set_aside_first, sizeof m->mended->set_aside_first, "%.*s",
			               (int)sizeof m->mended->set_aside_first - 1, kept);
	}
	return ok;
}

static bool
stage_swept(struct mend *m, const struct found *f, struct err *e)
{
	bool ok = true;

	for (size_t i = 0; i < f->count && ok; i++)
		ok = spool_line(m->s, line_of_file("swept", f->paths[i]), NULL, e);
	m->mended->swept += (int)f->count;
	return ok;
}

static bool
keep_all(struct mend *m, const struct found *f, bool ours, struct err *e)
{
	bool ok = true;

	for (size_t i = 0; i < f->count && ok; i++)
		ok = unnamed_keep(spool_store(m->s), m->d, m->dir, f->paths[i], ours, e);
	return ok;
}

/* Logged first: what a power cut in between leaves where it lay is logged again. The new names are on disk
 * before the old ones go for good. */
static bool
clear(struct mend *m, const struct looking *l, struct err *e)
{
	bool ok = stage_kept(m, &l->keep_ours, true, e) && stage_kept(m, &l->keep_strangers, false, e) &&
	          stage_swept(m, &l->sweep, e) && spool_commit(m->s, e) &&
	          keep_all(m, &l->keep_ours, true, e) && keep_all(m, &l->keep_strangers, false, e) &&
	          unnamed_sync(m->d, m->dir, e);

	for (size_t i = 0; i < l->sweep.count && ok; i++)
		ok = store_sweep(spool_store(m->s), l->sweep.paths[i], e);
	return ok && store_sync(spool_store(m->s), e);
}

/* ---- what was set aside before ---- */

struct settling {
	struct mend *m;
	struct found done, back;
	bool back_too;
};

static bool
settle_one(void *context, const struct unnamed_file *f, struct err *e)
{
	struct settling *t = context;

	(void)e;
	if (f->fate == UNNAMED_DONE || (f->fate == UNNAMED_BACK && t->back_too))
		found_add(f->fate == UNNAMED_BACK ? &t->back : &t->done, f->name);
	return true;
}

static bool
stage_settled(struct mend *m, const struct found *f, const char *event, struct err *e)
{
	char path[UNNAMED_NAME_MAX];
	bool ok = true;

	for (size_t i = 0; i < f->count && ok; i++)
		ok = spool_line(m->s,
		                json_pack("{s:s, s:s}", "event", event, "file",
		                          unnamed_path(f->paths[i], true, path)),
		                NULL, e);
	return ok;
}

static bool
settle(struct mend *m, const struct settling *t, struct err *e)
{
	bool ok = stage_settled(m, &t->back, "put_back", e) && stage_settled(m, &t->done, "swept", e) &&
	          spool_commit(m->s, e) &&
	          /* made while they were away: also where a power cut comes before it is made anew */
	          (!t->back.count || index_outdate(spool_index(m->s), e));

	for (size_t i = 0; i < t->back.count && ok; i++) {
		struct unnamed_file f = {.name = t->back.paths[i]};

		ok = store_is_name(f.name, &f.kind, &f.id) &&
		     unnamed_put_back(spool_store(m->s), m->d, m->dir, &f, e);
	}
	ok = ok && store_sync(spool_store(m->s), e);
	for (size_t i = 0; i < t->done.count && ok; i++)
		ok = unnamed_remove(m->d, m->dir, t->done.paths[i], e);
	m->mended->put_back += (int)t->back.count;
	return ok && (!(t->back.count || t->done.count) || unnamed_sync(m->d, m->dir, e));
}

bool
mend_unnamed(struct mend *m, bool back, struct err *e)
{
	struct settling t = {.m = m, .back_too = back};
	bool ok = unnamed_each(m->dir, spool_index(m->s), m->source, settle_one, &t, e) && settle(m, &t, e);

	found_free(&t.done);
	found_free(&t.back);
	return ok;
}

/* ---- what is named and not there ---- */

bool
mend_missing(struct index *i, const struct store *store, int *count_r, char first[static STORE_PATH_MAX],
             struct err *e)
{
	static const char text[] =
	        "SELECT kind, hash FROM files WHERE redacted IS NULL OR named > redacted ORDER BY kind, hash";
	struct sql *q = index_sql(i);
	sqlite3_stmt *st = sql_ask(q, text, NULL, 0, e);
	enum sql_step step;
	struct hash id;

	*count_r = 0;
	first[0] = '\0';
	if (!st)
		return false;
	while ((step = sql_next(q, st, e)) == SQL_ROW) {
		enum store_kind kind = (enum store_kind)sqlite3_column_int(st, 0);

		if (hash_read(&id, (const char *)sqlite3_column_text(st, 1)) &&
		    store_exists(store, kind, &id))
			continue;
		if (!(*count_r)++)
			(void)store_path(kind, &id, first);
	}
	return step == SQL_DONE;
}

/* ---- all of it ---- */

bool
mend_all(struct mend *m, struct err *e)
{
	struct looking l = {.m = m, .told = LOG_START};
	bool ok = store_each(spool_store(m->s), look_at_one, &l, e) && witness(&l, e) &&
	          log_each_cut(spool_log(m->s), log_one_cut, m, e) &&
	          /* who only makes the index anew finds a log that is whole as it was */
	          (m->o->mode == SPOOL_REBUILD || mend_unnamed(m, true, e)) && clear(m, &l, e) &&
	          mend_missing(spool_index(m->s), spool_store(m->s), &m->mended->missing,
	                       m->mended->missing_first, e);

	found_free(&l.keep_ours);
	found_free(&l.keep_strangers);
	found_free(&l.sweep);
	return ok;
}
