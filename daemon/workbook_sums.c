/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sheets that count: by department, and what an auditor asks first. */
#include "daemon/workbook_sheets.h"

#include "config/clock.h"
#include "daemon/words.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* ---- 各省进度 ---- */

static void
put_counts(struct sheet *s, const struct report_department *d, enum sheet_style style)
{
	sheet_number(s, style, (double)d->registered);
	for (size_t i = 0; i < REPORT_CATEGORIES; i++)
		sheet_number(s, style, (double)d->category[i]);
	sheet_number(s, style, (double)d->uncategorised);
	sheet_number(s, style, (double)d->correction);
	sheet_number(s, style, (double)d->conflict);
	sheet_number(s, style, (double)d->late);
	sheet_number(s, style, (double)d->fresh);
}

static void
put_department(struct sheet *s, size_t place, const char *name)
{
	const struct report_department *d = &s->b->r->departments[place];

	if (place < DEPARTMENTS)
		sheet_number(s, STYLE_NUMBER, (double)(place + 1));
	else
		sheet_text(s, STYLE_CENTRED, "");
	sheet_text(s, STYLE_TEXT, name);
	put_counts(s, d, STYLE_NUMBER);
	sheet_time(s, STYLE_TIME, d->last_heard);
	if (d->registered)
		sheet_text(s, STYLE_CENTRED, d->correction ? "待补正" : "");
	else
		sheet_text(s, STYLE_ALERT, "尚未报送");
	sheet_end_row(s);
}

static void
put_sum(struct sheet *s)
{
	const struct report *r = s->b->r;
	struct report_department all = {.registered = r->counted,
	                                .correction = r->correction,
	                                .conflict = r->conflict,
	                                .late = r->late,
	                                .fresh = r->fresh,
	                                .uncategorised = r->category[REPORT_CATEGORIES]};

	for (size_t i = 0; i < REPORT_CATEGORIES; i++)
		all.category[i] = r->category[i];
	sheet_text(s, STYLE_HEADING, "");
	sheet_text(s, STYLE_HEADING, "合计");
	put_counts(s, &all, STYLE_TOTAL);
	sheet_text(s, STYLE_HEADING, "");
	sheet_text(s, STYLE_HEADING, r->silent ? arena_fmt(r->arena, "%zu家未报", r->silent) : "均已报送");
	sheet_end_row(s);
}

/* A bar behind the number: seen on a screen and on paper. */
static void
put_bars(struct sheet *s, lxw_row_t first, lxw_row_t last)
{
	lxw_conditional_format bar = {.type = LXW_CONDITIONAL_DATA_BAR,
	                              .bar_solid = LXW_TRUE,
	                              .bar_color = 0x9DC3E6,
	                              .min_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER,
	                              .min_value = 0,
	                              .data_bar_2010 = LXW_TRUE};

	book_check(s->b, worksheet_conditional_format_range(s->ws, first, 2, last, 2, &bar));
}

void
workbook_departments(struct book *b)
{
	static const struct sheet_column columns[] = {
	        {"序号", 6},      {"单位", 20},          {"已登记", 10},      {"副省级\n（省会）城市", 12},
	        {"地级市", 8},    {"区、县\n（市）", 8}, {"产业\n集聚区", 8}, {"类别未定", 8},
	        {"待补正", 8},    {"待核实", 8},         {"逾期", 8},         {"本期新增", 8},
	        {"最近来件", 17}, {"备注", 12},
	};
	const struct report *r = b->r;
	struct sheet s;

	sheet_open(&s, b, SHEET_DEPARTMENTS, "各省、自治区、直辖市，计划单列市及新疆生产建设兵团报送进度",
	           columns, COUNT(columns), COUNT(columns));
	sheet_headings(&s, columns, COUNT(columns), 2);
	for (size_t i = 0; i < DEPARTMENTS; i++)
		put_department(&s, i, departments[i].name);
	put_bars(&s, SHEET_FIRST_ROW, s.row - 1);
	if (r->departments[DEPARTMENT_NONE].registered)
		put_department(&s, DEPARTMENT_NONE, "区域未能归属");
	put_sum(&s);
	sheet_line(&s, STYLE_NOTE,
	           arena_fmt(r->arena,
	                     "计划遴选主名片%d个、特色名片%d个，共%d个；现有登记%zu件，为计划数的%zu%%。",
	                     (int)REPORT_MAIN_CARDS, (int)REPORT_SPECIAL_CARDS,
	                     (int)(REPORT_MAIN_CARDS + REPORT_SPECIAL_CARDS), r->counted,
	                     r->counted * 100 / (REPORT_MAIN_CARDS + REPORT_SPECIAL_CARDS)));
	sheet_line(&s, STYLE_NOTE,
	           "注：计划单列市和兵团单列，不重复计入所在省、自治区；已撤回、已并入的登记不计。");
	sheet_close(&s, false, 1);
	worksheet_fit_to_pages(s.ws, 1, 1);
}

/* ---- 审计 ---- */

struct fact {
	const char *name;
	double n;
	const char *text; /* NULL: the number */
	const char *note;
};

static void
put_facts(struct sheet *s, const char *section, const struct fact *facts, size_t count)
{
	sheet_line(s, STYLE_SECTION, section);
	for (size_t i = 0; i < count; i++) {
		sheet_text(s, STYLE_TEXT, facts[i].name);
		if (facts[i].text)
			sheet_text(s, STYLE_TEXT, facts[i].text);
		else
			sheet_number(s, STYLE_COUNT, facts[i].n);
		sheet_text(s, STYLE_TEXT, facts[i].note);
		sheet_end_row(s);
	}
}

static void
put_balance(struct sheet *s)
{
	const struct query_totals *t = &s->b->r->totals;
	const struct report_replies *n = &s->b->r->replies;
	const bool mails = t->messages == t->recorded + t->copies;
	const struct fact facts[] = {
	        {"收到来信（份）", (double)t->arrivals, NULL, "每份来信每到一个邮箱记一次"},
	        {"其中不同的来信", (double)t->messages, NULL, "应等于下两项之和"},
	        {"　已登记或已答复", (double)t->recorded, NULL, ""},
	        {"　同一来信的另一份", (double)t->copies, NULL, ""},
	        {"留在邮箱、与登记无关", (double)t->left, NULL, "不留存内容，仅记散列值"},
	        {"暂未能解析、将再试", (double)t->held, NULL, ""},
	        {"应发回复", (double)n->queued, NULL, "应等于下五项之和"},
	        {"　已发出", (double)n->sent, NULL, ""},
	        {"　待发", (double)n->waiting, NULL, ""},
	        {"　暂缓发出", (double)n->withheld, NULL, "待人工放行"},
	        {"　未能送达", (double)n->failed, NULL, ""},
	        {"　被退回", (double)n->bounced, NULL, ""},
	        {"核对结果", 0, report_conserved(s->b->r) ? "相符" : "不相符",
	         report_conserved(s->b->r) ? "每份来信、每封回复都有去处"
	         : mails                   ? "有回复没有去处，请运行 mingpianctl verify"
	                                   : "有来信没有去处，请运行 mingpianctl verify"},
	};

	put_facts(s, "二、收发守恒", facts, COUNT(facts));
}

static void
put_head(struct sheet *s)
{
	const struct report *r = s->b->r;
	const struct fact facts[] = {
	        {"日志末条序号", (double)r->head.seq, NULL, "本工作簿依据的最后一条"},
	        {"日志末条散列值", 0, r->head.hash.hex, "SHA-256"},
	        {"核验命令", 0,
	         arena_fmt(r->arena, "mingpianctl verify --head %lld:%s", (long long)r->head.seq,
	                   r->head.hash.hex),
	         "日后任何改动都会被发现"},
	        {"上期日报", 0, r->last_digest ? r->last_digest : "无", ""},
	        {"最近检查点", 0, r->checkpoint ? r->checkpoint : "无", "序号"},
	        {"留存文件", (double)r->totals.files, NULL, "来信、回复、识别结果、处理决定"},
	        {"其中依法清除", (double)r->totals.redacted, NULL, ""},
	};

	put_facts(s, "一、日志", facts, COUNT(facts));
}

static void
put_events(struct sheet *s)
{
	const struct report *r = s->b->r;

	sheet_line(s, STYLE_SECTION, "三、日志各类事件");
	for (size_t i = 0; i < r->event_count; i++) {
		sheet_text(s, STYLE_TEXT, words_event(r->events[i].name));
		sheet_number(s, STYLE_COUNT, (double)r->events[i].count);
		sheet_text(s, STYLE_TEXT, r->events[i].name);
		sheet_end_row(s);
	}
}

static void
put_sums(struct sheet *s)
{
	const struct report *r = s->b->r;

	sheet_line(s, STYLE_SECTION, "四、日志文件校验和（SHA-256）");
	for (size_t i = 0; i < r->month_count; i++) {
		sheet_text(s, STYLE_TEXT, r->months[i].file);
		sheet_text(s, STYLE_TEXT, r->months[i].sha256.hex);
		sheet_text(s, STYLE_TEXT,
		           arena_fmt(r->arena, "%zu行%s", r->months[i].lines,
		                     i + 1 < r->month_count ? "" : "，截至上列末条"));
		sheet_end_row(s);
	}
}

static void
put_due(struct sheet *s)
{
	const struct report *r = s->b->r;

	if (!r->due_count)
		return;
	sheet_line(s, STYLE_SECTION, "五、保存期满、可依法清除");
	for (size_t i = 0; i < r->due_count; i++) {
		sheet_receipt(s, r->due[i]);
		sheet_text(s, STYLE_TEXT,
		           arena_fmt(r->arena, "mingpianctl redact %s --why \"…\"", r->due[i]));
		sheet_text(s, STYLE_TEXT, "");
		sheet_end_row(s);
	}
}

void
workbook_audit(struct book *b)
{
	static const struct sheet_column columns[] = {{"项目", 28}, {"内容", 72}, {"说明", 44}};
	struct sheet s;

	sheet_open(&s, b, "审计", "审计信息", columns, COUNT(columns), COUNT(columns));
	sheet_headings(&s, columns, COUNT(columns), 0);
	put_head(&s);
	put_balance(&s);
	put_events(&s);
	put_sums(&s);
	put_due(&s);
	sheet_close(&s, false, 1);
}
