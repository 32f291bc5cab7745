/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: of a sentence behind a label the value is taken, and a sentence that gives none replaces nothing. */
#include "parsers/newvalue.h"

#include "config/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/sample_form.h"

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
        {FORM_NAMES, "保留电子信息、装备制造", "电子信息、装备制造"},
        {FORM_NAMES, "前三个", NULL},
        {FORM_NAMES, "改为3个。", NULL},
        {FORM_NAMES, "三个代表", "三个代表"},
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

/* What sentences without a colon change, "field=text|" of each. */
static const struct {
	const char *text, *want;
} sentences[] = {
        {"联系电话更正为0512-57310086。", "phone=0512-57310086|"},
        {"您好：现将联系电话更正为 0512-57310086，请查收。", "phone=0512-57310086|"},
        {"登记表中的联系电话已更正为：13800138000，其余不变", "phone=13800138000|"},
        {"联系电话由2331000更正为0512-57310086", "phone=0512-57310086|"},
        {"我市主导产业调整为“电子信息、装备制造”，其他不变。", "leading_industries=电子信息、装备制造|"},
        {"主导产业保留电子信息，装备制造\n谢谢", "leading_industries=电子信息，装备制造|"},
        {"联系人改为李四 科长，联系电话改为13800138000，请审核。", "contact=李四 科长|phone=13800138000|"},
        {"申请区域应为江苏省苏州市昆山市；特色产业改成传感器",
         "region=江苏省苏州市昆山市|special_industry=传感器|"},
        /* nothing is changed */
        {"如联系电话改为13800138000，是否可以", ""},
        {"能否将联系电话改为13800138000？", ""},
        {"联系电话改为13800138000可以吗？", ""},
        {"联系电话应为手机", ""},
        {"联系电话不应为空", ""},
        {"主导产业不改为电子信息", ""},
        {"其他栏目保留不变，已改为正式稿", ""},
        {"特色产业保留", ""},
        {"牵头单位保留昆山市工信局", ""},
        {"申请区域简介改为如下", ""},
        {"联系电话：13800138000", ""},
        {"", ""},
};

static void
changed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
		struct arena *a = arena_new();
		struct buf got = BUF_INIT(4096);
		struct newvalue_change c;
		unsigned left = NEWVALUE_WORDS_MAX;

		for (const char *s = sentences[i].text;
		     newvalue_change(a, form, labels_of(a, form), s, &left, &c); s = c.rest)
			buf_fmt(&got, "%s=%s|", form->fields[c.field].key, c.text);
		if (strcmp(got.at ? got.at : "", sentences[i].want) != 0)
			fail_msg("'%s': '%s', should be '%s'", sentences[i].text, got.at ? got.at : "",
			         sentences[i].want);
		buf_free(&got);
		arena_free(a);
	}
}

/* So many words are looked at, and no more: a mail of megabytes may consist of them. */
static void
many_words(void **state)
{
	struct arena *a = arena_new();
	struct buf text = BUF_INIT(1 << 16);
	struct newvalue_change c;

	(void)state;
	for (int n = 0; n < 3; n++)
		buf_str(&text, "已改为正式稿。");
	buf_str(&text, "联系电话改为13800138000");
	for (unsigned most = 3; most <= 4; most++) {
		unsigned left = most;

		assert_int_equal(newvalue_change(a, form, labels_of(a, form), text.at, &left, &c), most == 4);
		assert_int_equal(left, 0);
	}
	buf_free(&text);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(all_rows), cmocka_unit_test(changed),
	                                   cmocka_unit_test(many_words)};

	return cmocka_run_group_tests(tests, load_form, drop_form);
}
