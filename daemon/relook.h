/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A form misjudged as `other` is not lost: what was left to a mailbox's owner is fetched and read again,
 * when a person asks for it and when parser or form file have changed. What is now a form is recorded,
 * and its reply withheld: weeks may have gone by. */
#ifndef MINGPIAN_DAEMON_RELOOK_H
#define MINGPIAN_DAEMON_RELOOK_H

#include "config/err.h"
#include "spool/hash.h"
#include "spool/spool.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Stage `relooked` for what was received since then (0: all); *count_r: how many mails that is. decision:
 * the file that says who asked, or NULL. Nothing is staged where there are none. */
bool relook_stage(struct spool *s, time_t since, const struct hash *decision, int64_t *count_r,
                  struct err *e);

/* Before `started` is staged: the same for all, where the last start was with another parser or form file. */
bool relook_if_changed(struct spool *s, const char *parser, const char *form, int64_t *count_r,
                       struct err *e);

#endif
