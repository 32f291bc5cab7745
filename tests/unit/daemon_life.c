/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: the page of a registration's life leaves out nothing that is long. */
#include "daemon/life_page.h"

#include "config/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/sample_form.h"

/* Two files of a mail hold two profiles, one of them pasted whole: both stand on the page. */
static void
a_long_profile_is_told(void **state)
{
	enum { CHARACTERS = 3000 };
	struct buf other = BUF_INIT(1 << 16), page = BUF_INIT(LIFE_PAGE_MAX);
	struct err e = {0};
	json_t *life;

	(void)state;
	for (int i = 0; i < CHARACTERS; i++)
		buf_str(&other, "县");
	life = json_pack(
	        "{s:s, s:b, s:i, s:[{s:i, s:s, s:s, s:[{s:s, s:s, s:s, s:[], s:[{s:s, s:s}]}], s:[]}]}",
	        "receipt", "CYMP-2022-0001", "late", 0, "revision", 1, "timeline", "seq", 1, "at",
	        "2022-06-10T10:00:00+08:00", "event", "read", "fields", "key", "profile", "label",
	        "申请区域简介", "value", "短", "defects", "others", "source", "盖章.pdf", "value", other.at,
	        "changes");
	assert_non_null(life);
	if (!life_page(form, "config/templates", life, &page, &e))
		fail_msg("%s", e.text);
	assert_non_null(strstr(page.at, "盖章.pdf"));
	assert_non_null(strstr(page.at, other.at));
	json_decref(life);
	buf_free(&other);
	buf_free(&page);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_long_profile_is_told)};

	return cmocka_run_group_tests(tests, load_form, drop_form);
}
