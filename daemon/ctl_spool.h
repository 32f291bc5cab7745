/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The spool as mingpianctl opens it, and what several commands print of it. */
#ifndef MINGPIAN_DAEMON_CTL_SPOOL_H
#define MINGPIAN_DAEMON_CTL_SPOOL_H

#include "daemon/ctl.h"
#include "spool/query.h"
#include "spool/spool.h"

#include <jansson.h>

/* Open the configuration's spool. */
bool ctl_spool_open(const struct ctl *c, enum spool_mode mode, struct spool **s_r, struct err *e);

/* Have an act (act.h; request is stolen) done by the daemon that holds the spool, or here where there is
 * none; print what was done, or why not. The exit status. */
int ctl_act(const struct ctl *c, json_t *request);

/* Print o as one line of JSON and free it. */
void ctl_json(const struct ctl *c, json_t *o);

/* A time as RFC 3339, or null for 0; a string, or null for NULL. */
json_t *ctl_json_time(time_t t);
json_t *ctl_json_text(const char *s);

/* "6-10 10:05" in the campaign's zone, for tables; "" for 0. out has 24 bytes. */
const char *ctl_short_time(time_t t, char *out);

/* How a state or disposition is dressed. */
enum term_style ctl_style(const char *state);

/* Write a file a person named, whole or not at all: beside it first, then renamed; what stood there goes.
 * Mode 0600, for it may hold names and numbers. ERR_DISK. */
bool ctl_write_file(const char *file, struct bytes content, struct err *e);

#endif
