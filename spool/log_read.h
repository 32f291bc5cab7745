/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log's files as they are read, whole or from a line on: between log.c and log_read.c only. */
#ifndef MINGPIAN_SPOOL_LOG_READ_H
#define MINGPIAN_SPOOL_LOG_READ_H

#include "spool/log.h"

enum {
	LOG_FILE_MAX = 1 << 30, /* bytes of a file */
	LOG_FILE_NAME_LEN = 13, /* 2022-06.jsonl */
};

/* One pass. The caller sets head to LOG_START, after, visit and context; the rest is the pass's own. */
struct log_scan {
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

/* As log_each(), over the files in dir. Tells of the newest file: its name ("" for none), how long it is, and
 * in s how much of it is believed; s->file is newest_r behind it. */
bool log_scan(int dir, struct log_scan *s, char newest_r[static LOG_NAME_MAX], size_t *len_r, struct err *e);

/* As log_each_cut(). */
bool log_scan_cut(int dir, log_visit_cut *visit, void *context, struct err *e);

#endif
