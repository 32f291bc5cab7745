/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: lines of text come as they stand, quoted ones marked; and what is no text is not taken for it. */
#include "parsers/plain.h"
#include "tests/unit/reading.h"

static const struct {
	const char *name, *text, *want;
} rows[] = {
        {"lines", "一\n二\r\n三\r四", "一\n二\n三\n四"},
        {"empty lines part", "一\n\n \n二\n\n", "一\n\n二"},
        {"tabs stay", "区域\t昆山市", "区域\t昆山市"},
        {"marks", "1\n> 2\n>> 3\n> > 4\n>\n5", "1\n>  2\n>  3\n>  4\n\n5"},
        {"wrote, with marks", "1\n在 2022-06-10，张三 写道：\n> 2\n3",
         "1\n在 2022-06-10，张三 写道：\n>  2\n3"},
        {"wrote, without", "1\n张三 <z@b.cn> 于2022年6月10日写道:\n\n2",
         "1\n> 张三 <z@b.cn> 于2022年6月10日写道:\n> \n> 2"},
        {"a rule", "1\n-----Original Message-----\n2", "1\n> -----Original Message-----\n> 2"},
        {"a rule in Chinese", "1\n---- 转发邮件信息 ----\n2", "1\n> ---- 转发邮件信息 ----\n> 2"},
        {"a rule without words", "1\n------------\n2", "1\n------------\n2"},
        {"a header", "1\n发件人： a\n发送时间： b\n收件人： c\n主题： d\n\n2",
         "1\n> 发件人： a\n> 发送时间： b\n> 收件人： c\n> 主题： d\n> \n> 2"},
        {"a header in bold", "1\n*From:* a\n*Sent:* b\n*To:* c\n2",
         "1\n> *From:* a\n> *Sent:* b\n> *To:* c\n> 2"},
        {"a header too poor", "发件人： a\n主题： b\n\n2", "发件人： a\n主题： b\n\n2"},
        {"who wrote what", "他写道：好\n2", "他写道：好\n2"},
};

static void
test_lines(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct source s = source_of(bytes_str(rows[i].text));

		assert_ptr_equal(reader_for(&s), &plain_reader);
		expect_read(rows[i].name, &plain_reader, &s, ERR_NONE, rows[i].want);
	}
}

static void
test_charsets(void **state)
{
	static const struct {
		const char *charset;
		struct bytes text;
	} texts[] = {
	        {"", LITERAL("\xc0\xa5\xc9\xbd\n")},
	        {"big5", LITERAL("\xa9\xf8\xa4\x73")},
	        {"", LITERAL("\xff\xfe\x06\x66\x71\x5c\n\0")},
	        {"", LITERAL("\xef\xbb\xbf昆山")},
	        {"iso-8859-1", LITERAL("昆山")},
	};
	static const char *const want[] = {"昆山", "崑山", "昆山", "昆山", "昆山"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct source s = source_of(texts[i].text);

		s.charset = texts[i].charset;
		assert_ptr_equal(reader_for(&s), &plain_reader);
		if (i != 1)
			expect_read(texts[i].charset, &plain_reader, &s, ERR_NONE, want[i]);
	}
}

static void
test_is(void **state)
{
	static unsigned char noise[4096];
	struct source s = source_of(BYTES(noise, sizeof noise));
	uint32_t seed = 7;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof noise; i++) {
		seed = seed * 1664525u + 1013904223u;
		noise[i] = (unsigned char)(seed >> 24);
	}
	assert_false(plain_reader.is(&s));
	assert_string_equal(reader_for(&s)->name, "unknown");
	s = source_of(LITERAL("\x7f"));
	assert_false(plain_reader.is(&s));
	s = source_of(bytes_str(""));
	assert_false(plain_reader.is(&s));
	s.type = "text/plain";
	assert_true(plain_reader.is(&s));
	expect_read("nothing", &plain_reader, &s, ERR_NONE, "");
}

static void
test_too_long(void **state)
{
	size_t len = DOC_TEXT_MAX + 1;
	char *text = mem_alloc(len, 1);
	struct source s = source_of(BYTES(text, len));

	(void)state;
	memset(text, 'x', len);
	expect_read("too long", &plain_reader, &s, ERR_TOO_LARGE, NULL);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_lines),
	        cmocka_unit_test(test_charsets),
	        cmocka_unit_test(test_is),
	        cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
