/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the trusted server found out about the sender: RFC 8601. */
#ifndef MINGPIAN_PARSERS_AUTH_H
#define MINGPIAN_PARSERS_AUTH_H

#include "config/form.h"
#include "parsers/mail.h"

struct auth {
	const char *spf, *dkim, *dmarc; /* "pass", "fail", …; NULL where it says nothing */
};

/* From the topmost Authentication-Results of the server that the form file trusts; nothing is read
 * from any other: a sender writes what he likes. */
struct auth auth_read(const struct form *f, const struct mail *m);

#endif
