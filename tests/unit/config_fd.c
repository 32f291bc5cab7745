/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: all is written, in however many pieces, or errno says why not. */
#include "config/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { MUCH = 1 << 20 };

/* Reads fd to its end, in small pieces; exit 0 where that was MUCH. */
static void
count_to_the_end(int fd)
{
	char piece[4000];
	ssize_t n;
	size_t all = 0;

	while ((n = read(fd, piece, sizeof piece)) > 0)
		all += (size_t)n;
	_exit(all == MUCH ? 0 : 1);
}

static void
test_much_through_a_pipe(void **state)
{
	char *much = calloc(1, MUCH);
	int pipes[2], status = -1;
	pid_t pid;

	(void)state;
	assert_non_null(much);
	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	if (pid == 0) {
		(void)close(pipes[1]);
		count_to_the_end(pipes[0]);
	}
	(void)close(pipes[0]);
	assert_true(fd_write_all(pipes[1], BYTES(much, MUCH)));
	(void)close(pipes[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	free(much);
}

static void
test_what_cannot_be_written(void **state)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_true(full >= 0);
	assert_true(fd_write_all(full, BYTES("", 0)));
	assert_false(fd_write_all(full, BYTES("x", 1)));
	assert_int_equal(errno, ENOSPC);
	(void)close(full);
	assert_false(fd_write_all(-1, BYTES("x", 1)));
	assert_int_equal(errno, EBADF);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_much_through_a_pipe),
	        cmocka_unit_test(test_what_cannot_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
