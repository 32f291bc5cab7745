/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/mem.h"
#include "daemon/act.h"
#include "daemon/control.h"
#include "daemon/ctl_spool.h"
#include "daemon/worker.h"

#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

/* No daemon holds the spool: do it here. */
static bool
perform_alone(const struct ctl *c, const json_t *request, char **said, struct err *e)
{
	struct buf b = BUF_INIT(1024);
	struct spool *s = NULL;
	struct passwd *pw = getpwuid(getuid());
	const struct config *k = c->config;
	char by[80], path[PATH_MAX];
	const struct worker w = {.program = path,
	                         .form = k->campaigns[0].form,
	                         .seconds = k->limits.parse_seconds,
	                         .memory_mb = k->limits.parse_memory_mb,
	                         .sandbox = k->sandbox_required};
	bool ok;

	(void)snprintf(by, sizeof by, "%.40s (uid %u)", pw ? pw->pw_name : "?", (unsigned)getuid());
	ok = ctl_spool_open(c, SPOOL_WRITE, &s, e) &&
	     act_perform(c->form, worker_find(path, NULL) ? &w : NULL, s, request, by, &b, e) &&
	     spool_commit(s, e);
	spool_close(s);
	*said = buf_take(&b);
	return ok;
}

int
ctl_act(const struct ctl *c, json_t *request)
{
	char *said = NULL;
	struct err e = {0};
	bool answered = false, ok;

	ok = control_ask(c->config->spool.dir, request, -1, &answered, &said, &e);
	if (!answered)
		ok = perform_alone(c, request, &said, &e);
	if (ok)
		(void)fprintf(c->term.out, "%s\n", said);
	free(said);
	json_decref(request);
	return ok ? EX_OK : ctl_fail(&e);
}
