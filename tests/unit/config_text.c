/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: whatever bytes a stranger sends, what comes out of text.h is valid, bounded and inert. */
#include "config/mem.h"
#include "config/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROWS(t) (sizeof(t) / sizeof *(t))

typedef void shape(struct buf *b, const char *s);

/* Runs f on in, expects want. */
static void
expect_shape(shape *f, const char *in, const char *want)
{
	struct buf b = BUF_INIT(4096);

	f(&b, in);
	buf_str(&b, "");
	if (strcmp(b.at, want) != 0)
		fail_msg("of \"%s\": got \"%s\", want \"%s\"", in, b.at, want);
	buf_free(&b);
}

static void
test_next(void **state)
{
	static const struct {
		const char *name, *in;
		uint32_t want[6]; /* ends in 0 */
		bool want_utf8;
	} rows[] = {
	        {"empty", "", {0}, true},
	        {"ascii", "a", {'a'}, true},
	        {"two bytes, first and last", "\xC2\x80\xDF\xBF", {0x80, 0x7FF}, true},
	        {"three bytes, first and last", "\xE0\xA0\x80\xEF\xBF\xBF", {0x800, 0xFFFF}, true},
	        {"four bytes, first and last", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", {0x10000, 0x10FFFF}, true},
	        {"last before the surrogates", "\xED\x9F\xBF", {0xD7FF}, true},
	        {"a U+FFFD that stands there", "\xEF\xBF\xBD", {0xFFFD}, true},
	        {"lone continuation", "\x80z", {0xFFFD, 'z'}, false},
	        {"overlong slash", "\xC0\xAF", {0xFFFD, 0xFFFD}, false},
	        {"overlong in three", "\xE0\x80\xAF", {0xFFFD, 0xFFFD, 0xFFFD}, false},
	        {"overlong in four", "\xF0\x80\x80\xAF", {0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD}, false},
	        {"surrogate", "\xED\xA0\x80", {0xFFFD, 0xFFFD, 0xFFFD}, false},
	        {"beyond U+10FFFF", "\xF4\x90\x80\x80", {0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD}, false},
	        {"five bytes", "\xF8\x88", {0xFFFD, 0xFFFD}, false},
	        {"FE and FF", "\xFE\xFF", {0xFFFD, 0xFFFD}, false},
	        {"cut after one of three", "\xE4", {0xFFFD}, false},
	        {"cut after two of three", "\xE4\xB8", {0xFFFD, 0xFFFD}, false},
	        {"cut, then ascii", "\xE4\xB8(", {0xFFFD, 0xFFFD, '('}, false},
	        {"bad, then good", "\xE4\xE4\xB8\xAD", {0xFFFD, 0x4E2D}, false},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *s = rows[i].in;
		size_t n = 0;
		uint32_t c;

		print_message("  %s\n", rows[i].name);
		for (; (c = text_next(&s)); n++)
			assert_int_equal(c, rows[i].want[n]);
		assert_int_equal(rows[i].want[n], 0);
		assert_ptr_equal(s, rows[i].in + strlen(rows[i].in));
		assert_int_equal(text_count(rows[i].in), n);
		assert_int_equal(text_last(rows[i].in, strlen(rows[i].in)), n ? rows[i].want[n - 1] : 0);
		assert_int_equal(text_is_utf8(bytes_str(rows[i].in)), rows[i].want_utf8);
	}
}

static void
test_last_and_blank(void **state)
{
	(void)state;
	assert_int_equal(text_last("中文", 3), 0x4E2D);
	assert_int_equal(text_last("a\0b", 3), 'a');
	assert_true(text_is_blank(""));
	assert_true(text_is_blank(" \t\n　\xE2\x80\x8B"));
	assert_false(text_is_blank(" 、"));
}

static void
test_utf8_counts_nul_as_a_character(void **state)
{
	(void)state;
	assert_true(text_is_utf8(BYTES("a\0b", 3)));
	assert_false(text_is_utf8(BYTES("a\0\xFF", 3)));
	assert_true(text_is_utf8(BYTES(NULL, 0)));
	/* the length ends it, not the byte behind */
	assert_false(text_is_utf8(BYTES("\xE4\xB8\xAD", 2)));
}

static void
test_put_is_what_next_reads(void **state)
{
	struct buf b = BUF_INIT(16);

	(void)state;
	for (uint32_t c = 0; c <= 0x110010; c++) {
		bool none = c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF);
		const char *s;

		buf_clear(&b);
		text_put(&b, c);
		s = b.at;
		if (text_next(&s) != (none ? 0xFFFD : c) || *s)
			fail_msg("U+%04X", c);
	}
	buf_free(&b);
}

static void
test_kinds(void **state)
{
	enum { SPACE = 1, HAN = 2, FULL = 4, UNSAFE = 8 };
	static const struct {
		uint32_t c;
		int want, want_width;
	} rows[] = {
	        {' ', SPACE, 1},
	        {'\t', SPACE | UNSAFE, 0},
	        {'\n', SPACE | UNSAFE, 0},
	        {0x01, UNSAFE, 0},
	        {0x1B, UNSAFE, 0},
	        {0x7F, UNSAFE, 0},
	        {0x85, SPACE | UNSAFE, 0},
	        {0x9B, UNSAFE, 0}, /* CSI in one byte */
	        {0xA0, SPACE, 1},
	        {0xAD, UNSAFE, 0},
	        {'A', 0, 1},
	        {0xB7, 0, 1},
	        {0x0301, 0, 0},
	        {0x061C, UNSAFE, 0},
	        {0x200B, SPACE | UNSAFE, 0},
	        {0x200D, UNSAFE, 0},
	        {0x200E, UNSAFE, 0},
	        {0x2010, 0, 1},
	        {0x2014, FULL, 1},
	        {0x201C, FULL, 1},
	        {0x2026, FULL, 1},
	        {0x2028, SPACE | UNSAFE, 0},
	        {0x202E, UNSAFE, 0},
	        {0x202F, SPACE, 1},
	        {0x2066, UNSAFE, 0},
	        {0x2069, UNSAFE, 0},
	        {0x2103, 0, 1},
	        {0x3000, SPACE, 2},
	        {0x3001, FULL, 2},
	        {0x3007, HAN | FULL, 2},
	        {0x3042, FULL, 2},
	        {0x33FF, FULL, 2},
	        {0x3400, HAN | FULL, 2},
	        {0x4DBF, HAN | FULL, 2},
	        {0x4DC0, 0, 1}, /* a hexagram: between two blocks of Han */
	        {0x4E00, HAN | FULL, 2},
	        {0x9FFF, HAN | FULL, 2},
	        {0xE000, 0, 1}, /* private use */
	        {0xF900, HAN | FULL, 2},
	        {0xFE0F, 0, 0},
	        {0xFEFF, SPACE | UNSAFE, 0},
	        {0xFF08, FULL, 2},
	        {0xFF71, 0, 1}, /* half-width kana */
	        {0xFFE5, FULL, 2},
	        {0xFFFB, UNSAFE, 0},
	        {0xFFFD, 0, 1},
	        {0x1F600, 0, 2},
	        {0x20BB7, HAN | FULL, 2},
	        {0x2EBF0, HAN | FULL, 2},
	        {0x30000, HAN | FULL, 2},
	        {0xE0041, UNSAFE, 0},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		uint32_t c = rows[i].c;
		int got = (text_is_space(c) ? SPACE : 0) | (text_is_han(c) ? HAN : 0) |
		          (text_is_full(c) ? FULL : 0) | (text_is_unsafe(c) ? UNSAFE : 0);

		if (got != rows[i].want || text_width(c) != rows[i].want_width)
			fail_msg("U+%04X: kinds %d, want %d; width %d, want %d", c, got, rows[i].want,
			         text_width(c), rows[i].want_width);
	}
}

/* The tables are searched by halves: each must rise. Where one did not, some first or last character of
 * a block would be missed; so walk them all and see that the kinds agree with each other. */
static void
test_kinds_agree(void **state)
{
	size_t hans = 0, spaces = 0;

	(void)state;
	for (uint32_t c = 1; c <= 0x10FFFF; c++) {
		hans += text_is_han(c);
		spaces += text_is_space(c);
		if (text_is_han(c) && (!text_is_full(c) || text_width(c) != 2))
			fail_msg("U+%04X is Han, and not full", c);
		if (text_is_full(c) && (text_is_space(c) || text_is_unsafe(c)) && c != 0x3164)
			fail_msg("U+%04X counts as a 字 and is blank", c);
		if (text_is_unsafe(c) && text_width(c) != 0)
			fail_msg("U+%04X is unsafe, and has a width", c);
	}
	assert_int_equal(spaces, 27);
	assert_int_equal(hans, 1 + 6592 + 20992 + 512 + 42720 + 18272 + 544 + 13440);
}

static void
test_columns(void **state)
{
	(void)state;
	assert_int_equal(text_columns(""), 0);
	assert_int_equal(text_columns("abc"), 3);
	assert_int_equal(text_columns("昆山a"), 5);
	assert_int_equal(text_columns("e\xCC\x81"), 1);
	assert_int_equal(text_columns("\xFF"), 1);
}

static void
test_halfwidth(void **state)
{
	(void)state;
	expect_shape(text_halfwidth, "０５１２－５７３１２３４５", "0512-57312345");
	expect_shape(text_halfwidth, "Ａｂ（）：！～", "Ab():!~");
	expect_shape(text_halfwidth, "昆　山", "昆 山");
	expect_shape(text_halfwidth, "、。“￥", "、。“￥");
	expect_shape(text_halfwidth, "", "");
}

static void
test_fold(void **state)
{
	(void)state;
	expect_shape(text_fold, " 申请 区域\t（城市）： ", "申请区域(城市):");
	expect_shape(text_fold, "ＡＢc D", "abcd");
	expect_shape(text_fold, "联\xE2\x80\x8B系\xE2\x80\xAE人\xEF\xBB\xBF", "联系人");
	expect_shape(text_fold, "\xE3\x80\x80\r\n", "");
	expect_shape(text_fold, "ÀÉ", "ÀÉ"); /* ASCII alone is lowered */
}

static void
test_trim(void **state)
{
	(void)state;
	expect_shape(text_trim, "", "");
	expect_shape(text_trim, " \xE3\x80\x80\n\t\r\n", "");
	expect_shape(text_trim, "  a  b  ", "a  b");
	expect_shape(text_trim, "\xE3\x80\x80昆山市\xE3\x80\x80", "昆山市");
	expect_shape(text_trim, " a \r\n\r\n \n b ", "a\nb");
	expect_shape(text_trim, "a\rb", "a\nb");
	expect_shape(text_trim,
	             "a\xE2\x80\xA8"
	             "b",
	             "a\nb");
	expect_shape(text_trim, "\xEF\xBB\xBFz\xE3\x80\x80\xE3\x80\x80z", "z\xE3\x80\x80\xE3\x80\x80z");
}

static void
test_plain(void **state)
{
	static const struct {
		const char *name, *in;
		size_t max;
		const char *want;
	} rows[] = {
	        {"nothing to do", "昆山市", 0, "昆山市"},
	        {"empty", "", 10, ""},
	        {"a forged log line", "x\r\nMay 1 root: y", 0, "x May 1 root: y"},
	        {"escape sequence", "\x1B[31mred\x1B[0m", 0, " [31mred [0m"},
	        {"C1 control",
	         "a\xC2\x9B"
	         "31mb",
	         0, "a 31mb"},
	        {"bidi override",
	         "a\xE2\x80\xAE\xE2\x81\xA6"
	         "b",
	         0, "a b"},
	        {"broken bytes",
	         "a\xFF\xFE\x80"
	         "b",
	         0, "a b"},
	        {"U+FFFD that stands there", "a\xEF\xBF\xBD", 0, "a\xEF\xBF\xBD"},
	        {"spaces stay", "a  b", 0, "a  b"},
	        {"just fits", "abcde", 5, "abcde"},
	        {"one too long", "abcdef", 5, "abcd…"},
	        {"wide, fits", "昆山", 4, "昆山"},
	        {"wide, odd", "昆山市", 5, "昆山…"},
	        {"wide, even", "昆山市", 4, "昆…"},
	        {"no room but for the mark", "昆山", 1, "…"},
	        {"marks are not free", "e\xCC\x81\xCC\x81\xCC\x81\xCC\x81", 3, "e\xCC\x81…"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf b = BUF_INIT(256);

		buf_str(&b, "> ");
		text_plain(&b, rows[i].in, rows[i].max);
		if (strcmp(b.at + 2, rows[i].want) != 0 || strncmp(b.at, "> ", 2) != 0)
			fail_msg("%s: got \"%s\"", rows[i].name, b.at);
		if (rows[i].max)
			assert_true(text_columns(b.at + 2) <= rows[i].max);
		buf_free(&b);
	}
}

static void
test_html(void **state)
{
	(void)state;
	expect_shape(text_html, "<a href=\"x\">'&'</a>",
	             "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
	expect_shape(text_html, "a\r\nb", "a<br>b");
	expect_shape(text_html, "a\tb\x01\xE2\x80\xAE", "a b");
	expect_shape(text_html, "\xFF", "\xEF\xBF\xBD");
	expect_shape(text_html, "昆山", "昆山");
}

static void
test_xml(void **state)
{
	(void)state;
	expect_shape(text_xml, "<a b=\"c\">&'", "&lt;a b=&quot;c&quot;&gt;&amp;'");
	expect_shape(text_xml, "a\tb\nc\rd", "a\tb\nc\rd");
	expect_shape(text_xml,
	             "a\x01\x08\x0B\x1F\xEF\xBF\xBE\xEF\xBF\xBF"
	             "b",
	             "ab");
	expect_shape(text_xml, "\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

/* ---- headers ---- */

/* Decodes the base64 of an encoded word; for the test's own use, strict. */
static void
decode_word(struct buf *b, const char *p, size_t len)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned n = 0;
	int bits = 0;

	assert_int_equal(len % 4, 0);
	for (size_t i = 0; i < len && p[i] != '='; i++) {
		const char *d = strchr(digit, p[i]);

		assert_non_null(d);
		n = n << 6 | (unsigned)(d - digit);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			buf_ch(b, (char)(n >> bits & 0xFF));
		}
	}
}

/* Reads an encoded value back, and holds each word and line against RFC 2047's limits. */
static void
read_header(struct buf *b, const char *value, size_t first_column)
{
	size_t column = first_column;
	const char *p = value;

	if (strncmp(p, "\r\n ", 3) == 0) {
		p += 3;
		column = 1;
	}
	for (;;) {
		size_t word = strcspn(p, " \r\n"), before = b->len;

		assert_true(word <= 75);
		assert_true(column + word <= 76);
		assert_memory_equal(p, "=?UTF-8?B?", 10);
		assert_memory_equal(p + word - 2, "?=", 2);
		decode_word(b, p + 10, word - 12);
		assert_true(text_is_utf8(BYTES(b->at + before, b->len - before)));
		p += word;
		if (!*p)
			return;
		assert_memory_equal(p, "\r\n =", 4);
		p += 3;
		column = 1;
	}
}

static void
test_header_plain(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
	        {"", ""},
	        {"Re: hello, world", "Re: hello, world"},
	        {"a\r\nBcc: everybody@example.org", "a Bcc: everybody@example.org"},
	        {"a\nb", "a b"},
	        {"a\rb", "a b"},
	        {"a\tb", "a b"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf b = BUF_INIT(4096);

		text_header(&b, rows[i].in, 9);
		buf_str(&b, "");
		assert_string_equal(b.at, rows[i].want);
		buf_free(&b);
	}
}

static void
test_header_encoded(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
	        {"昆山", "昆山"},
	        {"昆山市\r\n\r\n<script>", "昆山市 <script>"}, /* no line end, not even encoded */
	        {"=?UTF-8?B?YQ==?=", "=?UTF-8?B?YQ==?="},      /* text that looks encoded */
	        {"a\xE2\x80\xAE"
	         "b昆",
	         "a b昆"},
	        {"\xFF昆", " 昆"},
	        {"𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷", "𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷"},
	        {"关于商请协助征集产业名片打造计划参与区域（城市）的函——江苏省苏州市昆山市、a、bb、ccc",
	         "关于商请协助征集产业名片打造计划参与区域（城市）的函——江苏省苏州市昆山市、a、bb、ccc"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		for (size_t column = 0; column < 100; column++) {
			struct buf b = BUF_INIT(4096), back = BUF_INIT(4096);

			text_header(&b, rows[i].in, column);
			read_header(&back, b.at, column);
			assert_string_equal(back.at, rows[i].want);
			buf_free(&b);
			buf_free(&back);
		}
	}
}

static void
test_header_long_ascii_is_encoded(void **state)
{
	struct buf b = BUF_INIT(8192), back = BUF_INIT(8192);
	char s[1200];

	(void)state;
	memset(s, 'a', sizeof s - 1);
	s[sizeof s - 1] = '\0';
	text_header(&b, s, 9);
	read_header(&back, b.at, 9);
	assert_string_equal(back.at, s);
	buf_clear(&b);
	s[998 - 9] = '\0';
	text_header(&b, s, 9);
	assert_string_equal(b.at, s);
	buf_free(&b);
	buf_free(&back);
}

static void
test_ceiling_is_kept(void **state)
{
	struct buf b = BUF_INIT(20);

	(void)state;
	text_header(&b, "昆山市昆山市昆山市", 0);
	assert_true(b.over);
	assert_true(b.len <= 20);
	buf_clear(&b);
	text_plain(&b, "昆山市昆山市昆山市", 0);
	assert_true(b.over);
	assert_true(text_is_utf8(buf_bytes(&b)));
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_next),
	        cmocka_unit_test(test_last_and_blank),
	        cmocka_unit_test(test_utf8_counts_nul_as_a_character),
	        cmocka_unit_test(test_put_is_what_next_reads),
	        cmocka_unit_test(test_kinds),
	        cmocka_unit_test(test_kinds_agree),
	        cmocka_unit_test(test_columns),
	        cmocka_unit_test(test_halfwidth),
	        cmocka_unit_test(test_fold),
	        cmocka_unit_test(test_trim),
	        cmocka_unit_test(test_plain),
	        cmocka_unit_test(test_html),
	        cmocka_unit_test(test_xml),
	        cmocka_unit_test(test_header_plain),
	        cmocka_unit_test(test_header_encoded),
	        cmocka_unit_test(test_header_long_ascii_is_encoded),
	        cmocka_unit_test(test_ceiling_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
