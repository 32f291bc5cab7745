/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: what a person decides of a registration holds, in the index and for the mails that come after it. */
#include "tests/unit/mailroom.h"

#define KUNSHAN     "320583"
#define ZONE        "320583 昆山经开区"
#define FIRST       "CYMP-2022-0001"
#define SECOND      "CYMP-2022-0002"
#define THIRD       "CYMP-2022-0003"
#define R(receipt)  "<mingpian." receipt ".1@miit-icdc.org>"
#define FROM(a)     .from = a "@qq.com"
#define GIVES_PHONE ",\"values\":{\"phone\":\"0512-57310086\"}"

static const struct mail first = {FROM("a"), .key = KUNSHAN, .phone = "1", .want = "new " FIRST " r1"};
static const struct mail second = {FROM("b"), .key = KUNSHAN, .phone = "2", .want = "conflict " SECOND " r1"};
static const struct mail zone = {FROM("b"), .key = ZONE, .phone = "2", .want = "new " SECOND " r1"};

/* A room with the first registration, and that of the mail given. */
static void
begin(struct room *room, const struct mail *other)
{
	*room = (struct room){.uid = 0};
	room_open(room);
	tell(room, "the first", &first);
	if (other)
		tell(room, "the second", other);
}

static void
comes(struct room *room, const char *story, struct mail m)
{
	tell(room, story, &m);
}

/* "state joined key code category", with - for what is none. */
static void
stands(struct room *room, const char *receipt, const char *want)
{
	struct query_registration *r = NULL;
	struct arena *a = arena_new();
	struct err e = {0};
	const char *got;

	if (!query_registration(spool_index(room->spool), a, receipt, &r, &e) || !r)
		fail_msg("%s: %s", receipt, e.text);
	else {
		got = arena_fmt(a, "%s %s %s %s %s", r->state, r->joined ? r->joined : "-",
		                r->region_key ? r->region_key : "-", r->region_code ? r->region_code : "-",
		                r->category ? r->category : "-");
		if (strcmp(got, want) != 0)
			fail_msg("%s: '%s', should be '%s'", receipt, got, want);
	}
	arena_free(a);
}

static const struct query_revision *
newest(struct room *room, struct arena *a, const char *receipt)
{
	struct query_revision *v = NULL;
	struct err e = {0};

	if (!query_newest(spool_index(room->spool), a, receipt, &v, &e) || !v)
		fail_msg("%s: no revision: %s", receipt, e.text);
	return v;
}

/* What staff joined goes on as one, whatever region either of them names. */
static void
joined_ones_go_on(void **state)
{
	struct room room;

	(void)state;
	begin(&room, &zone);
	assert_int_equal(act(&room, "join", SECOND, FIRST), ERR_NONE);
	stands(&room, FIRST, "accepted - " ZONE " - -"); /* as its newest values say */
	comes(&room, "the one's region",
	      (struct mail){FROM("b"), .key = ZONE, .phone = "3", .want = "revision " FIRST " r3"});
	comes(&room, "the other's region",
	      (struct mail){FROM("a"), .key = KUNSHAN, .phone = "4", .want = "revision " FIRST " r4"});
	comes(&room, "the one's region from the other",
	      (struct mail){FROM("a"), .key = ZONE, .phone = "5", .want = "revision " FIRST " r5"});
	comes(&room, "a stranger",
	      (struct mail){FROM("c"), .key = KUNSHAN, .phone = "6", .want = "conflict " THIRD " r1"});
	/* both would be joined then, and neither would count */
	assert_int_equal(act(&room, "join", FIRST, SECOND), ERR_INPUT);
	room_close(&room);
}

/* Joined to what is joined to a third: all three are one. */
static void
joins_of_joins_go_on(void **state)
{
	struct room room;

	(void)state;
	begin(&room, &second);
	comes(&room, "the third",
	      (struct mail){FROM("c"), .key = KUNSHAN, .phone = "3", .want = "conflict " THIRD " r1"});
	assert_int_equal(act(&room, "join", SECOND, THIRD), ERR_NONE);
	assert_int_equal(act(&room, "join", THIRD, FIRST), ERR_NONE);
	comes(&room, "by the middle one",
	      (struct mail){FROM("c"), .key = KUNSHAN, .phone = "4", .want = "revision " FIRST " r3"});
	comes(&room, "by the last",
	      (struct mail){FROM("b"), .key = KUNSHAN, .phone = "5", .want = "revision " FIRST " r4"});
	room_close(&room);
}

/* What answers the letter about one that was joined since belongs to the one that it was joined to. */
static void
threads_of_joined_ones_go_on(void **state)
{
	struct room room;

	(void)state;
	begin(&room, &second);
	assert_int_equal(act(&room, "join", SECOND, FIRST), ERR_NONE);
	comes(&room, "a value in the text",
	      (struct mail){FROM("b"), .answers = R(SECOND), .extra = GIVES_PHONE,
	                    .want = "revision " FIRST " r3"});
	comes(&room, "taken back",
	      (struct mail){FROM("b"), .answers = R(SECOND), .extra = ",\"withdraw\":\"\"",
	                    .want = "withdrawal of " FIRST " - -"});
	room_close(&room);
}

/* Values that are joined bring their faults along: the registration asks for a correction. */
static void
joined_values_are_judged(void **state)
{
	struct mail bad = second;
	struct room room;

	(void)state;
	bad.phone = BAD;
	begin(&room, &bad);
	assert_int_equal(act(&room, "join", SECOND, FIRST), ERR_NONE);
	stands(&room, FIRST, "correction - " KUNSHAN " - -");
	room_close(&room);
}

/* A person's word ends a join: accepted, it is a registration of its own again, and so are its sender's. */
static void
accepted_ones_are_joined_no_more(void **state)
{
	struct room room;

	(void)state;
	begin(&room, &second);
	assert_int_equal(act(&room, "join", SECOND, FIRST), ERR_NONE);
	stands(&room, SECOND, "joined " FIRST " " KUNSHAN " - -");
	assert_int_equal(act(&room, "accept", SECOND, NULL), ERR_NONE);
	stands(&room, SECOND, "accepted - " KUNSHAN " - -");
	comes(&room, "its sender",
	      (struct mail){FROM("b"), .key = KUNSHAN, .phone = "3", .want = "revision " SECOND " r2"});
	comes(&room, "the other's",
	      (struct mail){FROM("a"), .key = KUNSHAN, .phone = "4", .want = "revision " FIRST " r3"});
	room_close(&room);
}

/* Withdrawn, it is out of both: what its sender sends then is a stranger's to the other. */
static void
withdrawn_ones_are_joined_no_more(void **state)
{
	struct room room;

	(void)state;
	begin(&room, &second);
	assert_int_equal(act(&room, "join", SECOND, FIRST), ERR_NONE);
	assert_int_equal(act(&room, "dismiss", SECOND, NULL), ERR_NONE);
	stands(&room, SECOND, "withdrawn - " KUNSHAN " - -");
	comes(&room, "its sender",
	      (struct mail){FROM("b"), .key = KUNSHAN, .phone = "3", .want = "conflict " THIRD " r1"});
	room_close(&room);
}

/* What a person withdrew, no mail brings back, not by one that was joined to it either. */
static void
withdrawn_ones_stay_withdrawn(void **state)
{
	struct room room;

	(void)state;
	begin(&room, &second);
	assert_int_equal(act(&room, "join", SECOND, FIRST), ERR_NONE);
	assert_int_equal(act(&room, "dismiss", FIRST, NULL), ERR_NONE);
	comes(&room, "the joined one's sender",
	      (struct mail){FROM("b"), .key = KUNSHAN, .phone = "3", .want = "new " THIRD " r1"});
	stands(&room, FIRST, "withdrawn - " KUNSHAN " - -");
	room_close(&room);
}

/* A join of another region that was ended: its applicant is known by his own region still. */
static void
ended_joins_lose_nobody(void **state)
{
	static const char *const ends[] = {"accept", "dismiss"};

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct room room;

		begin(&room, &zone);
		assert_int_equal(act(&room, "join", SECOND, FIRST), ERR_NONE);
		assert_int_equal(act(&room, ends[i], SECOND, NULL), ERR_NONE);
		comes(&room, ends[i],
		      (struct mail){FROM("a"), .key = KUNSHAN, .phone = "4",
		                    .want = "revision " FIRST " r3"});
		room_close(&room);
	}
}

/* A region that a person sets is the registration's in everything: nothing of the old one stays. */
static void
regions_are_looked_up(void **state)
{
	static const struct {
		const char *region, *want;
	} rows[] = {
	        {"江苏省苏州市常熟市", "accepted - 320581 320581 county"},
	        {"浙江省宁波市", "accepted - 330200 330200 sub_provincial"},
	        {"某处", "accepted - 某处 - -"},
	};
	struct arena *a = arena_new();
	struct room room;

	(void)state;
	begin(&room, NULL);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(
		        act_with(&room, "accept", FIRST, NULL, json_pack("{s:s}", "region", rows[i].region)),
		        ERR_NONE);
		stands(&room, FIRST, rows[i].want);
		assert_non_null(strstr(newest(&room, a, FIRST)->form, rows[i].region));
		assert_string_equal(newest(&room, a, FIRST)->defects, "[]"); /* a person's word */
	}
	assert_int_equal(
	        act_with(&room, "accept", FIRST, NULL, json_pack("{s:s}", "region", "江苏省苏州市张家港市")),
	        ERR_NONE);
	comes(&room, "of the region that was set",
	      (struct mail){FROM("a"), .key = "320582", .phone = "7", .want = "revision " FIRST " r6"});
	comes(&room, "of the region that it was not",
	      (struct mail){FROM("a"), .key = KUNSHAN, .phone = "8", .want = "new " SECOND " r1"});
	/* who cannot ask the parser sets no region, but all else */
	room.worker.program = "/nonexistent";
	assert_int_not_equal(
	        act_with(&room, "accept", FIRST, NULL, json_pack("{s:s}", "region", "江苏省苏州市常熟市")),
	        ERR_NONE);
	assert_int_equal(act_with(&room, "accept", FIRST, NULL, json_pack("{s:s}", "phone", "0512-57310086")),
	                 ERR_NONE);
	stands(&room, FIRST, "accepted - 320582 - -"); /* as its mail said */
	arena_free(a);
	room_close(&room);
}

/* What was said against a value that a person set is said no more; against the others it is. */
static void
doubts_of_what_was_set_end(void **state)
{
	static const char doubtful[] =
	        ",\"forms\":[{\"source\":\"x\",\"region\":\"江苏省苏州市昆山市\",\"lead_unit\":"
	        "\"昆山市工信局\","
	        "\"leading_industries\":[\"a\"],\"special_industry\":\"b\",\"profile\":\"c\",\"contact\":"
	        "\"沈志远\","
	        "\"phone\":\"1\",\"region_code\":null,\"region_key\":\"" KUNSHAN "\",\"category\":null,"
	        "\"confidence\":0.5,\"doubtful\":[\"phone\",\"contact\"],\"defects\":[{\"field\":\"phone\","
	        "\"code\":\"bad_phone\",\"severity\":\"error\"},{\"field\":\"contact\",\"code\":\"no_"
	        "position\","
	        "\"severity\":\"notice\"}]}]";
	struct arena *a = arena_new();
	const char *form;
	struct room room;

	(void)state;
	room = (struct room){.uid = 0};
	room_open(&room);
	comes(&room, "read from a picture",
	      (struct mail){FROM("a"), .key = KUNSHAN, .phone = BAD, .extra = doubtful,
	                    .want = "new " FIRST " r1"});
	assert_int_equal(act_with(&room, "accept", FIRST, NULL, json_pack("{s:s}", "phone", "0512-57310086")),
	                 ERR_NONE);
	form = newest(&room, a, FIRST)->form;
	assert_non_null(strstr(form, "\"doubtful\":[\"contact\"]"));
	assert_null(strstr(form, "bad_phone"));
	assert_non_null(strstr(form, "no_position"));
	arena_free(a);
	room_close(&room);
}

/* Late belongs to a revision: what a person makes of values that came late is late, too. */
static void
late_values_stay_late(void **state)
{
	struct mail late = second;
	struct arena *a = arena_new();
	struct room room;

	(void)state;
	late.want = "late conflict " SECOND " r1";
	begin(&room, &late);
	assert_int_equal(act_with(&room, "accept", FIRST, NULL, json_pack("{s:s}", "phone", "9")), ERR_NONE);
	assert_false(newest(&room, a, FIRST)->late);
	assert_int_equal(act(&room, "join", SECOND, FIRST), ERR_NONE);
	assert_true(newest(&room, a, FIRST)->late);
	assert_int_equal(act_with(&room, "accept", FIRST, NULL, json_pack("{s:s}", "phone", "10")), ERR_NONE);
	assert_true(newest(&room, a, FIRST)->late);
	arena_free(a);
	room_close(&room);
}

/* Accepted as it stands: so far, until something newer comes. */
static bool
settled(struct room *room, const char *receipt)
{
	struct query_registration *r = NULL;
	struct arena *a = arena_new();
	struct err e = {0};
	bool is = query_registration(spool_index(room->spool), a, receipt, &r, &e) && r && r->settled;

	arena_free(a);
	return is;
}

static void
accepted_ones_are_settled(void **state)
{
	struct room room;

	(void)state;
	begin(&room, &second);
	assert_false(settled(&room, FIRST));
	assert_int_equal(act(&room, "accept", FIRST, NULL), ERR_NONE);
	assert_true(settled(&room, FIRST));
	assert_false(settled(&room, SECOND));
	comes(&room, "something newer",
	      (struct mail){FROM("a"), .key = KUNSHAN, .phone = "3", .want = "revision " FIRST " r2"});
	assert_false(settled(&room, FIRST));
	assert_int_equal(act_with(&room, "accept", FIRST, NULL, json_pack("{s:s}", "phone", "4")), ERR_NONE);
	assert_true(settled(&room, FIRST));
	room_close(&room);
}

/* A form that gives a region gives all that is known of it: nothing of the one before stays. */
static void
forms_bring_their_region(void **state)
{
	static const char with[] =
	        ",\"forms\":[{\"source\":\"x\",\"region\":\"%s\",\"lead_unit\":\"昆山市工信局\","
	        "\"leading_industries\":[\"a\"],\"special_industry\":\"b\",\"profile\":\"c\",\"contact\":"
	        "\"沈志远 "
	        "科长\",\"phone\":\"1\",\"region_code\":\"%s\",\"region_key\":\"%s\",\"category\":%s,"
	        "\"confidence\":1.0,\"defects\":[%s]}]";
	struct arena *a = arena_new();
	struct room room = {.uid = 0};

	(void)state;
	room_open(&room);
	comes(&room, "a county",
	      (struct mail){FROM("a"), .key = KUNSHAN, .phone = "1",
	                    .extra = arena_fmt(a, with, "昆山市", KUNSHAN, KUNSHAN, "\"county\"", ""),
	                    .want = "new " FIRST " r1"});
	stands(&room, FIRST, "accepted - " KUNSHAN " " KUNSHAN " county");
	comes(&room, "a province",
	      (struct mail){FROM("a"), .key = KUNSHAN, .phone = BAD, .answers = R(FIRST),
	                    .extra = arena_fmt(a, with, "江苏省", "320000", "320000", "null",
	                                       "{\"field\":\"region\",\"code\":\"not_eligible\","
	                                       "\"severity\":\"error\"}"),
	                    .want = "revision " FIRST " r2"});
	stands(&room, FIRST, "correction - 320000 320000 -");
	arena_free(a);
	room_close(&room);
}

/* Why a reply was kept is no matter of one that was let out. */
static void
released_ones_have_no_why(void **state)
{
	struct query_reply *r = NULL;
	struct arena *a = arena_new();
	struct room room = {.uid = 0};
	struct err e = {0};

	(void)state;
	room_open(&room);
	comes(&room, "answered by hand",
	      (struct mail){FROM("a"), .key = KUNSHAN, .phone = "1", .answered = true,
	                    .want = "withheld answered"});
	assert_int_equal(act(&room, "release", FIRST ".1", NULL), ERR_NONE);
	assert_true(query_reply(spool_index(room.spool), a, FIRST ".1", &r, &e));
	assert_string_equal(r->state, "due");
	assert_null(r->why);
	arena_free(a);
	room_close(&room);
}

/* What an act has no use for is not passed over in silence; nor is a list of nothing a value. */
static void
acts_take_what_is_theirs(void **state)
{
	static const char names[] = "leading_industries";
	struct arena *a = arena_new();
	struct room room;

	(void)state;
	begin(&room, &second);
	assert_int_equal(act_with(&room, "dismiss", FIRST, NULL, json_pack("{s:s}", "phone", "2")),
	                 ERR_USAGE);
	assert_int_equal(act_with(&room, "join", SECOND, FIRST, json_pack("{s:s}", "phone", "2")), ERR_USAGE);
	assert_int_equal(act(&room, "accept", SECOND, FIRST), ERR_USAGE);
	assert_int_equal(act_with(&room, "accept", FIRST, NULL, json_pack("{s:s}", names, "、")), ERR_USAGE);
	assert_int_equal(act_with(&room, "accept", FIRST, NULL, json_pack("{s:s}", "region", "  　")),
	                 ERR_USAGE);
	stands(&room, FIRST, "accepted - " KUNSHAN " - -");
	assert_int_equal(act_with(&room, "accept", FIRST, NULL, json_pack("{s:s}", "phone", " 0512-1 ")),
	                 ERR_NONE);
	assert_non_null(strstr(newest(&room, a, FIRST)->form, "\"0512-1\""));
	assert_int_equal(act_with(&room, "accept", FIRST, NULL, json_pack("{s:s}", names, "甲、 、 乙、")),
	                 ERR_NONE);
	assert_non_null(strstr(newest(&room, a, FIRST)->form, "[\"甲\",\"乙\"]"));
	arena_free(a);
	room_close(&room);
}

/* A receipt names the registration: that its mail could not be answered is another matter, and stays one. */
static void
receipts_settle_no_message(void **state)
{
	static const char *const acts[] = {"accept", "dismiss"};
	struct query_item *items = NULL;
	struct arena *a = arena_new();
	struct room room = {.uid = 0};
	struct err e = {0};
	size_t n = 0;

	(void)state;
	room_open(&room);
	comes(&room, "undecided",
	      (struct mail){
	              .from = "a@qq.com.", .key = KUNSHAN, .phone = "1", .want = "unanswerable new " FIRST});
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
		assert_int_equal(act(&room, acts[i], FIRST, NULL), ERR_NONE);
		assert_true(query_items(spool_index(room.spool), a, &items, &n, &e));
		assert_int_equal(n, 1);
	}
	assert_int_equal(act(&room, "dismiss", items[0].item, NULL), ERR_NONE);
	assert_true(query_items(spool_index(room.spool), a, &items, &n, &e));
	assert_int_equal(n, 0);
	arena_free(a);
	room_close(&room);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(joined_ones_go_on),
	        cmocka_unit_test(joins_of_joins_go_on),
	        cmocka_unit_test(threads_of_joined_ones_go_on),
	        cmocka_unit_test(joined_values_are_judged),
	        cmocka_unit_test(accepted_ones_are_joined_no_more),
	        cmocka_unit_test(withdrawn_ones_are_joined_no_more),
	        cmocka_unit_test(withdrawn_ones_stay_withdrawn),
	        cmocka_unit_test(ended_joins_lose_nobody),
	        cmocka_unit_test(regions_are_looked_up),
	        cmocka_unit_test(doubts_of_what_was_set_end),
	        cmocka_unit_test(late_values_stay_late),
	        cmocka_unit_test(accepted_ones_are_settled),
	        cmocka_unit_test(receipts_settle_no_message),
	        cmocka_unit_test(forms_bring_their_region),
	        cmocka_unit_test(released_ones_have_no_why),
	        cmocka_unit_test(acts_take_what_is_theirs),
	};
	struct err e;

	return clock_zone("Asia/Shanghai", &e) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
