/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What staff must hear of at once: a server that refuses name and password, or whose certificate does not
 * hold, or that was not reached for half an hour. An alarm is a line in the log when it is raised and when
 * it is cleared (docs/log.md: `alarm`); it goes to the journal at once, and status and digest show it. The
 * writer's. */
#ifndef MINGPIAN_DAEMON_ALARMS_H
#define MINGPIAN_DAEMON_ALARMS_H

#include "config/config.h"
#include "config/err.h"
#include "daemon/gate.h"
#include "spool/spool.h"

#include <stdbool.h>
#include <time.h>

enum { ALARM_AWAY_SECONDS = 30 * 60 };

/* "imap_credential" from "imap" and ERR_AUTH; NULL: this is no alarm. */
const char *alarm_of(const char *service, enum err_code why);

/* One sentence for staff: what is wrong and what to do. NULL: an alarm of another version. */
const char *alarm_advice(const char *alarm);

/* How a mailbox's server fared: a body of the writer's queue. Free with alarm_note_free(). */
struct alarm_note {
	char *mailbox;
	enum err_code why;    /* ERR_NONE: it is well */
	time_t failing_since; /* 0: it is not failing */
};

struct alarm_note *alarm_note_new(const char *mailbox, enum err_code why, time_t failing_since)
        __attribute__((returns_nonnull));
void alarm_note_free(void *note); /* NULL is fine; fits queue_item.drop */

/* Stage what a try at service ("imap", "smtp") of mailbox means: raise, raise again, clear, or nothing. The
 * caller commits. failing_since: since when no try succeeded; 0: unknown. */
bool alarm_try(struct spool *s, const char *service, const char *mailbox, enum err_code why,
               time_t failing_since, struct err *e);

/* Shut g where the log says that this account's name and password were refused a moment ago. *refused_r
 * (may be NULL): when it was last refused, 0: it is not refused. */
bool alarm_resume(struct spool *s, const char *service, const char *mailbox, struct gate *g,
                  time_t *refused_r, struct err *e);

/* The address that mail to staff goes out from now: digest.from, but another of our mailboxes while that
 * one's SMTP account has an alarm up and the other's has none, as staff shall read of it. */
bool alarm_digest_from(struct spool *s, const struct config *c, const char **from_r, struct err *e);

#endif
