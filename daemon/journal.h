/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the daemon tells its operator: one line a message on standard error, with the priority that
 * sd-daemon(3) defines when the journal listens, with the time when a person does. Never a password, a
 * person's name, address or number: mails go by hash, registrations by receipt. */
#ifndef MINGPIAN_DAEMON_JOURNAL_H
#define MINGPIAN_DAEMON_JOURNAL_H

#include <stdbool.h>

enum journal_level {
	JOURNAL_ERROR = 3,
	JOURNAL_WARNING = 4,
	JOURNAL_NOTICE = 5,
	JOURNAL_INFO = 6,
	JOURNAL_DEBUG = 7
};

/* Before threads: what is less urgent than `least` is not said. */
void journal_open(enum journal_level least);

/* Any thread. The line is cleaned of control characters and written by one write(2). */
void journal(enum journal_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* sd_notify(3) for the service manager, if there is one ($NOTIFY_SOCKET): "READY=1", "STATUS=…". */
void journal_notify(const char *state);

#endif
