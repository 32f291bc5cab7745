/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that holds a registration: the mails that brought it, what was read of them, our replies, bounces of
 * these, decisions of people, and the digests that list it, with what came back of them. What an evidence
 * bundle must contain, and what redaction must take out, is the same list. Strings live in the arena given.
 */
#ifndef MINGPIAN_SPOOL_HOLDINGS_H
#define MINGPIAN_SPOOL_HOLDINGS_H

#include "config/err.h"
#include "config/mem.h"
#include "spool/index.h"
#include "spool/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

enum holding_what {
	HOLDING_MAIL,
	HOLDING_READING,
	HOLDING_REPLY,
	HOLDING_BOUNCE,
	HOLDING_DECISION,
	HOLDING_DIGEST,
	HOLDING_KINDS
};

struct holding {
	enum holding_what what;
	enum store_kind kind;
	const char *hash;
	const char *of;     /* message's id, reply's id, decided item, digest's day */
	const char *others; /* receipts of others that it holds as well, parted by commas; NULL: none. Digests
	                       hold everybody's and are never said to be shared */
	time_t at;          /* received, queued, decided, digested */
	bool gone;          /* taken out already */
};

struct holdings {
	const char **receipts; /* the one asked for, and those that were joined to it */
	size_t receipt_count;
	struct holding *at;
	size_t count;
	size_t shared; /* with others */
};

/* False: trouble with the index. A receipt that is not known holds nothing: count 0. */
bool holdings_find(struct index *i, struct arena *a, const char *receipt, struct holdings *h_r,
                   struct err *e);

/* Every file that the log names and that was not taken out; `what` of these is mail or reading, whatever they
 * are, `of` and `others` NULL. */
bool holdings_all(struct index *i, struct arena *a, struct holding **r, size_t *count_r, struct err *e);

const char *holding_name(enum holding_what what); /* "mail", "reading", … */

struct holding_due {
	const char *receipt;
	const char *region_key;
	time_t changed_at; /* received time of its newest revision */
};

/* Registrations whose values are still kept, in order of receipt: all of them are due once the
 * campaign's keep_until is past, and are the caller's to show then. Joined ones go with what they were
 * joined to. */
bool holdings_kept(struct index *i, struct arena *a, struct holding_due **r, size_t *count_r, struct err *e);

#endif
