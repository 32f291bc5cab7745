/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: of a Word document comes what a person sees with all changes accepted, each cell at its place
 * on the grid, whatever wraps it; and a broken or hostile one is an answer, no crash. */
#include "parsers/docx.h"
#include "parsers/zipxml.h"
#include "tests/unit/zipping.h"

#define OOXML "http://schemas.openxmlformats.org/"
#define W     " xmlns:w=\"" OOXML "wordprocessingml/2006/main\""
#define DOCUMENT(body)                                                                                \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document" W " xmlns:r=\"" OOXML                 \
	"officeDocument/2006/relationships\""                                                         \
	" xmlns:m=\"" OOXML "officeDocument/2006/math\" xmlns:a=\"" OOXML "drawingml/2006/main\""     \
	" xmlns:mc=\"" OOXML "markup-compatibility/2006\" xmlns:v=\"urn:schemas-microsoft-com:vml\">" \
	"<w:body>" body "</w:body></w:document>"
#define R(text)      "<w:r><w:t>" text "</w:t></w:r>"
#define P(text)      "<w:p>" R(text) "</w:p>"
#define TC(text)     "<w:tc>" P(text) "</w:tc>"
#define TCP(p, text) "<w:tc><w:tcPr>" p "</w:tcPr>" P(text) "</w:tc>"
#define TR(cells)    "<w:tr>" cells "</w:tr>"
#define TBL(rows)    "<w:tbl><w:tblPr/><w:tblGrid/>" rows "</w:tbl>"
#define MERGE        "<w:vMerge/>"
#define RESTART      "<w:vMerge w:val=\"restart\"/>"
#define FIELD(kind)  "<w:r><w:fldChar w:fldCharType=\"" kind "\"/></w:r>"

/* A field of old forms that lets choose from 甲, 乙 and 丙. */
#define FIELD_OF(chosen)                                                                       \
	"<w:r><w:fldChar w:fldCharType=\"begin\"><w:ffData><w:ddList>" chosen                  \
	"<w:listEntry w:val=\"甲\"/><w:listEntry w:val=\"乙\"/><w:listEntry w:val=\"丙\"/>" \
	"</w:ddList></w:ffData></w:fldChar></w:r><w:r><w:instrText> FORMDROPDOWN </w:instrText></w:r>"
#define LIST(chosen) FIELD_OF(chosen) FIELD("end")

static const struct {
	const char *name, *xml, *want;
} rows[] = {
        {"paragraphs", DOCUMENT(P("一") "<w:p/>" P("二")), "一\n\n二"},
        {"runs", DOCUMENT("<w:p>" R("一") R(" 二") "</w:p>"), "一 二"},
        {"entities", DOCUMENT(P("R&amp;D &lt;&#x4E2D;")), "R&D <中"},
        {"a table", DOCUMENT(TBL(TR(TC("1") TC("2")) TR(TC("3") TC("")))), "table 1: 2x2\n[1][2]\n[3][]"},
        {"a list to choose from",
         DOCUMENT("<w:p>" LIST("<w:result w:val=\"1\"/><w:default w:val=\"2\"/>") LIST(
                 "<w:result w:val=\"0\"/><w:default w:val=\"2\"/>") LIST("<w:default w:val=\"2\"/>") LIST("")
                          LIST("<w:result w:val=\"9\"/>") "</w:p>"),
         "乙甲丙甲"},
        {"a list with an empty result",
         DOCUMENT("<w:p>" R("1") FIELD_OF("<w:result w:val=\"1\"/>") FIELD("separate") FIELD("end")
                          R("2") "</w:p>"),
         "1乙2"},
        {"a list whose choice stands as text, too",
         DOCUMENT("<w:p>" FIELD_OF("<w:result w:val=\"1\"/>") FIELD("separate") R("丁")
                          FIELD("end") "</w:p>"),
         "丁"},
        {"a hidden row",
         DOCUMENT(TBL(TR("<w:trPr><w:hidden/></w:trPr>" TC("x"))
                              TR("<w:trPr><w:hidden w:val=\"0\"/></w:trPr>" TC("1")))),
         "table 1: 1x1\n[1]"},
        {"gridSpan", DOCUMENT(TBL(TR(TC("1") TC("2")) TR(TCP("<w:gridSpan w:val=\"2\"/>", "3")))),
         "table 1: 2x2\n[1][2]\n[3|2x1]"},
        {"gridSpan of nonsense", DOCUMENT(TBL(TR(TCP("<w:gridSpan w:val=\"-7\"/>", "1") TC("2")))),
         "table 1: 2x1\n[1][2]"},
        {"vMerge", DOCUMENT(TBL(TR(TCP(RESTART, "1") TC("2")) TR(TCP(MERGE, "") TC("3")))),
         "table 1: 2x2\n[1|1x2][2]\n(+1)[3]"},
        {"vMerge in old properties",
         DOCUMENT(TBL(TR(TC("1")) TR(TCP("<w:tcPrChange><w:tcPr>" MERGE "</w:tcPr></w:tcPrChange>", "2")))),
         "table 1: 1x2\n[1]\n[2]"},
        {"gridBefore", DOCUMENT(TBL(TR("<w:trPr><w:gridBefore w:val=\"1\"/></w:trPr>" TC("1")) TR(TC("2")))),
         "table 1: 2x2\n(+1)[1]\n[2]"},
        {"a table in a cell", DOCUMENT(TBL(TR("<w:tc>" P("1") TBL(TR(TC("2"))) "<w:p/></w:tc>" TC("3")))),
         "table 1: 2x1\n[1\\n{[2]}][3]"},
        {"a table at once in a cell", DOCUMENT(TBL(TR(TC("1") "<w:tc>" TBL(TR(TC("2") TC("3"))) "</w:tc>"))),
         "table 1: 2x1\n[1][{[2][3]}]"},
        {"controls around cell, row and run",
         DOCUMENT(TBL(TR("<w:sdt><w:sdtPr/><w:sdtContent>" TC("1") "</w:sdtContent></w:sdt>" TC(
                 "2")) "<w:sdt><w:sdtContent>" TR(TC("3") "<w:tc><w:p><w:sdt><w:"
                                                          "sdtContent>" R("4") "</"
                                                                               "w:"
                                                                               "sdtConte"
                                                                               "nt></"
                                                                               "w:sdt></"
                                                                               "w:p></"
                                                                               "w:tc>") "</"
                                                                                        "w:"
                                                                                        "sdtC"
                                                                                        "onte"
                                                                                        "nt><"
                                                                                        "/"
                                                                                        "w:"
                                                                                        "sdt"
                                                                                        ">")),
         "table 1: 2x2\n[1][2]\n[3][4]"},
        {"a control's prompt",
         DOCUMENT("<w:p><w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>" R(
                 "单击此处") "</w:sdtContent></w:sdt>" R("1") "</w:p>"),
         "1"},
        {"changes",
         DOCUMENT("<w:p>" R("1") "<w:del><w:r><w:t>x</w:t><w:delText>x</w:delText></w:r></"
                                 "w:del><w:ins>" R("2") "</w:ins><w:moveFrom>" R(
                                         "x") "</w:moveFrom><w:moveTo>" R("3") "</w:moveTo></w:p>"),
         "123"},
        {"a deleted row",
         DOCUMENT(TBL(TR(TC("1")) TR("<w:trPr><w:del/></w:trPr>" TC("x") TC("x")) TR(TC("2")))),
         "table 1: 1x2\n[1]\n[2]"},
        {"a deleted paragraph mark",
         DOCUMENT("<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>" R("1") "</w:p>" P("2") P("3")), "12\n3"},
        {"hidden",
         DOCUMENT("<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:rPr><w:vanish/></"
                  "w:rPr><w:t>x</w:t></w:r>"
                  "<w:r><w:rPr><w:vanish w:val=\"0\"/></w:rPr><w:t>1</w:t></w:r></w:p>"),
         "1"},
        {"a field",
         DOCUMENT("<w:p>" FIELD("begin") "<w:r><w:instrText>HYPERLINK</w:instrText><w:t>x</w:t></"
                                         "w:r>" FIELD("separate") R("1") FIELD("end") R("2") FIELD("end")
                                                 FIELD("separate") R("3") "</w:p>"),
         "123"},
        {"a field in a field's code",
         DOCUMENT("<w:p>" FIELD("begin") FIELD("begin") FIELD("separate") R("x") FIELD("end")
                          FIELD("separate") R("1") FIELD("end") "</w:p>"),
         "1"},
        {"fldSimple, hyperlink, smartTag",
         DOCUMENT("<w:p><w:fldSimple w:instr=\"x\">" R("1") "</w:fldSimple><w:hyperlink>" R(
                 "2") "</w:hyperlink><w:smartTag>" R("3") "</w:smartTag></w:p>"),
         "123"},
        {"a text box twice",
         DOCUMENT("<w:p>" R("1") "<w:r><mc:AlternateContent><mc:Choice><w:txbxContent>" P("2")
                          P("3") "</w:txbxContent></"
                                 "mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>" P(
                                         "2") "</w:txbxContent></v:textbox></w:pict></mc:Fallback></"
                                              "mc:AlternateContent></w:r>" R("4") "</w:p>"),
         "1\n2\n3\n4"},
        {"a fallback alone",
         DOCUMENT("<w:p><mc:AlternateContent><mc:Fallback>" R(
                 "1") "</mc:Fallback></mc:AlternateContent></w:p>"),
         "1"},
        {"tabs, breaks, hyphens",
         DOCUMENT("<w:p><w:pPr><w:tabs><w:tab "
                  "w:val=\"left\"/></w:tabs></w:pPr><w:r><w:t>1</w:t><w:tab/><w:t>2</w:t>"
                  "<w:br/><w:t>3</w:t><w:noBreakHyphen/><w:t>4</w:t></w:r></w:p>"),
         "1\t2\\n3-4"},
        {"symbols",
         DOCUMENT("<w:p><w:r><w:sym w:char=\"F0FE\"/><w:sym w:char=\"F0A8\"/><w:sym w:char=\"F04A\"/>"
                  "<w:sym w:char=\"4E2D\"/><w:sym w:char=\"zzz\"/><w:sym "
                  "w:char=\"123456789\"/></w:r></w:p>"),
         "☑□中"},
        {"ruby and formulas",
         DOCUMENT("<w:p><w:r><w:ruby><w:rt>" R("x") "</w:rt><w:rubyBase>" R(
                 "1") "</w:rubyBase></w:ruby></w:r>"
                      "<m:oMath><m:r><m:t>2</m:t></m:r></m:oMath></w:p>"),
         "12"},
        {"footnote marks and text outside",
         DOCUMENT("x<w:p>x" R("1") "<w:r><w:footnoteReference w:id=\"2\"/></w:r></w:p>"), "1"},
        {"ends without begins",
         DOCUMENT("<w:tr>" TC("1") "</w:tr><w:tc>" P("2") "</w:tc><w:gridSpan w:val=\"3\"/>"), "1\n2"},
        {"a phonetic guide in the old way",
         DOCUMENT("<w:p>" R("1") FIELD(
                 "begin") "<w:r><w:instrText> EQ \\* jc2 \\o\\ad(\\s\\up 9(rú),"
                          "</w:instrText></w:r><w:r><w:instrText>如)</w:instrText></w:r>" FIELD("end") R("2")
                                  FIELD("begin") "<w:r><w:instrText> EQ \\o\\ad(\\s\\up "
                                                 "9(x),x)</w:instrText></w:r>" FIELD("separate") R("3")
                                                         FIELD("end") "</w:p>"),
         "1如23"},
        {"characters of symbol fonts as text", DOCUMENT(P("\xEF\x83\xBE甲\xEF\x81\xAC乙")), "☑甲乙"},
        {"merged across in the old way",
         DOCUMENT(TBL(TR(TCP("<w:hMerge w:val=\"restart\"/>", "1") TCP("<w:hMerge/>", "") TC("2"))
                              TR(TC("3") TC("4") TC("5")))),
         "table 1: 3x2\n[1|2x1][2]\n[3][4][5]"},
        {"merged across and down in the old way",
         DOCUMENT(TBL(TR(TCP("<w:hMerge w:val=\"restart\"/>" RESTART, "1") TCP("<w:hMerge/>" RESTART, "") TC(
                 "2")) TR(TCP("<w:hMerge w:val=\"restart\"/>" MERGE, "")
                                  TCP("<w:hMerge w:val=\"continue\"/>" MERGE, "x") TC("3")))),
         "table 1: 3x2\n[1|2x2][2]\n(+2)[3]"},
        {"merged into nothing", DOCUMENT(TBL(TR(TCP("<w:hMerge/>", "1") TCP("<w:hMerge/>", "x") TC("2")))),
         "table 1: 3x1\n[1|2x1][2]"},
        {"strict",
         "<w:document xmlns:w=\"http://purl.oclc.org/ooxml/wordprocessingml/main\"><w:body>" P(
                 "1") "</w:body></w:document>",
         "1"},
        {"another prefix",
         "<document xmlns=\"" OOXML "wordprocessingml/2006/main\"><p><r><t>1</t></r></p></document>", "1"},
        {"another namespace", "<w:document xmlns:w=\"urn:x\"><w:body>" P("1") "</w:body></w:document>", ""},
};

static void
test_what_is_seen(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct zip_part parts[] = {{.name = "word/document.xml", .text = rows[i].xml}, {0}};
		struct bytes b = zip_of(parts);
		struct source s = source_of(b);

		assert_ptr_equal(reader_for(&s), &docx_reader);
		expect_read(rows[i].name, &docx_reader, &s, ERR_NONE, rows[i].want);
		free((void *)(uintptr_t)b.at);
	}
}

#define RELATION(id, type, target)                                                            \
	"<Relationship Id=\"" id "\" Type=\"" OOXML "officeDocument/2006/relationships/" type \
	"\" Target=\"" target "\"/>"
#define RELATIONS(rows) \
	"<Relationships xmlns=\"" OOXML "package/2006/relationships\">" rows "</Relationships>"

static const struct zip_part package[] = {
        {.name = "_rels/.rels", .text = RELATIONS(RELATION("rId1", "officeDocument", "/word/document2.xml"))},
        {.name = "word/document2.xml",
         .text = DOCUMENT(
                 "<w:p>" R("1") "<w:r><w:drawing><a:blip r:embed=\"rId7\"/></w:drawing></w:r></w:p>" TBL(
                         TR("<w:tc><w:p><w:r><w:pict><v:imagedata "
                            "r:id=\"rId8\"/></w:pict></w:r></w:p></w:tc>")) "<w:p><w:r><a:blip "
                                                                            "r:embed=\"rId9\"/><a:blip "
                                                                            "r:embed=\"no\"/><a:blip "
                                                                            "r:embed=\"rId10\"/></w:r></"
                                                                            "w:p>")},
        {.name = "word/_rels/document2.xml.rels",
         .text = RELATIONS(
                 RELATION("rId7", "image", "media/1.png") RELATION("rId8", "image", "../word/media/2.png")
                         RELATION("rId9", "image", "media/gone.png") RELATION("rId10", "image", "../../x")
                                 RELATION("rId11", "header", "header1.xml")
                                         RELATION("rId12", "footer", "gone.xml"))},
        {.name = "word/media/1.png", .text = "PNG1", .stored = true},
        {.name = "word/media/2.png", .text = "PNG22"},
        {.name = "word/header1.xml",
         .text = "<w:hdr" W
                 " xmlns:r=\"x\" xmlns:a=\"y\">" P("页眉") "<w:p><w:r><a:blip r:embed=\"rId7\"/><a:blip "
                                                           "r:embed=\"rId8\"/></w:r></w:p></w:hdr>"},
        {.name = "word/_rels/header1.xml.rels", .text = RELATIONS(RELATION("rId7", "image", "media/3.png"))},
        {.name = "word/media/3.png", .text = "PNG333"},
        {0},
};

static void
test_package(void **state)
{
	struct bytes b = zip_of(package);
	struct source s = source_of(b);

	(void)state;
	assert_ptr_equal(reader_for(&s), &docx_reader);
	expect_read(
	        "package", &docx_reader, &s, ERR_NONE,
	        "1\n(picture, 4 bytes)\ntable 1: 1x1\n[(picture, 5 bytes)]\n^ 页眉\n^ (picture, 6 bytes)");
	free((void *)(uintptr_t)b.at);
}

/* Names of parts are the same in capitals (ISO/IEC 29500-2, 6.2.2.3). */
static void
test_names(void **state)
{
	static const struct zip_part parts[] = {
	        {.name = "_rels/.rels",
	         .text = RELATIONS(RELATION("rId1", "officeDocument", "/word/Document2.xml"))},
	        {.name = "Word/document2.XML", .text = DOCUMENT(P("1"))},
	        {0},
	};
	struct bytes b = zip_of(parts);
	struct source s = source_of(b);

	(void)state;
	assert_ptr_equal(reader_for(&s), &docx_reader);
	expect_read("names", &docx_reader, &s, ERR_NONE, "1");
	free((void *)(uintptr_t)b.at);
}

#define FORM                                                                                   \
	DOCUMENT(P("登记表") TBL(TR(TC("申请区域") TC("昆山市")) TR(TCP(RESTART, "1") TC("2")) \
	                                 TR(TCP(MERGE, "") TC("3"))))
#define FORM_WANT "登记表\ntable 1: 2x3\n[申请区域][昆山市]\n[1|1x2][2]\n(+1)[3]"

/* A mail cut short: the directory is gone; what is whole before the cut is read. */
static void
test_cut_short(void **state)
{
	const struct zip_part parts[] = {{.name = "word/document.xml", .text = FORM},
	                                 {.name = "word/styles.xml", .text = "<styles/>"},
	                                 {0}};
	struct zip_part stored[] = {{.name = "word/document.xml", .text = FORM, .stored = true},
	                            {.name = "word/styles.xml", .text = "<styles/>"},
	                            {0}};
	struct bytes b = zip_of(parts), c = zip_of(stored);
	struct source s = source_of(BYTES(b.at, bytes_find(b, "PK\1\2")));
	struct arena *a = arena_new();

	(void)state;
	assert_ptr_equal(reader_for(&s), &docx_reader);
	expect_read("no directory", &docx_reader, &s, ERR_NONE, FORM_WANT);
	s.data.len = 300;
	expect_read("cut in the document", &docx_reader, &s, ERR_DAMAGED, NULL);
	s = source_of(BYTES(c.at, bytes_find(c, "PK\1\2")));
	expect_read("stored, no directory", &docx_reader, &s, ERR_NONE, FORM_WANT);
	s.data.len = bytes_find(c, "</w:tbl>");
	expect_read("stored, cut behind the values", &docx_reader, &s, ERR_DAMAGED, FORM_WANT);
	free((void *)(uintptr_t)b.at);
	free((void *)(uintptr_t)c.at);
	arena_free(a);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *name, *xml;
		enum err_code code;
		const char *want;
	} bad[] = {
	        {"a DOCTYPE", "<!DOCTYPE a [<!ENTITY b \"c\">]><w:document" W "><w:p>&b;</w:p></w:document>",
	         ERR_UNSUPPORTED, ""},
	        {"XML that ends too early", "<w:document" W ">" P("1") "<w:p><w:r><w:t>2</w:t><w",
	         ERR_DAMAGED, "1\n2"},
	        {"no XML", "hello", ERR_DAMAGED, ""},
	        {"nothing", "", ERR_DAMAGED, ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		const struct zip_part parts[] = {{.name = "word/document.xml", .text = bad[i].xml}, {0}};
		struct bytes b = zip_of(parts);
		struct source s = source_of(b);

		expect_read(bad[i].name, &docx_reader, &s, bad[i].code, bad[i].want);
		free((void *)(uintptr_t)b.at);
	}
}

static void
test_encrypted(void **state)
{
	const struct zip_part parts[] = {{.name = "word/document.xml", .text = FORM, .password = "x"}, {0}};
	struct bytes b = zip_of(parts);
	struct source s = source_of(b);

	(void)state;
	expect_read("an encrypted entry", &docx_reader, &s, ERR_ENCRYPTED, "");
	free((void *)(uintptr_t)b.at);
}

/* A kilobyte that unpacks to hundreds of megabytes, and elements without end. */
static void
test_bombs(void **state)
{
	const size_t many = 300u << 20;
	struct buf deep = BUF_INIT(1 << 20);
	char *spaces = mem_alloc(many + 1, 1);
	struct zip_part parts[] = {{.name = "word/document.xml", .text = spaces}, {0}};
	struct bytes b;
	struct source s;
	int i;

	(void)state;
	memset(spaces, ' ', many);
	b = zip_of(parts);
	s = source_of(b);
	expect_read("a bomb", &docx_reader, &s, ERR_TOO_LARGE, "");
	free((void *)(uintptr_t)b.at);
	free(spaces);
	for (i = 0; i < 1000; i++)
		buf_str(&deep, "<a>");
	parts[0].text = deep.at;
	b = zip_of(parts);
	s = source_of(b);
	expect_read("depth", &docx_reader, &s, ERR_TOO_LARGE, "");
	free((void *)(uintptr_t)b.at);
	buf_free(&deep);
}

static void
test_resolve(void **state)
{
	static const struct {
		const char *from, *target, *want;
	} names[] = {
	        {"word/document.xml", "media/1.png", "word/media/1.png"},
	        {"word/document.xml", "../media/1.png", "media/1.png"},
	        {"word/document.xml", "./././x", "word/x"},
	        {"a/b/c", "../../x", "x"},
	        {"", "word/x", "word/x"},
	        {"word/document.xml", "/x", "x"},
	        {"word/document.xml", "../../x", NULL},
	        {"word/document.xml", "", NULL},
	        {"word/document.xml", "/", NULL},
	};
	char out[ZIPXML_NAME_MAX], long_name[ZIPXML_NAME_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof names / sizeof *names; i++) {
		bool ok = zipxml_resolve(out, names[i].from, bytes_str(names[i].target));

		assert_int_equal(ok, names[i].want != NULL);
		if (ok)
			assert_string_equal(out, names[i].want);
	}
	memset(long_name, 'x', sizeof long_name);
	assert_false(zipxml_resolve(out, "", BYTES(long_name, ZIPXML_NAME_MAX)));
	assert_true(zipxml_resolve(out, "", BYTES(long_name, ZIPXML_NAME_MAX - 1)));
}

static void
test_damage(void **state)
{
	struct bytes b = zip_of(package);
	const struct zip_part parts[] = {{.name = "word/document.xml", .text = FORM, .stored = true}, {0}};
	struct bytes c = zip_of(parts);

	(void)state;
	expect_survives(&docx_reader, b, 1, 1500);
	expect_survives(&docx_reader, c, 1, 1500);
	free((void *)(uintptr_t)b.at);
	free((void *)(uintptr_t)c.at);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_what_is_seen), cmocka_unit_test(test_package),
	        cmocka_unit_test(test_cut_short),    cmocka_unit_test(test_refused),
	        cmocka_unit_test(test_encrypted),    cmocka_unit_test(test_bombs),
	        cmocka_unit_test(test_names),        cmocka_unit_test(test_resolve),
	        cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
