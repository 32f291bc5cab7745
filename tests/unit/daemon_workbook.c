/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: the workbook holds every value as a text, whatever it looks like, and is there whole or not
 * at all. */
#include "config/clock.h"
#include "config/mem.h"
#include "daemon/workbook.h"
#include "tests/unit/package.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct form *form;
static char folder[] = "/tmp/mingpian-workbook-XXXXXX";
static char file[100];

static struct workbook_row
row(void)
{
	static const struct workbook_defect defects[] = {{"phone", "bad_phone", "2331000"},
	                                                 {"contact", "no_position", NULL}};

	return (struct workbook_row){
	        .receipt = "CYMP-2022-0042",
	        .region_code = "320583",
	        .category = "county",
	        .values = {"江苏省苏州市昆山市", "昆山市工业和信息化局", "电子信息、装备制造", "传感器",
	                   "一\n二", "沈志远", "2331000"},
	        .defects = defects,
	        .defect_count = 2,
	        .state = "correction",
	        .revision = 2,
	        .late = true,
	        .received_at = 1654826700,
	        .sender = "gxj@ks.gov.cn",
	        .mailbox = "maruijuan@miit-icdc.org",
	};
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

static void
all_texts(void **state)
{
	static const char *const formulas[] = {
	        "=1+1", "+1",   "-1",  "@SUM(A1)",  "\t=1", "\r=1", "https://example.com",
	        "{=1}", "0512", "1e5", "x\x01</t>&"};
	struct workbook_row rows[2] = {row(), row()};
	struct workbook w = {form, 1654821000, rows, 2};
	struct buf book = BUF_INIT(1 << 20), part = BUF_INIT(1 << 20), again = BUF_INIT(1 << 20);
	struct err e = {0};
	(void)state;

	for (size_t i = 0; i < sizeof(formulas) / sizeof(*formulas); i++) {
		rows[1].values[0] = rows[1].sender = rows[1].category = formulas[i];
		if (!workbook_write(file, &w, &e))
			fail_msg("%s", e.text);
		slurp(&book);
		package_part(buf_bytes(&book), "xl/worksheets/sheet1.xml", &part);
		assert_null(strstr(part.at, "<f>"));
		assert_null(strstr(part.at, "<hyperlink"));
		/* Every cell with content is a shared string. */
		for (const char *p = part.at; (p = strstr(p, "<v>")); p++)
			assert_memory_equal(p - 7, " t=\"s\">", 7);
	}
	package_part(buf_bytes(&book), "xl/sharedStrings.xml", &part);
	has(&part, ">x&lt;/t&gt;&amp;<");
	has(&part, ">昆山市工业和信息化局<");
	has(&part, ">一\n二<");
	has(&part, "联系电话：号码无法拨通（2331000）\n联系人及职务：未注明职务");
	has(&part, ">区、县（市）<");
	has(&part, ">待补正<");
	has(&part, ">2022年6月10日10时05分<");
	has(&part, "（截至2022年6月10日8时30分，共2件）");
	package_part(buf_bytes(&book), "xl/worksheets/sheet1.xml", &part);
	has(&part, "第&amp;P页 共&amp;N页");
	has(&part, "<autoFilter ref=\"A3:Q5\"/>");
	has(&part, "ySplit=\"3\"");
	has(&part, "paperSize=\"9\"");
	has(&part, "orientation=\"landscape\"");
	/* 江苏省苏州市昆山市 takes two lines of its column, the defects five of theirs. */
	has(&part, "<row r=\"4\" spans=\"1:17\" ht=\"79\" customHeight=\"1\">");
	package_part(buf_bytes(&book), "xl/workbook.xml", &part);
	has(&part, "Print_Titles");
	sleep(2); /* the next second of a ZIP's clock */
	assert_true(workbook_write(file, &w, &e));
	slurp(&again);
	assert_true(bytes_equal(buf_bytes(&book), buf_bytes(&again)));
	buf_free(&book);
	buf_free(&again);
	buf_free(&part);
}

static void
none_and_long(void **state)
{
	char *much = mem_alloc(100001, 1);
	struct workbook_row one = row();
	struct workbook w = {form, 1654821000, &one, 0};
	struct buf book = BUF_INIT(1 << 20), part = BUF_INIT(1 << 20);
	struct err e = {0};
	(void)state;

	assert_true(workbook_write(file, &w, &e));
	slurp(&book);
	package_part(buf_bytes(&book), "xl/sharedStrings.xml", &part);
	has(&part, "共0件");
	memset(much, 'x', 100000);
	one.values[4] = much;
	one.receipt = one.state = one.category = one.sender = one.mailbox = one.region_code = NULL;
	w.row_count = 1;
	assert_true(workbook_write(file, &w, &e));
	slurp(&book);
	package_part(buf_bytes(&book), "xl/sharedStrings.xml", &part);
	has(&part, "xxx…<");
	free(much);
	buf_free(&book);
	buf_free(&part);
}

static void
whole_or_not(void **state)
{
	struct workbook_row one = row();
	struct workbook w = {form, 1654821000, &one, WORKBOOK_ROWS_MAX + 1};
	struct err e = {0};
	char path[200];
	(void)state;

	assert_false(workbook_write(file, &w, &e));
	assert_int_equal(e.code, ERR_TOO_LARGE);
	w.row_count = 1;
	(void)snprintf(path, sizeof(path), "%s/none/a.xlsx", folder);
	assert_false(workbook_write(path, &w, &e));
	assert_int_equal(e.code, ERR_DISK);
	assert_non_null(strstr(e.text, path));
	/* A folder stands where the file is to be: the rename fails, and nothing is left aside. */
	(void)snprintf(path, sizeof(path), "%s/taken", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_false(workbook_write(path, &w, &e));
	assert_int_equal(e.code, ERR_DISK);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(folder), 0);
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
