/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: values come in their cells however they are parted and quoted; a mail's text is never a table. */
#include "parsers/csv.h"
#include "tests/unit/reading.h"

static const struct {
	const char *name, *text, *want;
} rows[] = {
        {"commas", "1,2\r\n3,\r\n", "table 1: 2x2\n[1][2]\n[3][]"},
        {"semicolons", "1;2,5\n3;4", "table 1: 2x2\n[1][2,5]\n[3][4]"},
        {"tabs", "1\t2,3\n", "table 1: 2x1\n[1][2,3]"},
        {"quotes", "\"1,2\",\"a\"\"b\",\"c\nd\"e,f\"g\n", "table 1: 4x1\n[1,2][a\"b][c\\nde][f\"g]"},
        {"text for Excel", "=\"0512-1,2\",\"=\"\"3\"\"\",=4,=\"\",=\"",
         "table 1: 5x1\n[0512-1,2][3][=4][][]"},
        {"a quote left open", "1,\"2\n3", "table 1: 2x1\n[1][2\\n3]"},
        {"empty lines", "\n\n1\n\n\n2,3\n", "table 1: 2x2\n[1]\n[2][3]"},
        {"sep=", "sep=|\n1|2,3,4\n", "table 1: 2x1\n[1][2,3,4]"},
        {"GBK", "\xc0\xa5\xc9\xbd,1\n", "table 1: 2x1\n[昆山][1]"},
};

static void
test_values(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct source s = source_of(bytes_str(rows[i].text));

		s.name = "汇总.CSV";
		assert_ptr_equal(reader_for(&s), &csv_reader);
		expect_read(rows[i].name, &csv_reader, &s, ERR_NONE, rows[i].want);
		expect_survives(&csv_reader, s.data, 1, 200);
	}
}

static void
test_is(void **state)
{
	static const struct {
		const char *name, *type, *text;
		bool want;
	} cases[] = {
	        {"", "text/plain", "1\t2\n3\t4\n", false},    {"a.txt", "text/plain", "1\t2\n3\t4\n", true},
	        {"a.txt", "text/plain", "1\t2\n3\n", false},  {"a.txt", "text/plain", "1\t2\n", false},
	        {"a.txt", "text/plain", "1,2\n3,4\n", false}, {"", "text/csv", "1,2\n", true},
	        {"a.csv", "", "\x01\x02\x03\x04", false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct source s = source_of(bytes_str(cases[i].text));

		s.name = cases[i].name;
		s.type = cases[i].type;
		assert_int_equal(csv_reader.is(&s), cases[i].want);
	}
}

/* A cell is told as a sheet shows the file: empty lines are rows of it, sep= is none, a line in quotes no
 * end. */
static void
test_places(void **state)
{
	static const struct {
		const char *text;
		int row, column; /* of the table's last cell */
	} cases[] = {
	        {"1,2\n3,4\n", 2, 2},       {"\n\n1\n\n\n2,3,4\n", 6, 3}, {"\r\n1\r\n\r\n2\r\n", 4, 1},
	        {"1\r\r2", 3, 1},           {"sep=|\n1\n\n2|3\n", 3, 2},  {"1,\"a\n\nb\"\n2,3", 2, 2},
	        {"sep=;\r\n\r\n1;2", 2, 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct source s = source_of(bytes_str(cases[i].text));
		struct arena *a = arena_new();
		struct document *d = doc_new(a);
		const struct doc_table *t;
		const struct doc_cell *c;
		struct err e = {0};

		assert_true(csv_reader.read(&s, d, &e));
		doc_end(d);
		t = d->first->table;
		c = doc_cell_at(t, t->rows - 1, t->columns - 1);
		if (!c || c->sheet_row != cases[i].row || c->sheet_column != cases[i].column)
			fail_msg("case %zu: row %d, column %d", i, c ? c->sheet_row : 0,
			         c ? c->sheet_column : 0);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_values), cmocka_unit_test(test_is),
	                                   cmocka_unit_test(test_places)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
