/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is the spool whole? Log, files and index against each other; reads only, beside a running writer too. */
#ifndef MINGPIAN_SPOOL_VERIFY_H
#define MINGPIAN_SPOOL_VERIFY_H

#include "config/err.h"
#include "spool/index.h"
#include "spool/log.h"

#include <stdbool.h>
#include <stddef.h>

struct verify_options {
	const char *dir;
	const char *head; /* "SEQ:HASH" from an old digest, or NULL */
	index_reply_head *reply_head;
	void *reply_context;
	log_told *told; /* NULL: what mails of ours tell is not asked */
};

struct verify_result {
	size_t faults;
	size_t files;    /* read and hashed */
	size_t redacted; /* known to be gone */
	struct log_head head;
};

/* One fault: one line, what is wrong and where, without a newline. */
typedef void verify_report(void *context, const char *fault);

/* Progress for long work; may be NULL. of 0: unknown. */
typedef void verify_progress(void *context, size_t done, size_t of);

/* True: all could be looked at; result_r counts what is wrong, each reported. False: it could not be
 * looked at (not there, not readable), or head is not of that form (ERR_USAGE). */
bool verify_spool(const struct verify_options *o, verify_report *report, verify_progress *progress,
                  void *context, struct verify_result *result_r, struct err *e);

/* Read "SEQ:HASH". */
bool verify_head(const char *s, struct log_head *head_r, struct err *e);

#endif
