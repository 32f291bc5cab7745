/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/stop.h"

#include "config/clock.h"
#include "config/mem.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct stop {
	int fd;
	atomic_bool raised;
};

bool
stop_new(struct stop **s_r, struct err *e)
{
	struct stop *s = NULL;
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	*s_r = NULL;
	if (fd < 0)
		return err_sys(e, ERR_OS, errno, "no descriptor for stopping a thread");
	s = mem_alloc(1, sizeof *s);
	s->fd = fd;
	atomic_init(&s->raised, false);
	*s_r = s;
	return true;
}

void
stop_free(struct stop *s)
{
	if (!s)
		return;
	close(s->fd);
	free(s);
}

void
stop_raise(struct stop *s)
{
	int saved = errno; /* a signal handler must leave it as it was */

	atomic_store(&s->raised, true);
	/* Refused only when the counter is full, and then it is readable already. */
	(void)eventfd_write(s->fd, 1);
	errno = saved;
}

bool
stop_raised(const struct stop *s)
{
	return s && atomic_load(&s->raised);
}

int
stop_fd(const struct stop *s)
{
	return s ? s->fd : -1;
}

bool
stop_sleep(const struct stop *s, int64_t deadline_ms)
{
	while (!stop_raised(s)) {
		struct pollfd p = {.fd = stop_fd(s), .events = POLLIN};
		int left = clock_left_ms(deadline_ms);

		if (left == 0)
			return true;
		(void)poll(&p, 1, left);
	}
	return false;
}
