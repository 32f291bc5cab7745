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
        {FORM_PHONE, "已修改，见附件", NULL},
        {FORM_PHONE, "无误", NULL},
        {FORM_PHONE, "其他不变", NULL},
        {FORM_PHONE, "改为", NULL},
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
        {FORM_NAMES, "1至3个", NULL},
        {FORM_NAMES, "不超过三个", NULL},
        {FORM_NAMES, "三个代表", "三个代表"},
        {FORM_NAMES, "已精简为三个，详见附件。", NULL},
        {FORM_NAMES, "按贵中心意见修改", NULL},
        {FORM_NAMES, "按摩器具", "按摩器具"},
        {FORM_NAMES, "化工，原料药", "化工，原料药"},
        {FORM_UNIT, "填工信局还是管委会？", NULL},
        {FORM_REGION, "同心县", "同心县"},
        {FORM_REGION, "未央区", "未央区"},
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

/* The numbers that sentences give, "text|" of each. */
static const struct {
	const char *text, *want;
} sentences[] = {
        {"联系电话更正为0512-57310086。", "0512-57310086|"},
        {"您好：现将联系电话更正为 0512-57310086，请查收。", "0512-57310086|"},
        {"我单位登记表中的联系电话已更正为：13800138000，其余不变", "13800138000|"},
        {"联系电话由2331000更正为0512-57310086", "0512-57310086|"},
        {"联系电话改为“０５１２－５７３１００８６”或手机", "０５１２－５７３１００８６|"},
        {"联系电话改为0512-57310086、0512-57310087 谢谢", "0512-57310086、0512-57310087|"},
        {"联系人改为李四 科长，联系电话改为13800138000，请审核。", "13800138000|"},
        {"原联系电话应为(0512)57310086转8001", "(0512)57310086|"},
        /* none is given */
        {"如联系电话改为13800138000，是否可以", ""},
        {"能否将联系电话改为13800138000？", ""},
        {"联系电话改为13800138000可以吗？", ""},
        {"联系电话改为13800138000，请问还要盖章吗", ""},
        {"联系电话应为手机", ""},
        {"联系电话改为12345", ""},
        {"联系电话不应为空", ""},
        {"贵中心联系电话已改为010-68207777，请确认。", ""},
        {"市局联系电话改为010-68207777。", ""},
        {"推荐函中的联系电话改为010-68207777。", ""},
        {"昆山市的联系电话改为0512-57310086，太仓市的联系电话改为0512-57310087", ""},
        {"主导产业改为电子信息、装备制造", ""},
        {"牵头单位代码改为13205830000", ""},
        {"联系电话：13800138000", ""},
        {"", ""},
};

static void
numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
		struct arena *a = arena_new();
		struct buf got = BUF_INIT(4096);
		struct newvalue_number n;
		unsigned left = NEWVALUE_WORDS_MAX;

		for (const char *s = sentences[i].text;
		     newvalue_number(a, form, labels_of(a, form), s, &left, &n); s = n.rest)
			buf_fmt(&got, "%s|", n.text);
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
	struct newvalue_number n;

	(void)state;
	for (int i = 0; i < 3; i++)
		buf_str(&text, "已改为正式稿。");
	buf_str(&text, "联系电话改为13800138000");
	for (unsigned most = 3; most <= 4; most++) {
		unsigned left = most;

		assert_int_equal(newvalue_number(a, form, labels_of(a, form), text.at, &left, &n), most == 4);
		assert_int_equal(left, 0);
	}
	buf_free(&text);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(all_rows), cmocka_unit_test(numbers),
	                                   cmocka_unit_test(many_words)};

	return cmocka_run_group_tests(tests, load_form, drop_form);
}
