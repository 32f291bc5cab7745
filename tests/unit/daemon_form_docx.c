/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: the blank form and the marked form are whole Word packages, hold what they are given and
 * nothing of it as markup, and the marks are comments, not values. */
#include "config/mem.h"
#include "daemon/form_docx.h"
#include "parsers/reader.h"
#include "parsers/recognise.h"
#include "tests/unit/package.h"
#include "tests/unit/sample_form.h"

#include <stdlib.h>

static void
has(const struct buf *part, const char *want)
{
	if (!strstr(part->at, want))
		fail_msg("lacks %s", want);
}

static void
lacks(const struct buf *part, const char *unwanted)
{
	if (strstr(part->at, unwanted))
		fail_msg("has %s", unwanted);
}

static void
blank(void **state)
{
	struct buf docx = BUF_INIT(FORM_DOCX_MAX), again = BUF_INIT(FORM_DOCX_MAX), part = BUF_INIT(1 << 20);
	struct err e = {0};
	(void)state;

	assert_true(form_docx_blank(form, "maruijuan@miit-icdc.org", &docx, &e));
	assert_true(form_docx_blank(form, "maruijuan@miit-icdc.org", &again, &e));
	assert_true(bytes_equal(buf_bytes(&docx), buf_bytes(&again)));
	package_part(buf_bytes(&docx), "word/document.xml", &part);
	has(&part, form->title);
	for (size_t i = 0; i < form->field_count; i++)
		has(&part, form->fields[i].label);
	has(&part, "【请填写 XX 省 XX 市");
	has(&part, "请于2022年6月30日以前，将该表发送至maruijuan@miit-icdc.org");
	lacks(&part, "FFF2CC");
	lacks(&part, "commentReference");
	for (size_t i = 0; i < 6; i++) {
		static const char *const parts[] = {
		        "[Content_Types].xml", "_rels/.rels",       "word/_rels/document.xml.rels",
		        "word/styles.xml",     "word/settings.xml", "word/fontTable.xml"};

		package_part(buf_bytes(&docx), parts[i], &part);
	}
	package_part(buf_bytes(&docx), "word/header1.xml", &part);
	lacks(&part, "登记编号");
	buf_free(&docx);
	buf_free(&again);
	buf_free(&part);
}

static void
marked(void **state)
{
	static const struct form_docx_field fields[] = {
	        {"region", "江苏省苏州市昆山市", NULL},
	        {"phone", "2331000", "缺少区号，如“0512-57310086”<1>"},
	        {"profile", "一</w:t>&\n二", "超出"},
	        {"lead_unit", NULL, "未填写"},
	        {"no_such_key", "不在表中", "不在表中"},
	};
	struct buf docx = BUF_INIT(FORM_DOCX_MAX), part = BUF_INIT(1 << 20);
	struct err e = {0};
	(void)state;

	assert_true(form_docx_return(form, "a@miit-icdc.org", "CYMP-2022-0042", fields, 5, &docx, &e));
	package_part(buf_bytes(&docx), "word/document.xml", &part);
	has(&part, ">江苏省苏州市昆山市<");
	has(&part, ">2331000<");
	has(&part, ">一&lt;/w:t&gt;&amp;<");
	has(&part, ">二<");
	has(&part, ">【请填写 XX 市/区/县（市）XX 局，或 XX 园区管委会等】<");
	has(&part, "<w:commentRangeStart w:id=\"2\"/>");
	lacks(&part, "需补正");
	lacks(&part, "CYMP");
	lacks(&part, "不在表中");
	package_part(buf_bytes(&docx), "word/comments.xml", &part);
	has(&part, "〔需补正：缺少区号，如“0512-57310086”&lt;1&gt;〕");
	has(&part, "〔需补正：未填写〕");
	lacks(&part, "w:id=\"3\"");
	package_part(buf_bytes(&docx), "word/header1.xml", &part);
	has(&part, "登记编号CYMP-2022-0042");
	buf_free(&docx);
	buf_free(&part);
}

/* What our own reader finds in a form of ours; NULL: no form. */
static struct found_form *
read_back(struct arena *a, const struct buf *docx)
{
	static const char *const none[] = {NULL};
	struct document *d = doc_new(a);
	struct source s = {buf_bytes(docx), "登记表.docx", "", "", none};
	const struct reader *r = reader_for(&s);
	struct err e = {0};

	assert_string_equal(r->name, "docx");
	if (!r->read(&s, d, &e))
		fail_msg("%s", e.text);
	doc_end(d);
	return recognise(form, d);
}

/* Sent back as it is, the form reads as it was: no mark, note, hint or page header became a value. */
static void
reads_back(void **state)
{
	static const struct {
		const char *name, *values[7]; /* in the order of the form; NULL: none */
		bool noted;
	} rows[] = {
	        {"all, nothing to mend",
	         {"江苏省苏州市昆山市", "昆山市工业和信息化局", "电子信息、装备制造", "传感器", "一。\n二。",
	          "沈志远 产业科科长", "0512-55484407"},
	         false},
	        {"all, all to mend",
	         {"江苏省苏州市昆山市", "昆山市工业和信息化局", "电子信息、装备制造", "传感器", "一。\n二。",
	          "沈志远 产业科科长", "0512-55484407"},
	         true},
	        {"some missing",
	         {"湖北省荆门市掇刀区", NULL, "化工、装备、食品、电子", NULL, NULL, "李文静", "2331000"},
	         true},
	        {"markup in a value", {"昆山市<b>&amp;", "a  b", "一", "二", "三", "四 科长", "12345"}, true},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct form_docx_field fields[7];
		struct buf docx = BUF_INIT(FORM_DOCX_MAX);
		struct arena *a = arena_new();
		struct err e = {0};
		struct found_form *found;

		for (size_t k = 0; k < 7; k++)
			fields[k] = (struct form_docx_field){
			        form->fields[k].key, rows[i].values[k],
			        rows[i].noted ? "请填写为“区号-号码”，如“0724-2331000”。" : NULL};
		assert_true(
		        form_docx_return(form, "a@miit-icdc.org", "CYMP-2022-0042", fields, 7, &docx, &e));
		found = read_back(a, &docx);
		assert_non_null(found);
		assert_null(found->next);
		assert_false(found->blank);
		for (size_t k = 0; k < 7; k++) {
			const char *got = found->values[k].text, *want = rows[i].values[k];

			if (!found->values[k].seen || (got == NULL) != (want == NULL) ||
			    (got && strcmp(got, want) != 0))
				fail_msg("%s: %s is «%s», not «%s»", rows[i].name, form->fields[k].key,
				         got ? got : "NULL", want ? want : "NULL");
		}
		arena_free(a);
		buf_free(&docx);
	}
}

static void
blank_reads_as_blank(void **state)
{
	struct buf docx = BUF_INIT(FORM_DOCX_MAX);
	struct arena *a = arena_new();
	struct err e = {0};
	struct found_form *found;
	(void)state;

	assert_true(form_docx_blank(form, "a@miit-icdc.org", &docx, &e));
	found = read_back(a, &docx);
	assert_non_null(found);
	assert_true(found->blank);
	assert_null(found->next);
	arena_free(a);
	buf_free(&docx);
}

static void
too_large(void **state)
{
	char *much = malloc(FORM_DOCX_MAX + 2);
	const struct form_docx_field field = {"profile", much, NULL};
	struct buf docx = BUF_INIT(FORM_DOCX_MAX), small = BUF_INIT(100);
	struct err e = {0};
	(void)state;

	assert_non_null(much);
	memset(much, 'x', FORM_DOCX_MAX + 1);
	much[FORM_DOCX_MAX + 1] = '\0';
	assert_false(form_docx_return(form, "a@b", "R", &field, 1, &docx, &e));
	assert_int_equal(e.code, ERR_TOO_LARGE);
	assert_int_equal(docx.len, 0);
	assert_false(form_docx_blank(form, "a@b", &small, &e));
	assert_int_equal(e.code, ERR_TOO_LARGE);
	assert_int_equal(small.len, 0);
	free(much);
	buf_free(&docx);
	buf_free(&small);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(blank),      cmocka_unit_test(marked),
	        cmocka_unit_test(reads_back), cmocka_unit_test(blank_reads_as_blank),
	        cmocka_unit_test(too_large),
	};

	return cmocka_run_group_tests(tests, load_form, drop_form);
}
