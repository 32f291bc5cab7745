/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a drawn table is found cell by cell, straight or turned or seen aslant; a picture is refused by
 * its header before it is decoded; and a broken one is an answer, no crash. What OCR makes of the cells is
 * asked by the mails of tests/mail. */
#include "parsers/ocr.h"
#include "parsers/picture.h"
#include "parsers/picture_grid.h"
#include "tests/unit/reading.h"

#include <leptonica/allheaders.h>

enum { PAGE_W = 1700, PAGE_H = 1200, LEFT = 150, TOP = 200, ROW = 120, COLUMN = 340 };

/* ---- drawing ---- */

static void
black(PIX *page, int x, int y, int w, int h)
{
	BOX *box = boxCreate(x, y, w, h);

	assert_int_equal(pixSetInRectArbitrary(page, box, 0), 0);
	boxDestroy(&box);
}

/* A table of 4 columns and 4 rows as the form's; its third row holds 2 cells, the second over 3 columns. */
static PIX *
draw_form(void)
{
	PIX *page = pixCreate(PAGE_W, PAGE_H, 8);

	assert_int_equal(pixSetAllArbitrary(page, 255), 0);
	for (int r = 0; r <= 4; r++)
		black(page, LEFT, TOP + r * ROW, 4 * COLUMN + 3, 3);
	for (int c = 0; c <= 4; c++) {
		black(page, LEFT + c * COLUMN, TOP, 3, 2 * ROW);
		black(page, LEFT + c * COLUMN, TOP + 3 * ROW, 3, ROW);
		if (c < 2 || c == 4)
			black(page, LEFT + c * COLUMN, TOP + 2 * ROW, 3, ROW);
	}
	for (int r = 0; r < 4; r++) /* something like text */
		for (int i = 0; i < 5; i++)
			black(page, LEFT + 40 + i * 40, TOP + r * ROW + 50, 25, 25);
	return page;
}

static void
expect_form(const char *name, PIX *gray)
{
	static const int counts[] = {4, 4, 2, 4};
	struct arena *a = arena_new();
	struct picture_page page = {.gray = gray, .scale = 1};
	const struct grid *g = grid_find(a, &page);

	if (!g || g->count != 4)
		fail_msg("%s: %d rows, wanted 4", name, g ? g->count : -1);
	for (int r = 0; g && r < 4; r++) {
		if (g->rows[r].count != counts[r])
			fail_msg("%s: row %d has %d cells, wanted %d", name, r, g->rows[r].count, counts[r]);
		for (int c = 0; c < counts[r]; c++)
			assert_int_equal(g->rows[r].cells[c].columns, r == 2 && c == 1 ? 3 : 1);
	}
	picture_free(&page);
	arena_free(a);
}

static void
test_grid(void **state)
{
	PIX *form = draw_form();
	PTA *from = ptaCreate(4), *to = ptaCreate(4);
	static const float corner[4][4] = {{0, 0, 20, 10},
	                                   {PAGE_W, 0, PAGE_W - 40, 30},
	                                   {PAGE_W, PAGE_H, PAGE_W, PAGE_H - 10},
	                                   {0, PAGE_H, 0, PAGE_H}};

	(void)state;
	expect_form("straight", pixCopy(NULL, form));
	expect_form("turned by 1.5 degrees",
	            pixRotate(form, 0.026F, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0));
	for (int k = 0; k < 4; k++) {
		(void)ptaAddPt(from, corner[k][0], corner[k][1]);
		(void)ptaAddPt(to, corner[k][2], corner[k][3]);
	}
	expect_form("seen aslant", pixProjectivePtaGray(form, to, from, 255));
	ptaDestroy(&from);
	ptaDestroy(&to);
	pixDestroy(&form);
}

static void
test_no_grid(void **state)
{
	struct arena *a = arena_new();
	struct picture_page page = {.gray = pixCreate(PAGE_W, PAGE_H, 8), .scale = 1};

	(void)state;
	assert_int_equal(pixSetAllArbitrary(page.gray, 255), 0);
	black(page.gray, 100, 100, 900, 3); /* a rule and a frame are no table */
	assert_null(grid_find(a, &page));
	picture_free(&page);
	arena_free(a);
}

/* ---- files ---- */

struct file {
	l_uint8 *at;
	size_t len;
};

static struct file
encode(PIX *pix, int format)
{
	struct file f = {NULL, 0};

	assert_int_equal(pixWriteMem(&f.at, &f.len, pix, format), 0);
	return f;
}

static const struct {
	const char *want;
	int format;
} formats[] = {
        {"jpeg", IFF_JFIF_JPEG}, {"png", IFF_PNG},   {"tiff", IFF_TIFF_ZIP},
        {"bmp", IFF_BMP},        {"webp", IFF_WEBP}, {"gif", IFF_GIF},
};

/* Each kind is told by its bytes; a small one is no document, and costs nothing. */
static void
test_formats(void **state)
{
	PIX *small = pixCreate(120, 80, 8);

	(void)state;
	assert_int_equal(pixSetAllArbitrary(small, 200), 0);
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		struct file f = encode(small, formats[i].format);
		struct source s = source_of(BYTES(f.at, f.len));
		const struct reader *r = reader_for(&s);
		struct picture_info info;
		struct picture_page page;
		struct err e = {0};

		assert_string_equal(r->name, formats[i].want);
		expect_read(formats[i].want, r, &s, ERR_NONE, "");
		assert_true(picture_look(s.data, &info, &e));
		assert_int_equal(info.width, 120);
		assert_int_equal(info.height, 80);
		assert_true(picture_load(s.data, &info, 0, &page, &e));
		assert_int_equal(pixGetDepth(page.gray), 8);
		picture_free(&page);
		lept_free(f.at);
	}
	pixDestroy(&small);
}

/* No cut and no changed byte breaks the decoding. */
static void
test_damaged(void **state)
{
	PIX *small = pixCreate(120, 80, 8);

	(void)state;
	for (int x = 0; x < 120; x++)
		(void)pixSetPixel(small, x, x % 80, 90);
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		struct file f = encode(small, formats[i].format);

		for (size_t n = 0; n < 400; n++) {
			struct bytes cut = {f.at, n < 200 ? f.len * n / 200 : f.len};
			l_uint8 was = 0, *at = &f.at[(n * 7919) % (f.len < 300 ? f.len : 300)];
			struct picture_info info;
			struct picture_page page = {0};
			struct err e = {0};

			was = *at;
			*at = n < 200 ? was : (l_uint8)(was ^ (1U << n % 8));
			if (picture_look(cut, &info, &e) && (long)info.width * info.height < 1000000 &&
			    picture_load(cut, &info, 0, &page, &e))
				picture_free(&page);
			else
				assert_true(e.code == ERR_NONE || e.code >= ERR_ENCRYPTED);
			*at = was;
		}
		lept_free(f.at);
	}
	pixDestroy(&small);
}

#define PNG_OF(size) \
	"\x89PNG\r\n\x1A\n\0\0\0\rIHDR" size "\x08\0\0\0\0\0\0\0\0\0\0\0\0IDAT\0\0\0\0\0\0\0\0\0\0\0\0\0"

static const struct {
	const char *name;
	enum err_code want;
	struct bytes data;
} headers[] = {
        {"a bomb", ERR_TOO_LARGE, LITERAL(PNG_OF("\0\0\x75\x30\0\0\x75\x30"))},
        {"a long strip", ERR_TOO_LARGE, LITERAL(PNG_OF("\0\x10\0\0\0\0\0\x10"))},
        {"a header alone", ERR_DAMAGED, LITERAL(PNG_OF("\0\0\x04\0\0\0\x04\0"))},
        {"nothing behind the mark", ERR_DAMAGED, LITERAL("\xFF\xD8\xFF\xE0")},
        {"a TIFF that leads nowhere", ERR_DAMAGED, LITERAL("II*\0\xFF\xFF\xFF\x7F")},
};

static void
test_ceilings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
		struct source s = source_of(headers[i].data);

		expect_read(headers[i].name, &png_reader, &s, headers[i].want, "");
	}
}

/* A JPEG, which is read smaller than it is, may have eight times the pixels, and not a line of them more. */
static void
test_jpeg_ceiling(void **state)
{
	static unsigned char head[] = "\xFF\xD8\xFF\xC0\0\x0B\x08" /* its size: at 7 */
	                              "\0\0\0\0\x01\x01\x11\0\xFF\xDA\0\x08\x01\x01\0\0\x3F\0";
	const int width = PICTURE_SIDE_MAX, most = PICTURE_PIXELS_MAX / PICTURE_SIDE_MAX * 8;

	(void)state;
	for (int more = 0; more < 2; more++) {
		struct picture_info info;
		struct err e = {0};

		head[7] = (unsigned char)((most + more) >> 8);
		head[8] = (unsigned char)(most + more);
		head[9] = (unsigned char)(width >> 8);
		head[10] = (unsigned char)width;
		assert_int_equal(picture_look(BYTES(head, sizeof head - 1), &info, &e), !more);
		assert_int_equal(e.code, more ? ERR_TOO_LARGE : ERR_NONE);
	}
}

/* A TIFF of so many blank pages. The caller frees at. */
static struct file
tiff_of(int pages)
{
	PIXA *all = pixaCreate(pages);
	struct file f = {NULL, 0};

	for (int i = 0; i < pages; i++) {
		PIX *page = pixCreate(40, 30, 8);

		assert_int_equal(pixSetAllArbitrary(page, 255), 0);
		assert_int_equal(pixaAddPix(all, page, L_INSERT), 0);
	}
	assert_int_equal(pixaWriteMemMultipageTiff(&f.at, &f.len, all), 0);
	pixaDestroy(&all);
	return f;
}

static void
test_pages_ceiling(void **state)
{
	(void)state;
	for (int more = 0; more < 2; more++) {
		struct file f = tiff_of(PICTURE_PAGES_MAX + more);
		struct source s = source_of(BYTES(f.at, f.len));
		struct arena *a = arena_new();
		struct document *d = doc_new(a);
		struct err e = {0};

		assert_true(reader_for(&s)->read(&s, d, &e));
		assert_int_equal(d->too_large, more == 1);
		arena_free(a);
		lept_free(f.at);
	}
}

/* ---- EXIF ---- */

#define EXIF(order, tag)         \
	"\xFF\xD8\xFF\xE1\0\x22" \
	"Exif\0\0" order tag "\0\0\0\0\xFF\xDA"
#define INTEL    "II*\0\x08\0\0\0\x01\0"
#define MOTOROLA "MM\0*\0\0\0\x08\0\x01"

static const struct {
	const char *name;
	int want;
	struct bytes data;
} turns[] = {
        {"Intel", 6, LITERAL(EXIF(INTEL, "\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"))},
        {"Motorola", 8, LITERAL(EXIF(MOTOROLA, "\x01\x12\0\x03\0\0\0\x01\0\x08\0\0"))},
        {"another tag", 1, LITERAL(EXIF(INTEL, "\x13\x01\x03\0\x01\0\0\0\x06\0\0\0"))},
        {"no such value", 1, LITERAL(EXIF(INTEL, "\x12\x01\x03\0\x01\0\0\0\x63\0\0\0"))},
        {"a directory beyond the end", 1,
         LITERAL("\xFF\xD8\xFF\xE1\0\x10"
                 "Exif\0\0II*\0\xFF\xFF\xFF\xFF")},
        {"a segment beyond the end", 1,
         LITERAL("\xFF\xD8\xFF\xE1\xFF\xFF"
                 "Exif\0\0")},
        {"none", 1, LITERAL("\xFF\xD8\xFF\xDA")},
        {"nothing", 1, LITERAL("")},
};

/* A page of a TIFF as large as it is, whatever the first one is. */
static void
test_pages_of_two_sizes(void **state)
{
	PIX *stamp = pixCreate(400, 500, 8), *page = draw_form();
	PIXA *both = pixaCreate(2);
	struct picture_info info;
	struct err e = {0};
	l_uint8 *data = NULL;
	size_t len = 0;

	(void)state;
	assert_int_equal(pixaAddPix(both, stamp, L_INSERT), 0);
	assert_int_equal(pixaAddPix(both, page, L_INSERT), 0);
	assert_int_equal(pixaWriteMemMultipageTiff(&data, &len, both), 0);
	assert_true(picture_look(BYTES(data, len), &info, &e));
	assert_int_equal(info.pages, 2);
	for (int n = 0; n < 2; n++) {
		struct picture_page at = {0};

		assert_true(picture_load(BYTES(data, len), &info, n, &at, &e));
		/* the first is drawn three times as large, the second as it is */
		assert_true(n == 0 ? at.scale > 2.9 : at.scale > 0.9 && at.scale < 1.5);
		picture_free(&at);
	}
	lept_free(data);
	pixaDestroy(&both);
}

static void
test_exif(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++)
		if (picture_exif(turns[i].data) != turns[i].want)
			fail_msg("%s: %d, wanted %d", turns[i].name, picture_exif(turns[i].data),
			         turns[i].want);
}

/* A stamp goes, its edge too, where a JPEG left more of its darkness than of its red; ink below it stays. */
static void
test_stamp(void **state)
{
	static const struct {
		const char *what;
		int r, g, b, least, most;
	} rows[] = {
	        {"paper", 250, 250, 250, 245, 255},       {"ink", 30, 30, 30, 0, 60},
	        {"a stamp", 210, 50, 60, 240, 255},       {"its edge", 160, 118, 122, 240, 255},
	        {"ink below it", 104, 10, 16, 0, 70},     {"gray", 120, 120, 120, 110, 130},
	        {"brown paper", 240, 232, 215, 235, 255},
	};
	enum { SIDE = 1700, PATCH = 100, KINDS = sizeof rows / sizeof *rows };
	PIX *page = pixCreate(SIDE, SIDE, 32);
	struct file f;
	struct picture_info info;
	struct picture_page read;
	struct err e = {0};

	(void)state;
	assert_int_equal(pixSetAllArbitrary(page, 0xFAFAFA00), 0);
	for (int i = 0; i < KINDS; i++) {
		BOX *box = boxCreate(i * PATCH, 0, PATCH, PATCH);
		l_uint32 pixel;

		assert_int_equal(composeRGBPixel(rows[i].r, rows[i].g, rows[i].b, &pixel), 0);
		assert_int_equal(pixSetInRectArbitrary(page, box, pixel), 0);
		boxDestroy(&box);
	}
	f = encode(page, IFF_PNG);
	assert_true(picture_look(BYTES(f.at, f.len), &info, &e));
	assert_true(picture_load(BYTES(f.at, f.len), &info, 0, &read, &e));
	for (int i = 0; i < KINDS; i++) {
		l_uint32 gray = 0;

		assert_int_equal(pixGetPixel(read.gray, i * PATCH + PATCH / 2, PATCH / 2, &gray), 0);
		if ((int)gray < rows[i].least || (int)gray > rows[i].most)
			fail_msg("%s: gray %u, wanted %d to %d", rows[i].what, gray, rows[i].least,
			         rows[i].most);
	}
	picture_free(&read);
	pixDestroy(&page);
	lept_free(f.at);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_grid),         cmocka_unit_test(test_no_grid),
	        cmocka_unit_test(test_stamp),        cmocka_unit_test(test_formats),
	        cmocka_unit_test(test_damaged),      cmocka_unit_test(test_ceilings),
	        cmocka_unit_test(test_jpeg_ceiling), cmocka_unit_test(test_pages_ceiling),
	        cmocka_unit_test(test_exif),         cmocka_unit_test(test_pages_of_two_sizes),
	};

	setMsgSeverity(L_SEVERITY_NONE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
