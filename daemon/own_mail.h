/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads back the head of a mail that we wrote ourselves (mime.h): whom it goes to and its Message-ID. The
 * spool knows nothing of mail, and asks this of each reply (index_reply_head). */
#ifndef MINGPIAN_DAEMON_OWN_MAIL_H
#define MINGPIAN_DAEMON_OWN_MAIL_H

#include "config/buf.h"

/* Append the bare address of To and the Message-ID with <>; nothing where the header is not there. Fits
 * index_reply_head; context is not used. */
void own_mail_head(void *context, struct bytes mail, struct buf *address, struct buf *message_id);

#endif
