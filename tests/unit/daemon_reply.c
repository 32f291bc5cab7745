/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a reply of each kind says what it must, alike in plain text and HTML, is a mail that another
 * reader understands, and repeats no more of a stranger's words than is said, nowhere as markup. */
#include "config/clock.h"
#include "config/mem.h"
#include "config/text.h"
#include "tests/tools/reply_samples.h"

#include <gmime/gmime.h>
#include <libxml/HTMLparser.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct form *form;
static struct reply_kit *kit;

/* A reply taken apart again. */
struct got {
	GMimeMessage *mail;
	char *text, *html;
	GMimeObject *files[64];
	size_t file_count;
};

static void
got_part(GMimeObject *parent, GMimeObject *part, gpointer data)
{
	struct got *g = data;
	(void)parent;

	if (GMIME_IS_MULTIPART(part))
		return;
	if (g_mime_part_get_filename(GMIME_PART(part)))
		g->files[g->file_count++] = part;
	else if (g_mime_content_type_is_type(g_mime_object_get_content_type(part), "text", "html"))
		g->html = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
	else
		g->text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
}

static struct got
compose(const struct reply_facts *f)
{
	struct buf mail = BUF_INIT(16 << 20);
	struct got g = {0};
	struct err e = {0};
	GMimeStream *stream;
	GMimeParser *parser;

	if (!reply_compose(kit, f, &mail, &e))
		fail_msg("%s", e.text);
	for (size_t i = 0; i < mail.len; i++)
		assert_true((mail.at[i] >= 0x20 && mail.at[i] < 0x7F) || mail.at[i] == '\r' ||
		            mail.at[i] == '\n');
	stream = g_mime_stream_mem_new_with_buffer(mail.at, mail.len);
	parser = g_mime_parser_new_with_stream(stream);
	g.mail = g_mime_parser_construct_message(parser, NULL);
	assert_non_null(g.mail);
	g_mime_message_foreach(g.mail, got_part, &g);
	assert_non_null(g.text);
	assert_non_null(g.html);
	g_object_unref(parser);
	g_object_unref(stream);
	buf_free(&mail);
	return g;
}

static void
got_free(struct got *g)
{
	g_free(g->text);
	g_free(g->html);
	g_object_unref(g->mail);
}

static const char *
header(const struct got *g, const char *name)
{
	return g_mime_object_get_header(GMIME_OBJECT(g->mail), name);
}

/* The subject, its encoded words read one by one as RFC 2047 says. gmime 3.2 reads adjacent ones as
 * one run of base64 and loses what stands behind the first that ends in "=". */
static const char *
subject_of(const struct got *g)
{
	static char out[4096];
	GMimeHeader *h = g_mime_header_list_get_header(g_mime_object_get_header_list(GMIME_OBJECT(g->mail)),
	                                               "Subject");
	char *raw = strdup(g_mime_header_get_raw_value(h)), *save = NULL;
	bool encoded = false;

	out[0] = '\0';
	for (char *w = strtok_r(raw, " \r\n", &save); w; w = strtok_r(NULL, " \r\n", &save)) {
		char *text = g_mime_utils_header_decode_text(NULL, w);
		bool word = strncmp(w, "=?", 2) == 0;
		size_t len = strlen(out);

		(void)snprintf(out + len, sizeof(out) - len, "%s%s", len && !(encoded && word) ? " " : "",
		               text);
		encoded = word;
		g_free(text);
	}
	free(raw);
	return out;
}

/* What a person reads of HTML, without white space. */
static char *
html_words(const char *html)
{
	htmlDocPtr doc = htmlReadMemory(html, (int)strlen(html), NULL, "utf-8",
	                                HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
	xmlChar *content;
	struct buf b = BUF_INIT(1 << 20);

	assert_non_null(doc);
	content = xmlNodeGetContent(xmlDocGetRootElement(doc));
	text_fold(&b, (const char *)content);
	xmlFree(content);
	xmlFreeDoc(doc);
	return buf_take(&b);
}

static void
each_kind(void **state)
{
	static const struct {
		const char *subject, *says[7]; /* in text and in HTML */
		const char *file;              /* attached; NULL: nothing */
	} want[SAMPLES] = {
	        {"【已登记 CYMP-2022-0042】回复：昆山市产业名片打造计划登记表",
	         {"昆山市工业和信息化局：", "于2022年6月10日10时05分收悉，登记编号CYMP-2022-0042，已登记",
	          "传感器", "0512-55484407", "由图片识别，请核对"},
	         NULL},
	        {"【请补正 CYMP-2022-0043】回复：昆山市产业名片打造计划登记表",
	         {"有3处需补正", "请于2022年6月30日前补正", "最多填写3个（现为4个）", "“2331000”缺少区号",
	          "另请留意（不影响登记）", "“李文静”未见职务", "直接回复本邮件"},
	         "登记表（请补正）CYMP-2022-0043.docx"},
	        {"【未见登记表】回复：昆山市产业名片打造计划登记表",
	         {"沈志远老师：", "来信中未见登记表", "来信编号：M-3f5a9c0e7d"},
	         "区域（城市）产业名片打造登记表.docx"},
	        {"【未见登记表】回复：昆山市产业名片打造计划登记表",
	         {"网盘链接（“登记表及推荐函.zip”），本邮箱无法下载", "不超过50MB"},
	         "区域（城市）产业名片打造登记表.docx"},
	        {"【附件未能打开】回复：昆山市产业名片打造计划登记表",
	         {"其中2个附件未能打开", "材料.zip/太仓市登记表.doc", "文件设有打开密码", "另存为.docx或PDF",
	          "去掉密码"},
	         NULL},
	        {"【已收悉 CYMP-2022-0042】回复：昆山市产业名片打造计划登记表",
	         {"与此前收悉的内容一致", "登记编号仍为CYMP-2022-0042"},
	         NULL},
	        {"【更正已登记 CYMP-2022-0042】回复：昆山市产业名片打造计划登记表",
	         {"更正已登记", "本次更正", "55484407", "登记编号CYMP-2022-0042"},
	         NULL},
	        {"【请补正 CYMP-2022-0051等2份】回复：昆山市产业名片打造计划登记表",
	         {"有关单位：", "其中1份有3处需补正", "已逾报送截止日期，仍予登记并作标注", "请尽快补正",
	          "另有附件未能打开", "扫描件.wpt", "登记表及推荐函.zip"},
	         "登记表（请补正）CYMP-2022-0052.docx"},
	        {"【请补正 CYMP-2022-0042等45份】回复：昆山市产业名片打造计划登记表",
	         {"45份", "其中4份有12处需补正",
	          "30. 湖北省荆门市掇刀区（登记编号CYMP-2022-0043）有3处需补正"},
	         "登记表（请补正）CYMP-2022-0043.docx"},
	        {"【未见登记表】回复：昆山市产业名片打造计划登记表",
	         {"已逾报送截止日期"},
	         "区域（城市）产业名片打造登记表.docx"},
	        {"【已收悉 CYMP-2022-0043】回复：昆山市产业名片打造计划登记表",
	         {"登记编号仍为CYMP-2022-0043", "3处需补正内容仍待补正", "特色产业尚未填写"},
	         NULL},
	};
	(void)state;

	for (size_t i = 0; i < SAMPLES; i++) {
		const char *name;
		struct reply_facts f = sample(i, &name);
		struct got g = compose(&f);
		char *words = html_words(g.html), id[300];
		struct err e = {0};

		assert_string_equal(subject_of(&g), want[i].subject);
		for (size_t k = 0; k < 7 && want[i].says[k]; k++) {
			struct buf folded = BUF_INIT(4096);

			text_fold(&folded, want[i].says[k]);
			if (!strstr(g.text, want[i].says[k]))
				fail_msg("%s: text lacks %s", name, want[i].says[k]);
			if (!strstr(words, folded.at))
				fail_msg("%s: HTML lacks %s", name, want[i].says[k]);
			buf_free(&folded);
		}
		/* Every reply: the receipt's facts, who says so, and whom to call. */
		assert_non_null(strstr(g.text, "来信SHA-256：" SAMPLE_SHA));
		assert_non_null(strstr(g.text, "登记日志：128:" SAMPLE_SHA));
		assert_non_null(
		        strstr(g.text, "本邮件由登记系统自动发出；回复将由系统接收，并由工作人员查看。"));
		assert_non_null(strstr(g.text, "马老师，电话：010-68200000"));
		assert_null(strstr(g.text, "{{"));
		assert_null(strstr(g.html, "{{"));
		assert_null(strstr(g.html, "http"));
		assert_string_equal(header(&g, "Auto-Submitted"), "auto-replied");
		assert_string_equal(header(&g, "X-Auto-Response-Suppress"), "All");
		assert_non_null(header(&g, "X-Mingpian-Loop"));
		assert_string_equal(header(&g, "To"), "<gxj@ks.gov.cn>");
		assert_string_equal(header(&g, "In-Reply-To"), "<third@ks.gov.cn>");
		assert_true(reply_message_id(kit, f.id, f.number, "miit-icdc.org", id, sizeof(id), &e));
		assert_string_equal(header(&g, "Message-ID"), id);
		assert_int_equal(g.file_count > 0, want[i].file != NULL);
		if (want[i].file)
			assert_string_equal(g_mime_part_get_filename(GMIME_PART(g.files[0])), want[i].file);
		free(words);
		got_free(&g);
	}
}

/* The tables of plain text and HTML hold the same: what the one says stands in the other. */
static void
alike(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		const char *name;
		struct reply_facts f = sample(i, &name);
		struct got g = compose(&f);
		char *words = html_words(g.html), *save = NULL;

		for (char *line = strtok_r(g.text, "\r\n", &save); line;
		     line = strtok_r(NULL, "\r\n", &save)) {
			/* Of "栏目：内容" the content, of other lines all. */
			char *colon = strncmp(line, "  ", 2) == 0 ? strstr(line, "：") : NULL;
			struct buf folded = BUF_INIT(1 << 16);

			buf_str(&folded, "");
			text_fold(&folded, colon ? colon + strlen("：") : line);
			if (strspn(line, "-") < 10 && !strstr(line, "“55484407”") &&
			    !strstr(line, "补充为") && !strstr(words, folded.at) &&
			    /* numbered lines of text are a list in HTML */
			    !(folded.len > 2 && strstr(words, folded.at + 2)))
				fail_msg("%s: HTML lacks «%s»", name, line);
			buf_free(&folded);
		}
		free(words);
		got_free(&g);
	}
}

static const char *const attacks[] = {
        "x\r\nBcc: evil@example.com\r\n\r\nbody",
        "<script>alert(1)</script>",
        "\"><img src=http://evil.example/x>",
        "=?UTF-8?B?PGI+?= <evil@example.com>",
        "{{contact}}{{#forms}}",
        "\xE2\x80\xAEgnp.exe\x01\x02",
        "\xFF\xFE\xC0\x80",
        "]]></w:t>",
};

static void
strangers_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(attacks) / sizeof(*attacks); i++) {
		for (int kind = 0; kind < REPLY_KINDS; kind++) {
			const char *a = attacks[i], *name;
			const struct reply_value values[] = {{"region", a, true},
			                                     {"lead_unit", a, false},
			                                     {"phone", a, false},
			                                     {a, a, false}};
			const struct reply_defect defects[] = {{"phone", "bad_phone", a, a, true},
			                                       {"region", "not_eligible", a, NULL, true},
			                                       {"contact", a, a, NULL, true},
			                                       {a, a, a, NULL, true}};
			const struct reply_change changes[] = {{"phone", a, a}, {a, a, a}};
			const struct reply_form forms[] = {
			        {"CYMP-2022-0001", a, a, 1, true, values, 4, defects, 4, changes, 2}};
			const struct reply_unread unread[] = {{a, a}};
			const char *list[] = {a, NULL};
			struct reply_facts f = sample(0, &name);
			struct got g;

			f.kind = (enum reply_kind)kind;
			f.to_name = f.subject = f.message_id = a;
			f.references = f.links = list;
			f.unread = unread;
			f.unread_count = 1;
			f.forms = forms;
			g = compose(&f);
			assert_null(header(&g, "Bcc"));
			assert_null(header(&g, "In-Reply-To"));
			assert_null(header(&g, "References"));
			assert_string_equal(header(&g, "To"), "<gxj@ks.gov.cn>");
			assert_null(strstr(g.html, "<script"));
			assert_null(strstr(g.html, "<img"));
			assert_null(strstr(g.text, "\x01"));
			assert_null(strstr(g.text, "\xE2\x80\xAE"));
			assert_null(strstr(g.html, "\xE2\x80\xAE"));
			got_free(&g);
		}
	}
}

/* However long, a value is cut in the text and whole in the form that goes back. */
static void
lengths(void **state)
{
	static char huge[50001];
	const struct reply_value values[] = {
	        {"region", huge, false}, {"lead_unit", huge, false}, {"profile", huge, false}};
	const struct reply_defect defects[] = {{"profile", "too_long", huge, NULL, true}};
	const struct reply_form forms[] = {
	        {"CYMP-2022-0001", huge, "county", 1, false, values, 3, defects, 1, NULL, 0}};
	const char *name;
	struct reply_facts f = sample(1, &name);
	struct got g;
	(void)state;

	memset(huge, 'w', 50000);
	f.forms = forms;
	f.subject = f.to_name = f.message_id = huge;
	g = compose(&f);
	assert_true(strlen(g.text) < 8000);
	assert_true(strlen(g.html) < 16000);
	assert_true(text_count(subject_of(&g)) <= REPLY_SUBJECT_MAX);
	assert_non_null(strstr(g.text, "w…"));
	assert_int_equal(g.file_count, 1);
	got_free(&g);
}

/* How many of his characters stand in the text. */
static size_t
his(const char *text)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, "诈")) != NULL; at++)
		n++;
	return n;
}

/* Each character of count copies of "诈". */
static const char *
long_value(size_t count)
{
	static char text[3 * 1000 + 1];

	assert_true(count <= 1000);
	for (size_t i = 0; i < count; i++)
		memcpy(text + 3 * i, "诈", 3);
	text[3 * count] = '\0';
	return text;
}

/* An ordinary form's long profile is whole; of a form that is long all over each value is cut alike, and what
 * all of them bring is little. */
static void
values_share_the_room(void **state)
{
	static const char *const keys[] = {
	        "region",  "lead_unit", "leading_industries", "special_industry", "profile",
	        "contact", "phone"};
	struct reply_value values[7];
	const char *name, *text;
	struct reply_facts f = sample(0, &name); /* an acknowledgement */
	struct reply_form with = f.forms[0];
	struct got g;
	(void)state;

	assert_int_equal(f.kind, REPLY_ACCEPTED);
	assert_int_equal(with.value_count, 7);
	memcpy(values, with.values, sizeof values);
	with.values = values;
	f.forms = &with;
	f.form_count = 1;
	values[4].value = long_value(170);
	g = compose(&f);
	assert_int_equal(his(g.text), 170);
	got_free(&g);
	values[4].value = long_value(1000);
	g = compose(&f);
	assert_non_null(strstr(g.text, "诈…"));
	assert_in_range(his(g.text), 170, 240);
	assert_non_null(strstr(g.text, "昆山市工业和信息化局"));
	got_free(&g);
	text = long_value(1000);
	for (size_t i = 0; i < 7; i++)
		values[i] = (struct reply_value){keys[i], text, false};
	g = compose(&f);
	assert_in_range(his(g.text), 7 * 33, 240);
	got_free(&g);
}

/* What a correction changed is whole where it is short; of one that is long all over little is shown. */
static void
changes_share_the_room(void **state)
{
	static const char *const keys[] = {"lead_unit", "special_industry", "profile"};
	struct reply_change changes[3];
	const char *name;
	struct reply_facts f = sample(6, &name); /* revised */
	struct reply_form with = f.forms[0];
	struct got g;

	(void)state;
	assert_int_equal(with.change_count, 2);
	for (size_t i = 0; i < 3; i++)
		changes[i] = (struct reply_change){keys[i], "传感器", "昆山市商务局"};
	changes[1].now = long_value(50);
	with.changes = changes;
	with.change_count = 3;
	f.forms = &with;
	f.form_count = 1;
	g = compose(&f);
	assert_int_equal(his(g.text), 50);
	got_free(&g);
	for (size_t i = 0; i < 3; i++)
		changes[i] = (struct reply_change){keys[i], long_value(300), long_value(300)};
	g = compose(&f);
	assert_in_range(his(g.text), 3 * 2 * 26, 160);
	got_free(&g);
}

static void
subjects(void **state)
{
	static const struct {
		const char *theirs, *want;
	} rows[] = {
	        {"登记表", "【已登记 CYMP-2022-0042】回复：登记表"},
	        {"", "【已登记 CYMP-2022-0042】回复：区域（城市）产业名片打造登记表"},
	        {"RE: Re：回复： 答复:转发：登记表", "【已登记 CYMP-2022-0042】回复：登记表"},
	        {"回复：【请补正 CYMP-2022-0042】回复：登记表", "【已登记 CYMP-2022-0042】回复：登记表"},
	        {"【昆山】登记表", "【已登记 CYMP-2022-0042】回复：【昆山】登记表"},
	        {"Rene 的登记表", "【已登记 CYMP-2022-0042】回复：Rene 的登记表"},
	        {"a\r\nBcc: x", "【已登记 CYMP-2022-0042】回复：a  Bcc: x"},
	        {"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十",
	         "【已登记 "
	         "CYMP-2022-"
	         "0042】回复：一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六…"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *name;
		struct reply_facts f = sample(0, &name);
		struct got g;

		f.subject = rows[i].theirs;
		g = compose(&f);
		assert_string_equal(subject_of(&g), rows[i].want);
		got_free(&g);
	}
}

static void
addresses(void **state)
{
	static const struct {
		const char *name, *want;
	} rows[] = {
	        {"沈志远", "沈志远老师："},
	        {"昆山市工信局", "昆山市工信局："},
	        {"", "有关单位："},
	        {"gxj@ks.gov.cn", "有关单位："},
	        {"追风少年一九八五", "有关单位："},
	        {"Jack", "有关单位："},
	        {"局", "有关单位："},
	        {NULL, "有关单位："},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *name;
		struct reply_facts f = sample(2, &name);
		struct got g;

		f.to_name = rows[i].name;
		g = compose(&f);
		assert_memory_equal(g.text, rows[i].want, strlen(rows[i].want));
		got_free(&g);
	}
}

static void
opinions(void **state)
{
	static const struct {
		const char *key, *code, *detail, *value, *want, *suggest;
	} rows[] = {
	        {"phone", "bad_phone", "2331000", "2331000",
	         "缺少区号，请填写为“区号-2331000”，如“0724-2331000”。", "0724-2331000"},
	        {"phone", "bad_phone", "2331000", "2331000",
	         "联系电话“2331000”缺少区号，请填写为“区号-2331000”。", NULL},
	        {"phone", "bad_phone", "1391234567", "x", "“1391234567”共10位，手机号码应为11位", NULL},
	        {"phone", "bad_phone", "0512-5731008", "x",
	         "“0512-5731008”连区号共11位，无法从北京拨通，请核对", NULL},
	        {"phone", "bad_phone", "0512-57310086、0512-57310087", "x", "”无法从北京拨通，请填写手机号码",
	         NULL},
	        {"phone", "bad_phone", "00852-12345678", "x", "”无法从北京拨通，请填写手机号码", NULL},
	        {"phone", "bad_phone", NULL, "请打总机", "“请打总机”无法从北京拨通", NULL},
	        {"phone", "missing", NULL, NULL, "联系电话尚未填写", NULL},
	        {"profile", "missing", NULL, NULL, "不超过300字", NULL},
	        {"profile", "too_long", "412", "长", "（按Word字数统计现为412字）", NULL},
	        {"profile", "too_long", NULL, "长", "不超过300字，请适当精简", NULL},
	        {"region", "placeholder", NULL, NULL, "仍为表中的填写提示", NULL},
	        {"region", "not_eligible", "所填为企业名称", "昆山某公司",
	         "“昆山某公司”不在本次征集对象之列（所填为企业名称）", NULL},
	        {"region", "new_code", NULL, "x", "new_code", NULL},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct reply_value value = {rows[i].key, rows[i].value, false};
		const struct reply_defect defect = {rows[i].key, rows[i].code, rows[i].detail,
		                                    rows[i].suggest, true};
		const struct reply_form one = {.receipt = "R-1",
		                               .values = &value,
		                               .value_count = 1,
		                               .defects = &defect,
		                               .defect_count = 1};
		const char *name;
		struct reply_facts f = sample(1, &name);
		struct got g;

		f.forms = &one;
		g = compose(&f);
		if (!strstr(g.text, rows[i].want))
			fail_msg("%s: lacks %s", rows[i].code, rows[i].want);
		got_free(&g);
	}
}

static void
refused(void **state)
{
	const char *name;
	struct reply_facts f = sample(0, &name);
	struct buf mail = BUF_INIT(1 << 20), small = BUF_INIT(1000);
	struct err e = {0};
	char id[300];
	(void)state;

	f.to_addr = "a@b>\r\nRCPT TO:<c@d";
	assert_false(reply_compose(kit, &f, &mail, &e));
	assert_int_equal(e.code, ERR_INPUT);
	f = sample(0, &name);
	f.id = "a b";
	assert_false(reply_compose(kit, &f, &mail, &e));
	assert_int_equal(e.code, ERR_INPUT);
	f = sample(0, &name);
	f.own_domain = "a\nb";
	assert_false(reply_compose(kit, &f, &mail, &e));
	assert_int_equal(mail.len, 0);
	f = sample(1, &name);
	assert_false(reply_compose(kit, &f, &small, &e));
	assert_int_equal(e.code, ERR_TOO_LARGE);
	assert_int_equal(small.len, 0);
	assert_false(reply_message_id(kit, "R-1", 0, "a.b", id, sizeof(id), &e));
	assert_false(reply_message_id(kit, "R-1", 1, "a.b", id, 10, &e));
	assert_string_equal(reply_kind_name(REPLY_NO_FORM), "no_form");
	buf_free(&mail);
	buf_free(&small);
}

#define TEMPLATES_EDITED "/tmp/mingpian-reply-XXXXXX"

static void
shell(const char *command)
{
	assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c,concurrency-mt-unsafe) */
}

/* A copy of the templates (folder: TEMPLATES_EDITED, then its name), changed by a command of the shell. */
static void
templates_edit(char *folder, const char *command)
{
	char line[700];

	assert_non_null(mkdtemp(folder));
	(void)snprintf(line, sizeof(line), "cp -r config/templates/* %s && cd %s && %s", folder, folder,
	               command);
	shell(line);
}

static void
templates_drop(const char *folder)
{
	char line[100];

	(void)snprintf(line, sizeof(line), "rm -r %s", folder);
	shell(line);
}

/* texts.cfg with one line changed: each mistake stops the loading, with its place. */
static void
mistakes(void **state)
{
	static const struct {
		const char *name, *command, *want;
	} rows[] = {
	        {"syntax", "sed -i 's/^address: {/address: (/' texts.cfg", "texts.cfg:"},
	        {"unknown text", "sed -i 's/  too_many  /  to_many  /' texts.cfg",
	         "unknown name “to_many” in opinions"},
	        {"unknown group", "echo 'more: { a = \"b\"; };' >> texts.cfg",
	         "unknown name “more” in the file"},
	        {"no group", "sed -i '/^unread: {/,$d' texts.cfg; echo 'unread = 1;' >> texts.cfg",
	         "unread is no group"},
	        {"no text", "sed -i 's/nobody = .*/nobody = 1;/' texts.cfg", "nobody is no text"},
	        {"lacks one", "sed -i '/  timeout/d' texts.cfg", "unread lacks timeout"},
	        {"lacks the endings", "sed -i '/^unit_endings/d' texts.cfg", "lacks unit_endings"},
	        {"endings of numbers", "sed -i 's/^unit_endings.*/unit_endings = [ 1 ];/' texts.cfg",
	         "list of words"},
	        {"unknown value", "sed -i 's/{{number}}/{{nummer}}/' texts.cfg", "unknown name “nummer”"},
	        {"of another field", "sed -i 's/missing_profile /missing_profil /' texts.cfg",
	         "unknown name “missing_profil”"},
	        {"no template", "rm revised.html", "revised.html"},
	        {"template", "echo '{{nobody}}' >> repeated.txt", "repeated.txt"},
	        {"no file", "rm texts.cfg", "texts.cfg"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char folder[] = TEMPLATES_EDITED;
		struct reply_kit *k = NULL;
		struct err e = {0};

		templates_edit(folder, rows[i].command);
		if (reply_kit_load(&k, folder, form, &e))
			fail_msg("%s: was taken", rows[i].name);
		assert_null(k);
		assert_int_equal(e.code, ERR_CONFIG);
		if (!strstr(e.text, rows[i].want))
			fail_msg("%s: “%s” lacks “%s”", rows[i].name, e.text, rows[i].want);
		templates_drop(folder);
	}
}

/* An office may empty whatever text it likes: a mail goes out all the same. */
static void
emptied(void **state)
{
	char folder[] = TEMPLATES_EDITED;
	struct buf mail = BUF_INIT(1 << 20);
	struct reply_kit *k = NULL;
	struct err e = {0};
	(void)state;

	templates_edit(folder,
	               "for f in *.txt *.html; do : > $f; done && sed -i 's/= \".*\";/= \"\";/' texts.cfg");
	if (!reply_kit_load(&k, folder, form, &e))
		fail_msg("%s", e.text);
	for (size_t i = 0; i < SAMPLES; i++) {
		const char *name;
		struct reply_facts f = sample(i, &name);

		assert_true(reply_compose(k, &f, &mail, &e));
		assert_non_null(strstr(mail.at, "\r\nSubject: \r\n"));
	}
	reply_kit_free(k);
	buf_free(&mail);
	templates_drop(folder);
}

/* Goal: config/templates/README.md names all that may stand anywhere in a template. */
static void
names_are_explained(void **state)
{
	static char readme[16384];
	char folder[] = TEMPLATES_EDITED;
	FILE *f = fopen("config/templates/README.md", "rb");
	struct reply_kit *k = NULL;
	struct err e = {0};
	size_t count = 0;
	char *names, *save = NULL;
	(void)state;

	assert_non_null(f);
	assert_true(fread(readme, 1, sizeof(readme) - 1, f) > 0);
	(void)fclose(f);
	templates_edit(folder, "echo '{{zzz}}' > accepted.txt");
	assert_false(reply_kit_load(&k, folder, form, &e));
	names = strstr(e.text, "known here: ");
	assert_non_null(names);
	for (char *name = strtok_r(names + strlen("known here: "), ", ", &save); name;
	     name = strtok_r(NULL, ", ", &save), count++) {
		char quoted[100];

		(void)snprintf(quoted, sizeof(quoted), "`%s`", name);
		if (!strstr(readme, quoted))
			fail_msg("%s is not explained", name);
	}
	assert_true(count >= 20);
	templates_drop(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(each_kind),
	        cmocka_unit_test(alike),
	        cmocka_unit_test(strangers_words),
	        cmocka_unit_test(lengths),
	        cmocka_unit_test(values_share_the_room),
	        cmocka_unit_test(changes_share_the_room),
	        cmocka_unit_test(subjects),
	        cmocka_unit_test(addresses),
	        cmocka_unit_test(opinions),
	        cmocka_unit_test(refused),
	        cmocka_unit_test(mistakes),
	        cmocka_unit_test(emptied),
	        cmocka_unit_test(names_are_explained),
	};
	struct err e = {0};
	int failed;

	if (!clock_zone("Asia/Shanghai", &e) || !form_load(&form, "config/form.cfg", &e) ||
	    !reply_kit_load(&kit, "config/templates", form, &e)) {
		print_error("%s\n", e.text);
		return 1;
	}
	g_mime_init();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	reply_kit_free(kit);
	form_free(form);
	return failed;
}
