/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the running daemon fares, for who looks after it: as JSON for `mingpianctl status` (over
 * control.sock), as a line for the service manager, as metrics for Prometheus. What the spool knows is not
 * said here; nor is anything of a person. */
#ifndef MINGPIAN_DAEMON_LIVE_H
#define MINGPIAN_DAEMON_LIVE_H

#include "config/buf.h"
#include "config/err.h"
#include "daemon/mailbox.h"
#include "daemon/writer_live.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct live_mailbox {
	const char *address;
	struct mailbox_status status;
};

/* A snapshot. Borrowed strings are whoever filled it in's. */
struct live {
	time_t now, started;
	const struct live_mailbox *mailboxes;
	size_t mailbox_count;
	struct writer_live writer;
	bool writer_alive;
	size_t arrivals, in, outgoing; /* what the queues hold */
	int64_t free_bytes, head_seq;
	char reload_refused[sizeof(struct err)]; /* why; "": the last SIGHUP was taken */
};

/* The object `live` of `mingpianctl status --json` (docs/man/mingpianctl.8). */
json_t *live_json(const struct live *l);

/* "2 of 2 mailboxes reached, 3 replies wait": for STATUS= of sd_notify(3). */
void live_line(const struct live *l, struct buf *b);

/* In the Prometheus text format. */
void live_metrics(const struct live *l, struct buf *b);

/* Put b into file: aside, then renamed, so that a reader sees the old or the new one. */
bool live_write(const char *file, struct bytes b, struct err *e);

#endif
