/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: what a sheet shows comes as one table; what it hides comes apart, with what shows beside it, and is
 * never lost unseen. */
#include "parsers/grid.h"
#include "tests/unit/reading.h"

struct sheet {
	struct arena *a;
	struct document *d;
	struct grid *g;
};

static void
put(struct grid *g, int row, int column, const char *text)
{
	grid_cell(g, row, column, text, strlen(text));
}

/* Three rows of three: a1 … c3. */
static struct sheet
sheet_new(void)
{
	struct sheet s = {.a = arena_new(), .g = grid_new()};

	s.d = doc_new(s.a);
	for (int i = 0; i < 9; i++) {
		char text[] = {(char)('a' + i % 3), (char)('1' + i / 3), '\0'};

		put(s.g, i / 3, i % 3, text);
	}
	return s;
}

/* End it; unseen NULL: there is none. */
static void
expect_sheet(const char *name, struct sheet *s, const char *seen, const char *unseen)
{
	doc_end(s->d);
	expect_dump(name, s->d, seen);
	assert_int_equal(s->d->unseen != NULL, unseen != NULL);
	if (unseen)
		expect_dump(name, s->d->unseen, unseen);
	grid_free(s->g);
	arena_free(s->a);
}

#define WHOLE "table 1: 3x3\n[a1][b1][c1]\n[a2][b2][c2]\n[a3][b3][c3]"

static void
test_nothing_hidden(void **state)
{
	struct sheet s = sheet_new();

	(void)state;
	assert_true(grid_push(s.g, s.d, "一"));
	expect_sheet("nothing hidden", &s, "--- page 1 一\n" WHOLE, NULL);
}

static void
test_rows_and_columns(void **state)
{
	struct sheet s = sheet_new();

	(void)state;
	grid_hide_row(s.g, 1);
	grid_hide_columns(s.g, 2, 2);
	assert_true(grid_push(s.g, s.d, "一"));
	put(s.g, 0, 0, "x");
	assert_true(grid_push(s.g, s.d, "二"));
	expect_sheet("a row, a column", &s,
	             "--- page 1 一\ntable 1: 2x2\n[a1][b1]\n[a3][b3]\n--- page 2 二\ntable 2: 1x1\n[x]",
	             "--- page 1 一\n" WHOLE);
}

/* Of a hidden sheet no page counts. */
static void
test_sheet(void **state)
{
	struct sheet s = sheet_new();

	(void)state;
	grid_hide_all(s.g);
	assert_true(grid_push(s.g, s.d, "藏"));
	put(s.g, 0, 0, "x");
	assert_true(grid_push(s.g, s.d, "显"));
	expect_sheet("a sheet", &s, "--- page 1 显\ntable 1: 1x1\n[x]", "--- page 1 藏\n" WHOLE);
}

/* What is hidden and empty is nothing. */
static void
test_hidden_and_empty(void **state)
{
	struct sheet s = sheet_new();

	(void)state;
	assert_true(grid_push(s.g, s.d, "一"));
	grid_hide_all(s.g);
	grid_hide_row(s.g, 5);
	assert_true(grid_push(s.g, s.d, "空"));
	expect_sheet("an empty sheet", &s, "--- page 1 一\n" WHOLE, NULL);
}

/* The area's text shows where its first row is hidden, and its first column. */
static void
test_merged(void **state)
{
	struct sheet s = sheet_new();

	(void)state;
	grid_merge(s.g, 0, 0, 3, 1);
	grid_hide_row(s.g, 0);
	assert_true(grid_push(s.g, s.d, "列"));
	put(s.g, 0, 0, "题");
	put(s.g, 1, 0, "a");
	put(s.g, 1, 1, "b");
	put(s.g, 1, 2, "c");
	grid_merge(s.g, 0, 0, 1, 3);
	grid_hide_columns(s.g, 0, 0);
	assert_true(grid_push(s.g, s.d, "行"));
	put(s.g, 0, 0, "none");
	put(s.g, 1, 0, "x");
	grid_merge(s.g, 0, 0, 1, 2);
	grid_hide_row(s.g, 0);
	assert_true(grid_push(s.g, s.d, "无"));
	expect_sheet("merged", &s,
	             "--- page 1 列\ntable 1: 3x2\n[a1|1x2][b2][c2]\n(+1)[b3][c3]\n"
	             "--- page 2 行\ntable 2: 2x2\n[题|2x1]\n[b][c]\n"
	             "--- page 3 无\ntable 3: 1x1\n[x]",
	             "--- page 1 列\ntable 1: 3x3\n[a1|1x3][b1][c1]\n(+1)[b2][c2]\n(+1)[b3][c3]\n"
	             "--- page 2 行\ntable 2: 3x2\n[题|3x1]\n[a][b][c]\n"
	             "--- page 3 无\ntable 3: 1x2\n[none]\n[x]");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_nothing_hidden), cmocka_unit_test(test_rows_and_columns),
	        cmocka_unit_test(test_sheet),          cmocka_unit_test(test_hidden_and_empty),
	        cmocka_unit_test(test_merged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
