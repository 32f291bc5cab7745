/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A mailbox's question to the writer, which UIDs need not be fetched: it is put into the writer's queue,
 * answered between two rounds, and waited for. */
#ifndef MINGPIAN_DAEMON_QUESTION_H
#define MINGPIAN_DAEMON_QUESTION_H

#include "config/err.h"
#include "daemon/imap.h"
#include "daemon/queue.h"
#include "spool/spool.h"

#include <stdbool.h>
#include <stdint.h>

struct question;

/* Put it into the queue as an item of this kind, and wait. known_r: the UIDs are added to it. False, e: the
 * spool could not say, or (ERR_INTERRUPTED) the writer has ended. Any thread but the writer's. */
bool question_ask(struct queue *writer, int kind, const char *address, const char *folder,
                  uint32_t uidvalidity, struct imap_uids *known_r, struct err *e);

/* The writer's: the body of such an item. */
void question_answer(struct question *q, const struct spool *s);

#endif
