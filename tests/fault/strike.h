/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What strike.c counts, and where: a page that the one who set the fault shares with all processes under
 * test. It outlives those that are killed. tests/lib/struck.py reads it: keep the two alike. */
#ifndef MINGPIAN_TESTS_STRIKE_H
#define MINGPIAN_TESTS_STRIKE_H

#include <stdatomic.h>
#include <stdint.h>

enum {
	STRIKE_CALLS = 96,
	STRIKE_THREADS = 32,
	STRIKE_NAME = 24,
	STRIKE_SEEN = 1 << 16, /* places of allocation */
};

struct strike_page {
	/* set by who shares it, before anything runs */
	char want_call[STRIKE_NAME], want_thread[STRIKE_NAME], want_how[STRIKE_NAME];
	uint32_t want_at, want_on;

	atomic_uint struck;       /* how often the fault came down */
	atomic_uint threads;      /* names in use */
	atomic_uint synced_badly; /* an fsync was made to fail */
	atomic_uint wrote_after;  /* bytes of a log were written by the same process after that */
	char call[STRIKE_CALLS][STRIKE_NAME];
	char thread[STRIKE_THREADS][STRIKE_NAME];
	atomic_uint count[STRIKE_CALLS][STRIKE_THREADS];
	_Atomic uint64_t seen[STRIKE_SEEN];
};

/* clang-format off */
/* The calls; what may befall each of them tests/lib/sweep.py knows. */
#define STRIKE_TABLE(X) \
	X(open) X(openat) X(fopen) X(scandirat) X(opendir) X(read) X(pread) X(write) X(pwrite) \
	X(writev) X(fsync) X(fdatasync) X(syncfs) X(rename) X(renameat) X(unlink) X(unlinkat) \
	X(mkdir) X(mkdirat) X(ftruncate) X(chmod) X(fchmod) X(fchmodat) X(fstat) X(stat) \
	X(fstatat) X(fstatvfs) X(fcntl) X(flock) X(close) X(mmap) X(socket) X(socketpair) \
	X(connect) X(bind) X(listen) X(accept4) X(poll) X(send) X(sendto) X(sendmsg) X(recv) \
	X(recvfrom) X(recvmsg) X(setsockopt) X(pipe2) X(memfd_create) X(eventfd) X(signalfd) \
	X(timerfd_create) X(pidfd_open) X(posix_spawn) X(fork) X(pthread_create) X(waitpid) \
	X(malloc) X(memalign) X(place)
/* clang-format on */

#endif