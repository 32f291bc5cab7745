/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LD_PRELOAD: a disk that hangs and a clock that jumps, while the program runs.
 *
 *	STALL_FILE=FILE   while it is there, fsync and fdatasync do not come back
 *	CLOCK_FILE=FILE   holds a number of seconds: the wall clock is that much ahead (or behind)
 */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): libc declares them with reserved names */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void
stall(void)
{
	const char *file = getenv("STALL_FILE");

	while (file && access(file, F_OK) == 0)
		(void)usleep(20000);
}

int
fsync(int fd)
{
	stall();
	return (int)syscall(SYS_fsync, fd);
}

int
fdatasync(int fd)
{
	stall();
	return (int)syscall(SYS_fdatasync, fd);
}

time_t
time(time_t *t)
{
	const char *file = getenv("CLOCK_FILE");
	struct timespec now = {0};
	char text[32] = "";
	int fd = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;

	if (fd >= 0) {
		if (read(fd, text, sizeof text - 1) < 0)
			text[0] = '\0';
		(void)close(fd);
	}
	(void)clock_gettime(CLOCK_REALTIME, &now);
	now.tv_sec += strtol(text, NULL, 10);
	if (t)
		*t = now.tv_sec;
	return now.tv_sec;
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
