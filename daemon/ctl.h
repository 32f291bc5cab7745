/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl's commands: what they share. One file a command (or a small family), one row in the table
 * in mingpianctl.c. A command returns its exit status (sysexits). */
#ifndef MINGPIAN_DAEMON_CTL_H
#define MINGPIAN_DAEMON_CTL_H

#include "config/config.h"
#include "config/err.h"
#include "config/form.h"
#include "daemon/term.h"

#include <stdbool.h>
#include <stddef.h>

struct ctl_command;

struct ctl {
	const char *config_file;
	struct config *config;              /* loaded before the command runs */
	struct form *form;                  /* of the first campaign */
	struct term term;                   /* standard output */
	const struct ctl_command *commands; /* the table */
	int command_count;
};

struct ctl_command {
	const char *name;
	const char *usage; /* behind the name: "RECEIPT [--json]" */
	const char *help;  /* whole text for --help, good enough to work from */
	int (*run)(struct ctl *c, int argc, char **argv); /* argv[0] is the command's name */
};

/* An option of a command: a flag, or with a value. */
struct ctl_option {
	const char *name; /* without --; a flag of one letter is -f */
	bool *flag;       /* set true; or */
	const char **value;
};

/* Take the options (ending with a NULL name) out of argv; what is left moves to the front, its number
 * is returned (argv[0] not counted, left in argv[1] …). -1: a clear line was written to stderr. */
int ctl_options(int argc, char **argv, const struct ctl_option *options);

/* Write e to standard error as "mingpianctl: …" and return its exit status. */
int ctl_fail(const struct err *e);

/* The same for a wrong command line: says it, and how to get help. EX_USAGE. */
int ctl_usage(const char *command, const char *what);

/* May why, the reason that a person gives (NULL: none), be kept? False: a clear line was written to stderr.
 */
bool ctl_why(const char *command, const char *why);

int ctl_status(struct ctl *c, int argc, char **argv);
int ctl_list(struct ctl *c, int argc, char **argv);
int ctl_show(struct ctl *c, int argc, char **argv);
int ctl_log(struct ctl *c, int argc, char **argv);
int ctl_restored(struct ctl *c, int argc, char **argv);
int ctl_verify(struct ctl *c, int argc, char **argv);
int ctl_rebuild(struct ctl *c, int argc, char **argv);
int ctl_export(struct ctl *c, int argc, char **argv);
int ctl_doctor(struct ctl *c, int argc, char **argv);
int ctl_ingest(struct ctl *c, int argc, char **argv);
int ctl_relook(struct ctl *c, int argc, char **argv);
int ctl_review(struct ctl *c, int argc, char **argv);
int ctl_redact(struct ctl *c, int argc, char **argv);
int ctl_audit(struct ctl *c, int argc, char **argv);
int ctl_completion(struct ctl *c, int argc, char **argv);
int ctl_replay(struct ctl *c, int argc, char **argv);
int ctl_digest(struct ctl *c, int argc, char **argv);
int ctl_remind(struct ctl *c, int argc, char **argv);

#endif
