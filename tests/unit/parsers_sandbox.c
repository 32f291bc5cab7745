/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: behind the cage nothing can be written, reached or started, and what is needed still works. */
#include "parsers/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int
write_file(void)
{
	return open("/tmp/mingpian-sandbox-test", O_WRONLY | O_CREAT, 0600);
}

static int
write_device(void)
{
	return open("/dev/null", O_WRONLY);
}

static int
read_passwd(void)
{
	return open("/etc/passwd", O_RDONLY);
}

static int
make_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int
make_child(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid;
}

static int
run_program(void)
{
	return execl("/bin/true", "true", (char *)NULL);
}

static int
remove_file(void)
{
	return unlink("/tmp/mingpian-sandbox-none") == 0 || errno == ENOENT ? 0 : -1;
}

static int
send_signal(void)
{
	return (int)kill(getppid(), 0);
}

/* The ways around kill(2). */
static int
signal_a_thread(void)
{
	return (int)syscall(SYS_tgkill, getppid(), getppid(), 0);
}

static int
own_a_signal(void)
{
	return fcntl(STDERR_FILENO, F_SETOWN, getppid());
}

static int
become_leader(void)
{
	return setpgid(0, 0) == 0 || setsid() > 0 ? 0 : -1;
}

static int
end_by_abort(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		(void)signal(SIGSEGV, SIG_DFL); /* cmocka's handler would go on with the tests */
		abort();
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) ? 0 : -1;
}

static int
message_elsewhere(void)
{
	struct msghdr m = {0};

	return (int)sendmsg(STDERR_FILENO, &m, 0) >= 0 || errno != EPERM ? 0 : -1;
}

static int
unshare_user(void)
{
	return unshare(CLONE_NEWUSER);
}

static int
trace_parent(void)
{
	return (int)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static int
make_ring(void)
{
	char params[120] = {0};

	return (int)syscall(SYS_io_uring_setup, 1, params);
}

static int
raise_limit(void)
{
	struct rlimit r = {RLIM_INFINITY, RLIM_INFINITY};

	return setrlimit(RLIMIT_CPU, &r);
}

static int
much_memory(void)
{
	return mmap(NULL, (size_t)900 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
	                       MAP_FAILED
	               ? -1
	               : 0;
}

static int
some_memory(void)
{
	void *p = malloc(50 << 20);

	if (!p)
		return -1;
	memset(p, 1, 50 << 20);
	free(p);
	return 0;
}

static int
read_data(void)
{
	return open("/usr/share", O_RDONLY | O_DIRECTORY);
}

static int
write_pipe(void)
{
	return (int)write(STDERR_FILENO, "", 0);
}

static const struct {
	const char *name;
	int (*try)(void);
	bool want; /* does it succeed? */
	bool landlock;
	bool want_server; /* the same, in the server, where that differs */
	bool kills;       /* the process ends by SIGSYS, where it does not succeed */
} rows[] = {
        {"making a file", write_file, false, false, false, false},
        {"opening a device for writing", write_device, false, false, false, false},
        {"reading a file of the system", read_passwd, false, true, false, false},
        {"a socket", make_socket, false, false, false, true},
        {"a process", make_child, false, false, true, true},
        {"a message on another descriptor", message_elsewhere, false, false, false, true},
        {"a signal to a thread of another", signal_a_thread, false, false, false, false},
        {"a signal by a descriptor", own_a_signal, false, false, false, true},
        {"a process group of its own", become_leader, false, false, false, true},
        {"a program", run_program, false, false, false, true},
        {"removing a file", remove_file, false, false, false, false},
        {"a signal to another", send_signal, false, false, false, true},
        {"a name space of its own", unshare_user, false, false, false, true},
        {"a debugger", trace_parent, false, false, false, true},
        {"io_uring", make_ring, false, false, false, true},
        {"a wider limit", raise_limit, false, false, true, false},
        {"memory beyond the limit", much_memory, false, false, true, false},
        {"memory within it", some_memory, true, false, false, false},
        {"reading fonts and tables", read_data, true, false, false, false},
        {"writing to an open descriptor", write_pipe, true, false, false, false},
};

enum { KILLED = 3 };

/* Into one of the three cages, and there. */
enum cage { ALONE, SERVER, CHILD };

static bool
enter(enum cage cage, const struct sandbox_limits *limits, struct err *e)
{
	switch (cage) {
	case ALONE: return sandbox_enter(limits, e);
	case SERVER: return sandbox_enter_server(limits, e);
	case CHILD: return sandbox_enter_server(limits, e) && sandbox_enter_child(limits, e);
	}
	return false;
}

/* 0: it failed, 1: it worked, 2: the cage did not close. */
static int
in_cage(enum cage cage, int (*try)(void))
{
	const struct sandbox_limits limits = {.memory_mb = 512, .cpu_seconds = 10, .dirs = sandbox_dirs};
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		struct err e = {0};

		if (!enter(cage, &limits, &e))
			_exit(2);
		_exit(try() >= 0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		return KILLED;
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
test_cage(void **state)
{
	struct stat st;
	bool landlock = stat("/sys/kernel/security/landlock", &st) == 0 || in_cage(ALONE, read_passwd) == 0;

	(void)state;
	if (!sandbox_possible())
		skip();
	for (size_t i = 0; i < 3 * (sizeof rows / sizeof *rows); i++) {
		enum cage cage = (enum cage)(i % 3);
		bool want = rows[i / 3].want || (cage == SERVER && rows[i / 3].want_server);
		int got;

		if (rows[i / 3].landlock && !landlock)
			continue;
		got = in_cage(cage, rows[i / 3].try);
		if (got == 2)
			fail_msg("%s: the cage did not close", rows[i / 3].name);
		if (rows[i / 3].kills && !want ? got != KILLED : got != want)
			fail_msg("cage %d: %s: %s", cage, rows[i / 3].name,
			         got == KILLED ? "ends it"
			         : got         ? "works"
			                       : "does not work");
	}
	/* abort(3) ends a process that may send itself no signal */
	assert_int_equal(in_cage(SERVER, end_by_abort), 1);
	assert_int_equal(stat("/tmp/mingpian-sandbox-test", &st), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_cage)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
