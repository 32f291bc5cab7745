/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mail that came by another way than IMAP (a disk, a chat): a person hands it in, and it goes through the
 * same pipe as all other. Who hands it in waits to hear what became of it. */
#ifndef MINGPIAN_DAEMON_INGEST_H
#define MINGPIAN_DAEMON_INGEST_H

#include "config/err.h"
#include "daemon/queue.h"
#include "daemon/record.h"
#include "daemon/stop.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { INGEST_SAID_MAX = 200 };

/* One mail's way through the pipe, waited for: arrival.asker. */
struct ingest;

/* Said once, by whoever knows: what became of it, or why nothing did (e; NULL: it is recorded). i is the
 * caller's no more. */
void ingest_done(struct ingest *i, const char *said, const struct err *e);

/* The same, of a mail that went through record_parsed(), before it is committed: one line into said, true; or
 * e says why it is not recorded. */
bool ingest_fate(const struct spool *s, const struct parsed *p, enum record_fate fate,
                 char said[static INGEST_SAID_MAX], struct err *e);

/* Put the mail of fd (a regular file, read from its begin) into arrivals, and wait until it is committed.
 * request:
 * {"mailbox": ADDRESS, "received_at": RFC3339}, anybody's. message_max: as of a mailbox (mailbox.h); a larger
 * mail is read as there. said gets one line. False: e says why nothing was recorded; ERR_INTERRUPTED: stop
 * (may be NULL) was raised, and what became of it only the log tells. */
bool ingest_hand_in(struct queue *arrivals, size_t message_max, const json_t *request, int fd,
                    const struct stop *stop, char said[static INGEST_SAID_MAX], struct err *e);

#endif
