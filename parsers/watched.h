/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One mail, read by a child in the cage, while this process waits for it with patience (patience.h). It looks
 * at nothing of the mail, and is not in the cage. */
#ifndef MINGPIAN_PARSERS_WATCHED_H
#define MINGPIAN_PARSERS_WATCHED_H

#include "config/err.h"
#include "parsers/serve.h"

#include <stdbool.h>

/* What fd holds, called name in errors, as job_run() would with c's job. True: the answer is printed. False:
 * e says why there was no child. Where the child itself had no answer, this process ends as the child did, by
 * its status or by its signal: it has said why. */
bool watched_run(const struct serve_config *c, int fd, const char *name, struct err *e);

#endif
