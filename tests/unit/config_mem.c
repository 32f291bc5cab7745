/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: memory is zeroed, aligned and whole; a demand that cannot be met ends the process with 71. */
#include "config/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

static void
test_strings(void **state)
{
	char *a = mem_str("abc"), *b = mem_dup0("a\0b", 3);

	(void)state;
	assert_string_equal(a, "abc");
	assert_memory_equal(b, "a\0b", 4);
	assert_null(mem_str(NULL));
	assert_null(mem_dup0(NULL, 3));
	free(a);
	free(b);
}

static void
test_wipe(void **state)
{
	char secret[] = "secret1";

	(void)state;
	mem_wipe(secret, sizeof secret);
	for (size_t i = 0; i < sizeof secret; i++)
		assert_int_equal(secret[i], 0);
	mem_wipe(NULL, 3);
}

static void
test_arena(void **state)
{
	struct arena *a = arena_new();
	unsigned char *first = arena_alloc(a, 1, 1), *big;

	(void)state;
	*first = 7;
	for (size_t n = 0; n < 3000; n++) {
		unsigned char *p = arena_alloc(a, n, 1);

		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xFF, n); /* nobody else's bytes: the next zeroes would not be */
	}
	big = arena_alloc(a, 1000, 1000);
	memset(big, 0xFF, 1000000);
	assert_int_equal(*first, 7);
	assert_string_equal(arena_str(a, "abc"), "abc");
	assert_null(arena_str(a, NULL));
	assert_memory_equal(arena_dup0(a, "a\0b", 3), "a\0b", 4);
	assert_string_equal(arena_dup0(a, NULL, 0), "");
	assert_string_equal(arena_fmt(a, "%s-%d", "x", 5), "x-5");
	arena_free(a);
	arena_free(NULL);
}

static void
ask_overflow(void)
{
	arena_alloc(arena_new(), SIZE_MAX / 2, 3);
}

static void
ask_half(void)
{
	arena_alloc(arena_new(), SIZE_MAX / 2, 1);
}

static void
ask_copy(void)
{
	arena_dup0(arena_new(), "", SIZE_MAX);
}

static void
ask_grow(void)
{
	volatile size_t much = SIZE_MAX / 2;

	free(mem_grow(NULL, much, 3));
}

static void
ask_dup(void)
{
	free(mem_dup0("", SIZE_MAX));
}

/* The exit status of a process that does this. */
static int
status_of(void (*what)(void))
{
	pid_t pid = fork();
	int status = 0;

	assert_true(pid >= 0);
	if (pid == 0) {
		(void)close(STDERR_FILENO);
		what();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
test_impossible_demands(void **state)
{
	(void)state;
	assert_int_equal(status_of(ask_overflow), EX_OSERR);
	assert_int_equal(status_of(ask_copy), EX_OSERR);
	assert_int_equal(status_of(ask_dup), EX_OSERR);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* who end it themselves */
	assert_int_equal(status_of(ask_half), EX_OSERR);
	assert_int_equal(status_of(ask_grow), EX_OSERR);
#else
	(void)ask_half;
	(void)ask_grow;
#endif
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_strings),
	        cmocka_unit_test(test_wipe),
	        cmocka_unit_test(test_arena),
	        cmocka_unit_test(test_impossible_demands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
