/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: what is written is written whole or not at all, no link leads out of the spool, and after a failure
 * of the disk nothing more is written. The failures themselves: spool_fault.c. */
#include "tests/unit/spooling.h"

#include "spool/durable.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

static int
open_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static void
publish_replaces_whole(void **state)
{
	struct durable d = DURABLE_INIT;
	int dir = open_dir(*state);
	struct err e = {0};
	char *text;

	assert_ok(durable_publish(&d, dir, "x", BYTES("one", 3), &e), e);
	assert_ok(durable_publish(&d, dir, "x", BYTES("twotwo", 6), &e), e);
	assert_ok(durable_sync_dir(&d, dir, "x", &e), e);
	text = spooling_read(*state, "x");
	assert_string_equal(text, "twotwo");
	free(text);
	assert_false(spooling_exists(*state, DURABLE_ASIDE));
	/* an old file aside is in nobody's way */
	spooling_write(*state, DURABLE_ASIDE, "old", 3);
	assert_ok(durable_publish(&d, dir, "x", BYTES("", 0), &e), e);
	text = spooling_read(*state, "x");
	assert_string_equal(text, "");
	free(text);
	(void)close(dir);
}

static void
no_link_is_followed(void **state)
{
	struct durable d = DURABLE_INIT;
	struct buf b = BUF_INIT(100);
	int dir = open_dir(*state), fd = -1;
	struct err e = {0};
	off_t len;
	bool made;

	spooling_write(*state, "target", "x", 1);
	assert_int_equal(symlinkat("target", dir, "link"), 0);
	assert_int_equal(symlinkat(".", dir, "dirlink"), 0);
	assert_false(durable_read(dir, "link", &b, &e));
	assert_false(durable_open_append(&d, dir, "link", true, &fd, &len, &made, &e));
	assert_false(durable_dir(&d, dir, "dirlink", &fd, &e));
	assert_false(durable_lock(dir, "link", "test", &fd, &e));
	/* a rename puts itself in the link's place */
	assert_ok(durable_publish(&d, dir, "link", BYTES("y", 1), &e), e);
	assert_ok(durable_read(dir, "target", &b, &e), e);
	assert_string_equal(b.at, "x");
	buf_free(&b);
	(void)close(dir);
}

static void
reading_has_a_ceiling(void **state)
{
	struct buf small = BUF_INIT(5), exact = BUF_INIT(6);
	int dir = open_dir(*state);
	struct err e = {0};

	spooling_write(*state, "x", "123456", 6);
	assert_false(durable_read(dir, "x", &small, &e));
	assert_int_equal(e.code, ERR_TOO_LARGE);
	assert_ok(durable_read(dir, "x", &exact, &e), e);
	assert_string_equal(exact.at, "123456");
	assert_false(durable_read(dir, "y", &exact, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_false(durable_read(dir, ".", &exact, &e));
	assert_int_equal(e.code, ERR_SPOOL);
	buf_free(&small);
	buf_free(&exact);
	(void)close(dir);
}

static void
append_adds_and_a_reader_may_not(void **state)
{
	struct durable d = DURABLE_INIT;
	int dir = open_dir(*state), fd = -1;
	struct err e = {0};
	off_t len = 0;
	bool made;
	char *text;

	assert_false(durable_open_append(NULL, dir, "log", true, &fd, &len, &made, &e));
	assert_false(durable_publish(NULL, dir, "log", BYTES("x", 1), &e));
	assert_false(durable_remove(NULL, dir, "log", &e));
	assert_false(durable_dir(NULL, dir, "new", &fd, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_false(durable_open_append(&d, dir, "log", false, &fd, &len, &made, &e));
	assert_ok(durable_open_append(&d, dir, "log", true, &fd, &len, &made, &e), e);
	assert_true(made);
	assert_ok(durable_append(&d, fd, &len, BYTES("ab", 2), "log", &e), e);
	assert_ok(durable_append(&d, fd, &len, BYTES("cd", 2), "log", &e), e);
	assert_int_equal(len, 4);
	(void)close(fd);
	assert_ok(durable_open_append(&d, dir, "log", true, &fd, &len, &made, &e), e);
	assert_false(made);
	assert_int_equal(len, 4);
	(void)close(fd);
	text = spooling_read(*state, "log");
	assert_string_equal(text, "abcd");
	free(text);
	assert_ok(durable_remove(&d, dir, "log", &e), e);
	assert_ok(durable_remove(&d, dir, "log", &e), e); /* not being there is no failure */
	(void)close(dir);
}

/* /dev/full takes nothing and cannot be made shorter; a pipe cannot be fsynced. */
static void
a_failed_fsync_is_for_ever(void **state)
{
	struct durable d = DURABLE_INIT;
	int dir = open_dir(*state), fds[2];
	struct err e = {0};
	off_t len = 0;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_false(durable_append(&d, fds[1], &len, BYTES("x", 1), "pipe", &e));
	assert_int_equal(e.code, ERR_DISK);
	assert_true(d.failed);
	assert_non_null(strstr(e.text, "must end"));
	e = (struct err){0};
	assert_false(durable_publish(&d, dir, "x", BYTES("x", 1), &e));
	assert_non_null(strstr(e.text, "must end")); /* the same words */
	assert_false(spooling_exists(*state, "x"));
	assert_false(durable_sync_dir(&d, dir, "x", &e));
	assert_false(durable_remove(&d, dir, "x", &e));
	(void)close(fds[0]);
	(void)close(fds[1]);
	(void)close(dir);
}

static void
lock_ends_with_its_process(void **state)
{
	int dir = open_dir(*state), fd = -1, up[2], status;
	struct err e = {0};
	char c;
	pid_t pid;

	assert_false(durable_locked(dir, "lock"));
	assert_int_equal(pipe2(up, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		bool ok = durable_lock(dir, "lock", "child", &fd, &e);

		(void)!write(up[1], ok ? "y" : "n", 1);
		(void)pause();
		_exit(0);
	}
	assert_int_equal(read(up[0], &c, 1), 1);
	assert_int_equal(c, 'y');
	assert_true(durable_locked(dir, "lock"));
	assert_false(durable_lock(dir, "lock", "me", &fd, &e));
	assert_int_equal(e.code, ERR_BUSY);
	assert_non_null(strstr(e.text, "child"));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_false(durable_locked(dir, "lock"));
	assert_ok(durable_lock(dir, "lock", "me", &fd, &e), e);
	(void)close(fd);
	(void)close(up[0]);
	(void)close(up[1]);
	(void)close(dir);
}

#define T(f) cmocka_unit_test_setup_teardown(f, spooling_setup, spooling_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        T(publish_replaces_whole),     T(no_link_is_followed),
	        T(reading_has_a_ceiling),      T(append_adds_and_a_reader_may_not),
	        T(a_failed_fsync_is_for_ever), T(lock_ends_with_its_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
