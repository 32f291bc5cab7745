/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What today's parser would make of a mail otherwise than the one that read it then: two readings, compared
 * field by field. Nothing is sent or changed. */
#ifndef MINGPIAN_DAEMON_REPLAY_H
#define MINGPIAN_DAEMON_REPLAY_H

#include "config/form.h"
#include "daemon/reading.h"

#include <jansson.h>

/* The differences, an array (json_decref() it) of {"form": region or source, or null for the mail as a whole;
 * "field"; "was"; "now"}, both as text, null for nothing. field: a key of the form file, or `region_code`,
 * `region_key`, `category`, `defects` ("phone bad_phone, …"), `form` (one is there that was not, or the other
 * way round), `disposition`, `late`, `withheld`, `unread` ("x.doc encrypted, …"), `values`, `withdraw`.
 * Forms belong together by region_key, then by source, then by their place. */
json_t *replay_compare(const struct form *f, const struct reading *was, const struct reading *now)
        __attribute__((returns_nonnull));

#endif
