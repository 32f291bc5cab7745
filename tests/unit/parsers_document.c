/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: what readers push becomes the grid that a person sees, also where they push too little, too
 * much or nonsense; ceilings hold. */
#include "tests/unit/reading.h"

/* A script of pushes, one letter each:
 * ( ) table   - row   ; end of row   c cell   C cell over 2 columns   R cell over 2 rows   B 2x2
 * Z cell over 0 rows and -1 columns   F first of a merge   M more of it   N more, 2 columns wide
 * . end of cell   > skip a column   h heading   q Q quoted on, off   ^ v page header on, off
 * = page "S"   ! picture   | end of paragraph; any other character is text. */
static void
push(struct document *d, const char *script)
{
	const char *p;

	for (p = script; *p; p++) {
		switch (*p) {
		case '(': doc_begin_table(d, NULL); break;
		case ')': doc_end_table(d); break;
		case '-': doc_begin_row(d); break;
		case ';': doc_end_row(d); break;
		case 'c': doc_begin_cell(d, 1, 1, DOC_MERGE_NONE); break;
		case 'C': doc_begin_cell(d, 2, 1, DOC_MERGE_NONE); break;
		case 'R': doc_begin_cell(d, 1, 2, DOC_MERGE_NONE); break;
		case 'B': doc_begin_cell(d, 2, 2, DOC_MERGE_NONE); break;
		case 'Z': doc_begin_cell(d, -1, 0, DOC_MERGE_NONE); break;
		case 'F': doc_begin_cell(d, 1, 1, DOC_MERGE_FIRST); break;
		case 'M': doc_begin_cell(d, 1, 1, DOC_MERGE_MORE); break;
		case 'N': doc_begin_cell(d, 2, 1, DOC_MERGE_MORE); break;
		case '.': doc_end_cell(d); break;
		case '>': doc_skip_columns(d, 1); break;
		case 'h': doc_cell_is_header(d); break;
		case 'q': doc_set_quoted(d, true); break;
		case 'Q': doc_set_quoted(d, false); break;
		case '^': doc_set_header(d, true); break;
		case 'v': doc_set_header(d, false); break;
		case '=': doc_begin_page(d, 1, "S"); break;
		case '!': doc_picture(d, bytes_str("PIC")); break;
		case '|': doc_end_paragraph(d); break;
		default: doc_text(d, p, 1);
		}
	}
}

static const struct {
	const char *name, *script, *want;
} rows[] = {
        {"nothing", "", ""},
        {"paragraphs", "1|2|", "1\n2"},
        {"an empty one only parts two texts", "|1||| |2||", "1\n\n2"},
        {"text left open", "1", "1"},
        {"what no person sees",
         "\xE2\x80\xAD"
         "1\xE2\x80\xAC\xC2\xAD"
         "2\xE2\x80\x8B"
         "3\xE2\x81\xA0"
         "4\xEF\xBB\xBF"
         "5\xC2\xB7\xE2\x80\x8C",
         "12345·\xE2\x80\x8C"},
        {"that in broken text", "\xC4\xE2\x80\xAD⼯", "\xEF\xBF\xBD工"},
        {"radicals that stand for characters", "⼯⼭⻓⻋⼦ ⾼ ⺇ ‰", "工山长车子 高 ⺇ ‰"},
        {"a table", "(-c1|.c2|.;-c3|.c4|.;)", "table 1: 2x2\n[1][2]\n[3][4]"},
        {"ends left out", "(-c1c2-c3c4", "table 1: 2x2\n[1][2]\n[3][4]"},
        {"ends without begins", ").;1);.|.;(-c2;.;))", "1\ntable 1: 1x1\n[2]"},
        {"cell without a row, row without a table", "-c1|(c2)", "1\ntable 1: 1x1\n[2]"},
        {"text in a table and in no cell", "(1-2c3;4)", "table 1: 2x3\n[1]\n[2][3]\n[4]"},
        {"white space in a table and in no cell", "( - c1 ; )", "table 1: 1x1\n[1 ]"},
        {"paragraphs of a cell", "(-c1||2|)", "table 1: 1x1\n[1\\n\\n2]"},
        {"columns spanned", "(-C1c2;-c3C4;-C5)", "table 1: 3x3\n[1|2x1][2]\n[3][4|2x1]\n[5|2x1]"},
        {"rows spanned", "(-R1c2;-c3;-c4c5)", "table 1: 2x3\n[1|1x2][2]\n(+1)[3]\n[4][5]"},
        {"both spanned", "(-B1c2;-c3;)", "table 1: 3x2\n[1|2x2][2]\n(+2)[3]"},
        {"rows spanned below the table", "(-R1c2)", "table 1: 2x1\n[1][2]"},
        {"spans of nothing", "(-Z1Z2)", "table 1: 2x1\n[1][2]"},
        {"merged by marks", "(-F1c2;-M3c4;-M5c6;-c7c8)",
         "table 1: 2x4\n[1|1x3][2]\n(+1)[4]\n(+1)[6]\n[7][8]"},
        {"merged twice below each other", "(-F1;-M;-F2;-M)", "table 1: 1x4\n[1|1x2]\n\n[2|1x2]\n"},
        {"more without a first", "(-M1c2;-M3c4)", "table 1: 2x2\n[1|1x2][2]\n(+1)[4]"},
        {"more under an unmerged cell", "(-c1c2;-M3c4)", "table 1: 2x2\n[1][2]\n[3][4]"},
        {"more under a cell that begins elsewhere", "(-c1F2;-N3)", "table 1: 2x2\n[1][2]\n[3|2x1]"},
        {"more below a gap", "(-F1;-;-M2)", "table 1: 1x3\n[1]\n\n[2]"},
        {"columns skipped", "(->c1;-c2>c3)", "table 1: 3x2\n(+1)[1]\n[2](+1)[3]"},
        {"a table in a cell", "(-c1(-c2c3;-c4)5|.c6)", "table 1: 2x1\n[1\\n{[2][3] / [4]}\\n5][6]"},
        {"a table after a table", "(-c1)(-c2)", "table 1: 1x1\n[1]\ntable 2: 1x1\n[2]"},
        {"rows without cells", "(-;-c1;)", "table 1: 1x2\n\n[1]"},
        {"flags end a paragraph", "1q2Q3^4v5", "1\n> 2\n3\n^ 4\n5"},
        {"a page closes tables", "(-c1=2", "table 1: 1x1\n[1]\n--- page 1 S\n2"},
        {"pictures", "!(-c!.!)",
         "(picture, 3 bytes)\ntable 1: 2x1\n[(picture, 3 bytes)][(picture, 3 bytes)]"},
};

static void
test_grids(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *a = arena_new();
		struct document *d = doc_new(a);

		push(d, rows[i].script);
		doc_end(d);
		assert_false(d->too_large);
		expect_dump(rows[i].name, d, rows[i].want);
		arena_free(a);
	}
}

static void
test_cell_at(void **state)
{
	struct arena *a = arena_new();
	struct document *d = doc_new(a);
	const struct doc_table *t;
	static const char want[3][4] = {"112", "113", "4-5"};
	int r, c;

	(void)state;
	push(d, "(-B1c2;-c3;-c4>hc5h)");
	doc_end(d);
	t = d->first->table;
	for (r = -1; r <= 3; r++)
		for (c = -1; c <= 3; c++) {
			const struct doc_cell *cell = doc_cell_at(t, r, c);
			bool in = r >= 0 && r < 3 && c >= 0 && c < 3 && want[r][c] != '-';

			assert_int_equal(cell != NULL, in);
			if (cell)
				/* push() wrote it: NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage) */
				assert_int_equal(*doc_cell_text(d, cell, NULL), want[r][c]);
		}
	assert_false(doc_cell_at(t, 2, 0)->header);
	assert_true(doc_cell_at(t, 2, 2)->header);
	arena_free(a);
}

static void
test_cell_text(void **state)
{
	struct arena *a = arena_new();
	struct document *d = doc_new(a);
	struct doc_evidence ev;

	(void)state;
	doc_begin_table(d, "表");
	doc_begin_cell(d, 1, 1, DOC_MERGE_NONE);
	doc_text(d, "  甲 ", 5);
	doc_text(d, "乙", 3);
	doc_end_paragraph(d);
	doc_end_paragraph(d);
	doc_begin_table(d, NULL);
	doc_begin_cell(d, 1, 1, DOC_MERGE_NONE);
	doc_text_evidence(d, "丙", 3, (struct doc_evidence){.method = DOC_OCR, .confidence = 0.5});
	doc_text_evidence(d, "丁", 3,
	                  (struct doc_evidence){.method = DOC_OCR, .confidence = 0.75, .doubtful = true});
	doc_end_table(d);
	doc_begin_cell(d, 1, 1, DOC_MERGE_NONE);
	doc_end(d);
	assert_string_equal(d->first->table->name, "表");
	assert_string_equal(doc_cell_text(d, d->first->table->first->first, &ev), "甲乙\n丙丁");
	assert_int_equal(ev.method, DOC_OCR);
	assert_true(ev.confidence == 0.5 && ev.doubtful);
	assert_string_equal(doc_cell_text(d, d->first->table->first->first->next, &ev), "");
	assert_true(ev.method == DOC_TEXT && ev.confidence == 1 && !ev.doubtful);
	arena_free(a);
}

static void
test_plain(void **state)
{
	struct arena *a = arena_new();
	struct document *d = doc_new(a);
	struct buf out = BUF_INIT(1000);

	(void)state;
	push(d, "=1|(-c2|3|.c4c;-c5(-c6c7;-c8))9");
	doc_end(d);
	doc_plain(d, &out);
	assert_string_equal(out.at, "S\n1\n2\n3\t4\t\n5\n6\t7\n8\n9\n");
	buf_free(&out);
	arena_free(a);
}

static void
test_broken_utf8(void **state)
{
	struct arena *a = arena_new();
	struct document *d = doc_new(a);

	(void)state;
	doc_text(d, "a\0b", 3);
	doc_end_paragraph(d);
	doc_text(d, "\0", 1);
	doc_end_paragraph(d);
	doc_text(d, "\xe4\xb8", 2); /* 中 in two pushes */
	doc_text(d, "\xad\xff", 2);
	doc_end(d);
	expect_dump("broken", d,
	            "a\xef\xbf\xbd"
	            "b\n\xef\xbf\xbd\n中\xef\xbf\xbd");
	arena_free(a);
}

/* ---- evidence ---- */

/* Two texts joined are doubtful for some characters alone where each that is doubtful is. */
static void
test_weaker(void **state)
{
	static const struct {
		bool first, second;
		const char *first_weak, *second_weak, *want;
		double without; /* where something is wanted */
	} pairs[] = {
	        {true, false, "睢", "", "睢", 0.9},
	        {false, true, "", "睢", "睢", 0.85},
	        {true, true, "睢", "阳睢", "睢阳", 0.85},
	        {true, true, "睢", "", "", 0},
	        {true, true, "", "睢", "", 0},
	        {false, false, "", "", "", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct doc_evidence a = {.method = DOC_OCR, .confidence = 0.95, .without = 0.9},
		                    b = {.method = DOC_OCR, .confidence = 0.95, .without = 0.85}, w;

		a.doubtful = pairs[i].first;
		b.doubtful = pairs[i].second;
		doc_add_weak(a.weak, pairs[i].first_weak);
		doc_add_weak(b.weak, pairs[i].second_weak);
		w = doc_weaker(a, b);
		assert_int_equal(w.doubtful, a.doubtful || b.doubtful);
		assert_string_equal(w.weak, pairs[i].want);
		if (*w.weak)
			assert_true(w.without > pairs[i].without - 1e-9 &&
			            w.without < pairs[i].without + 1e-9);
	}
}

static void
test_add_weak(void **state)
{
	char weak[DOC_WEAK_MAX] = "";

	(void)state;
	doc_add_weak(weak, "一二三四五六");
	assert_string_equal(weak, "一二三四五六");
	doc_add_weak(weak, "六一");
	assert_string_equal(weak, "一二三四五六");
	doc_add_weak(weak, "七");
	assert_string_equal(weak, ""); /* too many */
}

/* ---- ceilings ---- */

static void
test_depth(void **state)
{
	struct arena *a = arena_new();
	struct document *d = doc_new(a);
	int i;

	(void)state;
	for (i = 0; i < DOC_DEPTH_MAX + 3; i++)
		push(d, "(-c1");
	for (i = 0; i < DOC_DEPTH_MAX + 2; i++)
		push(d, "2.;)");
	push(d, "3.;)4");
	doc_end(d);
	assert_true(d->too_large);
	assert_non_null(d->too_large_why);
	assert_int_equal(d->tables, DOC_DEPTH_MAX);
	assert_string_equal(d->first->next->text, "4");
	arena_free(a);
}

static void
test_too_much(void **state)
{
	static char megabyte[1 << 20];
	struct arena *a = arena_new();
	struct document *d = doc_new(a);
	int i;

	(void)state;
	for (i = 0; i < DOC_BLOCKS_MAX; i++)
		push(d, "1|");
	assert_false(d->too_large);
	push(d, "(-c2)");
	doc_end(d);
	assert_true(d->too_large);
	assert_int_equal(d->tables, 0);

	d = doc_new(a);
	memset(megabyte, 'x', sizeof megabyte);
	for (i = 0; i < DOC_TEXT_MAX >> 20; i++) {
		doc_text(d, megabyte, sizeof megabyte);
		doc_end_paragraph(d);
	}
	assert_false(d->too_large);
	push(d, "1|");
	doc_end(d);
	assert_true(d->too_large);
	arena_free(a);
}

static void
test_too_wide(void **state)
{
	struct arena *a = arena_new();
	struct document *d = doc_new(a);

	(void)state;
	doc_begin_table(d, NULL);
	doc_begin_cell(d, DOC_COLUMNS_MAX - 1, 1000000000, DOC_MERGE_NONE);
	push(d, "1C2c3");
	doc_skip_columns(d, 2147483647);
	push(d, "c4-c5;-R6");
	doc_end(d);
	assert_true(d->too_large);
	expect_dump("wide", d, "table 1: 16384x3\n[1|16383x3][2]\n(+16383)[5]\n(+16383)[6]");
	arena_free(a);
}

static void
test_after_the_end(void **state)
{
	struct arena *a = arena_new();
	struct document *d = doc_new(a);

	(void)state;
	push(d, "1");
	doc_end(d);
	push(d, "|(-cCRZFMNh2>!.;)q^Qv=");
	doc_end(d);
	expect_dump("after the end", d, "1");
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_grids),         cmocka_unit_test(test_cell_at),
	        cmocka_unit_test(test_cell_text),     cmocka_unit_test(test_plain),
	        cmocka_unit_test(test_broken_utf8),   cmocka_unit_test(test_depth),
	        cmocka_unit_test(test_too_much),      cmocka_unit_test(test_too_wide),
	        cmocka_unit_test(test_after_the_end), cmocka_unit_test(test_weaker),
	        cmocka_unit_test(test_add_weak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
