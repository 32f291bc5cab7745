/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon as a whole: its settings, its spool and its threads (pipeline.h), from their start over signals
 * to their end. */
#ifndef MINGPIAN_DAEMON_SERVICE_H
#define MINGPIAN_DAEMON_SERVICE_H

#include "config/config.h"
#include "config/err.h"
#include "daemon/ingest.h"
#include "daemon/pipeline.h"

#include <jansson.h>

#include <stdbool.h>

struct service;

/* Read form, templates and credentials, open the spool, start the threads. c is borrowed. False: nothing
 * runs, and e says why. */
bool service_start(struct service **s_r, const struct config *c, enum pipeline_mode mode, struct err *e);

/* A mail by another way, as ingest_hand_in(). */
bool service_hand_in(struct service *s, const json_t *request, int fd, char said[static INGEST_SAID_MAX],
                     struct err *e);

/* PIPELINE_HAND_IN: no more comes. service_wait() then ends when all is recorded. */
bool service_finish(struct service *s, struct err *e);

/* Wait until told to stop (false), or until the work has ended (true): with `once` because all that is new
 * was fetched, recorded and answered, else because the disk failed. signals: a signalfd(2), or -1: SIGHUP
 * reads configuration, form, letters and passwords anew and goes on (docs/reliability.md), any other stops.
 */
bool service_wait(struct service *s, int signals);

/* End in order, within seconds, and free it (but what an interrupted --once leaves to the process's end).
 * done: what service_wait() said. False: something is left to do, or failed: e says what (the first
 * thing), with ERR_AGAIN for what a later run will do. */
bool service_stop(struct service *s, bool done, struct err *e);

#endif
