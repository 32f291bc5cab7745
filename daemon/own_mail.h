/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads back a mail that we wrote ourselves (mime.h): whom it goes to, its Message-ID, its text. The
 * spool knows nothing of mail, and asks the head of each reply (index_reply_head). */
#ifndef MINGPIAN_DAEMON_OWN_MAIL_H
#define MINGPIAN_DAEMON_OWN_MAIL_H

#include "config/buf.h"
#include "spool/log.h"

#include <stdbool.h>

/* Append the bare address of To and the Message-ID with <>; nothing where the header is not there. Fits
 * index_reply_head; context is not used. */
void own_mail_head(void *context, struct bytes mail, struct buf *address, struct buf *message_id);

/* The head of the log that a mail of ours tells its receiver (SEQ:HASH, in its foot), the last one in its
 * text. False: none, or it is none of ours. Fits log_told. */
bool own_mail_told(struct bytes mail, struct log_head *head_r);

/* Append the plain text of a mail of ours (its first part of text/plain, decoded); its lines end in \n.
 * False, nothing appended: there is none that we wrote. */
bool own_mail_text(struct bytes mail, struct buf *text);

#endif
