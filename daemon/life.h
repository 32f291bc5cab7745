/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A registration's whole life as one JSON object: what `show --json` prints, and what the page and the
 * terminal's view are made of. Everything in its timeline is a line of the log, by its seq, filled in from
 *the files that the line names; what was taken out of the spool is said to be gone.
 *
 *	receipt, region, region_code, region_key, category, revision, state, late, unreached, senders
 *[address], received_at, mailbox, sender, message_sha256, head_seq, head, revisions [{revision, received_at,
 *message_sha256, late, changed [key], form}], messages [{message_sha256, received_at, sender, subject,
 *disposition, replies [{…}]}], timeline [{seq, at, event, …}], oldest first; event and what comes with it:
 *	  arrived    message_sha256, mailbox, folder, way, received_at, sender, sender_name, subject, size
 *	  read       message_sha256, reading, receipt, revision, as, source, also, disposition, withheld,
 *	             category, region_code, confidence, late, gone,
 *	             fields [{key, label, value, place, doubtful, defects [{code, severity, detail}]}],
 *	             changes [{key, label, was, now}]
 *	  answered   reply, kind, state, why, recipient, message_sha256, text, gone
 *	  sent, deferred, unknown, failed, bounced    reply, code, why, next, status
 *	  reviewed   item, act, receipt, revision, by, why, decision, changes, gone
 *	  digested   date, message_sha256
 *	  redacted   receipt, by, why, files (how many) */
#ifndef MINGPIAN_DAEMON_LIFE_H
#define MINGPIAN_DAEMON_LIFE_H

#include "config/form.h"
#include "daemon/mask.h"
#include "spool/spool.h"

#include <jansson.h>

/* Tell the life of receipt; m, if not NULL, hides names and numbers, and learns them first. *life_r is to be
 * json_decref()ed. ERR_NOT_FOUND: no such registration. */
bool life_tell(const struct form *f, struct spool *s, const char *receipt, struct mask *m, json_t **life_r,
               struct err *e);

#endif
