/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An evidence bundle: a folder that proves itself with common tools alone.
 *
 *	README.zh.txt, README.en.txt, check.sh   how to check it, from templates/audit/
 *	log/YYYY-MM.jsonl                        the whole log: it holds nobody's name
 *	heads.txt                                SEQ:HASH of each checkpoint, of each that its replies and
 *digests told their receivers, and the log's own end last receipts.txt                             what it is
 *about, a receipt a line; or "all" mail/, read/                             the files of these registrations,
 *or all manifest.sha256                          of all of these, in order of name, as sha256sum(1) prints it
 */
#ifndef MINGPIAN_DAEMON_BUNDLE_H
#define MINGPIAN_DAEMON_BUNDLE_H

#include "config/err.h"
#include "daemon/progress.h"
#include "spool/spool.h"

#include <stddef.h>

struct bundle {
	struct spool *s;
	const char *templates;       /* the folder with audit/ in it */
	const char *dir;             /* must not be there yet */
	const char *const *receipts; /* NULL: all */
	size_t receipt_count;
	struct progress *progress; /* may be NULL */
};

struct bundle_result {
	size_t lines, files, shared; /* shared: files that hold others' forms as well */
	struct log_head head;
	struct hash manifest; /* SHA-256 of manifest.sha256: to be written down elsewhere */
};

/* Write it. False: what was written so far stays, without a manifest. ERR_INPUT: dir is there. ERR_NOT_FOUND:
 * no such receipt. */
bool bundle_write(const struct bundle *b, struct bundle_result *r, struct err *e);

#endif
