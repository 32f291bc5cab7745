/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a FETCH response says of one mail (RFC 3501 7.4.2). */
#ifndef MINGPIAN_DAEMON_IMAP_FETCHED_H
#define MINGPIAN_DAEMON_IMAP_FETCHED_H

#include "config/buf.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum { IMAP_ITEMS_MAX = 256 }; /* items in one response, flags in one item */

struct imap_fetched { /* has_*: the server said it, and it could be read */
	bool has_uid, has_size, has_date, has_flags, has_body;
	uint32_t uid;
	uint64_t size;
	time_t date;
	bool answered;
	bool partial;      /* BODY[]<0>: a piece */
	struct bytes body; /* of BODY[], BODY[TEXT] or RFC822; without has_body: NIL or not sent */
};

struct cursor;

/* Read the items in parentheses at c; f is zero before. What is not known is passed over, a date that is none
 * as well. False: it breaks the grammar, or a limit. */
bool imap_fetched_read(struct cursor *c, struct imap_fetched *f);

#endif
