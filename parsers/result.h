/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of a message (domain.md's six), and the parser's answer as JSON (docs/parse.md). */
#ifndef MINGPIAN_PARSERS_RESULT_H
#define MINGPIAN_PARSERS_RESULT_H

#include "config/buf.h"
#include "parsers/auth.h"
#include "parsers/machine.h"
#include "parsers/mail.h"
#include "parsers/walk.h"

#include <stdbool.h>
#include <time.h>

enum disposition {
	DISPOSITION_ACCEPTED,
	DISPOSITION_CORRECTION,
	DISPOSITION_NO_FORM,
	DISPOSITION_UNREADABLE,
	DISPOSITION_OTHER,
	DISPOSITION_IGNORED,
	DISPOSITIONS
};

struct result {
	const struct form *form;
	const struct mail *mail;
	struct machine machine;
	struct auth auth;
	struct findings found;
	enum disposition disposition;
	bool late, marked, withheld;
	const char *withdraw;     /* withdraw.h */
	const char *withheld_why; /* "automatic", "own_domain", "doubtful"; NULL */
};

const char *result_disposition(enum disposition d);

/* Is the message meant as a registration? */
bool result_marked(const struct form *f, const struct mail *m, const struct findings *found);

/* Decide; machine, auth and found of r are set. received: INTERNALDATE, 0 where nobody knows it. */
void result_settle(struct result *r, time_t received);

/* The answer as one line of JSON with a newline. explain: with `places`. */
void result_json(const struct result *r, bool explain, struct buf *out);

/* One form alone, as in `forms`, as one line. */
void result_form_json(const struct form *f, const struct walk_form *x, struct buf *out);

#endif
