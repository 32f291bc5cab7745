/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a workbook in one XML file is read as a .xlsx would be. */
#include "parsers/sheetxml.h"
#include "tests/unit/reading.h"

#define CELL(attributes, type, text) "<Cell" attributes "><Data ss:Type=\"" type "\">" text "</Data></Cell>"
#define STRING(text)                 CELL("", "String", text)

static const char book[] =
        "<?xml version=\"1.0\"?>\r\n<?mso-application progid=\"Excel.Sheet\"?>\r\n"
        "<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\""
        " xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">"
        "<Worksheet ss:Name=\"one\"><Table><Column ss:Index=\"4\" ss:Hidden=\"1\"/>"
        "<Row>" CELL(" ss:MergeAcross=\"1\"", "String", "1") STRING("2") STRING(
                "x") "</Row>"
                     "<Row ss:Index=\"4\"><Cell ss:Index=\"2\"><Data ss:Type=\"Number\">13912345678</Data>"
                     "<Comment><ss:Data>x</ss:Data></Comment></Cell>" STRING(
                             "a&#10;b <S>x</S>c") "</Row>"
                                                  "<Row ss:Hidden=\"1\">" STRING(
                                                          "x") "</Row></Table></Worksheet>"
                                                               "<Worksheet "
                                                               "ss:Name=\"lists\"><Table><Row>" STRING(
                                                                       "x") "</Row></Table>"
                                                                            "<WorksheetOptions "
                                                                            "xmlns=\"urn:schemas-microsoft-"
                                                                            "com:office:excel\"><Visible>"
                                                                            "SheetHidden</Visible>"
                                                                            "</WorksheetOptions></Worksheet>"
                                                                            "<Worksheet "
                                                                            "ss:Name=\"three\"><Table><"
                                                                            "Row>" STRING(
                                                                                    "3") "</Row></Table></"
                                                                                         "Worksheet></"
                                                                                         "Workbook>";

static void
test_read(void **state)
{
	struct source s = source_of(bytes_str(book));

	(void)state;
	assert_ptr_equal(reader_for(&s), &sheetxml_reader);
	expect_read("three sheets, one hidden", &sheetxml_reader, &s, ERR_NONE,
	            "--- page 1 one\ntable 1: 3x2\n[1|2x1][2]\n(+1)[13912345678][a\\nb c]\n"
	            "--- page 2 three\ntable 2: 1x1\n[3]");
}

/* A telephone number that is a number: its style shows its zero. The cell's own style goes before its row's,
 * that before its column's. */
static void
test_masks(void **state)
{
#define STYLE(id, format) "<Style ID=\"" id "\"><NumberFormat Format=\"" format "\"/></Style>"
#define TEL               "51387654321"
	static const char masks[] =
	        "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">"
	        "<Styles><Style ID=\"Default\"/>" STYLE("a", "0000\\-00000000") STYLE("b", "General") STYLE(
	                "c", "000000000000")
	                STYLE("d",
	                      "#,##0.00") "</Styles>"
	                                  "<Worksheet><Table><Column Index=\"6\" Span=\"1\" "
	                                  "StyleID=\"c\"/><Row>" CELL(" StyleID=\"a\"", "Number", TEL) CELL(
	                                          " StyleID=\"b\"", "Number",
	                                          TEL) CELL(" StyleID=\"gone\"", "Number",
	                                                    TEL) CELL(" StyleID=\"a\"", "String", "x")
	                                          CELL("", "Number", TEL) CELL("", "Number", TEL)
	                                                  CELL(" StyleID=\"b\"", "Number",
	                                                       TEL) "</Row><Row StyleID=\"a\">" CELL("",
	                                                                                             "Number",
	                                                                                             TEL)
	                                                          CELL(" StyleID=\"d\"", "Number", "1.5")
	                                                                  CELL(" Index=\"7\"", "Number",
	                                                                       TEL) "</Row></Table></"
	                                                                            "Worksheet></Workbook>";
	struct source s = source_of(bytes_str(masks));

	(void)state;
	expect_read("masks", &sheetxml_reader, &s, ERR_NONE,
	            "--- page 1 \ntable 1: 7x2\n[0513-87654321][51387654321][51387654321][x][51387654321]"
	            "[051387654321][51387654321]\n[0513-87654321][1.5](+4)[0513-87654321]");
	expect_survives(&sheetxml_reader, s.data, 7, 200);
}

static void
test_far_places(void **state)
{
	static const char far[] =
	        "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">"
	        "<Worksheet><Table><Row Index=\"9999999\">" CELL(" Index=\"99999\"", "String", "1")
	                STRING("2") "</Row><Row>" STRING("3") "</Row></Table></Worksheet></Workbook>";
	struct source s = source_of(bytes_str(far));

	(void)state;
	assert_ptr_equal(reader_for(&s), &sheetxml_reader);
	expect_read("places beyond any sheet", &sheetxml_reader, &s, ERR_NONE, "--- page 1 ");
}

static void
test_damage(void **state)
{
	(void)state;
	expect_survives(&sheetxml_reader, bytes_str(book), 1, 500);
}

/* Cells whose style strikes them through, their own or their row's, but for what has a look of its own. */
static void
test_struck(void **state)
{
	static const char struck[] =
	        "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">"
	        "<Styles><Style ID=\"s\"><NumberFormat Format=\"000000\"/><Font StrikeThrough=\"1\"/></Style>"
	        "<Style ID=\"n\"><Font StrikeThrough=\"0\"/></Style></Styles><Worksheet Name=\"T\"><Table>"
	        "<Row>" CELL(" StyleID=\"s\"", "String", "x") CELL(" StyleID=\"n\"", "String", "1") CELL(
	                " StyleID=\"s\"", "Number",
	                "7") "<Cell StyleID=\"s\"><Data Type=\"String\">"
	                     "<Font xmlns=\"http://www.w3.org/TR/REC-html40\">2</Font></Data></Cell></Row>"
	                     "<Row StyleID=\"s\">" CELL("", "String", "x") CELL(
	                             " StyleID=\"n\"", "String", "3") "</Row></Table></Worksheet></Workbook>";
	struct source s = source_of(bytes_str(struck));

	(void)state;
	expect_read("struck through", &sheetxml_reader, &s, ERR_NONE,
	            "--- page 1 T\ntable 1: 2x2\n[1][2]\n[3]");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_read), cmocka_unit_test(test_masks),
	                                   cmocka_unit_test(test_struck), cmocka_unit_test(test_far_places),
	                                   cmocka_unit_test(test_damage)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
