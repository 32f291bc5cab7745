/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The service's inside: what start, end and reload all lay their hands on. Between service.c and
 * service_reload.c only. */
#ifndef MINGPIAN_DAEMON_SERVICE_PARTS_H
#define MINGPIAN_DAEMON_SERVICE_PARTS_H

#include "daemon/pipeline.h"
#include "daemon/service.h"
#include "daemon/service_live.h"
#include "daemon/service_spool.h"
#include "daemon/settings.h"

#include <limits.h>
#include <stdbool.h>

struct service {
	const struct config *config;
	struct settings *first; /* held to the end: threads may borrow from it */
	struct settings *now;
	char worker_path[PATH_MAX];
	struct service_spool spool;
	struct pipeline pipeline;
	struct service_live live;
	struct err broken; /* why a reload was the end */
};

/* SIGHUP: read configuration, form, letters and passwords anew, and go over to them. What is wrong with the
 * files is said and changes nothing. False: threads are missing now (broken says why), and the process must
 * end. */
bool service_reload(struct service *s);

#endif
