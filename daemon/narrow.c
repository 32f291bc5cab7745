/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/narrow.h"

#include "config/landlock.h"
#include "config/mem.h"

#include <curl/curl.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <malloc.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	GRANTS_MAX = 192,
	PORTS_MAX = 65, /* two for each of 32 mailboxes, and */
	PORT_DNS = 53,
};

/* ---- memory ---- */

enum { LOCK_ALL = MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT };

static bool locked; /* written before there are threads */

bool
narrow_lock_memory(struct err *e)
{
	struct rlimit r;

	/* What is locked goes back from the heap's end (brk), not from the arenas that threads would have
	 * (madvise: EINVAL). */
	(void)mallopt(M_ARENA_MAX, 1);
	/* With a limit, locking works at first and memory runs out later: all address space counts. */
	if (getrlimit(RLIMIT_MEMLOCK, &r) != 0 || (r.rlim_cur != RLIM_INFINITY && geteuid() != 0))
		return err_set(e, ERR_OS,
		               "memory may be swapped, passwords with it: let the service lock it "
		               "(LimitMEMLOCK=infinity), or encrypt the swap");
	if (mlockall(LOCK_ALL) != 0)
		return err_sys(e, ERR_OS, errno, "memory may be swapped, passwords with it");
	locked = true;
	return true;
}

/* The kernel takes back no page that is locked (madvise(2), EINVAL). */
void
narrow_give_back(void)
{
	if (locked)
		(void)munlockall();
	(void)malloc_trim(0);
	if (locked)
		(void)mlockall(LOCK_ALL); /* what it could once it can again: pages stay as they are */
}

/* ---- files and ports ---- */

/* The system's own. Folders, not files: a file that is put anew under its name (resolv.conf) is another
 * one for Landlock. The parser needs fonts, tables and what the engine for pictures asks of the processor. */
static const struct landlock_grant of_the_system[] = {
        {"/etc", LANDLOCK_READ},
        {"/usr", LANDLOCK_READ},
        {"/lib", LANDLOCK_READ},
        {"/lib64", LANDLOCK_READ},
        {"/run/systemd/resolve", LANDLOCK_READ},
        {"/run/resolvconf", LANDLOCK_READ},
        {"/run/NetworkManager", LANDLOCK_READ},
        {"/var/cache/fontconfig", LANDLOCK_READ},
        {"/proc", LANDLOCK_READ},
        {"/sys/devices/system/cpu", LANDLOCK_READ},
        {"/dev/urandom", LANDLOCK_READ},
        {"/dev/null", LANDLOCK_READ | LANDLOCK_WRITE},
        /* what starts the parser */
        {"/lib64/ld-linux-x86-64.so.2", LANDLOCK_EXEC},
        {"/lib/ld-linux-aarch64.so.1", LANDLOCK_EXEC},
};

struct grants {
	struct landlock_grant at[GRANTS_MAX];
	char folders[GRANTS_MAX][PATH_MAX]; /* the paths of those that had to be cut from a file's */
	size_t count, cut;
	uint16_t ports[PORTS_MAX];
	size_t port_count;
};

static bool
is_granted(const struct grants *g, const char *path, int rights)
{
	for (size_t i = 0; i < g->count; i++)
		if (g->at[i].rights == rights && strcmp(g->at[i].path, path) == 0)
			return true;
	return false;
}

static bool
add(struct grants *g, const char *path, int rights, struct err *e)
{
	if (is_granted(g, path, rights))
		return true;
	if (g->count == GRANTS_MAX)
		return err_set(e, ERR_CONFIG, "more than %d paths in the configuration", GRANTS_MAX);
	g->at[g->count++] = (struct landlock_grant){path, rights};
	return true;
}

/* The folder that a file lies in. */
static bool
add_folder_of(struct grants *g, const char *file, int rights, struct err *e)
{
	char *path;

	if (!file || !*file)
		return true;
	if (g->cut == GRANTS_MAX || strlen(file) >= PATH_MAX)
		return err_set(e, ERR_CONFIG, "%.80s: the path is too long", file);
	path = g->folders[g->cut];
	(void)strcpy(path, file); /* NOLINT(clang-analyzer-security.insecureAPI.strcpy): measured above */
	path = dirname(path);
	g->cut += !is_granted(g, path, rights);
	return add(g, path, rights, e);
}

/* Most mailboxes are on one server. */
static bool
allow_port(struct grants *g, uint16_t port)
{
	for (size_t i = 0; i < g->port_count; i++)
		if (g->ports[i] == port)
			return true;
	if (g->port_count == PORTS_MAX)
		return false;
	g->ports[g->port_count++] = port;
	return true;
}

static bool
add_port(struct grants *g, const char *url, struct err *e)
{
	CURLU *u = curl_url();
	char *port = NULL;
	bool ok = u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
	          curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
	          allow_port(g, (uint16_t)strtoul(port, NULL, 10));

	if (!ok)
		err_set(e, ERR_CONFIG, "%.200s: no port to call, or more than %d of them", url, PORTS_MAX);
	curl_free(port);
	curl_url_cleanup(u);
	return ok;
}

static bool
add_server(struct grants *g, const struct config_server *s, struct err *e)
{
	bool path = strchr(s->password_file, '/') != NULL;

	return add_port(g, s->url, e) && add_folder_of(g, s->ca_file, LANDLOCK_READ, e) &&
	       (!path || add_folder_of(g, s->password_file, LANDLOCK_READ, e));
}

static bool
add_config(struct grants *g, const struct config *c, struct err *e)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	bool ok = add(g, c->dir, LANDLOCK_READ, e) && add(g, c->templates, LANDLOCK_READ, e) &&
	          add(g, c->spool.dir, LANDLOCK_READ | LANDLOCK_WRITE, e) &&
	          add_folder_of(g, c->metrics, LANDLOCK_READ | LANDLOCK_WRITE, e);

	if (ok && credentials && *credentials)
		ok = add(g, credentials, LANDLOCK_READ, e);
	for (size_t i = 0; ok && i < c->campaign_count; i++)
		ok = add_folder_of(g, c->campaigns[i].form, LANDLOCK_READ, e);
	for (size_t i = 0; ok && i < c->mailbox_count; i++)
		ok = add_server(g, &c->mailboxes[i].imap, e) && add_server(g, &c->mailboxes[i].smtp, e);
	return ok;
}

static bool
shut_files(const struct config *c, const char *parser, struct err *e)
{
	struct grants *g = mem_alloc(1, sizeof *g);
	bool ok = allow_port(g, PORT_DNS);

	for (size_t i = 0; ok && i < sizeof of_the_system / sizeof *of_the_system; i++)
		ok = add(g, of_the_system[i].path, of_the_system[i].rights, e);
	ok = ok && add_config(g, c, e) && add_folder_of(g, parser, LANDLOCK_READ, e) &&
	     add(g, parser, LANDLOCK_EXEC, e);
	ok = ok && landlock_enter(g->at, g->count, g->ports, g->port_count, e);
	free(g);
	return ok;
}

/* ---- system calls ---- */

/* By name, for some are not known to each libseccomp or machine: those are passed over. */
static const char *const allowed[] = {
        /* files */
        "read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "lseek", "close",
        "close_range", "fstat", "newfstatat", "statx", "stat", "lstat", "fstatfs", "statfs", "open", "openat",
        "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getcwd", "getdents64", "mkdir",
        "mkdirat", "unlink", "unlinkat", "rmdir", "rename", "renameat", "renameat2", "truncate", "ftruncate",
        "fallocate", "fsync", "fdatasync", "syncfs", "fchmod", "fchmodat", "chmod", "fchown", "flock",
        "fcntl", "umask", "fadvise64", "copy_file_range", "sendfile", "utimensat", "dup", "dup2", "dup3",
        "pipe2",
        /* memory */
        "mmap", "munmap", "mremap", "mprotect", "madvise", "brk", "memfd_create", "mlock", "mlock2",
        "munlock", "mlockall", "munlockall",
        /* servers; which families, below */
        "connect", "bind", "listen", "accept", "accept4", "getsockname", "getpeername", "getsockopt",
        "setsockopt", "sendto", "sendmsg", "sendmmsg", "recvfrom", "recvmsg", "recvmmsg", "shutdown",
        /* waiting */
        "poll", "ppoll", "select", "pselect6", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait",
        "eventfd2", "signalfd4", "timerfd_create", "timerfd_settime", "timerfd_gettime", "nanosleep",
        "clock_nanosleep", "futex", "restart_syscall",
        /* threads, and the parser's process; which kinds, below */
        "fork", "vfork", "execve", "wait4", "waitid", "kill", "tgkill", "pidfd_open", "pidfd_send_signal",
        "setpgid", "getpgid", "setsid", "exit", "exit_group", "set_tid_address", "set_robust_list", "rseq",
        "arch_prctl", "prctl", "prlimit64", "getrlimit", "setrlimit", "sched_getaffinity", "sched_yield",
        "membarrier", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "rt_sigsuspend",
        "sigaltstack",
        /* time, chance, oneself */
        "clock_gettime", "clock_getres", "gettimeofday", "time", "times", "getrandom", "getpid", "gettid",
        "getppid", "getuid", "geteuid", "getgid", "getegid", "getgroups", "getresuid", "getresgid", "uname",
        "sysinfo", "getrusage", "getcpu",
        /* the parser's own cage */
        "seccomp", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"};

static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK}; /* the last: getaddrinfo() */

/* TCGETS (is it a terminal?), FIONREAD, FIONBIO: libraries ask and set. */
static const unsigned ioctls[] = {0x5401, 0x541B, 0x5421};

static int
allow_named(scmp_filter_ctx f)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof allowed / sizeof *allowed; i++) {
		int call = seccomp_syscall_resolve_name(allowed[i]);

		if (call != __NR_SCMP_ERROR)
			rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, call, 0);
	}
	return rc;
}

static int
allow_some(scmp_filter_ctx f)
{
	const uint64_t namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
	                            CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
	/* clone3's flags lie in memory, where no filter sees them: glibc takes clone instead */
	int rc = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);

	if (rc == 0)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
		                      SCMP_A0(SCMP_CMP_MASKED_EQ, namespaces, 0));
	for (size_t i = 0; rc == 0 && i < sizeof families / sizeof *families; i++) {
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
		                      SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i]));
	}
	if (rc == 0)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 1,
		                      SCMP_A0(SCMP_CMP_EQ, AF_UNIX));
	for (size_t i = 0; rc == 0 && i < sizeof ioctls / sizeof *ioctls; i++)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
		                      SCMP_A1(SCMP_CMP_MASKED_EQ, 0xFFFFFFFFU, ioctls[i]));
	return rc;
}

static bool
filter_calls(struct err *e)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc = f ? allow_named(f) : -ENOMEM;
	bool ok;

	if (rc == 0)
		rc = allow_some(f);
	if (rc == 0)
		rc = seccomp_load(f);
	ok = rc == 0 || err_sys(e, ERR_OS, -rc, "loading the daemon's filter of system calls");
	seccomp_release(f);
	return ok;
}

/* ---- the whole ---- */

/* A sanitizer's run time cannot live in it. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = true };
#else
enum { SANITIZED = false };
#endif

bool
narrow_enter(const struct config *c, const char *parser, struct err *e)
{
	if (SANITIZED)
		return true;
	if (landlock_abi() == 0)
		return err_set(e, ERR_OS,
		               "this kernel has no Landlock, and sandbox is \"required\": boot with "
		               "lsm=landlock,… (Linux 5.13 or later), or set sandbox = \"off\"");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_sys(e, ERR_OS, errno, "giving up privileges");
	return shut_files(c, parser, e) && filter_calls(e);
}
