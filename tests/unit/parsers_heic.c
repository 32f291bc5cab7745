/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a HEIC picture comes out as it was taken, and no damage to it is more than an answer. */
#include "parsers/picture.h"
#include "parsers/picture_heic.h"
#include "tests/unit/reading.h"

#include <stdio.h>

enum { FILE_MAX = 1 << 16, WIDTH = 64, HEIGHT = 48 };

/* Black above, white below. */
static struct bytes
half(void)
{
	struct buf b = BUF_INIT(FILE_MAX);
	FILE *f = fopen("tests/files/half.heic", "rb");
	void *to = buf_room(&b, FILE_MAX - 1);

	assert_non_null(f);
	b.len = fread(to, 1, FILE_MAX - 1, f);
	assert_int_equal(fclose(f), 0);
	return BYTES(b.at, b.len);
}

static void
test_read(void **state)
{
	struct bytes file = half();
	struct source s = source_of(file);
	struct err e = {.code = ERR_NONE};
	int width = 0, height = 0;
	l_uint32 above = 0, below = 0;
	PIX *pix;

	(void)state;
	assert_ptr_equal(reader_for(&s), &heic_reader);
	assert_true(picture_heic_look(file, &width, &height, &e));
	assert_true(width == WIDTH && height == HEIGHT);
	pix = picture_heic_read(file, &e);
	assert_non_null(pix);
	assert_true(pixGetWidth(pix) == WIDTH && pixGetHeight(pix) == HEIGHT && pixGetDepth(pix) == 32);
	assert_int_equal(pixGetPixel(pix, 5, 5, &above), 0);
	assert_int_equal(pixGetPixel(pix, 5, HEIGHT - 5, &below), 0);
	assert_true((above >> 24) < 40 && (below >> 24) > 215);
	pixDestroy(&pix);
	free((void *)(uintptr_t)file.at);
}

static void
read_anything(const unsigned char *at, size_t len)
{
	unsigned char *copy = mem_grow(NULL, len ? len : 1, 1); /* no byte more */
	struct err e = {.code = ERR_NONE};
	int width, height;
	PIX *pix;

	memcpy(copy, at, len);
	(void)picture_heic_look(BYTES(copy, len), &width, &height, &e);
	pix = picture_heic_read(BYTES(copy, len), &e);
	assert_true(pix || e.code == ERR_DAMAGED);
	pixDestroy(&pix);
	free(copy);
}

static void
test_damage(void **state)
{
	struct bytes file = half();
	unsigned char *at = (unsigned char *)(uintptr_t)file.at;
	unsigned seed = 1;

	(void)state;
	assert_true(file.len > 0);
	for (size_t len = 0; len < file.len; len++)
		read_anything(at, len);
	for (int i = 0; file.len && i < 500; i++) {
		size_t where;

		seed = seed * 1103515245U + 12345U;
		where = seed / 8 % file.len;
		at[where] ^= (unsigned char)(1U << seed % 8);
		read_anything(at, file.len);
		at[where] ^= (unsigned char)(1U << seed % 8);
	}
	free(at);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_read), cmocka_unit_test(test_damage)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
