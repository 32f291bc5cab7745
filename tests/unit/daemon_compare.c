/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: each UID that a folder shows is counted once, as what it is; what is gone is told from what is
 * missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/mem.h"
#include "daemon/compare.h"

#include <stdlib.h>

enum { SINCE = 1000 };

static const struct query_place_uid logged[] = {
        {2, 'r', 1500}, {3, 'l', 1500}, {5, 'h', 1500},  {7, 'r', 900},
        {8, 'r', 1500}, {9, 'h', 1500}, {20, 'l', 1500},
};

struct row {
	const char *there, *fresh; /* UIDs, "1 2 3" */
	uint32_t top;
	int64_t recorded, left, held, is_new, missing, gone;
};

static struct imap_uids
uids(const char *text)
{
	struct imap_uids u = {0};
	char *end;

	for (; *text; text = end) {
		imap_uids_add(&u, (uint32_t)strtoul(text, &end, 10));
		while (*end == ' ')
			end++;
	}
	return u;
}

static void
rows(void **state)
{
	static const struct row all[] = {
	        /* gone: 2, 3, 8 and 20; 7 is older than the campaign, 5 and 9 were never taken in */
	        {"", "", 20, 0, 0, 0, 0, 0, 4},
	        {"2 3 5 7 8 9 20", "", 20, 3, 2, 2, 0, 0, 0},
	        {"1 2 4", "", 20, 1, 0, 0, 0, 2, 3},
	        {"1 2 4", "4", 20, 1, 0, 0, 1, 1, 3},
	        {"20 21 4294967295", "", 20, 0, 1, 0, 2, 0, 3},
	        {"1 2", "", 0, 1, 0, 0, 1, 0, 3},
	        {"6", "6", 20, 0, 0, 0, 1, 0, 4},
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct compare_seen seen = {.there = uids(all[i].there),
		                            .fresh = uids(all[i].fresh),
		                            .top = all[i].top,
		                            .since = SINCE};
		struct comparison c;

		compare_uids(logged, sizeof logged / sizeof *logged, &seen, &c);
		if (c.recorded != all[i].recorded || c.left != all[i].left || c.held != all[i].held ||
		    c.fresh != all[i].is_new || c.missing != all[i].missing || c.gone != all[i].gone)
			fail_msg("row %zu: %lld %lld %lld %lld %lld %lld", i, (long long)c.recorded,
			         (long long)c.left, (long long)c.held, (long long)c.fresh,
			         (long long)c.missing, (long long)c.gone);
		assert_int_equal(c.on_server, c.recorded + c.left + c.held + c.fresh + c.missing);
		assert_int_equal(c.missing_uids.count, (size_t)c.missing);
		imap_uids_free(&c.missing_uids);
		imap_uids_free(&seen.there);
		imap_uids_free(&seen.fresh);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(rows)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
