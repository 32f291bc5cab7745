/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: from characters and lines at their places come the tables and paragraphs that a person sees:
 * however the lines were drawn, in whatever order the characters came, over a page's end. */
#include "parsers/page_table.h"

#include "config/text.h"

#include "tests/unit/reading.h"

#include <math.h>

/* What a page is made of: a text with its first character's upper left corner, a stroke, a filled box. */
enum what { END, TEXT, STROKE, FILL, PAGE };

struct piece {
	enum what what;
	double x, y, x1, y1;
	const char *text;
};

#define T(x, y, s)                  \
	{                           \
		TEXT, x, y, 0, 0, s \
	}
#define H(y, x0, x1)                       \
	{                                  \
		STROKE, x0, y, x1, y, NULL \
	}
#define V(x, y0, y1)                       \
	{                                  \
		STROKE, x, y0, x, y1, NULL \
	}
#define BOX(x0, y0, x1, y1)                \
	{                                  \
		FILL, x0, y0, x1, y1, NULL \
	}
#define NEXT_PAGE                      \
	{                              \
		PAGE, 0, 0, 0, 0, NULL \
	}

enum { PIECES = 40 };

/* Two rows: two columns above, one cell over both below. */
#define SPANNED \
	H(100, 50, 250), H(120, 50, 250), H(140, 50, 250), V(50, 100, 140), V(250, 100, 140), V(150, 100, 120)

static const struct {
	const char *name;
	struct piece page[PIECES];
	const char *want;
} rows[] = {
        {"nothing", {{END}}, ""},
        {"one line", {T(50, 50, "一二")}, "--- page 1 \n一二"},
        {"characters in any order", {T(62, 50, "二"), T(50, 50, "一")}, "--- page 1 \n一二"},
        {"a gap is a space, a wide one parts columns",
         {T(50, 50, "一"), T(68, 50, "二"), T(150, 50, "三")},
         "--- page 1 \n一 二\t三"},
        {"lines of two heights", {T(50, 70, "二"), T(50, 50, "一")}, "--- page 1 \n一\n二"},
        {"cells, and one over two columns",
         {SPANNED, T(55, 104, "甲"), T(155, 104, "乙"), T(55, 124, "丙")},
         "--- page 1 \ntable 1: 2x2\n[甲][乙]\n[丙|2x1]"},
        {"a cell over two rows",
         {H(100, 50, 250), H(120, 150, 250), H(140, 50, 250), V(50, 100, 140), V(150, 100, 140),
          V(250, 100, 140), T(55, 114, "甲"), T(155, 104, "乙"), T(155, 124, "丙")},
         "--- page 1 \ntable 1: 2x2\n[甲|1x2][乙]\n(+1)[丙]"},
        {"text above, between and below",
         {SPANNED, T(55, 104, "甲"), T(50, 80, "上"), T(50, 160, "下")},
         "--- page 1 \n上\ntable 1: 2x2\n[甲][]\n[|2x1]\n下"},
        {"lines drawn as thin boxes, twice, with gaps of a point",
         {BOX(50, 99.5, 150, 100.5), BOX(151, 99.5, 250, 100.5), BOX(50, 102, 250, 102.5),
          BOX(50, 139, 250, 140), BOX(49.5, 100, 50.5, 140), BOX(250, 100, 251, 140),
          BOX(149.5, 100, 150.5, 120), BOX(149.5, 121, 150.5, 140), T(55, 110, "甲"), T(155, 110, "乙")},
         "--- page 1 \ntable 1: 2x1\n[甲][乙]"},
        {"a shaded cell is no line",
         {SPANNED, BOX(50, 100, 150, 120), T(55, 104, "甲"), T(155, 104, "乙")},
         "--- page 1 \ntable 1: 2x2\n[甲][乙]\n[|2x1]"},
        {"open at its sides",
         {H(100, 50, 250), H(120, 50, 250), V(150, 100, 120), T(55, 104, "甲"), T(155, 104, "乙")},
         "--- page 1 \ntable 1: 2x1\n[甲][乙]"},
        {"an underline is no table", {H(64, 50, 250), T(50, 50, "甲")}, "--- page 1 \n甲"},
        {"a box to be ticked is no table",
         {H(50, 40, 50), H(60, 40, 50), V(40, 50, 60), V(50, 50, 60), T(60, 50, "甲")},
         "--- page 1 \n甲"},
        {"a frame around the page",
         {H(10, 10, 500), H(700, 10, 500), V(10, 10, 700), V(500, 10, 700), SPANNED, T(55, 104, "甲"),
          T(50, 80, "上")},
         "--- page 1 \n上\ntable 1: 2x2\n[甲][]\n[|2x1]"},
        {"an empty grid is a drawing", {SPANNED, T(50, 80, "上")}, "--- page 1 \n上"},
        {"a value that wraps in its cell",
         {H(100, 50, 110), H(160, 50, 110), V(50, 100, 160), V(110, 100, 160), T(55, 104, "一二三四"),
          T(55, 120, "五六")},
         "--- page 1 \ntable 1: 1x1\n[一二三四五六]"},
        {"two values under each other",
         {H(100, 50, 130), H(160, 50, 130), V(50, 100, 160), V(130, 100, 160), T(55, 104, "一二三"),
          T(55, 120, "五六")},
         "--- page 1 \ntable 1: 1x1\n[一二三\\n五六]"},
        {"a number broken in a narrow cell",
         {H(100, 50, 110), H(160, 50, 110), V(50, 100, 160), V(110, 100, 160), T(55, 104, "13912345"),
          T(55, 120, "678")},
         "--- page 1 \ntable 1: 1x1\n[13912345678]"},
        {"words keep their space",
         {H(100, 50, 130), H(160, 50, 130), V(50, 100, 160), V(130, 100, 160), T(55, 104, "Suzhou Park"),
          T(55, 120, "Zone")},
         "--- page 1 \ntable 1: 1x1\n[Suzhou Park Zone]"},
        {"an indented line begins a paragraph",
         {H(100, 50, 132), H(170, 50, 132), V(50, 100, 170), V(132, 100, 170), T(79, 104, "一二三四"),
          T(55, 120, "五六七八九十"), T(79, 136, "甲")},
         "--- page 1 \ntable 1: 1x1\n[一二三四五六七八九十\\n甲]"},
        {"a page number", {T(50, 50, "甲"), T(290, 810, "- 3 -")}, "--- page 1 \n甲\n^ - 3 -"},
        {"a table that goes on",
         {H(700, 50, 250), H(720, 50, 250), V(50, 700, 720), V(150, 700, 720), V(250, 700, 720),
          T(55, 704, "甲"), T(155, 704, "一"), T(290, 810, "1"), NEXT_PAGE, H(60, 50, 250), H(80, 50, 250),
          V(50, 60, 80), V(150, 60, 80), V(250, 60, 80), T(55, 64, "乙"), T(155, 64, "二"), T(50, 100, "下")},
         "--- page 1 \ntable 1: 2x2\n[甲][一]\n[乙][二]\n--- page 2 \n下"},
        {"a row that the page's end tore",
         {H(700, 50, 210), H(720, 50, 210), V(50, 700, 720), V(150, 700, 720), V(210, 700, 720),
          T(55, 704, "甲"), T(155, 704, "一二三四"), NEXT_PAGE, H(60, 50, 210), H(80, 50, 210), V(50, 60, 80),
          V(150, 60, 80), V(210, 60, 80), T(155, 64, "五")},
         "--- page 1 \ntable 1: 2x1\n[甲][一二三四五]"},
        {"another columns on the next page",
         {H(700, 50, 250), H(720, 50, 250), V(50, 700, 720), V(150, 700, 720), V(250, 700, 720),
          T(55, 704, "甲"), T(155, 704, "一"), NEXT_PAGE, H(60, 50, 250), H(80, 50, 250), V(50, 60, 80),
          V(100, 60, 80), V(250, 60, 80), T(55, 64, "乙"), T(105, 64, "二")},
         "--- page 1 \ntable 1: 3x2\n[甲|2x1][一]\n[乙][二|2x1]"},
        {"the same form again on the next page",
         {H(700, 50, 250), H(720, 50, 250), V(50, 700, 720), V(150, 700, 720), V(250, 700, 720),
          T(55, 704, "甲"), T(155, 704, "一"), NEXT_PAGE, H(60, 50, 250), H(80, 50, 250), V(50, 60, 80),
          V(150, 60, 80), V(250, 60, 80), T(55, 64, "甲"), T(155, 64, "二")},
         "--- page 1 \ntable 1: 2x1\n[甲][一]\n--- page 2 \ntable 2: 2x1\n[甲][二]"},
        {"text parts two tables",
         {H(700, 50, 250), H(720, 50, 250), V(50, 700, 720), V(250, 700, 720), T(55, 704, "甲"), NEXT_PAGE,
          T(50, 100, "题"), H(160, 50, 250), H(180, 50, 250), V(50, 160, 180), V(250, 160, 180),
          T(55, 164, "乙")},
         "--- page 1 \ntable 1: 1x1\n[甲]\n--- page 2 \n题\ntable 2: 1x1\n[乙]"},
};

static void
put_text(struct page_table *t, double x, double y, const char *s)
{
	const char *from = s;
	uint32_t c;
	double wide;

	while ((c = text_next(&s))) {
		wide = text_is_full(c) ? 12 : 6;
		page_table_glyph(t, (struct page_box){x, y, x + wide, y + 12}, from, (size_t)(s - from));
		from = s;
		x += wide;
	}
}

static void
put_pieces(struct page_table *t, const struct piece *p)
{
	int page = 1;

	page_table_begin(t, page, 595, 842);
	for (; p->what != END; p++) {
		switch (p->what) {
		case TEXT: put_text(t, p->x, p->y, p->text); break;
		case STROKE: page_table_stroke(t, p->x, p->y, p->x1, p->y1); break;
		case FILL: page_table_fill(t, (struct page_box){p->x, p->y, p->x1, p->y1}); break;
		case PAGE:
			page_table_end(t);
			page_table_begin(t, ++page, 595, 842);
			break;
		case END: break;
		}
	}
	page_table_end(t);
}

static void
test_pages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *a = arena_new();
		struct document *d = doc_new(a);
		struct page_table *t = page_table_new(d);

		put_pieces(t, rows[i].page);
		page_table_free(t);
		doc_end(d);
		expect_dump(rows[i].name, d, rows[i].want);
		arena_free(a);
	}
}

/* Places that are no numbers, boxes inside out, characters that are none. */
static void
test_nonsense(void **state)
{
	static const double odd[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300, 0, 100};
	enum { N = sizeof odd / sizeof *odd };
	struct arena *a = arena_new();
	struct document *d = doc_new(a);
	struct page_table *t = page_table_new(d);
	size_t i, k;

	(void)state;
	page_table_begin(t, 1, 595, 842);
	for (i = 0; i < N; i++) {
		for (k = 0; k < N; k++) {
			struct page_box b = {odd[i], odd[k], odd[k], odd[i]};

			page_table_fill(t, b);
			page_table_stroke(t, odd[i], odd[k], odd[i], odd[i]);
			page_table_glyph(t, b, "x", 1);
		}
	}
	page_table_glyph(t, (struct page_box){0, 0, 9, 9}, "\xFF", 1);
	page_table_glyph(t, (struct page_box){0, 0, 9, 9}, "", 0);
	page_table_glyph(t, (struct page_box){0, 0, 9, 9}, "a long one", 10);
	page_table_end(t);
	page_table_free(t);
	doc_end(d);
	assert_null(strstr(d->first ? d->first->text : "", "long"));
	arena_free(a);
}

/* A page with more characters and lines than any form. */
static void
test_ceilings(void **state)
{
	struct arena *a = arena_new();
	struct document *d = doc_new(a);
	struct page_table *t = page_table_new(d);
	struct page_count n;
	int i;

	(void)state;
	page_table_begin(t, 1, 595, 842);
	for (i = 0; i < PAGE_GLYPHS_MAX + 1; i++)
		page_table_glyph(t, (struct page_box){i % 500, i / 500.0, i % 500 + 1, i / 500.0 + 1}, "x",
		                 1);
	for (i = 0; i < PAGE_RULES_MAX + 1; i++)
		page_table_stroke(t, 0, i, 100, i);
	n = page_table_count(t);
	assert_int_equal(n.glyphs, PAGE_GLYPHS_MAX);
	assert_int_equal(n.rules, PAGE_RULES_MAX);
	assert_true(d->too_large);
	page_table_end(t);
	page_table_free(t);
	doc_end(d);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_pages),
	        cmocka_unit_test(test_nonsense),
	        cmocka_unit_test(test_ceilings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
