/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log: log/YYYY-MM.jsonl, one JSON object a line, chained by SHA-256 (docs/log.md).
 *
 * Lines that are committed together become true together: each but the last of them bears
 * "more":true behind `prev`, and lines whose last is missing are believed by nobody. */
#ifndef MINGPIAN_SPOOL_LOG_H
#define MINGPIAN_SPOOL_LOG_H

#include "config/buf.h"
#include "config/err.h"
#include "spool/durable.h"
#include "spool/hash.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum { LOG_LINE_MAX = 4 << 20, LOG_NAME_MAX = 64 };

/* A place in the log: the line seq, and its hash. {0, HASH_ZERO} before the first line. */
struct log_head {
	int64_t seq;
	struct hash hash;
};

#define LOG_START ((struct log_head){0, HASH_ZERO})

struct log;

/* Open below dirfd (the spool; borrowed, as is d). d NULL: for reading only.
 *
 * For writing, the whole chain is checked, and what a power cut tore off the newest file is cut: the
 * good part is published under the file's name and the rest kept beside it, YYYY-MM.jsonl.cut-SEQ
 * (SEQ: the first line that is missing). The caller logs `cut` for what log_each_cut() names.
 * Refused with ERR_SPOOL (which file, which line, what to do): a chain that is broken in any way that
 * no torn write explains, and a cut at or before the line `known`, which was true already. */
bool log_open(struct log **l_r, int dirfd, struct durable *d, int64_t known, struct err *e);
void log_close(struct log *l); /* NULL is fine; drops what is staged */

/* Stage a line: line (stolen, also on failure) is an object whose first member is `event`. `seq`, `at`
 * and `prev` are put where they belong; `at` is the time of the first line staged, the same for all of
 * one commit. line_r, if not NULL, is given a reference to the line as it will read (`more` excepted). */
bool log_append(struct log *l, json_t *line, json_t **line_r, struct err *e);

/* Make all that is staged true: one write, one fsync (two, and the directory's, where a month
 * begins). False: nothing of it is true, nothing is staged any more, the log is as before; or, after a
 * failed fsync, d is failed for good and only the next start will tell. */
bool log_commit(struct log *l, struct err *e);
void log_rollback(struct log *l);

/* The last line that is true. For a reader: the last when it last went through to the end. */
struct log_head log_head(const struct log *l);

/* A line as it is read. text: its bytes without the newline; object: parsed. Both borrowed for the call. */
struct log_line {
	struct log_head head;
	const char *file; /* "2022-06.jsonl" */
	int number;       /* in that file, 1-based */
	struct bytes text;
	const json_t *object;
};

/* False ends the reading (e set by the callback). */
typedef bool log_visit(void *context, const struct log_line *line, struct err *e);

/* Visit all lines that are true, from the one behind `after` on; every line read is checked (JSON, seq,
 * prev), and the line `after` must have that hash. A torn end is not visited and no failure.
 * ERR_SPOOL: file, line and what is wrong. visit may be NULL: only check. */
bool log_each(struct log *l, const struct log_head *after, log_visit *visit, void *context, struct err *e);

/* Visit what recovery kept beside, ever: file "2022-06.jsonl", kept "2022-06.jsonl.cut-120", its size. */
typedef bool log_visit_cut(void *context, const char *file, const char *kept, int64_t size, struct err *e);
bool log_each_cut(struct log *l, log_visit_cut *visit, void *context, struct err *e);

/* The head of the log that a mail of ours tells its receiver; false: it tells none. Given by the spool's
 * caller, as the spool knows nothing of mail. */
typedef bool log_told(struct bytes mail, struct log_head *head_r);

#endif
