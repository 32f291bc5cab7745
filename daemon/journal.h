/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the daemon tells its operator: a level, one line, and fields to search by. Where the journal listens
 * it goes there by its native protocol (MAILBOX=, MESSAGE_SHA256=, …: `journalctl MAILBOX=…`); else
 * to standard error, with the priority that sd-daemon(3) defines where something reads it, with the time
 * where a person does. Never a password, a person's name, address or number: mails go by hash,
 * registrations by receipt; our own mailboxes' addresses may stand. */
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

/* What a line is about; NULL: not that. */
struct journal_of {
	const char *mailbox;     /* ours */
	const char *message;     /* SHA-256 */
	const char *disposition; /* of the message */
	const char *reply;       /* its id */
	const char *alarm;
	const char *error; /* err_name() or smtp_verdict_name() */
};

/* Before threads, and before the sandbox shuts: what is less urgent than `least` is not said. */
void journal_open(enum journal_level least);

/* The socket that the journal listens at, for tests; NULL: /run/systemd/journal/socket if systemd says
 * (JOURNAL_STREAM) that our standard error is the journal's. */
void journal_open_at(enum journal_level least, const char *socket);

/* Any thread. The line is cleaned of control characters and written at once, whole. */
void journal(enum journal_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void journal_of(enum journal_level level, const struct journal_of *of, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));

/* sd_notify(3) for the service manager, if there is one ($NOTIFY_SOCKET, at journal_open()): "READY=1". */
void journal_notify(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* How often the service manager wants to hear WATCHDOG=1, in ms (half of what it says); 0: never. */
int journal_watchdog_ms(void);

#endif
