/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: what is drawn of a page is what a person would see of it, and no font, whatever it holds, draws for
 * ever. */
#include "parsers/ofd_draw.h"
#include "tests/unit/olefile.h"

#include <leptonica/allheaders.h>

static struct ofd_face *
face_of(struct bytes b)
{
	struct buf data = BUF_INIT(1 << 20);
	struct ofd_face *f;

	buf_add(&data, b.at, b.len);
	f = ofd_face_open(&data);
	assert_true(data.at == NULL);
	return f;
}

/* Black points within the box, in pixels of the page's picture at 200 dpi. */
static int
ink(struct ofd_drawing *d, int x, int y, int w, int h)
{
	struct buf png = BUF_INIT(1 << 20);
	BOX *box = boxCreate(x, y, w, h);
	PIX *page, *part, *ones;
	l_int32 n = 0;

	assert_true(ofd_drawing_png(d, &png));
	page = pixReadMem((const l_uint8 *)png.at, png.len);
	assert_non_null(page);
	part = pixClipRectangle(page, box, NULL);
	assert_non_null(part);
	ones = pixConvertTo1(part, 128);
	(void)pixCountPixels(ones, &n, NULL);
	pixDestroy(&ones);
	pixDestroy(&part);
	pixDestroy(&page);
	boxDestroy(&box);
	buf_free(&png);
	return n;
}

static void
test_lines(void **state)
{
	struct ofd_drawing *d = ofd_drawing_new(144, 72);

	(void)state;
	ofd_drawing_stroke(d, 10, 36, 130, 36);
	ofd_drawing_fill(d, (struct page_box){72, 10, 72.2, 60}); /* a line */
	ofd_drawing_fill(d, (struct page_box){80, 40, 130, 60});  /* a ground */
	assert_true(ink(d, 0, 95, 190, 10) > 150);
	assert_true(ink(d, 195, 30, 12, 60) > 50);
	assert_int_equal(ink(d, 230, 115, 100, 40), 0);
	assert_false(ofd_drawing_lacks(d));
	ofd_drawing_free(d);
	assert_null(ofd_drawing_new(0, 72));
	assert_null(ofd_drawing_new(72, 1e9));
}

static void
test_glyphs(void **state)
{
	struct bytes file = test_file("drawn.ttf");
	struct ofd_face *f = face_of(file);
	struct ofd_drawing *d = ofd_drawing_new(144, 72);
	const struct ofd_em at = {36, 0, 0, -36, 20, 50}, other = {36, 0, 0, -36, 90, 50};

	(void)state;
	assert_non_null(f);
	ofd_drawing_glyph(d, f, 1, 0, at);
	assert_true(ink(d, 40, 20, 140, 140) > 100);
	assert_int_equal(ink(d, 240, 20, 140, 140), 0);
	ofd_drawing_glyph(d, f, 0, 0x5973, other); /* by its character */
	assert_true(ink(d, 240, 20, 140, 140) > 100);
	assert_false(ofd_drawing_lacks(d));
	ofd_drawing_glyph(d, f, 60000, 0, at);
	assert_true(ofd_drawing_lacks(d)); /* one of three has no shape */
	ofd_drawing_free(d);
	d = ofd_drawing_new(72, 72);
	ofd_drawing_glyph(d, NULL, 1, 0, at);
	assert_true(ofd_drawing_lacks(d));
	ofd_drawing_free(d);
	d = ofd_drawing_new(72, 72);
	for (int i = 0; i <= OFD_DRAW_GLYPHS_MAX; i++)
		ofd_drawing_glyph(d, f, 1, 0, (struct ofd_em){0.1, 0, 0, -0.1, 20, 50});
	assert_true(ofd_drawing_lacks(d));
	ofd_drawing_free(d);
	ofd_face_close(f);
	free_bytes(file);
}

/* What has no extent is seen by nobody, and hides nothing of the rest. */
static void
test_flat(void **state)
{
	static const struct ofd_em flat[] = {{0, 0, 0, 0, 20, 50},
	                                     {36, 0, 0, 0, 20, 50},
	                                     {36, 36, -36, -36, 20, 50},
	                                     {1e300, 0, 0, -1e300, 0, 0}};
	struct bytes file = test_file("drawn.ttf");
	struct ofd_face *f = face_of(file);

	(void)state;
	for (size_t i = 0; i < sizeof flat / sizeof *flat; i++) {
		struct ofd_drawing *d = ofd_drawing_new(144, 72);

		ofd_drawing_glyph(d, f, 1, 0, flat[i]);
		ofd_drawing_glyph(d, f, 1, 0, (struct ofd_em){36, 0, 0, -36, 20, 50});
		if (ink(d, 40, 20, 140, 140) <= 100 || ofd_drawing_lacks(d))
			fail_msg("row %zu", i);
		ofd_drawing_free(d);
	}
	ofd_face_close(f);
	free_bytes(file);
}

/* Fonts come from strangers. */
static void
test_damage(void **state)
{
	struct bytes file = test_file("drawn.ttf");
	unsigned char *copy = (unsigned char *)mem_dup0((const char *)file.at, file.len);
	uint32_t seed = 7;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		struct ofd_drawing *d = ofd_drawing_new(72, 72);
		struct ofd_face *f;
		size_t len = i % 3 ? file.len : (size_t)i * file.len / 3000;

		memcpy(copy, file.at, file.len);
		for (int k = 0; k < 1 + i % 5; k++) {
			seed = seed * 1664525u + 1013904223u;
			copy[(seed >> 8) % file.len] = (unsigned char)(seed >> 3);
		}
		f = face_of(BYTES(copy, len));
		for (unsigned g = 1; f && g < 8; g++)
			ofd_drawing_glyph(d, f, g, 0, (struct ofd_em){36, 0, 0, -36, 20, 50});
		ofd_face_close(f);
		ofd_drawing_free(d);
	}
	free(copy);
	free_bytes(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines), cmocka_unit_test(test_glyphs),
	                                   cmocka_unit_test(test_flat), cmocka_unit_test(test_damage)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
