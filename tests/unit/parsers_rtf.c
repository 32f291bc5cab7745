/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: RTF's text in code pages and in Unicode, its tables with merged cells and tables in cells, and
 * nothing of what its programs keep beside the text. */
#include "parsers/rtf.h"
#include "parsers/rtf_text.h"
#include "tests/unit/reading.h"

#define GBK(body)                                                                                    \
	"{\\rtf1\\ansi\\ansicpg936\\deff0{\\fonttbl{\\f0\\fcharset134 \\'cb\\'ce;}{\\f1\\fcharset0 " \
	"A;}}" body "}"
#define RTF(body) "{\\rtf1\\ansi " body "}"
#define T2        "\\trowd\\cellx1000\\cellx2000 "
#define P(text)   "\\pard\\intbl " text "\\cell "

#define LIST(chosen)                                                                                         \
	"{\\field{\\*\\fldinst {FORMDROPDOWN {\\*\\formfield{\\fftype2" chosen "{\\*\\ffname x}{\\*\\ffl 1}" \
	"{\\*\\ffl {2}}{\\*\\ffl 3}}}}}{\\fldrslt }}"

static const struct {
	const char *name, *rtf, *want;
} rows[] = {
        {"paragraphs", RTF("1\\par 2\r\n3\\par\\par 4"), "1\n23\n\n4"},
        {"GBK by the font", GBK("\\f0\\'c0\\'a5\\'c9\\'bd\\'ca\\'d0\\par"), "昆山市"},
        {"GBK with a plain second byte", GBK("\\'81\\'40\\'81A\\par"), "丂丄"},
        {"GBK in a Latin font", GBK("\\f1\\'c0\\'a5\\'c9\\'bd\\'ca\\'d0\\par"), "昆山市"},
        {"Unicode, one byte for it", RTF("\\u26118\\'3f\\u23665?X"), "昆山X"},
        {"Unicode, two bytes for each", RTF("{\\uc2 \\u26118\\'c0\\'a5\\u23665\\'c9\\'bd\\uc1 }X"), "昆山X"},
        {"Unicode, none", RTF("\\uc0\\u26118\\u23665 X"), "昆山X"},
        {"Unicode, negative, and a pair", RTF("\\u-244 ?\\u-10174?\\u-8864?"), "，𠥠"},
        {"a word ends what stands for it", RTF("\\uc5\\u26118 a\\b X"), "昆X"},
        {"symbols", RTF("a\\~b\\_c\\-d\\{e\\}\\\\\\tab\\ldblquote f\\rdblquote\\line g\\emdash"),
         "a b-cd{e}\\\t“f”\\ng—"},
        {"characters of symbol fonts", RTF("\\u-3842\\'fe1\\u-3988\\'6c2\\u61608?"), "☑12□"},
        {"hidden and deleted", RTF("1{\\v x}2{\\deleted x\\deleted0 3}\\v x\\plain 4"), "1234"},
        {"destinations",
         RTF("{\\info{\\title x}}{\\*\\unknown x{y}}{\\stylesheet{x;}}{\\footnote x}{\\pict 00ff}"
             "{\\listtext x}1"),
         "1"},
        {"a header comes last", RTF("{\\header {2}\\par}{\\footer 3}1"), "1\n^ 2\n^ 3"},
        {"a table in a header, in the midst of one",
         RTF(T2 P("1") "{\\headerl{\\f0 " T2 P("3") P("4") "\\row}}" P("2") "\\row"),
         "table 1: 2x1\n[1][2]\n^ table 2: 2x1\n[3][4]"},
        {"a header that does not end", RTF("1\\par{\\footerf 2"), "1\n^ 2"},
        {"a list to choose from",
         RTF(LIST("\\ffres1\\ffdefres0") LIST("\\ffdefres0\\ffres1") LIST("\\ffres25\\ffdefres2") LIST("")
                     LIST("\\ffres9") "5"),
         "22315"},
        {"what is said twice, for old readers and in Unicode",
         RTF("1{\\upr{x{\\b x}}{\\*\\ud{2\\u20013?}}}3{\\*\\ud x}{\\*\\x{\\upr{x}{\\*\\ud{x}}}}"), "12中3"},
        {"a field", RTF("{\\field{\\*\\fldinst HYPERLINK x}{\\fldrslt 1}}2"), "12"},
        {"a phonetic guide",
         RTF("1{\\field{\\*\\fldinst {EQ \\\\* jc0 \\\\o\\\\ad(\\\\s\\\\up 9(r\\'fa),\\u22914?)}}{\\fldrslt "
             "}}2"
             "{\\field{\\*\\fldinst {REF {\\field{\\*\\fldinst PAGE}{\\fldrslt x}}}}{\\fldrslt 3}}"
             "{\\field{\\*\\fldinst x\\par y}{\\fldrslt 4}}"),
         "1如234"},
        {"a text box",
         RTF("1{\\shp{\\*\\shpinst\\shpleft0{\\sp{\\sn x}{\\sv y}}{\\shptxt 2\\par}}{\\shprslt x}}3"),
         "1\n2\n3"},
        {"a text box in a cell",
         RTF(T2 "\\pard\\intbl 1{\\shp{\\*\\shpinst{\\shptxt \\pard\\plain 2\\par}}{\\shprslt x}}3\\par "
                "4\\cell " P("5") "\\row"),
         "table 1: 2x1\n[1\\n2\\n3\\n4][5]"},
        {"a table in a text box in a cell",
         RTF(T2 "\\pard\\intbl{\\shp{\\*\\shpinst{\\shptxt " T2 P("1")
                     P("2") "\\row\\pard 3}}}4\\cell " P("5") "\\row"),
         "table 1: 2x1\n[{[1][2]}\\n3\\n4][5]"},
        {"a text box in a table in a cell",
         RTF(T2 "\\pard\\intbl\\itap2 1{\\shp{\\*\\shpinst{\\shptxt\\pard 2\\par}}}3\\nestcell "
                "{\\*\\nesttableprops\\trowd\\cellx400\\nestrow}\\pard\\intbl 4\\cell " P("5") "\\row"),
         "table 1: 2x1\n[{[1\\n2\\n3]}\\n4][5]"},
        {"binary", RTF("{\\pict\\bin5 }}}}}}1\\bin3 {{{2"), "12"},
        {"a file put into it",
         RTF("1{\\object\\objemb{\\*\\objclass Package}{\\*\\objdata 0105000002000000 08000000\r\n"
             "5061636b61676500 00000000 00000000 19000000 0200612e747874004300 00000300020000005400 "
             "0100000078}"
             "{\\result{\\pict\\pngblip 0a0b}}}2"),
         "(picture, 2 bytes)\n12\n(file a.txt, 1 bytes)"},
        {"objects that are no files",
         RTF("1{\\object{\\*\\objdata 01050000 01000000 00000000}}{\\object{\\*\\objdata 0105}}"
             "{\\object{\\*\\objdata 01050000 02000000 00000000 00000000 00000000 00000000}}2"),
         "12"},
        {"an object of a kind that nobody knows",
         RTF("1{\\object{\\*\\objdata 01050000 02000000 00000000 00000000 00000000 03000000 030061}}2"),
         "12\n(file 附件1.ole: unsupported)"},
        {"a metafile", RTF("1{\\pict\\wmetafile8 0100}{\\pict\\emfblip 01}2"),
         "(picture, 2 bytes)\n(picture, 1 bytes)\n12"},
        {"a table", RTF(T2 P("1") P("2") "\\row" T2 P("3") P("") "\\row\\pard 4"),
         "table 1: 2x2\n[1][2]\n[3][]\n4"},
        {"paragraphs in a cell", RTF(T2 "\\pard\\intbl 1\\par 2\\cell " P("3") "\\row"),
         "table 1: 2x1\n[1\\n2][3]"},
        {"defined behind", RTF("\\pard\\intbl 1\\cell 2\\cell" T2 "\\row"), "table 1: 2x1\n[1][2]"},
        {"spans by edges",
         RTF(T2 P("1") P("2") "\\row\\trowd\\cellx2010 " P("3") "\\row\\trowd\\trleft1000\\cellx2000 " P(
                 "4") "\\row"),
         "table 1: 2x3\n[1][2]\n[3|2x1]\n(+1)[4]"},
        {"merged across",
         RTF("\\trowd\\clmgf\\cellx1000\\clmrg\\cellx2000\\cellx3000 " P("1") P("")
                     P("2") "\\row"
                            "\\trowd\\cellx1000\\cellx2000\\cellx3000 " P("3") P("4") P("5") "\\row"),
         "table 1: 3x2\n[1|2x1][2]\n[3][4][5]"},
        {"merged down",
         RTF("\\trowd\\clvmgf\\cellx1000\\cellx2000 " P("1")
                     P("2") "\\row\\trowd\\clvmrg\\cellx1000\\cellx2000 " P("") P("3") "\\row"),
         "table 1: 2x2\n[1|1x2][2]\n(+1)[3]"},
        {"AbiWord's row under the definition of the one before it",
         RTF("\\trowd\\clvmgf\\cellx1000\\clvmgf\\cellx2000 " P("1")
                     P("2") "\\row"
                            "\\trowd\\clvmrg\\cellx1000\\clvmrg\\cellx2000 " P("3")
                                    P("4") "\\row"
                                           "\\trowd\\cellx1000\\cellx2000 " P("5") P("6") "\\row"),
         "table 1: 2x3\n[1][2]\n[3][4]\n[5][6]"},
        {"a row without text that is merged as a whole",
         RTF("\\trowd\\clvmgf\\cellx1000 " P("1") "\\row\\trowd\\clvmrg\\cellx1000 " P(
                 "") "\\row"
                     "\\trowd\\cellx1000 " P("2") "\\row"),
         "table 1: 1x3\n[1|1x2]\n\n[2]"},
        {"a table in a cell",
         RTF(T2 "\\pard\\intbl 1\\par\\pard\\intbl\\itap2 2\\nestcell "
                "3\\nestcell{\\*\\nesttableprops\\trowd\\cellx400"
                "\\cellx800\\nestrow}{\\nonesttables\\par}\\pard\\intbl 4\\cell " P("5") "\\row"),
         "table 1: 2x1\n[1\\n{[2][3]}\\n4][5]"},
        {"two tables", RTF(T2 P("1") P("2") "\\row\\pard x\\par" T2 P("3") P("4") "\\row"),
         "table 1: 2x1\n[1][2]\nx\ntable 2: 2x1\n[3][4]"},
        {"more cells than are defined", RTF("\\trowd\\cellx1000 " P("1") P("2") P("3") "\\row"),
         "table 1: 3x1\n[1][2][3]"},
        {"rows without definition", RTF(P("1") P("2") "\\row" P("3") "\\row"), "table 1: 2x2\n[1][2]\n[3]"},
        {"a row left open", RTF(T2 P("1") "\\pard\\intbl 2"), "table 1: 2x1\n[1][2]"},
        {"a group too many", "{\\rtf1 {1}{2\r\n}", "12"},
        {"struck through", RTF("1{\\strike x}\\striked1 y\\striked0 2{\\strike\\plain 3}\\par"), "123"},
        {"pictures",
         RTF("1{\\*\\shppict{\\pict{\\*\\blipuid 0f}{\\sp{\\sn x}}\\picw1\\pngblip 0A\r\n0b 0}}"
             "{\\nonshppict{\\pict\\wmetafile8 ffff}}{\\pict\\dibitmap0 ff}{\\pict\\jpegblip\\bin2 "
             "{}}2\\par"),
         "(picture, 2 bytes)\n(picture, 1 bytes)\n(picture, 2 bytes)\n12"},
        {"edges farther apart than an int",
         RTF("\\trowd\\trleft-2147483620\\cellx2147483000\\cellx2147483620 " P("1")
                     P("2") "\\row"
                            "\\trowd\\trleft-2147483620\\cellx2147483620 " P("3") "\\row"),
         "table 1: 2x2\n[1][2]\n[3|2x1]"},
        {"edges that go back", RTF("\\trowd\\cellx2000\\cellx1000 " P("1") P("2") "\\row"),
         "table 1: 3x1\n[1|2x1][2]"},
};

static void
test_what_is_seen(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct source s = source_of(bytes_str(rows[i].rtf));

		assert_ptr_equal(reader_for(&s), &rtf_reader);
		expect_read(rows[i].name, &rtf_reader, &s, ERR_NONE, rows[i].want);
	}
}

static void
test_damaged(void **state)
{
	struct buf deep = BUF_INIT(1 << 20);
	struct source s = source_of(bytes_str("{\\rtf1 " T2 P("1") P("2") "\\row 3"));
	int i;

	(void)state;
	expect_read("cut short", &rtf_reader, &s, ERR_DAMAGED, "table 1: 2x2\n[1][2]\n[3]");
	buf_str(&deep, "{\\rtf1 1");
	for (i = 0; i < 100000; i++)
		buf_str(&deep, "{");
	s = source_of(buf_bytes(&deep));
	expect_read("deep", &rtf_reader, &s, ERR_DAMAGED, "1");
	buf_free(&deep);
}

static void
test_ceilings(void **state)
{
	struct buf many = BUF_INIT(1 << 22);
	struct source s;
	int i;

	(void)state;
	buf_str(&many, "{\\rtf1\\trowd");
	for (i = 0; i < 300; i++)
		buf_fmt(&many, "\\cellx%d", i * 100);
	buf_str(&many, P("1") "\\row}");
	s = source_of(buf_bytes(&many));
	expect_read("cells", &rtf_reader, &s, ERR_TOO_LARGE, NULL);
	buf_clear(&many);
	buf_str(&many, "{\\rtf1 ");
	for (i = 0; i < DOC_BLOCKS_MAX; i++)
		buf_str(&many, "\\cell");
	buf_str(&many, "\\row}");
	s = source_of(buf_bytes(&many));
	expect_read("a row without end", &rtf_reader, &s, ERR_TOO_LARGE, NULL);
	buf_free(&many);
}

/* The first page headers are read, the others left out. */
static void
test_headers_ceiling(void **state)
{
	struct buf rtf = BUF_INIT(1 << 16), want = BUF_INIT(1 << 16);
	struct source s;

	(void)state;
	buf_str(&rtf, "{\\rtf1 0\\par");
	buf_str(&want, "0");
	for (int i = 1; i <= RTF_HEADERS_MAX + 1; i++) {
		buf_fmt(&rtf, "{\\header %d\\par}", i);
		if (i <= RTF_HEADERS_MAX)
			buf_fmt(&want, "\n^ %d", i);
	}
	buf_str(&rtf, "}");
	s = source_of(buf_bytes(&rtf));
	expect_read("headers", &rtf_reader, &s, ERR_NONE, want.at);
	buf_free(&rtf);
	buf_free(&want);
}

static void
test_damage(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		expect_survives(&rtf_reader, bytes_str(rows[i].rtf), 1, 300);
}

/* HTML in RTF ([MS-OXRTFEX]): tags from their groups, text between them, nothing of what is said for
 * readers of RTF; what is hidden or a table to RTF is not to HTML. */
static void
test_html(void **state)
{
	static const char rtf[] =
	        "{\\rtf1\\ansi\\ansicpg936\\fromhtml1 \\deff0{\\fonttbl{\\f0\\fcharset134 SimSun;}}"
	        "{\\*\\htmltag18 <html>}\\htmlrtf {\\f0 \\htmlrtf0 {\\*\\htmltag96 "
	        "<td>}\\'b5\\'c7\\u35760\\'3f"
	        "\\htmlrtf\\cell\\par x\\htmlrtf0 \\strike 1\\strike0{\\*\\mhtmltag84 no}{\\*\\htmltag84 "
	        "&nbsp;}\\par }}";
	struct buf html = BUF_INIT(1000);
	struct source s = source_of(bytes_str(rtf));

	(void)state;
	assert_true(rtf_html(bytes_str(rtf), &html));
	assert_string_equal(html.at, "<html><td>登记1&nbsp;\n");
	buf_clear(&html);
	assert_false(rtf_html(bytes_str("{\\rtf1 text}"), &html));
	assert_false(rtf_html(bytes_str("\\fromhtml"), &html));
	/* read as RTF, its tags are no text */
	expect_read("as RTF", &rtf_reader, &s, ERR_NONE, NULL);
	for (size_t len = 0; len < sizeof rtf; len++) {
		unsigned char *copy = mem_grow(NULL, len ? len : 1, 1);

		memcpy(copy, rtf, len);
		(void)rtf_html(BYTES(copy, len), &html);
		free(copy);
	}
	buf_free(&html);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_what_is_seen), cmocka_unit_test(test_damaged),
	        cmocka_unit_test(test_ceilings),     cmocka_unit_test(test_damage),
	        cmocka_unit_test(test_html),         cmocka_unit_test(test_headers_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
