/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: no answer of a worker that was taken over reaches the daemon's decisions unchecked. Each row
 * changes one member of a good answer and wants a clear refusal. */
#include "daemon/reading.h"

#include "config/buf.h"
#include "daemon/replay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char good[] =
        "{\"message_id\":\"<1@x>\",\"subject\":\"登记表\",\"from\":\"a@b.cn\",\"from_addr\":\"a@b.cn\","
        "\"from_name\":\"\","
        "\"reply_to\":\"\",\"date\":\"\",\"in_reply_to\":\"\",\"references\":[],\"auth\":{\"spf\":\"pass\","
        "\"dkim\":null,"
        "\"dmarc\":\"fail\"},\"content_sha256\":"
        "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\","
        "\"machine\":null,\"bounce\":null,\"disposition\":\"correction\",\"late\":true,\"marked\":true,"
        "\"forms\":[{\"source\":\"登记表.docx\",\"also\":[],\"region\":\"昆山市\",\"lead_unit\":null,"
        "\"names\":[\"a\",\"b\"],"
        "\"region_code\":\"320583\",\"region_key\":\"320583\",\"region_name\":null,\"category\":\"county\","
        "\"category_reason\":null,\"confidence\":1.0,\"doubtful\":[],\"defects\":[{\"field\":\"region\","
        "\"code\":\"missing\","
        "\"severity\":\"error\",\"detail\":\"\"}],\"conflicts\":[]}],\"unread\":[{\"source\":\"x.pdf\","
        "\"reason\":\"encrypted\"}],"
        "\"supplementary\":[],\"links\":[],\"values\":{},\"parser\":\"0.1.0\"}";

#define FIFTY "01234567890123456789012345678901234567890123456789"

static struct form form = {
        .fields = {{.key = "region", .kind = FORM_REGION},
                   {.key = "lead_unit", .kind = FORM_UNIT},
                   {.key = "names", .kind = FORM_NAMES}},
        .field_count = 3,
};

static const struct {
	const char *name, *from, *to, *want;
} rows[] = {
        {"no JSON", "{\"message_id\"", "{message_id", "no JSON"},
        {"a member twice", "\"late\":true", "\"late\":true,\"late\":true", "duplicate"},
        {"lacks a member", "\"late\":true,", "", "answer.late is missing"},
        {"wrong type", "\"late\":true", "\"late\":1", "answer.late is of the wrong type"},
        {"no object", "\"auth\":{\"spf\":\"pass\",\"dkim\":null,\"dmarc\":\"fail\"}", "\"auth\":[]",
         "answer.auth"},
        {"auth of a wrong type", "\"spf\":\"pass\"", "\"spf\":7", "auth.spf"},
        {"list of other than texts", "\"references\":[]", "\"references\":[1]", "references"},
        {"bounce of a wrong type", "\"bounce\":null", "\"bounce\":{\"of\":3}", "bounce.of"},
        {"unknown disposition", "\"correction\"", "\"perfect\"", "a disposition that is none"},
        {"accepted with an error", "\"correction\"", "\"accepted\"", "accepted with 1 errors"},
        {"no form with a form", "\"correction\"", "\"no_form\"", "no_form with 1 forms"},
        {"unknown field of a defect", "\"field\":\"region\"", "\"field\":\"rm -rf\"",
         "a defect that is not known"},
        {"unknown code of a defect", "\"code\":\"missing\"", "\"code\":\"bad\"",
         "a defect that is not known"},
        {"unknown severity", "\"severity\":\"error\"", "\"severity\":\"fatal\"",
         "a defect that is not known"},
        {"a region code of letters", "\"region_code\":\"320583\"", "\"region_code\":\"32058x\"",
         "region code"},
        {"a region key of pages", "\"region_key\":\"320583\"",
         "\"region_key\":"
         "\"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456"
         "789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345"
         "678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234"
         "567890123456789\"",
         "region_key"},
        {"a category that is none", "\"county\"", "\"planet\"", "region code or category"},
        {"a field of a wrong type", "\"lead_unit\":null", "\"lead_unit\":[]", "field lead_unit"},
        {"names of a wrong type", "[\"a\",\"b\"]", "\"a\"", "field names"},
        {"a key that is a page long", "\"region_key\":\"320583\"",
         "\"region_key\":\"" FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY "\"", "region_key"},
        {"a key with an escape sequence", "\"region_key\":\"320583\"", "\"region_key\":\"\\u001b[2J\"",
         "region_key"},
        {"more than sure", "\"confidence\":1.0", "\"confidence\":1.5", "a confidence that is none"},
        {"a doubtful field that is none", "\"doubtful\":[]", "\"doubtful\":[\"x\"]", "a doubtful field"},
        {"a conflict of a wrong type", "\"conflicts\":[]", "\"conflicts\":[7]", "conflict is no object"},
        {"a conflict of no field", "\"conflicts\":[]",
         "\"conflicts\":[{\"field\":\"x\",\"source\":\"\",\"value\":\"\"}]", "a conflict of no field"},
        {"places of a wrong type", "\"conflicts\":[]", "\"places\":{\"region\":1}", "place is no object"},
        {"a place by magic", "\"conflicts\":[]",
         "\"places\":{\"region\":{\"method\":\"magic\",\"confidence\":1}}", "a place that is none"},
        {"a place of no field", "\"conflicts\":[]",
         "\"places\":{\"x\":{\"method\":\"ocr\",\"confidence\":1}}", "a place that is none"},
        {"deep", "\"values\":{}", "\"more\":[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]],\"values\":{}",
         "deeper than 16"},
        {"unread for no reason", "\"encrypted\"", "\"boring\"", "an unread reason that is none"},
        {"hash cut short", "0123456789abcdef\",", "\",", "content_sha256"},
        {"not UTF-8", "登记表\",\"from\"", "\xff\xfe\",\"from\"", "no JSON"},
        {"NUL in a text", "登记表\",\"from\"", "a\\u0000b\",\"from\"", "no JSON"},
};

/* good with the first `from` replaced by `to` */
static char *
changed(const char *from, const char *to)
{
	const char *at = strstr(good, from);
	struct buf b = BUF_INIT(4 << 20);

	assert_non_null(at);
	buf_add(&b, good, (size_t)(at - good));
	buf_str(&b, to);
	buf_str(&b, at + strlen(from));
	return buf_take(&b);
}

static void
refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = changed(rows[i].from, rows[i].to);
		struct reading r;
		struct err e = {0};

		if (reading_open(&r, &form, text, &e))
			fail_msg("%s: believed", rows[i].name);
		if (e.code != ERR_PROTOCOL || !strstr(e.text, rows[i].want))
			fail_msg("%s: %s", rows[i].name, e.text);
		assert_null(r.json);
		free(text);
	}
}

static void
refuses_a_long_text(void **state)
{
	struct buf b = BUF_INIT(4 << 20);
	struct reading r;
	struct err e = {0};
	char *text;

	(void)state;
	buf_ch(&b, '"');
	for (int i = 0; i < (1 << 20) + 1; i++)
		buf_ch(&b, 'x');
	buf_ch(&b, '"');
	text = changed("\"登记表\"", b.at);
	buf_free(&b);
	assert_false(reading_open(&r, &form, text, &e));
	assert_non_null(strstr(e.text, "too long"));
	free(text);
}

/* Two bytes a value would cost a hundred of memory each: refused before any is spent. */
static void
refuses_many_values(void **state)
{
	struct buf b = BUF_INIT(8 << 20);
	struct reading r;
	struct err e = {0};
	char *text;

	(void)state;
	buf_str(&b, "\"more\":[0");
	for (int i = 0; i < 600000; i++)
		buf_str(&b, ",0");
	buf_str(&b, "],\"values\":{}");
	text = changed("\"values\":{}", b.at);
	buf_free(&b);
	assert_false(reading_open(&r, &form, text, &e));
	assert_non_null(strstr(e.text, "more than 500000 values"));
	free(text);
}

static void
opens(void **state)
{
	struct reading r;
	struct err e = {0};
	char *value;

	(void)state;
	if (!reading_open(&r, &form, good, &e))
		fail_msg("%s", e.text);
	assert_int_equal(r.disposition, DISPOSITION_CORRECTION);
	assert_true(r.late && r.marked && !r.withheld);
	assert_string_equal(r.dmarc, "fail");
	assert_int_equal(r.form_count, 1);
	assert_int_equal(r.forms[0].errors, 1);
	assert_true(r.forms[0].region_defect);
	assert_string_equal(r.forms[0].region_key, "320583");
	value = reading_value(r.forms[0].json, &form.fields[2]);
	assert_string_equal(value, "a、b");
	free(value);
	assert_null(reading_value(r.forms[0].json, &form.fields[1]));
	reading_close(&r);
}

/* A mail that takes back what it does not name is another than one that takes nothing back. */
static void
replay_tells_a_withdrawal(void **state)
{
	struct reading was, now;
	struct err e = {0};
	struct buf b = BUF_INIT(1 << 16);
	json_t *list;

	(void)state;
	buf_add(&b, good, strlen(good) - 1);
	buf_str(&b, ",\"withdraw\":\"\"}");
	if (!reading_open(&was, &form, good, &e) || !reading_open(&now, &form, b.at, &e))
		fail_msg("%s", e.text);
	list = replay_compare(&form, &was, &now);
	assert_int_equal(json_array_size(list), 1);
	json_decref(list);
	list = replay_compare(&form, &now, &now);
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
	reading_close(&was);
	reading_close(&now);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(refuses), cmocka_unit_test(refuses_a_long_text),
	                                   cmocka_unit_test(refuses_many_values), cmocka_unit_test(opens),
	                                   cmocka_unit_test(replay_tells_a_withdrawal)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
