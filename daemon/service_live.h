/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the running service fares (live.h), gathered from its threads and told: to who asks over control.sock,
 * to the service manager, and as metrics. It works also while the writer hangs. */
#ifndef MINGPIAN_DAEMON_SERVICE_LIVE_H
#define MINGPIAN_DAEMON_SERVICE_LIVE_H

#include "config/config.h"
#include "config/err.h"
#include "daemon/pipeline.h"
#include "daemon/service_spool.h"

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct service_live {
	const struct config *config;
	struct pipeline *pipeline;
	const struct service_spool *spool;
	time_t started;

	pthread_mutex_t lock;             /* of refused */
	char refused[sizeof(struct err)]; /* why the last SIGHUP was; "": it was not */

	/* Of the main thread alone. */
	char told[200]; /* the last STATUS= */
	bool stuck, metrics_failed;
	int64_t metrics_ms; /* monotonic: when to write them next */
};

/* The service starts. What is given is borrowed until service_live_close(); pipeline and spool are looked at
 * from the first question on, and not yet. */
void service_live_open(struct service_live *s, const struct config *c, struct pipeline *p,
                       const struct service_spool *spool);
void service_live_close(struct service_live *s);

/* The last SIGHUP was refused, and why; "": it was taken. */
void service_live_refused(struct service_live *s, const char *why);

/* A control_live_fn: context is the struct service_live. sweep: and all folders are looked through and
 * compared with the log. Any thread. */
json_t *service_live_json(void *context, bool sweep);

/* The main thread's, every few seconds: tell the service manager that we live (only while the writer does),
 * and how we fare; write metrics, where they are wanted and due. */
void service_live_tell(struct service_live *s);

#endif
