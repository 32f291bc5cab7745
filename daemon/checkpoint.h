/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log's head, once a day, in a line of its own: what bundles hand out beside the heads that digests and
 * replies told, also where no digest goes out. */
#ifndef MINGPIAN_DAEMON_CHECKPOINT_H
#define MINGPIAN_DAEMON_CHECKPOINT_H

#include "config/err.h"
#include "spool/spool.h"

#include <stdbool.h>

/* The writer's, in every round: stage `checkpoint` with the head that is on disk, where the last one is of
 * another day of the campaign's zone. Nothing while the log is empty. */
bool checkpoint_stage(struct spool *s, struct err *e);

#endif
