/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: values given later stand over the earlier form and nothing else of it changes; the whole is judged by
 * the rules; what is no such question is refused. And: which mails take a registration back. */
#include "parsers/overlay.h"

#include "config/clock.h"
#include "config/mem.h"
#include "config/text.h"
#include "parsers/withdraw.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/sample_form.h"

#define EARLIER                                                                                                             \
	"\"form\":{\"region\":\"江苏省苏州市昆山市\",\"lead_unit\":\"昆山市工信局\",\"leading_industries\":" \
	"[\"甲\",\"乙\"],"                                                                                                \
	"\"special_industry\":null,\"profile\":\"丙\",\"contact\":\"沈志远 "                                            \
	"科长\",\"phone\":\"2331000\",\"confidence\":0.5,"                                                                \
	"\"doubtful\":[\"phone\",\"profile\"],\"defects\":[{\"field\":\"special_industry\",\"code\":"                       \
	"\"placeholder\"},"                                                                                                 \
	"{\"field\":\"phone\",\"code\":\"bad_phone\"}]}"
#define ASK(values) "{" EARLIER ",\"values\":{" values "},\"sender\":\"a@ks.gov.cn\"}"

static const struct {
	const char *name, *asked;
	const char *key, *want; /* this member of the answer, as JSON; NULL: refused */
} rows[] = {
        {"the value", ASK("\"phone\":\"0512-57310086\""), "phone", "\"0512-57310086\""},
        {"the others stay", ASK("\"phone\":\"0512-57310086\""), "leading_industries", "[\"甲\",\"乙\"]"},
        {"the region is found again", ASK("\"phone\":\"1\""), "region_key", "\"320583\""},
        {"the place that its columns told is known still",
         "{\"form\":{\"region\":\"鼓楼区\",\"region_code\":\"320302\",\"region_name\":\"江苏省徐州市鼓楼区\"}"
         ","
         "\"values\":{\"phone\":\"1\"},\"sender\":\"a@b.cn\"}",
         "region_key", "\"320302\""},
        {"a region given anew is not the place before",
         "{\"form\":{\"region\":\"鼓楼区\",\"region_code\":\"320302\",\"region_name\":\"江苏省徐州市鼓楼区\"}"
         ","
         "\"values\":{\"region\":\"福建省福州市鼓楼区\"},\"sender\":\"a@b.cn\"}",
         "region_key", "\"350102\""},
        {"names given as a list", ASK("\"leading_industries\":[\"丁\"]"), "leading_industries", "[\"丁\"]"},
        {"names given as text", ASK("\"leading_industries\":\"丁、戊\""), "leading_industries",
         "[\"丁\",\"戊\"]"},
        {"given anew, no more doubtful", ASK("\"phone\":\"0512-57310086\""), "doubtful", "[\"profile\"]"},
        {"what is wrong still, a placeholder as before", ASK("\"phone\":\"0512-57310086\""), "defects",
         "[{\"field\":\"special_industry\",\"code\":\"placeholder\",\"severity\":\"error\",\"detail\":\"\"}"
         "]"},
        {"it comes from the text", ASK(""), "source", "\"body\""},
        {"a field that is none is nothing", ASK("\"colour\":\"red\""), "colour", "null"},
        {"a value of no type that fields have is none", ASK("\"lead_unit\":7"), "lead_unit", "null"},
        {"no JSON", "From: a@b\r\n\r\nx", NULL, NULL},
        {"nothing", "", NULL, NULL},
        {"no values", "{" EARLIER ",\"sender\":\"a@b\"}", NULL, NULL},
        {"no sender", "{" EARLIER ",\"values\":{}}", NULL, NULL},
        {"no form", "{\"form\":[],\"values\":{},\"sender\":\"\"}", NULL, NULL},
};

static void
test_overlay(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf out = BUF_INIT(1 << 20);
		struct err e = {0};
		bool ok = overlay_form(form, bytes_str(rows[i].asked), &out, &e);
		json_t *answer = ok ? json_loads(out.at, 0, NULL) : NULL;
		const json_t *member = json_object_get(answer, rows[i].key);
		char *got = member ? json_dumps(member, JSON_COMPACT | JSON_ENCODE_ANY) : mem_str("null");

		if (ok != (rows[i].want != NULL) || (ok && strcmp(got, rows[i].want) != 0))
			fail_msg("%s: %s %s", rows[i].name, ok ? got : "refused:", e.text);
		assert_true(ok || e.code == ERR_NOT_MAIL);
		free(got);
		json_decref(answer);
		buf_free(&out);
	}
}

static const struct {
	const char *text;
	bool answers_us;
	const char *want;
} withdrawals[] = {
        {"我市不再参与，请撤回 CYMP-2022-0042。", false, "CYMP-2022-0042"},
        {"回复：【已登记 cymp-2022-0042】请作废", true, "CYMP-2022-0042"},
        {"请撤回我市的登记", true, ""},
        {"请撤回我市的登记", false, NULL},
        {"CYMP-2022-0042 收到，谢谢", true, NULL},
        {"请作废 CYMP-2022-1", false, NULL},
};

static void
test_withdraw(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof withdrawals / sizeof *withdrawals; i++) {
		struct arena *a = arena_new();
		struct buf folded = BUF_INIT(4096);
		const char *got, *want = withdrawals[i].want;

		text_fold(&folded, withdrawals[i].text);
		got = withdraw_in(a, form, folded.at, withdrawals[i].answers_us);
		if (!got != !want || (got && strcmp(got, want) != 0))
			fail_msg("%s: %s", withdrawals[i].text, got ? got : "(none)");
		buf_free(&folded);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_overlay), cmocka_unit_test(test_withdraw)};

	return cmocka_run_group_tests(tests, load_form, drop_form);
}
