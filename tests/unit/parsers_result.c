/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: each of domain.md's six dispositions, in their order, with what withholds a reply; the same form
 * found once; the answer always JSON. */
#include "parsers/charset.h"
#include "parsers/result.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/sample_form.h"

#define FROM "From: a@x.gov.cn\n"
#define FORM                                                                                                                                               \
	"申请区域（城市）：江苏省苏州市昆山市\n牵头单位：昆山市工业和信息化局\n主导产业：电子信息\n特色产业" \
	"：传感器\n"                                                                                                                                   \
	"申请区域简介：昆山市地处江苏。\n联系人及职务：沈志远 科长\n"
#define GOOD  FORM "联系电话：0512-55484407\n"
#define BAD   FORM "联系电话：123\n"
#define OURS  "In-Reply-To: <mingpian.C.1@miit-icdc.org>\n"
#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n"
#define ENCRYPTED                                                                       \
	"--b\nContent-Type: application/x; name=\"x.ceb\"\nContent-Transfer-Encoding: " \
	"base64\n\nQ0VCAP+A/wGB/wL/A/6A\n--b--\n"

static const struct {
	const char *name, *mail;
	enum disposition want;
	const char *withheld;
	int forms, unread, links;
} rows[] = {
        {"a good form", FROM "Subject: 登记表\n\n" GOOD, DISPOSITION_ACCEPTED, NULL, 1, 0, 0},
        {"a bad one", FROM "Subject: 登记表\n\n" BAD, DISPOSITION_CORRECTION, NULL, 1, 0, 0},
        {"nothing", FROM "Subject: 你好\n\n周末吃饭吗", DISPOSITION_OTHER, NULL, 0, 0, 0},
        {"speaks of the form", FROM "Subject: 登记表\n\n见附件", DISPOSITION_NO_FORM, NULL, 0, 0, 0},
        {"speaks of the programme and sends", FROM "Subject: 产业名片\n\n材料请查收", DISPOSITION_NO_FORM,
         NULL, 0, 0, 0},
        {"speaks of the programme only", FROM "Subject: 产业名片\n\n有门槛吗", DISPOSITION_OTHER, NULL, 0, 0,
         0},
        {"a cloud link", FROM "Subject: 产业名片\n\nx.zip https://pan.baidu.com/s/1", DISPOSITION_NO_FORM,
         NULL, 0, 0, 1},
        {"answers us", FROM "Subject: Re\n" OURS "\n联系电话：0512-55484407", DISPOSITION_NO_FORM, NULL, 0, 0,
         0},
        {"unread, meant", FROM "Subject: 登记表\n" MIXED "x\n" ENCRYPTED, DISPOSITION_UNREADABLE, NULL, 0, 1,
         0},
        {"unread, not meant", FROM "Subject: x\n" MIXED "x\n" ENCRYPTED, DISPOSITION_OTHER, NULL, 0, 1, 0},
        {"unread beside a form", FROM "Subject: x\n" MIXED GOOD ENCRYPTED, DISPOSITION_ACCEPTED, NULL, 1, 1,
         0},
        {"out of office", FROM "Auto-Submitted: auto-replied\nSubject: 登记表\n\nx", DISPOSITION_IGNORED,
         NULL, 0, 0, 0},
        {"a form over a list", FROM "List-Id: <l>\nSubject: x\n\n" GOOD, DISPOSITION_ACCEPTED, "automatic", 1,
         0, 0},
        {"a list without", FROM "List-Id: <l>\nSubject: 登记表\n\nx", DISPOSITION_IGNORED, NULL, 0, 0, 0},
        {"suppress, a form", FROM "X-Auto-Response-Suppress: All\nSubject: x\n\n" BAD, DISPOSITION_CORRECTION,
         "automatic", 1, 0, 0},
        {"suppress, none", FROM "X-Auto-Response-Suppress: All\nSubject: 登记表\n\nx", DISPOSITION_NO_FORM,
         "automatic", 0, 0, 0},
        {"a bounce with a form", "Return-Path: <>\nFrom: postmaster@163.com\nSubject: 系统退信\n\n" GOOD,
         DISPOSITION_IGNORED, NULL, 0, 0, 0},
        {"ours come back", FROM "X-Mingpian-Loop: 1\nSubject: x\n\n" GOOD, DISPOSITION_IGNORED, NULL, 0, 0,
         0},
        {"a colleague sends one on", "From: b@miit-icdc.org\nSubject: x\n\n" GOOD, DISPOSITION_ACCEPTED,
         "own_domain", 1, 0, 0},
        {"a colleague talks", "From: b@miit-icdc.org\nSubject: 登记表\n\n请查收", DISPOSITION_OTHER, NULL, 0,
         0, 0},
        {"twice in one mail",
         FROM "Subject: x\n" MIXED GOOD
              "--b\nContent-Type: text/plain; name=\"a.txt\"; charset=utf-8\n\n" GOOD "--b--\n",
         DISPOSITION_ACCEPTED, NULL, 1, 0, 0},
};

static struct result
parsed(struct arena *a, const char *text, time_t received)
{
	struct result r = {.form = form};
	struct mail *m = NULL;
	struct err e = {0};

	if (!mail_open(&m, a, bytes_str(text), &e))
		fail_msg("%s", e.text);
	r.mail = m;
	r.machine = machine_judge(form, m);
	r.auth = auth_read(form, m);
	walk_mail(&r.found, form, m, NULL);
	result_settle(&r, received);
	return r;
}

static json_t *
answer(const struct result *r)
{
	struct buf out = BUF_INIT(1 << 20);
	json_t *j;

	result_json(r, true, &out);
	j = json_loads(out.at, 0, NULL);
	assert_non_null(j);
	buf_free(&out);
	return j;
}

static void
test_dispositions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *a = arena_new();
		struct result r = parsed(a, rows[i].mail, 0);
		json_t *j = answer(&r);
		const char *why = r.withheld_why ? r.withheld_why : "no", *want = rows[i].withheld;

		if (r.disposition != rows[i].want || strcmp(why, want ? want : "no") != 0)
			fail_msg("%s: %s, withheld %s; should be %s, %s", rows[i].name,
			         result_disposition(r.disposition), why, result_disposition(rows[i].want),
			         want ? want : "no");
		if ((int)json_array_size(json_object_get(j, "forms")) != rows[i].forms ||
		    (int)json_array_size(json_object_get(j, "unread")) != rows[i].unread ||
		    (int)json_array_size(json_object_get(j, "links")) != rows[i].links)
			fail_msg("%s: forms, unread or links", rows[i].name);
		assert_int_equal(json_is_true(json_object_get(j, "withheld")), want != NULL);
		json_decref(j);
		arena_free(a);
	}
}

/* The deadline's day counts to its end; without a form nothing is late. */
static void
test_late(void **state)
{
	static const struct {
		const char *mail;
		time_t after;
		bool want;
	} lates[] = {
	        {FROM "Subject: x\n\n" GOOD, -1, false},
	        {FROM "Subject: x\n\n" GOOD, 0, true},
	        {FROM "Subject: 登记表\n\nx", 0, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof lates / sizeof *lates; i++) {
		struct arena *a = arena_new();

		assert_int_equal(parsed(a, lates[i].mail, form->deadline_end + lates[i].after).late,
		                 lates[i].want);
		arena_free(a);
	}
}

static void
test_merged(void **state)
{
	struct arena *a = arena_new();
	struct result r =
	        parsed(a,
	               FROM "Subject: x\n" MIXED BAD
	                    "--b\nContent-Type: text/plain; name=\"a.txt\"; charset=utf-8\n\n" GOOD "--b--\n",
	               0);

	(void)state;
	assert_non_null(r.found.forms);
	assert_null(r.found.forms->next);
	assert_string_equal(r.found.forms->source, "a.txt"); /* a file, and without a defect */
	assert_string_equal(r.found.forms->also->name, "body");
	assert_string_equal(r.found.forms->conflicts->field->key, "phone");
	assert_int_equal(r.disposition, DISPOSITION_ACCEPTED);
	arena_free(a);
}

static void
test_values(void **state)
{
	struct arena *a = arena_new();
	struct result r = parsed(a, FROM "Subject: Re\n" OURS "\n联系电话：0512-55484407\n", 0);
	json_t *j = answer(&r);

	(void)state;
	assert_string_equal(json_string_value(json_object_get(json_object_get(j, "values"), "phone")),
	                    "0512-55484407");
	json_decref(j);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_dispositions), cmocka_unit_test(test_late),
	                                   cmocka_unit_test(test_merged), cmocka_unit_test(test_values)};

	charset_preload();
	mail_init();
	return cmocka_run_group_tests(tests, load_form, drop_form);
}
