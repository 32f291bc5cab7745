/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: what a server does to one account's mail holds up that account alone, and for as long as it should.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/clock.h"
#include "daemon/gates.h"
#include "daemon/writer.h"

static const struct writer_mailbox mailboxes[] = {{"ma@example.org", "", 1000},
                                                  {"dong@example.org", "", 2000}};

static struct gates
begin(void)
{
	struct gates g;

	gates_open(&g, mailboxes, sizeof mailboxes / sizeof *mailboxes);
	return g;
}

static void
land(struct gates *g, enum smtp_verdict verdict, int code, bool shuts)
{
	char from[] = "Ma@example.org";
	struct delivery d = {.from = from,
	                     .attempted = true,
	                     .shuts = shuts,
	                     .result = {.verdict = verdict, .code = code}};

	gates_landed(g, &d);
}

/* What the first account's gate is after one delivery: shut, and why; or open, and whether it remembers a
 * miss. */
static void
deliveries(void **state)
{
	static const struct {
		enum smtp_verdict verdict;
		int code;
		bool shuts, open, missed;
		enum err_code why;
	} rows[] = {
	        {SMTP_SENT, 250, false, true, false, ERR_NONE},
	        {SMTP_REFUSED, 550, false, true, false, ERR_NONE},
	        {SMTP_DEFERRED, 451, false, true, false, ERR_NONE},
	        {SMTP_DEFERRED, 0, false, true, true, ERR_NONE},
	        {SMTP_DEFERRED, 421, true, false, true, ERR_AGAIN},
	        {SMTP_AUTH, 535, true, false, true, ERR_AUTH},
	        {SMTP_TLS, 0, true, false, true, ERR_TLS},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct gates g = begin();
		const struct gate *one = gates_of(&g, "MA@example.org");

		land(&g, rows[i].verdict, rows[i].code, rows[i].shuts);
		if (gate_open(one) != rows[i].open || (one->since != 0) != rows[i].missed ||
		    one->why != rows[i].why || !gate_open(gates_of(&g, "dong@example.org")))
			fail_msg("row %zu", i);
		land(&g, SMTP_SENT, 250, false);
		assert_true(gate_open(one) && !one->since);
		gates_free(&g);
	}
}

/* Neither an account that is gone nor a mail that was never tried says anything of a server. */
static void
says_nothing(void **state)
{
	struct gates g = begin();
	char from[] = "ma@example.org", other[] = "other@example.org";
	struct delivery d = {.from = from, .shuts = true, .result = {.verdict = SMTP_AUTH}};

	(void)state;
	gates_landed(&g, &d);
	d.attempted = true;
	d.from = other;
	gates_landed(&g, &d);
	assert_null(gates_of(&g, "other@example.org"));
	assert_int_equal(gates_next(&g), -1);
	gates_free(&g);
}

static void
which_are_shut(void **state)
{
	struct gates g = begin();
	struct arena *a = arena_new();

	(void)state;
	assert_null(gates_shut(&g, a));
	land(&g, SMTP_AUTH, 535, true);
	assert_string_equal(gates_shut(&g, a), "[\"ma@example.org\"]");
	assert_in_range(gates_next(&g), GATE_REFUSED_MS / 1000, 2 * GATE_REFUSED_MS / 1000);
	gate_failed(gates_of(&g, "dong@example.org"), ERR_AGAIN, 10000);
	assert_string_equal(gates_shut(&g, a), "[\"ma@example.org\",\"dong@example.org\"]");
	assert_in_range(gates_next(&g), 1, 20); /* the first that opens */
	arena_free(a);
	gates_free(&g);
}

/* Another password is tried at once; the same one rests as long as it was to. */
static void
another_password(void **state)
{
	struct gates g = begin();
	struct writer_mailbox now[] = {mailboxes[0], mailboxes[1]};

	(void)state;
	gate_failed(gates_of(&g, "ma@example.org"), ERR_AUTH, 10000);
	gate_failed(gates_of(&g, "dong@example.org"), ERR_AUTH, 10000);
	gates_renew(&g, now);
	assert_false(gate_open(gates_of(&g, "ma@example.org")) ||
	             gate_open(gates_of(&g, "dong@example.org")));
	now[1].password_changed = clock_now() + 1;
	gates_renew(&g, now);
	assert_false(gate_open(gates_of(&g, "ma@example.org")));
	assert_true(gate_open(gates_of(&g, "dong@example.org")));
	gates_free(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(deliveries), cmocka_unit_test(says_nothing),
	                                   cmocka_unit_test(which_are_shut),
	                                   cmocka_unit_test(another_password)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
