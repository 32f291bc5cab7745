/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daily digest: when one is due, how it is made, and what the log says of it. It goes the way of every
 * reply (queued, sending, sent); one mail to each of digest.to, one workbook, one set of one-time codes.
 *
 * A code stands in the digest alone; the log has its hash, bound to the digest. */
#ifndef MINGPIAN_DAEMON_DIGEST_H
#define MINGPIAN_DAEMON_DIGEST_H

#include "config/config.h"
#include "config/form.h"
#include "daemon/digest_mail.h"
#include "spool/spool.h"

#include <stdbool.h>
#include <time.h>

enum { DIGEST_ID_MAX = 24 };

struct digest_rules { /* borrowed */
	const struct config *config;
	const struct form *form;
	const struct digest_kit *kit;
};

/* When the next digest is due: now or before where one was missed, however many days ago; 0: never, as nobody
 * is to get one, or the daemon only shadows. date_r (11 bytes): the day that it will be for. A spool's
 * first digest is due at the first set time after its first start. */
bool digest_next(const struct digest_rules *g, struct spool *s, time_t now, time_t *next_r, char date_r[11],
                 struct err *e);

/* Make the digest for a day, and stage what makes it go out: `queued` for each recipient and `digested`; the
 * caller commits. said_r gets one line that says what was done. False: ERR_USAGE (nobody is to get one,
 * nothing is sent at all, or the day is none or not yet), what report_read() and workbook_make() say, or the
 * spool's. */
bool digest_stage(const struct digest_rules *g, struct spool *s, const char *date, struct buf *said_r,
                  struct err *e);

/* The hash by which a code of this digest (D-20220610) is known; code as a person types it: case, hyphens
 * and blanks do not matter. */
struct hash digest_code_hash(const char *digest, const char *code);

/* "D-20220610" of "D-20220610.1", the id of one of its mails. out has DIGEST_ID_MAX bytes; false: reply is no
 * digest's id. */
bool digest_of_reply(const char *reply, char out[DIGEST_ID_MAX]);

/* 登记日报20220610.xlsx for "2022-06-10"; out has 64 bytes. */
const char *digest_workbook_name(const char *date, char *out);

#endif
