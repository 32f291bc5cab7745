/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/sandbox.h"

#include "config/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { OPEN_FILES = 64, DIRS_MAX = 32 };

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

static bool
set_limits(const struct sandbox_limits *l, struct err *e)
{
	struct stat out;
	/* an answer redirected into a file is still written: the filter keeps all other files shut */
	bool pipe = fstat(STDOUT_FILENO, &out) == 0 && (S_ISFIFO(out.st_mode) || S_ISSOCK(out.st_mode));

	if (l->memory_mb && !limit(RLIMIT_AS, (rlim_t)l->memory_mb << 20, "RLIMIT_AS", e))
		return false;
	if (l->cpu_seconds && !limit(RLIMIT_CPU, l->cpu_seconds, "RLIMIT_CPU", e))
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

/* What is left. All others answer EPERM, so that a library that asks for more goes without. */
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
        SCMP_SYS(fcntl),
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
        /* signals, locks, the end */
        SCMP_SYS(rt_sigaction),
        SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(rt_sigreturn),
        SCMP_SYS(sigaltstack),
        SCMP_SYS(restart_syscall),
        SCMP_SYS(tgkill),
        SCMP_SYS(futex),
        SCMP_SYS(set_robust_list),
        SCMP_SYS(rseq),
        SCMP_SYS(exit),
        SCMP_SYS(exit_group),
};

static bool
add_rules(scmp_filter_ctx c)
{
	const unsigned mask = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;

	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
		if (seccomp_rule_add(c, SCMP_ACT_ALLOW, allowed[i], 0) != 0)
			return false;
	return seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
	                        SCMP_A2(SCMP_CMP_MASKED_EQ, mask, O_RDONLY)) == 0 &&
	       seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
	                        SCMP_A1(SCMP_CMP_MASKED_EQ, mask, O_RDONLY)) == 0 &&
	       seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, TCGETS)) == 0 &&
	       /* reading a limit, not setting one */
	       seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0)) == 0;
}

static bool
filter_calls(struct err *e)
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc = -ENOMEM;
	bool ok = true;

	if (!c || !add_rules(c) || (rc = seccomp_load(c)) != 0)
		ok = err_sys(e, ERR_OS, -rc, "loading the filter of system calls");
	seccomp_release(c);
	return ok;
}

bool
sandbox_enter(const struct sandbox_limits *limits, struct err *e)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return err_sys(e, ERR_OS, errno, "giving up privileges");
	return set_limits(limits, e) && close_files(limits, e) && filter_calls(e);
}
