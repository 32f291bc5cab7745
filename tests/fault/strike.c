/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clang-format off */
/* LD_PRELOAD: counts the calls of a program by call and thread, and lets the N-th of one kind fail, or be
 * the last that the process makes. No hook in the product; libraries' calls are reached as well as ours,
 * what libc does within itself is not.
 *
 *	STRIKE_PAGE=FILE    the page (strike.h), shared; without it the file `page` beside the program;
 *	                    without that nothing is done
 *	STRIKE_DEPTH=N      so many calls tell a place, 1 to 64; 4 without it
 *
 * What it holds before:
 *	want_call    of the table there; `malloc` is any allocation, `memalign` one with an alignment, `place`
 *	             the first allocation from each place of the program (by the calls that led there)
 *	want_thread  as pthread_setname_np() said; `main`, `worker` for a process's first thread
 *	want_at      from 1; 0: only count
 *	want_how     kill: the process is gone before the call; kill-half: after half of a write; short: half
 *	             of it is read or written; eof: nothing is there any more; else an errno: ENOSPC …
 *	want_on      from then on every such call
 *
 * The fault comes down once for all processes together, unless want_on. */
/* clang-format on */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name,bugprone-macro-parentheses,cert-err34-c) */
#include "tests/fault/strike.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROW(name) CALL_##name,
enum call { STRIKE_TABLE(ROW) CALLS };
#undef ROW
#define ROW(name) #name,
static const char *const call_names[] = {STRIKE_TABLE(ROW)};
#undef ROW
_Static_assert((int)CALLS <= (int)STRIKE_CALLS, "the page has room for them");

enum { PLACE_DEPTH = 4, PLACE_DEPTH_MAX = 64, PLACE_SKIP = 3 };

static struct strike_page *page;
static enum call want_call = CALLS;
static int want_errno;
static int depth = PLACE_DEPTH; /* calls that tell a place */
static bool synced_badly;       /* in this process */
static const char *first_thread = "main";
static bool began; /* main was called: what libraries do before that is not ours */

/* initial-exec: no allocation is made for them */
static __thread int slot __attribute__((tls_model("initial-exec"))) = -1;
static __thread bool within __attribute__((tls_model("initial-exec")));

/* ---- names ---- */

static const struct {
	const char *name;
	int number;
} errnos[] = {{"ENOSPC", ENOSPC},
              {"EIO", EIO},
              {"EMFILE", EMFILE},
              {"ENFILE", ENFILE},
              {"ENOMEM", ENOMEM},
              {"EINTR", EINTR},
              {"EAGAIN", EAGAIN},
              {"EACCES", EACCES},
              {"EROFS", EROFS},
              {"ENOLCK", ENOLCK},
              {"ECONNRESET", ECONNRESET},
              {"ECONNREFUSED", ECONNREFUSED},
              {"EPIPE", EPIPE},
              {"ENETUNREACH", ENETUNREACH},
              {"ETIMEDOUT", ETIMEDOUT},
              {"EDQUOT", EDQUOT},
              {"EPERM", EPERM}};

/* The slot of a thread's name; the last one is for all for whom there is no room. */
static int
slot_of(const char *name)
{
	unsigned n = atomic_load(&page->threads);

	for (unsigned i = 0; i < n && i < STRIKE_THREADS; i++)
		if (strncmp(page->thread[i], name, STRIKE_NAME - 1) == 0)
			return (int)i;
	n = atomic_fetch_add(&page->threads, 1);
	if (n >= STRIKE_THREADS)
		return STRIKE_THREADS - 1;
	(void)snprintf(page->thread[n], STRIKE_NAME, "%s", name);
	return (int)n;
}

static int
my_slot(void)
{
	if (slot < 0)
		slot = slot_of(syscall(SYS_gettid) == getpid() ? first_thread : "unnamed");
	return slot;
}

int
pthread_setname_np(pthread_t thread, const char *name)
{
	static int (*real)(pthread_t, const char *);

	if (!real)
		real = (int (*)(pthread_t, const char *))dlsym(RTLD_NEXT, "pthread_setname_np");
	if (page && pthread_equal(thread, pthread_self()))
		slot = slot_of(name);
	return real(thread, name);
}

static void
read_wishes(void)
{
	for (size_t i = 0; i < sizeof errnos / sizeof *errnos; i++)
		if (strcmp(page->want_how, errnos[i].name) == 0)
			want_errno = errnos[i].number;
	for (int i = 0; i < CALLS; i++)
		if (strcmp(page->want_call, call_names[i]) == 0)
			want_call = (enum call)i;
}

static int
open_page(void)
{
	const char *file = getenv("STRIKE_PAGE");
	char program[4000], beside[4096];
	ssize_t n;

	if (!file) {
		n = readlink("/proc/self/exe", program, sizeof program - 1);
		if (n <= 0)
			return -1;
		program[n] = '\0';
		*strrchr(program, '/') = '\0';
		(void)snprintf(beside, sizeof beside, "%s/page", program);
		file = beside;
	}
	return (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC);
}

/* Before main, so that it is there before the program shuts itself in. */
__attribute__((constructor)) static void
begin(void)
{
	const char *deep = getenv("STRIKE_DEPTH");
	void *frames[2], *at;
	int fd;

	if (strcmp(program_invocation_short_name, "mingpian-parse") == 0)
		first_thread = "worker";
	else if (strcmp(program_invocation_short_name, "mingpiand") != 0)
		return;
	(void)backtrace(frames, 2); /* loads what it needs */
	fd = open_page();
	if (fd < 0)
		return;
	at = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	(void)syscall(SYS_close, fd);
	if (at == MAP_FAILED)
		return;
	page = at;
	read_wishes();
	if (deep && strtol(deep, NULL, 10) > 0)
		depth = (int)strtol(deep, NULL, 10);
	depth = depth < PLACE_DEPTH_MAX ? depth : PLACE_DEPTH_MAX;
	for (int i = 0; i < CALLS; i++)
		(void)snprintf(page->call[i], STRIKE_NAME, "%s", call_names[i]);
}

static int (*real_main)(int, char **, char **);

static int
main_begins(int argc, char **argv, char **envp)
{
	began = true;
	return real_main(argc, argv, envp);
}

/* glibc's, which every program calls first (LSB 5.0) */
int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void *stack_end);

int
__libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                  void (*fini)(void), void (*rtld_fini)(void), void *stack_end)
{
	typedef int start(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void),
	                  void (*)(void), void *);
	start *real = (start *)dlsym(RTLD_NEXT, "__libc_start_main");

	real_main = main;
	return real(main_begins, argc, argv, init, fini, rtld_fini, stack_end);
}

/* ---- judging ---- */

enum what { PASS, FAIL, SHORT, HALF };

static _Noreturn void
die(void)
{
	(void)syscall(SYS_kill, getpid(), SIGKILL);
	__builtin_trap(); /* where a sandbox forbids that */
}

static bool
is_ours(enum call c)
{
	return c == want_call && page->want_at && strcmp(page->thread[my_slot()], page->want_thread) == 0;
}

/* What is to become of this call. FAIL: errno is set. */
static enum what
judge(enum call c)
{
	unsigned n;

	if (!page || !began || within)
		return PASS;
	n = atomic_fetch_add(&page->count[c][my_slot()], 1) + 1;
	if (!is_ours(c) || n < page->want_at || (n > page->want_at && !page->want_on))
		return PASS;
	atomic_fetch_add(&page->struck, 1);
	if (strcmp(page->want_how, "kill") == 0)
		die();
	if (strcmp(page->want_how, "kill-half") == 0)
		return HALF;
	errno = want_errno;
	return strcmp(page->want_how, "short") == 0 || strcmp(page->want_how, "eof") == 0 ? SHORT : FAIL;
}

#define REAL(ret, name, ...)             \
	static ret (*real)(__VA_ARGS__); \
	if (!real)                       \
	real = (ret(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

/* A call that happens or fails. */
#define CALL(ret, name, counted, failed, params, args)                 \
	ret name params                                                \
	{                                                              \
		static ret(*real) params;                              \
		if (!real)                                             \
			real = (ret(*) params)dlsym(RTLD_NEXT, #name); \
		if (judge(CALL_##counted) != PASS)                     \
			return failed;                                 \
		return real args;                                      \
	}

/* One that returns its error instead of setting it. */
#define CALL_ERRNO(name, params, args)                                 \
	int name params                                                \
	{                                                              \
		static int(*real) params;                              \
		if (!real)                                             \
			real = (int(*) params)dlsym(RTLD_NEXT, #name); \
		if (judge(CALL_##name) != PASS)                        \
			return errno;                                  \
		return real args;                                      \
	}

/* One that moves len bytes, or fewer. */
#define MOVE(name, counted, params, len, args)                             \
	ssize_t name params                                                \
	{                                                                  \
		static ssize_t(*real) params;                              \
		if (!real)                                                 \
			real = (ssize_t(*) params)dlsym(RTLD_NEXT, #name); \
		switch (judge(CALL_##counted)) {                           \
		case PASS: break;                                          \
		case FAIL: return -1;                                      \
		case SHORT:                                                \
			if (strcmp(page->want_how, "eof") == 0)            \
				return 0;                                  \
			len = (len) > 1 ? (len) / 2 : (len);               \
			break;                                             \
		case HALF:                                                 \
			len /= 2;                                          \
			(void)real args;                                   \
			die();                                             \
		}                                                          \
		return real args;                                          \
	}

/* After an fsync that failed nothing of a log may be written: what it says could rest on what is lost. */
static bool
is_log(int fd)
{
	char link[48], path[4096];
	ssize_t n;

	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof path - 1);
	if (n <= 0)
		return false;
	path[n] = '\0';
	return n > 6 && strcmp(path + n - 6, ".jsonl") == 0;
}

static void
note_write(int fd)
{
	if (page && synced_badly && is_log(fd))
		atomic_fetch_add(&page->wrote_after, 1);
}

#define SYNC(name)                                                        \
	int name(int fd)                                                  \
	{                                                                 \
		static int (*real)(int);                                  \
		if (!real)                                                \
			real = (int (*)(int))dlsym(RTLD_NEXT, #name);     \
		if (judge(CALL_##name) != PASS) {                         \
			if (errno != EINTR) {                             \
				synced_badly = true;                      \
				atomic_fetch_add(&page->synced_badly, 1); \
			}                                                 \
			return -1;                                        \
		}                                                         \
		return real(fd);                                          \
	}

SYNC(fsync)
SYNC(syncfs)
/* SQLite's way: of the index, which can be made anew. */
CALL(int, fdatasync, fdatasync, -1, (int fd), (fd))

/* ---- files ---- */

static mode_t
mode_of(int flags, va_list ap)
{
	return flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;
}

#define OPEN(name)                                                              \
	int name(const char *path, int flags, ...)                              \
	{                                                                       \
		va_list ap;                                                     \
		mode_t mode;                                                    \
		REAL(int, name, const char *, int, ...);                        \
		va_start(ap, flags);                                            \
		mode = mode_of(flags, ap);                                      \
		va_end(ap);                                                     \
		return judge(CALL_open) == PASS ? real(path, flags, mode) : -1; \
	}
#define OPENAT(name)                                                                   \
	int name(int dir, const char *path, int flags, ...)                            \
	{                                                                              \
		va_list ap;                                                            \
		mode_t mode;                                                           \
		REAL(int, name, int, const char *, int, ...);                          \
		va_start(ap, flags);                                                   \
		mode = mode_of(flags, ap);                                             \
		va_end(ap);                                                            \
		return judge(CALL_openat) == PASS ? real(dir, path, flags, mode) : -1; \
	}
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

CALL(FILE *, fopen, fopen, NULL, (const char *path, const char *mode), (path, mode))
CALL(FILE *, fopen64, fopen, NULL, (const char *path, const char *mode), (path, mode))

CALL(int, scandirat, scandirat, -1,
     (int dir, const char *path, struct dirent ***names, int (*filter)(const struct dirent *),
      int (*compare)(const struct dirent **, const struct dirent **)),
     (dir, path, names, filter, compare))

MOVE(read, read, (int fd, void *to, size_t len), len, (fd, to, len))
MOVE(pread, pread, (int fd, void *to, size_t len, off_t at), len, (fd, to, len, at))
MOVE(pread64, pread, (int fd, void *to, size_t len, off64_t at), len, (fd, to, len, at))

static ssize_t
plain_write(int fd, const void *from, size_t len)
{
	REAL(ssize_t, write, int, const void *, size_t);
	note_write(fd);
	return real(fd, from, len);
}

ssize_t
write(int fd, const void *from, size_t len)
{
	switch (judge(CALL_write)) {
	case PASS: break;
	case FAIL: return -1;
	case SHORT: return plain_write(fd, from, len > 1 ? len / 2 : len);
	case HALF: (void)!plain_write(fd, from, len / 2); die();
	}
	return plain_write(fd, from, len);
}

MOVE(pwrite, pwrite, (int fd, const void *from, size_t len, off_t at), len, (fd, from, len, at))
MOVE(pwrite64, pwrite, (int fd, const void *from, size_t len, off64_t at), len, (fd, from, len, at))
CALL(ssize_t, writev, writev, -1, (int fd, const struct iovec *v, int n), (fd, v, n))

CALL(int, rename, rename, -1, (const char *a, const char *b), (a, b))
CALL(int, renameat, renameat, -1, (int from, const char *a, int to, const char *b), (from, a, to, b))
CALL(int, unlink, unlink, -1, (const char *path), (path))
CALL(int, unlinkat, unlinkat, -1, (int dir, const char *path, int flags), (dir, path, flags))
CALL(int, mkdir, mkdir, -1, (const char *path, mode_t mode), (path, mode))
CALL(int, mkdirat, mkdirat, -1, (int dir, const char *path, mode_t mode), (dir, path, mode))
CALL(int, ftruncate, ftruncate, -1, (int fd, off_t len), (fd, len))
CALL(int, ftruncate64, ftruncate, -1, (int fd, off64_t len), (fd, len))
CALL(int, chmod, chmod, -1, (const char *path, mode_t mode), (path, mode))
CALL(int, fchmod, fchmod, -1, (int fd, mode_t mode), (fd, mode))
CALL(int, fchmodat, fchmodat, -1, (int dir, const char *path, mode_t mode, int flags),
     (dir, path, mode, flags))
CALL(int, fstat, fstat, -1, (int fd, struct stat *st), (fd, st))
CALL(int, fstat64, fstat, -1, (int fd, struct stat64 *st), (fd, st))
CALL(int, stat, stat, -1, (const char *path, struct stat *st), (path, st))
CALL(int, stat64, stat, -1, (const char *path, struct stat64 *st), (path, st))
CALL(int, lstat, stat, -1, (const char *path, struct stat *st), (path, st))
CALL(int, lstat64, stat, -1, (const char *path, struct stat64 *st), (path, st))
CALL(int, fstatat, fstatat, -1, (int dir, const char *path, struct stat *st, int flags),
     (dir, path, st, flags))
CALL(int, fstatvfs, fstatvfs, -1, (int fd, struct statvfs *v), (fd, v))
CALL(int, flock, flock, -1, (int fd, int what), (fd, what))

/* The descriptor goes all the same, as on Linux. */
int
close(int fd)
{
	REAL(int, close, int);
	if (judge(CALL_close) == PASS)
		return real(fd);
	(void)real(fd);
	errno = want_errno;
	return -1;
}

/* Locks alone can be refused (and a copy of a descriptor); reading or setting flags cannot. All of fcntl's
 * third arguments fit a pointer. */
static bool
may_be_refused(int what)
{
	return what == F_SETLK || what == F_SETLKW || what == F_DUPFD || what == F_DUPFD_CLOEXEC;
}

#define FCNTL(name)                                                                                   \
	int name(int fd, int what, ...)                                                               \
	{                                                                                             \
		va_list ap;                                                                           \
		void *arg;                                                                            \
		REAL(int, name, int, int, ...);                                                       \
		va_start(ap, what);                                                                   \
		arg = va_arg(ap, void *);                                                             \
		va_end(ap);                                                                           \
		return !may_be_refused(what) || judge(CALL_fcntl) == PASS ? real(fd, what, arg) : -1; \
	}
FCNTL(fcntl)
FCNTL(fcntl64)

CALL(void *, mmap64, mmap, MAP_FAILED, (void *at, size_t len, int prot, int flags, int fd, off64_t off),
     (at, len, prot, flags, fd, off))

/* ---- sockets ---- */

CALL(int, socket, socket, -1, (int domain, int type, int protocol), (domain, type, protocol))
CALL(int, socketpair, socketpair, -1, (int domain, int type, int protocol, int v[2]),
     (domain, type, protocol, v))
CALL(int, connect, connect, -1, (int fd, const struct sockaddr *a, socklen_t len), (fd, a, len))
CALL(int, bind, bind, -1, (int fd, const struct sockaddr *a, socklen_t len), (fd, a, len))
CALL(int, listen, listen, -1, (int fd, int backlog), (fd, backlog))
CALL(int, accept4, accept4, -1, (int fd, struct sockaddr *a, socklen_t *len, int flags), (fd, a, len, flags))
CALL(int, poll, poll, -1, (struct pollfd * p, nfds_t n, int ms), (p, n, ms))
MOVE(send, send, (int fd, const void *from, size_t len, int flags), len, (fd, from, len, flags))
MOVE(sendto, sendto,
     (int fd, const void *from, size_t len, int flags, const struct sockaddr *a, socklen_t alen), len,
     (fd, from, len, flags, a, alen))
MOVE(recv, recv, (int fd, void *to, size_t len, int flags), len, (fd, to, len, flags))
MOVE(recvfrom, recvfrom, (int fd, void *to, size_t len, int flags, struct sockaddr *a, socklen_t *alen), len,
     (fd, to, len, flags, a, alen))
CALL(ssize_t, sendmsg, sendmsg, -1, (int fd, const struct msghdr *m, int flags), (fd, m, flags))
CALL(ssize_t, recvmsg, recvmsg, -1, (int fd, struct msghdr *m, int flags), (fd, m, flags))
CALL(int, setsockopt, setsockopt, -1, (int fd, int level, int name, const void *v, socklen_t len),
     (fd, level, name, v, len))

/* ---- processes, threads, descriptors ---- */

CALL(int, pipe2, pipe2, -1, (int fds[2], int flags), (fds, flags))
CALL(int, memfd_create, memfd_create, -1, (const char *name, unsigned flags), (name, flags))
CALL(int, eventfd, eventfd, -1, (unsigned n, int flags), (n, flags))
CALL(int, signalfd, signalfd, -1, (int fd, const sigset_t *set, int flags), (fd, set, flags))
CALL(int, timerfd_create, timerfd_create, -1, (int clock, int flags), (clock, flags))
CALL(int, pidfd_open, pidfd_open, -1, (pid_t pid, unsigned flags), (pid, flags))
CALL(pid_t, fork, fork, -1, (void), ())
CALL(pid_t, waitpid, waitpid, -1, (pid_t pid, int *status, int flags), (pid, status, flags))
CALL_ERRNO(posix_spawn,
           (pid_t * pid, const char *path, const posix_spawn_file_actions_t *fa, const posix_spawnattr_t *at,
            char *const argv[], char *const envp[]),
           (pid, path, fa, at, argv, envp))
CALL_ERRNO(pthread_create, (pthread_t * thread, const pthread_attr_t *at, void *(*f)(void *), void *context),
           (thread, at, f, context))

/* ---- memory ---- */

/* mingpiand has a malloc() of its own, which asks __libc_malloc(): both are taken here. */
extern void *__libc_malloc(size_t len);
extern void *__libc_calloc(size_t n, size_t len);
extern void *__libc_realloc(void *p, size_t len);
extern void *__libc_memalign(size_t align, size_t len);

/* Has this place asked before? */
static bool
is_new_place(void)
{
	void *frames[PLACE_DEPTH_MAX + PLACE_SKIP];
	uint64_t hash = 1469598103934665603U, none = 0;
	int n;

	within = true;
	n = backtrace(frames, depth + PLACE_SKIP);
	within = false;
	/* addresses change from run to run; so does the page */
	for (int i = PLACE_SKIP; i < n; i++)
		hash = (hash ^ (uint64_t)(uintptr_t)frames[i]) * 1099511628211U;
	hash |= 1;
	for (unsigned i = 0; i < STRIKE_SEEN; i++) {
		_Atomic uint64_t *at = &page->seen[(hash + i) % STRIKE_SEEN];

		none = 0;
		if (atomic_compare_exchange_strong(at, &none, hash))
			return true;
		if (none == hash)
			return false;
	}
	return false;
}

static bool
refused(enum call c)
{
	bool no;

	if (!page || !began || within)
		return false;
	no = judge(c) != PASS;
	if (!no && want_call == CALL_place && is_new_place())
		no = judge(CALL_place) != PASS;
	if (no)
		errno = ENOMEM;
	return no;
}

/* dlsym() asks for memory only where it fails. */
#define ALLOC(name, counted, params, args)                                         \
	void *__libc_##name params                                                 \
	{                                                                          \
		static void *(*real)params;                                        \
		if (!real)                                                         \
			real = (void *(*)params)dlsym(RTLD_NEXT, "__libc_" #name); \
		return refused(CALL_##counted) ? NULL : real args;                 \
	}                                                                          \
	void *name params                                                          \
	{                                                                          \
		return __libc_##name args;                                         \
	}
ALLOC(malloc, malloc, (size_t len), (len))
ALLOC(calloc, malloc, (size_t n, size_t len), (n, len))
ALLOC(realloc, malloc, (void *p, size_t len), (p, len))

void *memalign(size_t align, size_t len); /* in no header that glibc wants used */
ALLOC(memalign, memalign, (size_t align, size_t len), (align, len))

void *
aligned_alloc(size_t align, size_t len)
{
	return __libc_memalign(align, len);
}

int
posix_memalign(void **p_r, size_t align, size_t len)
{
	void *p = __libc_memalign(align, len);

	if (!p)
		return ENOMEM;
	*p_r = p;
	return 0;
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name,bugprone-macro-parentheses,cert-err34-c) */
