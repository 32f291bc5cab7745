/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: after a round that failed nothing is written for a while, longer each time that the next fails too,
 * until something could be written; and it is tried with the disk itself whether that may be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/clock.h"
#include "daemon/pause.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct err full = {ERR_DISK, "no room"};

static void
grows(void **state)
{
	static const int64_t want[] = {2000, 4000, 8000, 16000, 30000, 30000};
	struct pause p = {0};

	(void)state;
	assert_false(pause_on(&p) || pause_lasts(&p));
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		pause_begin(&p, &full);
		assert_int_equal(p.length_ms, want[i]);
		assert_in_range(p.again_ms - clock_mono_ms(), want[i] - 1000, want[i]);
		assert_true(pause_on(&p) && pause_lasts(&p));
		p.again_ms = 0; /* it is tried, and fails */
	}
	assert_string_equal(p.why.text, "no room");
	pause_end(&p);
	assert_false(pause_lasts(&p));
	pause_begin(&p, &full);
	assert_int_equal(p.length_ms, want[0]);
}

/* It is over when its time has come and the spool takes something, not before; what failed last stays known
 * until something was written. */
static void
ends(void **state)
{
	char dir[] = "/tmp/mingpian-pause-XXXXXX", command[60];
	struct spool_options o = {.program = "test", .mode = SPOOL_WRITE};
	struct spool *s = NULL;
	struct outbox outbox = {0};
	struct pause p = {0};
	struct err e = {0};

	(void)state;
	assert_non_null(mkdtemp(dir));
	o.dir = dir;
	if (!spool_open(&s, &o, &e))
		fail_msg("%s", e.text);
	outbox.spool = s;
	pause_begin(&p, &full);
	assert_false(pause_over(&p, s, &outbox, &e));
	assert_int_equal(e.code, ERR_NONE); /* it was not tried */
	p.again_ms = clock_mono_ms() - 1;
	assert_true(pause_over(&p, s, &outbox, &e));
	assert_true(!pause_on(&p) && pause_lasts(&p));

	/* the disk takes nothing: the folder where it is tried is gone */
	p.again_ms = clock_mono_ms() - 1;
	(void)snprintf(command, sizeof command, "rm -r %s", dir);
	assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c,concurrency-mt-unsafe) */
	assert_false(pause_over(&p, s, &outbox, &e));
	assert_true(pause_on(&p) && p.again_ms > clock_mono_ms());
	assert_int_equal(p.why.code, e.code);
	assert_int_not_equal(e.code, ERR_NONE);
	spool_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(grows), cmocka_unit_test(ends)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
