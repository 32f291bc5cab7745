/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: of a page comes what a browser shows, in any charset; what a mail quotes is marked, and what
 * stands above the quote is not. */
#include "parsers/html.h"
#include "tests/unit/reading.h"

static const struct {
	const char *name, *page, *want;
} rows[] = {
        {"blocks", "<html><body><div>一</div><p>二</p>三<div><div>四</div></div></body></html>",
         "一\n二\n三\n四"},
        {"breaks", "<p>一<br>二<br><br>三</p>", "一\n二\n\n三"},
        {"an empty block", "<p>一</p><p>&nbsp;</p><p><br></p><p>二</p>", "一\n\n二"},
        {"white space", "<p>  a \n b&nbsp;&nbsp;c\t</p>\n <p> d </p>", "a b  c\nd"},
        {"line ends in Chinese text", "<p>昆山\n市 工信\r\n  局 a\n局</p>", "昆山市 工信局 a 局"},
        {"inline", "<p>申<b>请</b><span> <i>区域</i></span></p>", "申请 区域"},
        {"entities", "<p>R&amp;D &lt;&#20013;&#x56fd;&gt;</p>", "R&D <中国>"},
        {"not displayed",
         "<head><title>x</title><style>p{}</style></head><script>x</script><p>1<span style='DISPLAY: "
         "none'>x<b>x</b>"
         "</span><span style=\"mso-hide:all\">x</span><!-- x --><span "
         "hidden>x</span>2</p><select><option>x</select>",
         "12"},
        {"struck through",
         "<p>1<s>x</s><del>x</del><span style='text-decoration: line-through'>x</span>2</p>", "12"},
        {"what was typed into a page",
         "<p>1 <input value=2> <input type=hidden value=x> <input type=tel value='3'></p>", "1 2 3"},
        {"a choice from a list",
         "<p>1<select><option>x</option><option selected>2</option><option>x</option></select>"
         "<select><option selected='selected'>3</select>4</p>",
         "1234"},
        {"Word's conditions",
         "<p>1<![if !supportEmptyParas]>&nbsp;<![endif]>2<!--[if gte mso 9]><xml>x</xml><![endif]-->3"
         "<!--[if !vml]--><![if !vml]>4<![endif]><!--[endif]-->5</p><p>a <![ b</p>",
         "1 2345\na"},
        {"Word's comments and notes",
         "<p>1<span class=MsoCommentReference><a class=msocomanchor>[x]</a></span>2"
         "<span class=MsoFootnoteReference>[1]</span></p>"
         "<div style='mso-element:comment-list'><div style='mso-element:comment'><p>x</p></div></div>"
         "<div style='mso-element:footnote-list'><div style='mso-element:footnote'><p>x</p></div></div>",
         "12"},
        {"classes that hide",
         "<style><!--\n/* a {} */ p.a, .b ,span.c\n{ color:red; DISPLAY : none }\n.d{display:block}"
         ".e .f{display:none} @media print { .g {display:none} .h {color:red} } @import 'x.css';"
         ".i{displays:none;dis\nplay:none}\n--></style><p>1<span class='z b'>x</span><span class=c>x</span>"
         "<b class=d>2</b><b class=e>3</b><b class=f>4</b><b class=g>5</b><b class=bb>6</b><b class=i>x</b>"
         "</p><p class=a>x</p>",
         "123456"},
        {"classes that hide on paper alone",
         "<style media=print>.a{display:none}</style><style media=' all '>.b{display:none}</style>"
         "<style media='Print, SCREEN'>.c{display:none}</style><style media>.d{display:none}</style>"
         "<style media='screen and (max-width:9em)'>.e{display:none}</style>"
         "<p><b class=a>1</b><b class=b>x</b><b class=c>x</b><b class=d>x</b><b class=e>2</b></p>",
         "12"},
        {"a comment in a rule",
         "<style>.a{/* display:none */color:red} .b{color:red/*}*/;display:none} .c/*.d{*/{display:none}"
         ".f{display:none/*</style><p><b class=a>1</b><b class=b>x</b><b class=c>x</b>"
         "<b class=d>2</b><b class=f>x</b></p>",
         "12"},
        {"a class that hides one kind of element",
         "<style>SPAN.a, h1.b{display:none} abcdefghijklmnopqrstuvwxyz.c{display:none}</style>"
         "<p><span class=a>x</span><b class=a>1</b><b class=c>2</b></p><h1 class=b>x</h1><h2 class=b>3</h2>",
         "12\n3"},
        {"a class that shows again",
         "<style>.tab{display:none}.now{display:block!important}.b{display:block}.b{display:none}</style>"
         "<div class='tab'>x</div><div class='tab now'>1</div><div class=b>x</div>",
         "1"},
        {"a sheet left open", "<p class=a>1</p><style>.a{display:none", "1"},
        {"a picture in the page itself",
         "<p>1<img src='data:image/png;base64,UElD'><img src='http://x/y.png'><img src='data:image/png;x'>"
         "<img src='data:text/plain;base64,UElD'><img></p>",
         "1\n(picture, 3 bytes)"},
        {"a table", "<table><tr><td>1</td><th>2</th></tr><tr><td>3<td>4</table>",
         "table 1: 2x2\n[1][2]\n[3][4]"},
        {"spans", "<table><tr><td rowspan=2>1<td colspan=2>2<tr><td>3<td>4</table>",
         "table 1: 3x2\n[1|1x2][2|2x1]\n(+1)[3][4]"},
        {"spans of nothing and nonsense",
         "<table><tr><td rowspan=0>1<td colspan=-5>2<td colspan=x>3<tr><td>4<tr><td>5</table>",
         "table 1: 3x3\n[1|1x3][2][3]\n(+1)[4]\n(+1)[5]"},
        {"paragraphs in a cell", "<table><tr><td><p>1</p><p>2</p>3<br>4</td></tr></table>",
         "table 1: 1x1\n[1\\n2\\n3\\n4]"},
        {"a table in a cell", "<table><tr><td>1<table><tr><td>2<td>3</table></td><td>4</table>",
         "table 1: 2x1\n[1\\n{[2][3]}][4]"},
        {"tbody, white space between cells",
         "<table>\n<tbody>\n <tr>\n  <td>\n1\n</td>\n <td>2</td>\n</tr>\n</tbody></table>",
         "table 1: 2x1\n[1][2]"},
        {"a caption", "<table><caption>登记表</caption><tr><td>1</table>", "table 1: 1x2\n[登记表]\n[1]"},
        {"pre", "<pre>1\n2  3\r\n4</pre>5\n6", "1\n2  3\n4\n5 6"},
        {"white-space: pre", "<div style='white-space: pre-wrap'>1\n2</div>", "1\n2"},
        {"tags left open", "<div><table><tr><td>1<div>2", "table 1: 1x1\n[1\\n2]"},
        {"ends without begins", "</td></table></div><p>1</p></p></tr>", "1"},
        {"td without a table", "<div><td>1<td>2</div>", "1\n2"},
        {"a cited blockquote", "<p>1</p><blockquote type=cite><p>2</p></blockquote><p>3</p>", "1\n> 2\n3"},
        {"an indented blockquote", "<p>1</p><blockquote><p>2</p></blockquote>", "1\n2"},
        {"a table in a quote", "<div id=isReplyContent><table><tr><td>1</table></div>2",
         "> table 1: 1x1\n[1]\n2"},
        {"wrote, then a blockquote",
         "<div>1</div><div>在 2022-06-10，“张三” 写道：</div><blockquote "
         "type='cite'>2</blockquote><div>3</div>",
         "1\n在 2022-06-10，“张三” 写道：\n> 2\n3"},
        {"wrote, and no more marks", "<div>1</div><div>At 2022-06-10 10:00, x@y.cn wrote:</div><div>2</div>",
         "1\n> At 2022-06-10 10:00, x@y.cn wrote:\n> 2"},
        {"QQ", "<div>1</div><div>------------------&nbsp;原始邮件&nbsp;------------------</div><div>2</div>",
         "1\n> ------------------ 原始邮件 ------------------\n> 2"},
        {"Foxmail's header",
         "1<blockquote><div><b>发件人：</b>&nbsp;a@b.cn</div><div><b>发送时间：</b>2022</"
         "div><div><b>收件人：</b>x"
         "</div><div><b>主题：</b>y</div></div>2</blockquote>",
         "1\n> 发件人： a@b.cn\n> 发送时间：2022\n> 收件人：x\n> 主题：y\n> 2"},
        {"Outlook on the web", "<p>1</p><div id='divRplyFwdMsg'>2</div><div>3</div>", "1\n> 2\n> 3"},
        {"Gmail", "<div>1</div><div class=\"gmail_quote\"><div>2</div></div>", "1\n> 2"},
        {"a sender named in passing", "<p>发件人：张三</p><p>附件：登记表</p>", "发件人：张三\n附件：登记表"},
};

static void
test_pages(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct source s = source_of(bytes_str(rows[i].page));

		s.type = "text/html";
		assert_ptr_equal(reader_for(&s), &html_reader);
		expect_read(rows[i].name, &html_reader, &s, ERR_NONE, rows[i].want);
	}
}

static void
test_charsets(void **state)
{
	static const struct {
		const char *name, *charset;
		struct bytes page;
	} pages[] = {
	        {"by the page's head", "", LITERAL("<html><meta charset='gb2312'><p>\xc0\xa5\xc9\xbd")},
	        {"by the part's header", "gbk", LITERAL("<p>\xc0\xa5\xc9\xbd")},
	        {"a head that lies", "", LITERAL("<html><meta charset=gb2312><p>昆山")},
	        {"a head after decoding lies", "",
	         LITERAL("<html><meta http-equiv=Content-Type content=\"text/html; "
	                 "charset=iso-8859-1\"><p>昆山")},
	        {"UTF-16", "", LITERAL("\xff\xfe<\0p\0>\0\x06\x66\x71\x5c")},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		struct source s = source_of(pages[i].page);

		s.charset = pages[i].charset;
		assert_ptr_equal(reader_for(&s), &html_reader);
		expect_read(pages[i].name, &html_reader, &s, ERR_NONE, "昆山");
	}
}

static void
test_is(void **state)
{
	struct source s = source_of(bytes_str("write <div> or <table> here"));

	(void)state;
	assert_false(html_reader.is(&s));
	s = source_of(bytes_str("<zhang@example.cn> writes"));
	assert_false(html_reader.is(&s));
	s = source_of(bytes_str("just words"));
	s.type = "text/html";
	assert_true(html_reader.is(&s));
	s = source_of(bytes_str("\n<!DOCTYPE html>\n<HTML>"));
	assert_true(html_reader.is(&s));
	s = source_of(bytes_str(""));
	assert_false(html_reader.is(&s));
}

static void
test_deep(void **state)
{
	struct buf page = BUF_INIT(8 << 20);
	struct arena *a = arena_new();
	struct document *d = doc_new(a);
	struct source s;
	struct err e;
	int i;

	(void)state;
	for (i = 0; i < 20000; i++)
		buf_str(&page, "<table><tr><td>");
	s = source_of(buf_bytes(&page));
	assert_true(html_reader.read(&s, d, &e));
	doc_end(d);
	assert_true(d->too_large);
	arena_free(a);
	buf_free(&page);
}

static void
test_damage(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		expect_survives(&html_reader, bytes_str(rows[i].page), 1, 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_pages), cmocka_unit_test(test_charsets), cmocka_unit_test(test_is),
	        cmocka_unit_test(test_deep),  cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
