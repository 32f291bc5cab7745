/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clang-format off */
/* LD_PRELOAD: lets the n-th call that reaches the disk fail, or end the process, with no hook in the
 * product. SQLite's calls are reached as well as ours; stdio's are not (the spool uses write(2)).
 *
 *	FAULT_AT=N      the N-th call of those below, counted from 1; without it nothing is done
 *	FAULT_HOW=      ENOSPC, EIO: it fails so; short: it writes half;
 *	                exit: the process ends before it; exit-half: after half of it.
 *	                For short and exit-half only writes count.
 *	FAULT_ON=1      from then on every call fails (a disk that is full stays full)
 *	FAULT_BELOW=DIR only calls on files below DIR count
 *	FAULT_MET=FILE  made when the N-th call was met
 */
/* clang-format on */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): libc declares them with reserved names */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { EXIT_STATUS = 86 };

static atomic_int met_count;

static void *
next(const char *name)
{
	void *f = dlsym(RTLD_NEXT, name);

	if (!f)
		_exit(99);
	return f;
}

static bool
is_below(int fd)
{
	const char *below = getenv("FAULT_BELOW");
	char link[64], path[PATH_MAX];
	ssize_t n;

	if (!below || fd == AT_FDCWD)
		return !below;
	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof path - 1);
	if (n < 0)
		return false;
	path[n] = '\0';
	return strncmp(path, below, strlen(below)) == 0;
}

static void
note_met(void)
{
	const char *file = getenv("FAULT_MET");
	/* past ourselves */
	int fd = file ? (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;

	if (fd >= 0)
		(void)close(fd);
}

enum what { PASS, FAIL, SHORT, EXIT, EXIT_HALF };

/* What is to become of this call. Sets errno for FAIL. */
static enum what
judge(int fd, bool is_write)
{
	const char *at = getenv("FAULT_AT"), *how = getenv("FAULT_HOW");
	int n, want = at ? (int)strtol(at, NULL, 10) : 0;
	bool half;

	how = how ? how : "EIO";
	half = strcmp(how, "short") == 0 || strcmp(how, "exit-half") == 0;
	if (want <= 0 || (half && !is_write) || !is_below(fd))
		return PASS;
	n = atomic_fetch_add(&met_count, 1) + 1;
	if (n < want || (n > want && !getenv("FAULT_ON")))
		return PASS;
	note_met();
	if (strcmp(how, "exit") == 0)
		return EXIT;
	if (strcmp(how, "exit-half") == 0)
		return EXIT_HALF;
	errno = strcmp(how, "ENOSPC") == 0 ? ENOSPC : EIO;
	return strcmp(how, "short") == 0 ? SHORT : FAIL;
}

typedef ssize_t write_like(int fd, const void *buf, size_t len, off64_t at);

static ssize_t
plain_write(int fd, const void *buf, size_t len, off64_t at)
{
	ssize_t (*f)(int, const void *, size_t) = (ssize_t(*)(int, const void *, size_t))next("write");

	(void)at;
	return f(fd, buf, len);
}

static ssize_t
plain_pwrite(int fd, const void *buf, size_t len, off64_t at)
{
	ssize_t (*f)(int, const void *, size_t, off64_t) =
	        (ssize_t(*)(int, const void *, size_t, off64_t))next("pwrite64");

	return f(fd, buf, len, at);
}

static ssize_t
judged_write(write_like *f, int fd, const void *buf, size_t len, off64_t at)
{
	switch (judge(fd, true)) {
	case FAIL: return -1;
	case SHORT: return f(fd, buf, len > 1 ? len / 2 : len, at);
	case EXIT: _exit(EXIT_STATUS);
	case EXIT_HALF: (void)!f(fd, buf, len / 2, at); _exit(EXIT_STATUS);
	case PASS: break;
	}
	return f(fd, buf, len, at);
}

ssize_t
write(int fd, const void *buf, size_t len)
{
	return judged_write(plain_write, fd, buf, len, 0);
}

ssize_t
pwrite64(int fd, const void *buf, size_t len, off64_t at)
{
	return judged_write(plain_pwrite, fd, buf, len, at);
}

/* A call that either happens or not. */
#define JUDGED(fd, call)                    \
	switch (judge(fd, false)) {         \
	case FAIL:                          \
	case SHORT: return -1;              \
	case EXIT:                          \
	case EXIT_HALF: _exit(EXIT_STATUS); \
	case PASS: break;                   \
	}                                   \
	return (call)

int
fsync(int fd)
{
	int (*f)(int) = (int (*)(int))next("fsync");

	JUDGED(fd, f(fd));
}

int
syncfs(int fd)
{
	int (*f)(int) = (int (*)(int))next("syncfs");

	JUDGED(fd, f(fd));
}

int
fdatasync(int fd)
{
	int (*f)(int) = (int (*)(int))next("fdatasync");

	JUDGED(fd, f(fd));
}

int
ftruncate(int fd, off_t len)
{
	int (*f)(int, off_t) = (int (*)(int, off_t))next("ftruncate");

	JUDGED(fd, f(fd, len));
}

int
ftruncate64(int fd, off64_t len)
{
	int (*f)(int, off64_t) = (int (*)(int, off64_t))next("ftruncate64");

	JUDGED(fd, f(fd, len));
}

int
renameat(int from, const char *a, int to, const char *b)
{
	int (*f)(int, const char *, int, const char *) =
	        (int (*)(int, const char *, int, const char *))next("renameat");

	JUDGED(to, f(from, a, to, b));
}

int
unlinkat(int fd, const char *path, int flags)
{
	int (*f)(int, const char *, int) = (int (*)(int, const char *, int))next("unlinkat");

	JUDGED(fd, f(fd, path, flags));
}

int
mkdirat(int fd, const char *path, mode_t mode)
{
	int (*f)(int, const char *, mode_t) = (int (*)(int, const char *, mode_t))next("mkdirat");

	JUDGED(fd, f(fd, path, mode));
}

/* Only opening that makes a file counts: the rest changes nothing. */
int
openat(int fd, const char *path, int flags, ...)
{
	int (*f)(int, const char *, int, ...) = (int (*)(int, const char *, int, ...))next("openat");
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & (O_CREAT | O_TMPFILE))
		mode = va_arg(ap, mode_t);
	va_end(ap);
	if (!(flags & O_CREAT))
		return f(fd, path, flags, mode);
	JUDGED(fd, f(fd, path, flags, mode));
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
