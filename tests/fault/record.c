/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LD_PRELOAD: writes down all that a program does to files below a directory, in its order: so that
 * tests/lib/powercut.py can do it again, in part, as a disk may after a power cut.
 *
 *	RECORD=FILE        where to; appended to
 *	RECORD_BELOW=DIR   an absolute path without links
 *
 * Whoever has the lock does the call and writes it down, so that no two are told in the wrong order. Of
 *SQLite's -shm nothing is told: it lives in memory, and is made anew. */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name,bugprone-macro-parentheses) */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum {
	CREATE = 'C',
	WRITE = 'W',
	TRUNCATE = 'T',
	RENAME = 'R',
	UNLINK = 'U',
	MAKE_DIR = 'M',
	SYNC = 'S',
	SYNC_ALL = 'A'
};

/* What is told of one call; behind it the two paths and the data. */
struct head {
	uint32_t type, path_len, to_len, data_len;
	uint64_t begun_ns; /* CLOCK_REALTIME, before the call */
	uint64_t ino, at;  /* at: where written, or the new length */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int record_fd = -1;
static const char *below;

__attribute__((constructor)) static void
begin(void)
{
	const char *file = getenv("RECORD");

	below = getenv("RECORD_BELOW");
	if (file && below)
		record_fd = (int)syscall(SYS_openat, AT_FDCWD, file,
		                         O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static uint64_t
now_ns(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

/* The path of a descriptor, relative to the directory; false where it lies elsewhere. */
static bool
relative(const char *path, char *out)
{
	size_t n, len = strlen(path);

	if (record_fd < 0 || !below)
		return false;
	n = strlen(below);
	if (strncmp(path, below, n) != 0 || (path[n] && path[n] != '/'))
		return false;
	if (len > 4 && strcmp(path + len - 4, "-shm") == 0)
		return false;
	(void)snprintf(out, PATH_MAX, "%s", path[n] ? path + n + 1 : "");
	return true;
}

static bool
path_of_fd(int fd, char *out)
{
	char link[48], path[PATH_MAX];
	ssize_t n;

	if (record_fd < 0)
		return false;
	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof path - 1);
	if (n <= 0)
		return false;
	path[n] = '\0';
	return relative(path, out);
}

static bool
path_at(int dir, const char *name, char *out)
{
	char base[PATH_MAX], whole[PATH_MAX];

	if (record_fd < 0)
		return false;
	if (name[0] == '/')
		return relative(name, out);
	if (dir == AT_FDCWD || !path_of_fd(dir, base))
		return false;
	if (snprintf(whole, sizeof whole, "%s%s%s", base, base[0] ? "/" : "", name) >= (int)sizeof whole)
		return false;
	(void)snprintf(out, PATH_MAX, "%s", whole);
	return true;
}

static void
tell(struct head h, const char *path, const char *to, const void *data)
{
	const int saved = errno;
	struct iovec v[] = {{&h, sizeof h},
	                    {(void *)(uintptr_t)path, path ? strlen(path) : 0},
	                    {(void *)(uintptr_t)to, to ? strlen(to) : 0},
	                    {(void *)(uintptr_t)data, h.data_len}};

	h.path_len = (uint32_t)v[1].iov_len;
	h.to_len = (uint32_t)v[2].iov_len;
	if (syscall(SYS_writev, record_fd, v, 4) < 0)
		_exit(98);
	errno = saved;
}

static uint64_t
ino_of(int fd, bool *regular_r, uint64_t *size_r)
{
	struct stat st = {0};

	(void)fstat(fd, &st);
	*regular_r = S_ISREG(st.st_mode);
	*size_r = (uint64_t)st.st_size;
	return st.st_ino;
}

#define REAL(ret, name, ...)             \
	static ret (*real)(__VA_ARGS__); \
	if (!real)                       \
	real = (ret(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

/* ---- making and naming ---- */

/* fd is what open gave; was: the file was there before. */
static void
tell_open(int fd, bool was, int flags, const char *path, uint64_t begun)
{
	bool regular;
	uint64_t size, ino;

	if (fd < 0)
		return;
	ino = ino_of(fd, &regular, &size);
	if (regular && !was)
		tell((struct head){.type = CREATE, .begun_ns = begun, .ino = ino}, path, NULL, NULL);
	else if (regular && (flags & O_TRUNC))
		tell((struct head){.type = TRUNCATE, .begun_ns = begun, .ino = ino}, path, NULL, NULL);
}

static int
open_by(int (*real)(int, const char *, int, ...), int dir, const char *name, int flags, mode_t mode)
{
	char path[PATH_MAX];
	uint64_t begun;
	bool was;
	int fd;

	if (!(flags & (O_CREAT | O_TRUNC)) || !path_at(dir, name, path))
		return real(dir, name, flags, mode);
	(void)pthread_mutex_lock(&lock);
	was = faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	begun = now_ns();
	fd = real(dir, name, flags, mode);
	tell_open(fd, was, flags, path, begun);
	(void)pthread_mutex_unlock(&lock);
	return fd;
}

#define OPEN(name, params, dir)                                 \
	int name params                                         \
	{                                                       \
		mode_t mode = 0;                                \
		va_list ap;                                     \
		REAL(int, openat, int, const char *, int, ...); \
		va_start(ap, flags);                            \
		if (flags & (O_CREAT | O_TMPFILE))              \
			mode = va_arg(ap, mode_t);              \
		va_end(ap);                                     \
		return open_by(real, dir, path, flags, mode);   \
	}
OPEN(open, (const char *path, int flags, ...), AT_FDCWD)
OPEN(open64, (const char *path, int flags, ...), AT_FDCWD)
OPEN(openat, (int dir, const char *path, int flags, ...), dir)
OPEN(openat64, (int dir, const char *path, int flags, ...), dir)

int
renameat(int from, const char *a, int to, const char *b)
{
	char path[PATH_MAX], other[PATH_MAX];
	uint64_t begun;
	int rc;
	REAL(int, renameat, int, const char *, int, const char *);

	if (!path_at(from, a, path) || !path_at(to, b, other))
		return real(from, a, to, b);
	(void)pthread_mutex_lock(&lock);
	begun = now_ns();
	rc = real(from, a, to, b);
	if (rc == 0)
		tell((struct head){.type = RENAME, .begun_ns = begun}, path, other, NULL);
	(void)pthread_mutex_unlock(&lock);
	return rc;
}

int
rename(const char *a, const char *b)
{
	return renameat(AT_FDCWD, a, AT_FDCWD, b);
}

int
unlinkat(int dir, const char *name, int flags)
{
	char path[PATH_MAX];
	uint64_t begun;
	int rc;
	REAL(int, unlinkat, int, const char *, int);

	if (!path_at(dir, name, path))
		return real(dir, name, flags);
	(void)pthread_mutex_lock(&lock);
	begun = now_ns();
	rc = real(dir, name, flags);
	if (rc == 0)
		tell((struct head){.type = UNLINK, .begun_ns = begun}, path, NULL, NULL);
	(void)pthread_mutex_unlock(&lock);
	return rc;
}

int
unlink(const char *name)
{
	return unlinkat(AT_FDCWD, name, 0);
}

int
mkdirat(int dir, const char *name, mode_t mode)
{
	char path[PATH_MAX];
	uint64_t begun;
	struct stat st = {0};
	int rc;
	REAL(int, mkdirat, int, const char *, mode_t);

	if (!path_at(dir, name, path))
		return real(dir, name, mode);
	(void)pthread_mutex_lock(&lock);
	begun = now_ns();
	rc = real(dir, name, mode);
	if (rc == 0 && fstatat(dir, name, &st, 0) == 0)
		tell((struct head){.type = MAKE_DIR, .begun_ns = begun, .ino = st.st_ino}, path, NULL, NULL);
	(void)pthread_mutex_unlock(&lock);
	return rc;
}

/* ---- writing ---- */

typedef ssize_t write_like(int fd, const void *from, size_t len, off64_t at);

static ssize_t
plain_write(int fd, const void *from, size_t len, off64_t at)
{
	REAL(ssize_t, write, int, const void *, size_t);

	(void)at;
	return real(fd, from, len);
}

static ssize_t
plain_pwrite(int fd, const void *from, size_t len, off64_t at)
{
	REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);

	return real(fd, from, len, at);
}

/* at < 0: where the descriptor stands, or at the file's end. */
static ssize_t
told_write(write_like *f, int fd, const void *from, size_t len, off64_t at)
{
	char path[PATH_MAX];
	uint64_t begun, size, ino;
	bool regular;
	ssize_t n;

	if (!path_of_fd(fd, path))
		return f(fd, from, len, at);
	(void)pthread_mutex_lock(&lock);
	begun = now_ns();
	ino = ino_of(fd, &regular, &size);
	if (at >= 0)
		size = (uint64_t)at;
	else if (!(fcntl(fd, F_GETFL) & O_APPEND))
		size = (uint64_t)lseek(fd, 0, SEEK_CUR);
	n = f(fd, from, len, at);
	if (n > 0 && regular)
		tell((struct head){.type = WRITE,
		                   .begun_ns = begun,
		                   .ino = ino,
		                   .at = size,
		                   .data_len = (uint32_t)n},
		     path, NULL, from);
	(void)pthread_mutex_unlock(&lock);
	return n;
}

ssize_t
write(int fd, const void *from, size_t len)
{
	return told_write(plain_write, fd, from, len, -1);
}

ssize_t
pwrite64(int fd, const void *from, size_t len, off64_t at)
{
	return told_write(plain_pwrite, fd, from, len, at);
}

ssize_t
pwrite(int fd, const void *from, size_t len, off_t at)
{
	return told_write(plain_pwrite, fd, from, len, at);
}

int
ftruncate64(int fd, off64_t len)
{
	char path[PATH_MAX];
	uint64_t begun, size, ino;
	bool regular;
	int rc;
	REAL(int, ftruncate64, int, off64_t);

	if (!path_of_fd(fd, path))
		return real(fd, len);
	(void)pthread_mutex_lock(&lock);
	begun = now_ns();
	ino = ino_of(fd, &regular, &size);
	rc = real(fd, len);
	if (rc == 0)
		tell((struct head){.type = TRUNCATE, .begun_ns = begun, .ino = ino, .at = (uint64_t)len},
		     path, NULL, NULL);
	(void)pthread_mutex_unlock(&lock);
	return rc;
}

int
ftruncate(int fd, off_t len)
{
	return ftruncate64(fd, len);
}

/* ---- to the disk ---- */

/* Told when it is over: before that nothing of it is sure. */
#define SYNCING(name, what)                                                                                 \
	int name(int fd)                                                                                    \
	{                                                                                                   \
		char path[PATH_MAX];                                                                        \
		uint64_t begun, size, ino;                                                                  \
		bool regular;                                                                               \
		int rc;                                                                                     \
		REAL(int, name, int);                                                                       \
		if (!path_of_fd(fd, path))                                                                  \
			return real(fd);                                                                    \
		(void)pthread_mutex_lock(&lock);                                                            \
		begun = now_ns();                                                                           \
		ino = ino_of(fd, &regular, &size);                                                          \
		rc = real(fd);                                                                              \
		if (rc == 0)                                                                                \
			tell((struct head){.type = what, .begun_ns = begun, .ino = ino}, path, NULL, NULL); \
		(void)pthread_mutex_unlock(&lock);                                                          \
		return rc;                                                                                  \
	}
SYNCING(fsync, SYNC)
SYNCING(fdatasync, SYNC)
SYNCING(syncfs, SYNC_ALL)

/* NOLINTEND(readability-inconsistent-declaration-parameter-name,bugprone-macro-parentheses) */
