/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is the same applicant (docs/domain): an address that sent this registration before, or its
 * domain, if that is no free mail. Free mail is normal for local governments and never suspect; but
 * two strangers at qq.com are two strangers. */
#ifndef MINGPIAN_DAEMON_APPLICANT_H
#define MINGPIAN_DAEMON_APPLICANT_H

#include <stdbool.h>
#include <stddef.h>

/* The part behind the last @, or NULL where address has none or nothing behind it. Borrowed. */
const char *applicant_domain(const char *address);

/* Does the domain hand addresses to anybody: a free-mail provider's, or a subdomain of one? */
bool applicant_free_mail(const char *domain);

#endif
