/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: progress says how far, how fast and how long still; a file gets a line a minute and no bar; short
 * work shows nothing. */
#include "daemon/progress.h"

#include "config/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
what_is_shown(void **state)
{
	static const struct {
		bool terminal;
		size_t done, of;
		int64_t ms;
		const char *want;
	} rows[] = {
	        {true, 50, 200, 10000,
	         "reading [######..................]: 50 of 200 mails (25%), 5/s, 0:30 left"},
	        {false, 50, 200, 10000, "reading: 50 of 200 mails (25%), 5/s, 0:30 left"},
	        {true, 200, 200, 40000,
	         "reading [########################]: 200 of 200 mails (100%), 5/s, 0:00 left"},
	        {false, 0, 200, 1000, "reading: 0 of 200 mails (0%), 0/s"},
	        {false, 10, 100000, 10000, "reading: 10 of 100000 mails (0%), 1/s, 27:46:30 left"},
	        {true, 300, 0, 150000, "reading: 300 mails, 2/s, 2:30 so far"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct progress p = {.what = "reading",
		                     .unit = "mails",
		                     .terminal = rows[i].terminal,
		                     .columns = 80,
		                     .done = rows[i].done,
		                     .of = rows[i].of};
		char line[200];

		progress_line(&p, rows[i].ms, line, sizeof line);
		assert_string_equal(line, rows[i].want);
	}
}

/* As if it had begun ms ago: what one step writes. */
static void
step(bool terminal, int64_t ms, size_t done, size_t of, char *out, size_t size)
{
	FILE *f = tmpfile();
	struct progress p = progress_begin(f, "reading", "mails");
	size_t n;

	assert_non_null(f);
	assert_false(p.terminal);
	p.terminal = terminal;
	p.begin_ms -= ms;
	progress_at(&p, done, of);
	progress_at(&p, done, of); /* at once again: nothing more */
	progress_end(&p);
	progress_end(&p);
	rewind(f);
	n = fread(out, 1, size - 1, f);
	out[n] = '\0';
	(void)fclose(f);
}

static void
when_it_is_shown(void **state)
{
	char out[500];

	(void)state;
	step(false, 30000, 1, 10, out, sizeof out);
	assert_string_equal(out, "");
	step(false, 61000, 1, 10, out, sizeof out);
	assert_memory_equal(out, "reading: 1 of 10 mails (10%), 0/s, ", 35);
	assert_ptr_equal(strchr(out, '\n'), out + strlen(out) - 1);
	step(true, 500, 1, 10, out, sizeof out);
	assert_string_equal(out, "");
	step(true, 2000, 5, 10, out, sizeof out);
	assert_memory_equal(out, "\rreading [############............]: 5 of 10", 44);
	assert_string_equal(out + strlen(out) - 4, "\r\033[K");
	progress_at(NULL, 1, 2); /* nobody asked */
	progress_end(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_shown),
	                                   cmocka_unit_test(when_it_is_shown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
