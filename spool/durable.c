/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/durable.h"

#include "config/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { OPEN_ALWAYS = O_CLOEXEC | O_NOFOLLOW, FILE_MODE = 0600, DIR_MODE = 0700 };

/* May d still be written to? */
static bool
usable(const struct durable *d, struct err *e)
{
	if (!d)
		return err_set(e, ERR_DISK, "the spool is open for reading only");
	if (d->failed && e)
		*e = d->why;
	return !d->failed;
}

/* What is on the disk can no longer be known: fail now and for ever. */
static bool
fail_for_good(struct durable *d, int errnum, const char *what, struct err *e)
{
	(void)err_sys(&d->why, ERR_DISK, errnum,
	              "%s: the disk did not confirm what was written; this process must end", what);
	d->failed = true;
	if (e)
		*e = d->why;
	return false;
}

static int
open_at(int dirfd, const char *name, int flags)
{
	int fd;

	do {
		fd = openat(dirfd, name, flags | OPEN_ALWAYS, FILE_MODE);
	} while (fd < 0 && errno == EINTR);
	return fd;
}

/* An fsync that was interrupted wrote nothing off, so EINTR alone may be tried again. */
static int
sync_fd(int fd)
{
	int n;

	do {
		n = fsync(fd);
	} while (n < 0 && errno == EINTR);
	return n;
}

bool
durable_sync_dir(struct durable *d, int dirfd, const char *what, struct err *e)
{
	if (!usable(d, e))
		return false;
	return sync_fd(dirfd) == 0 || fail_for_good(d, errno, what, e);
}

/* A power cut before the parent's fsync may leave no directory; its files are then not there either, and
 * nothing names them yet. */
static bool
make_dir(struct durable *d, int dirfd, const char *name, struct err *e)
{
	int parent = -1;
	bool ok = false;

	if (mkdirat(dirfd, name, DIR_MODE) < 0)
		return errno == EEXIST || err_sys(e, ERR_DISK, errno, "cannot make the directory %s", name);
	if (fchmodat(dirfd, name, DIR_MODE, 0) < 0)
		return err_sys(e, ERR_DISK, errno, "cannot set the mode of %s", name);
	if (dirfd != AT_FDCWD)
		return durable_sync_dir(d, dirfd, name, e);
	parent = open_at(dirfd, name, O_RDONLY | O_DIRECTORY);
	if (parent >= 0) {
		int up = open_at(parent, "..", O_RDONLY | O_DIRECTORY);

		ok = up >= 0 && durable_sync_dir(d, up, name, e);
		if (up < 0)
			(void)err_sys(e, ERR_DISK, errno, "cannot open the directory above %s", name);
		else
			(void)close(up);
		(void)close(parent);
		return ok;
	}
	return err_sys(e, ERR_DISK, errno, "cannot open the directory %s", name);
}

bool
durable_dir(struct durable *d, int dirfd, const char *name, int *fd_r, struct err *e)
{
	int fd = open_at(dirfd, name, O_RDONLY | O_DIRECTORY);

	if (fd < 0 && errno == ENOENT && d) {
		if (!usable(d, e) || !make_dir(d, dirfd, name, e))
			return false;
		fd = open_at(dirfd, name, O_RDONLY | O_DIRECTORY);
	}
	if (fd < 0)
		return err_sys(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_DISK, errno,
		               "cannot open the directory %s", name);
	*fd_r = fd;
	return true;
}

/* Write data to the file aside, and fsync it where it is to last. A power cut anywhere in here leaves at
 * most the file aside, which nobody reads and the next start removes. */
static bool
write_aside(struct durable *d, int dirfd, const char *name, struct bytes data, bool lasting, struct err *e)
{
	bool ok = false;
	int fd = -1;

	/* What an earlier cut left; with one writer nobody else can be at it. */
	if (unlinkat(dirfd, DURABLE_ASIDE, 0) < 0 && errno != ENOENT)
		return err_sys(e, ERR_DISK, errno, "cannot remove an old file aside %s", name);
	fd = open_at(dirfd, DURABLE_ASIDE, O_WRONLY | O_CREAT | O_EXCL);
	if (fd < 0)
		return err_sys(e, ERR_DISK, errno, "cannot make a file aside %s", name);
	if (fchmod(fd, FILE_MODE) < 0 || !fd_write_all(fd, data)) {
		(void)err_sys(e, ERR_DISK, errno, "cannot write %s", name);
		goto out;
	}
	if (lasting && sync_fd(fd) < 0) {
		(void)fail_for_good(d, errno, name, e);
		goto out;
	}
	ok = true;
out:
	/* Some file systems tell of a full quota here. */
	if (close(fd) < 0 && ok)
		ok = err_sys(e, ERR_DISK, errno, "cannot write %s", name);
	if (!ok)
		(void)unlinkat(dirfd, DURABLE_ASIDE, 0);
	return ok;
}

static bool
name_it(int dirfd, const char *name, struct err *e)
{
	if (renameat(dirfd, DURABLE_ASIDE, dirfd, name) == 0)
		return true;
	(void)err_sys(e, ERR_DISK, errno, "cannot name %s", name);
	(void)unlinkat(dirfd, DURABLE_ASIDE, 0);
	return false;
}

bool
durable_publish(struct durable *d, int dirfd, const char *name, struct bytes data, struct err *e)
{
	/* A power cut after the rename leaves the old file or the new one, whole: the rename is one step,
	 * and the bytes were on disk before it. Which of them, the directory's fsync settles. */
	return usable(d, e) && write_aside(d, dirfd, name, data, true, e) && name_it(dirfd, name, e);
}

bool
durable_place(struct durable *d, int dirfd, const char *name, struct bytes data, struct err *e)
{
	/* A power cut after the rename may leave the name with any part of the bytes, or with none. */
	return usable(d, e) && write_aside(d, dirfd, name, data, false, e) && name_it(dirfd, name, e);
}

bool
durable_try(struct durable *d, int dirfd, struct bytes data, struct err *e)
{
	return usable(d, e) && write_aside(d, dirfd, "a file to see whether there is room", data, false, e) &&
	       (unlinkat(dirfd, DURABLE_ASIDE, 0) == 0 ||
	        err_sys(e, ERR_DISK, errno, "cannot remove a file aside"));
}

bool
durable_sync_file(struct durable *d, int dirfd, const char *name, struct err *e)
{
	bool ok = false;
	int fd;

	if (!usable(d, e))
		return false;
	fd = open_at(dirfd, name, O_RDONLY);
	if (fd < 0)
		return err_sys(e, ERR_DISK, errno, "cannot open %s", name);
	ok = sync_fd(fd) == 0 || fail_for_good(d, errno, name, e);
	(void)close(fd);
	return ok;
}

bool
durable_sync_all(struct durable *d, int dirfd, const char *what, struct err *e)
{
	if (!usable(d, e))
		return false;
	/* Tells of failed writes since Linux 5.8. */
	return syncfs(dirfd) == 0 || fail_for_good(d, errno, what, e);
}

bool
durable_open_append(struct durable *d, int dirfd, const char *name, bool create, int *fd_r, off_t *len_r,
                    bool *made_r, struct err *e)
{
	struct stat st;
	int fd;

	*made_r = false;
	if (!usable(d, e))
		return false;
	fd = open_at(dirfd, name, O_WRONLY | O_APPEND);
	if (fd < 0 && errno == ENOENT && create) {
		/* A power cut before the directory's fsync may leave no file, or an empty one. */
		fd = open_at(dirfd, name, O_WRONLY | O_APPEND | O_CREAT | O_EXCL);
		*made_r = fd >= 0;
	}
	if (fd < 0)
		return err_sys(e, ERR_DISK, errno, "cannot open %s", name);
	if ((*made_r && fchmod(fd, FILE_MODE) < 0) || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		(void)err_sys(e, ERR_DISK, errno, "%s cannot be used as a file", name);
		(void)close(fd);
		return false;
	}
	*fd_r = fd;
	*len_r = st.st_size;
	return true;
}

bool
durable_append(struct durable *d, int fd, off_t *len, struct bytes data, const char *what, struct err *e)
{
	if (!usable(d, e))
		return false;
	/* A power cut before the fsync leaves any part of data behind the old end: the reader of the file
	 * must tell what is whole. */
	if (!fd_write_all(fd, data)) {
		(void)err_sys(e, ERR_DISK, errno, "cannot append to %s", what);
		/* What was written of it goes again, or else it would stand between two good writes. */
		return ftruncate(fd, *len) == 0 ? false : fail_for_good(d, errno, what, e);
	}
	if (sync_fd(fd) < 0)
		return fail_for_good(d, errno, what, e);
	*len += (off_t)data.len;
	return true;
}

bool
durable_remove(struct durable *d, int dirfd, const char *name, struct err *e)
{
	if (!usable(d, e))
		return false;
	/* A power cut before the directory's fsync may bring the file back, whole. */
	return unlinkat(dirfd, name, 0) == 0 || errno == ENOENT ||
	       err_sys(e, ERR_DISK, errno, "cannot remove %s", name);
}

/* All that is left of fd behind what out has; hint: how much that may be. False: errno, EFBIG beyond out's
 * ceiling. */
static bool
read_all(int fd, size_t hint, struct buf *out)
{
	size_t left, want = hint + 1; /* one more than it has tells a file that grows meanwhile */
	char probe = 0;
	ssize_t n;
	void *to;

	for (;; want = 65536) {
		left = out->max - out->len;
		if (want > left)
			want = left;
		to = want ? buf_room(out, want) : &probe;
		n = read(fd, to, want ? want : 1);
		if (n == 0)
			break;
		if (n > 0 && !want) {
			errno = EFBIG;
			return false;
		}
		if (n > 0)
			out->len += (size_t)n;
		else if (errno != EINTR)
			return false;
	}
	buf_seal(out);
	return true;
}

bool
durable_move(struct durable *d, int from, const char *name, int to, const char *as, struct err *e)
{
	if (!usable(d, e))
		return false;
	return renameat(from, name, to, as) == 0 || err_sys(e, ERR_DISK, errno, "cannot move %s", name);
}

bool
durable_read(int dirfd, const char *name, struct buf *out, struct err *e)
{
	int fd = open_at(dirfd, name, O_RDONLY);
	struct stat st = {0};
	bool ok = false;

	if (fd < 0)
		return err_sys(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_DISK, errno, "cannot open %s", name);
	if (fstat(fd, &st) < 0)
		(void)err_sys(e, ERR_DISK, errno, "cannot look at %s", name);
	else if (!S_ISREG(st.st_mode))
		(void)err_set(e, ERR_SPOOL, "%s is no regular file", name);
	else if (read_all(fd, (size_t)st.st_size, out))
		ok = true;
	else if (errno == EFBIG)
		(void)err_set(e, ERR_TOO_LARGE, "%s has more than %zu bytes", name, out->max);
	else
		(void)err_sys(e, ERR_DISK, errno, "cannot read %s", name);
	(void)close(fd);
	return ok;
}

/* flock, waiting a tenth of a second for a reader that only looks (durable_locked). */
static bool
flock_soon(int fd)
{
	const struct timespec moment = {.tv_nsec = 20 * 1000 * 1000};

	for (int i = 0; i < 6; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return false;
		(void)nanosleep(&moment, NULL);
	}
	errno = EWOULDBLOCK;
	return false;
}

static bool
lock_busy(int fd, const char *name, struct err *e)
{
	char who[128] = "";
	ssize_t n = pread(fd, who, sizeof who - 1, 0);

	who[n > 0 ? n : 0] = '\0';
	who[strcspn(who, "\n")] = '\0';
	return err_set(e, ERR_BUSY, "the spool is held by process %s (its file %s): stop that one first",
	               who[0] ? who : "unknown", name);
}

bool
durable_lock(int dirfd, const char *name, const char *program, int *fd_r, struct err *e)
{
	int fd = open_at(dirfd, name, O_RDWR | O_CREAT);
	char who[128];
	int n;

	if (fd < 0)
		return err_sys(e, ERR_DISK, errno, "cannot open %s", name);
	if (!flock_soon(fd)) {
		if (errno == EWOULDBLOCK)
			(void)lock_busy(fd, name, e);
		else
			(void)err_sys(e, ERR_DISK, errno, "cannot lock %s", name);
		(void)close(fd);
		return false;
	}
	/* Only a help for people: no need that it lasts, the lock itself ends with the process. */
	n = snprintf(who, sizeof who, "%ld %s\n", (long)getpid(), program);
	if (fchmod(fd, FILE_MODE) < 0 || ftruncate(fd, 0) < 0 || n < 0 ||
	    pwrite(fd, who, strlen(who), 0) < 0) {
		(void)err_sys(e, ERR_DISK, errno, "cannot write %s", name);
		(void)close(fd);
		return false;
	}
	*fd_r = fd;
	return true;
}

bool
durable_locked(int dirfd, const char *name)
{
	int fd = open_at(dirfd, name, O_RDONLY);
	bool held;

	if (fd < 0)
		return false;
	held = flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
	(void)close(fd);
	return held;
}
