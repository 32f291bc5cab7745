/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is it from a person? RFC 3834, RFC 5230, RFC 3464, and what Chinese providers really send. The rules
 * are a table in machine.c; words stand in the form file. */
#ifndef MINGPIAN_PARSERS_MACHINE_H
#define MINGPIAN_PARSERS_MACHINE_H

#include "config/form.h"
#include "parsers/mail.h"

#include <stdbool.h>

enum machine_class {
	MACHINE_PERSON,
	MACHINE_SUPPRESS, /* X-Auto-Response-Suppress alone: a person, whose reply a person releases */
	MACHINE_LIKELY,   /* looks automatic: ignored, unless a filled-in form is in it */
	MACHINE_CERTAIN,  /* a report, a bounce, our own: ignored whatever it holds */
};

struct machine {
	enum machine_class class;
	const char *why; /* "auto-submitted", …: docs/parse.md; NULL for a person */

	/* of a bounce or report about something we sent */
	bool bounce;
	const char *of;      /* our Message-ID, or NULL */
	const char *receipt; /* or NULL */
	const char *status;  /* RFC 3463, "5.1.1"; "" where none */
};

/* Judge m. Strings live in m's arena or for ever. */
struct machine machine_judge(const struct form *f, const struct mail *m);

#endif
