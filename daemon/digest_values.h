/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may stand in digest.txt and digest.html, and its values: for digest_mail.c alone. */
#ifndef MINGPIAN_DAEMON_DIGEST_VALUES_H
#define MINGPIAN_DAEMON_DIGEST_VALUES_H

#include "daemon/reply_letter.h"
#include "daemon/report.h"
#include "daemon/template.h"

extern const struct template_names digest_names;

/* The values of r for the digest id; the caller's to decref. */
json_t *digest_values(const struct report *r, const char *id);

#endif
