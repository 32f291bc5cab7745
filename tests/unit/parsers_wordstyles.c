/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a style hides what it says that it hides, or the one that it builds on, unless it says otherwise;
 * circles and nonsense hide nothing. */
#include "parsers/wordstyles.h"
#include "tests/unit/reading.h"

#define STYLE(id, base, properties)                                                                  \
	"<w:style w:styleId=\"" id "\"><w:basedOn w:val=\"" base "\"/><w:rPr>" properties "</w:rPr>" \
	"</w:style>"

static const char sheet[] = "<w:styles xmlns:w=\"w\"><w:rPr><w:vanish/></w:rPr>" STYLE("plain", "", "<w:b/>")
        STYLE("hidden", "plain", "<w:vanish/>") STYLE("struck", "plain", "<w:dstrike/>")
                STYLE("child", "hidden", "") STYLE("both", "hidden", "<w:strike w:val=\"true\"/>")
                        STYLE("shown", "both", "<w:vanish w:val=\"0\"/>") STYLE("grandchild", "shown", "")
                                STYLE("circle", "circle", "") STYLE("a", "b", "")
                                        STYLE("b", "a", "<w:vanish/>")
                                                STYLE("", "hidden", "") "<w:vanish/></w:styles>";

static const struct {
	const char *id;
	unsigned want;
} rows[] = {
        {"plain", 0},
        {"hidden", WORD_VANISHED},
        {"struck", WORD_STRUCK},
        {"child", WORD_VANISHED},
        {"both", WORD_VANISHED | WORD_STRUCK},
        {"shown", WORD_STRUCK},
        {"grandchild", WORD_STRUCK},
        {"circle", 0},
        {"a", WORD_VANISHED},
        {"", 0},
        {"none", 0},
};

static void
test_hide(void **state)
{
	struct wordstyles *s = wordstyles_new();

	(void)state;
	assert_true(wordstyles_may_hide(bytes_str(sheet)));
	assert_false(wordstyles_may_hide(bytes_str("<w:styles/>")));
	assert_true(xml_read(bytes_str(sheet), &wordstyles_events, s, NULL));
	assert_int_equal(wordstyles_hide(s, bytes_str("hidden")), 0); /* not all are known yet */
	wordstyles_end(s);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (wordstyles_hide(s, bytes_str(rows[i].id)) != rows[i].want)
			fail_msg("%s: %u, wanted %u", rows[i].id, wordstyles_hide(s, bytes_str(rows[i].id)),
			         rows[i].want);
	assert_int_equal(wordstyles_hide(NULL, bytes_str("hidden")), 0);
	wordstyles_free(s);
	wordstyles_free(NULL);
}

/* More styles than are kept, each on the one before, and IDs of any length. */
static void
test_many(void **state)
{
	struct buf xml = BUF_INIT(1 << 20);
	struct wordstyles *s = wordstyles_new();

	(void)state;
	buf_str(&xml, "<w:styles xmlns:w=\"w\">");
	for (int i = 0; i < 3000; i++)
		buf_fmt(&xml, "<w:style w:styleId=\"%0*d\"><w:basedOn w:val=\"%0*d\"/><w:vanish/></w:style>",
		        i % 100, i, i % 100, i - 1);
	buf_str(&xml, "</w:styles>");
	assert_true(xml_read(buf_bytes(&xml), &wordstyles_events, s, NULL));
	wordstyles_end(s);
	assert_int_equal(wordstyles_hide(s, bytes_str("07")), 0);
	assert_int_equal(wordstyles_hide(s, bytes_str("0000007")), WORD_VANISHED);
	wordstyles_free(s);
	buf_free(&xml);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_hide), cmocka_unit_test(test_many)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
