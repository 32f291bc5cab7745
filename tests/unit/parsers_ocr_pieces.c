/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: each line's piece has its own ink and no neighbour's. */
#include "parsers/ocr_pieces.h"

#include <leptonica/allheaders.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { W = 400, H = 100, PAPER = 250, INK = 20, MAX = 8 };

static PIX *
draw(struct ocr_box first, struct ocr_box second)
{
	const struct ocr_box things[] = {first, second};
	PIX *page = pixCreate(W, H, 8);

	assert_int_equal(pixSetAllArbitrary(page, PAPER), 0);
	for (size_t i = 0; i < 2; i++) {
		BOX *box = boxCreate(things[i].x, things[i].y, things[i].w, things[i].h);

		assert_int_equal(pixSetInRectArbitrary(page, box, INK), 0);
		boxDestroy(&box);
	}
	return page;
}

/* A comma ends the first line, and the second begins at 200: its box may say so late. */
static void
test_part(void **state)
{
	static const struct {
		const char *name;
		struct ocr_box x, y;
		size_t other_cell;
		int right, left; /* of x and y then */
	} rows[] = {
	        {"into the second", {20, 30, 200, 40}, {205, 28, 150, 44}, 0, 197, 197},
	        {"the boxes overlap", {20, 30, 190, 40}, {190, 28, 150, 44}, 0, 190, 190},
	        {"they do not", {20, 30, 165, 40}, {195, 28, 150, 44}, 0, 185, 195},
	        {"in another cell", {20, 30, 200, 40}, {205, 28, 150, 44}, 1, 220, 205},
	        {"on another line", {20, 0, 200, 20}, {205, 60, 150, 40}, 0, 220, 205},
	        {"no gap", {20, 30, 120, 40}, {120, 28, 150, 44}, 0, 124, 124},
	};
	PIX *page = draw((struct ocr_box){25, 35, 155, 30}, (struct ocr_box){200, 35, 120, 30});

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ocr_piece p[] = {{rows[i].x, 0}, {rows[i].y, rows[i].other_cell}};

		ocr_pieces_part(page, p, 2);
		if (p[0].box.x + p[0].box.w != rows[i].right || p[1].box.x != rows[i].left)
			fail_msg("%s: %d, %d", rows[i].name, p[0].box.x + p[0].box.w, p[1].box.x);
		assert_int_equal(p[0].box.x, rows[i].x.x);
		assert_int_equal(p[1].box.x + p[1].box.w, rows[i].y.x + rows[i].y.w);
	}
	pixDestroy(&page);
}

/* A box over two cells is two pieces; over a rule's margin, one; beside the table, one in none. */
static void
test_cut(void **state)
{
	static const struct ocr_box cells[] = {{0, 0, 100, 50}, {104, 0, 100, 50}};
	static const struct ocr_box boxes[] = {
	        {20, 10, 160, 30}, {110, 10, 60, 30}, {90, 10, 90, 30}, {300, 10, 60, 30}};
	struct ocr_piece out[MAX];

	(void)state;
	assert_int_equal(ocr_pieces_cut(boxes, 4, cells, 2, out, MAX), 5);
	assert_int_equal(out[0].cell, 0);
	assert_int_equal(out[0].box.x + out[0].box.w, 98);
	assert_int_equal(out[1].cell, 1);
	assert_int_equal(out[1].box.x, 106);
	assert_int_equal(out[2].cell, 1);
	assert_int_equal(out[3].cell, 1);
	assert_int_equal(out[4].cell, 2);
	assert_true(ocr_piece_within(&out[2], &out[1]));
	assert_false(ocr_piece_within(&out[1], &out[2]));
	assert_int_equal(ocr_pieces_cut(boxes, 4, cells, 2, out, 3), 3);
}

static void
test_ends(void **state)
{
	static const struct ocr_box cell = {0, 0, 300, 100};
	static const struct ocr_piece pieces[] = {
	        {{20, 10, 100, 30}, 0}, {{130, 10, 100, 30}, 0}, {{250, 50, 40, 30}, 0}};

	(void)state;
	struct ocr_box b = ocr_piece_with_ends(pieces, 3, &pieces[0], cell, 70);

	assert_int_equal(b.x, 13);
	assert_int_equal(b.x + b.w, 130); /* up to the next */
	b = ocr_piece_with_ends(pieces, 3, &pieces[1], cell, 70);
	assert_int_equal(b.x, 123);
	assert_int_equal(b.x + b.w, 251);
	b = ocr_piece_with_ends(pieces, 3, &pieces[1], cell, 300);
	assert_int_equal(b.x + b.w, 298); /* up to the rule */
	b = ocr_piece_with_ends(pieces, 3, &pieces[2], cell, 70);
	assert_int_equal(b.w, 40); /* one character */
	b = ocr_piece_above(pieces, 3, &pieces[2]);
	assert_int_equal(b.x, 20);
	assert_int_equal(b.w, 100);
}

static void
test_last(void **state)
{
	static const struct ocr_box cells[] = {{0, 0, 100, 50}, {104, 0, 100, 50}, {0, 54, 100, 50}};

	(void)state;
	assert_false(ocr_cell_last(cells[0], cells, 3));
	assert_true(ocr_cell_last(cells[1], cells, 3));
	assert_true(ocr_cell_last(cells[2], cells, 3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_part),
	        cmocka_unit_test(test_cut),
	        cmocka_unit_test(test_ends),
	        cmocka_unit_test(test_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
