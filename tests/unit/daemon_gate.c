/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: no account is tried more often than the rule says, whatever goes wrong and whatever the clock does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/clock.h"
#include "daemon/gate.h"

#include <stdlib.h>

static void
waits(void **state)
{
	static const struct {
		enum err_code why;
		unsigned failures;
		int64_t want;
	} rows[] = {
	        {ERR_AGAIN, 1, 5000},
	        {ERR_AGAIN, 2, 10000},
	        {ERR_TLS, 3, 20000},
	        {ERR_AGAIN, 9, GATE_REFUSED_MS},
	        {ERR_AGAIN, 4000000000U, GATE_REFUSED_MS},
	        {ERR_AUTH, 1, GATE_REFUSED_MS},
	        {ERR_AUTH, 2, 2 * (int64_t)GATE_REFUSED_MS},
	        {ERR_AUTH, 1000, 3 * (int64_t)GATE_REFUSED_MS},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(gate_wait_ms(rows[i].why, rows[i].failures, 5000, 0), rows[i].want);
	assert_int_equal(gate_wait_ms(ERR_AUTH, 1, 5000, 100), 100);
	for (int i = 0; i < 1000; i++) {
		int64_t ms = gate_jitter_ms(3000);

		assert_in_range(ms, 3000, 4000);
	}
}

static void
opens_and_shuts(void **state)
{
	struct gate g = {0};

	(void)state;
	assert_true(gate_open(&g));
	gate_failed(&g, ERR_AUTH, 1000);
	assert_false(gate_open(&g));
	assert_true(g.until_ms - clock_mono_ms() > GATE_REFUSED_MS - 1000);
	gate_passed(&g);
	assert_true(gate_open(&g));
	gate_failed(&g, ERR_AGAIN, 0);
	assert_true(gate_open(&g));
}

/* Since when there is no success: a miss that did not shut it counts as well. */
static void
remembers_since_when(void **state)
{
	struct gate g = {0};

	(void)state;
	(void)setenv("MINGPIAN_NOW", "2022-06-10T10:00:00+08:00", 1);
	gate_missed(&g);
	assert_true(gate_open(&g));
	assert_int_equal(g.failures, 0);
	(void)setenv("MINGPIAN_NOW", "2022-06-10T10:20:00+08:00", 1);
	gate_failed(&g, ERR_AGAIN, 1000);
	assert_false(gate_open(&g));
	assert_int_equal(clock_now() - g.since, 20 * 60);
	gate_passed(&g);
	assert_int_equal(g.since, 0);
	(void)unsetenv("MINGPIAN_NOW");
}

/* What the process before was told counts for this one, whatever was done to the clock in between. */
static void
resumes(void **state)
{
	struct gate g = {0};
	time_t now = clock_now();

	(void)state;
	gate_resume(&g, now - 600);
	assert_true(gate_open(&g));
	gate_resume(&g, now - 1000000);
	assert_true(gate_open(&g));
	gate_resume(&g, now - 60);
	assert_false(gate_open(&g));
	assert_in_range(g.until_ms - clock_mono_ms(), 530000, 541000);
	gate_resume(&g, now + 100000);
	assert_in_range(g.until_ms - clock_mono_ms(), 590000, 600000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(waits), cmocka_unit_test(opens_and_shuts),
	                                   cmocka_unit_test(remembers_since_when), cmocka_unit_test(resumes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
