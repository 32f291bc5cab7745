/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: the narrowed daemon can do its work and no more: each row is one thing tried after narrow_enter(). */
#include "daemon/narrow.h"

#include "config/buf.h"
#include "config/landlock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char top[] = "/tmp/mp-narrow-XXXXXX";
static uint16_t own_port, other_port; /* somebody listens on both */

static const char *
in_top(const char *name)
{
	static char path[sizeof top + 64];

	(void)snprintf(path, sizeof path, "%s/%s", top, name);
	return path;
}

static int
keep_mail(void)
{
	return open(in_top("spool/new"), O_WRONLY | O_CREAT, 0600);
}
static int
rename_mail(void)
{
	char from[sizeof top + 64];

	(void)snprintf(from, sizeof from, "%s/spool/file", top);
	return rename(from, in_top("spool/sub/file"));
}
static int
read_config(void)
{
	return open(in_top("etc/t.cfg"), O_RDONLY);
}
static int
change_config(void)
{
	return open(in_top("etc/t.cfg"), O_WRONLY);
}
static int
read_resolver(void)
{
	return open("/etc/nsswitch.conf", O_RDONLY);
}
static int
read_elsewhere(void)
{
	return open(in_top("elsewhere"), O_RDONLY);
}
static int
write_elsewhere(void)
{
	return open("/tmp/mp-narrow-none", O_WRONLY | O_CREAT, 0600);
}
static int
list_home(void)
{
	return open("/root", O_RDONLY | O_DIRECTORY);
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

	return pthread_create(&t, NULL, nothing, NULL) == 0 && pthread_join(t, NULL) == 0 ? 0 : -1;
}

/* In a child: 0 where it started and ended well. */
static int
start(const char *program)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		execl(program, program, (char *)NULL);
		_exit(1);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 ? 0 : -1;
}
static int
start_parser(void)
{
	return start(in_top("bin/mingpian-parse"));
}
static int
start_shell(void)
{
	return start("/bin/true");
}

static int
call(uint16_t port)
{
	struct sockaddr_in to = {
	        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? -1 : connect(fd, (struct sockaddr *)&to, sizeof to);
}
static int
call_server(void)
{
	return call(own_port);
}
static int
call_other(void)
{
	return call(other_port);
}
static int
packet_socket(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0);
}
static int
vsock_socket(void)
{
	return socket(AF_VSOCK, SOCK_STREAM, 0);
}
static int
trace(void)
{
	return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}
static int
look_into_another(void)
{
	char b[1];
	struct {
		void *at;
		size_t len;
	} here = {b, 1}, there = {b, 1};

	return (int)syscall(SYS_process_vm_readv, getppid(), &here, 1, &there, 1, 0);
}
static int
mount_something(void)
{
	return mount("none", top, "tmpfs", 0, NULL);
}
static int
new_namespace(void)
{
	return unshare(CLONE_NEWUSER);
}
static int
new_namespace_by_clone(void)
{
	return (int)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0);
}
static int
io_uring(void)
{
	char params[256] = {0};

	return (int)syscall(SYS_io_uring_setup, 4, params);
}
static int
bpf(void)
{
	char attr[128] = {0};

	return (int)syscall(SYS_bpf, 0, attr, sizeof attr);
}
static int
keyring(void)
{
	return (int)syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 1);
}
static int
fault_handler(void)
{
	return (int)syscall(SYS_userfaultfd, 1); /* UFFD_USER_MODE_ONLY */
}
static int
perf_event(void)
{
	char attr[128] = {0};

	return (int)syscall(SYS_perf_event_open, attr, 0, -1, -1, 0);
}
static int
become_another(void)
{
	return setuid(getuid());
}
static int
change_root(void)
{
	return chroot("/");
}
static int
set_clock(void)
{
	struct timespec t = {0};

	return clock_gettime(CLOCK_REALTIME, &t) == 0 ? clock_settime(CLOCK_REALTIME, &t) : -1;
}

static const struct {
	const char *name;
	int (*try)(void);
	bool want;
	int abi; /* the first of Landlock's that guards it */
} rows[] = {
        {"keeping a mail", keep_mail, true, 1},
        {"renaming it", rename_mail, true, 2},
        {"reading the configuration again", read_config, true, 1},
        {"changing the configuration", change_config, false, 1},
        {"reading how names are found", read_resolver, true, 1},
        {"reading elsewhere", read_elsewhere, false, 1},
        {"writing elsewhere", write_elsewhere, false, 1},
        {"listing a home", list_home, false, 1},
        {"a thread", make_thread, true, 1},
        {"starting the parser", start_parser, true, 1},
        {"starting another program", start_shell, false, 1},
        {"calling a mail server", call_server, true, 1},
        {"calling another port", call_other, false, 4},
        {"a raw socket", packet_socket, false, 1},
        {"a socket to the host", vsock_socket, false, 1},
        {"tracing", trace, false, 1},
        {"reading another's memory", look_into_another, false, 1},
        {"mounting", mount_something, false, 1},
        {"a namespace", new_namespace, false, 1},
        {"a namespace by clone", new_namespace_by_clone, false, 1},
        {"io_uring", io_uring, false, 1},
        {"bpf", bpf, false, 1},
        {"a keyring", keyring, false, 1},
        {"userfaultfd", fault_handler, false, 1},
        {"a perf event", perf_event, false, 1},
        {"becoming another user", become_another, false, 1},
        {"another root", change_root, false, 1},
        {"setting the clock", set_clock, false, 1},
};

static void
put(const char *name, const char *text, mode_t mode)
{
	int fd = open(in_top(name), O_WRONLY | O_CREAT | O_TRUNC, mode);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(close(fd), 0);
}

/* So many mailboxes, each on a server and with files of its own; the last one on that which is called. */
static struct config *
write_config(int mailboxes)
{
	struct buf text = BUF_INIT(1 << 16);
	char file[sizeof top + 64];
	struct config *c = NULL;
	struct err e = {0};

	buf_fmt(&text,
	        "campaigns: ( { name = \"2022\"; form = \"form.cfg\"; since = \"2022-05-01\";\n"
	        "  deadline = \"2022-06-30\"; closes = \"2022-12-31\"; keep_until = \"2025-12-31\";\n"
	        "  receipt_prefix = \"CYMP-2022-\"; } );\n"
	        "own: { name = \"中心\"; domains = [\"miit-icdc.org\"]; };\n"
	        "spool: { dir = \"%s/spool\"; };\n"
	        "mailboxes: (",
	        top);
	for (int i = 0; i < mailboxes; i++) {
		int first = i + 1 < mailboxes ? 20000 + i : own_port,
		    second = i + 1 < mailboxes ? 21000 + i : own_port;

		buf_fmt(&text, "%s { address = \"m%d@miit-icdc.org\";\n", i ? "," : "", i);
		buf_fmt(&text,
		        "  imap: { url = \"imap://127.0.0.1:%d\"; user = \"m\"; password_file = "
		        "\"%s/a%d/p\";\n"
		        "    ca_file = \"%s/b%d/ca\"; };\n",
		        first, top, i, top, i);
		buf_fmt(&text,
		        "  smtp: { url = \"smtp://127.0.0.1:%d\"; user = \"m\"; password_file = "
		        "\"%s/c%d/p\";\n"
		        "    ca_file = \"%s/d%d/ca\"; }; }\n",
		        second, top, i, top, i);
	}
	buf_str(&text, ");\n");
	put("etc/t.cfg", text.at, 0600);
	buf_free(&text);
	(void)snprintf(file, sizeof file, "%s/etc/t.cfg", top);
	if (!config_load(&c, file, &e))
		fail_msg("%s", e.text);
	return c;
}

/* In a process of its own: did it work? */
static bool
narrowed(const struct config *c, int (*try)(void))
{
	char parser[sizeof top + 64];
	pid_t pid = fork();
	int status = 0;

	(void)snprintf(parser, sizeof parser, "%s/bin/mingpian-parse", top);
	if (pid == 0) {
		struct err e = {0};

		if (!narrow_enter(c, parser, &e)) {
			(void)fprintf(stderr, "%s\n", e.text);
			_exit(2);
		}
		_exit(try() < 0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_in_range(WEXITSTATUS(status), 0, 1);
	return WEXITSTATUS(status) == 0;
}

static void
test_narrowed(void **state)
{
	struct config *c;
	int abi = landlock_abi();

	(void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	skip(); /* it leaves such a build as it is */
#endif
	if (abi == 0)
		skip();
	c = write_config(1);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		bool got;

		if (abi < rows[i].abi)
			continue;
		put("spool/file", "mail", 0600);
		got = narrowed(c, rows[i].try);
		if (got != rows[i].want)
			fail_msg("%s: %s", rows[i].name, got ? "works" : "does not work");
	}
	config_free(c);
}

/* As many mailboxes as there may be, each with files of its own to name. */
static void
test_many_mailboxes(void **state)
{
	struct config *c;

	(void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	skip();
#endif
	if (landlock_abi() == 0)
		skip();
	c = write_config(32);
	assert_true(narrowed(c, call_server));
	if (landlock_abi() >= 4)
		assert_false(narrowed(c, call_other));
	config_free(c);
}

/* With a limit on locked memory nothing is locked, and the sentence says what to do. */
static void
test_memory_limit(void **state)
{
	pid_t pid = fork();
	int status = 0;

	(void)state;
	if (pid == 0) {
		struct rlimit some = {1 << 20, 1 << 20};
		struct err e = {0};

		if (setrlimit(RLIMIT_MEMLOCK, &some) != 0 || (geteuid() == 0 && seteuid(65534) != 0))
			_exit(2);
		_exit(!narrow_lock_memory(&e) && strstr(e.text, "LimitMEMLOCK=infinity") ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static uint16_t
listen_somewhere(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(fd, 4), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	return ntohs(at.sin_port);
}

static int
prepare(void **state)
{
	static const char *const folders[] = {"spool", "spool/sub", "etc", "bin"};
	char command[sizeof top + 128];

	(void)state;
	if (!mkdtemp(top))
		return -1;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (mkdir(in_top(folders[i]), 0700) != 0)
			return -1;
	put("elsewhere", "secret", 0600);
	(void)snprintf(command, sizeof command, "cp /bin/true %s/bin/mingpian-parse", top);
	own_port = listen_somewhere();
	other_port = listen_somewhere();
	return system(command); /* NOLINT(cert-env33-c): a test's own folder */
}

static int
clear(void **state)
{
	char command[sizeof top + 16];

	(void)state;
	(void)snprintf(command, sizeof command, "rm -rf %s", top);
	return system(command); /* NOLINT(cert-env33-c): a test's own folder */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_narrowed),
	                                   cmocka_unit_test(test_many_mailboxes),
	                                   cmocka_unit_test(test_memory_limit)};

	return cmocka_run_group_tests(tests, prepare, clear);
}
