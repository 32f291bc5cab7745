/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/bundle.h"

#include "config/fd.h"
#include "config/json_value.h"
#include "config/mem.h"
#include "daemon/own_mail.h"
#include "spool/holdings.h"
#include "spool/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_MAX_BYTES = 8192, HEADS_MAX = 64 << 20, FILE_MAX = 1 << 20 };

struct part {
	const char *path; /* in the bundle */
	struct hash hash;
};

struct writing {
	const struct bundle *b;
	struct bundle_result *r;
	struct arena *a;
	int dir;
	struct part *parts;
	size_t count, cap;
	struct buf heads;
	struct holding *list; /* what is to be put */
	size_t list_count, list_cap;
	struct buf receipts;      /* a line each */
	json_t *own;              /* a set: the mails that we wrote, and that tell a head */
	char month[LOG_NAME_MAX]; /* of the log's file that is being gathered */
	struct buf lines;         /* its lines */
};

/* ---- files in the bundle ---- */

/* "mail/ab/…": the folders on the way. */
static bool
make_folders(struct writing *w, const char *path)
{
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		char *folder = mem_dup0(path, (size_t)(slash - path));
		bool ok = mkdirat(w->dir, folder, 0700) == 0 || errno == EEXIST;

		free(folder);
		if (!ok)
			return false;
	}
	return true;
}

/* Write a file that is not there yet, without noting it. */
static bool
write_file(struct writing *w, const char *path, struct bytes content, struct err *e)
{
	bool ok;
	int fd = -1;

	ok = make_folders(w, path) &&
	     (fd = openat(w->dir, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) >= 0 &&
	     fd_write_all(fd, content);
	if (!ok)
		err_sys(e, ERR_DISK, errno, "%s/%s: cannot be written", w->b->dir, path);
	if (fd >= 0 && close(fd) != 0 && ok)
		ok = err_sys(e, ERR_DISK, errno, "%s/%s: cannot be written", w->b->dir, path);
	return ok;
}

static bool
put(struct writing *w, const char *path, struct bytes content, struct err *e)
{
	if (!write_file(w, path, content, e))
		return false;
	if (w->count == w->cap) {
		w->cap = w->cap ? 2 * w->cap : 256;
		w->parts = mem_grow(w->parts, w->cap, sizeof *w->parts);
	}
	w->parts[w->count++] = (struct part){arena_str(w->a, path), hash_of(content)};
	return true;
}

/* ---- what is to be in it ---- */

/* Two registrations of one mail share it. */
static void
add_new(struct writing *w, const struct holding *h)
{
	for (size_t i = 0; i < w->list_count; i++)
		if (w->list[i].kind == h->kind && strcmp(w->list[i].hash, h->hash) == 0)
			return;
	if (w->list_count == w->list_cap) {
		w->list_cap = w->list_cap ? 2 * w->list_cap : 64;
		w->list = mem_grow(w->list, w->list_cap, sizeof *w->list);
	}
	w->list[w->list_count++] = *h;
}

static bool
find_one(struct writing *w, const char *receipt, struct err *e)
{
	struct holdings h;

	if (!holdings_find(spool_index(w->b->s), w->a, receipt, &h, e))
		return false;
	if (!h.receipt_count)
		return err_set(e, ERR_NOT_FOUND, "no registration %s; mingpianctl list shows all", receipt);
	for (size_t k = 0; k < h.receipt_count; k++)
		buf_fmt(&w->receipts, "%s\n", h.receipts[k]);
	for (size_t k = 0; k < h.count; k++)
		/* a digest lists everybody: it is evidence of none alone */
		if (!h.at[k].gone && h.at[k].what != HOLDING_DIGEST)
			add_new(w, &h.at[k]);
	return true;
}

static bool
find_files(struct writing *w, struct err *e)
{
	struct holding *all = NULL;
	size_t count = 0;

	if (!w->b->receipts) {
		buf_str(&w->receipts, "all\n");
		if (!holdings_all(spool_index(w->b->s), w->a, &all, &count, e))
			return false;
		w->list = mem_grow(NULL, count + 1, sizeof *w->list);
		if (count)
			memcpy(w->list, all, count * sizeof *all);
		w->list_count = count;
		w->list_cap = count + 1;
		return true;
	}
	for (size_t i = 0; i < w->b->receipt_count; i++)
		if (!find_one(w, w->b->receipts[i], e))
			return false;
	return true;
}

/* Who took one of them out, and why: only the log's line names that file. */
static void
find_redaction(struct writing *w, const json_t *line)
{
	const char *receipt = json_text(line, "receipt");
	const char *decision = json_text(line, "decision");
	struct holding h = {.what = HOLDING_DECISION, .kind = STORE_READ};
	size_t n = receipt ? strlen(receipt) : 0;

	if (!w->b->receipts || !n || !decision)
		return;
	for (const char *at = w->receipts.at; (at = strstr(at, receipt)) != NULL; at += n) {
		if ((at == w->receipts.at || at[-1] == '\n') && at[n] == '\n') {
			h.hash = arena_str(w->a, decision);
			add_new(w, &h);
			return;
		}
	}
}

/* ---- the log ---- */

static bool
end_month(struct writing *w, struct err *e)
{
	char path[LOG_NAME_MAX + 8];
	bool ok = true;

	if (w->month[0]) {
		(void)snprintf(path, sizeof path, "log/%s", w->month);
		ok = w->lines.over ? err_set(e, ERR_TOO_LARGE, "%s: over %d MiB", path, STORE_BYTES_MAX >> 20)
		                   : put(w, path, buf_bytes(&w->lines), e);
	}
	buf_clear(&w->lines);
	return ok;
}

static bool
on_line(void *context, const struct log_line *line, struct err *e)
{
	struct writing *w = context;
	const char *event = json_text(line->object, "event");

	if (strcmp(w->month, line->file) != 0) {
		if (!end_month(w, e))
			return false;
		(void)snprintf(w->month, sizeof w->month, "%s", line->file);
	}
	buf_add(&w->lines, line->text.at, line->text.len);
	buf_ch(&w->lines, '\n');
	if (event && strcmp(event, "checkpoint") == 0)
		buf_fmt(&w->heads, "%lld:%s\n", (long long)json_int(line->object, "head_seq"),
		        json_text(line->object, "head"));
	if (event && strcmp(event, "redacted") == 0)
		find_redaction(w, line->object);
	if (event && (strcmp(event, "queued") == 0 || strcmp(event, "digested") == 0)) {
		const char *message = json_text(line->object, "message");

		if (message)
			json_object_set_new(w->own, message, json_true());
	}
	w->r->lines++;
	w->r->head = line->head;
	return true;
}

static bool
put_log(struct writing *w, struct err *e)
{
	if (!log_each(spool_log(w->b->s), &LOG_START, on_line, w, e) || !end_month(w, e))
		return false;
	if (!w->r->lines)
		return err_set(e, ERR_INPUT, "the log is empty: there is nothing to prove");
	return true;
}

/* The bundle's own end last: check.sh goes by it. */
static bool
put_heads(struct writing *w, struct err *e)
{
	buf_fmt(&w->heads, "%lld:%s\n", (long long)w->r->head.seq, w->r->head.hash.hex);
	return put(w, "heads.txt", buf_bytes(&w->heads), e);
}

/* ---- what the log names ---- */

/* Each SEQ:HASH that a reply or digest of ours tells: it went out, and its receiver is the witness. */
static void
take_heads(struct writing *w, struct bytes mail)
{
	struct buf text = BUF_INIT(FILE_MAX);
	struct log_head head;

	if (own_mail_text(mail, &text)) {
		for (char *at = text.at; (at = strchr(at, ':')) != NULL; at++) {
			char *begin = at, one[128];

			while (begin > text.at && begin[-1] >= '0' && begin[-1] <= '9')
				begin--;
			(void)snprintf(one, sizeof one, "%.*s", (int)(at - begin) + 1 + HASH_HEX, begin);
			if (begin < at && at - begin < 20 && verify_head(one, &head, NULL) && head.seq > 0)
				buf_fmt(&w->heads, "%s\n", one);
		}
	}
	buf_free(&text);
}

static bool
put_files(struct writing *w, struct err *e)
{
	struct buf content = BUF_INIT(STORE_BYTES_MAX);
	char path[STORE_PATH_MAX];
	struct hash id;
	bool ok = put(w, "receipts.txt", buf_bytes(&w->receipts), e);

	for (size_t i = 0; i < w->list_count && ok; i++) {
		const struct holding *h = &w->list[i];

		buf_clear(&content);
		ok = (hash_read(&id, h->hash) || err_set(e, ERR_SPOOL,
		                                         "the log names a file by what is no "
		                                         "SHA-256; see mingpianctl verify")) &&
		     store_get(spool_store(w->b->s), h->kind, &id, &content, e) &&
		     put(w, store_path(h->kind, &id, path), buf_bytes(&content), e);
		if (ok && json_object_get(w->own, h->hash))
			take_heads(w, buf_bytes(&content));
		w->r->shared += h->others != NULL;
		progress_at(w->b->progress, i + 1, w->list_count);
	}
	w->r->files = w->list_count;
	buf_free(&content);
	return ok;
}

/* ---- how to check it ---- */

static bool
put_pages(struct writing *w, struct err *e)
{
	static const char *const pages[] = {"README.zh.txt", "README.en.txt", "check.sh"};
	struct buf path = BUF_INIT(PATH_MAX_BYTES), page = BUF_INIT(FILE_MAX);
	bool ok = true;

	for (size_t i = 0; i < sizeof pages / sizeof *pages && ok; i++) {
		buf_clear(&path);
		buf_clear(&page);
		buf_fmt(&path, "%s/audit/%s", w->b->templates, pages[i]);
		ok = durable_read(AT_FDCWD, path.at, &page, e) && put(w, pages[i], buf_bytes(&page), e);
	}
	buf_free(&path);
	buf_free(&page);
	return ok;
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct part *)a)->path, ((const struct part *)b)->path);
}

static bool
put_manifest(struct writing *w, struct err *e)
{
	struct buf b = BUF_INIT(HEADS_MAX);
	bool ok;

	qsort(w->parts, w->count, sizeof *w->parts, by_path);
	for (size_t i = 0; i < w->count; i++)
		buf_fmt(&b, "%s  %s\n", w->parts[i].hash.hex, w->parts[i].path);
	w->r->manifest = hash_of(buf_bytes(&b));
	ok = write_file(w, "manifest.sha256", buf_bytes(&b), e);
	buf_free(&b);
	return ok;
}

static bool
open_folder(struct writing *w, struct err *e)
{
	const char *dir = w->b->dir;

	if (mkdir(dir, 0700) != 0)
		return errno == EEXIST
		               ? err_set(e, ERR_INPUT, "%s is there already: name a folder that is not", dir)
		               : err_sys(e, ERR_DISK, errno, "%s: cannot be made", dir);
	w->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return w->dir >= 0 || err_sys(e, ERR_DISK, errno, "%s", dir);
}

bool
bundle_write(const struct bundle *b, struct bundle_result *r, struct err *e)
{
	struct writing w = {.b = b,
	                    .r = r,
	                    .a = arena_new(),
	                    .dir = -1,
	                    .own = json_object(),
	                    .heads = BUF_INIT(HEADS_MAX),
	                    .receipts = BUF_INIT(FILE_MAX),
	                    .lines = BUF_INIT(STORE_BYTES_MAX)};
	bool ok;

	*r = (struct bundle_result){.head = LOG_START};
	ok = find_files(&w, e) && open_folder(&w, e) && put_log(&w, e) && put_files(&w, e) &&
	     put_heads(&w, e) && put_pages(&w, e) && put_manifest(&w, e);
	if (w.dir >= 0)
		(void)close(w.dir);
	free(w.parts);
	free(w.list);
	buf_free(&w.receipts);
	json_decref(w.own);
	buf_free(&w.heads);
	buf_free(&w.lines);
	arena_free(w.a);
	return ok;
}
