/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: an office's second clerk is the same applicant, two strangers at one provider are not. */
#include "daemon/applicant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
	const char *address, *known;
	bool want;
} rows[] = {
        {"a@ks.gov.cn", "a@ks.gov.cn", true},
        {"A@KS.gov.cn", "a@ks.gov.cn", true},
        {"b@ks.gov.cn", "a@ks.gov.cn", true},
        {"b@x.ks.gov.cn", "a@ks.gov.cn", false},
        {"a@qq.com", "a@qq.com", true},
        {"b@qq.com", "a@qq.com", false},
        {"b@vip.qq.com", "a@vip.qq.com", false},
        {"b@QQ.com", "a@qq.com", false},
        {"b@notqq.com", "a@notqq.com", true},
        {"", "", false},
        {"nobody", "nobody", false},
        {"a@", "a@", false},
        {"@qq.cn", "@qq.cn", false},
        {"a@163.com", "a@126.com", false},
        {"a@mail.163.com", "b@mail.163.com", false},
};

static void
same(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (applicant_same(rows[i].address, rows[i].known) != rows[i].want)
			fail_msg("%s, %s", rows[i].address, rows[i].known);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(same)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
