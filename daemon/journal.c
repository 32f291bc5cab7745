/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/journal.h"

#include "config/buf.h"
#include "config/clock.h"
#include "config/text.h"

#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { LINE_LEN = 1024 };

static const char JOURNAL[] = "/run/systemd/journal/socket";

static enum journal_level least_urgent = JOURNAL_INFO;
static bool to_reader; /* standard error is read by the journal */
static int native = -1, manager = -1;

/* ---- where to ---- */

/* A datagram socket connected to path (@: the abstract namespace, unix(7)); -1: there is none, or no path. */
static int
connected(const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t len = path ? strlen(path) : 0;
	int fd;

	if (len < 2 || len >= sizeof to.sun_path || (path[0] != '/' && path[0] != '@'))
		return -1;
	memcpy(to.sun_path, path, len);
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to,
	                       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) != 0) {
		(void)close(fd);
		fd = -1;
	}
	return fd;
}

/* $JOURNAL_STREAM names device and inode of the journal's stream; ours may have been turned elsewhere. */
static bool
stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char *end = NULL;
	unsigned long long dev, ino;
	struct stat st;

	if (!stream || fstat(STDERR_FILENO, &st) != 0)
		return false;
	dev = strtoull(stream, &end, 10);
	ino = *end == ':' ? strtoull(end + 1, &end, 10) : 0;
	return !*end && st.st_dev == dev && st.st_ino == ino;
}

void
journal_open_at(enum journal_level least, const char *socket)
{
	least_urgent = least;
	to_reader = getenv("JOURNAL_STREAM") != NULL;
	if (native >= 0)
		(void)close(native);
	native = socket ? connected(socket) : stderr_is_journal() ? connected(JOURNAL) : -1;
	if (manager < 0)
		manager = connected(getenv("NOTIFY_SOCKET"));
}

void
journal_open(enum journal_level least)
{
	journal_open_at(least, NULL);
}

/* ---- a line ---- */

/* One field of the native protocol; no value here has a line end. */
static void
field(struct buf *b, const char *name, const char *value)
{
	if (!value)
		return;
	buf_fmt(b, "%s=", name);
	text_plain(b, value, 0);
	buf_ch(b, '\n');
}

static bool
say_native(enum journal_level level, const struct journal_of *of, const char *text)
{
	struct buf b = BUF_INIT(4 * LINE_LEN);
	ssize_t n;

	buf_fmt(&b, "PRIORITY=%d\nSYSLOG_IDENTIFIER=mingpiand\n", (int)level);
	field(&b, "MESSAGE", text);
	field(&b, "MAILBOX", of->mailbox);
	field(&b, "MESSAGE_SHA256", of->message);
	field(&b, "DISPOSITION", of->disposition);
	field(&b, "REPLY", of->reply);
	field(&b, "ALARM", of->alarm);
	field(&b, "ERROR", of->error);
	n = native >= 0 ? send(native, b.at, b.len, MSG_NOSIGNAL | MSG_DONTWAIT) : -1;
	buf_free(&b);
	return n > 0;
}

static void
say(enum journal_level level, const struct journal_of *of, const char *text)
{
	struct buf line = BUF_INIT(2 * LINE_LEN);
	char when[CLOCK_RFC3339_MAX];
	ssize_t n;

	if (level > least_urgent || say_native(level, of, text))
		return;
	if (to_reader)
		buf_fmt(&line, "<%d>", (int)level);
	else
		buf_fmt(&line, "%s ", clock_rfc3339(clock_now(), when));
	text_plain(&line, text, 0);
	buf_ch(&line, '\n');
	/* Nobody to tell if this fails. */
	n = write(STDERR_FILENO, line.at, line.len);
	(void)n;
	buf_free(&line);
}

void
journal(enum journal_level level, const char *fmt, ...)
{
	static const struct journal_of nothing = {0};
	char text[LINE_LEN];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	say(level, &nothing, text);
}

void
journal_of(enum journal_level level, const struct journal_of *of, const char *fmt, ...)
{
	char text[LINE_LEN];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	say(level, of, text);
}

/* ---- the service manager ---- */

void
journal_notify(const char *fmt, ...)
{
	char state[LINE_LEN];
	va_list ap;

	if (manager < 0)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(state, sizeof state, fmt, ap);
	va_end(ap);
	(void)send(manager, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT);
}

int
journal_watchdog_ms(void)
{
	const char *us = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	long long n = us ? strtoll(us, NULL, 10) : 0;

	if (n <= 0 || (pid && strtoll(pid, NULL, 10) != (long long)getpid()))
		return 0;
	n /= 2000;
	return n < 1 ? 1 : n > INT_MAX ? INT_MAX : (int)n;
}
