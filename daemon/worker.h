/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs mingpian-parse on one mail: a process of its own, started for it or forked by a server that was
 * (server.h), which gets the mail as its standard input and a pipe for its answer, no other descriptor and
 * no environment worth the name. Whatever happens to it is this mail's misfortune only.
 *
 * The mail never touches a disk here: it is handed over in an anonymous memory file, so that what turns
 * out to be somebody's private mail leaves no trace. */
#ifndef MINGPIAN_DAEMON_WORKER_H
#define MINGPIAN_DAEMON_WORKER_H

#include "config/buf.h"
#include "config/err.h"

#include <stdbool.h>
#include <time.h>

enum { WORKER_ANSWER_MAX = 64 << 20 }; /* bytes of JSON; more is ERR_PROTOCOL */

struct servers;

struct worker {
	const char *program;   /* path of mingpian-parse */
	const char *form;      /* path of form.cfg */
	int seconds;           /* processor time for one mail; on the clock it gets twice as much */
	int memory_mb;         /* address space, set by the worker on itself at our word */
	bool sandbox;          /* false only where the configuration says sandbox = "off" */
	bool overlay;          /* what it is given is no mail: --overlay, docs/parse.md */
	enum err_code outline; /* nothing in the mail is opened, and its files are unread for this reason;
	                        * ERR_NONE: they are read */
	struct servers
	        *servers; /* whose children do it (servers.h); NULL: a process is started for each mail */
};

/* Parse mail, received when. True: *answer_r is what it printed (free it). False, and *answer_r NULL:
 *   ERR_NOT_MAIL     it says that this is no message (exit 65)
 *   ERR_TIMEOUT      no answer in time, or its processor time used up; it was killed
 *   ERR_PROTOCOL     it died, by what signal or exit status the text says, or printed too much; or two
 *                    servers died over this mail
 *   ERR_OS           no process, pipe or memory file could be had: not the mail's fault
 *   ERR_INTERRUPTED  cancel_fd became readable (-1: never)
 * Any number of threads may call this at once. */
bool worker_run(const struct worker *w, struct bytes mail, time_t received, int cancel_fd, char **answer_r,
                struct err *e);

/* The path of mingpian-parse: beside the running program. In out, of PATH_MAX bytes. */
bool worker_find(char *out, struct err *e);

#endif
