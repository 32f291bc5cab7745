/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/life_page.h"

#include "config/clock.h"
#include "config/json_value.h"
#include "config/mem.h"
#include "daemon/template.h"
#include "daemon/words.h"

#include <stdlib.h>
#include <string.h>

static const struct template_name names_of_page[] = {
        {"receipt", TEMPLATE_TEXT, NULL},     {"region", TEMPLATE_TEXT, NULL},
        {"region_code", TEMPLATE_TEXT, NULL}, {"category", TEMPLATE_TEXT, NULL},
        {"state", TEMPLATE_TEXT, NULL},       {"late", TEMPLATE_FLAG, NULL},
        {"revision", TEMPLATE_TEXT, NULL},    {"senders", TEMPLATE_TEXT, NULL},
        {"title", TEMPLATE_TEXT, NULL},       {"made", TEMPLATE_TEXT, NULL}, /* 2022年6月30日9时5分 */
        {"masked", TEMPLATE_FLAG, NULL},      {"head", TEMPLATE_TEXT, NULL}, /* SEQ:HASH */
        {"values", TEMPLATE_LIST, NULL},      {"label", TEMPLATE_TEXT, "values"},
        {"value", TEMPLATE_TEXT, "values"},   {"remark", TEMPLATE_TEXT, "values"},
        {"events", TEMPLATE_LIST, NULL},      {"when", TEMPLATE_TEXT, "events"},
        {"seq", TEMPLATE_TEXT, "events"},     {"what", TEMPLATE_TEXT, "events"},
        {"tone", TEMPLATE_TEXT, "events"}, /* in, read, out, bad, person */
        {"facts", TEMPLATE_LIST, "events"},   {"label", TEMPLATE_TEXT, "facts"},
        {"text", TEMPLATE_TEXT, "facts"},     {"fields", TEMPLATE_LIST, "events"},
        {"label", TEMPLATE_TEXT, "fields"},   {"value", TEMPLATE_TEXT, "fields"},
        {"place", TEMPLATE_TEXT, "fields"},   {"remark", TEMPLATE_TEXT, "fields"},
        {"changes", TEMPLATE_LIST, "events"}, {"label", TEMPLATE_TEXT, "changes"},
        {"was", TEMPLATE_TEXT, "changes"},    {"now", TEMPLATE_TEXT, "changes"},
        {"letter", TEMPLATE_TEXT, "events"},  {"gone", TEMPLATE_FLAG, "events"},
};

/* ---- members ---- */

static void
put(json_t *o, const char *key, json_t *value)
{
	if (json_object_set_new(o, key, value) != 0)
		mem_die("making a page");
}

static void
put_text(json_t *o, const char *key, const char *value)
{
	json_t *s = json_string(value ? value : "");

	put(o, key, s ? s : json_string(""));
}

static json_t *
put_list(json_t *o, const char *key)
{
	json_t *list = json_array();

	put(o, key, list);
	return list;
}

static json_t *
put_element(json_t *list)
{
	json_t *o = json_object();

	if (json_array_append_new(list, o) != 0)
		mem_die("making a page");
	return o;
}

static void
put_fact(json_t *facts, const char *label, const char *value)
{
	json_t *o;

	if (!value || !*value)
		return;
	o = put_element(facts);
	put_text(o, "label", label);
	put_text(o, "text", value);
}

/* RFC 3339 as an official letter writes it; what is none stays. */
static void
put_time(json_t *o, const char *key, const char *at)
{
	char when[CLOCK_CHINESE_MAX];
	time_t t = 0;

	put_text(o, key, at && clock_parse(at, &t) ? clock_chinese_minute(t, when) : at);
}

/* ---- a form, field by field ---- */

static const char *
source_of(const json_t *o)
{
	const char *source = json_text(o, "source");

	return source && strcmp(source, "body") == 0 ? "邮件正文" : source;
}

/* 登记表.docx，第1个表格第2行第4列，图片识别0.93; 汇总.xlsx，第1页，单元格C5 */
static void
put_place(json_t *o, const json_t *place)
{
	static const struct {
		const char *key, *before, *after;
		int from;       /* how it is counted in the reading */
		bool with_cell; /* said beside a cell, which says all the others */
	} steps[] = {{"page", "，第", "页", 1, true},
	             {"table", "，第", "个表格", 1, false},
	             {"row", "第", "行", 0, false},
	             {"column", "第", "列", 0, false},
	             {"line", "，第", "行", 1, false}};
	struct buf b = BUF_INIT(4096);
	const char *cell = json_text(place, "cell");
	bool in_table = json_int(place, "table") > 0;

	buf_str(&b, source_of(place));
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		json_int_t n = json_int(place, steps[i].key) + 1 - steps[i].from;

		if (cell && !steps[i].with_cell)
			continue;
		if (n > 0 && (steps[i].from || in_table) && json_object_get(place, steps[i].key))
			buf_fmt(&b, "%s%lld%s", steps[i].before, (long long)n, steps[i].after);
	}
	if (cell)
		buf_fmt(&b, "，单元格%s", cell);
	if (json_text(place, "method") && strcmp(json_text(place, "method"), "ocr") == 0)
		buf_fmt(&b, "，图片识别，置信度%.2f",
		        json_number_value(json_object_get(place, "confidence")));
	put_text(o, "place", b.at);
	buf_free(&b);
}

static void
put_remark(json_t *o, const json_t *field)
{
	struct buf b = BUF_INIT(LIFE_PAGE_MAX); /* another file's whole profile may stand in it */
	const json_t *d;
	size_t i;

	json_array_foreach(json_object_get(field, "defects"), i, d)
	        buf_fmt(&b, "%s%s", b.len ? "；" : "", words_defect(json_text(d, "code")));
	if (json_flag(field, "doubtful"))
		buf_fmt(&b, "%s识读存疑", b.len ? "；" : "");
	json_array_foreach(json_object_get(field, "others"), i, d) buf_fmt(
	        &b, "%s“%s”作“%s”", b.len ? "；" : "", json_text(d, "source") ? json_text(d, "source") : "",
	        json_text(d, "value") ? json_text(d, "value") : "");
	put_text(o, "remark", b.at);
	buf_free(&b);
}

static void
put_fields(json_t *o, const char *name, const json_t *fields)
{
	json_t *list = put_list(o, name);
	const json_t *f;
	size_t i;

	json_array_foreach((json_t *)fields, i, f)
	{
		json_t *row = put_element(list);

		put_text(row, "label", json_text(f, "label"));
		put_text(row, "value", json_text(f, "value"));
		put_place(row, json_object_get(f, "place"));
		put_remark(row, f);
	}
}

static void
put_changes(json_t *o, const json_t *changes)
{
	json_t *list = put_list(o, "changes");
	const json_t *c;
	size_t i;

	json_array_foreach((json_t *)changes, i, c)
	{
		json_t *row = put_element(list);

		put_text(row, "label", json_text(c, "label"));
		put_text(row, "was", json_text(c, "was"));
		put_text(row, "now", json_text(c, "now"));
	}
}

/* ---- events ---- */

static void
put_number(json_t *facts, const char *label, const json_t *o, const char *key)
{
	char n[32];

	(void)snprintf(n, sizeof n, "%lld", (long long)json_int(o, key));
	put_fact(facts, label, json_int(o, key) ? n : NULL);
}

static void
facts_arrived(json_t *facts, const json_t *e)
{
	char when[CLOCK_CHINESE_MAX];
	time_t t = 0;

	if (json_text(e, "received_at") && clock_parse(json_text(e, "received_at"), &t))
		put_fact(facts, "收件时间", clock_chinese_minute(t, when));
	put_fact(facts, "来件人", json_text(e, "sender_name"));
	put_fact(facts, "来件地址", json_text(e, "sender"));
	put_fact(facts, "主题", json_text(e, "subject"));
	put_fact(facts, "收件邮箱", json_text(e, "mailbox"));
	put_number(facts, "字节数", e, "size");
	put_fact(facts, "来件SHA-256", json_text(e, "message_sha256"));
}

static void
facts_read(json_t *facts, const json_t *e)
{
	put_fact(facts, "登记编号", json_text(e, "receipt"));
	put_number(facts, "版次", e, "revision");
	put_fact(facts, "出自", source_of(e));
	put_fact(facts, "类别", words_category(json_text(e, "category")));
	put_fact(facts, "处理结果", words_disposition(json_text(e, "disposition")));
	put_fact(facts, "答复暂缓原因", words_withheld(json_text(e, "withheld")));
	put_fact(facts, "逾期", json_flag(e, "late") ? "是" : NULL);
	put_fact(facts, "识读记录SHA-256", json_text(e, "reading"));
}

static void
facts_answered(json_t *facts, const json_t *e)
{
	put_fact(facts, "答复编号", json_text(e, "reply"));
	put_fact(facts, "收件人", json_text(e, "recipient"));
	put_fact(facts, "暂缓原因", words_withheld(json_text(e, "why")));
	put_fact(facts, "答复SHA-256", json_text(e, "message_sha256"));
}

static void
facts_delivery(json_t *facts, const json_t *e)
{
	put_fact(facts, "答复编号", json_text(e, "reply"));
	put_number(facts, "服务器应答", e, "code");
	put_fact(facts, "说明", json_text(e, "why"));
	put_fact(facts, "退信状态", json_text(e, "status"));
}

static void
facts_reviewed(json_t *facts, const json_t *e)
{
	put_fact(facts, "事项", json_text(e, "item"));
	put_fact(facts, "并入",
	         json_text(e, "receipt") && json_text(e, "item") &&
	                         strcmp(json_text(e, "item"), json_text(e, "receipt")) != 0
	                 ? json_text(e, "receipt")
	                 : NULL);
	put_fact(facts, "经办人", json_text(e, "by"));
	put_fact(facts, "理由", json_text(e, "why"));
	put_fact(facts, "决定SHA-256", json_text(e, "decision"));
}

static void
facts_digested(json_t *facts, const json_t *e)
{
	put_fact(facts, "日报日期", json_text(e, "date"));
	put_fact(facts, "日报SHA-256", json_text(e, "message_sha256"));
}

static void
facts_redacted(json_t *facts, const json_t *e)
{
	put_number(facts, "清除文件数", e, "files");
	put_fact(facts, "经办人", json_text(e, "by"));
	put_fact(facts, "理由", json_text(e, "why"));
}

static const struct {
	const char *event, *what, *tone;
	void (*facts)(json_t *facts, const json_t *e);
} events[] = {
        {"arrived", "来件收悉", "in", facts_arrived},
        {"read", "识读登记", "read", facts_read},
        {"answered", "拟定答复", "out", facts_answered},
        {"sent", "答复发出", "out", facts_delivery},
        {"deferred", "暂未送出，另行重发", "bad", facts_delivery},
        {"unknown", "是否送达不明", "bad", facts_delivery},
        {"failed", "未能送达", "bad", facts_delivery},
        {"bounced", "答复被退回", "bad", facts_delivery},
        {"reviewed", "人工处理", "person", facts_reviewed},
        {"digested", "列入日报", "out", facts_digested},
        {"redacted", "依规清除", "person", facts_redacted},
};

/* 识读登记 says more by what became of the form, 人工处理 by the act. */
static const char *
title_of(const json_t *e, const char *otherwise)
{
	static const struct {
		const char *key, *value, *what;
	} titles[] = {
	        {"as", "new", "首次登记"},
	        {"as", "revision", "补正登记"},
	        {"as", "same", "重复来件，内容相同"},
	        {"as", "sender", "另一来件人，内容相同"},
	        {"as", "conflict", "同一区域另有登记，待核实"},
	        {"copy_of", NULL, "同一来件的另一份"},
	        {"act", "release", "人工放行答复"},
	        {"act", "accept", "人工采纳"},
	        {"act", "dismiss", "人工办结"},
	        {"act", "join", "人工并入"},
	};

	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
		const char *v = json_text(e, titles[i].key);

		if (v && (!titles[i].value || strcmp(v, titles[i].value) == 0))
			return titles[i].what;
	}
	return otherwise;
}

static void
put_event(json_t *list, const json_t *e)
{
	const char *event = json_text(e, "event");
	json_t *o = put_element(list), *facts = put_list(o, "facts");

	put_time(o, "when", json_text(e, "at"));
	put(o, "seq", json_incref(json_object_get(e, "seq")));
	for (size_t i = 0; event && i < sizeof events / sizeof *events; i++) {
		if (strcmp(event, events[i].event) != 0)
			continue;
		put_text(o, "what", title_of(e, events[i].what));
		put_text(o, "tone", events[i].tone);
		events[i].facts(facts, e);
	}
	put_fields(o, "fields", json_object_get(e, "fields"));
	put_changes(o, json_object_get(e, "changes"));
	put_text(o, "letter", json_text(e, "text"));
	put(o, "gone", json_boolean(json_flag(e, "gone")));
}

/* ---- the page ---- */

static json_t *
newest_form(const json_t *life)
{
	const json_t *list = json_object_get(life, "revisions");
	size_t n = json_array_size(list);

	return n ? json_object_get(json_array_get(list, n - 1), "form") : NULL;
}

static void
put_values(json_t *page, const struct form *f, const json_t *life)
{
	const json_t *form = newest_form(life), *v, *d;
	json_t *list = put_list(page, "values");
	size_t k;

	for (size_t i = 0; json_is_object(form) && i < f->field_count; i++) {
		json_t *o = put_element(list);
		struct buf b = BUF_INIT(1 << 20), remark = BUF_INIT(4096);

		v = json_object_get(form, f->fields[i].key);
		buf_str(&b, json_string_value(v));
		for (k = 0; k < json_array_size(v); k++)
			buf_fmt(&b, "%s%s", k ? "、" : "", json_string_value(json_array_get(v, k)));
		json_array_foreach(json_object_get(form, "defects"), k, d)
		{
			if (json_text(d, "field") && strcmp(json_text(d, "field"), f->fields[i].key) == 0)
				buf_fmt(&remark, "%s%s", remark.len ? "；" : "",
				        words_defect(json_text(d, "code")));
		}
		put_text(o, "label", f->fields[i].label);
		put_text(o, "value", b.at);
		put_text(o, "remark", remark.at);
		buf_free(&b);
		buf_free(&remark);
	}
}

static json_t *
values_of(const struct form *f, const json_t *life)
{
	json_t *page = json_object(), *list;
	struct buf b = BUF_INIT(1 << 16);
	char when[CLOCK_CHINESE_MAX];
	const json_t *v;
	size_t i;

	for (const char *const *k = (const char *const[]){"receipt", "region", "region_code", NULL}; *k; k++)
		put_text(page, *k, json_text(life, *k));
	put_text(page, "category", words_category(json_text(life, "category")));
	put_text(page, "state", words_state(json_text(life, "state")));
	put_text(page, "title", f->title);
	put(page, "late", json_incref(json_object_get(life, "late")));
	put(page, "revision", json_incref(json_object_get(life, "revision")));
	put(page, "masked", json_boolean(json_flag(life, "masked")));
	put_text(page, "made", clock_chinese_minute(clock_now(), when));
	json_array_foreach(json_object_get(life, "senders"), i, v)
	        buf_fmt(&b, "%s%s", i ? "、" : "", json_string_value(v) ? json_string_value(v) : "");
	put_text(page, "senders", b.at);
	buf_clear(&b);
	buf_fmt(&b, "%lld:%s", (long long)json_int(life, "head_seq"), json_text(life, "head"));
	put_text(page, "head", b.at);
	buf_free(&b);
	put_values(page, f, life);
	list = put_list(page, "events");
	json_array_foreach(json_object_get(life, "timeline"), i, v) put_event(list, v);
	return page;
}

bool
life_page(const struct form *f, const char *templates, const json_t *life, struct buf *out, struct err *e)
{
	const struct template_names names = {names_of_page, sizeof names_of_page / sizeof *names_of_page};
	struct buf file = BUF_INIT(8192);
	struct template *t = NULL;
	json_t *values;
	bool ok;

	buf_fmt(&file, "%s/life.html", templates);
	ok = template_load(&t, file.at, &names, e);
	if (ok) {
		values = values_of(f, life);
		template_render(t, values, out);
		json_decref(values);
		ok = !out->over || err_set(e, ERR_TOO_LARGE, "the page is over %d MiB", LIFE_PAGE_MAX >> 20);
	}
	template_free(t);
	buf_free(&file);
	return ok;
}
