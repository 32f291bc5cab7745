/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/log.h"

#include "config/clock.h"
#include "config/json_value.h"
#include "config/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	FILE_BYTES_MAX = 1 << 30,
	STAGED_MAX = 256 << 20, /* bytes of one commit */
	NAME_LEN = 13,          /* 2022-06.jsonl */
	MONTH_LEN = 7,
};

struct log {
	struct durable *d;
	int dir;
	struct log_head head;

	/* the newest file, for writing */
	char newest[LOG_NAME_MAX]; /* "" while there is none */
	int fd;                    /* -1: not open */
	off_t len;

	/* what is staged: lines in text, but for the last, which does not know yet whether it is */
	struct buf text;
	json_t *last;
	struct log_head staged; /* of the last line in text */
	char at[CLOCK_RFC3339_MAX];
};

/* ---- names ---- */

static bool
is_month_file(const char *name)
{
	static const char shape[] = "dddd-dd.jsonl";

	if (strlen(name) != NAME_LEN)
		return false;
	for (int i = 0; i < NAME_LEN; i++) {
		if (shape[i] == 'd' ? name[i] < '0' || name[i] > '9' : name[i] != shape[i])
			return false;
	}
	return true;
}

static int
month_files_only(const struct dirent *d)
{
	return is_month_file(d->d_name);
}

/* 2022-06.jsonl.cut-120: a month's file, the mark, digits. */
static int
cut_files_only(const struct dirent *d)
{
	static const char mark[] = ".cut-";
	char month[NAME_LEN + 1] = "";
	const char *digits = d->d_name + NAME_LEN + sizeof mark - 1;

	if (strlen(d->d_name) <= NAME_LEN + sizeof mark - 1)
		return 0;
	memcpy(month, d->d_name, NAME_LEN);
	return is_month_file(month) && strncmp(d->d_name + NAME_LEN, mark, sizeof mark - 1) == 0 &&
	       strspn(digits, "0123456789") == strlen(digits);
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool
list(const struct log *l, int (*filter)(const struct dirent *), struct dirent ***names_r, int *count_r,
     struct err *e)
{
	*count_r = scandirat(l->dir, ".", names_r, filter, by_name);
	return *count_r >= 0 || err_sys(e, ERR_DISK, errno, "cannot read the directory log");
}

static void
list_free(struct dirent **names, int count)
{
	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
}

/* ---- reading ---- */

enum verdict {
	LINE_GOOD,
	LINE_TORN,  /* no whole line at all: what a torn write leaves */
	LINE_WRONG, /* a line, but not the one that belongs here */
};

/* One pass over one file. */
struct scan {
	const char *file;
	struct bytes data;
	bool newest;           /* a torn end is forgiven */
	bool first;            /* no line before it is known: its own prev is believed */
	struct log_head head;  /* the last line that was good and whose commit was whole */
	struct log_head after; /* lines up to here are not visited */
	size_t good;           /* bytes of data that are believed */
	log_visit *visit;
	void *context;
};

/* Lines that wait for the last of their commit. */
struct unit {
	struct log_line *lines; /* `object` owned */
	size_t count, cap;
};

static void
unit_clear(struct unit *u)
{
	for (size_t i = 0; i < u->count; i++)
		json_decref((json_t *)(uintptr_t)u->lines[i].object);
	u->count = 0;
}

static void
unit_add(struct unit *u, const struct log_line *line)
{
	if (u->count == u->cap) {
		u->cap = u->cap ? 2 * u->cap : 16;
		u->lines = mem_grow(u->lines, u->cap, sizeof *u->lines);
	}
	u->lines[u->count++] = *line;
}

/* A line as an object with whole numbers and words where they belong, or NULL. */
static json_t *
line_parse(struct bytes text, int64_t *seq_r, struct hash *prev_r, bool *more_r)
{
	json_t *o =
	        text.len ? json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, NULL) : NULL;
	json_t *seq = json_object_get(o, "seq");

	if (!json_is_integer(seq) || !json_is_string(json_object_get(o, "event")) ||
	    !json_is_string(json_object_get(o, "at")) || !hash_read(prev_r, json_text(o, "prev"))) {
		json_decref(o);
		return NULL;
	}
	*seq_r = json_integer_value(seq);
	*more_r = json_flag(o, "more");
	return o;
}

/* A torn write is one commit's: behind it at most one line can end a commit, the last of the file. More
 * of them are facts that were true, and something else happened to the line before them. */
static bool
torn_write_explains(struct bytes rest)
{
	struct hash prev;
	int64_t seq;
	bool more;
	int ends = 0;

	while (rest.len) {
		const unsigned char *nl = memchr(rest.at, '\n', rest.len);
		size_t len = nl ? (size_t)(nl - rest.at) : rest.len;
		json_t *o = line_parse(BYTES(rest.at, len), &seq, &prev, &more);

		ends += o && !more;
		json_decref(o);
		len += nl ? 1 : 0;
		rest = BYTES(rest.at + len, rest.len - len);
	}
	return ends <= 1;
}

/* Read the line at the begin of rest, expected behind before. */
static enum verdict
line_read(struct bytes rest, const struct log_head *before, bool any_prev, struct log_line *line_r,
          bool *more_r, const char **why_r)
{
	const unsigned char *nl = memchr(rest.at, '\n', rest.len);
	struct hash prev;
	int64_t seq;
	json_t *o;

	*why_r = "it is no whole line";
	if (!nl || nl - rest.at > LOG_LINE_MAX)
		return LINE_TORN;
	line_r->text = BYTES(rest.at, (size_t)(nl - rest.at));
	o = line_parse(line_r->text, &seq, &prev, more_r);
	if (!o)
		return LINE_TORN;
	if (any_prev ? seq <= 0 : seq != before->seq + 1)
		*why_r = "its seq is not the one before it plus one: lines are missing, or were put in";
	else if (!any_prev && !hash_equal(&prev, &before->hash))
		*why_r = "its prev is not the SHA-256 of the line before: one of the two was changed";
	else
		*why_r = NULL;
	if (*why_r) {
		json_decref(o);
		return LINE_WRONG;
	}
	line_r->object = o;
	line_r->head = (struct log_head){seq, hash_of(line_r->text)};
	return LINE_GOOD;
}

static bool
unit_visit(struct scan *s, struct unit *u, struct err *e)
{
	for (size_t i = 0; i < u->count; i++) {
		const struct log_line *line = &u->lines[i];

		if (line->head.seq == s->after.seq && !hash_equal(&line->head.hash, &s->after.hash))
			return err_set(
			        e, ERR_SPOOL,
			        "log/%s line %d (seq %lld) is not the line that was remembered under that "
			        "number: the log was changed or put back from elsewhere",
			        s->file, line->number, (long long)line->head.seq);
		if (line->head.seq > s->after.seq && s->visit && !s->visit(s->context, line, e))
			return false;
		s->head = line->head;
	}
	return true;
}

static bool
broken(const struct scan *s, int number, int64_t seq, const char *why, struct err *e)
{
	return err_set(e, ERR_SPOOL,
	               "log/%s line %d (seq %lld expected): %s. Put this file back from a backup; nothing is "
	               "done before",
	               s->file, number, (long long)seq, why);
}

/* Go through s->data, a commit at a time. */
static bool
scan_file(struct scan *s, struct err *e)
{
	struct log_head before = s->head;
	struct unit unit = {0};
	const char *why = NULL;
	enum verdict v = LINE_GOOD;
	bool more = false, ok = false;
	size_t off = 0;
	int number = 0;

	s->good = 0;
	while (off < s->data.len) {
		struct log_line line = {.file = s->file, .number = number + 1};

		number++;
		v = line_read(BYTES(s->data.at + off, s->data.len - off), &before, s->first, &line, &more,
		              &why);
		if (v != LINE_GOOD)
			break;
		s->first = false;
		before = line.head;
		off += line.text.len + 1;
		unit_add(&unit, &line);
		if (more)
			continue;
		if (!unit_visit(s, &unit, e))
			goto out;
		unit_clear(&unit);
		s->good = off;
	}
	if (v == LINE_GOOD && unit.count)
		why = "the last lines of its commit are missing";
	else if (v == LINE_GOOD)
		why = NULL;
	if (why && (v == LINE_WRONG || !s->newest ||
	            !torn_write_explains(BYTES(s->data.at + off, s->data.len - off)))) {
		(void)broken(s, number, before.seq + 1, why, e);
		goto out;
	}
	ok = true;
out:
	unit_clear(&unit);
	free(unit.lines);
	return ok;
}

/* The seq of a file's first line, or 0, from its first bytes. */
static int64_t
first_seq(const struct log *l, const char *name)
{
	static const char head[] = "{\"seq\":";
	int fd = openat(l->dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char text[40] = "";
	ssize_t n;

	if (fd < 0)
		return 0;
	n = pread(fd, text, sizeof text - 1, 0);
	(void)close(fd);
	if (n < 0 || strncmp(text, head, sizeof head - 1) != 0)
		return 0;
	return strtoll(text + sizeof head - 1, NULL, 10);
}

/* The file in which the line seq stands, or the first. */
static int
file_of(const struct log *l, struct dirent **names, int count, int64_t seq)
{
	int at = 0;

	for (int i = 1; i < count && seq > 0; i++) {
		int64_t first = first_seq(l, names[i]->d_name);

		if (first > seq)
			break;
		if (first > 0)
			at = i;
	}
	return at;
}

/* As log_each(), and tells of the newest file: its name (LOG_NAME_MAX; "" for none), how much of it is
 * believed and how long it is. */
static bool
scan_all(struct log *l, struct scan *s, char *newest_r, size_t *len_r, struct err *e)
{
	struct buf data = BUF_INIT(FILE_BYTES_MAX);
	struct dirent **names = NULL;
	int count = 0, i;
	bool ok = false;

	*newest_r = '\0';
	*len_r = 0;
	if (!list(l, month_files_only, &names, &count, e))
		return false;
	i = file_of(l, names, count, s->after.seq);
	s->first = i > 0;
	for (; i < count; i++) {
		buf_clear(&data);
		if (!durable_read(l->dir, names[i]->d_name, &data, e))
			goto out;
		s->file = names[i]->d_name;
		s->data = buf_bytes(&data);
		s->newest = i == count - 1;
		if (!scan_file(s, e))
			goto out;
		*len_r = data.len;
		(void)snprintf(newest_r, LOG_NAME_MAX, "%.*s", NAME_LEN, names[i]->d_name);
	}
	s->file = newest_r;
	if (s->head.seq < s->after.seq) {
		(void)err_set(
		        e, ERR_SPOOL,
		        "the log ends at line %lld, but line %lld was there: the log lost lines. Put the "
		        "log back from a backup; nothing is done before",
		        (long long)s->head.seq, (long long)s->after.seq);
		goto out;
	}
	ok = true;
out:
	list_free(names, count);
	buf_free(&data);
	return ok;
}

bool
log_each(struct log *l, const struct log_head *after, log_visit *visit, void *context, struct err *e)
{
	struct scan s = {.head = LOG_START, .after = *after, .visit = visit, .context = context};
	char newest[LOG_NAME_MAX];
	size_t len;

	if (!scan_all(l, &s, newest, &len, e))
		return false;
	if (!l->d)
		l->head = s.head;
	return true;
}

bool
log_each_cut(struct log *l, log_visit_cut *visit, void *context, struct err *e)
{
	struct buf data = BUF_INIT(FILE_BYTES_MAX);
	struct dirent **names = NULL;
	char file[NAME_LEN + 1] = "";
	bool ok = true;
	int count = 0;

	if (!list(l, cut_files_only, &names, &count, e))
		return false;
	for (int i = 0; i < count && ok; i++) {
		buf_clear(&data);
		memcpy(file, names[i]->d_name, NAME_LEN);
		ok = durable_read(l->dir, names[i]->d_name, &data, e) &&
		     visit(context, file, names[i]->d_name, (int64_t)data.len, e);
	}
	list_free(names, count);
	buf_free(&data);
	return ok;
}

/* ---- opening ---- */

/* Cut what a torn write left behind the first `good` bytes of the newest file. */
static bool
cut(struct log *l, const struct scan *s, struct err *e)
{
	struct buf data = BUF_INIT(FILE_BYTES_MAX);
	char kept[LOG_NAME_MAX];
	bool ok = false;

	(void)snprintf(kept, sizeof kept, "%s.cut-%lld", s->file, (long long)s->head.seq + 1);
	if (!durable_read(l->dir, s->file, &data, e))
		goto out;
	/* A power cut after this leaves the piece beside the file that still has it: the next start
	 * does the same again. */
	if (!durable_publish(l->d, l->dir, kept, BYTES(data.at + s->good, data.len - s->good), e) ||
	    !durable_sync_dir(l->d, l->dir, "log", e))
		goto out;
	/* And after this the file is whole, under its name, whichever of the two is there. */
	if (!durable_publish(l->d, l->dir, s->file, BYTES(data.at, s->good), e) ||
	    !durable_sync_dir(l->d, l->dir, "log", e))
		goto out;
	ok = true;
out:
	buf_free(&data);
	return ok;
}

static bool
open_newest(struct log *l, const char *name, bool create, struct err *e)
{
	bool made = false;
	off_t len = 0;
	int fd = -1;

	if (!durable_open_append(l->d, l->dir, name, create, &fd, &len, &made, e))
		return false;
	if (made && !durable_sync_dir(l->d, l->dir, "log", e)) {
		(void)close(fd);
		return false;
	}
	if (l->fd >= 0)
		(void)close(l->fd);
	l->fd = fd;
	l->len = len;
	(void)snprintf(l->newest, sizeof l->newest, "%s", name);
	return true;
}

/* Check all, cut a torn end, and be ready to append. */
static bool
recover(struct log *l, int64_t known, struct err *e)
{
	struct scan s = {.head = LOG_START, .after = LOG_START};
	char newest[LOG_NAME_MAX];
	size_t len = 0;

	if (!scan_all(l, &s, newest, &len, e))
		return false;
	l->head = s.head;
	if (s.head.seq < known)
		return err_set(
		        e, ERR_SPOOL,
		        "the log's last whole line is %lld, but index.db knows line %lld: the log lost "
		        "lines that were true. Put the whole log back; where there is none newer, open this "
		        "one: "
		        "mingpianctl restored --receipts-from N --why TEXT",
		        (long long)s.head.seq, (long long)known);
	if (!newest[0])
		return true;
	if (s.good < len && !cut(l, &s, e))
		return false;
	if (!open_newest(l, newest, false, e))
		return false;
	/* Its lines may stand in memory alone, where a process was killed between write and fsync. What we
	 * go on from must be on disk. */
	return durable_append(l->d, l->fd, &l->len, BYTES("", 0), newest, e);
}

bool
log_open(struct log **l_r, int dirfd, struct durable *d, int64_t known, struct err *e)
{
	struct log *l = mem_alloc(1, sizeof *l);

	l->d = d;
	l->fd = l->dir = -1;
	l->head = LOG_START;
	l->text = BUF_INIT(STAGED_MAX);
	if (!durable_dir(d, dirfd, "log", &l->dir, e) || (d && !recover(l, known, e))) {
		log_close(l);
		return false;
	}
	*l_r = l;
	return true;
}

void
log_close(struct log *l)
{
	if (!l)
		return;
	log_rollback(l);
	buf_free(&l->text);
	if (l->fd >= 0)
		(void)close(l->fd);
	if (l->dir >= 0)
		(void)close(l->dir);
	free(l);
}

struct log_head
log_head(const struct log *l)
{
	return l->head;
}

/* ---- writing ---- */

/* Write the line that waits to the staged text, as the last of its commit or not. */
static bool
stage_last(struct log *l, bool more, struct err *e)
{
	size_t before = l->text.len;
	char *s = NULL;

	if (more) {
		/* behind prev, where it is found without reading on */
		json_t *with = json_object(), *value;
		const char *key;

		json_object_foreach(l->last, key, value)
		{
			if (json_object_set(with, key, value) < 0 ||
			    (strcmp(key, "prev") == 0 && json_object_set_new(with, "more", json_true()) < 0))
				mem_die("writing a line of the log");
		}
		s = json_dumps(with, JSON_COMPACT);
		json_decref(with);
	} else {
		s = json_dumps(l->last, JSON_COMPACT);
	}
	if (!s)
		return err_set(e, ERR_SPOOL, "a line for the log cannot be written as JSON");
	buf_str(&l->text, s);
	free(s);
	if (l->text.over || l->text.len - before > LOG_LINE_MAX)
		return err_set(e, ERR_TOO_LARGE, "a line for the log is too long");
	l->staged.seq++;
	l->staged.hash = hash_of(BYTES(l->text.at + before, l->text.len - before));
	buf_ch(&l->text, '\n');
	json_decref(l->last);
	l->last = NULL;
	return true;
}

/* line's members behind seq, at, event and prev. */
static json_t *
line_make(const struct log *l, const json_t *line)
{
	const char *event = json_text(line, "event");
	json_t *o = json_object();

	if (!event || json_object_set_new(o, "seq", json_integer(l->staged.seq + 1)) < 0 ||
	    json_object_set_new(o, "at", json_string(l->at)) < 0 ||
	    json_object_set_new(o, "event", json_string(event)) < 0 ||
	    json_object_set_new(o, "prev", json_string(l->staged.hash.hex)) < 0 ||
	    json_object_update_missing(o, (json_t *)(uintptr_t)line) < 0) {
		json_decref(o);
		return NULL;
	}
	return o;
}

bool
log_append(struct log *l, json_t *line, json_t **line_r, struct err *e)
{
	bool ok = false;
	json_t *o = NULL;

	if (json_object_get(line, "seq") || json_object_get(line, "at") || json_object_get(line, "prev") ||
	    json_object_get(line, "more")) {
		(void)err_set(e, ERR_SPOOL, "a line for the log brings seq, at, prev or more of its own");
		goto out;
	}
	if (!l->last) {
		l->staged = l->head;
		(void)clock_rfc3339(clock_now(), l->at);
	} else if (!stage_last(l, true, e)) {
		goto out;
	}
	o = line_make(l, line);
	if (!o) {
		(void)err_set(e, ERR_SPOOL, "a line for the log names no event");
		goto out;
	}
	l->last = json_incref(o);
	if (line_r)
		*line_r = json_incref(o);
	ok = true;
out:
	json_decref(o);
	json_decref(line);
	if (!ok)
		log_rollback(l);
	return ok;
}

/* The file for lines of this month: the newest, unless the month is newer. So a clock that was set
 * back opens no month again. */
static bool
file_for(struct log *l, struct err *e)
{
	char name[LOG_NAME_MAX];

	(void)snprintf(name, sizeof name, "%.*s.jsonl", MONTH_LEN, l->at);
	if (l->fd >= 0 && strcmp(name, l->newest) <= 0)
		return true;
	return open_newest(l, name, true, e);
}

bool
log_commit(struct log *l, struct err *e)
{
	bool ok = false;

	if (!l->last)
		return true;
	if (!stage_last(l, false, e) || !file_for(l, e) ||
	    !durable_append(l->d, l->fd, &l->len, buf_bytes(&l->text), l->newest, e))
		goto out;
	l->head = l->staged;
	ok = true;
out:
	log_rollback(l);
	return ok;
}

void
log_rollback(struct log *l)
{
	json_decref(l->last);
	l->last = NULL;
	buf_clear(&l->text);
}
