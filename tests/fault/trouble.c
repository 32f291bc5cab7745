/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LD_PRELOAD: a disk that fills and a clock that jumps, by the word of a file that is looked at again and
 *again.
 *
 *	TROUBLE=FILE      "FULL OFFSET": FULL 1: no room on the spool's disk, for fstatvfs() and for all that
 *	                  writes below TROUBLE_BELOW; 2: none for the index alone, and fstatvfs() does not
 *	                  know it; 3: none for all that writes, and fstatvfs() does not know it (a quota);
 *	                  OFFSET: seconds that the clock of the day is off
 *	TROUBLE_BELOW=DIR
 *
 * What is open before the program shuts itself in stays so: the file is opened once, and read again. */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name,bugprone-macro-parentheses,cert-err34-c) */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { DISK = 1, INDEX, QUOTA };

static int fd = -1;
static const char *below = "";

__attribute__((constructor)) static void
begin(void)
{
	const char *file = getenv("TROUBLE");

	below = getenv("TROUBLE_BELOW") ? getenv("TROUBLE_BELOW") : "";
	if (file && strcmp(program_invocation_short_name, "mingpiand") == 0)
		fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC);
}

static void
look(int *full_r, long *offset_r)
{
	char text[64];
	char *end = NULL;
	long n = fd < 0 ? -1 : syscall(SYS_pread64, fd, text, sizeof text - 1, 0L);

	*full_r = 0;
	*offset_r = 0;
	if (n <= 0)
		return;
	text[n] = '\0';
	*full_r = (int)strtol(text, &end, 10);
	*offset_r = strtol(end, NULL, 10);
}

/* ---- the clock of the day ---- */

int
clock_gettime(clockid_t clock, struct timespec *t)
{
	int rc = (int)syscall(SYS_clock_gettime, clock, t), full;
	long offset;

	if (rc == 0 && clock == CLOCK_REALTIME) {
		look(&full, &offset);
		t->tv_sec += offset;
	}
	return rc;
}

time_t
time(time_t *t_r)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_REALTIME, &t);
	if (t_r)
		*t_r = t.tv_sec;
	return t.tv_sec;
}

int
gettimeofday(struct timeval *restrict t_r, void *restrict zone)
{
	struct timespec t = {0};

	(void)zone;
	(void)clock_gettime(CLOCK_REALTIME, &t);
	*t_r = (struct timeval){t.tv_sec, t.tv_nsec / 1000};
	return 0;
}

/* ---- the disk ---- */

static bool
is_full(int of)
{
	char link[48], path[PATH_MAX];
	long offset;
	ssize_t n;
	int full;

	look(&full, &offset);
	if (!full)
		return false;
	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", of);
	n = readlink(link, path, sizeof path - 1);
	if (n <= 0)
		return false;
	path[n] = '\0';
	if (strncmp(path, below, strlen(below)) != 0 || (full == INDEX && !strstr(path, "/index.db")))
		return false;
	errno = full == QUOTA ? EDQUOT : ENOSPC;
	return true;
}

#define REAL(ret, name, ...)             \
	static ret (*real)(__VA_ARGS__); \
	if (!real)                       \
	real = (ret(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

ssize_t
write(int to, const void *from, size_t len)
{
	REAL(ssize_t, write, int, const void *, size_t);
	return is_full(to) ? -1 : real(to, from, len);
}

ssize_t
pwrite64(int to, const void *from, size_t len, off64_t at)
{
	REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
	return is_full(to) ? -1 : real(to, from, len, at);
}

int
mkdirat(int dir, const char *name, mode_t mode)
{
	REAL(int, mkdirat, int, const char *, mode_t);
	return is_full(dir) ? -1 : real(dir, name, mode);
}

int
fstatvfs(int of, struct statvfs *v)
{
	REAL(int, fstatvfs, int, struct statvfs *);
	int rc = real(of, v), full;
	long offset;

	look(&full, &offset);
	if (rc == 0 && full == DISK && is_full(of))
		v->f_bavail = v->f_bfree = 0;
	return rc;
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name,bugprone-macro-parentheses,cert-err34-c) */
