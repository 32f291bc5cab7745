/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/sandbox.h"

#include "config/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { OPEN_FILES = 64, DIRS_MAX = 32, PROGRAM_MAX = 1024 };

const char *const sandbox_dirs[] = {"/usr/share", "/usr/lib", "/usr/local/share", "/usr/local/lib", "/lib",
                                    "/lib64", "/etc/fonts", "/var/cache/fontconfig",
                                    /* what onnxruntime asks of the processor */
                                    "/sys/devices/system/cpu", "/proc/cpuinfo", NULL};

bool
sandbox_possible(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	return false;
#else
	return true;
#endif
}

/* ---- limits ---- */

static bool
limit(int what, rlim_t to, const char *name, struct err *e)
{
	struct rlimit r = {.rlim_cur = to, .rlim_max = to}, was;

	if (getrlimit((__rlimit_resource_t)what, &was) == 0 && was.rlim_max < to)
		r.rlim_cur = r.rlim_max = was.rlim_max; /* narrower already */
	if (setrlimit((__rlimit_resource_t)what, &r) != 0)
		return err_sys(e, ERR_OS, errno, "setting the limit %s", name);
	return true;
}

/* SIGXCPU first, which says why; a second later SIGKILL. */
static bool
limit_cpu(unsigned seconds, struct err *e)
{
	struct rlimit r;

	if (!limit(RLIMIT_CPU, (rlim_t)seconds + 1, "RLIMIT_CPU", e) || getrlimit(RLIMIT_CPU, &r) != 0)
		return false;
	if (r.rlim_cur > seconds)
		r.rlim_cur = seconds;
	if (setrlimit(RLIMIT_CPU, &r) != 0)
		return err_sys(e, ERR_OS, errno, "setting the limit RLIMIT_CPU");
	return true;
}

static bool
set_limits(const struct sandbox_limits *l, struct err *e)
{
	struct stat out;
	/* an answer redirected into a file is still written: the filter keeps all other files shut */
	bool pipe = fstat(STDOUT_FILENO, &out) == 0 && (S_ISFIFO(out.st_mode) || S_ISSOCK(out.st_mode));

	if (l->memory_mb && !limit(RLIMIT_AS, (rlim_t)l->memory_mb << 20, "RLIMIT_AS", e))
		return false;
	if (l->cpu_seconds && !limit_cpu(l->cpu_seconds, e))
		return false;
	if (pipe && !limit(RLIMIT_FSIZE, 0, "RLIMIT_FSIZE", e))
		return false;
	return limit(RLIMIT_CORE, 0, "RLIMIT_CORE", e) && limit(RLIMIT_NPROC, 0, "RLIMIT_NPROC", e) &&
	       limit(RLIMIT_NOFILE, OPEN_FILES, "RLIMIT_NOFILE", e);
}

/* ---- files ---- */

static bool
close_files(const struct sandbox_limits *l, struct err *e)
{
	struct landlock_grant grants[DIRS_MAX];
	size_t n = 0;

	for (; l->dirs && l->dirs[n] && n < DIRS_MAX; n++)
		grants[n] = (struct landlock_grant){l->dirs[n], LANDLOCK_READ};
	return landlock_enter(grants, n, NULL, 0, e);
}

/* ---- system calls ---- */

/* What is left. What is in neither this list nor the next kills the process: no library of ours asks for it,
 * so whoever does has taken one over, and the daemon hears of it (SIGSYS). */
static const int allowed[] = {
        /* descriptors that are open */
        SCMP_SYS(read),
        SCMP_SYS(readv),
        SCMP_SYS(pread64),
        SCMP_SYS(write),
        SCMP_SYS(writev),
        SCMP_SYS(lseek),
        SCMP_SYS(close),
        SCMP_SYS(fstat),
        SCMP_SYS(newfstatat),
        SCMP_SYS(statx),
        SCMP_SYS(stat),
        SCMP_SYS(lstat),
        SCMP_SYS(fstatfs),
        SCMP_SYS(statfs),
        SCMP_SYS(dup),
        SCMP_SYS(poll),
        SCMP_SYS(ppoll),
        SCMP_SYS(getdents64),
        SCMP_SYS(fadvise64),
        /* looking for files; Landlock says which */
        SCMP_SYS(access),
        SCMP_SYS(faccessat),
        SCMP_SYS(faccessat2),
        SCMP_SYS(readlink),
        SCMP_SYS(readlinkat),
        SCMP_SYS(getcwd),
        /* memory */
        SCMP_SYS(mmap),
        SCMP_SYS(munmap),
        SCMP_SYS(mremap),
        SCMP_SYS(mprotect),
        SCMP_SYS(madvise),
        SCMP_SYS(brk),
        /* time, chance, oneself */
        SCMP_SYS(clock_gettime),
        SCMP_SYS(clock_getres),
        SCMP_SYS(gettimeofday),
        SCMP_SYS(time),
        SCMP_SYS(clock_nanosleep),
        SCMP_SYS(nanosleep),
        SCMP_SYS(getrandom),
        SCMP_SYS(getpid),
        SCMP_SYS(gettid),
        SCMP_SYS(getuid),
        SCMP_SYS(geteuid),
        SCMP_SYS(getgid),
        SCMP_SYS(getegid),
        SCMP_SYS(uname),
        SCMP_SYS(sysinfo),
        SCMP_SYS(getrusage),
        SCMP_SYS(times),
        SCMP_SYS(sched_getaffinity),
        SCMP_SYS(sched_yield),
        SCMP_SYS(getrlimit),
        /* signals (no tgkill: it reaches other processes; abort(3) ends without), locks, the end */
        SCMP_SYS(rt_sigaction),
        SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(rt_sigreturn),
        SCMP_SYS(sigaltstack),
        SCMP_SYS(restart_syscall),
        SCMP_SYS(futex),
        SCMP_SYS(set_robust_list),
        SCMP_SYS(rseq),
        SCMP_SYS(exit),
        SCMP_SYS(exit_group),
};

/* What libraries ask for and do without: refused with EPERM. Fontconfig would renew its cache, runtimes would
 * place their threads and memory; abort(3) would signal by tgkill, and ends without. */
static const int refused[] = {
        SCMP_SYS(mkdir),
        SCMP_SYS(mkdirat),
        SCMP_SYS(link),
        SCMP_SYS(linkat),
        SCMP_SYS(symlink),
        SCMP_SYS(symlinkat),
        SCMP_SYS(rename),
        SCMP_SYS(renameat),
        SCMP_SYS(renameat2),
        SCMP_SYS(unlink),
        SCMP_SYS(unlinkat),
        SCMP_SYS(chmod),
        SCMP_SYS(fchmod),
        SCMP_SYS(fchmodat),
        SCMP_SYS(utimensat),
        SCMP_SYS(flock),
        SCMP_SYS(umask),
        SCMP_SYS(sched_setaffinity),
        SCMP_SYS(sched_setscheduler),
        SCMP_SYS(sched_getscheduler),
        SCMP_SYS(sched_getparam),
        SCMP_SYS(getpriority),
        SCMP_SYS(setpriority),
        SCMP_SYS(get_mempolicy),
        SCMP_SYS(set_mempolicy),
        SCMP_SYS(mbind),
        SCMP_SYS(mlock),
        SCMP_SYS(munlock),
        SCMP_SYS(msync),
        SCMP_SYS(mincore),
        SCMP_SYS(membarrier),
        SCMP_SYS(tgkill),
};

/* The same, where the server may. */
static const int child_refused[] = {SCMP_SYS(prctl), SCMP_SYS(setrlimit), SCMP_SYS(getppid)};

/* The server's own, beside these: it takes jobs, forks, and hears how its children end. */
static const int server_allowed[] = {
        SCMP_SYS(wait4),   SCMP_SYS(waitid),    SCMP_SYS(pidfd_open), SCMP_SYS(dup2),        SCMP_SYS(dup3),
        SCMP_SYS(getppid), SCMP_SYS(setrlimit), SCMP_SYS(prlimit64),  SCMP_SYS(close_range), SCMP_SYS(prctl),
};

static bool
allow(scmp_filter_ctx c, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (seccomp_rule_add(c, SCMP_ACT_ALLOW, calls[i], 0) != 0)
			return false;
	return true;
}

static bool
refuse(scmp_filter_ctx c, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), calls[i], 0) != 0)
			return false;
	return true;
}

/* Threads are refused, and so is what glibc tries first to make one; a process of its own kills. */
static bool
refuse_threads(scmp_filter_ctx c)
{
	return seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0 &&
	       seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
	                        SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)) == 0;
}

/* Reading is allowed; each way to write is refused. */
static bool
allow_opening(scmp_filter_ctx c)
{
	static const scmp_datum_t writing[] = {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND};
	const unsigned mask = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;

	for (size_t i = 0; i < sizeof writing / sizeof *writing; i++)
		if (seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(openat), 1,
		                     SCMP_A2(SCMP_CMP_MASKED_EQ, writing[i], writing[i])) != 0 ||
		    seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(open), 1,
		                     SCMP_A1(SCMP_CMP_MASKED_EQ, writing[i], writing[i])) != 0)
			return false;
	return seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
	                        SCMP_A2(SCMP_CMP_MASKED_EQ, mask, O_RDONLY)) == 0 &&
	       seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
	                        SCMP_A1(SCMP_CMP_MASKED_EQ, mask, O_RDONLY)) == 0 &&
	       seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_NE, TCGETS)) ==
	               0 &&
	       seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, TCGETS)) == 0;
}

/* Not F_SETOWN and F_SETSIG: a descriptor that has news sends any signal to any process so. */
static bool
allow_fcntl(scmp_filter_ctx c)
{
	static const struct {
		int command;
		bool allowed; /* else refused */
	} rows[] = {{F_DUPFD, true},  {F_DUPFD_CLOEXEC, true}, {F_GETFD, true},
	            {F_SETFD, true},  {F_GETFL, true},         {F_SETFL, false},
	            {F_GETLK, false}, {F_SETLK, false},        {F_SETLKW, false}};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (seccomp_rule_add(c, rows[i].allowed ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM),
		                     SCMP_SYS(fcntl), 1,
		                     SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)rows[i].command)) != 0)
			return false;
	return true;
}

static bool
allow_base(scmp_filter_ctx c)
{
	return allow(c, allowed, sizeof allowed / sizeof *allowed) && allow_opening(c) && allow_fcntl(c) &&
	       refuse(c, refused, sizeof refused / sizeof *refused) && refuse_threads(c);
}

/* One mail's process: reading a limit, not setting one. */
static bool
allow_child(scmp_filter_ctx c)
{
	return allow_base(c) && refuse(c, child_refused, sizeof child_refused / sizeof *child_refused) &&
	       seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_NE, 0)) ==
	               0 &&
	       seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0)) == 0;
}

/* fork(2), no thread and no name space; messages on its one socket, which is standard input. */
static bool
allow_server(scmp_filter_ctx c)
{
	const scmp_datum_t not_fork = ~(scmp_datum_t)(CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD);

	return allow_base(c) && allow(c, server_allowed, sizeof server_allowed / sizeof *server_allowed) &&
	       seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
	                        SCMP_A0(SCMP_CMP_MASKED_EQ, not_fork, 0)) == 0 &&
	       seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(recvmsg), 1,
	                        SCMP_A0(SCMP_CMP_EQ, STDIN_FILENO)) == 0 &&
	       seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(sendmsg), 1,
	                        SCMP_A0(SCMP_CMP_EQ, STDIN_FILENO)) == 0 &&
	       seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(seccomp), 1,
	                        SCMP_A0(SCMP_CMP_EQ, SECCOMP_SET_MODE_FILTER)) == 0;
}

/* A filter as the kernel takes it. Made beforehand it costs microseconds to load, where making it costs
 * milliseconds. */
struct program {
	struct sock_filter at[PROGRAM_MAX];
	struct sock_fprog prog;
};

static bool
program_make(struct program *p, bool (*rules)(scmp_filter_ctx c), struct err *e)
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int fd = memfd_create("filter", MFD_CLOEXEC);
	ssize_t n = -1;

	if (c && fd >= 0 && rules(c) && seccomp_export_bpf(c, fd) == 0)
		n = pread(fd, p->at, sizeof p->at, 0);
	if (fd >= 0)
		(void)close(fd);
	seccomp_release(c);
	if (n <= 0 || (size_t)n == sizeof p->at)
		return err_set(e, ERR_OS, "the filter of system calls cannot be made");
	p->prog = (struct sock_fprog){(unsigned short)((size_t)n / sizeof *p->at), p->at};
	return true;
}

static bool
program_load(struct program *p, struct err *e)
{
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &p->prog) != 0)
		return err_sys(e, ERR_OS, errno, "loading the filter of system calls");
	return true;
}

static bool
give_up_privileges(struct err *e)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return err_sys(e, ERR_OS, errno, "giving up privileges");
	return true;
}

bool
sandbox_enter(const struct sandbox_limits *limits, struct err *e)
{
	struct program p;

	return give_up_privileges(e) && program_make(&p, allow_child, e) && set_limits(limits, e) &&
	       close_files(limits, e) && program_load(&p, e);
}

/* The server's children's, made by the server. */
static struct program for_children;

bool
sandbox_enter_server(const struct sandbox_limits *limits, struct err *e)
{
	struct program p;

	return give_up_privileges(e) && program_make(&for_children, allow_child, e) &&
	       program_make(&p, allow_server, e) && limit(RLIMIT_CORE, 0, "RLIMIT_CORE", e) &&
	       limit(RLIMIT_FSIZE, 0, "RLIMIT_FSIZE", e) &&
	       limit(RLIMIT_NOFILE, OPEN_FILES, "RLIMIT_NOFILE", e) && close_files(limits, e) &&
	       program_load(&p, e);
}

bool
sandbox_enter_child(const struct sandbox_limits *limits, struct err *e)
{
	return set_limits(limits, e) && program_load(&for_children, e);
}

bool
sandbox_only_time(const struct sandbox_limits *limits, struct err *e)
{
	return !limits->cpu_seconds || limit_cpu(limits->cpu_seconds, e);
}
