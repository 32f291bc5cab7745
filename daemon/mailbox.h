/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One thread that watches one mailbox, all its folders, and hands over what came in.
 *
 * A full sweep asks the server for all since the campaign's begin (two days earlier, as SEARCH knows
 * no zones; INTERNALDATE then decides), takes away what the caller knows, and fetches the rest. It is
 * made at the start, once a day, after UIDVALIDITY changed, when asked, and ten minutes after one that
 * could not get all. Between sweeps new mail is awaited by IDLE or polled for. An arrival (arrival.h) may be
 * handed over twice (after an error, or while it is still in the queue): the taker copes.
 *
 * Failures are retried for ever, with back-off and jitter (gate.h); a refused password at most once in
 * ten minutes, since providers lock what hammers. */
#ifndef MINGPIAN_DAEMON_MAILBOX_H
#define MINGPIAN_DAEMON_MAILBOX_H

#include "config/err.h"
#include "daemon/imap.h"
#include "daemon/queue.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Append to known the UIDs of this folder that need not be fetched (any order, doubles are fine).
 * Called from the mailbox's thread, once a full sweep. False: e says why; the sweep is put off. */
typedef bool mailbox_known_fn(void *context, const char *address, const char *folder, uint32_t uidvalidity,
                              struct imap_uids *known, struct err *e);

/* Something that an operator should read: connected again, an error. Called from the mailbox's
 * thread; text is one line, borrowed. error is ERR_NONE for good news; failing_since: when it was last
 * well, 0: it is. */
typedef void mailbox_note_fn(void *context, const char *address, enum err_code error, time_t failing_since,
                             const char *text);

/* What a full sweep found in a folder, before it is fetched: to be compared with the log (compare.h). seen is
 * the taker's. Called from the mailbox's thread. */
struct compare_seen;
typedef void mailbox_compare_fn(void *context, struct compare_seen *seen);

/* Borrowed until mailbox_join() returned. */
struct mailbox_config {
	const char *address;
	struct imap_account imap;
	const char *const *folders;  /* UTF-8, NULL-terminated; NULL or empty: INBOX */
	int poll_seconds;            /* where IDLE is not to be had, and for further folders; 0: 60 */
	int look_seconds;            /* how often a server that pushes is looked at all the same; 0: 120 */
	time_t since;                /* mail with an older INTERNALDATE is not fetched */
	size_t message_max;          /* bytes; 0: 72 MiB */
	bool once;                   /* one full sweep, then end */
	int kind;                    /* of the queue's items */
	mailbox_known_fn *known;     /* NULL: nothing is known */
	mailbox_compare_fn *compare; /* NULL: nobody wants to */
	mailbox_note_fn *note;       /* NULL: nobody wants to read */
	void *context;
	int retry_ms, auth_retry_ms; /* first wait after a failure (doubles up to 10 min), wait after
	                              * ERR_AUTH; 0: 5 s, 10 min. For tests */
	int64_t not_before_ms;       /* monotonic: refused in the process before, not to be tried sooner */
};

/* A snapshot for `status`. */
struct mailbox_status {
	bool connected;       /* logged in now */
	bool idle;            /* the server pushes (IDLE) */
	time_t last_contact;  /* when a server last answered; 0: never */
	time_t last_sweep;    /* when a look at all folders last left nothing behind; 0: never */
	time_t next_try;      /* it rests until then; 0: it does not */
	time_t failing_since; /* when it was last well and then failed; 0: it is well */
	struct err last;      /* why it failed, or what was left behind; ERR_NONE: it is well */
	size_t backlog;       /* mails seen on the server and not handed over yet */
	uint64_t handed;      /* mails handed over since the start */
	unsigned failures;    /* tries without success in a row */
};

struct mailbox;

/* Start the thread; arrivals is borrowed until mailbox_join() returned. */
bool mailbox_start(struct mailbox **m_r, const struct mailbox_config *c, struct queue *arrivals,
                   struct err *e);

/* Ask it to end: takes effect within a second, even while it waits for room in the queue. */
void mailbox_stop(struct mailbox *m);

/* Sweep in full as soon as it can (after `relook`). compare: and a person wants to hear how it compares. */
void mailbox_sweep(struct mailbox *m, bool compare);

void mailbox_status(struct mailbox *m, struct mailbox_status *s_r);

/* Wait until the thread ended; its status can be asked still. In `once` mode it ends by itself; true: every
 * folder was swept and all of it handed over; false: e says what was left. Else only after mailbox_stop():
 * true. */
bool mailbox_join(struct mailbox *m, struct err *e);

void mailbox_free(struct mailbox *m); /* after mailbox_join(); NULL is fine */

#endif
