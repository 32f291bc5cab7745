/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Taking a registration out of the spool, as law may ask: every file that holds it goes, the index forgets
 * what it had from them, and the log says when, by whom, why and which. The chain stays whole. */
#ifndef MINGPIAN_DAEMON_REDACT_H
#define MINGPIAN_DAEMON_REDACT_H

#include "config/buf.h"
#include "config/err.h"
#include "spool/holdings.h"
#include "spool/spool.h"

#include <jansson.h>
#include <stdbool.h>

/* What would go, and whether it may: ERR_NOT_FOUND (no such registration), ERR_INPUT (nothing is left to
 * take out; a mail of it holds others' forms, and with_others is false; a reply of it is on its way). *h_r is
 * filled in all cases but ERR_NOT_FOUND and trouble with the index. */
bool redact_look(struct spool *s, struct arena *a, const char *receipt, bool with_others,
                 struct holdings *h_r, struct err *e);

/* Do it, whole, log line and all: nothing may be staged, and nothing is to be committed after it.
 * request: {"act": "redact", "item": RECEIPT, "why": TEXT, "with_others": BOOL}, anybody's. by: who acts.
 * said_r: one line. False before anything was done: as redact_look(), or ERR_USAGE. Once the line stands in
 * the log, what fails is ended at the spool's next start. */
bool redact_perform(struct spool *s, const json_t *request, const char *by, struct buf *said_r,
                    struct err *e);

#endif
