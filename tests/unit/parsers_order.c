/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a line that is an order is found however it is typed, and no line that only speaks of one. */
#include "parsers/order.h"

#include "config/buf.h"
#include "parsers/html.h"
#include "parsers/newtext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/sample_form.h"

static const struct {
	const char *text, *want; /* "verb CODE" each, parted by / */
} rows[] = {
        {"放行 ABCDE-FGHJK", "release ABCDE-FGHJK"},
        {"  放行ABCDE-FGHJK  ", "release ABCDE-FGHJK"},
        {"放行：abcde-fghjk。", "release ABCDE-FGHJK"},
        {"放行　ＡＢＣＤＥ－ＦＧＨＪＫ", "release ABCDE-FGHJK"},
        {"放行 “ABCDE-FGHJK”", "release ABCDE-FGHJK"},
        {"放行 ABCDEFGHJK、22222-33333，44444-55555",
         "release ABCDEFGHJK/release 22222-33333/release 44444-55555"},
        {"采纳 ABCDE-FGHJK\n不予处理 22222-33333\r\n", "accept ABCDE-FGHJK/dismiss 22222-33333"},
        {"放行 ABCDE-FGHJK\n放行 ABCDE-FGHJK", "release ABCDE-FGHJK"},
        {"放行 ABCDE-FGHJK\n采纳 ABCDE-FGHJK", "release ABCDE-FGHJK/accept ABCDE-FGHJK"},
        {"老师好：\n\n放行 ABCDE-FGHJK\n\n谢谢", "release ABCDE-FGHJK"},
        {"不放行 ABCDE-FGHJK", ""},
        {"请放行 ABCDE-FGHJK", ""},
        {"放行 ABCDE-FGHJK 吗？", ""},
        {"放行 ABCDE-FGHJK 22222-33333 之后再说", ""},
        {"放行", ""},
        {"放行 ", ""},
        {"放行 ABC", ""},
        {"放行 编号CYMP", ""},
        {"放行 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ""},
        {"可写：“放行”或“不予处理”；验证码：ABCDE-FGHJK", ""},
        {"验证码：ABCDE-FGHJK", ""},
        {"", ""},
};

static void
all_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *a = arena_new();
		struct order *list = arena_alloc(a, ORDERS_MAX, sizeof *list);
		struct buf got = BUF_INIT(4096);
		size_t n = order_find(a, form, rows[i].text, list, 0);

		for (size_t k = 0; k < n; k++)
			buf_fmt(&got, "%s%s %s", k ? "/" : "", list[k].verb, list[k].code);
		if (strcmp(got.at ? got.at : "", rows[i].want) != 0)
			fail_msg("'%s': %s, should be %s", rows[i].text, got.at ? got.at : "", rows[i].want);
		buf_free(&got);
		arena_free(a);
	}
}

/* Pages: what is quoted orders nothing, however it is marked. */
static const struct {
	const char *page, *want;
} pages[] = {
        {"<div>放行 ABCDE-FGHJK</div>", "release ABCDE-FGHJK"},
        {"<div>好</div><blockquote type=cite><div>放行 ABCDE-FGHJK</div></blockquote>", ""},
        {"<div>好</div><blockquote><div>放行 ABCDE-FGHJK</div></blockquote>", ""},
        {"<blockquote><div><blockquote>放行 22222-33333</blockquote>放行 ABCDE-FGHJK</div></blockquote>", ""},
        {"<blockquote>放行 22222-33333</blockquote><p>放行 ABCDE-FGHJK</p>", "release ABCDE-FGHJK"},
        {"<blockquote><table><tr><td>放行 ABCDE-FGHJK</table></blockquote>", ""},
        /* the whole mail in a table, as some programs lay it out */
        {"<table><tr><td>放行 ABCDE-FGHJK<blockquote type=cite>放行 22222-33333</blockquote></table>",
         "release ABCDE-FGHJK"},
        {"<table><tr><td>好<blockquote>放行 ABCDE-FGHJK</blockquote></table>", ""},
        {"<table><tr><td>好<tr><td><table><tr><td><blockquote type=cite><p>放行 ABCDE-FGHJK</table></table>",
         ""},
        {"<table><tr><td>好<p>发件人：a<p>收件人：b<p>主题：c<p>放行 ABCDE-FGHJK</table>放行 22222-33333",
         ""},
        {"<table><tr><td>好<tr><td>发件人：<td>a<tr><td>主题：<td>b</table><p>放行 ABCDE-FGHJK", ""},
        {"放行 ABCDE-FGHJK<blockquote>放行 22222-33333", "release ABCDE-FGHJK"},
};

static void
quotations_order_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		struct arena *a = arena_new();
		struct order *list = arena_alloc(a, ORDERS_MAX, sizeof *list);
		struct source s = {.data = bytes_str(pages[i].page), .charset = "utf-8"};
		struct document *d = doc_new(a);
		struct buf text = BUF_INIT(4096), got = BUF_INIT(4096);
		struct err e = {0};
		size_t n;

		assert_true(html_reader.read(&s, d, &e));
		doc_end(d);
		newtext_of(form, d, NEWTEXT_PLAIN, &text);
		n = order_find(a, form, text.at ? text.at : "", list, 0);
		for (size_t k = 0; k < n; k++)
			buf_fmt(&got, "%s%s %s", k ? "/" : "", list[k].verb, list[k].code);
		if (strcmp(got.at ? got.at : "", pages[i].want) != 0)
			fail_msg("'%s': %s, should be %s", pages[i].page, got.at ? got.at : "",
			         pages[i].want);
		buf_free(&text);
		buf_free(&got);
		arena_free(a);
	}
}

static void
no_more_than_a_list_holds(void **state)
{
	struct arena *a = arena_new();
	struct order *list = arena_alloc(a, ORDERS_MAX, sizeof *list);
	struct buf text = BUF_INIT(1 << 20);

	(void)state;
	for (int i = 0; i < 2 * ORDERS_MAX; i++)
		buf_fmt(&text, "放行 CODE%06d\n", i);
	assert_int_equal(order_find(a, form, text.at, list, 0), ORDERS_MAX);
	buf_free(&text);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(all_rows),
	                                   cmocka_unit_test(quotations_order_nothing),
	                                   cmocka_unit_test(no_more_than_a_list_holds)};

	return cmocka_run_group_tests(tests, load_form, drop_form);
}
