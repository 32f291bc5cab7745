/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: the sample form file is read whole; each kind of mistake in one is told with file and line. */
#include "config/form.h"

#include "config/buf.h"
#include "config/clock.h"
#include "config/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SAMPLE "config/form.cfg"

static struct form *
sample(void)
{
	struct form *f = NULL;
	struct err e = {0};

	if (!form_load(&f, SAMPLE, &e))
		fail_msg("%s", e.text);
	return f;
}

static void
test_sample(void **state)
{
	struct form *f = sample();
	char when[CLOCK_RFC3339_MAX];

	(void)state;
	assert_string_equal(f->name, "2022");
	assert_string_equal(f->title, "区域（城市）产业名片打造登记表");
	assert_int_equal(f->field_count, 7);
	assert_string_equal(f->fields[0].key, "region");
	assert_int_equal(form_field(f, "leading_industries")->max, 3);
	assert_int_equal(form_field(f, "profile")->max, 300);
	assert_null(form_field(f, "fax"));
	assert_string_equal(form_field_of(f, FORM_PHONE)->label, "联系电话");
	assert_true(form_field(f, "phone")->generic);
	assert_false(form_field(f, "region")->generic);
	assert_string_equal(clock_rfc3339(f->deadline_end, when), "2022-07-01T00:00:00+08:00");
	assert_int_equal(strlen(f->version), 64);
	form_free(f);
	form_free(NULL);
}

static void
test_who_we_are(void **state)
{
	struct form *f = sample();

	(void)state;
	assert_true(form_own_address(f, "MaRuiJuan@miit-icdc.org"));
	assert_false(form_own_address(f, "other@miit-icdc.org"));
	assert_true(form_own_domain(f, "other@MIIT-icdc.org"));
	assert_false(form_own_domain(f, "miit-icdc.org@qq.com"));
	assert_false(form_own_domain(f, "no address"));
	assert_true(form_own_message_id(f, "<mingpian.CYMP-2022-0042.1@miit-icdc.org>"));
	assert_true(form_own_message_id(f, "mingpian.x@miit-icdc.org"));
	assert_false(form_own_message_id(f, "<mingpian.x@qq.com>"));
	assert_false(form_own_message_id(f, "<x.mingpian.@miit-icdc.org>"));
	assert_false(form_own_message_id(f, ""));
	{
		struct buf id = BUF_INIT(1 << 16);

		buf_str(&id, "<mingpian.");
		for (int k = 0; k < 5000; k++)
			buf_ch(&id, 'x');
		assert_false(form_own_message_id(f, id.at));
		buf_str(&id, "@miit-icdc.org>");
		assert_true(form_own_message_id(f, id.at));
		buf_free(&id);
	}
	assert_true(form_has_word(f->words_form, "区域(城市)产业名片打造登记表"));
	assert_false(form_has_word(f->words_form, "会议通知"));
	form_free(f);
}

/* The sample with the first `what` made `with`, loaded; the error's text in e. */
static bool
load_changed(const char *what, const char *with, struct err *e)
{
	char name[] = "/tmp/mingpian-form-XXXXXX";
	struct buf b = BUF_INIT(1 << 20);
	char part[65536];
	FILE *f = fopen(SAMPLE, "r");
	struct form *form = NULL;
	size_t n = 0;
	size_t at = 0;
	int fd = mkstemp(name);
	bool ok = false;

	assert_non_null(f);
	assert_true(fd >= 0);
	while ((n = fread(part, 1, sizeof part, f)) > 0)
		buf_add(&b, part, n);
	fclose(f);
	at = bytes_find(buf_bytes(&b), what);
	if (at == b.len)
		fail_msg("the sample does not hold: %s", what);
	assert_int_equal(write(fd, b.at, at), at);
	assert_int_equal(write(fd, with, strlen(with)), strlen(with));
	n = b.len - at - strlen(what);
	assert_int_equal(write(fd, b.at + at + strlen(what), n), n);
	close(fd);
	ok = form_load(&form, name, e);
	form_free(form);
	unlink(name);
	buf_free(&b);
	return ok;
}

static void
test_mistakes(void **state)
{
	static const struct {
		const char *name, *what, *with, *want;
	} rows[] = {
	        {"unknown key", "timezone =", "timzone =", "timzone: no such setting"},
	        {"unknown group", "own: {", "owner: {", "owner: no such setting"},
	        {"unknown word list", "  letter =", "  leter =", "leter: no such setting"},
	        {"unknown field key", "example =", "exmple =", "exmple: no such setting"},
	        {"missing key", "deadline = \"2022-06-30\";", "", "deadline is missing"},
	        {"missing in field", "key = \"region\"; ", "", "key is missing"},
	        {"missing group", "evidence: { labels = 4; specific = 3; titled = 2; };", "",
	         "evidence: { … } is missing"},
	        {"text for a number", "max = 3;", "max = \"3\";", "max: expected a whole number"},
	        {"less than nothing", "max = 3;", "max = -3;", "max: expected a whole number"},
	        {"number for a text", "name = \"2022\"", "name = 2022", "name: expected text"},
	        {"empty text", "name = \"2022\"", "name = \"\"", "name: must not be empty"},
	        {"text for yes or no", "required = true", "required = \"true\"",
	         "required: expected true or false"},
	        {"text for a list", "form = [ \"登记表\", \"登記表\" ]", "form = \"登记表\"",
	         "form: expected a list"},
	        {"numbers in a list", "form = [ \"登记表\", \"登記表\" ]", "form = [ 1, 2 ]",
	         "form: expected words"},
	        {"an empty word", "form = [ \"登记表\"", "form = [ \" \"", "form: an empty word"},
	        {"unknown kind", "kind = \"names\"", "kind = \"name\"", "kind: expected one of"},
	        {"key twice", "key = \"phone\"", "key = \"contact\"", "the key contact stands twice"},
	        {"odd key", "key = \"phone\"", "key = \"Phone no\"", "small letters"},
	        {"label twice", "label = \"联系电话\"", "label = \"牵头 单位\"", "stands for two fields"},
	        {"no field", "{ key = \"region\"", "1, { key = \"region\"", "expected a field"},
	        {"no day", "2022-06-30", "30.6.2022", "deadline: expected a day"},
	        {"no zone", "Asia/Shanghai", "Asia/Nowhere", "timezone"},
	        {"syntax", "name = \"2022\";", "name = “2022”；", ":13: syntax error"},
	        {"no UTF-8", "name = \"2022\"", "name = \"\xC7\xF8\"", "is no UTF-8 text"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err e = {0};

		if (load_changed(rows[i].what, rows[i].with, &e))
			fail_msg("%s: was taken", rows[i].name);
		if (e.code != ERR_CONFIG || !strstr(e.text, rows[i].want))
			fail_msg("%s: %s", rows[i].name, e.text);
	}
}

static void
test_line_is_told(void **state)
{
	struct err e = {0};

	(void)state;
	assert_false(load_changed("title = ", "titel = ", &e));
	assert_non_null(strstr(e.text, ":14: titel"));
}

static void
test_byte_order_mark(void **state)
{
	struct err e = {0};

	(void)state;
	assert_true(load_changed("# The campaign", "\xEF\xBB\xBF# The campaign", &e));
}

static void
test_no_file(void **state)
{
	struct form *f = NULL;
	struct err e = {0};

	(void)state;
	assert_false(form_load(&f, "/nonexistent/form.cfg", &e));
	assert_int_equal(e.code, ERR_INPUT);
	assert_null(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_sample),          cmocka_unit_test(test_who_we_are),
	        cmocka_unit_test(test_mistakes),        cmocka_unit_test(test_line_is_told),
	        cmocka_unit_test(test_byte_order_mark), cmocka_unit_test(test_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
