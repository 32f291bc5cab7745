/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: the workbook holds every value as a text, whatever it looks like, and is there whole or not
 * at all. */
#include "daemon/workbook.h"

#include "config/clock.h"
#include "config/text.h"
#include "tests/unit/package.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct form *form;
static char folder[] = "/tmp/mingpian-workbook-XXXXXX";
static char file[100];

static const struct report_defect defects[] = {{"phone", "bad_phone", "2331000", true},
                                               {"contact", "no_position", NULL, false}};
static struct query_registration about = {
        .receipt = "CYMP-2022-0042",
        .region_code = "320583",
        .category = "county",
        .region = "江苏省苏州市昆山市",
        .state = "correction",
        .revision = 2,
        .late = true,
        .created_at = 1654826700,
        .sender = "gxj@ks.gov.cn",
        .mailbox = "maruijuan@miit-icdc.org",
};

/* A report of one registration. */
struct made {
	struct report r;
	struct report_registration one;
	struct report_change change;
	struct report_item item;
	struct report_anomaly anomaly;
	struct query_item waits;
	struct query_registration q;
};

static struct report *
report(struct made *m)
{
	m->q = about;
	m->one = (struct report_registration){
	        .q = &m->q,
	        .values = {"江苏省苏州市昆山市", "昆山市工业和信息化局", "电子信息、装备制造", "传感器",
	                   "一\n二", "沈志远", "2331000"},
	        .defects = defects,
	        .defect_count = 2,
	        .received_at = 1654826700,
	        .department = 9,
	        .counts = true,
	};
	m->change = (struct report_change){"CYMP-2022-0042", "昆山", "联系电话", "1",
	                                   "2331000",        "a@b",  2,          1654826700};
	m->waits = (struct query_item){.item = "CYMP-2022-0042.1", .what = "withheld", .since = 1654826700};
	m->item = (struct report_item){.q = &m->waits,
	                               .shown = "回复待放行",
	                               .command = "mingpianctl",
	                               .release = true,
	                               .code = "AAAAA-BBBBB"};
	m->anomaly = (struct report_anomaly){"退信",           "CYMP-2022-0042.1", "5.1.1",
	                                     "CYMP-2022-0042", 1654826700,         true};
	m->r = (struct report){
	        .arena = arena_new(),
	        .form = form,
	        .now = 1654821000,
	        .registrations = &m->one,
	        .registration_count = 1,
	        .counted = 1,
	        .silent = 36,
	        .changes = &m->change,
	        .change_count = 1,
	        .items = &m->item,
	        .item_count = 1,
	        .anomalies = &m->anomaly,
	        .anomaly_count = 1,
	};
	return &m->r;
}

static void
slurp(struct buf *out)
{
	FILE *f = fopen(file, "rb");
	size_t n;

	assert_non_null(f);
	buf_clear(out);
	while ((n = fread(buf_room(out, 4096), 1, 4096, f)) > 0)
		out->len += n;
	(void)fclose(f);
}

static void
has(const struct buf *part, const char *want)
{
	if (!strstr(part->at, want))
		fail_msg("lacks %s", want);
}

/* No formula and no link outwards in any sheet; every sheet has its page. */
static void
no_formula(const struct buf *book)
{
	struct buf part = BUF_INIT(1 << 20);
	char name[60];

	for (int i = 1; i <= 8; i++) {
		(void)snprintf(name, sizeof name, "xl/worksheets/sheet%d.xml", i);
		package_part(buf_bytes(book), name, &part);
		assert_null(strstr(part.at, "<f>"));
		assert_null(
		        strstr(part.at, "r:id=\"rId1\" display")); /* a hyperlink to another file or host */
		has(&part, "第&amp;P页 共&amp;N页");
		has(&part, "paperSize=\"9\"");
		has(&part, "orientation=\"landscape\"");
	}
	buf_free(&part);
}

static void
all_texts(void **state)
{
	static const char *const formulas[] = {
	        "=1+1", "+1",   "-1",  "@SUM(A1)",  "\t=1", "\r=1", "https://example.com",
	        "{=1}", "0512", "1e5", "x\x01</t>&"};
	struct made m;
	struct report *r = report(&m);
	struct buf book = BUF_INIT(1 << 20), part = BUF_INIT(1 << 20), again = BUF_INIT(1 << 20);
	struct err e = {0};
	(void)state;

	for (size_t i = 0; i < sizeof(formulas) / sizeof(*formulas); i++) {
		m.one.values[0] = m.q.sender = m.q.category = m.change.was = m.waits.subject = formulas[i];
		m.anomaly.detail = m.waits.sender = m.item.region = m.one.source = formulas[i];
		if (!workbook_write(file, r, &e))
			fail_msg("%s", e.text);
		slurp(&book);
		no_formula(&book);
	}
	package_part(buf_bytes(&book), "xl/sharedStrings.xml", &part);
	has(&part, ">x&lt;/t&gt;&amp;<");
	has(&part, ">昆山市工业和信息化局<");
	has(&part, ">一\n二<");
	has(&part, "联系电话：号码无法拨通（2331000）\n联系人及职务：未注明职务");
	has(&part, ">待补正<");
	has(&part, "（截至2022年6月10日8时30分）");
	has(&part, ">AAAAA-BBBBB<");
	package_part(buf_bytes(&book), "xl/worksheets/sheet2.xml", &part);
	has(&part, "<autoFilter ref=\"A3:U4\"/>");
	has(&part, "ySplit=\"3\"");
	/* The defects take five lines of their column. */
	puts(strstr(part.at, "<row r=\"4"));
	has(&part, "<row r=\"4\" spans=\"1:21\" ht=\"79\" customHeight=\"1\">");
	has(&part, "更正记录"); /* a link to its changes */
	package_part(buf_bytes(&book), "xl/workbook.xml", &part);
	has(&part, "Print_Titles");
	sleep(2); /* the next second of a ZIP's clock */
	assert_true(workbook_write(file, r, &e));
	slurp(&again);
	assert_true(bytes_equal(buf_bytes(&book), buf_bytes(&again)));
	arena_free(r->arena);
	buf_free(&book);
	buf_free(&again);
	buf_free(&part);
}

/* UTF-16 units that a character takes in a text, wherever it stands. */
static size_t
units_of(const char *text, uint32_t character)
{
	size_t n = 0;
	uint32_t c;

	while ((c = text_next(&text)) != 0)
		n += c == character ? 1 + (c > 0xFFFF) : 0;
	return n;
}

static void
none_and_long(void **state)
{
	char *much = mem_alloc(100001, 1);
	struct made m;
	struct report *r = report(&m);
	struct buf book = BUF_INIT(1 << 20), part = BUF_INIT(1 << 20);
	struct err e = {0};
	(void)state;

	r->registration_count = r->change_count = r->item_count = r->anomaly_count = 0;
	assert_true(workbook_write(file, r, &e));
	slurp(&book);
	package_part(buf_bytes(&book), "xl/sharedStrings.xml", &part);
	has(&part, "目前没有待办事项。");
	has(&part, "目前没有更正。");
	has(&part, "目前没有异常。");
	/* Excel counts what stands beyond U+FFFF twice, and mends a book with a longer cell by emptying it.
	 */
	for (size_t i = 0; i < 100000; i++)
		much[i] = "\xF0\xA0\x80\x80"[i % 4];
	m.one.values[4] = much;
	m.one.values[5] = "a\xEF\xBF\xBE\xEF\xBF\xBFz"; /* U+FFFE, U+FFFF: no characters of XML */
	r->registration_count = 1;
	assert_true(workbook_write(file, r, &e));
	slurp(&book);
	package_part(buf_bytes(&book), "xl/sharedStrings.xml", &part);
	assert_in_range(units_of(part.at, 0x20000), 30000, 32767);
	has(&part, ">az<");
	r->registration_count = 0;
	memset(much, 'x', 100000);
	m.one.values[4] = much;
	m.q = (struct query_registration){.receipt = "CYMP-2022-0001", .state = "accepted"};
	r->registration_count = 1;
	assert_true(workbook_write(file, r, &e));
	slurp(&book);
	package_part(buf_bytes(&book), "xl/sharedStrings.xml", &part);
	has(&part, "xxx…<");
	free(much);
	arena_free(r->arena);
	buf_free(&book);
	buf_free(&part);
}

static void
whole_or_not(void **state)
{
	struct made m;
	struct report *r = report(&m);
	struct err e = {0};
	char path[200];
	(void)state;

	r->registration_count = WORKBOOK_ROWS_MAX + 1;
	assert_false(workbook_write(file, r, &e));
	assert_int_equal(e.code, ERR_TOO_LARGE);
	r->registration_count = 1;
	(void)snprintf(path, sizeof(path), "%s/none/a.xlsx", folder);
	assert_false(workbook_write(path, r, &e));
	assert_int_equal(e.code, ERR_DISK);
	assert_non_null(strstr(e.text, path));
	/* A folder stands where the file is to be: the rename fails, and nothing is left aside. */
	(void)snprintf(path, sizeof(path), "%s/taken", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_false(workbook_write(path, r, &e));
	assert_int_equal(e.code, ERR_DISK);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(folder), 0);
	arena_free(r->arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(all_texts),
	        cmocka_unit_test(none_and_long),
	        cmocka_unit_test(whole_or_not),
	};
	struct err e = {0};
	int failed;

	if (!clock_zone("Asia/Shanghai", &e) || !form_load(&form, "config/form.cfg", &e) || !mkdtemp(folder))
		return 1;
	(void)snprintf(file, sizeof(file), "%s/a.xlsx", folder);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	form_free(form);
	return failed;
}
