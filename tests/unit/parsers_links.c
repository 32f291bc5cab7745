/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: what lies at a provider is found however its link is written, by its name; what mail programs put
 * under a letter by themselves, and what is only quoted, is none. */
#include "parsers/links.h"

#include "config/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/sample_form.h"

#define DISK "https://pan.baidu.com/s/1abc?pwd=x2y3"

static const struct {
	const char *source, *want; /* names parted by | */
} rows[] = {
        {"材料.zip " DISK, "材料.zip"},
        {DISK, DISK},
        {"链接：" DISK "，提取码：x2y3", DISK},
        {"链接：" DISK "提取码x2y3", DISK},
        {"产业名片材料.rar：pan.baidu.com/s/1abc 提取码：x2y3", "产业名片材料.rar"},
        {"链接:pan.baidu.com/s/1abc", "pan.baidu.com/s/1abc"},
        {"pan.baidu.com/s/1abc\n" DISK, "pan.baidu.com/s/1abc|" DISK},
        {"甲.zip " DISK " 乙.zip https://pan.baidu.com/s/2", "甲.zip|乙.zip"},
        {"> 丙.zip " DISK, "丙.zip"},
        {"<div>丁.zip " DISK "</div>", "丁.zip"},
        {"<a href=\"" DISK "\">材料.zip</a>", "材料.zip"},
        {"<a href=\"https://pan.baidu.com/s/1\">pan.baidu.com/s/1</a>", "pan.baidu.com/s/1"},
        {"<a href=\"https://pan.baidu.com/s/1.html\"></a>", "https://pan.baidu.com/s/1.html"},
        {"https://mail.163.com/large-attachment-download/index.html?p=X",
         "https://mail.163.com/large-attachment-download/index.html?p=X"},
        {"<a href=\"https://dashi.163.com/html/cloud-attachment-download/?key=X\">表.zip</a>", "表.zip"},
        {"<a href=\"https://wx.mail.qq.com/ftn/download?func=3&amp;key=X\">表.zip</a>", "表.zip"},
        /* put there by the mail program */
        {"签名由 <a href=\"https://mail.163.com/dashi/dlpro.html?from=mail81\">网易邮箱大师</a> 定制", ""},
        {"<a href=\"https://dashi.163.com/projects/signature-manager/detail/index.html?ftlId=1\">张三</a>",
         ""},
        {"<a href=\"https://wx.mail.qq.com/home/index?t=readmail_businesscard_midpage&name=x\">张三</a>", ""},
        {"发自 http://u.163.com/signature", ""},
        {"来自 https://mail.qq.com/cgi-bin/readtemplate?t=iphone", ""},
        {"<a href=\"https://mail.10086.cn/\">139邮箱</a>", ""},
        {"<img src=\"https://mail.126.com/a/b.gif\"><img src=https://mail.126.com/c.gif>", ""},
        {"pan.baidu.com, mail.qq.com/", ""},
        {"a@mail.qq.com/x, https://x.test/pan.baidu.com/s/1", ""},
};

static void
by_source(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *a = arena_new();
		const char *names[LINKS_MAX];
		struct buf got = BUF_INIT(4096);
		size_t n = links_find(a, form, rows[i].source, names);

		for (size_t k = 0; k < n; k++)
			buf_fmt(&got, "%s%s", k ? "|" : "", names[k]);
		if (strcmp(got.at ? got.at : "", rows[i].want) != 0)
			fail_msg("'%s': '%s', should be '%s'", rows[i].source, got.at ? got.at : "",
			         rows[i].want);
		buf_free(&got);
		arena_free(a);
	}
}

/* What stands in the whole text and not in what was written now is another's. */
static void
quoted(void **state)
{
	const char *names[LINKS_MAX] = {"新 表.zip", "旧表.zip", "两处.zip", "按钮"};
	size_t n = links_written(names, 4, "新表.zip\n两处.zip", "新表.zip\n两处.zip\n旧表.zip\n两处.zip");

	(void)state;
	assert_int_equal(n, 3);
	assert_string_equal(names[0], "新 表.zip");
	assert_string_equal(names[1], "两处.zip");
	assert_string_equal(names[2], "按钮");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(by_source), cmocka_unit_test(quoted)};

	return cmocka_run_group_tests(tests, load_form, drop_form);
}
