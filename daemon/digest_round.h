/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The day's digest (digest.h), when it is due, in a round of its own. The writer's. */
#ifndef MINGPIAN_DAEMON_DIGEST_ROUND_H
#define MINGPIAN_DAEMON_DIGEST_ROUND_H

#include "daemon/writer.h"
#include "spool/spool.h"

#include <stdbool.h>
#include <time.h>

enum { DIGEST_ROUND_MS = 60000 }; /* what making one may take: 10,000 registrations, on a slow machine */

struct digest_round {
	time_t at; /* when the next one goes out, or is looked for; 0: none does */
};

/* At the start, and when the settings are others. One that is due already waits for grace seconds. */
void digest_round_plan(struct digest_round *d, const struct writer_config *c, struct spool *s, time_t grace);

/* Is one to be made now, and for which day? A run that ends (c->once) makes it when all mail is in: all_in.
 */
bool digest_round_due(struct digest_round *d, const struct writer_config *c, struct spool *s, bool all_in,
                      char date_r[11]);

/* Stage it, and say so to the journal; the caller commits. False: nothing is staged, and it is tried again
 * some time (by a run that ends, the next one's). */
bool digest_round_stage(struct digest_round *d, const struct writer_config *c, struct spool *s,
                        const char *date);

#endif
