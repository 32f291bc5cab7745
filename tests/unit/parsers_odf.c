/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: OpenDocument texts and sheets come as a person sees them, in a ZIP or in one XML file. */
#include "parsers/odf.h"
#include "tests/unit/zipping.h"

#define NS(kind) " xmlns:" kind "=\"urn:oasis:names:tc:opendocument:xmlns:" kind ":1.0\""
#define SPACES                                                                                               \
	NS("office")                                                                                         \
	NS("text")                                                                                           \
	NS("table")                                                                                          \
	" xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\"" NS(                              \
	        "style") " xmlns:xlink=\"http://www.w3.org/1999/xlink\""                                     \
	                 " xmlns:form=\"urn:oasis:names:tc:opendocument:xmlns:form:1.0\""                    \
	                 " xmlns:field=\"urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0\"" \
	                 " xmlns:svg=\"urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0\""
#define STYLES                                                                                         \
	"<office:automatic-styles><style:style style:name=\"h\"><style:text-properties "               \
	"text:display=\"none\"/>"                                                                      \
	"</style:style><style:style style:name=\"t\"><style:table-properties "                         \
	"table:display=\"false\"/></style:style>"                                                      \
	"<style:style style:name=\"s\"><style:text-properties text:display=\"true\"/></style:style>"   \
	"<style:style style:name=\"c\" style:parent-style-name=\"h\"/>"                                \
	"<style:style style:name=\"l\"><style:text-properties "                                        \
	"style:text-line-through-style=\"solid\"/></style:style>"                                      \
	"<style:style style:name=\"m\"><style:text-properties "                                        \
	"style:text-line-through-type=\"double\"/></style:style>"                                      \
	"<style:style style:name=\"n\"><style:text-properties style:text-line-through-style=\"none\" " \
	"style:text-line-through-type=\"single\"/></style:style>"                                      \
	"<style:style style:name=\"o\" style:parent-style-name=\"l\"><style:text-properties "          \
	"style:text-line-through-style=\"none\"/></style:style>"                                       \
	"</office:automatic-styles>"
#define TEXT(body)                                                                     \
	"<office:document-content" SPACES ">" STYLES "<office:body><office:text>" body \
	"</office:text></office:body></office:document-content>"
#define SHEETS(body)                                                                          \
	"<office:document-content" SPACES ">" STYLES "<office:body><office:spreadsheet>" body \
	"</office:spreadsheet></office:body></office:document-content>"
#define P(text)     "<text:p>" text "</text:p>"
#define CELL(text)  "<table:table-cell>" P(text) "</table:table-cell>"
#define ROW(cells)  "<table:table-row>" cells "</table:table-row>"
#define TABLE(rows) "<table:table table:name=\"T\">" rows "</table:table>"
#define COVERED     "<table:covered-table-cell/>"

static const struct {
	const char *name, *xml, *want;
} texts[] = {
        {"paragraphs", TEXT("<text:h>1</text:h>" P("2") P("") P("<text:span>3</text:span>4")), "1\n2\n\n34"},
        {"white space", TEXT(P(" a \n b<text:s text:c=\"2\"/>c<text:tab/>d<text:line-break/>e ")),
         "a b  c\td\\ne"},
        {"left out",
         TEXT("<text:tracked-changes>" P("x") "</text:tracked-changes>" P("1<text:note>" P(
                 "x") "</text:note>"
                      "<office:annotation>" P(
                              "x") "</office:annotation><text:span text:style-name=\"h\">x</text:span>"
                                   "<text:ruby><text:ruby-base>2</text:ruby-base><text:ruby-text>x</"
                                   "text:ruby-text></text:ruby>"
                                   "<text:placeholder>x</text:placeholder><text:hidden-text "
                                   "text:is-hidden=\"true\">x</text:hidden-text>") "<text:p "
                                                                                   "text:style-name=\"h\">x</"
                                                                                   "text:p>"),
         "12"},
        {"hidden by the style that a style builds on",
         TEXT("<text:p text:style-name=\"c\">x</text:p>" P(
                 "1<text:span text:style-name=\"c\">x<text:s/>x</text:span>2")),
         "12"},
        {"struck through",
         TEXT(P("<text:span text:style-name=\"l\">x</text:span>1<text:span "
                "text:style-name=\"m\">x</text:span><text:span text:style-name=\"n\">2</text:span>")),
         "12"},
        {"not struck through again",
         TEXT("<text:p text:style-name=\"l\">x<text:span text:style-name=\"n\">1</text:span>x</text:p>"
              "<text:p text:style-name=\"o\">2</text:p>" P("3")),
         "1\n2\n3"},
        {"shown again within what is hidden",
         TEXT(P("1<text:span text:style-name=\"h\">x<text:span "
                "text:style-name=\"s\">2</text:span><text:span>x</text:span>"
                "x</text:span>3")),
         "123"},
        {"a hidden section",
         TEXT("<text:section text:display=\"none\">" P("x")
                      TABLE(ROW(CELL("x"))) "</text:section>"
                                            "<text:section text:display=\"true\">" P("1") "</text:section>"),
         "1"},
        {"fields of a form",
         TEXT("<office:forms><form:form><form:textarea form:id=\"a\" form:value=\"x\" "
              "form:current-value=\"1\">"
              "<text:p>x</text:p></form:textarea><form:text form:id=\"b\" form:value=\"2\"/>"
              "<form:listbox form:id=\"c\"><form:option form:label=\"x\"/>"
              "<form:option form:label=\"3\" form:current-selected=\"true\"/></form:listbox>"
              "<form:password form:id=\"d\" form:current-value=\"x\"/><form:text form:id=\"e\"/>"
              "</form:form></office:forms>" P(
                      "<draw:control draw:control=\"a\"/><draw:control draw:control=\"b\"/>"
                      "<draw:control draw:control=\"c\"/><draw:control draw:control=\"d\"/>"
                      "<draw:control draw:control=\"e\"/><draw:control draw:control=\"f\"/><draw:control/>")),
         "123"},
        {"a list of Word's, kept by LibreOffice",
         TEXT(P("1<field:fieldmark><field:param field:name=\"Dropdown_ListEntry\" field:value=\"x\"/>"
                "<field:param field:name=\"Dropdown_ListEntry\" field:value=\"2\"/>"
                "<field:param field:name=\"Dropdown_Selected\" field:value=\"1\"/></field:fieldmark>"
                "<field:fieldmark><field:param field:name=\"Dropdown_ListEntry\" "
                "field:value=\"x\"/></field:fieldmark>")),
         "12"},
        {"a picture in one XML file",
         TEXT(P("1<draw:frame><draw:image><office:binary-data>eHh4</office:binary-data></draw:image>"
                "</draw:frame>2")),
         "1\n(picture, 3 bytes)\n2"},
        {"a table",
         TEXT(TABLE("<table:table-header-rows>" ROW(CELL("1") CELL("2")) "</table:table-header-rows>" ROW(
                 "<table:table-cell table:number-columns-spanned=\"2\">" P(
                         "3") "</table:table-cell>" COVERED))),
         "table 1: 2x2\n[1][2]\n[3|2x1]"},
        {"spanned both ways",
         TEXT(TABLE(ROW(
                 "<table:table-cell table:number-rows-spanned=\"2\" table:number-columns-spanned=\"2\">" P(
                         "1") "</table:table-cell>" COVERED CELL("2")) ROW(COVERED COVERED CELL("3")))),
         "table 1: 3x2\n[1|2x2][2]\n(+2)[3]"},
        {"a table in a cell",
         TEXT(TABLE(ROW("<table:table-cell>" P("1") TABLE(ROW(CELL("2"))) "</table:table-cell>"))),
         "table 1: 1x1\n[1\\n{[2]}]"},
        {"repeated empty cells",
         TEXT(TABLE(ROW("<table:table-cell table:number-columns-repeated=\"2\"/>" CELL("1")))),
         "table 1: 3x1\n[][][1]"},
        {"a text box",
         TEXT(P("1<draw:frame><draw:text-box>" P(
                 "2") "</draw:text-box><svg:desc>x</svg:desc></draw:frame>3")),
         "1\n2\n3"},
        {"pictures",
         TEXT(P("<draw:frame><draw:image xlink:href=\"Pictures/1.png\"/><draw:image "
                "xlink:href=\"Pictures/1.png\"/>"
                "</draw:frame><draw:frame><draw:image xlink:href=\"../x\"/><draw:image "
                "xlink:href=\"gone\"/></draw:frame>")),
         "(picture, 3 bytes)"},
        {"objects",
         TEXT(P("1<draw:frame><draw:object xlink:href=\"./Object 1\"/></draw:frame>") P("2") P(
                 "<draw:frame><draw:object-ole xlink:href=\"./Pictures/1.png\"/></draw:frame><draw:frame>"
                 "<draw:object-ole xlink:href=\"./gone\"/></draw:frame>")),
         "1\n2\n\n3\ntable 1: 1x1\n[4]\n(file 附件1.txt, 3 bytes)\n(file 附件2: damaged)"},
        {"an object that is no XML", TEXT(P("1<draw:object xlink:href=\"./Object 2\"/>")),
         "1\n(file : damaged)"},
        {"a chart", TEXT(P("1<draw:object xlink:href=\"./Object 3\"/>")), "1"},
        {"objects in an object", TEXT(P("1<draw:object xlink:href=\"./Object 4\"/>")),
         "1\n2\n(file : too_large)"},
};

static const struct {
	const char *name, *xml, *want;
} sheets[] = {
        {"a sheet", SHEETS(TABLE(ROW(CELL("1") CELL("2")) ROW("<table:table-cell/>" CELL("3")))),
         "--- page 1 T\ntable 1: 2x2\n[1][2]\n(+1)[3]"},
        {"repeated",
         SHEETS(TABLE("<table:table-row table:number-rows-repeated=\"1048576\"/>" ROW(
                 "<table:table-cell table:number-columns-repeated=\"16384\"/>" CELL("x")))
                        TABLE("<table:table-row table:number-rows-repeated=\"5\"/><table:table-row>"
                              "<table:table-cell table:number-columns-repeated=\"3\">" P(
                                      "1") "</table:table-cell></table:table-row>" ROW("<table:covered-table-"
                                                                                       "cell "
                                                                                       "table:number-columns-"
                                                                                       "repeated=\"2\"/"
                                                                                       ">" CELL("2")))),
         NULL},
        {"merged",
         SHEETS(TABLE(ROW("<table:table-cell table:number-columns-spanned=\"2\">" P(
                 "1") "</table:table-cell>" COVERED CELL("2")) ROW(CELL("3") CELL("4")))),
         "--- page 1 T\ntable 1: 3x2\n[1|2x1][2]\n[3][4]"},
        {"hidden",
         SHEETS("<table:table table:name=\"H\" table:style-name=\"t\">" ROW(CELL("x")) "</table:table>" TABLE(
                 "<table:table-column/><table:table-column table:visibility=\"collapse\"/>"
                 "<table:table-row table:visibility=\"filter\">" CELL("x") "</table:table-row>" ROW(
                         CELL("1") CELL("x")))),
         "--- page 1 T\ntable 1: 1x1\n[1]"},
        {"a long number",
         SHEETS(TABLE(ROW("<table:table-cell office:value-type=\"float\" office:value=\"13912345678\">" P(
                 "1.39E+10") "</table:table-cell><table:table-cell office:value-type=\"float\" "
                             "office:value=\"0.062\">" P("6.2%") "</table:table-cell>"))),
         "--- page 1 T\ntable 1: 2x1\n[13912345678][6.2%]"},
        {"what floats over it",
         SHEETS("<table:table table:name=\"T\"><table:shapes><draw:frame><draw:image "
                "xlink:href=\"Pictures/1.png\"/></draw:frame><draw:custom-shape>" P("4")
                        P("5") "</draw:custom-shape></table:shapes>" ROW(
                                "<table:table-cell>"
                                "<draw:frame><draw:text-box>" P("6") "</draw:text-box></draw:frame>" P(
                                        "1") "</table:table-cell>") "</table:table>"
                                                                    "<table:table table:name=\"H\" "
                                                                    "table:style-name=\"t\"><table:shapes><"
                                                                    "draw:frame><draw:image "
                                                                    "xlink:href=\"Pictures/1.png\"/></"
                                                                    "draw:frame><draw:rect>" P(
                                                                            "x") "</draw:rect></"
                                                                                 "table:shapes>" ROW(
                                                                                         CELL("x")) "</"
                                                                                                    "table:"
                                                                                                    "table>"),
         "(picture, 3 bytes)\n--- page 1 T\ntable 1: 1x1\n[1]\n4\\n5\\n6"},
        {"lines of a cell", SHEETS(TABLE(ROW("<table:table-cell>" P("1") P("2") "</table:table-cell>"))),
         "--- page 1 T\ntable 1: 1x1\n[1\\n2]"},
};

static struct bytes
package(const char *kind, const char *xml, const char *manifest, const char *styles)
{
	char mime[100];
	const struct zip_part parts[] = {
	        {.name = "mimetype", .text = mime, .stored = true},
	        {.name = "content.xml", .text = xml},
	        {.name = "META-INF/manifest.xml", .text = manifest},
	        {.name = "styles.xml", .text = styles},
	        {.name = "Pictures/1.png", .text = "PNG"},
	        {.name = "Object 1/content.xml", .text = TEXT(P("3") TABLE(ROW(CELL("4"))))},
	        {.name = "Object 2/content.xml", .text = "<a"},
	        {.name = "Object 3/content.xml",
	         .text = "<chart xmlns=\"urn:oasis:names:tc:opendocument:xmlns:chart:1.0\"" SPACES
	                 ">" TABLE(ROW(CELL("x"))) "</chart>"},
	        {.name = "Object 4/content.xml", .text = TEXT(P("2<draw:object xlink:href=\"Object 1\"/>"))},
	        {0},
	};

	(void)snprintf(mime, sizeof mime, "application/vnd.oasis.opendocument.%s", kind);
	return zip_of(parts);
}

static void
test_texts(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct bytes b = package("text", texts[i].xml, "<manifest/>", "<a");
		struct source s = source_of(b);

		assert_ptr_equal(reader_for(&s), &odt_reader);
		expect_read(texts[i].name, &odt_reader, &s, ERR_NONE, texts[i].want);
		expect_survives(&odt_reader, b, 97, 30);
		free((void *)(uintptr_t)b.at);
	}
}

static void
test_sheets(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof sheets / sizeof sheets[0]; i++) {
		struct bytes b = package("spreadsheet", sheets[i].xml, "<manifest/>", "<a");
		struct source s = source_of(b);

		assert_ptr_equal(reader_for(&s), &ods_reader);
		if (sheets[i].want)
			expect_read(sheets[i].name, &ods_reader, &s, ERR_NONE, sheets[i].want);
		else
			expect_read(sheets[i].name, &ods_reader, &s, ERR_TOO_LARGE,
			            "--- page 1 T\n--- page 2 T\ntable 1: 3x2\n[1][1][1]\n(+2)[2]");
		expect_survives(&ods_reader, b, 97, 30);
		free((void *)(uintptr_t)b.at);
	}
}

/* What stands on each page comes last, and once where the pages of one side do not have their own. */
static void
test_headers(void **state)
{
	struct bytes b = package(
	        "text", TEXT(P("1")), "<manifest/>",
	        "<office:document-styles" SPACES ">" STYLES "<office:master-styles>" P("x")
	                TABLE(ROW(CELL("x"))) "<style:master-page>" P("x") "<style:header>" P("2")
	                        TABLE(ROW(CELL("3"))) "</style:header>"
	                                              "<style:header-left style:display=\"false\">" P(
	                                                      "x") "</style:header-left>"
	                                                           "<style:footer>" P(
	                                                                   "4<text:span "
	                                                                   "text:style-name=\"h\">x</"
	                                                                   "text:span>") "</style:footer>"
	                                                                                 "</"
	                                                                                 "style:master-page><"
	                                                                                 "/office:master-"
	                                                                                 "styles></"
	                                                                                 "office:document-"
	                                                                                 "styles>");
	struct source s = source_of(b);

	(void)state;
	expect_read("headers", &odt_reader, &s, ERR_NONE, "1\n^ 2\n^ table 1: 1x1\n[3]\n^ 4");
	expect_survives(&odt_reader, b, 97, 30);
	free((void *)(uintptr_t)b.at);
}

static void
test_locked(void **state)
{
	struct bytes b = package("text", "garbage", "<manifest><encryption-data/></manifest>", "<a");
	struct source s = source_of(b);

	(void)state;
	expect_read("locked", &odt_reader, &s, ERR_ENCRYPTED, "");
	free((void *)(uintptr_t)b.at);
}

static void
test_flat(void **state)
{
	struct source s = source_of(bytes_str(
	        "<?xml version='1.0'?><office:document" SPACES
	        "><office:master-styles>" P("x") "</office:master-styles><office:body><office:text>" P("1")
	                TABLE(ROW(CELL("2"))) "</office:text></office:body></office:document>"));

	(void)state;
	assert_ptr_equal(reader_for(&s), &odf_flat_reader);
	expect_read("flat", &odf_flat_reader, &s, ERR_NONE, "1\ntable 1: 1x1\n[2]");
	s.data.len -= 30;
	expect_read("cut short", &odf_flat_reader, &s, ERR_DAMAGED, "1\ntable 1: 1x1\n[2]");
	expect_survives(&odf_flat_reader, s.data, 1, 500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_texts),  cmocka_unit_test(test_sheets), cmocka_unit_test(test_headers),
	        cmocka_unit_test(test_locked), cmocka_unit_test(test_flat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
