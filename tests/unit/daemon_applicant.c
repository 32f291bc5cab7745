/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: an office's second clerk is the same applicant, two strangers at one provider are not. */
#include "daemon/applicant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *address, *domain; /* NULL: none */
	bool free_mail;
} rows[] = {
        {"a@ks.gov.cn", "ks.gov.cn", false},
        {"b@x.ks.gov.cn", "x.ks.gov.cn", false},
        {"a@qq.com", "qq.com", true},
        {"b@vip.qq.com", "vip.qq.com", true},
        {"b@QQ.com", "QQ.com", true},
        {"b@notqq.com", "notqq.com", false},
        {"a@163.com", "163.com", true},
        {"a@mail.163.com", "mail.163.com", true},
        {"a@163.com.example.org", "163.com.example.org", false},
        {"\"a@qq.com\"@ks.gov.cn", "ks.gov.cn", false},
        {"", NULL, false},
        {"nobody", NULL, false},
        {"a@", NULL, false},
        {"@qq.cn", NULL, false},
};

static void
domains(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *domain = applicant_domain(rows[i].address);

		if (!domain != !rows[i].domain || (domain && strcmp(domain, rows[i].domain) != 0))
			fail_msg("%s: domain %s", rows[i].address, domain ? domain : "none");
		if (domain && applicant_free_mail(domain) != rows[i].free_mail)
			fail_msg("%s: free mail or not", rows[i].address);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(domains)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
