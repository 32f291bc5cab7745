/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a member that is not there, or is of another kind, is told as none; a value that could not be made
 * ends the process with 71. */
#include "config/clock.h"
#include "config/json_value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

static void
test_members(void **state)
{
	json_t *o = json_pack("{s:s, s:I, s:b, s:n}", "text", "县", "number", (json_int_t)1 << 40, "flag", 1,
	                      "null");

	(void)state;
	assert_string_equal(json_text(o, "text"), "县");
	assert_null(json_text(o, "number"));
	assert_null(json_text(o, "null"));
	assert_null(json_text(o, "none"));
	assert_null(json_text(NULL, "text"));
	assert_true(json_int(o, "number") == INT64_C(1) << 40);
	assert_int_equal(json_int(o, "text"), 0);
	assert_int_equal(json_int(o, "none"), 0);
	assert_true(json_flag(o, "flag"));
	assert_false(json_flag(o, "number"));
	assert_false(json_flag(o, "none"));
	json_decref(o);
}

/* Cut within a character, or with a stranger's byte in it, it is a sentence still. */
static void
test_sentence(void **state)
{
	static const struct {
		const char *s, *want;
	} rows[] = {{"", ""},
	            {"no field '单位' to set", "no field '单位' to set"},
	            {"单\xe4\xbd", "单 "},
	            {"a\nb\xff c", "a b  c"}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		json_t *o = json_sentence(rows[i].s);

		assert_string_equal(json_string_value(o), rows[i].want);
		json_decref(o);
	}
}

static void
test_made(void **state)
{
	json_t *text = json_text_or_null("1"), *no_text = json_text_or_null(NULL);
	json_t *time = json_time_or_null(1664467199), *no_time = json_time_or_null(0);
	time_t t = 0;

	(void)state;
	assert_string_equal(json_string_value(text), "1");
	assert_true(json_is_null(no_text));
	assert_true(clock_parse(json_string_value(time), &t));
	assert_true(t == 1664467199);
	assert_true(json_is_null(no_time));
	json_decref(text);
	json_decref(no_text);
	json_decref(time);
	json_decref(no_time);
}

/* Bytes that are no UTF-8 make no text. */
static void
test_not_made(void **state)
{
	int status = 0;
	pid_t child = fork();

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		(void)close(STDERR_FILENO);
		(void)json_text_or_null("\xff");
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EX_OSERR);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_members),
	        cmocka_unit_test(test_sentence),
	        cmocka_unit_test(test_made),
	        cmocka_unit_test(test_not_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
