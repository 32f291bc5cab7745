/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: who owns which registration. Each story is a sequence of mails as the parser reads them, put
 * through decide, record and answer into a real spool; each mail wants a line in the log: what its form
 * counts as, under which receipt and revision, and what becomes of its reply. */
#include "tests/unit/mailroom.h"

#include "daemon/life.h"
#include "spool/holdings.h"

#include <openssl/evp.h>

struct story {
	const char *name;
	struct mail mails[8]; /* ends with from NULL */
};

#define R1 "<mingpian.CYMP-2022-0001.1@miit-icdc.org>"

#define VALUES(v) ",\"values\":{" v "}"
#define PHONE(n)  VALUES("\"phone\":\"" n "\"")
#define REGION(r) VALUES("\"region\":\"" r "\"")

/* Forms of a mail that has several, for `extra`; of the row's own form only whether it has an error counts
 * then. */
#define FORM(key, phone, defects)                                                                                \
	"{\"source\":\"x\",\"region\":null,\"lead_unit\":\"昆山市工信局\",\"leading_industries\":[\"a\"]," \
	"\"special_industry\":\"b\",\"profile\":\"c\",\"contact\":\"沈志远 科长\",\"phone\":\"" phone            \
	"\",\"region_code\":null,\"region_key\":" key ",\"defects\":[" defects                                   \
	"],\"category\":null,\"confidence\":1.0}"
#define NO_REGION   "{\"field\":\"region\",\"code\":\"missing\",\"severity\":\"error\"}"
#define FORMS(x, y) ",\"forms\":[" x "," y "]"

static const struct story stories[] = {
        {"two forms of one answer, the second without its region: it is no second revision",
         {{"a@qq.com", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@qq.com", "320583", BAD, R1, FORMS(FORM("\"320583\"", "2", ""), FORM("null", "3", NO_REGION)),
           NULL, false, "revision CYMP-2022-0001 r2, new CYMP-2022-0002 r1"}}},
        {"the same, the one without its region first: what names the region comes last",
         {{"a@qq.com", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@qq.com", "320583", BAD, R1, FORMS(FORM("null", "3", NO_REGION), FORM("\"320583\"", "2", "")),
           NULL, false, "revision CYMP-2022-0001 r2, revision CYMP-2022-0001 r3"}}},
        {"two regions answer the one that was missing: the first is meant",
         {{"a@qq.com", NULL, "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@qq.com", "320583", "2", R1, FORMS(FORM("\"320583\"", "2", ""), FORM("\"320582\"", "3", "")),
           NULL, false, "revision CYMP-2022-0001 r2, new CYMP-2022-0002 r1"}}},
        {"a value in an answer's text mends the form; the same again says so",
         {{"a@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@ks.gov.cn", NULL, NULL, R1, PHONE("0512-57310086"), NULL, false,
           "revision CYMP-2022-0001 r2 revised due"},
          {"b@ks.gov.cn", NULL, NULL, R1, PHONE("0512-57310086"), NULL, false,
           "same CYMP-2022-0001 r2 repeated due"},
          {"b@ks.gov.cn", NULL, NULL, R1, PHONE("0512-57310086"), NULL, false,
           "same CYMP-2022-0001 r2 repeated withheld told"},
          {"b@ks.gov.cn", NULL, NULL, R1, VALUES("\"leading_industries\":[\"甲\",\"乙\"]"), NULL, false,
           "revision CYMP-2022-0001 r3 revised due"}}},
        {"the whole is checked again: what is still wrong is asked for",
         {{"a@ks.gov.cn", "320583", "0512-57310086", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@ks.gov.cn", NULL, NULL, R1, PHONE("2331"), NULL, false,
           "revision CYMP-2022-0001 r2 correction due"}}},
        {"values in another's thread go to staff, and are not answered",
         {{"a@qq.com", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"b@qq.com", NULL, NULL, R1, PHONE("0512-57310086"), NULL, false, "values_unplaced - -"}}},
        {"values that two registrations fit go to staff",
         {{"a@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@ks.gov.cn", "320582", "1", R1, NULL, NULL, false, "new CYMP-2022-0002 r1"},
          {"a@ks.gov.cn", NULL, NULL, R1, PHONE("0512-57310086"), NULL, false, "values_unplaced - -"}}},
        {"of two, the one with just this fault is meant",
         {{"a@qq.com", "320583", "0512-57310086", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1 accepted"},
          {"a@qq.com", "320582", BAD, R1, NULL, NULL, false, "new CYMP-2022-0002 r1 correction"},
          {"a@qq.com", NULL, NULL, R1, PHONE("0512-57310086"), NULL, false,
           "revision CYMP-2022-0002 r2 revised due"}}},
        {"a region in the text that is registered already goes to staff",
         {{"a@qq.com", NULL, "0512-57310086", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1 correction"},
          {"a@qq.com", "320583", "1", R1, NULL, NULL, false, "revision CYMP-2022-0001 r2"},
          {"b@qq.com", NULL, "0512-57310086", NULL, NULL, NULL, false, "new CYMP-2022-0002 r1 correction"},
          {"b@qq.com", NULL, NULL, "<mingpian.CYMP-2022-0002.1@miit-icdc.org>", REGION("江苏省苏州市昆山市"),
           NULL, false, "values_region - -"}}},
        {"a region that was no fault is not changed by a line of text",
         {{"a@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@ks.gov.cn", NULL, NULL, R1, REGION("江苏省苏州市常熟市"), NULL, false, "values_region - -"}}},
        {"values that answer nothing of ours are no form",
         {{"a@ks.gov.cn", NULL, NULL, NULL, PHONE("0512-57310086"), NULL, false, "no_form due"}}},
        {"a late value makes a late revision",
         {{"a@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@ks.gov.cn", NULL, NULL, R1, PHONE("0512-57310086"), NULL, false, "late"}}},
        {"a withdrawal waits for a person, whoever asks",
         {{"a@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"b@qq.com", NULL, NULL, NULL, ",\"values\":{},\"withdraw\":\"CYMP-2022-0001\"", NULL, false,
           "withdrawal of CYMP-2022-0001 - -"}}},
        {"a withdrawal that names nothing is of the sender's own in the thread",
         {{"a@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"b@qq.com", NULL, NULL, R1, ",\"withdraw\":\"\"", NULL, false, "withdrawal - -"},
          {"b@ks.gov.cn", NULL, NULL, R1, ",\"withdraw\":\"\"", NULL, false,
           "withdrawal of CYMP-2022-0001 - -"}}},
        {"a withdrawal that names what is not there, or might be of two",
         {{"a@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@ks.gov.cn", "320582", "1", R1, NULL, NULL, false, "new CYMP-2022-0002 r1"},
          {"a@ks.gov.cn", NULL, NULL, R1, ",\"withdraw\":\"\"", NULL, false, "withdrawal - -"},
          {"a@ks.gov.cn", NULL, NULL, R1, ",\"withdraw\":\"CYMP-2022-0009\"", NULL, false,
           "withdrawal - -"}}},
        {"that it had come already is said once to an address, and again after a revision",
         {{"a@qq.com", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1 accepted due"},
          {"a@qq.com", "320583", "1", NULL, NULL, NULL, false, "same CYMP-2022-0001 r1 repeated due"},
          {"A@QQ.com", "320583", "1", NULL, NULL, NULL, false,
           "same CYMP-2022-0001 r1 repeated withheld told"},
          {"a@qq.com", "320583", "1", NULL, NULL, NULL, false,
           "same CYMP-2022-0001 r1 repeated withheld told"},
          {"a@qq.com", "320583", "2", NULL, NULL, NULL, false, "revision CYMP-2022-0001 r2 revised due"},
          {"a@qq.com", "320583", "2", NULL, NULL, NULL, false, "same CYMP-2022-0001 r2 repeated due"}}},
        {"first, again, revised",
         {{"a@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1 accepted due"},
          {"a@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "same CYMP-2022-0001 r1 repeated due"},
          {"b@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "same CYMP-2022-0001 r1 repeated due"},
          {"b@ks.gov.cn", "320583", "2", NULL, NULL, NULL, false, "revision CYMP-2022-0001 r2 revised due"}}},
        {"full-width and spaces are no difference",
         {{"a@ks.gov.cn", "320583", "0512-1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@ks.gov.cn", "320583", "０５１２ - 1", NULL, NULL, NULL, false, "same CYMP-2022-0001 r1"}}},
        {"another sender, same values, then other values of his own",
         {{"a@qq.com", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"b@qq.com", "320583", "1", NULL, NULL, NULL, false, "sender CYMP-2022-0001 r1 accepted due"}}},
        {"another sender, other values: a conflict of his own, which he revises",
         {{"a@qq.com", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"b@qq.com", "320583", "2", NULL, NULL, NULL, false, "conflict CYMP-2022-0002 r1 accepted due"},
          {"b@qq.com", "320583", "3", NULL, NULL, NULL, false, "revision CYMP-2022-0002 r2"},
          {"a@qq.com", "320583", "4", NULL, NULL, NULL, false, "revision CYMP-2022-0001 r2"}}},
        {"two zones of one host are two",
         {{"a@ks.gov.cn", "320583 昆山经开区", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0002 r1"}}},
        {"a missing region is mended in the thread",
         {{"a@qq.com", NULL, "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1 correction due"},
          {"a@qq.com", "320583", "1", R1, NULL, NULL, false, "revision CYMP-2022-0001 r2 revised due"}}},
        {"a thread decides nothing where the region is sure",
         {{"a@qq.com", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@qq.com", "320582", "1", R1, NULL, NULL, false, "new CYMP-2022-0002 r1"}}},
        {"another's thread gives no registration",
         {{"a@qq.com", NULL, "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"b@qq.com", "320583", "2", R1, NULL, NULL, false, "new CYMP-2022-0002 r1"}}},
        {"one submission in two mailboxes",
         {{"a@qq.com", "320583", "1", NULL, NULL, "<1@qq.com>", false, "new CYMP-2022-0001 r1 accepted due"},
          {"a@qq.com", "320583", "1", NULL, NULL, "<1@qq.com>", false, "copy - - -"}}},
        {"withheld: authentication failed",
         {{"a@qq.com", "320583", "1", NULL, ",\"auth\":{\"spf\":\"pass\",\"dmarc\":\"fail\"}", NULL, false,
           "new CYMP-2022-0001 r1 accepted withheld authentication"}}},
        {"withheld: spf failed, and no dmarc pass",
         {{"a@qq.com", "320583", "1", NULL, ",\"auth\":{\"spf\":\"fail\"}", NULL, false,
           "withheld authentication"}}},
        {"not withheld: spf failed by forwarding, dmarc passed",
         {{"a@qq.com", "320583", "1", NULL, ",\"auth\":{\"spf\":\"fail\",\"dmarc\":\"pass\"}", NULL, false,
           "accepted due"}}},
        {"withheld: answered by hand already",
         {{"a@qq.com", "320583", "1", NULL, NULL, NULL, true, "accepted withheld answered"}}},
        {"withheld: the parser says so",
         {{"a@qq.com", "320583", "1", NULL, ",\"withheld\":true,\"withheld_why\":\"automatic\"", NULL, false,
           "accepted withheld automatic"}}},
        {"no reply to ourselves",
         {{"maruijuan@miit-icdc.org", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1 - -"}}},
        {"an address that no mail can go to: recorded, and a person is told",
         {{"a@qq.com.", "320583", "1", NULL, NULL, NULL, false, "unanswerable new CYMP-2022-0001 r1 - -"},
          {"a b@qq.com", NULL, NULL, NULL, NULL, NULL, false, "unanswerable - -"},
          {"a@qq.com", "320582", "1", NULL, NULL, NULL, false, "new CYMP-2022-0002 r1 accepted due"}}},
        {"a Reply-To that no mail can go to: the sender is answered",
         {{"a@qq.com", "320583", "1", NULL, ",\"reply_to\":\"x@y.\"", NULL, false,
           "new CYMP-2022-0001 r1 accepted due"}}},
        {"what comes from nobody is recorded, and not answered: a person is told",
         {{"", "320583", "1", NULL, NULL, NULL, false, "unanswerable new CYMP-2022-0001 r1 - -"},
          {"", NULL, NULL, NULL, NULL, NULL, false, "unanswerable - -"}}},
        {"a Reply-To that is ours: the same",
         {{"a@qq.com", "320583", "1", NULL, ",\"reply_to\":\"maruijuan@miit-icdc.org\"", NULL, false,
           "unanswerable new CYMP-2022-0001 r1 - -"}}},
};

static void
all_stories(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof stories / sizeof *stories; i++) {
		struct room room = {.uid = 0};

		room_open(&room);
		for (const struct mail *m = stories[i].mails; m->from; m++)
			tell(&room, stories[i].name, m);
		room_close(&room);
	}
}

/* What waits for a person because nobody could be answered is settled without taking the form back. */
static void
undecided_ones_are_settled(void **state)
{
	static const struct mail mail = {
	        "a@qq.com.", "320583", BAD,   NULL,
	        NULL,        NULL,     false, "unanswerable new CYMP-2022-0001 r1 - -"};
	struct query_registration *r = NULL;
	struct query_item *items = NULL;
	struct arena *a = arena_new();
	struct room room = {.uid = 0};
	struct holdings held;
	json_t *life = NULL, *event;
	struct err e = {0};
	bool told = false;
	size_t n = 0;

	(void)state;
	room_open(&room);
	tell(&room, "undecided", &mail);
	assert_true(query_items(spool_index(room.spool), a, &items, &n, &e));
	assert_int_equal(n, 1);
	assert_int_equal(act(&room, "dismiss", items[0].item, NULL), ERR_NONE);
	assert_true(query_items(spool_index(room.spool), a, &items, &n, &e));
	assert_int_equal(n, 0);
	assert_true(query_registration(spool_index(room.spool), a, "CYMP-2022-0001", &r, &e));
	assert_string_equal(r->state, "correction");
	/* and who did it, and why, is told of the registration and goes with it */
	assert_true(life_tell(room.form, room.spool, "CYMP-2022-0001", NULL, &life, &e));
	json_array_foreach(json_object_get(life, "timeline"), n,
	                   event) if (strcmp(json_string_value(json_object_get(event, "event")),
	                                     "reviewed") == 0) told = true;
	assert_true(told);
	json_decref(life);
	assert_true(holdings_find(spool_index(room.spool), a, "CYMP-2022-0001", &held, &e));
	assert_int_equal(held.at[held.count - 1].what, HOLDING_DECISION);
	arena_free(a);
	room_close(&room);
}

/* What the configuration withholds is recorded all the same; the earliest reason is told. */
static void
withheld_by_rule(void **state)
{
	static const struct {
		time_t replies_since, closes;
		const char *want;
		bool shadow;
	} rows[] = {
	        {0, 0, "accepted due", false},
	        {0, 0, "accepted withheld shadow", true},
	        {1654826700, 0, "accepted due",
	         false}, /* the very second that it came in, 2022-06-10 10:05 */
	        {1654826701, 0, "accepted withheld old", false},
	        {0, 1654826701, "accepted due", false},
	        {0, 1654826700, "accepted withheld closed", false},
	        {1654826701, 0, "accepted withheld shadow", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct mail m = {"a@qq.com", "320583", "1", NULL, NULL, NULL, false, rows[i].want};
		struct room room = {.uid = 0};

		room_open(&room);
		room.config.rules.replies_since = rows[i].replies_since;
		room.config.rules.closes = rows[i].closes;
		room.config.rules.shadow = rows[i].shadow;
		tell(&room, "by rule", &m);
		room_close(&room);
	}
}

/* Each mail answers the newest reply, as a machine does that answers ours: it is one thread, however long. */
static void
a_thread_is_capped(void **state)
{
	struct room room = {.uid = 0};
	char id[80] = "", bytes[64];

	(void)state;
	room_open(&room);
	room.config.per_thread_per_day = 3;
	for (int n = 0; n < 5; n++) {
		struct mail m = {.from = "a@qq.com",
		                 .answers = n ? id : NULL,
		                 .want = n < 3 ? "no_form due" : "no_form withheld cap_thread"};

		tell(&room, "a loop", &m);
		(void)snprintf(bytes, sizeof bytes, "From: a@b\r\n\r\n%u", room.uid);
		(void)snprintf(id, sizeof id, "<mingpian.M-%.10s.1@miit-icdc.org>",
		               hash_of(bytes_str(bytes)).hex);
	}
	room_close(&room);
}

/* The mail with its base64 lines decoded where they stand: what a reader would see, roughly. */
static void
decoded(struct bytes mail, struct buf *out)
{
	while (mail.len) {
		size_t n = bytes_find(mail, "\r\n");
		unsigned char piece[64];
		int got = n && n <= 76 && n % 4 == 0 ? EVP_DecodeBlock(piece, mail.at, (int)n) : -1;

		if (got > 0)
			buf_add(out, piece, (size_t)got);
		else
			buf_add(out, mail.at, n);
		n = n + 2 > mail.len ? mail.len : n + 2;
		mail = BYTES(mail.at + n, mail.len - n);
	}
}

/* Nobody learns another's values: what goes to the second sender of a conflict holds only his own. */
static void
tells_no_secrets(void **state)
{
	struct mail first = {"a@qq.com", "320583", "010-SECRET", NULL, NULL, NULL, false, "new"};
	struct mail second = {"b@qq.com", "320583", "010-OWN", NULL, NULL, NULL, false, "conflict"};
	struct room room = {.uid = 0};
	struct query_reply *reply = NULL;
	struct arena *a = arena_new();
	struct buf mail = BUF_INIT(1 << 20), text = BUF_INIT(1 << 20);
	struct hash id;
	struct err e;

	(void)state;
	room_open(&room);
	tell(&room, "conflict", &first);
	tell(&room, "conflict", &second);
	assert_true(query_reply(spool_index(room.spool), a, "CYMP-2022-0002.1", &reply, &e));
	assert_non_null(reply);
	assert_string_equal(reply->recipient, "b@qq.com");
	assert_true(hash_read(&id, reply->message) && spool_mail(room.spool, &id, &mail, &e));
	decoded(buf_bytes(&mail), &text);
	assert_true(bytes_find(buf_bytes(&text), "010-OWN") < text.len);
	assert_int_equal(bytes_find(buf_bytes(&text), "SECRET"), text.len);
	assert_int_equal(bytes_find(buf_bytes(&text), "CYMP-2022-0001"), text.len);
	buf_free(&text);
	buf_free(&mail);
	arena_free(a);
	room_close(&room);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(all_stories), cmocka_unit_test(undecided_ones_are_settled),
	        cmocka_unit_test(withheld_by_rule), cmocka_unit_test(a_thread_is_capped),
	        cmocka_unit_test(tells_no_secrets)};
	struct err e;

	return clock_zone("Asia/Shanghai", &e) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
