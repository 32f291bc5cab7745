/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: behind the cage nothing can be written, reached or started, and what is needed still works. */
#include "parsers/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
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
} rows[] = {
        {"making a file", write_file, false, false},
        {"opening a device for writing", write_device, false, false},
        {"reading a file of the system", read_passwd, false, true},
        {"a socket", make_socket, false, false},
        {"a process", make_child, false, false},
        {"a program", run_program, false, false},
        {"removing a file", remove_file, false, false},
        {"a signal to another", send_signal, false, false},
        {"a wider limit", raise_limit, false, false},
        {"memory beyond the limit", much_memory, false, false},
        {"memory within it", some_memory, true, false},
        {"reading fonts and tables", read_data, true, false},
        {"writing to an open descriptor", write_pipe, true, false},
};

/* 0: it failed, 1: it worked, 2: the cage did not close. */
static int
in_cage(int (*try)(void))
{
	const struct sandbox_limits limits = {.memory_mb = 512, .cpu_seconds = 10, .dirs = sandbox_dirs};
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		struct err e = {0};

		if (!sandbox_enter(&limits, &e))
			_exit(2);
		_exit(try() >= 0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
test_cage(void **state)
{
	struct stat st;
	bool landlock = stat("/sys/kernel/security/landlock", &st) == 0 || in_cage(read_passwd) == 0;

	(void)state;
	if (!sandbox_possible())
		skip();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int got;

		if (rows[i].landlock && !landlock)
			continue;
		got = in_cage(rows[i].try);
		if (got == 2)
			fail_msg("%s: the cage did not close", rows[i].name);
		if (got != rows[i].want)
			fail_msg("%s: %s", rows[i].name, got ? "works" : "does not work");
	}
	assert_int_equal(stat("/tmp/mingpian-sandbox-test", &st), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_cage)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
