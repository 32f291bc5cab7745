/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What other threads say to the writer: each is an item of its queue, which all of them take in place of the
 * writer itself. So they may be said as long as the queue is there, also after the writer has ended: then
 * nobody hears them, and nothing is lost but the word. */
#ifndef MINGPIAN_DAEMON_WRITER_WORDS_H
#define MINGPIAN_DAEMON_WRITER_WORDS_H

#include "config/err.h"
#include "daemon/imap.h"
#include "daemon/queue.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct compare_seen;
struct settings;

/* From a mailbox's thread, as mailbox.h says it (mailbox_known_fn, mailbox_note_fn, mailbox_compare_fn);
 * their context is the queue. */

/* Which UIDs need not be fetched: asks the writer and waits for it. */
bool writer_known(void *queue, const char *address, const char *folder, uint32_t uidvalidity,
                  struct imap_uids *known, struct err *e);

/* Said to the journal in any case. A writer that has no time within a second hears of the next try. */
void writer_note(void *queue, const char *address, enum err_code error, time_t failing_since,
                 const char *text);

/* Before what the sweep fetches is handed over: so it is compared with the log as the sweep found it. A
 * writer that has no time within a second compares at the next sweep. */
void writer_compare(void *queue, struct compare_seen *seen);

/* From the main thread, or who ends a run; they wait for room. */
void writer_renew(struct queue *queue, struct settings *now); /* decide and answer by these from now on */
void writer_finish(struct queue *queue); /* no more mail will come: end when the outbox is done with */
void writer_stop(struct queue *queue);   /* end now, with what is in hand committed */

#endif
