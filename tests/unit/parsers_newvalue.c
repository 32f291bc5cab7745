/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: of a sentence behind a label the value is taken, and a sentence that gives none replaces nothing. */
#include "parsers/newvalue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	enum form_kind kind;
	const char *text, *want; /* NULL: none is given */
} rows[] = {
        {FORM_PHONE, "0512-57310086", "0512-57310086"},
        {FORM_PHONE, "0512-57310086；", "0512-57310086"},
        {FORM_PHONE, "改为0512-57310086。", "0512-57310086"},
        {FORM_PHONE, "更正为：0512-57310086", "0512-57310086"},
        {FORM_PHONE, "2331000 更正为： 0512-57310086", "0512-57310086"},
        {FORM_PHONE, "不变", NULL},
        {FORM_PHONE, "同上。", NULL},
        {FORM_PHONE, "见附件", NULL},
        {FORM_PHONE, "可以填两个吗？", NULL},
        {FORM_PHONE, "是否必须填座机?", NULL},
        {FORM_PHONE, "0512-57310086，其他不变。", "0512-57310086"},
        {FORM_PHONE, "0512-57310086可以吗？", "0512-57310086可以吗？"},
        {FORM_PHONE, "其他不变", NULL},
        {FORM_PHONE, "改为", "改为"},
        {FORM_PHONE, "", NULL},
        {FORM_UNIT, "由昆山市发改委变更为昆山市工业和信息化局", "昆山市工业和信息化局"},
        {FORM_UNIT, "昆山市工业和信息化局（改为牵头）", "昆山市工业和信息化局（改为牵头）"},
        {FORM_UNIT, "原为发改委，现改为工信局", "工信局"},
        {FORM_CONTACT, "沈志远 产业科科长（原为李四）", "沈志远 产业科科长（原为李四）"},
        {FORM_CONTACT, "没有变化", NULL},
        {FORM_NAMES, "电子信息、装备制造，其他不变", "电子信息、装备制造"},
        {FORM_NAMES, "电子信息、其他制造", "电子信息、其他制造"},
        {FORM_NAMES, "改成：电子信息", "电子信息"},
        {FORM_TEXT, "毛呢", "毛呢"},
        {FORM_REGION, "应为江苏省苏州市昆山市", "江苏省苏州市昆山市"},
        {FORM_PROFILE, "如下：\n昆山市改为县级市。\n其他不变", "昆山市改为县级市。\n其他不变"},
        {FORM_PROFILE, "由县改为市。", "由县改为市。"},
        {FORM_PROFILE, "如下", "如下"},
};

static void
all_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *a = arena_new();
		const char *got = newvalue_of(a, rows[i].kind, rows[i].text), *want = rows[i].want;

		if ((got == NULL) != (want == NULL) || (got && strcmp(got, want) != 0))
			fail_msg("'%s': %s, should be %s", rows[i].text, got ? got : "(none)",
			         want ? want : "(none)");
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(all_rows)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
