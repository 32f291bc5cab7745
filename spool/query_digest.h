/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions to the index that digest and orders ask; as query.h. */
#ifndef MINGPIAN_SPOOL_QUERY_DIGEST_H
#define MINGPIAN_SPOOL_QUERY_DIGEST_H

#include "spool/query.h"

struct query_digest {
	const char *reply;   /* D-… */
	const char *message; /* SHA-256 of its bytes */
	const char *date;    /* the day it was for */
	time_t at;
	int64_t seq; /* of its line of the log */
};

/* The last one of the log; *r NULL: none was made. */
bool query_last_digest(struct index *i, struct arena *a, struct query_digest **r, struct err *e);

/* The one for the latest day from this one on; *r NULL: none. */
bool query_digest_from(struct index *i, struct arena *a, const char *date, struct query_digest **r,
                       struct err *e);

/* The last one for this day; *r NULL: none. */
bool query_digest_for(struct index *i, struct arena *a, const char *date, struct query_digest **r,
                      struct err *e);

/* A one-time code, by its hash. */
struct query_code {
	const char *item, *digest; /* what it settles; the digest's reply */
	time_t at;                 /* when it was given out */
	time_t used;               /* 0: not yet */
};

bool query_code(struct index *i, struct arena *a, const char *hash, struct query_code **r, struct err *e);

/* The digests that gave out codes since then, newest first: their replies. */
bool query_code_digests(struct index *i, struct arena *a, time_t since, const char ***r, size_t *count_r,
                        struct err *e);

/* Mails with orders (docs/log.md: `ordered`) since then, oldest first. */
struct query_order {
	const char *message, *digest, *refused; /* refused: why the whole mail was; NULL */
	int done, undone;
	time_t at;
};

bool query_orders(struct index *i, struct arena *a, time_t since, struct query_order **r, size_t *count_r,
                  struct err *e);

/* Was this mail (docs/log.md: `submission` of `ordered`) met as an answer to this digest before? */
bool query_ordered(struct index *i, const char *submission, const char *digest, bool *r, struct err *e);

/* Receipts of registrations whose files are all there still: what may be taken out when keep_until is
 * over. Withdrawn and joined ones too. */
bool query_kept(struct index *i, struct arena *a, const char ***r, size_t *count_r, struct err *e);

/* What the spool holds, by count. */
struct query_totals {
	int64_t files, redacted;    /* that the log names; taken out of these */
	int64_t arrivals, messages; /* lines `received`; different mails among them */
	int64_t recorded, copies;   /* of these: recorded, as a copy of a known one */
	int64_t left, held;         /* places */
};

bool query_totals(struct index *i, struct query_totals *r, struct err *e);

#endif
