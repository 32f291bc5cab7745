/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a text that runs at a slant over a page is told from all that stands upright on it: dense cells,
 * text in narrow letters, stairs of numbers, labels that stand on end. */
#include "parsers/page_slant.h"

#include "config/text.h"

#include "tests/unit/reading.h"

#include <math.h>

enum { MARKS_MAX = 400 };

struct page {
	struct page_mark marks[MARKS_MAX];
	size_t count;
};

/* A text of this size, style and slope, as a PDF's reader tells it: boxes that are level, `word` characters
 * of one height. wide: of a full-width character, in ems. */
struct text {
	const char *text;
	double x, y, em, degrees;
	int style, word;
	double wide;
};

static void
put(struct page *p, struct text t)
{
	double cosine = cos(t.degrees * M_PI / 180), sine = sin(t.degrees * M_PI / 180), dx, top = 0;
	uint32_t c;
	int in_word = 0;

	for (const char *s = t.text; (c = text_next(&s));) {
		double wide = t.em * (text_is_full(c) ? t.wide : 0.5);

		dx = wide * cosine;
		if (in_word++ % (t.word ? t.word : 1) == 0)
			top = t.y;
		if (c != ' ') {
			assert_true(p->count < MARKS_MAX);
			p->marks[p->count++] = (struct page_mark){.box = {t.x, top, t.x + dx, top + t.em},
			                                          .em = t.em,
			                                          .style = t.style,
			                                          .full = text_is_full(c)};
		}
		t.x += dx;
		t.y -= wide * sine;
	}
}

static size_t
slanted(struct page *p)
{
	size_t n = 0;

	page_slant_find(p->marks, p->count);
	for (size_t i = 0; i < p->count; i++)
		n += p->marks[i].slanted;
	return n;
}

/* A table's column of short words, each row a little lower. */
static void
put_cells(struct page *p, double wide)
{
	static const char *const words[] = {"产业", "高端", "装备", "市工", "信局", "0513", "新材", "12"};

	for (int i = 0; i < 24; i++) {
		int row = i / 6;

		put(p, (struct text){.text = words[i % 8],
		                     .x = 50 + 23 * (i % 6),
		                     .y = 100 + 13 * row,
		                     .em = 10.5,
		                     .word = 99,
		                     .wide = wide});
	}
}

static const struct {
	const char *name;
	struct text text;
	size_t want; /* of its characters */
} rows[] = {
        {"level", {"内部资料请勿外传", 100, 400, 48, 0, 1, 99, 1}, 0},
        {"level, letters set apart", {"内 部 资 料", 100, 400, 48, 0, 1, 1, 1}, 0},
        {"on end", {"内部资料", 100, 400, 12, 90, 1, 1, 1}, 0},
        {"climbing", {"内部资料请勿外传", 100, 400, 48, 45, 1, 1, 1}, 8},
        {"falling", {"内部资料请勿外传", 100, 100, 48, -30, 1, 1, 1}, 8},
        {"climbing a little", {"内部资料请勿外传", 100, 400, 20, 20, 1, 2, 1}, 8},
        {"small, with spaces and numbers", {"市工信局 李明 2022-06-15", 100, 400, 10, 30, 1, 2, 1}, 16},
        {"two characters", {"样本", 100, 400, 90, 45, 1, 1, 1}, 2},
        {"two characters in a style that is also level", {"样本", 100, 400, 90, 45, 0, 1, 1}, 0},
        {"letters alone are left", {"DRAFT", 100, 400, 90, 45, 1, 1, 1}, 0},
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct page p = {.count = 0};
		size_t got;

		put_cells(&p, 1);
		put(&p, rows[i].text);
		got = slanted(&p);
		if (got != rows[i].want)
			fail_msg("%s: %zu slanted, wanted %zu", rows[i].name, got, rows[i].want);
	}
}

/* What stands close in narrow columns steps down like a stair. */
static void
test_cells(void **state)
{
	struct page p = {.count = 0}, numbers = {.count = 0};

	(void)state;
	put_cells(&p, 1);
	assert_int_equal(slanted(&p), 0);
	for (int i = 0; i < 10; i++)
		put(&numbers, (struct text){"12", 50 + 14 * i, 100 + 12 * i, 10.5, 0, 0, 2, 1});
	assert_int_equal(slanted(&numbers), 0);
}

/* A page that is turned, with letters half as wide as they are high: columns of short words. */
static void
test_turned(void **state)
{
	struct page p = {.count = 0};

	(void)state;
	for (int i = 0; i < 60; i++) {
		int column = i % 6, down = i / 6 + column;

		p.marks[p.count++] = (struct page_mark){
		        .box = {50 + 27 * column, 100 - 12 * down, 81 + 27 * column, 112 - 12 * down},
		        .em = 24,
		        .full = true};
	}
	assert_int_equal(slanted(&p), 0);
}

static void
test_nothing(void **state)
{
	struct page_mark one = {.box = {0, 0, 0, 0}};

	(void)state;
	page_slant_find(NULL, 0);
	page_slant_find(&one, 1);
	assert_false(one.slanted);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_cells),
	                                   cmocka_unit_test(test_turned), cmocka_unit_test(test_nothing)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
