/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one file that owns durability. What a function here has done, a power cut does not undo.
 *
 * All is done below directories that are open already (openat, no symbolic link followed, closed on
 * exec), with modes 0600 and 0700 whatever the umask. EINTR and short writes are its own business.
 *
 * After a failed fsync(2) nobody knows what is on the disk, and a second one would say "well" of
 * pages that the first one lost: so the state becomes failed for good, every later call of a
 * function that writes fails with the same words, and the process must end. What is true is then
 * found anew at the next start. All other failures leave things as they were before. */
#ifndef MINGPIAN_SPOOL_DURABLE_H
#define MINGPIAN_SPOOL_DURABLE_H

#include "config/buf.h"
#include "config/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The name of the one file that is being written aside in a directory; what a power cut leaves of it
 * may be removed. */
#define DURABLE_ASIDE ".aside"

/* The state of one spool's disk, shared by all that write there; DURABLE_INIT before the first use. */
struct durable {
	bool failed;
	struct err why; /* while failed */
};

#define DURABLE_INIT ((struct durable){.failed = false})

/* Open the directory name below dirfd (AT_FDCWD: a path), made with mode 0700 where it is not there.
 * With d NULL nothing is made. *fd_r is the caller's to close. */
bool durable_dir(struct durable *d, int dirfd, const char *name, int *fd_r, struct err *e);

/* Fsync a directory: renames and removals in it are then on disk. what names it in messages. */
bool durable_sync_dir(struct durable *d, int dirfd, const char *what, struct err *e);

/* Make data the file name in dirfd, whole or not at all: written aside in the same directory, fsynced,
 * renamed over whatever had the name. The caller makes the rename itself last with
 * durable_sync_dir(), so that many files can share it. */
bool durable_publish(struct durable *d, int dirfd, const char *name, struct bytes data, struct err *e);

/* The same without the fsync: whole for whoever looks now, but a power cut may leave it in part or not at
 * all, until durable_sync_file() and durable_sync_dir(), or durable_sync_all(). For what nobody believes
 * before that. */
bool durable_place(struct durable *d, int dirfd, const char *name, struct bytes data, struct err *e);

/* Write data aside and remove it again: is there room for it? */
bool durable_try(struct durable *d, int dirfd, struct bytes data, struct err *e);

/* Fsync a file that was placed. */
bool durable_sync_file(struct durable *d, int dirfd, const char *name, struct err *e);

/* Everything on the file system of dirfd, files and names, in one go (syncfs): one wait instead of one for
 * each file and directory. */
bool durable_sync_all(struct durable *d, int dirfd, const char *what, struct err *e);

/* Append data to the open file fd, whose length is *len, and fsync. True: all of it is on disk and *len
 * is the new length. False: the file is as long as before (or the state is failed). */
bool durable_append(struct durable *d, int fd, off_t *len, struct bytes data, const char *what,
                    struct err *e);

/* Open (make, with create) a file for appending. *len_r: its length. *made_r: it was not there, and
 * the caller must sync the directory. */
bool durable_open_append(struct durable *d, int dirfd, const char *name, bool create, int *fd_r, off_t *len_r,
                         bool *made_r, struct err *e);

/* Remove a file; one that is not there is no failure. Lasts after durable_sync_dir(). */
bool durable_remove(struct durable *d, int dirfd, const char *name, struct err *e);

/* Give a file another name, in this directory or in another one of the same disk, over whatever has that
 * name. Lasts after durable_sync_dir() of both. */
bool durable_move(struct durable *d, int from, const char *name, int to, const char *as, struct err *e);

/* Read a whole regular file; out's ceiling holds (ERR_TOO_LARGE). ERR_NOT_FOUND where there is none. */
bool durable_read(int dirfd, const char *name, struct buf *out, struct err *e);

/* Hold the file name, with "PID PROGRAM\n" in it, until *fd_r is closed or the process ends.
 * ERR_BUSY says who holds it. */
bool durable_lock(int dirfd, const char *name, const char *program, int *fd_r, struct err *e);

/* Does a living process hold the lock? For readers; needs no right to write. */
bool durable_locked(int dirfd, const char *name);

#endif
