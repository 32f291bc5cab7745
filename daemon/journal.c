/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/journal.h"

#include "config/buf.h"
#include "config/clock.h"
#include "config/text.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { LINE_LEN = 1024 };

static enum journal_level least_urgent = JOURNAL_INFO;
static bool to_journal;

void
journal_open(enum journal_level least)
{
	least_urgent = least;
	to_journal = getenv("JOURNAL_STREAM") != NULL;
}

void
journal(enum journal_level level, const char *fmt, ...)
{
	char text[LINE_LEN], when[CLOCK_RFC3339_MAX];
	struct buf line = BUF_INIT(2 * LINE_LEN);
	va_list ap;
	ssize_t n;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (level > least_urgent)
		return;
	if (to_journal)
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
journal_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t len = path ? strlen(path) : 0;
	int fd;

	if (len < 2 || len >= sizeof to.sun_path || (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(to.sun_path, path, len);
	if (path[0] == '@') /* the abstract namespace, unix(7) */
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&to,
	             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	(void)close(fd);
}
