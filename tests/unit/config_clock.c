/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: dates are read strictly and written as each reader expects them, in the campaign's zone. */
#include "config/clock.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROWS(t) (sizeof(t) / sizeof *(t))

enum { JUNE_10 = 1654826700 }; /* 2022-06-10T10:05:00+08:00 */

static int
set_up(void **state)
{
	struct err e = {0};

	(void)state;
	return clock_zone("Asia/Shanghai", &e) ? 0 : -1;
}

static void
test_parse(void **state)
{
	static const struct {
		const char *in;
		time_t want; /* -1: refused */
	} rows[] = {
	        {"2022-06-10T10:05:00+08:00", JUNE_10},
	        {"2022-06-10T02:05:00Z", JUNE_10},
	        {"2022-06-10t02:05:00z", JUNE_10},
	        {"2022-06-10 02:05:00Z", JUNE_10},
	        {"2022-06-10T02:05:00.123456Z", JUNE_10},
	        {"2022-06-09T21:05:00-05:00", JUNE_10},
	        {"2022-06-10T07:35:00+05:30", JUNE_10},
	        {"1970-01-01T00:00:00Z", 0},
	        {"2016-12-31T23:59:60Z", 1483228800}, /* a leap second */
	        {"2024-02-29T00:00:00Z", 1709164800},
	        {"2000-02-29T00:00:00Z", 951782400},
	        {"", -1},
	        {"2022-06-10", -1},
	        {"2022-06-10T10:05:00", -1}, /* no offset: nobody knows when */
	        {"2022-06-10T10:05+08:00", -1},
	        {"2022-06-10T10:05:00+0800", -1},
	        {"2022-06-10T10:05:00+08:00 ", -1},
	        {" 2022-06-10T10:05:00Z", -1},
	        {"2022-06-10T10:05:00.Z", -1},
	        {"2022-6-10T10:05:00Z", -1},
	        {"2022-02-29T00:00:00Z", -1},
	        {"1900-02-29T00:00:00Z", -1},
	        {"2022-04-31T00:00:00Z", -1},
	        {"2022-13-01T00:00:00Z", -1},
	        {"2022-00-01T00:00:00Z", -1},
	        {"2022-01-00T00:00:00Z", -1},
	        {"2022-01-01T24:00:00Z", -1},
	        {"2022-01-01T00:60:00Z", -1},
	        {"2022-01-01T00:00:61Z", -1},
	        {"2022-01-01T00:00:00+24:00", -1},
	        {"2022-01-01T00:00:00+08:60", -1},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		time_t got = -1;
		bool ok = clock_parse(rows[i].in, &got);

		if (ok != (rows[i].want != -1) || got != rows[i].want)
			fail_msg("\"%s\": got %lld, want %lld", rows[i].in, (long long)got,
			         (long long)rows[i].want);
	}
}

static void
test_parse_day(void **state)
{
	char out[CLOCK_RFC3339_MAX];
	time_t t = 0;

	(void)state;
	assert_true(clock_parse_day("2022-06-30", 0, &t));
	assert_string_equal(clock_rfc3339(t, out), "2022-06-30T00:00:00+08:00");
	/* the deadline's day itself counts: its end is the first second that is late */
	assert_true(clock_parse_day("2022-06-30", 1, &t));
	assert_string_equal(clock_rfc3339(t, out), "2022-07-01T00:00:00+08:00");
	assert_true(clock_parse_day("2022-12-31", 1, &t));
	assert_string_equal(clock_rfc3339(t, out), "2023-01-01T00:00:00+08:00");
	assert_true(clock_parse_day("2022-03-01", -1, &t));
	assert_string_equal(clock_rfc3339(t, out), "2022-02-28T00:00:00+08:00");
	assert_false(clock_parse_day("2022-06-31", 0, &t));
	assert_false(clock_parse_day("2022-06-30 ", 0, &t));
	assert_false(clock_parse_day("2022/06/30", 0, &t));
	assert_false(clock_parse_day("start", 0, &t));
	assert_false(clock_parse_day("", 0, &t));
}

static void
test_formats(void **state)
{
	char out[CLOCK_CHINESE_MAX];

	(void)state;
	assert_string_equal(clock_rfc3339(JUNE_10, out), "2022-06-10T10:05:00+08:00");
	assert_string_equal(clock_rfc5322(JUNE_10, out), "Fri, 10 Jun 2022 10:05:00 +0800");
	assert_string_equal(clock_chinese_day(JUNE_10, out), "2022年6月10日");
	assert_string_equal(clock_chinese_minute(JUNE_10, out), "2022年6月10日10时05分");
	assert_string_equal(clock_rfc3339(0, out), "1970-01-01T08:00:00+08:00");
	/* a time that no calendar holds is no crash */
	assert_string_equal(clock_rfc3339((time_t)LLONG_MAX, out), "1970-01-01T08:00:00+08:00");
}

static void
test_zone(void **state)
{
	static const char *const bad[] = {"",
	                                  "Asia/Nowhere",
	                                  "../../../etc/passwd",
	                                  "/etc/localtime",
	                                  "Asia",
	                                  "Asia/Shanghai\n",
	                                  "zone.tab",
	                                  "CST-8;x",
	                                  "tzdata.zi"};
	char out[CLOCK_CHINESE_MAX];
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < ROWS(bad); i++) {
		e = (struct err){0};
		assert_false(clock_zone(bad[i], &e));
		assert_int_equal(e.code, ERR_CONFIG);
	}
	/* what was refused changed nothing */
	assert_string_equal(clock_rfc3339(JUNE_10, out), "2022-06-10T10:05:00+08:00");
	assert_true(clock_zone("America/St_Johns", &e));
	assert_string_equal(clock_rfc3339(JUNE_10, out), "2022-06-09T23:35:00-02:30");
	assert_string_equal(clock_rfc5322(JUNE_10, out), "Thu, 9 Jun 2022 23:35:00 -0230");
	assert_true(clock_zone("Asia/Shanghai", &e));
}

static void
test_now_can_be_held(void **state)
{
	time_t before = time(NULL);

	(void)state;
	assert_int_equal(setenv("MINGPIAN_NOW", "2022-06-10T10:05:00+08:00", 1), 0);
	assert_int_equal(clock_now(), JUNE_10);
	assert_int_equal(setenv("MINGPIAN_NOW", "soon", 1), 0);
	assert_true(clock_now() >= before);
	assert_int_equal(unsetenv("MINGPIAN_NOW"), 0);
	assert_true(clock_now() >= before);
}

static void
test_deadlines(void **state)
{
	int64_t now = clock_mono_ms();

	(void)state;
	assert_int_equal(clock_left_ms(-1), -1);
	assert_int_equal(clock_left_ms(0), 0);
	assert_int_equal(clock_left_ms(now - 1), 0);
	assert_in_range(clock_left_ms(now + 60000), 1, 60000);
	assert_int_equal(clock_left_ms(INT64_MAX), INT_MAX);
	assert_true(clock_mono_ms() >= now);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_parse),           cmocka_unit_test(test_parse_day),
	        cmocka_unit_test(test_formats),         cmocka_unit_test(test_zone),
	        cmocka_unit_test(test_now_can_be_held), cmocka_unit_test(test_deadlines),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
