/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: an error is one sentence that fits, and its code decides the exit status. */
#include "config/err.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sysexits.h>

#include <cmocka.h>

static void
test_set_and_wrap(void **state)
{
	struct err e = {0};

	(void)state;
	assert_false(err_set(&e, ERR_DISK, "writing %s", "a.eml"));
	assert_int_equal(e.code, ERR_DISK);
	assert_string_equal(e.text, "writing a.eml");
	assert_false(err_wrap(&e, "keeping mail %d", 3));
	assert_string_equal(e.text, "keeping mail 3: writing a.eml");
	assert_int_equal(e.code, ERR_DISK);
	assert_false(err_sys(&e, ERR_INPUT, ENOENT, "opening %s", "x"));
	assert_string_equal(e.text, "opening x: No such file or directory");
	assert_int_equal(e.code, ERR_INPUT);
}

static void
test_nobody_listens(void **state)
{
	(void)state;
	assert_false(err_set(NULL, ERR_DISK, "x"));
	assert_false(err_sys(NULL, ERR_DISK, ENOENT, "x"));
	assert_false(err_wrap(NULL, "x"));
}

static void
test_too_long_is_cut(void **state)
{
	char s[1000];
	struct err e = {0};

	(void)state;
	memset(s, 'x', sizeof s - 1);
	s[sizeof s - 1] = '\0';
	assert_false(err_set(&e, ERR_DISK, "%s", s));
	assert_int_equal(strlen(e.text), sizeof e.text - 1);
	assert_false(err_wrap(&e, "%s", s));
	assert_false(err_wrap(&e, "short"));
	assert_int_equal(strlen(e.text), sizeof e.text - 1);
	assert_memory_equal(e.text, "short: x", 8);
	assert_false(err_sys(&e, ERR_DISK, ENOENT, "%s", s));
	assert_int_equal(strlen(e.text), sizeof e.text - 1);
}

static void
test_every_code_has_a_name_and_a_status(void **state)
{
	(void)state;
	for (int c = ERR_NONE; c < ERR_CODES; c++) {
		assert_non_null(err_name((enum err_code)c));
		assert_true(err_exit((enum err_code)c) == EX_OK ? c == ERR_NONE
		                                                : err_exit((enum err_code)c) >= EX__BASE);
		for (int d = c + 1; d < ERR_CODES; d++)
			assert_string_not_equal(err_name((enum err_code)c), err_name((enum err_code)d));
	}
	assert_int_equal(err_exit(ERR_AGAIN), 75);
	assert_int_equal(err_exit(ERR_NOT_MAIL), 65);
	assert_string_equal(err_name(ERR_TOO_LARGE), "too_large");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_set_and_wrap),
	        cmocka_unit_test(test_nobody_listens),
	        cmocka_unit_test(test_too_long_is_cut),
	        cmocka_unit_test(test_every_code_has_a_name_and_a_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
