/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpiand: watches the mailboxes, keeps the spool, sends the replies. This file starts, waits for
 * signals, and stops in order. */
#include "config/clock.h"
#include "config/config.h"
#include "daemon/journal.h"
#include "daemon/service.h"

#include <curl/curl.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#define CONFIG_DEFAULT "/etc/mingpian/mingpian.cfg"

static const char help[] =
        "usage: mingpiand [-c FILE] [--once]\n"
        "\n"
        "Watches the mailboxes of the configuration, records the registration forms that\n"
        "come in, and answers them.\n"
        "\n"
        "  -c, --config FILE  the configuration; default " CONFIG_DEFAULT "\n"
        "      --once         fetch all that is new, answer it, send what is due, end:\n"
        "                     0 all is done, 75 something is left to do\n"
        "  -v, --verbose      say more\n"
        "      --version      print the version\n"
        "  -h, --help         this\n"
        "\n"
        "SIGHUP reads configuration, form, letters and passwords anew; SIGTERM and SIGINT\n"
        "end it in order. Exit codes are those of sysexits(3).\n";

struct options {
	const char *config;
	bool once, verbose;
};

/* -1: go on; else the exit status. */
static int
read_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
	        {"config", required_argument, NULL, 'c'}, {"once", no_argument, NULL, 'o'},
	        {"verbose", no_argument, NULL, 'v'},      {"version", no_argument, NULL, 'V'},
	        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
	int opt;

	while ((opt = getopt_long(argc, argv, "c:vh", longs, NULL)) != -1) {
		switch (opt) {
		case 'c': o->config = optarg; break;
		case 'o': o->once = true; break;
		case 'v': o->verbose = true; break;
		case 'V': return puts("mingpiand " VERSION) < 0 ? EX_IOERR : EX_OK;
		case 'h': return fputs(help, stdout) < 0 ? EX_IOERR : EX_OK;
		default: return EX_USAGE; /* getopt has said what */
		}
	}
	if (optind < argc) {
		(void)fprintf(stderr, "mingpiand: unexpected '%s'; see mingpiand --help\n", argv[optind]);
		return EX_USAGE;
	}
	return -1;
}

/* All threads inherit the mask: only main hears of signals, by a descriptor. */
static int
signals_fd(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)signal(SIGPIPE, SIG_IGN);
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* It holds passwords: no core file, and no debugger of the same user's may look. */
static void
keep_secrets(void)
{
	struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static int
fail(const struct err *e)
{
	(void)fprintf(stderr, "mingpiand: %s\n", e->text);
	return err_exit(e->code);
}

static int
run(const struct config *c, bool once, int signals)
{
	struct service *s = NULL;
	struct err e = {0};
	bool done;

	if (!service_start(&s, c, once ? PIPELINE_ONCE : PIPELINE_WATCH, &e))
		return fail(&e);
	journal_notify("READY=1");
	journal(JOURNAL_NOTICE, "mingpiand " VERSION " watches %zu mailboxes%s", c->mailbox_count,
	        c->shadow ? ", in shadow: nothing is sent" : "");
	done = service_wait(s, signals);
	journal_notify("STOPPING=1");
	if (service_stop(s, done, &e))
		return EX_OK;
	if (once && !done)
		_exit(fail(&e)); /* threads still run, and look at c and at OpenSSL's tables */
	return fail(&e);
}

int
main(int argc, char **argv)
{
	struct options o = {.config = CONFIG_DEFAULT};
	struct config *c = NULL;
	struct err e = {0};
	int status = read_options(argc, argv, &o), signals;

	if (status >= 0)
		return status;
	keep_secrets();
	if (!config_load(&c, o.config, &e))
		return fail(&e);
	journal_open(o.verbose ? JOURNAL_DEBUG : JOURNAL_INFO);
	signals = signals_fd();
	if (signals < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
		err_sys(&e, ERR_OS, errno, "cannot prepare signals or libcurl");
		status = fail(&e);
	} else {
		status = run(c, o.once, signals);
	}
	config_free(c);
	return status;
}
