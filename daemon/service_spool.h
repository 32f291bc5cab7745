/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The spool at a run's begin and end: opened, and what was mended in it said; `started` and `stopped` in the
 * log; and what each settings must know of the runs before. The main thread's, while there is no writer. */
#ifndef MINGPIAN_DAEMON_SERVICE_SPOOL_H
#define MINGPIAN_DAEMON_SERVICE_SPOOL_H

#include "config/err.h"
#include "daemon/settings.h"
#include "spool/spool.h"

#include <stdbool.h>
#include <time.h>

struct service_spool {
	struct spool *spool; /* NULL: it is not open */
	time_t first_start;  /* for ever: from then on mail is answered, where the configuration names no day
	                      */
	time_t restored_at;  /* when a backup was last opened; 0: none was */
};

/* Open the spool that now names, for writing, as program ("mingpiand"); keep the form file in it, and commit
 * `started`. now is told as by service_spool_tell(). False: e says why; it may be open or not. */
bool service_spool_open(struct service_spool *s, const char *program, struct settings *now, struct err *e);

/* What other settings need of it before a thread sees them. */
void service_spool_tell(const struct service_spool *s, struct settings *next);

/* Commit `stopped`. False: e; that is said to the journal already, and where spool_failed() the disk did not
 * confirm it, which is no good end. */
bool service_spool_stopped(struct service_spool *s, struct err *e);

void service_spool_close(struct service_spool *s); /* not open is fine */

#endif
