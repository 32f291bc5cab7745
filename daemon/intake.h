/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Read mail is taken in: each in its turn (turns.h), by the settings it was read by (record.h). The journal
 * hears of it, and who handed one in is told what became of it once the round is true. The writer's. */
#ifndef MINGPIAN_DAEMON_INTAKE_H
#define MINGPIAN_DAEMON_INTAKE_H

#include "config/err.h"
#include "daemon/ingest.h"
#include "daemon/turns.h"
#include "daemon/writer.h"
#include "spool/spool.h"

#include <stddef.h>
#include <stdint.h>

enum { INTAKE_ROUND_MAX = 64 }; /* mails that one round may put into turns */

struct intake {
	const struct writer_config *first; /* for mail that was read by the first settings (parsed.h) */
	struct spool *spool;
	struct turns turns; /* put what was read here: it is recorded when its turn has come */

	/* Who handed in a mail of this round, and what he will be told. */
	struct intake_asker {
		struct ingest *asker;
		char said[INGEST_SAID_MAX];
		struct err e;
	} askers[INTAKE_ROUND_MAX + TURNS_WINDOW];
	size_t asker_count;

	uint64_t recorded, left, held; /* since the start */
};

/* first is borrowed until intake_free(), whatever settings come later; i stays where it is until then. */
void intake_begin(struct intake *i, const struct writer_config *first, struct spool *spool);

/* The round is committed (e NULL), or nothing of it is true: tell all who handed something in. */
void intake_answer(struct intake *i, const struct err *e);

void intake_free(struct intake *i);

#endif
