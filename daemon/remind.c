/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/remind.h"

#include "config/clock.h"
#include "config/text.h"
#include "daemon/letter_docx.h"
#include "daemon/reply_letter.h"
#include "daemon/template.h"
#include "daemon/words.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

enum { TEXT_MAX = 1 << 20 };

static const struct template_name names[] = {
        {"office", TEMPLATE_TEXT, NULL}, /* 江苏省工业和信息化厅 */
        {"title", TEMPLATE_TEXT, NULL},  /* of the form */
        {"own", TEMPLATE_TEXT, NULL},    /* who we are */
        {"as_of", TEMPLATE_TEXT, NULL},  /* 2022年6月10日 */
        {"today", TEMPLATE_TEXT, NULL},  /* the same */
        {"deadline", TEMPLATE_TEXT, NULL},   {"mailboxes", TEMPLATE_TEXT, NULL}, /* addresses, parted by 或 */
        {"contact", TEMPLATE_TEXT, NULL},                                        /* of the first mailbox */
        {"registered", TEMPLATE_TEXT, NULL},                                     /* of this department */
        {"count", TEMPLATE_TEXT, NULL},  /* of these to be corrected */
        {"silent", TEMPLATE_FLAG, NULL}, /* nothing was registered */
        {"past", TEMPLATE_FLAG, NULL},   /* the deadline is over */
        {"forms", TEMPLATE_LIST, NULL},      {"number", TEMPLATE_TEXT, "forms"},
        {"receipt", TEMPLATE_TEXT, "forms"}, {"region", TEMPLATE_TEXT, "forms"},
        {"defects", TEMPLATE_TEXT, "forms"}, /* 联系电话号码无法拨通；特色产业未填写 */
};

static const struct template_names table = {names, COUNT(names)};

struct remind_kit {
	struct template *text;
};

bool
remind_kit_load(struct remind_kit **k_r, const char *dir, struct err *e)
{
	struct remind_kit *k = mem_alloc(1, sizeof *k);
	struct buf file = BUF_INIT(4096);
	bool ok;

	buf_fmt(&file, "%s/remind.txt", dir);
	ok = template_load(&k->text, file.at, &table, e);
	buf_free(&file);
	if (!ok) {
		free(k);
		k = NULL;
	}
	*k_r = k;
	return ok;
}

void
remind_kit_free(struct remind_kit *k)
{
	if (!k)
		return;
	template_free(k->text);
	free(k);
}

bool
remind_is_due(const struct report *r, size_t department, bool *silent_r)
{
	const struct report_department *d = &r->departments[department];

	*silent_r = d->registered == 0;
	return *silent_r || d->correction > 0;
}

/* ---- values ---- */

static bool
in_correction(const struct report_registration *g, size_t department)
{
	return g->department == department && g->counts && strcmp(g->q->state, "correction") == 0;
}

static void
put_defects(json_t *x, const struct report *r, const struct report_registration *g)
{
	struct buf b = BUF_INIT(1 << 16);

	for (size_t i = 0; i < g->defect_count; i++) {
		const struct report_defect *d = &g->defects[i];
		const struct form_field *field = form_field(r->form, d->key);

		if (!d->error)
			continue;
		/* which field, never what stands in it: the letter goes to another office */
		buf_fmt(&b, "%s%s%s", b.len ? "；" : "", field ? field->label : d->key,
		        words_defect(d->code));
	}
	buf_str(&b, "。");
	letter_put(x, "defects", b.at);
	buf_free(&b);
}

/* A stranger's text: one line. */
static void
put_line(json_t *x, const char *name, const char *s)
{
	struct buf b = BUF_INIT(TEXT_MAX);

	text_plain(&b, s ? s : "", 0);
	letter_put(x, name, b.at);
	buf_free(&b);
}

static void
put_forms(json_t *o, const struct report *r, size_t department)
{
	json_t *list = json_array();
	size_t number = 0;

	for (size_t i = 0; i < r->registration_count; i++) {
		const struct report_registration *g = &r->registrations[i];
		json_t *x;

		if (!in_correction(g, department))
			continue;
		x = json_object();
		letter_put_number(x, "number", ++number);
		letter_put(x, "receipt", g->q->receipt);
		put_line(x, "region", g->q->region);
		put_defects(x, r, g);
		json_array_append_new(list, x);
	}
	letter_put_number(o, "count", number);
	if (json_object_set_new(o, "forms", list) != 0)
		mem_die("writing a letter");
}

static void
put_mailboxes(json_t *o, const struct config *c)
{
	struct buf b = BUF_INIT(4096);

	for (size_t i = 0; i < c->mailbox_count; i++)
		buf_fmt(&b, "%s%s", i ? "或" : "", c->mailboxes[i].address);
	letter_put(o, "mailboxes", b.at);
	letter_put(o, "contact", c->mailboxes[0].contact);
	buf_free(&b);
}

static json_t *
values_of(const struct report *r, size_t department)
{
	json_t *o = json_object();
	char when[CLOCK_CHINESE_MAX];

	letter_put(o, "office", departments[department].office);
	letter_put(o, "title", r->form->title);
	letter_put(o, "own", r->config->own.name);
	letter_put(o, "as_of", clock_chinese_day(r->now, when));
	letter_put(o, "today", when);
	letter_put(o, "deadline", clock_chinese_day(r->form->deadline_end - 1, when));
	letter_put_number(o, "registered", r->departments[department].registered);
	letter_put_flag(o, "silent", r->departments[department].registered == 0);
	letter_put_flag(o, "past", r->now >= r->form->deadline_end);
	put_mailboxes(o, r->config);
	put_forms(o, r, department);
	return o;
}

/* ---- the letter ---- */

/* Without 主题：, and with one blank line where an absent section leaves several. */
static void
tidy(const struct buf *raw, struct buf *out)
{
	static const char mark[] = "主题：";
	const char *s = raw->at ? raw->at : "";
	int newlines = 0;

	if (strncmp(s, mark, strlen(mark)) == 0)
		s += strlen(mark);
	for (; *s; s++) {
		newlines = *s == '\n' ? newlines + 1 : 0;
		if (newlines <= 2)
			buf_ch(out, *s);
	}
}

bool
remind_write(const struct remind_kit *k, const struct report *r, size_t department, struct buf *text_r,
             struct buf *docx_r, struct err *e)
{
	json_t *values = values_of(r, department);
	struct buf raw = BUF_INIT(TEXT_MAX);
	bool ok;

	buf_clear(text_r);
	template_render(k->text, values, &raw);
	tidy(&raw, text_r);
	ok = letter_docx(text_r->at ? text_r->at : "", docx_r, e);
	buf_free(&raw);
	json_decref(values);
	return ok;
}
