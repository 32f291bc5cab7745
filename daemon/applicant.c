/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/applicant.h"

#include <string.h>
#include <strings.h>

/* Providers at which a local government's clerk may have an address. A domain that lacks here makes
 * two strangers one applicant; one too many makes a colleague a second sender, which staff can join:
 * so a provider is listed on suspicion. */
static const char *const free_mail[] = {
        "126.com",     "139.com",   "163.com",        "163.net",     "188.com",     "189.cn",
        "21cn.com",    "263.net",   "aliyun.com",     "foxmail.com", "gmail.com",   "hotmail.com",
        "icloud.com",  "live.cn",   "live.com",       "me.com",      "msn.com",     "netease.com",
        "outlook.com", "proton.me", "protonmail.com", "qq.com",      "sina.cn",     "sina.com",
        "sina.com.cn", "sogou.com", "sohu.com",       "tom.com",     "vip.163.com", "wo.cn",
        "yahoo.cn",    "yahoo.com", "yahoo.com.cn",   "yeah.net",    "ymail.com",
};

const char *
applicant_domain(const char *address)
{
	const char *at = strrchr(address, '@');

	return at && at > address && at[1] ? at + 1 : NULL;
}

bool
applicant_free_mail(const char *domain)
{
	size_t len = strlen(domain);

	for (size_t i = 0; i < sizeof free_mail / sizeof *free_mail; i++) {
		size_t n = strlen(free_mail[i]);

		if (len >= n && strcasecmp(domain + len - n, free_mail[i]) == 0 &&
		    (len == n || domain[len - n - 1] == '.'))
			return true;
	}
	return false;
}
