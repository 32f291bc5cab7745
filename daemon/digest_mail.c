/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/digest_mail.h"

#include "config/clock.h"
#include "config/text.h"
#include "daemon/digest_values.h"
#include "daemon/mime.h"
#include "daemon/template.h"
#include "daemon/workbook.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

static const struct template_name order_names[] = {
        {"digest", TEMPLATE_TEXT, NULL},     {"received", TEMPLATE_TEXT, NULL},
        {"sha256", TEMPLATE_TEXT, NULL},     {"head", TEMPLATE_TEXT, NULL},
        {"done_count", TEMPLATE_TEXT, NULL}, {"undone_count", TEMPLATE_TEXT, NULL},
        {"orders", TEMPLATE_LIST, NULL},     {"word", TEMPLATE_TEXT, "orders"},
        {"item", TEMPLATE_TEXT, "orders"},   {"why", TEMPLATE_TEXT, "orders"},
        {"done", TEMPLATE_FLAG, "orders"},
};

static const struct template_names order_table = {order_names, COUNT(order_names)};

struct digest_kit {
	struct template *text, *html, *order_text, *order_html;
};

bool
digest_kit_load(struct digest_kit **k_r, const char *dir, struct err *e)
{
	struct digest_kit *k = mem_alloc(1, sizeof *k);
	struct arena *a = arena_new();
	const struct {
		struct template **t;
		const char *file;
		const struct template_names *names;
	} files[] = {{&k->text, "digest.txt", &digest_names},
	             {&k->html, "digest.html", &digest_names},
	             {&k->order_text, "order.txt", &order_table},
	             {&k->order_html, "order.html", &order_table}};
	bool ok = true;

	for (size_t i = 0; ok && i < COUNT(files); i++)
		ok = template_load(files[i].t, arena_fmt(a, "%s/%s", dir, files[i].file), files[i].names, e);
	arena_free(a);
	if (!ok) {
		digest_kit_free(k);
		k = NULL;
	}
	*k_r = k;
	return ok;
}

void
digest_kit_free(struct digest_kit *k)
{
	if (!k)
		return;
	template_free(k->text);
	template_free(k->html);
	template_free(k->order_text);
	template_free(k->order_html);
	free(k);
}

/* ---- texts ---- */

/* Move the first line, without 主题：, from text into subject. */
static void
take_subject(struct buf *text, struct buf *subject)
{
	static const char mark[] = "主题：";
	struct buf rest = BUF_INIT(DIGEST_BODY_MAX);
	const char *line = text->at ? text->at : "", *end = strchr(line, '\n');

	if (!end)
		end = line + strlen(line);
	if (strncmp(line, mark, strlen(mark)) == 0) {
		buf_add(subject, line + strlen(mark), (size_t)(end - line) - strlen(mark));
		buf_str(&rest, *end ? end + 1 : end);
		buf_free(text);
		*text = rest;
	}
	if (!subject->len)
		buf_str(subject, "【登记日报】");
}

static void
render(const struct template *text, const struct template *html, json_t *values, struct digest_text *t_r)
{
	*t_r = (struct digest_text){BUF_INIT(1000), BUF_INIT(DIGEST_BODY_MAX), BUF_INIT(DIGEST_BODY_MAX)};
	template_render(text, values, &t_r->text);
	template_render(html, values, &t_r->html);
	take_subject(&t_r->text, &t_r->subject);
	json_decref(values);
}

void
digest_text_free(struct digest_text *t)
{
	buf_free(&t->subject);
	buf_free(&t->text);
	buf_free(&t->html);
}

void
digest_render(const struct digest_kit *k, const struct report *r, const char *id, struct digest_text *t_r)
{
	render(k->text, k->html, digest_values(r, id), t_r);
}

void
digest_render_answer(const struct digest_kit *k, const struct digest_answer *a, struct digest_text *t_r)
{
	json_t *values = json_object(), *list = json_array();
	char when[CLOCK_CHINESE_MAX], head[100];
	size_t done = 0;

	if (!values || !list)
		mem_die("writing a mail");
	for (size_t i = 0; i < a->order_count; i++) {
		json_t *o = json_object();

		letter_put(o, "word", a->orders[i].word);
		letter_put(o, "item", a->orders[i].item);
		letter_put(o, "why", a->orders[i].why);
		letter_put_flag(o, "done", !a->orders[i].why);
		json_array_append_new(list, o);
		done += !a->orders[i].why;
	}
	(void)snprintf(head, sizeof head, "%lld:%s", (long long)a->head.seq, a->head.hash.hex);
	letter_put(values, "digest", a->digest);
	letter_put(values, "received", clock_chinese_minute(a->received_at, when));
	letter_put(values, "sha256", a->sha256);
	letter_put(values, "head", head);
	letter_put_number(values, "done_count", done);
	if (done < a->order_count)
		letter_put_number(values, "undone_count", a->order_count - done);
	json_object_set_new(values, "orders", list);
	render(k->order_text, k->order_html, values, t_r);
}

/* ---- the mail ---- */

bool
digest_mail(const struct digest_text *t, const struct digest_envelope *v, struct buf *mail_r, struct err *e)
{
	const char *const to[] = {v->to, NULL}, *const references[] = {v->answers, NULL};
	const struct mime_header headers[] = {
	        {"Auto-Submitted", v->answers ? "auto-replied" : "auto-generated"},
	        {"X-Auto-Response-Suppress", "All"},
	        {v->loop_header, v->loop_token},
	};
	struct mime_attachment book = {v->workbook_name, WORKBOOK_TYPE, BYTES(NULL, 0)};
	struct mime_mail m = {
	        .from_name = v->own_name,
	        .from_addr = v->own_addr,
	        .to = to,
	        .subject = t->subject.at,
	        .date = v->date,
	        .message_id = v->message_id,
	        .in_reply_to = v->answers,
	        .references = references,
	        .headers = headers,
	        .header_count = COUNT(headers),
	        .text = t->text.at ? t->text.at : "",
	        .html = t->html.at ? t->html.at : "",
	        .attachments = &book,
	        .attachment_count = v->workbook ? 1 : 0,
	};

	if (v->workbook)
		book.content = buf_bytes(v->workbook);
	if (t->text.over || t->html.over)
		return err_set(e, ERR_TOO_LARGE, "the digest's text is larger than %d MiB",
		               DIGEST_BODY_MAX >> 20);
	return mime_write(&m, mail_r, e);
}
