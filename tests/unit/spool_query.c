/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: each question gets the answer that the facts of one small campaign give; and the index made anew
 * gives the same, row for row. */
#include "tests/unit/spooling.h"

#include "spool/holdings.h"
#include "spool/query.h"
#include "spool/sql.h"
#include "spool/verify.h"

struct campaign {
	char *dir;
	struct spool *s;
	struct index *i;
	struct arena *a;
	struct hash first, second, conflict, sender, copy;
};

static void
now_is(const char *t)
{
	(void)setenv("MINGPIAN_NOW", t, 1);
}

static void
decide(struct spool *s, const char *item, const char *act, const char *receipt, int revision, json_t *values)
{
	json_t *doc = json_pack("{s:s, s:s, s:s, s:o}", "kind", "decision", "by", "x", "why", "y", "values",
	                        values);
	struct err e = {0};
	struct hash id;

	assert_ok(spool_put_reading(s, doc, &id, &e), e);
	json_decref(doc);
	spooling_line(s, json_pack("{s:s, s:s, s:s, s:s, s:s?, s:i}", "event", "reviewed", "item", item,
	                           "act", act, "decision", id.hex, "receipt", receipt, "revision", revision));
}

static void
left(struct spool *s, int uid, const char *disposition, bool unread)
{
	spooling_line(s, json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:b}", "event", "left",
	                           "message", HASH_ZERO.hex, "mailbox", "a@own.test", "folder", "INBOX",
	                           "uidvalidity", 7, "uid", uid, "received_at", "2022-06-09T10:00:00+08:00",
	                           "disposition", disposition, "parser", "1", "unread", unread));
}

static void
held(struct spool *s, int uid)
{
	spooling_line(s, json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:i}", "event", "held",
	                           "message", "ab", "mailbox", "a@own.test", "folder", "INBOX", "uidvalidity",
	                           7, "uid", uid, "received_at", "2022-06-09T10:00:00+08:00", "why",
	                           "timeout", "attempt", 1));
}

/* Day 1: a form with an error, its correction in the thread; another sender with other values, one with
 * the same; the copy in the other mailbox. */
static void
take_in(struct campaign *c)
{
	struct spool *s = c->s;

	spooling_line(s, json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "event", "started", "version", "1",
	                           "parser", "1", "form", "f", "replies_since", "2022-06-01T00:00:00+08:00",
	                           "shadow", 0));
	spooling_commit(s);
	c->first = spooling_record(s, &(struct spooling_form){.bytes = "first",
	                                                      .from = "Li@City.test",
	                                                      .id = "<1@city>",
	                                                      .receipt = "T-0009",
	                                                      .as = "new",
	                                                      .key = "320583",
	                                                      .revision = 1,
	                                                      .errors = 1,
	                                                      .uid = 5,
	                                                      .disposition = "correction"});
	(void)spooling_reply(s, "T-0009.1", c->first.hex, "li@city.test", "due");
	spooling_commit(s);
	spooling_event(s, "sending", "T-0009.1", 1);
	spooling_commit(s);
	spooling_event(s, "sent", "T-0009.1", 1);
	spooling_commit(s);
	now_is("2022-06-11T10:00:00+08:00");
	c->second = spooling_record(s, &(struct spooling_form){.bytes = "second",
	                                                       .from = "li@city.test",
	                                                       .id = "<2@city>",
	                                                       .receipt = "T-0009",
	                                                       .as = "revision",
	                                                       .key = "320583",
	                                                       .lead = "工信局",
	                                                       .revision = 2,
	                                                       .uid = 6,
	                                                       .thread = c->first.hex});
	(void)spooling_reply(s, "T-0009.2", c->second.hex, "li@city.test", "due");
	c->conflict = spooling_record(s, &(struct spooling_form){.bytes = "conflict",
	                                                         .from = "wang@other.test",
	                                                         .receipt = "T-0010",
	                                                         .as = "conflict",
	                                                         .key = "320583",
	                                                         .revision = 1,
	                                                         .late = true,
	                                                         .uid = 8});
	(void)spooling_reply(s, "T-0010.1", c->conflict.hex, "wang@other.test", "withheld");
	c->sender = spooling_record(s, &(struct spooling_form){.bytes = "sender",
	                                                       .from = "zhao@third.test",
	                                                       .receipt = "T-0009",
	                                                       .as = "sender",
	                                                       .key = "320583",
	                                                       .revision = 2,
	                                                       .uid = 9});
	(void)spooling_reply(s, "T-0009.3", c->sender.hex, "zhao@third.test", "due");
	c->copy = spooling_record(s, &(struct spooling_form){.bytes = "copy of first",
	                                                     .from = "li@city.test",
	                                                     .id = "<1@city>",
	                                                     .copy_of = c->first.hex,
	                                                     .disposition = "correction",
	                                                     .folder = "Junk",
	                                                     .uid = 3});
	left(s, 7, "other", true);
	left(s, 2, "ignored", false);
	held(s, 11);
	spooling_commit(s);
}

static int
setup(void **state)
{
	struct campaign *c = mem_alloc(1, sizeof *c);
	void *dir = NULL;

	if (spooling_setup(&dir) != 0)
		return -1;
	c->dir = dir;
	c->s = spooling_open(c->dir, SPOOL_WRITE);
	c->i = spool_index(c->s);
	c->a = arena_new();
	take_in(c);
	*state = c;
	return 0;
}

static void
count_fault(void *context, const char *fault)
{
	(void)context;
	print_error("  %s\n", fault);
}

/* Each test ends so: what it did stands in a rebuilt index just so. */
static int
teardown(void **state)
{
	struct campaign *c = *state;
	struct verify_options o = {.dir = c->dir, .reply_head = spooling_head};
	struct verify_result result = {0};
	struct err e = {0};
	void *dir = c->dir;
	bool ok;

	spool_close(c->s);
	ok = verify_spool(&o, count_fault, NULL, NULL, &result, &e) && result.faults == 0;
	if (e.text[0])
		print_error("%s\n", e.text);
	arena_free(c->a);
	free(c);
	return spooling_teardown(&dir) != 0 || !ok;
}

static const struct query_place inbox = {"a@own.test", "INBOX", 7};

static void
uids(void **state)
{
	static const uint32_t want[] = {2, 5, 6, 7, 8, 9};
	static const struct {
		uint32_t uid;
		enum query_uid want;
	} rows[] = {{5, QUERY_UID_KNOWN}, {7, QUERY_UID_KNOWN}, {11, QUERY_UID_HELD},
	            {4, QUERY_UID_NEW},   {3, QUERY_UID_NEW},   {12, QUERY_UID_NEW}};
	struct campaign *c = *state;
	uint32_t *list = NULL;
	struct query_held *h = NULL;
	enum query_uid is;
	size_t count = 0;
	struct err e = {0};

	assert_ok(query_uids(c->i, c->a, &inbox, &list, &count, &e), e);
	assert_int_equal(count, sizeof want / sizeof *want);
	assert_memory_equal(list, want, sizeof want);
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
		assert_ok(query_uid(c->i, &inbox, rows[k].uid, &is, &e), e);
		assert_int_equal(is, rows[k].want);
	}
	assert_ok(query_held(c->i, c->a, &h, &count, &e), e);
	assert_int_equal(count, 1);
	assert_string_equal(h->why, "timeout");
	/* tried again, and nobody's business */
	left(c->s, 11, "other", false);
	assert_ok(query_uid(c->i, &inbox, 11, &is, &e), e);
	assert_int_equal(is, QUERY_UID_KNOWN);
	spooling_commit(c->s);
}

static void
received_without_recorded_is_not_known(void **state)
{
	struct campaign *c = *state;
	struct hash m = spooling_mail(c->s, "half");
	enum query_uid is;
	struct err e = {0};

	spooling_line(c->s, json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:s}", "event", "received", "message",
	                              m.hex, "mailbox", "a@own.test", "folder", "INBOX", "uidvalidity", 7,
	                              "uid", 20, "received_at", "2022-06-09T10:00:00+08:00"));
	spooling_commit(c->s);
	assert_ok(query_uid(c->i, &inbox, 20, &is, &e), e);
	assert_int_equal(is, QUERY_UID_NEW);
}

static void
relooked(void **state)
{
	struct campaign *c = *state;
	struct query_left *l = NULL;
	struct query_count *counts = NULL;
	enum query_uid is;
	size_t count = 0;
	struct err e = {0};

	assert_ok(query_left_unread(c->i, c->a, 0, &l, &count, &e), e);
	assert_int_equal(count, 1);
	assert_int_equal(l->uid, 7);
	spooling_line(c->s, json_pack("{s:s, s:s}", "event", "relooked", "since", "2022-06-09"));
	assert_ok(query_uid(c->i, &inbox, 7, &is, &e), e);
	assert_int_equal(is, QUERY_UID_NEW);
	(void)spooling_record(c->s, &(struct spooling_form){.bytes = "was left", .from = "a@b", .uid = 7});
	left(c->s, 2, "ignored", false);
	spooling_commit(c->s);
	assert_ok(query_uid(c->i, &inbox, 7, &is, &e), e);
	assert_int_equal(is, QUERY_UID_KNOWN);
	assert_ok(query_uid(c->i, &inbox, 2, &is, &e), e);
	assert_int_equal(is, QUERY_UID_KNOWN);
	assert_ok(query_dispositions(c->i, c->a, 0, 0, &counts, &count, &e), e);
	assert_int_equal(count, 3); /* accepted, correction, ignored: no `other` any more */
}

static void
messages(void **state)
{
	struct campaign *c = *state;
	struct query_message *m = NULL;
	size_t count = 0;
	struct err e = {0};
	time_t date = 0;

	assert_ok(query_message(c->i, c->a, c->second.hex, &m, &e), e);
	assert_string_equal(m->thread, c->first.hex);
	assert_string_equal(m->root, c->first.hex);
	assert_string_equal(m->from_addr, "li@city.test");
	assert_string_equal(m->subject, "登记表");
	assert_int_equal(m->progress, 1);
	assert_ok(query_message(c->i, c->a, HASH_ZERO.hex, &m, &e), e);
	assert_null(m);
	assert_ok(query_message_by_id(c->i, c->a, "T-0010", &m, &e), e);
	assert_string_equal(m->message, c->conflict.hex);
	assert_true(m->late);
	/* one submission: Message-ID and content; the original, not its copy */
	assert_ok(query_submission(c->i, c->a, "<1@city>", "", 0, c->first.hex, &m, &e), e);
	assert_string_equal(m->message, c->first.hex);
	assert_ok(query_submission(c->i, c->a, "<1@city>", "", 0, c->second.hex, &m, &e), e);
	assert_null(m);
	/* From and Date count only where there is no Message-ID in both */
	assert_true(clock_parse("2022-06-10T09:00:00+08:00", &date));
	assert_ok(query_submission(c->i, c->a, "", "li@city.test", date, c->first.hex, &m, &e), e);
	assert_null(m);
	(void)spooling_record(c->s,
	                      &(struct spooling_form){.bytes = "no id", .from = "n@o", .id = "", .uid = 30});
	assert_ok(query_submission(c->i, c->a, "", "n@O", date, hash_of(bytes_str("no id")).hex, &m, &e), e);
	assert_non_null(m);
	assert_ok(query_submission(c->i, c->a, "", "n@o", date + 1, hash_of(bytes_str("no id")).hex, &m, &e),
	          e);
	assert_null(m);
	spooling_commit(c->s);
	assert_ok(query_messages(c->i, c->a, 0, &m, &count, &e), e);
	assert_int_equal(count, 6);
}

/* Two mailboxes, two copies of a mail that has neither Message-ID nor Date: one submission. */
static void
a_submission_without_a_date(void **state)
{
	struct campaign *c = *state;
	struct query_message *m = NULL;
	struct hash mail;
	struct err e = {0};

	mail = spooling_record(
	        c->s, &(struct spooling_form){
	                      .bytes = "bare", .from = "bare@city.test", .id = "", .date = "", .uid = 31});
	spooling_commit(c->s);
	assert_ok(query_submission(c->i, c->a, "", "bare@city.test", 0, mail.hex, &m, &e), e);
	assert_non_null(m);
	assert_string_equal(m->message, mail.hex);
	assert_ok(query_submission(c->i, c->a, "", "bare@city.test", 1654822800, mail.hex, &m, &e), e);
	assert_null(m);
}

static struct hash
digest(struct campaign *c, const char *reply)
{
	struct hash mail = spooling_mail(c->s, reply);

	spooling_line(c->s, json_pack("{s:s, s:s, s:s, s:n, s:s, s:s, s:s, s:n}", "event", "queued", "reply",
	                              reply, "message", mail.hex, "to_message", "kind", "digest", "mailbox",
	                              "a@own.test", "state", "due", "why"));
	return mail;
}

static void
digested(struct campaign *c, const char *reply, const struct hash *first)
{
	spooling_line(c->s, json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:[]}", "event", "digested",
	                              "reply", reply, "message", first->hex, "workbook", HASH_ZERO.hex,
	                              "date", "2022-06-11", "head_seq", 0, "head", HASH_ZERO.hex, "codes"));
}

static bool
holds(const struct holdings *h, enum holding_what what, const struct hash *id)
{
	for (size_t k = 0; k < h->count; k++)
		if (h->at[k].what == what && strcmp(h->at[k].hash, id->hex) == 0)
			return true;
	return false;
}

/* A digest is a mail for each that gets it, and each of them holds everybody's values; so may its bounce. */
static void
all_mails_of_a_digest_hold_a_registration(void **state)
{
	struct campaign *c = *state;
	struct hash mail[3], second, bounce;
	struct holdings h = {0};
	struct err e = {0};

	for (int k = 0; k < 3; k++)
		mail[k] = digest(c, (const char *[]){"D-20220611.1", "D-20220611.2", "D-20220611.10"}[k]);
	digested(c, "D-20220611", &mail[0]);
	second = digest(c, "D-20220611-2.1");
	digested(c, "D-20220611-2", &second);
	spooling_commit(c->s);
	spooling_event(c->s, "sending", "D-20220611.2", 1);
	spooling_event(c->s, "sent", "D-20220611.2", 1);
	bounce = spooling_record(
	        c->s, &(struct spooling_form){.bytes = "bounce", .from = "mta@city.test", .uid = 40});
	spooling_line(c->s, json_pack("{s:s, s:s, s:s, s:s}", "event", "bounced", "reply", "D-20220611.2",
	                              "message", bounce.hex, "status", "5.1.1"));
	spooling_commit(c->s);
	assert_ok(holdings_find(c->i, c->a, "T-0009", &h, &e), e);
	for (int k = 0; k < 3; k++)
		assert_true(holds(&h, HOLDING_DIGEST, &mail[k]));
	assert_true(holds(&h, HOLDING_DIGEST, &second));
	assert_true(holds(&h, HOLDING_DIGEST, &bounce));
	{
		struct query_message *m = NULL;
		struct hash reading;

		assert_ok(query_message(c->i, c->a, bounce.hex, &m, &e), e);
		assert_true(hash_read(&reading, m->reading));
		assert_true(holds(&h, HOLDING_DIGEST, &reading));
	}
}

/* However many questions one connection was ever asked. */
static void
statements_have_no_end(void **state)
{
	static char texts[200][24];
	struct campaign *c = *state;
	struct err e = {0};
	int64_t n = 0;

	for (int k = 0; k < 200; k++) {
		(void)snprintf(texts[k], sizeof texts[k], "SELECT %d", k);
		assert_ok(sql_number(index_sql(c->i), texts[k], NULL, 0, 0, &n, &e), e);
		assert_int_equal(n, k);
	}
}

static void
threads(void **state)
{
	const char *ids[] = {"<unknown@x>", "<mingpian.T-0009.2@own.test>"};
	const char *none[] = {"<unknown@x>", "", NULL};
	struct campaign *c = *state;
	struct query_answered *answered = NULL;
	struct query_registration *r = NULL;
	size_t count = 0;
	struct err e = {0};

	assert_ok(query_answered(c->i, c->a, ids, 2, &answered, &e), e);
	assert_string_equal(answered->message, c->second.hex);
	assert_string_equal(answered->reply, "T-0009.2");
	assert_ok(query_answered(c->i, c->a, (const char *[]){"<1@city>"}, 1, &answered, &e), e);
	assert_string_equal(answered->message, c->first.hex);
	assert_null(answered->reply);
	assert_ok(query_answered(c->i, c->a, none, 3, &answered, &e), e);
	assert_null(answered);
	assert_ok(query_by_thread(c->i, c->a, ids, 2, &r, &count, &e), e);
	assert_int_equal(count, 1);
	assert_string_equal(r->receipt, "T-0009");
	assert_ok(query_by_thread(c->i, c->a, none, 3, &r, &count, &e), e);
	assert_int_equal(count, 0);
}

static void
registrations(void **state)
{
	struct campaign *c = *state;
	struct query_registration *r = NULL;
	struct query_form *f = NULL;
	struct query_message *m = NULL;
	size_t count = 0;
	struct err e = {0};
	int64_t next = 0;

	assert_ok(query_registration(c->i, c->a, "T-0009", &r, &e), e);
	assert_string_equal(r->state, "accepted");
	assert_string_equal(r->region, "320583");
	assert_string_equal(r->sender, "li@city.test");
	assert_string_equal(r->message, c->first.hex);
	assert_string_equal(r->newest, c->second.hex);
	assert_int_equal(r->revision, 2);
	assert_false(r->late);
	assert_ok(query_registration(c->i, c->a, "T-0011", &r, &e), e);
	assert_null(r);
	assert_ok(query_by_region(c->i, c->a, "320583", &r, &count, &e), e);
	assert_int_equal(count, 2);
	assert_string_equal(r[1].state, "conflict");
	assert_true(r[1].late);
	assert_ok(query_registrations(c->i, c->a, 0, &r, &count, &e), e);
	assert_int_equal(count, 2);
	assert_ok(query_registrations(c->i, c->a, clock_now() + 1, &r, &count, &e), e);
	assert_int_equal(count, 0);
	assert_ok(query_registration_messages(c->i, c->a, "T-0009", &m, &count, &e), e);
	assert_int_equal(count, 3);
	assert_ok(query_forms(c->i, c->a, c->sender.hex, &f, &count, &e), e);
	assert_int_equal(count, 1);
	assert_string_equal(f->as, "sender");
	assert_ok(query_next_receipt(c->i, "T-", &next, &e), e);
	assert_int_equal(next, 11);
	assert_ok(query_next_receipt(c->i, "U-", &next, &e), e);
	assert_int_equal(next, 1);
	spooling_line(c->s, json_pack("{s:s, s:i}", "event", "restored", "receipts_from", 500));
	assert_ok(query_next_receipt(c->i, "T-", &next, &e), e);
	assert_int_equal(next, 500);
	spooling_commit(c->s);
}

static void
senders(void **state)
{
	static const struct {
		const char *address;
		bool domain, want;
	} rows[] = {
	        {"li@city.test", false, true},
	        {"LI@city.test", false, true},
	        {"zhang@city.test", false, false},
	        {"zhang@city.test", true, true},
	        {"zhang@xcity.test", true, false},
	        {"zhao@third.test", false, true},
	        {"wang@other.test", true, false},
	        {"", true, false},
	        {"@", true, false},
	        {"%@city.test", false, false},
	};
	struct campaign *c = *state;
	struct query_sender *s = NULL;
	size_t count = 0;
	struct err e = {0};
	bool is;

	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
		assert_ok(query_is_sender(c->i, "T-0009", rows[k].address, rows[k].domain, &is, &e), e);
		if (is != rows[k].want)
			fail_msg("%s: %d", rows[k].address, is);
	}
	assert_ok(query_senders(c->i, c->a, "T-0009", &s, &count, &e), e);
	assert_int_equal(count, 2);
	assert_string_equal(s[0].as, "revision");
	assert_string_equal(s[1].address, "zhao@third.test");
	/* joined: who sent to the other sent to this one */
	decide(c->s, "T-0010", "join", "T-0009", 0, json_object());
	spooling_commit(c->s);
	assert_ok(query_is_sender(c->i, "T-0009", "wang@other.test", false, &is, &e), e);
	assert_true(is);
}

static void
revisions(void **state)
{
	struct campaign *c = *state;
	struct query_revision *v = NULL;
	struct query_registration *r = NULL;
	size_t count = 0;
	struct err e = {0};

	assert_ok(query_revisions(c->i, c->a, "T-0009", &v, &count, &e), e);
	assert_int_equal(count, 2);
	assert_int_equal(v[0].errors, 1);
	assert_non_null(strstr(v[0].defects, "bad_phone"));
	assert_non_null(strstr(v[1].form, "工信局"));
	assert_string_equal(v[1].changed, "[\"phone\"]");
	/* a person sets a value: the rest stays */
	decide(c->s, "T-0009", "accept", "T-0009", 3, json_pack("{s:s}", "phone", "0512-57300000"));
	spooling_commit(c->s);
	assert_ok(query_newest(c->i, c->a, "T-0009", &v, &e), e);
	assert_int_equal(v->revision, 3);
	assert_non_null(strstr(v->form, "工信局"));
	assert_non_null(strstr(v->form, "0512-57300000"));
	assert_string_equal(v->defects, "[]");
	assert_ok(query_registration(c->i, c->a, "T-0009", &r, &e), e);
	assert_string_equal(r->state, "accepted");
	assert_string_equal(r->region, "320583");
	assert_string_equal(r->sender, "li@city.test");
	assert_ok(query_newest(c->i, c->a, "T-9999", &v, &e), e);
	assert_null(v);
}

static void
a_person_accepts_what_no_program_read(void **state)
{
	struct campaign *c = *state;
	struct query_registration *r = NULL;
	struct query_item *items = NULL;
	struct hash m;
	char item[16];
	size_t count = 0, before = 0;
	struct err e = {0};

	m = spooling_record(c->s, &(struct spooling_form){.bytes = "damaged",
	                                                  .from = "u@v.test",
	                                                  .disposition = "unreadable",
	                                                  .uid = 40});
	spooling_commit(c->s);
	assert_ok(query_items(c->i, c->a, &items, &before, &e), e);
	(void)snprintf(item, sizeof item, "M-%.10s", m.hex);
	decide(c->s, item, "accept", "T-0011", 1, json_pack("{s:s}", "region", "昆山市"));
	spooling_commit(c->s);
	assert_ok(query_registration(c->i, c->a, "T-0011", &r, &e), e);
	assert_string_equal(r->message, m.hex);
	assert_string_equal(r->region, "昆山市");
	assert_ok(query_items(c->i, c->a, &items, &count, &e), e);
	assert_int_equal(count, before - 1);
}

static void
replies(void **state)
{
	struct campaign *c = *state;
	struct query_reply *r = NULL;
	time_t now = clock_now(), next = 0;
	size_t count = 0;
	struct err e = {0};

	assert_ok(query_reply(c->i, c->a, "T-0009.1", &r, &e), e);
	assert_string_equal(r->state, "sent");
	assert_int_equal(r->code, 250);
	assert_string_equal(r->recipient, "li@city.test");
	assert_ok(query_reply_by_message_id(c->i, c->a, "<mingpian.T-0009.2@own.test>", &r, &e), e);
	assert_string_equal(r->reply, "T-0009.2");
	assert_ok(query_replies_to(c->i, c->a, c->conflict.hex, &r, &count, &e), e);
	assert_int_equal(count, 1);
	assert_ok(query_due(c->i, c->a, &(struct query_due){.now = now, .at_start = false, .max = 10}, &r,
	                    &count, &e),
	          e);
	assert_int_equal(count, 2);
	assert_string_equal(r[0].reply, "T-0009.2");
	assert_ok(query_due(c->i, c->a, &(struct query_due){.now = now, .max = 10, .but = "[\"A@own.test\"]"},
	                    &r, &count, &e),
	          e);
	assert_int_equal(count, 0); /* a mailbox is known however it is written */
	assert_ok(query_due(c->i, c->a, &(struct query_due){.now = now, .at_start = false, .max = 1}, &r,
	                    &count, &e),
	          e);
	assert_int_equal(count, 1);
	spooling_event(c->s, "sending", "T-0009.2", 1);
	spooling_line(c->s, json_pack("{s:s, s:s, s:i, s:i, s:s, s:s}", "event", "deferred", "reply",
	                              "T-0009.3", "attempt", 1, "code", 451, "why", "later", "next",
	                              "2022-06-11T10:15:00+08:00"));
	spooling_commit(c->s);
	assert_ok(query_due(c->i, c->a, &(struct query_due){.now = now, .at_start = false, .max = 10}, &r,
	                    &count, &e),
	          e);
	assert_int_equal(count, 0);
	assert_ok(query_due(c->i, c->a, &(struct query_due){.now = now, .at_start = true, .max = 10}, &r,
	                    &count, &e),
	          e);
	assert_int_equal(count, 1); /* was being sent when the process died */
	assert_ok(query_next_due(c->i, NULL, &next, &e), e);
	assert_int_equal(next, now + 900);
	assert_ok(query_due(c->i, c->a, &(struct query_due){.now = next, .at_start = false, .max = 10}, &r,
	                    &count, &e),
	          e);
	assert_int_equal(count, 1);
	assert_int_equal(r->code, 451);
	/* a reply that was never queued */
	assert_false(spool_line(c->s,
	                        json_pack("{s:s, s:s, s:i}", "event", "sent", "reply", "T-7.1", "attempt", 1),
	                        NULL, &e));
	assert_int_equal(e.code, ERR_SPOOL);
}

static void
caps(void **state)
{
	struct campaign *c = *state;
	time_t t = 0;
	struct {
		const char *name;
		struct query_cap cap;
		int64_t want;
	} rows[] = {
	        {"all", {NULL, NULL, 0, false}, 3},
	        {"idle", {NULL, NULL, 0, true}, 1},
	        {"address", {"LI@city.test", NULL, 0, false}, 2},
	        {"address and thread", {"li@city.test", c->first.hex, 0, false}, 2},
	        {"address and another thread", {"li@city.test", c->conflict.hex, 0, false}, 0},
	        {"the second day", {"li@city.test", NULL, 1, false}, 1},
	        {"idle of one", {"zhao@third.test", NULL, 0, true}, 1},
	        {"withheld", {"wang@other.test", NULL, 0, false}, 0},
	};
	struct err e = {0};
	int64_t n = 0;

	assert_true(clock_parse("2022-06-11T00:00:00+08:00", &t));
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
		if (rows[k].cap.since)
			rows[k].cap.since = t;
		assert_ok(query_cap(c->i, &rows[k].cap, &n, &e), e);
		if (n != rows[k].want)
			fail_msg("%s: %lld", rows[k].name, (long long)n);
	}
	/* counts from when it was let out */
	decide(c->s, "T-0010.1", "release", NULL, 0, json_object());
	spooling_commit(c->s);
	assert_ok(query_cap(c->i, &rows[7].cap, &n, &e), e);
	assert_int_equal(n, 1);
}

static void
people(void **state)
{
	static const char *const want[] = {"T-0010 conflict", "T-0010.1 withheld"};
	struct campaign *c = *state;
	struct query_item *items = NULL;
	struct query_registration *r = NULL;
	char got[100];
	size_t count = 0;
	struct err e = {0};

	assert_ok(query_items(c->i, c->a, &items, &count, &e), e);
	assert_int_equal(count, sizeof want / sizeof *want);
	for (size_t k = 0; k < sizeof want / sizeof *want; k++) {
		(void)snprintf(got, sizeof got, "%s %s", items[k].item, items[k].what);
		assert_string_equal(got, want[k]);
	}
	assert_string_equal(items[1].sender, "wang@other.test");
	assert_string_equal(items[1].receipt, "T-0010");
	assert_true(items[1].since > 0);
	decide(c->s, "T-0010.1", "dismiss", NULL, 0, json_object());
	decide(c->s, "T-0010", "join", "T-0009", 0, json_object());
	spooling_line(c->s, json_pack("{s:s, s:s, s:i, s:i, s:s}", "event", "failed", "reply", "T-0009.2",
	                              "attempt", 3, "code", 550, "why", "no such user"));
	spooling_commit(c->s);
	assert_ok(query_items(c->i, c->a, &items, &count, &e), e);
	assert_int_equal(count, 1);
	assert_string_equal(items->what, "failed");
	assert_string_equal(items->why, "no such user");
	assert_ok(query_registration(c->i, c->a, "T-0010", &r, &e), e);
	assert_string_equal(r->state, "joined");
	assert_string_equal(r->joined, "T-0009");
	decide(c->s, "T-0009", "dismiss", NULL, 0, json_object());
	spooling_commit(c->s);
	assert_ok(query_registration(c->i, c->a, "T-0009", &r, &e), e);
	assert_string_equal(r->state, "withdrawn");
}

static void
bounced(void **state)
{
	struct campaign *c = *state;
	struct hash m = spooling_mail(c->s, "a bounce");
	struct query_reply *r = NULL;
	struct query_item *items = NULL;
	size_t count = 0;
	struct err e = {0};

	spooling_line(c->s, json_pack("{s:s, s:s, s:s, s:s}", "event", "bounced", "reply", "T-0009.1",
	                              "message", m.hex, "status", "5.1.1"));
	spooling_commit(c->s);
	assert_ok(query_reply(c->i, c->a, "T-0009.1", &r, &e), e);
	assert_string_equal(r->state, "bounced");
	assert_string_equal(r->status, "5.1.1");
	assert_string_equal(r->bounce, m.hex);
	assert_ok(query_items(c->i, c->a, &items, &count, &e), e);
	assert_int_equal(count, 3);
}

static void
counts(void **state)
{
	struct campaign *c = *state;
	struct query_count *n = NULL;
	struct buf b = BUF_INIT(1000);
	const char *fact = NULL;
	size_t count = 0;
	struct err e = {0};

	assert_ok(query_dispositions(c->i, c->a, 0, 0, &n, &count, &e), e);
	for (size_t k = 0; k < count; k++)
		buf_fmt(&b, "%s %d, ", n[k].what, (int)n[k].count);
	assert_ok(query_states(c->i, c->a, &n, &count, &e), e);
	for (size_t k = 0; k < count; k++)
		buf_fmt(&b, "%s %d, ", n[k].what, (int)n[k].count);
	assert_ok(query_outbox(c->i, c->a, &n, &count, &e), e);
	for (size_t k = 0; k < count; k++)
		buf_fmt(&b, "%s %d, ", n[k].what, (int)n[k].count);
	assert_string_equal(b.at, "accepted 3, correction 1, ignored 1, other 1, accepted 1, conflict 1, "
	                          "due 2, sent 1, withheld 1, ");
	assert_ok(query_dispositions(c->i, c->a, 0, 1, &n, &count, &e), e);
	assert_int_equal(count, 0);
	/* the first start's word holds */
	spooling_line(c->s, json_pack("{s:s, s:s, s:s}", "event", "started", "version", "2", "replies_since",
	                              "2023-01-01T00:00:00+08:00"));
	assert_ok(query_fact(c->i, c->a, "replies_since", &fact, &e), e);
	assert_string_equal(fact, "2022-06-01T00:00:00+08:00");
	assert_ok(query_fact(c->i, c->a, "version", &fact, &e), e);
	assert_string_equal(fact, "2");
	assert_ok(query_fact(c->i, c->a, "stopped_at", &fact, &e), e);
	assert_null(fact);
	spooling_commit(c->s);
	buf_free(&b);
}

/* Nothing twice: what the log must not say is refused before it is true, and the round with it. */
static void
contradictions_are_refused(void **state)
{
	static const struct spooling_form rows[] = {
	        {.bytes = "x", .from = "a@b", .receipt = "T-0009", .as = "new", .key = "1", .revision = 1},
	        {.bytes = "x",
	         .from = "a@b",
	         .receipt = "T-0009",
	         .as = "revision",
	         .key = "1",
	         .revision = 2},
	        {.bytes = "x",
	         .from = "a@b",
	         .receipt = "T-0009",
	         .as = "revision",
	         .key = "1",
	         .revision = 4},
	        {.bytes = "x",
	         .from = "a@b",
	         .receipt = "T-0077",
	         .as = "revision",
	         .key = "1",
	         .revision = 1},
	        {.bytes = "x", .from = "a@b", .receipt = "T-x", .as = "new", .key = "1", .revision = 1},
	        {.bytes = "x", .from = "a@b", .receipt = "T-0077", .as = "novel", .key = "1", .revision = 1},
	};
	struct campaign *c = *state;
	struct log_head head = spool_head(c->s);
	struct query_message *m = NULL;
	struct err e = {0};

	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
		json_t *line =
		        json_pack("{s:s, s:s, s:s, s:s, s:b, s:[{s:i, s:s, s:i, s:s, s:s, s:i}]}", "event",
		                  "recorded", "message", HASH_ZERO.hex, "id", "x", "disposition", "accepted",
		                  "late", 0, "forms", "n", 1, "receipt", rows[k].receipt, "revision",
		                  rows[k].revision, "as", rows[k].as, "region_key", rows[k].key, "errors", 0);

		assert_false(spool_line(c->s, line, NULL, &e));
		assert_int_equal(e.code, ERR_SPOOL);
		assert_ok(query_message(c->i, c->a, HASH_ZERO.hex, &m, &e), e);
		assert_null(m);
	}
	spooling_commit(c->s);
	assert_int_equal(spool_head(c->s).seq, head.seq);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        T(uids),
	        T(received_without_recorded_is_not_known),
	        T(relooked),
	        T(messages),
	        T(a_submission_without_a_date),
	        T(all_mails_of_a_digest_hold_a_registration),
	        T(statements_have_no_end),
	        T(threads),
	        T(registrations),
	        T(senders),
	        T(revisions),
	        T(a_person_accepts_what_no_program_read),
	        T(replies),
	        T(caps),
	        T(people),
	        T(bounced),
	        T(counts),
	        T(contradictions_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
