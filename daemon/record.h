/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a parsed mail becomes in the spool: files put and lines staged; the caller commits. The lines are
 * those of docs/log.md. Of mail that is none of our business neither bytes nor subject nor sender are
 * kept. */
#ifndef MINGPIAN_DAEMON_RECORD_H
#define MINGPIAN_DAEMON_RECORD_H

#include "config/err.h"
#include "daemon/parsed.h"
#include "daemon/writer.h"

#include <stdbool.h>

/* After so many tries in vain a mail that cannot be parsed is what its outline says: unreadable, kept and
 * answered, or left to its owner, who is told. */
enum { HELD_TRIES = 3 };

enum record_fate {
	RECORD_KNOWN,    /* this arrival was written down before: nothing to do */
	RECORD_RECORDED, /* kept; perhaps answered */
	RECORD_COPY,     /* kept as a further arrival of what is known */
	RECORD_LEFT,     /* left to the mailbox's owner */
	RECORD_HELD,     /* could not be parsed now */
	RECORD_NOT_NOW,  /* nothing written: it was interrupted */
};

/* Stage all that p means. False: the spool failed or is full; the round is over (spool.h). */
bool record_parsed(const struct writer_config *c, struct spool *s, const struct parsed *p,
                   enum record_fate *fate_r, struct err *e);

#endif
