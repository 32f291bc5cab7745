/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: regions find their department; a digest is due when it should be; codes are bound to their digest;
 * strangers' words do no harm in its page; a letter names fields, never values. */
#include "daemon/digest.h"

#include "config/clock.h"
#include "daemon/departments.h"
#include "daemon/remind.h"
#include "tests/unit/spooling.h"

static struct form *form;
static struct digest_kit *kit;

static const struct {
	const char *code, *region, *want;
} places[] = {
        {"320583", "江苏省苏州市昆山市", "江苏省"},
        {"320000", NULL, "江苏省"},
        {"210211", "大连市甘井子区", "大连市"},
        {"210102", NULL, "辽宁省"},
        {"370202", NULL, "青岛市"},
        {"440305", NULL, "深圳市"},
        {"659001", "石河子市", "新疆生产建设兵团"},
        {"650100", NULL, "新疆维吾尔自治区"},
        {NULL, "新疆生产建设兵团第八师", "新疆生产建设兵团"},
        {NULL, "某地", NULL},
        {"710000", NULL, NULL},
        {"", NULL, NULL},
        {NULL, NULL, NULL},
};

static void
regions_find_their_department(void **state)
{
	bool taken[MAP_ROWS][MAP_COLUMNS] = {{false}};

	(void)state;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		size_t d = department_of(places[i].code, places[i].region);
		const char *got = d < DEPARTMENTS ? departments[d].name : NULL;

		if (!got != !places[i].want || (got && strcmp(got, places[i].want) != 0))
			fail_msg("%s %s: %s", places[i].code, places[i].region, got);
	}
	/* no two squares of the map lie on each other */
	for (size_t i = 0; i < DEPARTMENTS; i++) {
		bool *square = &taken[departments[i].row][departments[i].column];

		assert_in_range(departments[i].row, 0, MAP_ROWS - 1);
		assert_in_range(departments[i].column, 0, MAP_COLUMNS - 1);
		if (*square)
			fail_msg("%s lies on another", departments[i].name);
		*square = true;
	}
}

static const char *const to[] = {"a@b.org", "c@b.org", NULL}, *const nobody[] = {NULL};
static const char *const domains[] = {"b.org", NULL};
static struct config_campaign campaign = {.name = "2022"};
static struct config_mailbox mailbox = {.address = "m@b.org", .contact = "电话：010-1"};

static struct config
config_of(const char *dir)
{
	struct config c = {
	        .campaigns = &campaign, .campaign_count = 1, .mailboxes = &mailbox, .mailbox_count = 1};

	(void)clock_parse_day("2025-12-31", 1, &campaign.keep_end);
	c.own.name = "中心";
	c.own.domains = domains;
	c.spool.dir = dir;
	c.digest.at_minutes = 8 * 60 + 30;
	c.digest.from = "m@b.org";
	c.digest.to = to;
	c.digest.staff = nobody;
	return c;
}

static void
now_is(const char *when)
{
	(void)setenv("MINGPIAN_NOW", when, 1);
}

/* "2022-06-10 08:30", or "never". */
static char *
next_of(const struct digest_rules *g, struct spool *s)
{
	char date[11], at[CLOCK_RFC3339_MAX];
	struct buf b = BUF_INIT(100);
	struct err e = {0};
	time_t next = 0;

	assert_ok(digest_next(g, s, clock_now(), &next, date, &e), e);
	if (!next) {
		buf_str(&b, "never");
		return buf_take(&b);
	}
	(void)clock_rfc3339(next, at);
	assert_memory_equal(at, date, 10);
	buf_fmt(&b, "%s %.5s", date, at + 11);
	return buf_take(&b);
}

static void
expect_next(const struct digest_rules *g, struct spool *s, const char *now, const char *want)
{
	char *got;

	now_is(now);
	got = next_of(g, s);
	if (strcmp(got, want) != 0)
		fail_msg("at %s: %s, should be %s", now, got, want);
	free(got);
}

static void
due_once_a_day(void **state)
{
	struct config c = config_of(*state);
	struct digest_rules g = {&c, form, kit};
	struct spool *s = spooling_open(*state, SPOOL_WRITE);
	struct buf said = BUF_INIT(1000);
	struct err e = {0};

	now_is("2022-06-10T12:00:00+08:00");
	expect_next(&g, s, "2022-06-10T12:00:00+08:00", "2022-06-11 08:30"); /* nothing to tell yet */
	spooling_line(s, json_pack("{s:s}", "event", "started"));
	spooling_commit(s);
	expect_next(&g, s, "2022-06-10T12:00:00+08:00", "2022-06-11 08:30");
	expect_next(&g, s, "2022-06-11T08:29:59+08:00", "2022-06-11 08:30");
	expect_next(&g, s, "2022-06-11T08:30:00+08:00", "2022-06-11 08:30");
	expect_next(&g, s, "2022-06-14T07:00:00+08:00", "2022-06-13 08:30"); /* one for all missed days */
	now_is("2022-06-14T07:00:00+08:00");
	assert_ok(digest_stage(&g, s, "2022-06-13", &said, &e), e);
	spooling_commit(s);
	assert_string_equal(said.at, "digest D-20220613 for 2022-06-13 goes out to 2");
	expect_next(&g, s, "2022-06-14T07:00:01+08:00", "2022-06-14 08:30");
	/* by hand, before its time: that was the day's */
	assert_ok(digest_stage(&g, s, "2022-06-14", &said, &e), e);
	spooling_commit(s);
	expect_next(&g, s, "2022-06-14T07:00:02+08:00", "2022-06-15 08:30");
	expect_next(&g, s, "2022-06-14T09:00:00+08:00", "2022-06-15 08:30");
	/* and another one, by hand */
	buf_clear(&said);
	assert_ok(digest_stage(&g, s, "2022-06-14", &said, &e), e);
	assert_string_equal(said.at, "digest D-20220614-2 for 2022-06-14 goes out to 2");
	spooling_commit(s);
	/* one for a day that is over makes that of today not missing; and none is for a day that is not yet
	 */
	assert_ok(digest_stage(&g, s, "2022-06-01", &said, &e), e);
	spooling_commit(s);
	expect_next(&g, s, "2022-06-14T09:00:01+08:00", "2022-06-15 08:30");
	assert_false(digest_stage(&g, s, "2022-06-15", &said, &e));
	assert_int_equal(e.code, ERR_USAGE);
	assert_false(digest_stage(&g, s, "2022-6-14", &said, &e));
	assert_int_equal(e.code, ERR_USAGE);
	c.shadow = true;
	expect_next(&g, s, "2022-06-16T09:00:00+08:00", "never");
	assert_false(digest_stage(&g, s, "2022-06-16", &said, &e));
	assert_int_equal(e.code, ERR_USAGE);
	c.shadow = false;
	c.digest.to = nobody;
	expect_next(&g, s, "2022-06-16T09:00:00+08:00", "never");
	assert_false(digest_stage(&g, s, "2022-06-16", &said, &e));
	assert_int_equal(e.code, ERR_USAGE);
	buf_free(&said);
	spool_close(s);
}

static void
codes_are_bound_to_their_digest(void **state)
{
	struct hash a = digest_code_hash("D-20220610", "ABCDE-FGHJK"),
	            b = digest_code_hash("D-20220610", "abcdefghjk");
	struct hash c = digest_code_hash("D-20220611", "ABCDE-FGHJK"),
	            d = digest_code_hash("D-20220610", "ABCDE-FGHJM");
	char id[DIGEST_ID_MAX];

	(void)state;
	assert_true(hash_equal(&a, &b));
	assert_false(hash_equal(&a, &c));
	assert_false(hash_equal(&a, &d));
	assert_true(digest_of_reply("D-20220610.2", id));
	assert_string_equal(id, "D-20220610");
	assert_false(digest_of_reply("CYMP-2022-0001.1", id));
	assert_false(digest_of_reply("D-20220610", id));
	assert_false(digest_of_reply("D-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.1", id));
}

#define NASTY "<script>alert(1)</script>\"'&\r\n.\r\n放行 AAAAA-BBBBB"

static void
strangers_words_do_no_harm(void **state)
{
	struct config c = config_of(*state);
	struct query_registration q = {.receipt = "CYMP-2022-0001", .region = NASTY, .state = "correction"};
	struct report_defect defect = {"phone", "bad_phone", "13800138000", true};
	struct report_registration g = {.q = &q,
	                                .defects = &defect,
	                                .defect_count = 1,
	                                .department = 9,
	                                .counts = true,
	                                .fresh = true};
	struct query_item waits = {
	        .item = "CYMP-2022-0001.1", .what = "withheld", .subject = NASTY, .sender = NASTY};
	struct report_item item = {
	        .q = &waits, .region = NASTY, .shown = "回复待放行", .release = true, .code = "22222-33333"};
	struct report r = {.arena = arena_new(),
	                   .form = form,
	                   .config = &c,
	                   .now = 1654821000,
	                   .registrations = &g,
	                   .registration_count = 1,
	                   .counted = 1,
	                   .fresh = 1,
	                   .correction = 1,
	                   .items = &item,
	                   .item_count = 1};
	struct remind_kit *letters = NULL;
	struct digest_text t;
	struct buf text = BUF_INIT(1 << 20), docx = BUF_INIT(1 << 20);
	struct err e = {0};
	bool silent;

	r.departments[9].registered = r.departments[9].correction = 1;
	digest_render(kit, &r, "D-20220610", &t);
	assert_null(strstr(t.html.at, "<script"));
	assert_non_null(strstr(t.html.at, "&lt;script&gt;"));
	assert_non_null(strstr(t.html.at, "22222-33333"));
	assert_null(strstr(t.text.at, "\n放行")); /* a stranger's line begins none of ours */
	assert_null(strchr(t.subject.at, '\n'));
	assert_non_null(strstr(t.subject.at, "2022年6月10日"));
	digest_text_free(&t);
	/* The letter:江苏 is to correct, all others are silent. */
	assert_ok(remind_kit_load(&letters, "config/templates", &e), e);
	assert_true(remind_is_due(&r, 9, &silent));
	assert_false(silent);
	assert_true(remind_is_due(&r, 0, &silent));
	assert_true(silent);
	assert_ok(remind_write(letters, &r, 9, &text, &docx, &e), e);
	assert_non_null(strstr(text.at, "江苏省工业和信息化厅："));
	assert_non_null(strstr(text.at, "联系电话号码无法拨通"));
	assert_null(strstr(text.at, "13800138000"));
	assert_null(strstr(text.at, "\n放行"));
	assert_memory_equal(docx.at, "PK", 2);
	assert_ok(remind_write(letters, &r, 0, &text, &docx, &e), e);
	assert_non_null(strstr(text.at, "尚未收到"));
	remind_kit_free(letters);
	assert_false(remind_kit_load(&letters, "/nowhere", &e));
	buf_free(&text);
	buf_free(&docx);
	arena_free(r.arena);
}

/* The text's line that begins with name, or "": without its end. */
static const char *
line_of(struct arena *a, const char *text, const char *name)
{
	const char *at = strstr(text, arena_fmt(a, "\n%s ", name));

	return at ? arena_dup0(a, at + 1, strcspn(at + 1, "\n")) : "";
}

static void
bars_of_categories_and_places(void **state)
{
	struct config c = config_of(*state);
	struct report r = {
	        .arena = arena_new(), .form = form, .config = &c, .now = 1654821000, .counted = 96};
	struct digest_text t;
	size_t at = 0;

	r.category[1] = 24;
	r.category[2] = 72;
	for (size_t i = 0; i < 12; i++) /* the last of them has most; two have none */
		r.departments[i].registered = i < 2 ? 0 : 2 * i + 2;
	r.silent = DEPARTMENTS - 10 - 1;
	r.departments[20].registered = 6; /* as many as the third: behind it */
	digest_render(kit, &r, "D-20220610", &t);
	assert_string_equal(line_of(r.arena, t.text.at, "区、县（市）"),
	                    "区、县（市）        ████████████████████████ 72");
	assert_string_equal(line_of(r.arena, t.text.at, "地级市"), "地级市              ████████ 24");
	assert_string_equal(line_of(r.arena, t.text.at, "产业集聚区"), "产业集聚区           0");
	for (size_t i = 0; i < 9; i++) { /* in their order, both ways */
		const char *line = line_of(r.arena, t.text.at, departments[11 - i].name);
		const char *cell =
		        strstr(t.html.at + at, arena_fmt(r.arena, ">%s</td>", departments[11 - i].name));

		assert_non_null(cell);
		assert_true((size_t)(cell - t.html.at) > at);
		at = (size_t)(cell - t.html.at);
		assert_non_null(strstr(line, arena_fmt(r.arena, " %zu", 24 - 2 * i)));
	}
	assert_string_equal(line_of(r.arena, t.text.at, departments[20].name), "");
	assert_string_equal(line_of(r.arena, t.text.at, departments[1].name), "");
	assert_non_null(strstr(t.text.at, "另有1家已报送"));
	assert_non_null(strstr(t.html.at, "width:86%")); /* the widest */
	assert_non_null(strstr(t.html.at, "width:29%")); /* a third of it */
	digest_text_free(&t);
	arena_free(r.arena);
}

struct watched {
	size_t steps, done, of;
};

static void
step(void *context, size_t done, size_t of)
{
	struct watched *w = context;

	assert_int_equal(done, w->done + 1);
	*w = (struct watched){w->steps + 1, done, of};
}

static void
who_watches_is_told_each_registration(void **state)
{
	struct config c = config_of(*state);
	struct spool *s = spooling_open(*state, SPOOL_WRITE);
	struct watched w = {0};
	const struct report_watch watch = {step, &w};
	struct report *r = NULL;
	struct arena *a = arena_new();
	struct err e = {0};

	for (int i = 1; i <= 3; i++)
		(void)spooling_record(s,
		                      &(struct spooling_form){.bytes = arena_fmt(a, "mail %d", i),
		                                              .from = "x@y.test",
		                                              .receipt = arena_fmt(a, "CYMP-2022-000%d", i),
		                                              .as = "new",
		                                              .key = arena_fmt(a, "江苏省%d", i),
		                                              .folder = "INBOX",
		                                              .revision = 1,
		                                              .uid = i});
	spooling_commit(s);
	assert_ok(report_read(&r, &c, form, s, &watch, &e), e);
	assert_int_equal(r->registration_count, 3);
	assert_int_equal(w.steps, 3);
	assert_int_equal(w.done, w.of);
	report_free(r);
	arena_free(a);
	spool_close(s);
}

/* What a person has settled is open no more. */
static void
settled_ones_are_not_open(void **state)
{
	struct config c = config_of(*state);
	struct spool *s = spooling_open(*state, SPOOL_WRITE);
	struct report *r = NULL;
	struct hash mail, reading, decision;
	struct err e = {0};
	json_t *doc;
	char id[16];

	mail = spooling_mail(s, "one that could not be read");
	(void)snprintf(id, sizeof id, "M-%.10s", mail.hex);
	doc = json_pack("{s:s, s:s, s:{s:s, s:[], s:[{s:s, s:s}]}}", "kind", "reading", "message", mail.hex,
	                "parsed", "from_addr", "x@y.test", "forms", "unread", "source", "登记表.doc",
	                "reason", "damaged");
	assert_ok(spool_put_reading(s, doc, &reading, &e), e);
	json_decref(doc);
	spooling_line(s, json_pack("{s:s, s:s, s:s, s:s, s:s, s:n, s:[]}", "event", "recorded", "message",
	                           mail.hex, "reading", reading.hex, "id", id, "disposition", "unreadable",
	                           "withheld", "forms"));
	spooling_commit(s);
	assert_ok(report_read(&r, &c, form, s, NULL, &e), e);
	assert_int_equal(r->item_count, 1);
	assert_int_equal(r->anomaly_count, 1);
	assert_true(r->anomalies[0].open);
	report_free(r);
	doc = json_pack("{s:s, s:s, s:s}", "kind", "decision", "by", "x", "why", "y");
	assert_ok(spool_put_reading(s, doc, &decision, &e), e);
	json_decref(doc);
	spooling_line(s, json_pack("{s:s, s:s, s:s, s:s}", "event", "reviewed", "item", id, "act", "dismiss",
	                           "decision", decision.hex));
	spooling_commit(s);
	assert_ok(report_read(&r, &c, form, s, NULL, &e), e);
	assert_int_equal(r->item_count, 0);
	assert_int_equal(r->anomaly_count, 1);
	assert_false(r->anomalies[0].open);
	report_free(r);
	spool_close(s);
}

/* A registration two files of which differ. */
static struct hash
files_that_differ(struct spool *s)
{
	struct hash mail = spooling_mail(s, "one whose files differ"), reading;
	struct err e = {0};
	json_t *doc;

	doc = json_pack("{s:s, s:s, s:{s:s, s:[{s:s, s:[], s:[{s:s, s:s, s:s}]}], s:[]}}", "kind", "reading",
	                "message", mail.hex, "parsed", "from_addr", "x@y.test", "forms", "region", "江苏省",
	                "defects", "conflicts", "field", "phone", "source", "盖章.pdf", "value", "0536-1",
	                "unread");
	assert_ok(spool_put_reading(s, doc, &reading, &e), e);
	json_decref(doc);
	spooling_line(s, json_pack("{s:s, s:s, s:s, s:s, s:s, s:n, s:[{s:i, s:s, s:i, s:s, s:i}]}", "event",
	                           "recorded", "message", mail.hex, "reading", reading.hex, "id",
	                           "CYMP-2022-0001", "disposition", "accepted", "withheld", "forms", "n", 1,
	                           "receipt", "CYMP-2022-0001", "revision", 1, "as", "new", "errors", 0));
	return mail;
}

static void
decided(struct spool *s, const char *act)
{
	json_t *doc = json_pack("{s:s, s:s, s:s}", "kind", "decision", "by", "x", "why", "y");
	struct hash decision;
	struct err e = {0};

	assert_ok(spool_put_reading(s, doc, &decision, &e), e);
	json_decref(doc);
	spooling_line(s, json_pack("{s:s, s:s, s:s, s:s, s:s}", "event", "reviewed", "item", "CYMP-2022-0001",
	                           "act", act, "decision", decision.hex, "receipt", "CYMP-2022-0001"));
}

/* Two files of a mail that differ are nobody's matter any more once the registration is withdrawn, or a
 * person has accepted it as it stands. */
static void
decided_ones_are_not_open(void **state)
{
	static const char *const acts[] = {"accept", "dismiss"};
	struct config c = config_of(*state);
	struct spool *s = spooling_open(*state, SPOOL_WRITE);
	struct report *r = NULL;
	struct err e = {0};

	(void)files_that_differ(s);
	for (size_t i = 0; i <= sizeof acts / sizeof *acts; i++) {
		spooling_commit(s);
		assert_ok(report_read(&r, &c, form, s, NULL, &e), e);
		assert_int_equal(r->anomaly_count, 1);
		assert_int_equal(r->anomalies[0].open, i == 0);
		report_free(r);
		if (i < sizeof acts / sizeof *acts)
			decided(s, acts[i]);
	}
	spool_close(s);
}

/* An order that comes too late is told, and that nothing is left to do. */
static void
orders_for_withdrawn_ones_are_told(void **state)
{
	struct config c = config_of(*state);
	struct spool *s = spooling_open(*state, SPOOL_WRITE);
	struct report *r = NULL;
	struct err e = {0};
	struct hash mail = files_that_differ(s);

	decided(s, "dismiss");
	spooling_line(s,
	              json_pack("{s:s, s:s, s:s, s:n, s:[{s:s, s:s, s:s, s:s}]}", "event", "ordered",
	                        "message", mail.hex, "digest", "D-20220610", "refused", "orders", "act",
	                        "dismiss", "code", mail.hex, "item", "CYMP-2022-0001", "outcome", "refused"));
	spooling_commit(s);
	assert_ok(report_read(&r, &c, form, s, NULL, &e), e);
	assert_int_equal(r->anomaly_count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_false(r->anomalies[i].open);
		if (strcmp(r->anomalies[i].kind, "日报回复未执行") == 0)
			assert_non_null(strstr(r->anomalies[i].detail, "已办结"));
	}
	report_free(r);
	spool_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(regions_find_their_department),
	        cmocka_unit_test_setup_teardown(due_once_a_day, spooling_setup, spooling_teardown),
	        cmocka_unit_test(bars_of_categories_and_places),
	        cmocka_unit_test_setup_teardown(who_watches_is_told_each_registration, spooling_setup,
	                                        spooling_teardown),
	        cmocka_unit_test_setup_teardown(settled_ones_are_not_open, spooling_setup, spooling_teardown),
	        cmocka_unit_test_setup_teardown(decided_ones_are_not_open, spooling_setup, spooling_teardown),
	        cmocka_unit_test_setup_teardown(orders_for_withdrawn_ones_are_told, spooling_setup,
	                                        spooling_teardown),
	        cmocka_unit_test(codes_are_bound_to_their_digest),
	        cmocka_unit_test_setup_teardown(strangers_words_do_no_harm, spooling_setup,
	                                        spooling_teardown),
	};
	struct err e = {0};
	int failed;

	if (!clock_zone("Asia/Shanghai", &e) || !form_load(&form, "config/form.cfg", &e) ||
	    !digest_kit_load(&kit, "config/templates", &e)) {
		(void)fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	digest_kit_free(kit);
	form_free(form);
	return failed;
}
