/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A form made of an earlier revision and of values that a mail's text gave: the parser makes and checks
 * it, in a worker like any mail, since both come from strangers. */
#ifndef MINGPIAN_DAEMON_OVERLAY_H
#define MINGPIAN_DAEMON_OVERLAY_H

#include "config/err.h"
#include "daemon/reading.h"
#include "daemon/worker.h"

#include <stdbool.h>

/* Blocks for as long as the worker takes: some ten milliseconds. True: *json_r is the form (json_decref()
 * it), *form_r what it says, borrowed from there. False: as worker_run() says, or ERR_PROTOCOL. */
bool overlay(const struct worker *w, const struct form *f, const json_t *earlier, const json_t *values,
             const char *sender, json_t **json_r, struct reading_form *form_r, struct err *e);

#endif
