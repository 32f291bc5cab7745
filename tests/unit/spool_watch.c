/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: alarms, comparisons and a restored backup are in the index what the log says of them, and the index
 * made anew says the same. */
#include "tests/unit/spooling.h"

#include "spool/query.h"
#include "spool/verify.h"

static void
now_is(const char *t)
{
	(void)setenv("MINGPIAN_NOW", t, 1);
}

static void
alarm_line(struct spool *s, const char *alarm, const char *mailbox, const char *state, const char *at)
{
	now_is(at);
	spooling_line(s, json_pack("{s:s, s:s, s:s, s:s, s:s}", "event", "alarm", "alarm", alarm, "mailbox",
	                           mailbox, "state", state, "why", "auth"));
	spooling_commit(s);
}

static void
print_fault(void *context, const char *fault)
{
	(void)context;
	print_error("%s\n", fault);
}

/* verify compares the index with one made anew. */
static void
end(struct spool *s, const char *dir)
{
	struct verify_options o = {.dir = dir, .reply_head = spooling_head};
	struct verify_result r = {0};
	struct err e = {0};

	spool_close(s);
	assert_ok(verify_spool(&o, print_fault, NULL, NULL, &r, &e), e);
	assert_int_equal(r.faults, 0);
}

static void
alarms(void **state)
{
	struct spool *s = spooling_open(*state, SPOOL_WRITE);
	struct arena *a = arena_new();
	struct query_alarm *r = NULL;
	size_t count = 0;
	time_t day;
	struct err e = {0};

	alarm_line(s, "imap_credential", "a@own.test", "cleared",
	           "2022-06-10T08:00:00+08:00"); /* never was */
	alarm_line(s, "imap_credential", "a@own.test", "raised", "2022-06-10T09:00:00+08:00");
	alarm_line(s, "smtp_credential", "a@own.test", "raised", "2022-06-10T09:01:00+08:00");
	alarm_line(s, "imap_credential", "a@own.test", "raised", "2022-06-10T09:10:00+08:00");
	alarm_line(s, "smtp_credential", "a@own.test", "cleared", "2022-06-10T09:20:00+08:00");
	alarm_line(s, "smtp_credential", "a@own.test", "raised", "2022-06-12T09:00:00+08:00");

	assert_ok(query_alarms(spool_index(s), a, 0, true, &r, &count, &e), e);
	assert_int_equal(count, 2);
	assert_string_equal(r[0].alarm, "imap_credential");
	assert_int_equal(r[0].tries, 2);
	assert_int_equal(r[0].last_at - r[0].raised_at, 600);
	assert_string_equal(r[0].why, "auth");
	assert_int_equal(r[1].tries, 1);
	assert_ok(query_alarms(spool_index(s), a, 0, false, &r, &count, &e), e);
	assert_int_equal(count, 3);
	assert_true(clock_parse("2022-06-11T00:00:00+08:00", &day));
	assert_ok(query_alarms(spool_index(s), a, day, false, &r, &count, &e), e);
	assert_int_equal(count, 2); /* the one that was cleared before is past */
	arena_free(a);
	end(s, *state);
}

static void
compared(struct spool *s, const char *folder, int missing, const char *at)
{
	now_is(at);
	spooling_line(s, json_pack("{s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:[i]}", "event",
	                           "compared", "mailbox", "a@own.test", "folder", folder, "uidvalidity", 7,
	                           "on_server", 10, "recorded", 4, "left", 3, "held", 1, "new", 1, "missing",
	                           missing, "gone", 2, "uids", 5));
	spooling_commit(s);
}

static void
comparisons(void **state)
{
	struct spool *s = spooling_open(*state, SPOOL_WRITE);
	struct arena *a = arena_new();
	struct query_comparison *r = NULL;
	size_t count = 0;
	struct err e = {0};

	compared(s, "INBOX", 1, "2022-06-10T09:00:00+08:00");
	compared(s, "垃圾", 0, "2022-06-10T09:00:01+08:00");
	compared(s, "INBOX", 0, "2022-06-11T09:00:00+08:00");
	assert_ok(query_comparisons(spool_index(s), a, 0, true, &r, &count, &e), e);
	assert_int_equal(count, 2);
	assert_string_equal(r[0].folder, "垃圾");
	assert_int_equal(r[1].missing, 0);
	assert_ok(query_comparisons(spool_index(s), a, 0, false, &r, &count, &e), e);
	assert_int_equal(count, 3);
	assert_int_equal(r[0].missing, 1);
	assert_int_equal(r[0].on_server, r[0].recorded + r[0].left + r[0].held + r[0].fresh + r[0].missing);
	assert_string_equal(r[0].uids, "[5]");
	assert_ok(query_comparisons(spool_index(s), a, r[1].at + 1, false, &r, &count, &e), e);
	assert_int_equal(count, 1);
	arena_free(a);
	end(s, *state);
}

static struct hash
queue(struct spool *s, const char *reply, const char *state)
{
	char text[200];
	struct hash id;

	(void)snprintf(text, sizeof text, "To: x@y.test\nMessage-ID: <%s>\n", reply);
	id = spooling_mail(s, text);
	spooling_line(s, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "event", "queued", "reply", reply,
	                           "message", id.hex, "to_message", "ab", "kind", "accepted", "mailbox",
	                           "a@own.test", "state", state));
	return id;
}

static void
reply_line(struct spool *s, const char *event, const char *reply)
{
	spooling_line(s, json_pack("{s:s, s:s, s:i}", "event", event, "reply", reply, "attempt", 1));
}

/* What may have gone out since the backup waits for a person; what had gone out, or waits already, stays. */
static void
restored(void **state)
{
	static const struct {
		const char *reply, *last, *want;
	} rows[] = {{"T-1.1", NULL, "withheld"},       {"T-2.1", "sending", "withheld"},
	            {"T-3.1", "unknown", "withheld"},  {"T-4.1", "sent", "sent"},
	            {"T-5.1", "deferred", "withheld"}, {"T-6.1", "failed", "failed"}};
	struct spool *s = spooling_open(*state, SPOOL_WRITE);
	struct arena *a = arena_new();
	struct query_reply *r = NULL;
	size_t count = 0;
	struct err e = {0};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		(void)queue(s, rows[i].reply, "due");
		if (rows[i].last)
			reply_line(s, rows[i].last, rows[i].reply);
	}
	spooling_line(s, json_pack("{s:s, s:i}", "event", "restored", "receipts_from", 500));
	spooling_commit(s);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_ok(query_reply(spool_index(s), a, rows[i].reply, &r, &e), e);
		assert_string_equal(r->state, rows[i].want);
	}
	assert_ok(query_due(spool_index(s), a,
	                    &(struct query_due){.now = clock_now(), .at_start = true, .max = 10}, &r, &count,
	                    &e),
	          e);
	assert_int_equal(count, 0);
	arena_free(a);
	end(s, *state);
}

#define T(f) cmocka_unit_test_setup_teardown(f, spooling_setup, spooling_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {T(alarms), T(comparisons), T(restored)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
