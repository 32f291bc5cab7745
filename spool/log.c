/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/log.h"

#include "spool/log_read.h"

#include "config/clock.h"
#include "config/json_value.h"
#include "config/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	STAGED_MAX = 256 << 20, /* bytes of one commit */
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

/* ---- reading ---- */

bool
log_each(struct log *l, const struct log_head *after, log_visit *visit, void *context, struct err *e)
{
	struct log_scan s = {.head = LOG_START, .after = *after, .visit = visit, .context = context};
	char newest[LOG_NAME_MAX];
	size_t len;

	if (!log_scan(l->dir, &s, newest, &len, e))
		return false;
	if (!l->d)
		l->head = s.head;
	return true;
}

bool
log_each_cut(struct log *l, log_visit_cut *visit, void *context, struct err *e)
{
	return log_scan_cut(l->dir, visit, context, e);
}

/* ---- opening ---- */

/* Cut what a torn write left behind the first `good` bytes of the newest file. */
static bool
cut(struct log *l, const struct log_scan *s, struct err *e)
{
	struct buf data = BUF_INIT(LOG_FILE_MAX);
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
	struct log_scan s = {.head = LOG_START, .after = LOG_START};
	char newest[LOG_NAME_MAX];
	size_t len = 0;

	if (!log_scan(l->dir, &s, newest, &len, e))
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
