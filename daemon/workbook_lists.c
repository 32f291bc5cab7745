/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sheets that are lists: a row for each registration, item, change, reply, anomaly. */
#include "daemon/workbook_sheets.h"

#include "config/clock.h"
#include "daemon/words.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

enum { DAY = 86400, COLUMNS_OF_A_PAGE = 11 };

/* Nothing to list is said, too. */
static void
say_none(struct sheet *s, bool none, const char *text)
{
	if (none)
		sheet_line(s, STYLE_NOTE, text);
}

/* ---- 登记一览 ---- */

static const double field_widths[FORM_KINDS] = {
        [FORM_REGION] = 15,  [FORM_UNIT] = 15,    [FORM_NAMES] = 14, [FORM_TEXT] = 12,
        [FORM_PROFILE] = 44, [FORM_CONTACT] = 12, [FORM_PHONE] = 15,
};

/* The form's fields stand between these; code and category behind the region. */
static const struct sheet_column before_fields[] = {{"登记编号", 16}};
static const struct sheet_column behind_region[] = {{"区域代码", 9}, {"类别", 11}, {"归口单位", 11}};
static const struct sheet_column behind_fields[] = {
        {"需补正及留意", 18}, {"存疑栏目", 10}, {"状态", 8},    {"版次", 6},      {"逾期", 6},
        {"首次收悉", 17},     {"最近收悉", 17}, {"发件人", 18}, {"收件邮箱", 18}, {"来源文件", 12},
};

static size_t
registration_columns(const struct form *f, struct sheet_column *columns)
{
	size_t n = 0;

	for (size_t i = 0; i < COUNT(before_fields); i++)
		columns[n++] = before_fields[i];
	for (size_t k = 0; k < f->field_count; k++) {
		columns[n++] = (struct sheet_column){f->fields[k].label, field_widths[f->fields[k].kind]};
		for (size_t i = 0; f->fields[k].kind == FORM_REGION && i < COUNT(behind_region); i++)
			columns[n++] = behind_region[i];
	}
	for (size_t i = 0; i < COUNT(behind_fields); i++)
		columns[n++] = behind_fields[i];
	return n;
}

/* One line a defect: 联系电话：号码无法拨通（2331000） */
static void
put_defects(struct sheet *s, const struct report_registration *g)
{
	struct buf text = BUF_INIT(1 << 16);

	for (size_t i = 0; i < g->defect_count; i++) {
		const struct report_defect *d = &g->defects[i];
		const struct form_field *field = form_field(s->b->r->form, d->key);

		buf_fmt(&text, "%s%s：%s", i ? "\n" : "", field ? field->label : d->key,
		        words_defect(d->code));
		if (d->detail && *d->detail)
			buf_fmt(&text, "（%s）", d->detail);
	}
	sheet_text(s, STYLE_TEXT, text.at);
	buf_free(&text);
}

static void
put_fields(struct sheet *s, const struct report_registration *g)
{
	const struct form *f = s->b->r->form;

	for (size_t k = 0; k < f->field_count; k++) {
		sheet_text(s, STYLE_TEXT, g->values[k]);
		if (f->fields[k].kind != FORM_REGION)
			continue;
		sheet_text(s, STYLE_CENTRED, g->q->region_code);
		sheet_text(s, STYLE_CENTRED, words_category(g->q->category));
		sheet_text(s, STYLE_CENTRED,
		           g->department < DEPARTMENTS ? departments[g->department].tile : "");
	}
}

static void
put_registration(struct sheet *s, const struct report_registration *g)
{
	const struct query_registration *q = g->q;
	const bool good = strcmp(q->state, "accepted") == 0;
	lxw_row_t changed = workbook_change_row(s->b->r, q->receipt);
	char revision[16];

	sheet_text(s, STYLE_CENTRED, q->receipt);
	put_fields(s, g);
	put_defects(s, g);
	sheet_text(s, STYLE_CENTRED, g->doubtful);
	sheet_text(s, good ? STYLE_CENTRED : STYLE_ALERT, words_state(q->state));
	(void)snprintf(revision, sizeof revision, "%d", q->revision);
	if (changed)
		sheet_link(s, revision, SHEET_CHANGES, changed);
	else
		sheet_number(s, STYLE_NUMBER, q->revision);
	sheet_text(s, q->late ? STYLE_ALERT : STYLE_CENTRED, q->late ? "是" : "");
	sheet_time(s, STYLE_TIME, q->created_at);
	sheet_time(s, STYLE_TIME, g->received_at);
	sheet_text(s, STYLE_TEXT, q->sender);
	sheet_text(s, STYLE_TEXT, q->mailbox);
	sheet_text(s, STYLE_TEXT, g->source && strcmp(g->source, "body") == 0 ? "邮件正文" : g->source);
	sheet_end_row(s);
}

void
workbook_registrations(struct book *b)
{
	struct sheet_column columns[SHEET_COLUMNS_MAX];
	size_t n = registration_columns(b->r->form, columns);
	struct sheet s;

	sheet_open(&s, b, SHEET_REGISTRATIONS, arena_fmt(b->r->arena, "%s一览", b->r->form->title), columns,
	           n, COLUMNS_OF_A_PAGE);
	sheet_headings(&s, columns, n, 2);
	for (size_t i = 0; i < b->r->registration_count; i++)
		put_registration(&s, &b->r->registrations[i]);
	worksheet_repeat_columns(s.ws, 0, 1);
	sheet_close(&s, true, 2); /* one page would be too small to read */
}

/* ---- 待办 ---- */

static const char *
words_by_mail(const struct report_item *it)
{
	return it->release ? "放行\n不予处理" : it->accept ? "采纳\n不予处理" : "不予处理";
}

void
workbook_items(struct book *b)
{
	static const struct sheet_column columns[] = {
	        {"序号", 6},        {"事项", 28},     {"编号", 18},     {"区域", 20},
	        {"来信人", 22},     {"来信主题", 22}, {"起始时间", 17}, {"已等\n（天）", 8},
	        {"可回复的词", 11}, {"验证码", 15},   {"命令", 44},
	};
	const struct report *r = b->r;
	struct sheet s;

	sheet_open(&s, b, "待办", "待办事项", columns, COUNT(columns), COUNT(columns));
	sheet_headings(&s, columns, COUNT(columns), 3);
	for (size_t i = 0; i < r->item_count; i++) {
		const struct report_item *it = &r->items[i];
		const time_t days = (r->now - it->q->since) / DAY;

		sheet_number(&s, STYLE_NUMBER, (double)(i + 1));
		sheet_text(&s, STYLE_TEXT, it->shown);
		if (it->q->receipt && strcmp(it->q->item, it->q->receipt) == 0)
			sheet_receipt(&s, it->q->receipt);
		else
			sheet_text(&s, STYLE_CENTRED, it->q->item);
		sheet_text(&s, STYLE_TEXT, it->region);
		sheet_text(&s, STYLE_TEXT, it->q->sender);
		sheet_text(&s, STYLE_TEXT, it->q->subject);
		sheet_time(&s, STYLE_TIME, it->q->since);
		sheet_number(&s, STYLE_NUMBER, (double)days);
		sheet_text(&s, STYLE_CENTRED, words_by_mail(it));
		sheet_text(&s, STYLE_CODE, it->code);
		sheet_text(&s, STYLE_TEXT, it->command);
		sheet_end_row(&s);
	}
	say_none(&s, r->item_count == 0, "目前没有待办事项。");
	sheet_close(&s, r->item_count > 0, 1);
}

/* ---- 更正记录 ---- */

lxw_row_t
workbook_change_row(const struct report *r, const char *receipt)
{
	for (size_t i = 0; i < r->change_count; i++)
		if (strcmp(r->changes[i].receipt, receipt) == 0)
			return (lxw_row_t)(SHEET_FIRST_ROW + i);
	return 0;
}

void
workbook_changes(struct book *b)
{
	static const struct sheet_column columns[] = {
	        {"登记编号", 16}, {"区域", 24}, {"版次", 6},    {"收悉时间", 17},
	        {"更正人", 24},   {"栏目", 14}, {"原内容", 40}, {"现内容", 40},
	};
	const struct report *r = b->r;
	struct sheet s;

	sheet_open(&s, b, SHEET_CHANGES, "登记表更正记录", columns, COUNT(columns), COUNT(columns));
	sheet_headings(&s, columns, COUNT(columns), 1);
	for (size_t i = 0; i < r->change_count; i++) {
		const struct report_change *c = &r->changes[i];

		sheet_receipt(&s, c->receipt);
		sheet_text(&s, STYLE_TEXT, c->region);
		sheet_number(&s, STYLE_NUMBER, c->revision);
		sheet_time(&s, STYLE_TIME, c->at);
		sheet_text(&s, STYLE_TEXT, c->who ? c->who : "工作人员");
		sheet_text(&s, STYLE_CENTRED, c->label ? c->label : "（内容未变）");
		sheet_text(&s, STYLE_TEXT, c->was);
		sheet_text(&s, STYLE_TEXT, c->now);
		sheet_end_row(&s);
	}
	say_none(&s, r->change_count == 0, "目前没有更正。");
	sheet_close(&s, r->change_count > 0, 1);
}

/* ---- 发出回复 ---- */

void
workbook_sent(struct book *b)
{
	static const struct sheet_column columns[] = {
	        {"序号", 6},  {"回复编号", 20}, {"类别", 18}, {"收件人", 30},   {"登记编号", 16},
	        {"区域", 28}, {"发出时间", 17}, {"状态", 9},  {"发件邮箱", 30},
	};
	const struct report *r = b->r;
	struct sheet s;

	sheet_open(&s, b, "发出回复",
	           r->since ? "上期日报以来以本邮箱名义发出的回复" : "以本邮箱名义发出的回复", columns,
	           COUNT(columns), COUNT(columns));
	sheet_headings(&s, columns, COUNT(columns), 2);
	for (size_t i = 0; i < r->sent_count; i++) {
		const struct query_reply *q = r->sent[i].q;
		const bool sent = strcmp(q->state, "sent") == 0;

		sheet_number(&s, STYLE_NUMBER, (double)(i + 1));
		sheet_text(&s, STYLE_CENTRED, q->reply);
		sheet_text(&s, STYLE_CENTRED, words_kind(q->kind));
		sheet_text(&s, STYLE_TEXT, q->recipient);
		sheet_receipt(&s, r->sent[i].receipt);
		sheet_text(&s, STYLE_TEXT, r->sent[i].region);
		sheet_time(&s, STYLE_TIME, q->changed_at);
		sheet_text(&s, sent ? STYLE_CENTRED : STYLE_ALERT, words_reply(q->state));
		sheet_text(&s, STYLE_TEXT, q->mailbox);
		sheet_end_row(&s);
	}
	say_none(&s, r->sent_count == 0, "上期日报以来没有发出回复。");
	sheet_close(&s, r->sent_count > 0, 1);
}

/* ---- 异常 ---- */

void
workbook_anomalies(struct book *b)
{
	static const struct sheet_column columns[] = {
	        {"类别", 26}, {"对象", 34}, {"说明", 56}, {"登记编号", 16}, {"时间", 17}, {"状态", 10},
	};
	const struct report *r = b->r;
	struct sheet s;

	sheet_open(&s, b, "异常", "异常情况", columns, COUNT(columns), COUNT(columns));
	sheet_headings(&s, columns, COUNT(columns), 1);
	for (size_t i = 0; i < r->anomaly_count; i++) {
		const struct report_anomaly *x = &r->anomalies[i];

		sheet_text(&s, STYLE_TEXT, x->kind);
		sheet_text(&s, STYLE_TEXT, x->what);
		sheet_text(&s, STYLE_TEXT, x->detail);
		sheet_receipt(&s, x->receipt);
		sheet_time(&s, STYLE_TIME, x->at);
		sheet_text(&s, x->open ? STYLE_ALERT : STYLE_PALE, x->open ? "待处理" : "已了结");
		sheet_end_row(&s);
	}
	say_none(&s, r->anomaly_count == 0, "目前没有异常。");
	sheet_close(&s, r->anomaly_count > 0, 1);
}
