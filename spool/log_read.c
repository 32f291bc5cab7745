/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/log_read.h"

#include "config/json_value.h"
#include "config/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- names ---- */

static bool
is_month_file(const char *name)
{
	static const char shape[] = "dddd-dd.jsonl";

	if (strlen(name) != LOG_FILE_NAME_LEN)
		return false;
	for (int i = 0; i < LOG_FILE_NAME_LEN; i++) {
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
	char month[LOG_FILE_NAME_LEN + 1] = "";
	const char *digits = d->d_name + LOG_FILE_NAME_LEN + sizeof mark - 1;

	if (strlen(d->d_name) <= LOG_FILE_NAME_LEN + sizeof mark - 1)
		return 0;
	memcpy(month, d->d_name, LOG_FILE_NAME_LEN);
	return is_month_file(month) && strncmp(d->d_name + LOG_FILE_NAME_LEN, mark, sizeof mark - 1) == 0 &&
	       strspn(digits, "0123456789") == strlen(digits);
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool
list(int dir, int (*filter)(const struct dirent *), struct dirent ***names_r, int *count_r, struct err *e)
{
	*count_r = scandirat(dir, ".", names_r, filter, by_name);
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
unit_visit(struct log_scan *s, struct unit *u, struct err *e)
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
broken(const struct log_scan *s, int number, int64_t seq, const char *why, struct err *e)
{
	return err_set(e, ERR_SPOOL,
	               "log/%s line %d (seq %lld expected): %s. Put this file back from a backup; nothing is "
	               "done before",
	               s->file, number, (long long)seq, why);
}

/* Go through s->data, a commit at a time. */
static bool
scan_file(struct log_scan *s, struct err *e)
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
first_seq(int dir, const char *name)
{
	static const char head[] = "{\"seq\":";
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
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
file_of(int dir, struct dirent **names, int count, int64_t seq)
{
	int at = 0;

	for (int i = 1; i < count && seq > 0; i++) {
		int64_t first = first_seq(dir, names[i]->d_name);

		if (first > seq)
			break;
		if (first > 0)
			at = i;
	}
	return at;
}

bool
log_scan(int dir, struct log_scan *s, char newest_r[static LOG_NAME_MAX], size_t *len_r, struct err *e)
{
	struct buf data = BUF_INIT(LOG_FILE_MAX);
	struct dirent **names = NULL;
	int count = 0, i;
	bool ok = false;

	*newest_r = '\0';
	*len_r = 0;
	if (!list(dir, month_files_only, &names, &count, e))
		return false;
	i = file_of(dir, names, count, s->after.seq);
	s->first = i > 0;
	for (; i < count; i++) {
		buf_clear(&data);
		if (!durable_read(dir, names[i]->d_name, &data, e))
			goto out;
		s->file = names[i]->d_name;
		s->data = buf_bytes(&data);
		s->newest = i == count - 1;
		if (!scan_file(s, e))
			goto out;
		*len_r = data.len;
		(void)snprintf(newest_r, LOG_NAME_MAX, "%.*s", LOG_FILE_NAME_LEN, names[i]->d_name);
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
log_scan_cut(int dir, log_visit_cut *visit, void *context, struct err *e)
{
	struct buf data = BUF_INIT(LOG_FILE_MAX);
	struct dirent **names = NULL;
	char file[LOG_FILE_NAME_LEN + 1] = "";
	bool ok = true;
	int count = 0;

	if (!list(dir, cut_files_only, &names, &count, e))
		return false;
	for (int i = 0; i < count && ok; i++) {
		buf_clear(&data);
		memcpy(file, names[i]->d_name, LOG_FILE_NAME_LEN);
		ok = durable_read(dir, names[i]->d_name, &data, e) &&
		     visit(context, file, names[i]->d_name, (int64_t)data.len, e);
	}
	list_free(names, count);
	buf_free(&data);
	return ok;
}
