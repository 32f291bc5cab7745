/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl doctor, in four files: what is on this machine (ctl_doctor.c), who may change its files
 * (doctor_files.c), its kernel (doctor_kernel.c), and the servers (doctor_net.c). Each check says how it went
 * in one line: what was looked at, and where it is wrong, why and what to do. */
#ifndef MINGPIAN_DAEMON_DOCTOR_H
#define MINGPIAN_DAEMON_DOCTOR_H

#include "config/err.h"
#include "daemon/ctl.h"

#include <stdbool.h>

struct doctor {
	const struct ctl *c;
	bool json;
	int wrong, notes;
};

enum doctor_says { DOCTOR_OK, DOCTOR_NOTE, DOCTOR_WRONG };

/* Say how a check went; why is for a person, "" where there is nothing to say. */
void doctor_say(struct doctor *d, enum doctor_says says, const char *what, const char *why);

/* The same by a call's outcome. Returns ok. */
bool doctor_verdict(struct doctor *d, bool ok, const char *what, const struct err *e);

/* Who else may change configuration, form file and templates. */
void doctor_files(struct doctor *d);

/* What the sandbox is made of: Landlock, seccomp, no_new_privs, limits. Where sandbox is "required", the
 * daemon does not start without. */
void doctor_kernel(struct doctor *d);

/* Of one mailbox: TLS, login and folders by IMAP; TLS and login by SMTP. Nothing is sent. */
void doctor_mailbox(struct doctor *d, const struct config_mailbox *m);

#endif
