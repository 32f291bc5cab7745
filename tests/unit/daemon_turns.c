/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: whatever order mails are read in, they are taken in the order in which they came; a slow one holds up
 * the others for a while only, and none is lost or taken twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/clock.h"
#include "config/mem.h"
#include "daemon/turns.h"

#include <stdlib.h>
#include <string.h>

static struct {
	char text[2000]; /* the tickets that were taken, "1 2 3 " */
	uint64_t refuse; /* this one is not taken: an error */
} seen;

static bool
take(void *context, struct parsed *p, struct err *e)
{
	const uint64_t ticket = p->ticket;
	char word[32];

	(void)context;
	parsed_free(p);
	if (ticket == seen.refuse)
		return err_set(e, ERR_DISK, "no room");
	(void)snprintf(word, sizeof word, "%llu ", (unsigned long long)ticket);
	strncat(seen.text, word, sizeof seen.text - strlen(seen.text) - 1);
	return true;
}

static struct turns
begin(void)
{
	memset(&seen, 0, sizeof seen);
	return (struct turns){.take = take, .next = 1};
}

static bool
arrive(struct turns *t, uint64_t ticket)
{
	struct parsed *p = mem_alloc(1, sizeof *p);
	struct err e = {0};

	p->ticket = ticket;
	return turns_arrived(t, p, &e);
}

static void
in_order(void **state)
{
	struct turns t = begin();

	(void)state;
	assert_true(arrive(&t, 2) && arrive(&t, 3));
	assert_string_equal(seen.text, "");
	assert_true(turns_end_ms(&t) > clock_mono_ms());
	assert_true(arrive(&t, 1) && arrive(&t, 4));
	assert_string_equal(seen.text, "1 2 3 4 ");
	assert_int_equal(turns_end_ms(&t), 0);
	turns_free(&t);
}

static void
patience_ends(void **state)
{
	struct turns t = begin();
	struct err e = {0};

	(void)state;
	assert_true(arrive(&t, 3) && arrive(&t, 5));
	assert_true(turns_pass(&t, &e));
	assert_string_equal(seen.text, "3 5 ");
	assert_int_equal(turns_end_ms(&t), 0);
	/* Those that were passed come late, and are taken at once. */
	assert_true(arrive(&t, 4) && arrive(&t, 1) && arrive(&t, 6));
	assert_string_equal(seen.text, "3 5 4 1 6 ");
	turns_free(&t);
}

static void
a_gap_wider_than_the_window(void **state)
{
	struct turns t = begin();

	(void)state;
	assert_true(arrive(&t, 2) && arrive(&t, 2 + TURNS_WINDOW));
	assert_string_equal(seen.text, "2 ");
	assert_true(arrive(&t, 1000));
	assert_string_equal(seen.text, "2 66 1000 ");
	assert_true(arrive(&t, 1001));
	assert_string_equal(seen.text, "2 66 1000 1001 ");
	turns_free(&t);
}

static void
an_error_stops(void **state)
{
	struct turns t = begin();
	struct err e = {0};

	(void)state;
	seen.refuse = 1;
	assert_true(arrive(&t, 2));
	assert_false(arrive(&t, 1));
	assert_string_equal(seen.text, "");
	assert_true(turns_pass(&t, &e));
	assert_string_equal(seen.text, "2 ");
	assert_true(arrive(&t, 9));
	turns_free(&t); /* 9 as well: the sanitizer's build sees a leak */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(in_order),
	        cmocka_unit_test(patience_ends),
	        cmocka_unit_test(a_gap_wider_than_the_window),
	        cmocka_unit_test(an_error_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
