/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: names, numbers and addresses are hidden but for two characters, and nothing else is. */
#include "daemon/mask.h"

#include "config/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/sample_form.h"

static void
by_its_look(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
	        {"电话13800138000。", "电话*********00。"},
	        {"0512-57310086", "****-******86"},
	        {"+86 138 0013 8000", "+** *** **** **00"},
	        {"（010）88886666", "（***）******66"},
	        {"电话０５１２－５７３１００８６。", "电话****－******８６。"},
	        {"＋86　１３８　0013　8000", "＋**　***　****　**00"},
	        {"138–0013—8000", "***–****—**00"},
	        {"电话１３８００１３８０００，2022－06－10", "电话*********００，2022－06－10"},
	        {"区号-2331000", "区号-*****00"},
	        {"li.na@city.gov.cn 来信", "l*@city.gov.cn 来信"},
	        {"王 <w@x.cn>", "王 <w*@x.cn>"},
	        /* no telephone numbers */
	        {"CYMP-2022-0042", "CYMP-2022-0042"},
	        {"2022-06-10 10:05", "2022-06-10 10:05"},
	        {"２０２２－０６－１０　10:05", "２０２２－０６－１０　10:05"},
	        {"ＣＹＭＰ－２０２２－００４２１２３", "ＣＹＭＰ－２０２２－００４２１２３"},
	        {"代码320583，产值480亿", "代码320583，产值480亿"},
	        {"d4d4b3b4ff69ad23970a73d4395e0d34", "d4d4b3b4ff69ad23970a73d4395e0d34"},
	        {"", ""},
	};
	struct arena *a = arena_new();
	struct mask *m = mask_new(a);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(mask_text(m, rows[i].text), rows[i].want);
	assert_null(mask_text(m, NULL));
	assert_string_equal(mask_text(NULL, "13800138000"), "13800138000");
	arena_free(a);
}

/* A campaign has thousands of registrations, each with a name or two. */
static void
the_last_of_many(void **state)
{
	struct arena *a = arena_new();
	struct mask *m = mask_new(a);

	(void)state;
	for (int i = 0; i < 9000; i++)
		mask_learn(m, form, arena_fmt(a, "n%dx", i));
	mask_learn(m, form, "沈志远");
	assert_string_equal(mask_text(m, "请沈志远接电话"), "请沈*远接电话");
	assert_string_equal(mask_text(m, "n8999x"), "n****x");
	arena_free(a);
}

static void
by_learning(void **state)
{
	struct arena *a = arena_new();
	struct mask *m = mask_new(a);

	(void)state;
	mask_learn(m, form, "沈志远 产业科科长");
	mask_learn(m, form, "沈志");
	mask_learn(m, form, "李明（副局长）、欧阳无痕");
	mask_learn(m, form, "昆山市工信局");
	mask_learn(m, form, NULL);
	assert_string_equal(mask_text(m, "请沈志远接电话，沈志不在"), "请沈*远接电话，沈*不在");
	assert_string_equal(mask_text(m, "李明、欧阳无痕"), "李*、欧**痕");
	assert_string_equal(mask_text(m, "产业科科长，昆山市工信局，副局长"),
	                    "产业科科长，昆山市工信局，副局长");
	arena_free(a);
}

static void
a_person_as_a_whole(void **state)
{
	struct arena *a = arena_new();
	struct mask *m = mask_new(a);

	(void)state;
	assert_string_equal(mask_person(m, "沈志远 产业科科长"), "沈*******长");
	assert_string_equal(mask_person(m, "李明"), "李*");
	assert_string_equal(mask_person(m, "李"), "李");
	assert_string_equal(mask_person(m, ""), "");
	assert_null(mask_person(m, NULL));
	assert_string_equal(mask_person(NULL, "李明"), "李明");
	arena_free(a);
}

static void
every_string_of_an_object(void **state)
{
	struct arena *a = arena_new();
	struct mask *m = mask_new(a);
	json_t *o = json_pack("{s:s, s:[s, {s:s}], s:s, s:i}", "phone", "13800138000", "list", "13900139000",
	                      "deep", "a1@b.cn", "receipt", "13700137000", "n", 13),
	       *want = json_pack("{s:s, s:[s, {s:s}], s:s, s:i}", "phone", "*********00", "list",
	                         "*********00", "deep", "a*@b.cn", "receipt", "13700137000", "n", 13);

	(void)state;
	mask_json(m, o, (const char *const[]){"receipt", NULL});
	assert_true(json_equal(o, want));
	mask_json(NULL, o, NULL);
	assert_true(json_equal(o, want));
	json_decref(o);
	json_decref(want);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(by_its_look),
	        cmocka_unit_test(by_learning),
	        cmocka_unit_test(the_last_of_many),
	        cmocka_unit_test(a_person_as_a_whole),
	        cmocka_unit_test(every_string_of_an_object),
	};

	return cmocka_run_group_tests(tests, load_form, drop_form);
}
