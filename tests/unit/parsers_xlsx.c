/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a workbook's visible sheets come as tables with what is seen in them, at its place, numbers
 * with all their digits. */
#include "parsers/grid.h"
#include "parsers/xlsx.h"
#include "tests/unit/zipping.h"

#define OOXML "http://schemas.openxmlformats.org/"
#define RELATION(id, type, target)                                                            \
	"<Relationship Id=\"" id "\" Type=\"" OOXML "officeDocument/2006/relationships/" type \
	"\" Target=\"" target "\"/>"
#define SHEET(data, behind) "<worksheet><sheetData>" data "</sheetData>" behind "</worksheet>"
#define C(place, type, v)   "<c r=\"" place "\" t=\"" type "\"><v>" v "</v></c>"
#define N(place, v)         "<c r=\"" place "\"><v>" v "</v></c>"
#define ROW(cells)          "<row>" cells "</row>"

static struct bytes
workbook(const char *sheet)
{
	const struct zip_part parts[] = {
	        {.name = "xl/workbook.xml",
	         .text = "<workbook xmlns:r=\"x\"><sheets><sheet name=\"表 &amp; 一\" r:id=\"rId1\"/>"
	                 "<sheet name=\"x\" state=\"hidden\" r:id=\"rId1\"/><sheet name=\"y\" r:id=\"gone\"/>"
	                 "</sheets></workbook>"},
	        {.name = "xl/_rels/workbook.xml.rels",
	         .text = "<Relationships>" RELATION("rId1", "worksheet", "worksheets/sheet1.xml")
	                 RELATION("rId2", "sharedStrings", "/xl/sharedStrings.xml") "</Relationships>"},
	        {.name = "xl/sharedStrings.xml",
	         .text = "<sst><si><t>甲</t></si><si><r><t>乙</t></r><r><t> "
	                 "丙</t></r><rPh><t>x</t></rPh></si><si><r><rPr><strike/></rPr><t>旧</t></r><r><rPr>"
	                 "<strike val=\"0\"/></rPr><t>新</t></r></si></sst>"},
	        {.name = "xl/worksheets/sheet1.xml", .text = sheet},
	        {0},
	};

	return zip_of(parts);
}

static const struct {
	const char *name, *sheet, *want;
} rows[] = {
        {"nothing", SHEET("", ""), ""},
        {"shared strings",
         SHEET(ROW(C("A1", "s", "0") C("B1", "s", "1") C("C1", "s", "9") C("D1", "s", "x")), ""),
         "table 1: 2x1\n[甲][乙 丙]"},
        {"struck through",
         SHEET(ROW(C("A1", "s",
                     "2") "<c r=\"B1\" t=\"inlineStr\"><is><r><rPr><strike val=\"1\"/></rPr><t>x</t>"
                          "</r><r><t>戊</t></r></is></c>"),
               ""),
         "table 1: 2x1\n[新][戊]"},
        {"numbers",
         SHEET(ROW(N("A1", "13912345678") N("B1", "1.3912345678E10") N("C1", "6.2") N("D1", "0.1")
                           N("E1", "n/a") C("F1", "n", "051255484407")),
               ""),
         "table 1: 6x1\n[13912345678][13912345678][6.2][0.1][n/a][51255484407]"},
        {"other types",
         SHEET(ROW(C("A1", "b", "1") C("B1", "e", "#N/A")
                           C("C1", "str",
                             "丁") "<c r=\"D1\" t=\"inlineStr\"><is><r><t>戊</t></r><r><t>己</t></r></is></c>"
                                   "<c r=\"E1\"><f>A1+1</f><v>7</v></c>"),
               ""),
         "table 1: 4x1\n[TRUE][丁][戊己][7]"},
        {"empty rows and columns",
         SHEET("<row r=\"3\">" N("C3", "1") N("F3", "2") "</row><row r=\"9\">" C("D9", "str", " ")
                       N("F9", "3") "</row>",
               ""),
         "table 1: 2x2\n[1][2]\n(+1)[3]"},
        {"without references", SHEET(ROW("<c><v>1</v></c><c><v>2</v></c>") ROW("<c/><c><v>3</v></c>"), ""),
         "table 1: 2x2\n[1][2]\n(+1)[3]"},
        {"out of order", SHEET(ROW(N("B2", "4") N("A2", "3")) ROW(N("B1", "2") N("A1", "1")), ""),
         "table 1: 2x2\n[1][2]\n[3][4]"},
        {"merged",
         SHEET(ROW(N("A1", "1") N("D1", "2")) ROW(N("A2", "8") N("B2", "8") N("D2", "3"))
                       ROW(N("B3", "4") N("C3", "5")),
               "<mergeCells><mergeCell ref=\"A1:C2\"/><mergeCell ref=\"B3:B3\"/><mergeCell ref=\"C9:A7\"/>"
               "<mergeCell ref=\"zz\"/><mergeCell/></mergeCells>"),
         "table 1: 4x3\n[1|3x2][2]\n(+3)[3]\n(+1)[4][5]"},
        {"hidden rows and columns",
         SHEET(ROW(N("A1", "1") N("B1", "x") N("C1", "2")) "<row r=\"2\" hidden=\"1\">" N(
                       "A2", "x") "</row>"
                                  "<row r=\"3\" hidden=\"0\">" N("A3", "3") "</row>",
               "<cols><col min=\"2\" max=\"2\" hidden=\"1\"/></cols>"),
         "table 1: 2x2\n[1][2]\n[3]"},
        {"escapes",
         SHEET(ROW(C("A1", "str", "1_x000D_\n2_x5C71__x005F_x_x00_x000g_") C("B1", "str", "_x0007_")), ""),
         "table 1: 1x1\n[1\\n2山_x_x00_x000g_]"},
        {"a picture in a cell, by WPS",
         SHEET(ROW(C("A1", "str", "=DISPIMG(&quot;ID_1&quot;,1)") C("B1", "str", "1")), ""),
         "table 1: 1x1\n[1]"},
        {"a line break", SHEET(ROW(C("A1", "str", "一\n二")), ""), "table 1: 1x1\n[一\\n二]"},
};

static void
test_sheets(void **state)
{
	struct buf want = BUF_INIT(10000);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct bytes b = workbook(rows[i].sheet);
		struct source s = source_of(b);

		buf_clear(&want);
		buf_fmt(&want, "--- page 1 表 & 一%s%s", *rows[i].want ? "\n" : "", rows[i].want);
		assert_ptr_equal(reader_for(&s), &xlsx_reader);
		expect_read(rows[i].name, &xlsx_reader, &s, ERR_NONE, want.at);
		free((void *)(uintptr_t)b.at);
	}
	buf_free(&want);
}

/* What floats over a sheet: a text box, a picture; and what is broken there harms nothing. */
static void
test_drawing(void **state)
{
	static const char drawing[] =
	        "<d><txBody><p><r><t>甲</t></r><br/><r><t>乙</t></r></p><p><r><t>丙</t></r></p></txBody>"
	        "<Fallback><txBody><p><r><t>x</t></r></p></txBody></Fallback>"
	        "<blip xmlns:r=\"x\" r:embed=\"rId1\"/><blip xmlns:r=\"x\" r:embed=\"gone\"/></d>";
	struct zip_part parts[] = {
	        {.name = "xl/workbook.xml",
	         .text = "<workbook xmlns:r=\"x\"><sheets><sheet name=\"S\" "
	                 "r:id=\"rId1\"/></sheets></workbook>"},
	        {.name = "xl/_rels/workbook.xml.rels",
	         .text = "<Relationships>" RELATION("rId1", "worksheet",
	                                            "worksheets/sheet1.xml") "</Relationships>"},
	        {.name = "xl/worksheets/sheet1.xml", .text = SHEET(ROW(N("A1", "1")), "")},
	        {.name = "xl/worksheets/_rels/sheet1.xml.rels",
	         .text = "<Relationships>" RELATION("rId1", "drawing",
	                                            "../drawings/drawing1.xml") "</Relationships>"},
	        {.name = "xl/drawings/_rels/drawing1.xml.rels",
	         .text = "<Relationships>" RELATION("rId1", "image",
	                                            "../media/image1.png") "</Relationships>"},
	        {.name = "xl/media/image1.png", .text = "PNG"},
	        {.name = "xl/drawings/drawing1.xml", .text = drawing},
	        {0},
	};
	struct bytes file = zip_of(parts);
	struct source s = source_of(file);

	(void)state;
	expect_read("a drawing", &xlsx_reader, &s, ERR_NONE,
	            "--- page 1 S\ntable 1: 1x1\n[1]\n甲\\n乙\n丙\n(picture, 3 bytes)");
	free((void *)(uintptr_t)file.at);
	parts[6].text = "<d><txBody><p><r><t>甲</t>";
	file = zip_of(parts);
	s = source_of(file);
	expect_read("a broken one", &xlsx_reader, &s, ERR_NONE, "--- page 1 S\ntable 1: 1x1\n[1]\n甲");
	expect_survives(&xlsx_reader, file, 7, 300);
	free((void *)(uintptr_t)file.at);
}

#define S(place, style, type, v) "<c r=\"" place "\" s=\"" style "\" t=\"" type "\"><v>" v "</v></c>"

/* Cells whose style strikes them through: but for the parts that have a font of their own. */
static void
test_struck(void **state)
{
	static const struct zip_part parts[] = {
	        {.name = "xl/workbook.xml",
	         .text = "<workbook xmlns:r=\"x\"><sheets><sheet name=\"S\" "
	                 "r:id=\"rId1\"/></sheets></workbook>"},
	        {.name = "xl/_rels/workbook.xml.rels",
	         .text = "<Relationships>" RELATION("rId1", "worksheet", "worksheets/sheet1.xml")
	                 RELATION("rId2", "sharedStrings", "sharedStrings.xml")
	                         RELATION("rId3", "styles", "styles.xml") "</Relationships>"},
	        {.name = "xl/sharedStrings.xml",
	         .text = "<sst><si><t>甲</t></si><si><r><t>_x4E59_</t></r><r><rPr><b/></rPr><t>丙_x4E01_</"
	                 "t></r>"
	                 "<r><rPr><strike/></rPr><t>x</t></r></si></sst>"},
	        {.name = "xl/styles.xml",
	         .text = "<styleSheet><fonts><font/><font><strike/></font><font><strike "
	                 "val=\"0\"/></font></fonts>"
	                 "<cellStyleXfs><xf fontId=\"1\"/></cellStyleXfs><cellXfs><xf fontId=\"0\"/>"
	                 "<xf fontId=\"1\"/><xf fontId=\"2\"/><xf fontId=\"9\"/></cellXfs>"
	                 "<dxfs><dxf><font><strike/></font></dxf></dxfs></styleSheet>"},
	        {.name = "xl/worksheets/sheet1.xml",
	         .text = SHEET(ROW(S("A1", "0", "s", "0") S("B1", "1", "s", "0") S("C1", "2", "s", "0")) ROW(
	                               S("A2", "0", "s", "1") S("B2", "1", "s", "1") S("C2", "3", "n", "1"))
	                               ROW(S("A3", "1", "n", "13912345678") S("B3", "1", "b", "1")
	                                           S("C3", "1", "str", "x") S("D3", "0", "str", "戊")),
	                       "")},
	        {0},
	};
	struct bytes file = zip_of(parts);
	struct source s = source_of(file);

	(void)state;
	expect_read("struck through", &xlsx_reader, &s, ERR_NONE,
	            "--- page 1 S\ntable 1: 4x3\n[甲](+1)[甲]\n[乙丙丁][丙丁][1]\n(+3)[戊]");
	free((void *)(uintptr_t)file.at);
}

static void
test_refused(void **state)
{
	struct bytes b = workbook(SHEET(ROW(N("XFE1", "1") N("A1048577", "2") N("B2", "3")), ""));
	struct source s = source_of(b);

	(void)state;
	/* no such place: as if it were not said, and the cells stand in the order in which they come */
	expect_read("places off the sheet", &xlsx_reader, &s, ERR_NONE,
	            "--- page 1 表 & 一\ntable 1: 2x2\n[1][2]\n(+1)[3]");
	free((void *)(uintptr_t)b.at);
	b = workbook("<worksheet><sheetData><row><c><v>1</v></c></row><row");
	s = source_of(b);
	expect_read("broken", &xlsx_reader, &s, ERR_DAMAGED, "--- page 1 表 & 一\ntable 1: 1x1\n[1]");
	free((void *)(uintptr_t)b.at);
}

/* More strings than are kept: each cell shows its own, or nothing. */
static void
test_many_strings(void **state)
{
	enum { STRINGS = 65, LENGTH = 131000 };
	struct buf sst = BUF_INIT(10 << 20);
	struct zip_part parts[] = {
	        {.name = "xl/workbook.xml",
	         .text = "<workbook xmlns:r=\"x\"><sheets><sheet name=\"S\" "
	                 "r:id=\"rId1\"/></sheets></workbook>"},
	        {.name = "xl/_rels/workbook.xml.rels",
	         .text = "<Relationships>" RELATION("rId1", "worksheet", "worksheets/sheet1.xml")
	                 RELATION("rId2", "sharedStrings", "sharedStrings.xml") "</Relationships>"},
	        {.name = "xl/worksheets/sheet1.xml",
	         .text = SHEET(ROW(C("A1", "s", "64") N("B1", "7") C("C1", "s", "65")), "")},
	        {.name = "xl/sharedStrings.xml"},
	        {0},
	};
	char *one = mem_alloc(LENGTH + 1, 1);
	struct bytes b;
	struct source s;

	(void)state;
	memset(one, 'x', LENGTH);
	buf_str(&sst, "<sst>");
	for (int i = 0; i < STRINGS; i++)
		buf_fmt(&sst, "<si><t>%s</t></si>", one);
	buf_str(&sst, "<si><t>末</t></si></sst>");
	parts[3].text = sst.at;
	b = zip_of(parts);
	s = source_of(b);
	expect_read("many strings", &xlsx_reader, &s, ERR_TOO_LARGE, "--- page 1 S\ntable 1: 2x1\n[7][末]");
	free((void *)(uintptr_t)b.at);
	free(one);
	buf_free(&sst);
}

static void
test_ceilings(void **state)
{
	struct grid *g = grid_new();
	struct arena *a = arena_new();
	struct document *d = doc_new(a);
	int i;

	(void)state;
	grid_cell(g, GRID_ROWS_MAX, 0, "x", 1);
	grid_cell(g, 0, 0, "1", 1);
	assert_false(grid_push(g, d, "a"));
	grid_cell(g, GRID_ROWS_MAX - 1, GRID_COLUMNS_MAX - 1, "2", 1);
	grid_merge(g, GRID_ROWS_MAX - 1, GRID_COLUMNS_MAX - 1, 5, 5);
	assert_true(grid_push(g, d, "b"));
	for (i = 0; i <= GRID_MERGES_MAX; i++)
		grid_merge(g, i, 0, 2, 2);
	assert_false(grid_push(g, d, NULL));
	for (i = 0; i <= DOC_BLOCKS_MAX; i++)
		grid_cell(g, i, 0, "3", 1);
	assert_false(grid_push(g, d, NULL));
	doc_end(d);
	assert_true(d->too_large);
	grid_free(g);
	arena_free(a);
}

static void
test_damage(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct bytes b = workbook(rows[i].sheet);

		expect_survives(&xlsx_reader, b, 97, 40);
		free((void *)(uintptr_t)b.at);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_sheets),       cmocka_unit_test(test_drawing),
	        cmocka_unit_test(test_struck),       cmocka_unit_test(test_refused),
	        cmocka_unit_test(test_ceilings),     cmocka_unit_test(test_damage),
	        cmocka_unit_test(test_many_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
