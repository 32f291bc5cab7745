/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each event of the log means for the index: a function an event, found in a table. Between the files
 * of the index only. */
#ifndef MINGPIAN_SPOOL_INDEX_APPLY_H
#define MINGPIAN_SPOOL_INDEX_APPLY_H

#include "spool/index.h"
#include "spool/sql.h"

#include <stdint.h>
#include <time.h>

/* A line being applied. */
struct apply {
	struct sql *q;
	const struct index_source *source;
	const json_t *line;
	const char *event;
	int64_t seq;
	time_t at;
};

/* Apply it inside the transaction that is open. An event that is not known changes nothing: a newer program
 * wrote it. ERR_SPOOL: the line says what cannot be after the lines before it (a receipt twice, a
 * reply sent that was never queued). */
bool apply_line(struct apply *a, struct err *e);

/* The name of the i-th event that the index knows; NULL behind the last. */
const char *apply_event(size_t i);

/* Events of index_life.c. */
bool apply_started(struct apply *a, struct err *e);
bool apply_stopped(struct apply *a, struct err *e);
bool apply_reloaded(struct apply *a, struct err *e);
bool apply_checkpoint(struct apply *a, struct err *e);
bool apply_cut(struct apply *a, struct err *e);
bool apply_relooked(struct apply *a, struct err *e);
bool apply_restored(struct apply *a, struct err *e);

/* Events of index_arrivals.c. */
bool apply_received(struct apply *a, struct err *e);
bool apply_left(struct apply *a, struct err *e);
bool apply_held(struct apply *a, struct err *e);

/* Of index_recorded.c. */
bool apply_recorded(struct apply *a, struct err *e);

/* Events of index_replies.c. */
bool apply_queued(struct apply *a, struct err *e);
bool apply_reply(struct apply *a, struct err *e); /* all that befalls one in the queue */

/* Events of index_reviewed.c. */
bool apply_reviewed(struct apply *a, struct err *e);
bool apply_redacted(struct apply *a, struct err *e);

/* Events of index_digest.c. */
bool apply_digested(struct apply *a, struct err *e);
bool apply_ordered(struct apply *a, struct err *e);

/* Events of index_watch.c. */
bool apply_alarm(struct apply *a, struct err *e);
bool apply_compared(struct apply *a, struct err *e);

/* All tables, in SQL (index_schema.c). */
extern const char apply_schema[];

#endif
