/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: of a PDF comes the text in the cells that its drawing operators rule, with fonts that are not
 * embedded; pages that are pictures, or whose fonts say nothing, give a picture; what is locked opens by
 * a password of the mail; nothing is said on standard error. */
#include "parsers/pdf.h"
#include "tests/unit/reading.h"

#include <stdio.h>
#include <unistd.h>

/* ---- a PDF by hand ---- */

/* 中 文 甲 乙 in UCS-2 for UniGB-UCS2-H, in GBK for GBK-EUC-H. */
#define UCS                 "/F1 12 Tf "
#define GBK                 "/F2 12 Tf "
#define LATIN               "/F3 12 Tf "
#define GLYPHS              "/F4 12 Tf "
#define TX(font, x, y, hex) "BT " font #x " " #y " Td <" hex "> Tj ET\n"
#define ZHONG_WEN           "4E2D6587"
#define JIA                 "7532"
#define YI                  "4E59"

/* Two columns, one row, from (50, 600) to (250, 620). */
#define RULES                                                                                                \
	"50 600 m 250 600 l S 50 620 m 250 620 l S 50 600 m 50 620 l S 150 600 m 150 620 l S 250 600 m 250 " \
	"620 l S\n"
#define CELLS TX(UCS, 155, 605, YI) TX(UCS, 55, 605, JIA)

static const char *const objects[] = {
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        NULL, /* the page */
        "<</Font<</F1 5 0 R/F2 7 0 R/F3 9 0 R/F4 10 0 R>>>>",
        "<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/SimSun/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/"
        "Supplement 2>>/DW 1000>>",
        "<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/GBK-EUC-H/DescendantFonts[8 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/SimSun/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/"
        "Supplement 2>>/DW 1000>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        "<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+X/Encoding/Identity-H/DescendantFonts[11 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/ABCDEF+X/CIDSystemInfo<</Registry(Adobe)/Ordering("
        "Identity)/Supplement 0>>/DW 1000>>",
};

enum { OBJECTS = sizeof objects / sizeof objects[0] };

/* A PDF of one page with these drawing operators; more: into the page's dictionary. The caller frees. */
static struct buf
pdf_of(const char *content, const char *more)
{
	struct buf b = BUF_INIT(1 << 20);
	size_t at[OBJECTS + 2], i;

	buf_str(&b, "%PDF-1.7\n");
	for (i = 0; i < OBJECTS; i++) {
		at[i] = b.len;
		buf_fmt(&b, "%zu 0 obj\n", i + 1);
		if (objects[i])
			buf_str(&b, objects[i]);
		else
			buf_fmt(&b,
			        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources 4 0 R/Contents %d "
			        "0 R%s>>",
			        OBJECTS + 1, more);
		buf_str(&b, "\nendobj\n");
	}
	at[i] = b.len;
	buf_fmt(&b, "%zu 0 obj\n<</Length %zu>>stream\n%s\nendstream\nendobj\n", i + 1, strlen(content),
	        content);
	at[i + 1] = b.len;
	buf_fmt(&b, "xref\n0 %d\n0000000000 65535 f \n", OBJECTS + 2);
	for (i = 0; i <= OBJECTS; i++)
		buf_fmt(&b, "%010zu 00000 n \n", at[i]);
	buf_fmt(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", OBJECTS + 2,
	        at[OBJECTS + 1]);
	return b;
}

/* ---- text and rules ---- */

static const struct {
	const char *name, *content, *more, *want;
} rows[] = {
        {"text", TX(UCS, 50, 700, ZHONG_WEN), "", "--- page 1 \n中文"},
        {"GBK, not embedded", TX(GBK, 50, 700, "D6D0CEC4"), "", "--- page 1 \n中文"},
        {"letters", TX(LATIN, 50, 700, "6162206364"), "", "--- page 1 \nab cd"},
        {"out of order", TX(UCS, 50, 600, YI) TX(UCS, 50, 700, JIA), "", "--- page 1 \n甲\n乙"},
        {"ruled by strokes", RULES CELLS, "", "--- page 1 \ntable 1: 2x1\n[甲][乙]"},
        {"ruled by stroked boxes", "50 600 100 20 re S 150 600 100 20 re S " CELLS, "",
         "--- page 1 \ntable 1: 2x1\n[甲][乙]"},
        {"ruled by boxes closed by hand",
         "50 600 m 150 600 l 150 620 l 50 620 l s 150 600 m 250 600 l 250 620 l 150 620 l s " CELLS, "",
         "--- page 1 \ntable 1: 2x1\n[甲][乙]"},
        {"ruled by thin filled boxes",
         "50 600 200 0.5 re 50 620 200 0.5 re 50 600 0.5 20 re 150 600 0.5 20 re 250 600 0.5 20 re f " CELLS,
         "", "--- page 1 \ntable 1: 2x1\n[甲][乙]"},
        {"under a matrix", "q 0.5 0 0 0.5 0 0 cm 100 1200 200 40 re S 300 1200 200 40 re S Q " CELLS, "",
         "--- page 1 \ntable 1: 2x1\n[甲][乙]"},
        {"white rules are none", "1 G " RULES CELLS, "", "--- page 1 \n甲\t乙"},
        {"curves are none", "50 600 m 100 650 150 650 250 600 c S " CELLS, "", "--- page 1 \n甲\t乙"},
        {"a page turned by 90 degrees", TX(UCS, 50, 700, ZHONG_WEN), "/Rotate 180", NULL},
        {"a page with a crop box", RULES CELLS, "/CropBox[40 500 400 700]",
         "--- page 1 \ntable 1: 2x1\n[甲][乙]"},
        {"a watermark over the cells",
         RULES CELLS "q 0.8 0.6 -0.6 0.8 60 560 cm " TX(UCS, 0, 0, ZHONG_WEN ZHONG_WEN) " Q ", "",
         "--- page 1 \ntable 1: 2x1\n[甲][乙]"},
        {"a blank page", " ", "", ""},
};

static void
test_pages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf pdf = pdf_of(rows[i].content, rows[i].more);
		struct source s = source_of(buf_bytes(&pdf));

		assert_ptr_equal(reader_for(&s), &pdf_reader);
		expect_read(rows[i].name, &pdf_reader, &s, ERR_NONE, rows[i].want);
		buf_free(&pdf);
	}
}

/* ---- pictures ---- */

static const struct {
	const char *name, *content;
	bool want_picture, want_text;
} pictures[] = {
        {"an image on the whole page",
         "q 595 0 0 842 0 0 cm BI /W 2 /H 2 /BPC 8 /CS /G ID \x01\x40\x80\xF0 EI Q", true, false},
        {"the same with a program's advertisement",
         "q 595 0 0 842 0 0 cm BI /W 2 /H 2 /BPC 8 /CS /G ID \x01\x40\x80\xF0 EI Q " TX(LATIN, 50, 20,
                                                                                        "6162"),
         true, false},
        {"an image under a title",
         "q 595 0 0 350 0 0 cm BI /W 2 /H 2 /BPC 8 /CS /G ID \x01\x40\x80\xF0 EI Q " TX(LATIN, 50, 700,
                                                                                        "6162"),
         true, true},
        {"a small image", "q 30 0 0 30 0 0 cm BI /W 2 /H 2 /BPC 8 /CS /G ID \x01\x40\x80\xF0 EI Q", false,
         false},
        {"an image behind a table",
         "q 595 0 0 842 0 0 cm BI /W 2 /H 2 /BPC 8 /CS /G ID \x01\x40\x80\xF0 EI Q " RULES CELLS, false,
         true},
        {"glyphs without meaning", TX(GLYPHS, 50, 700, "E001E002E003"), true, false},
};

static void
test_pictures(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++) {
		struct arena *a = arena_new();
		struct document *d = doc_new(a);
		struct buf pdf = pdf_of(pictures[i].content, "");
		struct source s = source_of(buf_bytes(&pdf));
		struct err e = {0};
		bool picture = false, text = false;

		assert_true(pdf_reader.read(&s, d, &e));
		doc_end(d);
		for (const struct doc_block *b = d->first; b; b = b->next) {
			text = text || b->kind == DOC_PARAGRAPH || b->kind == DOC_TABLE;
			if (b->kind != DOC_PICTURE)
				continue;
			picture = true;
			assert_true(bytes_begin(b->data, "\x89PNG"));
			assert_int_equal(b->page, 1);
		}
		if (picture != pictures[i].want_picture || text != pictures[i].want_text)
			fail_msg("%s: picture %d, text %d", pictures[i].name, picture, text);
		buf_free(&pdf);
		arena_free(a);
	}
}

/* So many scanned pages, of a size that costs nothing. libpoppler does without a table of objects. */
static struct buf
pdf_of_scans(int pages)
{
	static const char scan[] = "q 60 0 0 84 0 0 cm BI /W 2 /H 2 /BPC 8 /CS /G ID \x01\x40\x80\xF0 EI Q";
	struct buf b = BUF_INIT(1 << 20);

	buf_str(&b, "%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[");
	for (int i = 0; i < pages; i++)
		buf_fmt(&b, "%d 0 R ", 4 + i);
	buf_fmt(&b, "]/Count %d>> endobj\n3 0 obj <</Length %zu>>stream\n%s\nendstream endobj\n", pages,
	        sizeof scan - 1, scan);
	for (int i = 0; i < pages; i++)
		buf_fmt(&b,
		        "%d 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 60 84]/Contents 3 0 R>> endobj\n",
		        4 + i);
	buf_str(&b, "trailer <</Root 1 0 R>>\n");
	return b;
}

static void
test_scans_ceiling(void **state)
{
	(void)state;
	for (int more = 0; more < 2; more++) {
		struct arena *a = arena_new();
		struct document *d = doc_new(a);
		struct buf pdf = pdf_of_scans(PDF_PICTURES_MAX + more);
		struct source s = source_of(buf_bytes(&pdf));
		struct err e = {0};
		int seen = 0;

		assert_true(pdf_reader.read(&s, d, &e));
		doc_end(d);
		for (const struct doc_block *b = d->first; b; b = b->next)
			seen += b->kind == DOC_PICTURE;
		assert_int_equal(seen, PDF_PICTURES_MAX);
		assert_int_equal(d->too_large, more == 1);
		buf_free(&pdf);
		arena_free(a);
	}
}

/* ---- files of other programs ---- */

static struct buf
file_read(const char *name)
{
	struct buf b = BUF_INIT(1 << 20);
	FILE *f = fopen(name, "rb");
	char part[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(part, 1, sizeof part, f)) > 0)
		buf_add(&b, part, n);
	(void)fclose(f);
	return b;
}

static void
test_locked(void **state)
{
	static const char *const words[] = {"wrong", "123456", NULL};
	struct buf b = file_read("tests/files/locked.pdf");
	struct source s = source_of(buf_bytes(&b));

	(void)state;
	expect_read("without the password", &pdf_reader, &s, ERR_ENCRYPTED, "");
	s.passwords = words;
	expect_read("with it", &pdf_reader, &s, ERR_NONE, "--- page 1 \ntable 1: 2x1\n[甲][乙]");
	buf_free(&b);
	b = file_read("tests/files/owner.pdf");
	s = source_of(buf_bytes(&b));
	expect_read("an owner's password only", &pdf_reader, &s, ERR_NONE,
	            "--- page 1 \ntable 1: 2x1\n[甲][乙]");
	buf_free(&b);
}

static void
test_damaged(void **state)
{
	struct buf b = pdf_of(RULES CELLS, "");
	struct source s = source_of(BYTES("%PDF-1.4\nnoise, and no object", 29));

	(void)state;
	expect_read("noise", &pdf_reader, &s, ERR_DAMAGED, "");
	s = source_of(BYTES(b.at, b.len - 16)); /* where the table of objects lies */
	expect_read("cut short", &pdf_reader, &s, ERR_NONE, "--- page 1 \ntable 1: 2x1\n[甲][乙]");
	expect_survives(&pdf_reader, buf_bytes(&b), 211, 20);
	buf_free(&b);
}

static void
test_is(void **state)
{
	struct source text = source_of(BYTES("a text about %PDF-1.4", 21));

	(void)state;
	assert_false(pdf_reader.is(&text));
	text = source_of(BYTES("\r\nrubbish %PDF-1.4\n1 0 obj endobj", 34));
	assert_true(pdf_reader.is(&text));
}

/* What poppler says about a font that it does not find goes nowhere, and stderr is back afterwards. */
static void
test_quiet(void **state)
{
	struct buf b = pdf_of(TX(GBK, 50, 700, "D6D0CEC4"), "");
	struct source s = source_of(buf_bytes(&b));
	FILE *was = stderr, *caught = tmpfile();
	int saved = dup(STDERR_FILENO);
	long len;

	(void)state;
	assert_non_null(caught);
	assert_true(saved >= 0 && dup2(fileno(caught), STDERR_FILENO) >= 0);
	expect_read("text", &pdf_reader, &s, ERR_NONE, "--- page 1 \n中文");
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	(void)close(saved);
	assert_ptr_equal(stderr, was);
	assert_int_equal(fseek(caught, 0, SEEK_END), 0);
	len = ftell(caught);
	(void)fclose(caught);
	buf_free(&b);
	assert_int_equal(len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_pages),         cmocka_unit_test(test_pictures),
	        cmocka_unit_test(test_scans_ceiling), cmocka_unit_test(test_locked),
	        cmocka_unit_test(test_damaged),       cmocka_unit_test(test_is),
	        cmocka_unit_test(test_quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
