/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conservation: each mail that a folder shows, from the campaign's begin on, has its line in the log; or is
 * new; or is missing. The daemon looks once a day, `mingpianctl verify --mailbox` when asked. */
#ifndef MINGPIAN_DAEMON_COMPARE_H
#define MINGPIAN_DAEMON_COMPARE_H

#include "config/err.h"
#include "daemon/imap_uids.h"
#include "spool/query.h"
#include "spool/spool.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* What a folder shows. */
struct compare_seen {
	char *mailbox, *folder; /* owned */
	uint32_t uidvalidity;
	struct imap_uids there; /* all with INTERNALDATE from since on, sorted; owned */
	struct imap_uids fresh; /* those of them that were handed over a moment ago, sorted; owned */
	uint32_t top;           /* the highest UID that the log knew before: above it a mail is new */
	time_t since;
	bool asked; /* a person wants to know now */
};

void compare_seen_free(void *seen); /* NULL is fine; fits queue_item.drop */

/* Each UID that is there counts once. */
struct comparison {
	int64_t on_server, recorded, left, held, fresh, missing;
	int64_t gone; /* in the log, and no more there: its owner tidied up */
	struct imap_uids missing_uids;
};

/* Compare with what the log says of the place (ascending). Free r->missing_uids. */
void compare_uids(const struct query_place_uid *logged, size_t count, const struct compare_seen *seen,
                  struct comparison *r);

/* The writer's: stage `compared` where the last one of this folder is a day old, or seen->asked. What is
 * missing is said to the journal; the mailbox is fetching it already. */
bool compare_stage(struct spool *s, const struct compare_seen *seen, struct err *e);

#endif
