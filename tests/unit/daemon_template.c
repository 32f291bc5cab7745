/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: templates say what they are told, escape all values, and every mistake in one is found when
 * it is read, with its line. */
#include "config/mem.h"
#include "daemon/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct template_name known[] = {
        {"who", TEMPLATE_TEXT, NULL},    {"count", TEMPLATE_TEXT, NULL},    {"late", TEMPLATE_FLAG, NULL},
        {"forms", TEMPLATE_LIST, NULL},  {"label", TEMPLATE_TEXT, "forms"}, {"rows", TEMPLATE_LIST, "forms"},
        {"cell", TEMPLATE_TEXT, "rows"},
};
static const struct template_names names = {known, sizeof(known) / sizeof(*known)};

static const char *const values = "{\"who\": \"<A&B>\\n\\\"x\\\" \u202ey\", \"count\": 2, \"late\": false,"
                                  " \"forms\": [{\"label\": \"甲\", \"rows\": [{\"cell\": \"1\"}, {\"cell\": "
                                  "\"2\"}]}, {\"label\": \"乙\"}]}";

static char *folder;

static const char *
write_file(const char *name, const char *text, size_t len)
{
	static char path[300];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	return path;
}

static void
renders(void **state)
{
	static const struct {
		const char *name, *file, *text, *want;
	} rows[] = {
	        {"plain text", "a.txt", "登记。", "登记。"},
	        {"value, unsafe characters out", "a.txt", "[{{who}}]", "[<A&B>\n\"x\" y]"},
	        {"value in HTML", "a.html", "<b>{{ who }}</b>", "<b>&lt;A&amp;B&gt;<br>&quot;x&quot; y</b>"},
	        {"number", "a.txt", "有{{count}}处", "有2处"},
	        {"flag that is false", "a.txt", "a{{#late}}b{{/late}}{{^late}}c{{/late}}", "ac"},
	        {"text as condition", "a.txt", "{{#who}}y{{/who}}{{^who}}n{{/who}}", "y"},
	        {"list in list", "a.txt",
	         "{{#forms}}{{label}}:{{#rows}}{{cell}},{{/rows}}{{^rows}}-{{/rows}};{{/forms}}",
	         "甲:1,2,;乙:-;"},
	        {"outer value inside", "a.txt", "{{#forms}}{{count}}{{/forms}}", "22"},
	        {"list as condition", "a.txt", "{{^forms}}none{{/forms}}!", "!"},
	        {"a tag's line goes with it", "a.txt",
	         "a\n{{#forms}}\n  {{label}}\n  {{/forms}}\n{{! no }}\nb", "a\n  甲\n  乙\nb"},
	        {"the same with CRLF", "a.txt", "{{#forms}}\r\n{{label}}\r\n{{/forms}}\r\nb",
	         "甲\r\n乙\r\nb"},
	        {"comment in a line", "a.txt", "a{{! {{#x }}b", "ab"},
	        {"byte order mark", "a.txt",
	         "\xEF\xBB\xBF"
	         "a",
	         "a"},
	        {"part", "a.txt", "a\n{{> foot}}\nz", "a\nfoot <A&B>\n\"x\" y\nz"},
	        {"part in a section", "a.html", "{{#forms}}{{>row}}{{/forms}}", "[甲][乙]"},
	};
	(void)state;

	write_file("foot.txt", "foot {{who}}\n", strlen("foot {{who}}\n"));
	write_file("row.html", "[{{label}}]", strlen("[{{label}}]"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf out = BUF_INIT(4096);
		struct template *t = NULL;
		struct err e = {0};
		json_t *v = json_loads(values, 0, NULL);

		assert_non_null(v);
		if (!template_load(&t, write_file(rows[i].file, rows[i].text, strlen(rows[i].text)), &names,
		                   &e))
			fail_msg("%s: %s", rows[i].name, e.text);
		template_render(t, v, &out);
		if (!out.at || strcmp(out.at, rows[i].want) != 0)
			fail_msg("%s: «%s», not «%s»", rows[i].name, out.at ? out.at : "", rows[i].want);
		buf_free(&out);
		template_free(t);
		json_decref(v);
	}
}

static void
mistakes(void **state)
{
	static const struct {
		const char *name, *text, *want; /* want: part of the sentence */
	} rows[] = {
	        {"unknown", "a\nb {{whom}}",
	         "a.txt:2: unknown name “whom”; known here: who, count, late, forms"},
	        {"outside of its list", "{{label}}",
	         ":1: “label” can only stand between {{#forms}} and {{/forms}}"},
	        {"inside of what is none", "{{^forms}}{{label}}{{/forms}}", "can only stand between"},
	        {"never closed", "\n{{#forms}}\n{{label}}\n", ":2: {{#forms}} is never closed"},
	        {"closed but not open", "x{{/forms}}", ":1: {{/forms}} closes a section that is not open"},
	        {"crossed", "{{#forms}}\n{{#late}}\n{{/forms}}{{/late}}",
	         ":3: {{/forms}} where {{/late}} is expected, opened in line 2"},
	        {"unknown section", "{{#x}}{{/x}}", "unknown name “x”"},
	        {"list as value", "{{forms}}", "“forms” is no text: write {{#forms}}"},
	        {"flag as value", "{{late}}", "“late” is no text"},
	        {"raw", "{{{who}}}", "values are always escaped"},
	        {"no end of a tag", "a\n\n{{who", ":3: {{ without }}"},
	        {"no part", "\n{{> gone}}", "a.txt:2: cannot read template"},
	        {"part elsewhere", "{{> ../etc}}", "no name of a part"},
	        {"part of itself", "{{> a}}", "parts in parts without end"},
	        {"part that closes", "{{#forms}}{{> close}}{{/forms}}",
	         "close.txt:1: {{/forms}} closes a section that is not open"},
	        {"too deep",
	         "{{#late}}{{#late}}{{#late}}{{#late}}{{#late}}{{#late}}{{#late}}{{#late}}{{#late}}",
	         "more than 8 sections"},
	        {"no UTF-8", "\xB5\xC7", "no UTF-8"},
	};
	(void)state;

	write_file("close.txt", "{{/forms}}", strlen("{{/forms}}"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct template *t = NULL;
		struct err e = {0};

		if (template_load(&t, write_file("a.txt", rows[i].text, strlen(rows[i].text)), &names, &e))
			fail_msg("%s: was taken", rows[i].name);
		assert_null(t);
		assert_int_equal(e.code, ERR_CONFIG);
		if (!strstr(e.text, rows[i].want))
			fail_msg("%s: “%s” lacks “%s”", rows[i].name, e.text, rows[i].want);
	}
}

static void
mistakes_of_files(void **state)
{
	struct template *t = NULL;
	struct err e = {0};
	char *large = mem_alloc(TEMPLATE_FILE_MAX + 2, 1);
	char *tags = mem_alloc(TEMPLATE_NODES_MAX, 12);
	char path[300];
	(void)state;

	(void)snprintf(path, sizeof(path), "%s/none.txt", folder);
	assert_false(template_load(&t, path, &names, &e));
	assert_non_null(strstr(e.text, "none.txt"));
	memset(large, 'x', TEMPLATE_FILE_MAX + 1);
	assert_false(template_load(&t, write_file("a.txt", large, TEMPLATE_FILE_MAX + 1), &names, &e));
	assert_non_null(strstr(e.text, "larger than"));
	assert_false(template_load(&t, write_file("a.txt", "a\0b", 3), &names, &e));
	assert_non_null(strstr(e.text, "no UTF-8"));
	for (size_t i = 0; i <= TEMPLATE_NODES_MAX; i++)
		(void)snprintf(tags + i * 9, 10, "{{count}}");
	assert_false(template_load(&t, write_file("a.txt", tags, strlen(tags)), &names, &e));
	assert_non_null(strstr(e.text, "tags in one template"));
	free(large);
	free(tags);
}

static void
strings(void **state)
{
	struct template *t = NULL;
	struct err e = {0};
	struct buf out = BUF_INIT(100);
	json_t *v = json_pack("{s:s}", "who", "甲");
	(void)state;

	assert_true(template_parse(&t, "{{who}}：", "texts.cfg", 7, &names, &e));
	template_render(t, v, &out);
	assert_string_equal(out.at, "甲：");
	template_free(t);
	assert_false(template_parse(&t, "a\n{{whom}}", "texts.cfg", 7, &names, &e));
	assert_non_null(strstr(e.text, "texts.cfg:8: unknown"));
	assert_false(template_parse(&t, "{{> foot}}", "texts.cfg", 7, &names, &e));
	assert_non_null(strstr(e.text, "no part"));
	template_free(NULL);
	json_decref(v);
	buf_free(&out);
}

/* Cut anywhere, a template is taken or refused with a sentence, and rendered without harm. */
static void
cut_anywhere(void **state)
{
	static const char whole[] = "a{{who}}\n{{#forms}}\n {{label}}{{#rows}}{{cell}}{{/rows}}\n{{/forms}}\n"
	                            "{{^late}}甲{{/late}}{{! x }}{{> foot}}";
	size_t taken = 0, refused = 0;
	(void)state;

	for (size_t n = 0; n < sizeof(whole); n++) {
		char *text = mem_dup0(whole, n);
		struct template *t = NULL;
		struct err e = {0};
		struct buf out = BUF_INIT(1000);
		json_t *v = json_loads(values, 0, NULL);

		if (template_parse(&t, text, "a.cfg", 1, &names, &e)) {
			template_render(t, v, &out);
			taken++;
		} else {
			assert_int_equal(e.code, ERR_CONFIG);
			assert_non_null(strstr(e.text, "a.cfg:"));
			refused++;
		}
		template_free(t);
		json_decref(v);
		buf_free(&out);
		free(text);
	}
	assert_true(taken > 5 && refused > 50);
}

int
main(void)
{
	static char name[] = "/tmp/mingpian-template-XXXXXX";
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(renders),           cmocka_unit_test(mistakes),
	        cmocka_unit_test(mistakes_of_files), cmocka_unit_test(strings),
	        cmocka_unit_test(cut_anywhere),
	};
	char command[100];
	int failed;

	folder = mkdtemp(name);
	if (!folder)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)snprintf(command, sizeof(command), "rm -r %s", folder);
	/* NOLINTNEXTLINE(cert-env33-c) */
	return system(command) == 0 ? failed : 1;
}
