/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: what is granted works, and all else is refused: reading, writing, starting, connecting. */
#include "config/landlock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char top[] = "/tmp/mp-landlock-XXXXXX";
static uint16_t open_port, shut_port; /* somebody listens on both */

static const char *
in_top(const char *name)
{
	static char path[2][sizeof top + 64];
	static int turn;
	char *p = path[turn ^= 1];

	(void)snprintf(p, sizeof path[0], "%s/%s", top, name);
	return p;
}

static int
open_as(const char *name, int how)
{
	return open(in_top(name), how, 0600);
}

static int
read_granted(void)
{
	return open_as("read/file", O_RDONLY);
}
static int
list_granted(void)
{
	return open_as("read", O_RDONLY | O_DIRECTORY);
}
static int
write_what_is_read_only(void)
{
	return open_as("read/file", O_WRONLY);
}
static int
truncate_what_is_read_only(void)
{
	return truncate(in_top("read/file"), 0);
}
static int
remove_what_is_read_only(void)
{
	return unlink(in_top("read/file"));
}
static int
read_other(void)
{
	return open_as("other/file", O_RDONLY);
}
static int
read_single(void)
{
	return open_as("single", O_RDONLY);
}
static int
make_granted(void)
{
	return open_as("write/new", O_WRONLY | O_CREAT);
}
static int
rename_granted(void)
{
	return rename(in_top("write/file"), in_top("write/sub/renamed"));
}
static int
carry_off(void)
{
	return rename(in_top("write/file"), in_top("other/stolen"));
}
static int
make_device(void)
{
	return mkfifo(in_top("write/fifo"), 0600);
}
static int
leave_by_link(void)
{
	return symlink("/etc/passwd", in_top("write/link"));
}
static int
run_granted(void)
{
	return execl("/bin/true", "true", (char *)NULL);
}
static int
run_other(void)
{
	return execl(in_top("read/file"), "file", (char *)NULL);
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
call_granted(void)
{
	return call(open_port);
}
static int
call_other(void)
{
	return call(shut_port);
}

static const struct {
	const char *name;
	int (*try)(void);
	bool want;
	int abi; /* the first that guards it */
} rows[] = {
        {"reading what is granted", read_granted, true, 1},
        {"listing it", list_granted, true, 1},
        {"writing there", write_what_is_read_only, false, 1},
        {"truncating there", truncate_what_is_read_only, false, 3},
        {"removing there", remove_what_is_read_only, false, 1},
        {"reading elsewhere", read_other, false, 1},
        {"reading a single file that is granted", read_single, true, 1},
        {"making where writing is granted", make_granted, true, 1},
        {"renaming there", rename_granted, true, 2},
        {"renaming out of there", carry_off, false, 1},
        {"making a pipe there", make_device, false, 1},
        {"making a link there", leave_by_link, false, 1},
        {"starting what is granted", run_granted, true, 1},
        {"starting another", run_other, false, 1},
        {"calling a port that is granted", call_granted, true, 4},
        {"calling another", call_other, false, 4},
};

/* In a process of its own: did it work? A program that was started ends with 0. */
static bool
in_cage(int (*try)(void))
{
	char readable[sizeof top + 64], writable[sizeof top + 64], single[sizeof top + 64];
	const struct landlock_grant grants[] = {
	        {readable, LANDLOCK_READ},
	        {writable, LANDLOCK_WRITE},
	        {single, LANDLOCK_READ},
	        {"/bin/true", LANDLOCK_EXEC},
	        {"/lib", LANDLOCK_READ | LANDLOCK_EXEC},
	        {"/lib64", LANDLOCK_READ | LANDLOCK_EXEC},
	        {"/etc/ld.so.cache", LANDLOCK_READ},
	        {"/there/is/no/such", LANDLOCK_READ},
	};
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		struct err e = {0};

		(void)snprintf(readable, sizeof readable, "%s/read", top);
		(void)snprintf(writable, sizeof writable, "%s/write", top);
		(void)snprintf(single, sizeof single, "%s/single", top);
		if (!landlock_enter(grants, sizeof grants / sizeof *grants, &open_port, 1, &e))
			_exit(2);
		_exit(try() < 0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_in_range(WEXITSTATUS(status), 0, 1);
	return WEXITSTATUS(status) == 0;
}

static void
put(const char *name, bool folder)
{
	int fd;

	if (folder) {
		(void)mkdir(in_top(name), 0700);
		return;
	}
	fd = open(in_top(name), O_WRONLY | O_CREAT, 0700);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "#!/bin/true\n", 12), 12);
	assert_int_equal(close(fd), 0);
}

static void
lay_out(void)
{
	put("read", true);
	put("read/file", false);
	put("other", true);
	put("other/file", false);
	put("write", true);
	put("write/sub", true);
	put("write/file", false);
	put("single", false);
}

static void
test_grants(void **state)
{
	int abi = landlock_abi();

	(void)state;
	if (abi == 0)
		skip();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		bool got;

		if (abi < rows[i].abi)
			continue;
		lay_out();
		got = in_cage(rows[i].try);
		if (got != rows[i].want)
			fail_msg("%s: %s", rows[i].name, got ? "works" : "does not work");
	}
}

/* A port that somebody listens on, until the end. */
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
	(void)state;
	open_port = listen_somewhere();
	shut_port = listen_somewhere();
	return mkdtemp(top) ? 0 : -1;
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
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_grants, prepare, clear)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
