/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: an embedded font says which character a glyph is drawn for; a broken one says nothing. */
#include "parsers/ofd_font.h"
#include "tests/unit/reading.h"

#include <stdio.h>

enum { FILE_MAX = 1 << 16 };

/* A space, A and 中, in this order, behind the glyph for all others. */
static struct bytes
font(void)
{
	struct buf b = BUF_INIT(FILE_MAX);
	FILE *f = fopen("tests/files/few.ttf", "rb");
	void *to = buf_room(&b, FILE_MAX - 1);

	assert_non_null(f);
	b.len = fread(to, 1, FILE_MAX - 1, f);
	assert_int_equal(fclose(f), 0);
	return BYTES(b.at, b.len);
}

static void
test_meaning(void **state)
{
	struct bytes file = font();
	struct ofd_font *f = ofd_font_open(file);

	(void)state;
	free((void *)(uintptr_t)file.at);
	assert_non_null(f);
	assert_int_equal(ofd_font_character(f, 0), 0);
	assert_int_equal(ofd_font_character(f, 1), ' ');
	assert_int_equal(ofd_font_character(f, 2), 'A');
	assert_int_equal(ofd_font_character(f, 3), 0x4E2D);
	assert_int_equal(ofd_font_character(f, 4), 0);
	assert_int_equal(ofd_font_character(f, 1000000), 0);
	assert_int_equal(ofd_font_character(NULL, 1), 0);
	ofd_font_close(f);
	assert_null(ofd_font_open(LITERAL("no font")));
}

static void
test_damage(void **state)
{
	struct bytes file = font();
	unsigned char *at = (unsigned char *)(uintptr_t)file.at;

	(void)state;
	for (size_t len = 0; len < file.len; len++) {
		unsigned char *copy = mem_grow(NULL, len ? len : 1, 1); /* no byte more */

		memcpy(copy, at, len);
		ofd_font_close(ofd_font_open(BYTES(copy, len)));
		free(copy);
	}
	for (size_t i = 0; i < file.len; i++) {
		at[i] ^= 0x81;
		ofd_font_close(ofd_font_open(file));
		at[i] ^= 0x81;
	}
	free(at);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_meaning), cmocka_unit_test(test_damage)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
