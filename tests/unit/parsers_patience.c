/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a file that takes too long is passed over by the next process, and the others are read; where it is
 * the mail itself, or a second file, nothing is opened any more; a picture has its own time. */
#include "parsers/patience.h"

#include "config/mem.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { LOST = 90, SHORT_MS = 60 };

static void
work(int ms)
{
	struct timespec t;
	int64_t until = -1, now;

	do {
		(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
		now = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
		until = until < 0 ? now + ms : until;
	} while (now < until);
}

static struct rusage used; /* by the last child */

/* Wait for the child with patience; how it ended. */
static int
await(pid_t child)
{
	int status = 0;

	while (wait4(child, &status, WNOHANG, &used) == 0) {
		patience_look(child);
		(void)poll(NULL, 0, 5);
	}
	return status;
}

/* Let a child do it, and further ones while there is patience: the exit status of the last. */
static int
run(void (*read)(void), int *tries_r)
{
	int status;

	patience_new();
	*tries_r = 0;
	do {
		pid_t child = fork();

		if (child == 0) {
			read();
			_exit(LOST);
		}
		++*tries_r;
		status = await(child);
	} while (patience_again(status, &used));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* Three files, of which the n-th never ends; the exit status tells which were read, by bits. */
static void
read_files(unsigned endless)
{
	int got = 0;

	if (patience_closed())
		_exit(64 + (int)patience_closed());
	for (unsigned i = 0; i < 3; i++) {
		struct patience_mark was;

		if (patience_begin(false, &was))
			continue;
		if (endless & 1U << i)
			work(100000);
		got |= 1 << i;
		patience_end(was);
	}
	_exit(got);
}

static void
all_well(void)
{
	read_files(0);
}

static void
second_endless(void)
{
	read_files(2);
}

static void
two_endless(void)
{
	read_files(3);
}

static void
mail_endless(void)
{
	if (patience_closed())
		_exit(64 + (int)patience_closed());
	work(100000);
}

static void
crash(void)
{
	(void)raise(SIGABRT);
}

static void
test_files(void **state)
{
	int tries;

	(void)state;
	assert_int_equal(run(all_well, &tries), 7);
	assert_int_equal(tries, 1);
	assert_int_equal(run(second_endless, &tries), 5);
	assert_int_equal(tries, 2);
	assert_int_equal(run(two_endless, &tries), 64 + ERR_TIMEOUT);
	assert_int_equal(tries, 3);
	assert_int_equal(run(all_well, &tries), 7); /* nothing stays of those */
}

static void
test_mail_itself(void **state)
{
	int tries;

	(void)state;
	assert_int_equal(run(mail_endless, &tries), 64 + ERR_TIMEOUT);
	assert_int_equal(tries, 2);
}

/* Out of memory in the second file: it is passed over, for another reason; where the process had little, the
 * machine has none, and the mail is not to blame. */
static void
take_memory(size_t len)
{
	struct patience_mark was;
	enum err_code why;

	if (patience_begin(false, &was))
		_exit(LOST);
	patience_end(was);
	why = patience_begin(false, &was);
	if (why)
		_exit(64 + (int)why);
	for (volatile char *p = mem_alloc(len, 1), *end = p + len; p < end; p += 4096)
		*p = 1;
	_exit(EX_OSERR);
}

static void
take_much(void)
{
	take_memory((size_t)300 << 20);
}

static void
take_little(void)
{
	take_memory((size_t)1 << 20);
}

static void
test_memory(void **state)
{
	int tries;

	(void)state;
	patience_limits.file = 60000; /* so much memory takes its time */
	assert_int_equal(run(take_much, &tries), 64 + ERR_TOO_LARGE);
	assert_int_equal(tries, 2);
	patience_limits.file = SHORT_MS;
	assert_int_equal(run(take_little, &tries), EX_OSERR);
	assert_int_equal(tries, 1);
}

/* A picture that never ends. */
static void
picture_endless(void)
{
	struct patience_mark was;
	enum err_code why = patience_begin(true, &was);

	if (why)
		_exit(64 + (int)why);
	work(100000);
}

/* What patience did not end is the child's own affair. */
static void
test_crash(void **state)
{
	int tries;

	(void)state;
	assert_int_equal(run(crash, &tries), -SIGABRT);
	assert_int_equal(tries, 1);
}

/* A picture may take longer than a file, and its time is not the other files'. */
static void
read_picture(void)
{
	struct patience_mark was, within;

	if (patience_closed() || patience_begin(true, &was))
		_exit(LOST);
	work(6 * SHORT_MS);
	patience_end(was);
	if (patience_begin(false, &was) || patience_begin(true, &within))
		_exit(LOST);
	work(6 * SHORT_MS);
	patience_end(within);
	patience_end(was);
	_exit(0);
}

static void
read_pages(void)
{
	struct patience_mark was;

	if (patience_begin(false, &was))
		_exit(LOST);
	for (int i = 0; i < 20; i++) {
		work(SHORT_MS / 3);
		patience_renew();
	}
	_exit(patience_begin(false, &was) ? LOST : 0);
}

static void
test_pictures(void **state)
{
	int tries;

	(void)state;
	assert_int_equal(run(read_picture, &tries), 0);
	assert_int_equal(tries, 1);
	assert_int_equal(run(picture_endless, &tries), 64 + ERR_TIMEOUT);
	assert_int_equal(tries, 2);
	assert_int_equal(run(read_pages, &tries), 0);
	assert_int_equal(tries, 1);
}

/* Many files, each of them quick enough: those behind are not begun, and nobody is ended. */
static void
read_many(void)
{
	struct patience_mark was;
	int n = 0;

	while (n < 60 && patience_begin(false, &was) == ERR_NONE) {
		work(SHORT_MS / 6);
		patience_end(was);
		n++;
	}
	_exit(n);
}

static void
test_many(void **state)
{
	int tries, n = run(read_many, &tries);

	(void)state;
	assert_in_range(n, 5, 30);
	assert_int_equal(tries, 1);
}

/* All tries together end within the mail's time; the outline has its share of it. */
static void
test_whole(void **state)
{
	int tries;

	(void)state;
	patience_limits.outline = 2000;
	patience_new();
	assert_int_equal(patience_seconds(0), 0);
	assert_int_equal(patience_seconds(20), 18);
	assert_int_equal(patience_seconds(1), 1);
	used = (struct rusage){.ru_utime = {.tv_sec = 10}, .ru_stime = {.tv_sec = 1, .tv_usec = 1000}};
	assert_true(patience_again(SIGXCPU, &used)); /* the mail itself: nothing is opened any more */
	assert_int_equal(patience_seconds(20), 8);
	assert_int_equal(patience_seconds(5), 1);
	assert_int_equal(patience_seconds(0), 0);
	patience_new();
	assert_int_equal(patience_seconds(20), 18);
	assert_int_equal(run(second_endless, &tries), 5);
	assert_int_equal(patience_seconds(20), 17); /* what the first try took is gone */
}

static int
set_up(void **state)
{
	struct err e = {0};

	(void)state;
	patience_limits = (struct patience_limits){
	        .file = SHORT_MS, .mail = 2 * SHORT_MS, .second = SHORT_MS, .picture = 20 * SHORT_MS};
	return patience_init(&e) ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_files), cmocka_unit_test(test_mail_itself),
	        cmocka_unit_test(test_crash), cmocka_unit_test(test_pictures),
	        cmocka_unit_test(test_many),  cmocka_unit_test(test_memory),
	        cmocka_unit_test(test_whole),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
