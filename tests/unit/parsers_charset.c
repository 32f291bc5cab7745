/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a wrong, vague or missing charset label never costs a character that the bytes still hold. */
#include "parsers/charset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define LIT(s) s, sizeof(s) - 1

static const struct {
	const char *name, *label, *bytes;
	size_t len;
	const char *want;
} rows[] = {
        {"nothing", "", LIT(""), ""},
        {"ascii", NULL, LIT("Hello 1\n"), "Hello 1\n"},
        {"utf-8, unlabelled", "", LIT("登记表"), "登记表"},
        {"utf-8 with bom", "gbk", LIT("\xEF\xBB\xBF登"), "登"},
        {"gbk, unlabelled", "", LIT("\xb5\xc7\xbc\xc7\xb1\xed"), "登记表"},
        {"gb2312 label, character of GBK only", "GB2312", LIT("\xe9\x46\xd6\xdd"), "镕州"},
        {"gb18030, four bytes", "gb18030", LIT("\x82\x30\xd0\x37"), "㟃"},
        {"gbk bytes said to be utf-8", "utf-8", LIT("\xb5\xc7\xbc\xc7\xb1\xed"), "登记表"},
        {"utf-8 bytes said to be gbk", "gb2312", LIT("昆山市登记表"), "昆山市登记表"},
        {"gbk bytes said to be ascii", "us-ascii", LIT("\xb5\xc7\xbc\xc7\xb1\xed"), "登记表"},
        {"gbk bytes said to be latin", "iso-8859-1", LIT("\xb5\xc7\xbc\xc7\xb1\xed"), "登记表"},
        {"latin", "iso-8859-1", LIT("caf\xe9 cr\xe8me"), "café crème"},
        {"big5, declared", "big5", LIT("\xb5\x6e\xb0\x4f\xaa\xed"), "登記表"},
        {"utf-16le with bom", "", LIT("\xff\xfe\x7b\x76\xb0\x8b"), "登记"},
        {"utf-16be with bom", "", LIT("\xfe\xff\x76\x7b\x8b\xb0"), "登记"},
        {"utf-16le by its NULs", "", LIT("\x7b\x76\xb0\x8b\x0a\x00\x31\x00"), "登记\n1"},
        {"utf-16be by its NULs", "", LIT("\x76\x7b\x8b\xb0\x00\x0a\x00\x31"), "登记\n1"},
        {"utf-7", "utf-7", LIT("+dnuLsA-"), "登记"},
        {"hz: joined lines, a line that ends it", "HZ-GB-2312", LIT("a~~~{5G<G~}b~\n~{1m\nc~{5"),
         "a~登记b表\nc5"},
        {"gbk bytes said to be hz", "hz-gb-2312", LIT("\xb5\xc7\xbc\xc7"), "登记"},
        {"label with odd signs", " \"GB_2312-80\"", LIT("\xb5\xc7"), "登"},
        {"unknown label", "x-nobody", LIT("\xb5\xc7\xbc\xc7"), "登记"},
        {"cut in a character, utf-8", "utf-8", LIT("登\xe8\xae"), "登\xEF\xBF\xBD"},
        {"cut in a character, and formally gbk", "utf-8", LIT("合肥高新\xe5\x8c"), "合肥高新\xEF\xBF\xBD"},
        {"no cut, gbk bytes said to be utf-8", "utf-8", LIT("\xb5\xc7\xbc\xc7"), "登记"},
        {"cut in a character, gbk", "gbk", LIT("\xb5\xc7\xbc\xc7\xb1"), "登记\xEF\xBF\xBD"},
        {"NUL never comes out", "utf-8", LIT("a\0b"), "ab"},
};

static void
test_decode(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf out = BUF_INIT(4096);

		(void)charset_decode(&out, BYTES(rows[i].bytes, rows[i].len), rows[i].label);
		if (strcmp(out.at ? out.at : "", rows[i].want) != 0)
			fail_msg("%s: '%s', should be '%s'", rows[i].name, out.at, rows[i].want);
		buf_free(&out);
	}
}

/* Any bytes under any label: an answer, no NUL in it, and the ceiling kept. */
static void
test_never_fails(void **state)
{
	static const char *const labels[] = {"",       "utf-8",       "gbk",   "big5",
	                                     "utf-16", "iso-2022-jp", "utf-7", "hz"};
	unsigned char noise[257];
	uint32_t seed = 12345;

	(void)state;
	for (int round = 0; round < 400; round++) {
		for (size_t i = 0; i < sizeof noise; i++)
			noise[i] = (unsigned char)((seed = seed * 1664525 + 1013904223) >> 24);
		for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
			struct buf out = BUF_INIT(300);

			(void)charset_decode(&out, BYTES(noise, (size_t)round % sizeof noise), labels[i]);
			assert_true(out.len <= 300);
			assert_true(!out.at || strlen(out.at) == out.len);
			buf_free(&out);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_decode),
	        cmocka_unit_test(test_never_fails),
	};

	charset_preload();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
