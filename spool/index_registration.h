/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Registrations and their revisions, as lines of several events make them. */
#ifndef MINGPIAN_SPOOL_INDEX_REGISTRATION_H
#define MINGPIAN_SPOOL_INDEX_REGISTRATION_H

#include "spool/index_apply.h"

/* A registration without a revision, from the members `receipt` ("CYMP-2022-0042": the digits at the end are
 * its number), `region_key`, `region_code` and `category` of f. message: the one that it came with, or NULL.
 * ERR_SPOOL: the receipt has no number, or was given out before. */
bool registration_insert(struct apply *a, const json_t *f, const char *message, const char *state, bool late,
                         struct err *e);

struct revision_row {
	const char *receipt;
	int64_t revision;
	const char *message; /* NULL: a person's */
	int64_t n;
	const char *reading; /* hash of the file that form and defects come from */
	const char *decision;
	const char *form, *defects, *changed; /* JSON, or NULL */
	int64_t errors;
	bool late;
};

/* A further revision, or the first, of a registration that is there, whose state follows from its errors.
 * ERR_SPOOL: it does not follow the last one. */
bool revision_insert(struct apply *a, const struct revision_row *r, struct err *e);

#endif
