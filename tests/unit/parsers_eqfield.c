/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: of a phonetic guide that is a field comes the text that it stands over, of another field nothing. */
#include "parsers/eqfield.h"
#include "tests/unit/reading.h"

static void
test_base(void **state)
{
	static const struct {
		const char *code, *want;
	} rows[] = {
	        {" EQ \\* jc0 \\* \"Font:Calibri\" \\* hps10 \\o\\ad(\\s\\up 9(rú),如)", "如"},
	        {"eq \\o(\\s\\up 9(lǐ, míng);李明) ", "李明"},
	        {"EQ \\o\\ad(\\s\\up 9(a\\)b),1\\,2(3))", "1\\,2(3)"},
	        {"EQ \\o\\ad(\\s\\up 9(a),", ""},
	        {"EQ \\o\\ad", ""},
	        {"EQ \\f(1,2)", ""},
	        {"EQ \\o(1,2)", ""},
	        {"REF \\o\\s\\up(1,2)", ""},
	        {"EQ", ""},
	        {"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t len = strlen(rows[i].code);
		char *copy = len ? mem_dup0(rows[i].code, len) : NULL; /* for ASan: no byte beyond */
		struct bytes got = eqfield_base(BYTES(copy, len));

		if (!bytes_equal(got, bytes_str(rows[i].want)))
			fail_msg("%s: %.*s", rows[i].code, (int)got.len, (const char *)got.at);
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_base)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
