/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpian-parse with its inside taken over: the real program's start, server and cage, and in the place of
 * what looks into a mail (parsers/job.c) somebody who wants out. The mail says by which way:
 *
 *	X-Try: NAME
 *	X-Path: FILE     for ways that want a file
 *
 * It says "NAME: refused" and ends with 4 where the way is shut, "NAME: ESCAPED" and 3 where it is open; the
 *cage may kill it before. `forged-…` are false answers. A mail without X-Try is answered as ever. `red_team
 *--ways` is the list, one a line: a name and what must come of it. */
#define job_run    honest_run
#define job_answer honest_answer
#include "parsers/job.c" /* NOLINT(bugprone-suspicious-include): the real one, under another name */
#undef job_run
#undef job_answer
bool job_answer(const struct job *j, struct bytes input, struct buf *out, struct err *e);
bool job_run(const struct job *j, int fd, const char *name, struct err *e);

#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ESCAPED = 3, REFUSED = 4, FEW = 64 };

static char path[512]; /* X-Path */

/* ---- the ways: each returns -1 where it is shut ---- */

static int
socket_inet(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}
static int
socket_unix(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}
static int
socket_netlink(void)
{
	return socket(AF_NETLINK, SOCK_RAW, 0);
}
static int
socket_vsock(void)
{
	return socket(AF_VSOCK, SOCK_STREAM, 0);
}
static int
connect_journal(void)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/socket"};

	return connect(STDERR_FILENO, (struct sockaddr *)&to, sizeof to);
}
static int
send_over_a_pipe(void)
{
	return (int)sendto(STDERR_FILENO, "x", 1, 0, NULL, 0);
}
static int
open_to_write(void)
{
	return open(path, O_WRONLY);
}
static int
open_to_append(void)
{
	return open(path, O_RDWR | O_APPEND);
}
static int
create_file(void)
{
	return open("/tmp/mingpian-red-team", O_WRONLY | O_CREAT, 0600);
}
static int
create_device(void)
{
	return mknod("/tmp/mingpian-red-team", S_IFIFO | 0600, 0);
}
static int
truncate_file(void)
{
	return truncate(path, 0);
}
static int
remove_file(void)
{
	return unlink(path);
}
static int
rename_file(void)
{
	return rename(path, "/tmp/mingpian-red-team");
}
static int
link_file(void)
{
	return link(path, "/tmp/mingpian-red-team");
}
static int
symlink_file(void)
{
	return symlink(path, "/tmp/mingpian-red-team");
}
static int
change_mode(void)
{
	return chmod(path, 0777);
}
static int
read_file(void)
{
	return open(path, O_RDONLY);
}
static int
read_shadow(void)
{
	return open("/etc/shadow", O_RDONLY);
}
static int
open_of_proc(const char *what)
{
	char name[FEW];

	(void)snprintf(name, sizeof name, "/proc/%d/%s", (int)syscall(SYS_getppid), what);
	return open(strstr(name, "/-1/") ? "/proc/1/environ" : name, O_RDONLY);
}
static int
parents_memory(void)
{
	return open_of_proc("mem");
}
static int
parents_environment(void)
{
	return open_of_proc("environ");
}
static int
parents_descriptors(void)
{
	return open_of_proc("fd");
}
static int
own_memory(void)
{
	return open("/proc/self/mem", O_RDWR);
}
static int
run_shell(void)
{
	return execl("/bin/sh", "sh", "-c", "exit 3", (char *)NULL);
}
static int
run_itself(void)
{
	return execl("/proc/self/exe", "mingpian-parse", "--version", (char *)NULL);
}
static int
run_memory(void)
{
	int fd = memfd_create("program", 0);

	return fd < 0 ? -1 : (int)syscall(SYS_execveat, fd, "", NULL, NULL, AT_EMPTY_PATH);
}
static int
make_child(void)
{
	return fork();
}
static int
make_vchild(void)
{
	return (int)syscall(SYS_vfork);
}
static int
fork_bomb(void)
{
	for (int i = 0; i < 10000; i++)
		if (syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0) < 0)
			return -1;
	return 0;
}
static void *
nothing(void *context)
{
	return context;
}
static int
make_thread(void)
{
	pthread_t t;

	return pthread_create(&t, NULL, nothing, NULL) == 0 ? 0 : -1;
}
static int
trace_parent(void)
{
	return (int)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}
static int
trace_me(void)
{
	return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}
static int
read_parents_memory(void)
{
	char b[1];
	struct {
		void *at;
		size_t len;
	} here = {b, 1};

	return (int)syscall(SYS_process_vm_readv, getppid(), &here, 1, &here, 1, 0);
}
static int
kill_parent(void)
{
	return kill(getppid(), SIGKILL);
}
static int
kill_all(void)
{
	return kill(-1, SIGKILL);
}
static int
kill_by_thread(void)
{
	return (int)syscall(SYS_tgkill, 1, 1, 0);
}
static int
kill_by_descriptor(void)
{
	return fcntl(STDERR_FILENO, F_SETOWN, 1);
}
static int
steal_descriptor(void)
{
	int fd = (int)syscall(SYS_pidfd_open, 1, 0);

	return fd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, fd, 0, 0);
}
static int
use_io_uring(void)
{
	char params[256] = {0};

	return (int)syscall(SYS_io_uring_setup, 4, params);
}
static int
use_userfaultfd(void)
{
	return (int)syscall(SYS_userfaultfd, 1);
}
static int
use_bpf(void)
{
	char attr[128] = {0};

	return (int)syscall(SYS_bpf, 0, attr, sizeof attr);
}
static int
use_perf(void)
{
	char attr[128] = {0};

	return (int)syscall(SYS_perf_event_open, attr, 0, -1, -1, 0);
}
static int
use_keyring(void)
{
	return (int)syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 1);
}
static int
use_shared_memory(void)
{
	return shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
}
static int
use_message_queue(void)
{
	return mq_open("/mingpian-red-team", O_RDWR | O_CREAT, 0600, NULL) == (mqd_t)-1 ? -1 : 0;
}
static int
new_user_namespace(void)
{
	return unshare(CLONE_NEWUSER);
}
static int
new_mount_namespace(void)
{
	return (int)syscall(SYS_clone, CLONE_NEWNS | SIGCHLD, NULL, NULL, NULL, 0);
}
static int
mount_something(void)
{
	return mount("none", "/tmp", "tmpfs", 0, NULL);
}
static int
change_root(void)
{
	return chroot("/tmp");
}
static int
become_root(void)
{
	return setuid(0);
}
static int
loosen_filter(void)
{
	return (int)syscall(SYS_seccomp, 1, 0, NULL);
}
static int
raise_limit(void)
{
	struct rlimit r = {RLIM_INFINITY, RLIM_INFINITY};

	return setrlimit(RLIMIT_AS, &r);
}
static int
make_dumpable(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}
static int
type_into_terminal(void)
{
	return ioctl(STDERR_FILENO, TIOCSTI, "x");
}
static int
real_time(void)
{
	struct sched_param p = {1};

	return sched_setscheduler(0, SCHED_FIFO, &p);
}
static int
open_by_handle(void)
{
	char handle[FEW] = {0};

	return (int)syscall(SYS_open_by_handle_at, AT_FDCWD, handle, O_RDONLY);
}
static int
change_the_mail(void)
{
	return lseek(STDIN_FILENO, 0, SEEK_SET) == 0 ? (int)write(STDIN_FILENO, "X", 1) : -1;
}
static int
huge_allocation(void)
{
	return mmap(NULL, (size_t)4 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
	                       MAP_FAILED
	               ? -1
	               : 0;
}
static int
eat_memory(void)
{
	for (int i = 0; i < 4096; i++) {
		char *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			return -1;
		*p = 1;
	}
	return 0;
}
static int
many_descriptors(void)
{
	for (int i = 0; i < 100000; i++)
		if (dup(STDERR_FILENO) < 0)
			return -1;
	return 0;
}
static int
spin(void)
{
	for (;;)
		__asm__ volatile("");
	return 0;
}
static int
sleep_for_ever(void)
{
	for (;;)
		(void)poll(NULL, 0, -1);
	return 0;
}
static int
say_without_end(void)
{
	static char piece[1 << 16];

	memset(piece, '[', sizeof piece);
	for (;;)
		if (write(STDOUT_FILENO, piece, sizeof piece) < 0)
			return -1;
	return 0;
}

/* ---- false answers: what is believed is as good as an escape; it is the daemon that refuses ---- */

static int
say(const char *answer)
{
	(void)!write(STDOUT_FILENO, answer, strlen(answer));
	_exit(0);
}
static int
forged_nothing(void)
{
	return say("");
}
static int
forged_half(void)
{
	return say("{\"disposition\":\"accepted\",\"forms\":[{\"region\":");
}
static int
forged_deep(void)
{
	static char deep[1 << 20];

	memset(deep, '[', sizeof deep - 1);
	return say(deep);
}
static int
forged_disposition(void)
{
	return say("{\"disposition\":\"rm -rf\",\"forms\":[]}");
}
static int
forged_utf8(void)
{
	return say("{\"disposition\":\"accepted\",\"from\":\"\xff\xfe\",\"forms\":[]}");
}
static int
forged_form(void)
{
	return say("{\"disposition\":\"accepted\",\"from\":\"a@example.org\",\"forms\":[{\"region\":7}]}");
}

static const struct way {
	const char *name;
	int (*try)(void);
	const char *want; /* killed (by the cage), refused, signal (a limit kills), timeout, or forged (the
	                   * daemon refuses it) */
} ways[] = {
        {"socket-inet", socket_inet, "killed"},
        {"socket-unix", socket_unix, "killed"},
        {"socket-netlink", socket_netlink, "killed"},
        {"socket-vsock", socket_vsock, "killed"},
        {"connect-journal", connect_journal, "killed"},
        {"send-over-a-pipe", send_over_a_pipe, "killed"},
        {"open-to-write", open_to_write, "refused"},
        {"open-to-append", open_to_append, "refused"},
        {"create-file", create_file, "refused"},
        {"create-device", create_device, "killed"},
        {"truncate-file", truncate_file, "killed"},
        {"remove-file", remove_file, "refused"},
        {"rename-file", rename_file, "refused"},
        {"link-file", link_file, "refused"},
        {"symlink-file", symlink_file, "refused"},
        {"change-mode", change_mode, "refused"},
        {"read-a-password", read_file, "refused"},
        {"read-shadow", read_shadow, "refused"},
        {"parents-memory", parents_memory, "refused"},
        {"parents-environment", parents_environment, "refused"},
        {"parents-descriptors", parents_descriptors, "refused"},
        {"own-memory", own_memory, "refused"},
        {"run-shell", run_shell, "killed"},
        {"run-itself", run_itself, "killed"},
        {"run-memory", run_memory, "killed"},
        {"make-child", make_child, "killed"},
        {"make-vchild", make_vchild, "killed"},
        {"fork-bomb", fork_bomb, "killed"},
        {"make-thread", make_thread, "refused"},
        {"trace-parent", trace_parent, "killed"},
        {"trace-me", trace_me, "killed"},
        {"read-parents-memory", read_parents_memory, "killed"},
        {"kill-parent", kill_parent, "killed"},
        {"kill-all", kill_all, "killed"},
        {"kill-by-thread", kill_by_thread, "refused"},
        {"kill-by-descriptor", kill_by_descriptor, "killed"},
        {"steal-descriptor", steal_descriptor, "killed"},
        {"io-uring", use_io_uring, "killed"},
        {"userfaultfd", use_userfaultfd, "killed"},
        {"bpf", use_bpf, "killed"},
        {"perf-event", use_perf, "killed"},
        {"keyring", use_keyring, "killed"},
        {"shared-memory", use_shared_memory, "killed"},
        {"message-queue", use_message_queue, "killed"},
        {"user-namespace", new_user_namespace, "killed"},
        {"mount-namespace", new_mount_namespace, "killed"},
        {"mount", mount_something, "killed"},
        {"change-root", change_root, "killed"},
        {"become-root", become_root, "killed"},
        {"loosen-filter", loosen_filter, "killed"},
        {"raise-limit", raise_limit, "refused"},
        {"make-dumpable", make_dumpable, "refused"},
        {"type-into-terminal", type_into_terminal, "refused"},
        {"real-time", real_time, "refused"},
        {"open-by-handle", open_by_handle, "killed"},
        {"change-the-mail", change_the_mail, "signal"},
        {"huge-allocation", huge_allocation, "refused"},
        {"eat-memory", eat_memory, "refused"},
        {"many-descriptors", many_descriptors, "refused"},
        {"spin", spin, "timeout"},
        {"sleep-for-ever", sleep_for_ever, "timeout"},
        {"say-without-end", say_without_end, "forged"},
        {"forged-nothing", forged_nothing, "forged"},
        {"forged-half", forged_half, "forged"},
        {"forged-deep", forged_deep, "forged"},
        {"forged-disposition", forged_disposition, "forged"},
        {"forged-utf8", forged_utf8, "forged"},
        {"forged-form", forged_form, "forged"},
};

/* ---- in the parser's place ---- */

/* The value of a header line, into out of max bytes; "" where there is none. */
static void
header(struct bytes mail, const char *name, char *out, size_t max)
{
	const char *at = memmem(mail.at, mail.len, name, strlen(name));
	size_t n = 0;

	*out = '\0';
	if (!at)
		return;
	at += strlen(name);
	while (n + 1 < max && at + n < (const char *)mail.at + mail.len && at[n] != '\r' && at[n] != '\n')
		n++;
	memcpy(out, at, n);
	out[n] = '\0';
}

static void
complain(const char *name, const char *what)
{
	char line[2 * FEW];
	int n = snprintf(line, sizeof line, "%s: %s\n", name, what);

	(void)!write(STDERR_FILENO, line, (size_t)n);
}

static void
attempt(const struct way *w)
{
	int got;

	complain(w->name, "trying");
	got = w->try();
	complain(w->name, got >= 0 ? "ESCAPED" : "refused");
	_exit(got >= 0 ? ESCAPED : REFUSED);
}

bool
job_answer(const struct job *j, struct bytes input, struct buf *out, struct err *e)
{
	char name[FEW];

	header(input, "X-Try: ", name, sizeof name);
	header(input, "X-Path: ", path, sizeof path);
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		if (strcmp(ways[i].name, name) == 0)
			attempt(&ways[i]);
	return honest_answer(j, input, out, e);
}

bool
job_run(const struct job *j, int fd, const char *name, struct err *e)
{
	struct buf input = BUF_INIT(MAIL_BYTES_MAX), out = BUF_INIT(ANSWER_MAX);
	bool ok = read_all(fd, name, &input, e) && job_answer(j, buf_bytes(&input), &out, e) &&
	          write_answer(&out, e);

	buf_free(&input);
	buf_free(&out);
	return ok;
}

/* Before main(): the list, for the test. */
__attribute__((constructor)) static void
list_ways(int argc, char **argv)
{
	if (argc != 2 || strcmp(argv[1], "--ways") != 0)
		return;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		(void)printf("%s %s\n", ways[i].name, ways[i].want);
	exit(0);
}
