/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: an operator is told of each failure of a mailbox, by its kind, and once that it is well again;
 * what status shows follows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/mailbox_health.h"

#include "config/buf.h"

static void
note(void *context, const char *address, enum err_code error, time_t failing_since, const char *text)
{
	buf_fmt(context, "%s %s %s%s; ", address, err_name(error), text, failing_since ? " (failing)" : "");
}

static struct buf notes = BUF_INIT(1000);
static const struct mailbox_config config = {.address = "a@example.org", .note = note, .context = &notes};

/* What was noted since the last time. */
static void
expect_notes(const char *want)
{
	buf_str(&notes, "");
	assert_string_equal(notes.at, want);
	buf_clear(&notes);
}

static struct mailbox_status
status(struct mailbox_health *h)
{
	struct mailbox_status s;

	health_status(h, &s);
	return s;
}

static void
failing_and_well_again(void **state)
{
	struct mailbox_health h;
	struct err e = {0};

	(void)state;
	health_init(&h, &config);
	health_answered(&h);
	health_pushes(&h, true);
	health_well(&h);
	expect_notes("a@example.org none reached; ");
	assert_true(status(&h).connected && status(&h).idle && status(&h).last_sweep &&
	            status(&h).last_contact);
	health_well(&h);
	expect_notes("");

	err_set(&e, ERR_AUTH, "refused");
	assert_int_equal(health_failed(&h, &e, true), 1);
	expect_notes("a@example.org auth refused (failing); ");
	assert_int_equal(health_failed(&h, &e, false), 2); /* our own patience is no word of the server's */
	expect_notes("a@example.org again refused (failing); ");
	assert_false(status(&h).connected || status(&h).idle);
	assert_true(status(&h).failing_since != 0 && status(&h).last.code == ERR_AUTH);

	health_well(&h);
	expect_notes("a@example.org none reached again; ");
	assert_true(status(&h).failing_since == 0 && status(&h).failures == 0 &&
	            status(&h).last.code == ERR_NONE);
	health_destroy(&h);
}

/* Something left behind is shown, and is no failure: nothing is noted when it is gone. */
static void
left_behind(void **state)
{
	struct mailbox_health h;
	struct err e = {0};

	(void)state;
	health_init(&h, &config);
	err_set(&e, ERR_NOT_FOUND, "no such folder");
	health_well(&h);
	buf_clear(&notes);
	health_left(&h, &e);
	assert_true(status(&h).last.code == ERR_NOT_FOUND && status(&h).failing_since == 0);
	health_well(&h);
	assert_int_equal(status(&h).last.code, ERR_NONE);
	expect_notes("");
	health_destroy(&h);
}

/* More may be handed over than was counted: the backlog ends at nothing. */
static void
backlog(void **state)
{
	struct mailbox_health h;

	(void)state;
	health_init(&h, &config);
	health_backlog(&h, 1);
	health_handed(&h);
	health_handed(&h);
	assert_int_equal(status(&h).backlog, 0);
	assert_int_equal(status(&h).handed, 2);
	health_destroy(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(failing_and_well_again),
	        cmocka_unit_test(left_behind),
	        cmocka_unit_test(backlog),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	buf_free(&notes);
	return failed;
}
