/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a Word document in one XML file, of 2003 or flat OPC, is read as a .docx would be. */
#include "parsers/wordxml.h"
#include "tests/unit/olefile.h"

#include <glib.h>

#define P(text)              "<w:p><w:r><w:t>" text "</w:t></w:r></w:p>"
#define TC(properties, text) "<w:tc><w:tcPr>" properties "</w:tcPr>" P(text) "</w:tc>"

static const char old[] =
        "<?xml version=\"1.0\"?><w:wordDocument "
        "xmlns:w=\"http://schemas.microsoft.com/office/word/2003/wordml\""
        " xmlns:aml=\"http://schemas.microsoft.com/aml/2001/core\"><w:body>" P(
                "1") "<w:p><aml:annotation w:type=\"Word.Deletion\"><w:r><w:t>x</w:t></w:r></aml:annotation>"
                     "<aml:annotation "
                     "w:type=\"Word.Insertion\"><w:r><w:t>2</w:t></w:r></aml:annotation></w:p>"
                     "<w:tbl><w:tr>" TC("<w:vmerge w:val=\"restart\"/>", "3")
                             TC("", "4") "</w:tr><w:tr>" TC("<w:vmerge/>", "")
                                     TC("", "5") "</w:tr></w:tbl><w:sectPr><w:hdr>" P(
                                             "6") "</w:hdr></w:sectPr></w:body></w:wordDocument>";

static const char flat[] =
        "<?xml version=\"1.0\"?><pkg:package "
        "xmlns:pkg=\"http://schemas.microsoft.com/office/2006/xmlPackage\">"
        "<pkg:part pkg:name=\"/word/footnotes.xml\"><pkg:xmlData>"
        "<w:x xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">" P(
                "x") "</w:x></pkg:xmlData>"
                     "</pkg:part><pkg:part pkg:name=\"/word/document.xml\"><pkg:xmlData>"
                     "<w:document "
                     "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">" P(
                             "1") "</w:document></pkg:xmlData></pkg:part></pkg:package>";

static void
test_read(void **state)
{
	struct source s = source_of(bytes_str(old));

	(void)state;
	assert_ptr_equal(reader_for(&s), &wordxml_reader);
	expect_read("2003", &wordxml_reader, &s, ERR_NONE, "1\n2\ntable 1: 2x2\n[3|1x2][4]\n(+1)[5]\n^ 6");
	s = source_of(bytes_str(flat));
	assert_ptr_equal(reader_for(&s), &wordxml_reader);
	expect_read("flat", &wordxml_reader, &s, ERR_NONE, "1");
	s = source_of(bytes_str("<?xml version=\"1.0\"?><x/>"));
	assert_false(wordxml_reader.is(&s));
}

/* What a style hides, before the text (2003) or behind it; comments and old formats are none of the text. */
static void
test_left_out(void **state)
{
	static const char year2003[] =
	        "<?xml version=\"1.0\"?><w:wordDocument "
	        "xmlns:w=\"http://schemas.microsoft.com/office/word/2003/wordml\" "
	        "xmlns:aml=\"http://schemas.microsoft.com/aml/2001/core\"><w:styles><w:style "
	        "w:styleId=\"h\"><w:rPr><w:vanish/></w:rPr></w:style></w:styles><w:body><w:p><w:r><w:rPr>"
	        "<w:rStyle w:val=\"h\"/></w:rPr><w:t>x</w:t></w:r><w:r><w:rPr><aml:annotation "
	        "w:type=\"Word.Formatting\"><aml:content><w:rPr><w:vanish/></w:rPr></aml:content>"
	        "</aml:annotation></w:rPr><w:t>1</w:t></w:r><w:r><aml:annotation w:type=\"Word.Comment\">"
	        "<aml:content>" P("x") "</aml:content></aml:annotation></w:r><w:r><w:t>2</w:t></w:r></w:p>"
	                               "<w:p><w:pPr><w:pStyle w:val=\"h\"/></w:pPr><w:r><w:t>x</w:t></w:r>"
	                               "<w:r><w:rPr><w:vanish w:val=\"off\"/></w:rPr><w:t>3</w:t></w:r></w:p>"
	                               "</w:body></w:wordDocument>";
	static const char package[] =
	        "<?xml version=\"1.0\"?><pkg:package "
	        "xmlns:pkg=\"http://schemas.microsoft.com/office/2006/xmlPackage\" "
	        "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">"
	        "<pkg:part pkg:name=\"/word/document.xml\"><pkg:xmlData><w:document><w:p><w:pPr><w:pStyle "
	        "w:val=\"h\"/></w:pPr><w:r><w:t>x</w:t></w:r></w:p>" P(
	                "1") "</w:document></pkg:xmlData></pkg:part><pkg:part pkg:name=\"/word/styles.xml\">"
	                     "<pkg:xmlData><w:styles><w:style w:styleId=\"h\"><w:rPr><w:strike/></w:rPr>"
	                     "</w:style></w:styles></pkg:xmlData></pkg:part></pkg:package>";
	struct source s = source_of(bytes_str(year2003));

	(void)state;
	expect_read("2003", &wordxml_reader, &s, ERR_NONE, "12\n3");
	s = source_of(bytes_str(package));
	expect_read("a package", &wordxml_reader, &s, ERR_NONE, "1");
}

/* Pictures and files stand between the text as base64; Word 2003 keeps its objects in one OLE2 file. */
static void
test_binaries(void **state)
{
	static const char begin[] = "<?xml version=\"1.0\"?><w:wordDocument "
	                            "xmlns:w=\"http://schemas.microsoft.com/office/word/2003/wordml\">";
	const struct ole_part parts[] = {{.name = "_1", .storage = true},
	                                 {.name = "CONTENTS", .data = LITERAL("%PDF-1.4"), .within = 1},
	                                 {0}};
	const struct ole_part one[] = {{.name = "CONTENTS", .data = LITERAL("%PDF-1.4")}, {0}};
	struct bytes ole = ole_of(parts), single = ole_of(one);
	gchar *pool = g_base64_encode(ole.at, ole.len), *object = g_base64_encode(single.at, single.len);
	struct buf xml = BUF_INIT(1 << 20);
	struct source s;

	(void)state;
	buf_fmt(&xml,
	        "%s<w:docOleData><w:binData w:name=\"oledata.mso\">%s</w:binData></w:docOleData><w:body>" P(
	                "1") "<w:p><w:r><w:pict><w:binData w:name=\"wordml://1.png\">UE "
	                     "5H\n</w:binData></w:pict>"
	                     "</w:r></w:p>" P("2") "<w:binData>%s</w:binData><w:binData>UEsDBDE=</w:binData>"
	                                           "<w:binData/></w:body></w:wordDocument>",
	        begin, pool, object);
	s = source_of(buf_bytes(&xml));
	expect_read("binaries", &wordxml_reader, &s, ERR_NONE,
	            "1\n(picture, 3 bytes)\n2\n(file 附件1.pdf, 8 bytes)\n(file 附件1.bin, 2560 bytes)\n"
	            "(file 附件2.zip, 5 bytes)");
	expect_survives(&wordxml_reader, s.data, 199, 200);
	g_free(pool);
	g_free(object);
	buf_free(&xml);
	free_bytes(ole);
	free_bytes(single);
}

static void
test_damage(void **state)
{
	(void)state;
	expect_survives(&wordxml_reader, bytes_str(old), 1, 500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_read), cmocka_unit_test(test_left_out),
	                                   cmocka_unit_test(test_binaries), cmocka_unit_test(test_damage)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
