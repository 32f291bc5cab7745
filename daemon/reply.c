/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/reply.h"

#include "config/mem.h"
#include "config/text.h"
#include "daemon/form_docx.h"
#include "daemon/mime.h"
#include "daemon/reply_letter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { BODY_MAX = 8 * 1024 * 1024 }; /* bytes of the plain text, of the HTML */

/* A reply while it is composed. */
struct draft {
	struct letter letter;
	struct buf text, html, subject;
	char message_id[MIME_ID_MAX + 1];
	struct mime_attachment *attachments;
	size_t attachment_count;
	struct buf *documents; /* one for each form that is attached */
	size_t document_count;
};

/* ---- the subject ---- */

static bool
skip_prefix(const char **s, const char *prefix)
{
	const char *p = *s;

	if (strncasecmp(p, prefix, strlen(prefix)) != 0)
		return false;
	p += strlen(prefix);
	p += strspn(p, " ");
	if (*p == ':')
		p++;
	else if (strncmp(p, "：", strlen("：")) == 0)
		p += strlen("：");
	else
		return false;
	*s = p + strspn(p, " ");
	return true;
}

/* Their subject without Re:, 回复：, and without what ours put before it (【请补正 …】回复：), so that
 * no thread grows a row of them. */
static const char *
bare_subject(const char *s)
{
	static const char *const prefixes[] = {"re", "fw", "fwd", "回复", "答复", "转发", "回覆", "自动转发"};
	const char *close, *behind;
	bool again;

	do {
		again = false;
		s += strspn(s, " ");
		for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
			again = skip_prefix(&s, prefixes[i]) || again;
		close = strncmp(s, "【", strlen("【")) == 0 ? strstr(s, "】") : NULL;
		behind = close ? close + strlen("】") : NULL;
		if (behind && skip_prefix(&behind, "回复")) {
			s = behind;
			again = true;
		}
	} while (again);
	return s;
}

static void
make_subject(struct draft *d)
{
	const char *theirs = bare_subject(letter_cut(&d->letter, d->letter.f->subject, 500, false));
	struct buf whole = BUF_INIT(8192);
	const char *line;

	letter_put(d->letter.values, "subject", *theirs ? theirs : d->letter.kit->form->title);
	template_render(kit_text(d->letter.kit, "subjects", reply_kind_name(d->letter.f->kind)),
	                d->letter.values, &whole);
	line = whole.at ? whole.at : ""; /* an office may have emptied the text */
	if (text_count(line) > REPLY_SUBJECT_MAX)
		line = letter_cut(&d->letter, line, REPLY_SUBJECT_MAX - 1, false);
	buf_str(&d->subject, line);
	buf_free(&whole);
}

/* ---- attachments ---- */

static size_t
error_count(const struct reply_form *form)
{
	size_t n = 0;

	for (size_t i = 0; i < form->defect_count; i++)
		n += form->defects[i].error;
	return n;
}

static void
attach(struct draft *d, const char *name, const char *type, struct bytes content)
{
	d->attachments = mem_grow(d->attachments, d->attachment_count + 1, sizeof(*d->attachments));
	d->attachments[d->attachment_count++] = (struct mime_attachment){name, type, content};
}

/* A buffer for one more Word form; it stays where it is until the draft ends. */
static struct buf *
document_new(struct draft *d)
{
	struct buf *b = &d->documents[d->document_count++];

	*b = BUF_INIT(FORM_DOCX_MAX);
	return b;
}

/* What is asked for in a field, all of it; NULL: nothing. */
static const char *
note_of(struct draft *d, const struct reply_form *form, const char *key)
{
	const char *note = NULL;

	for (size_t i = 0; i < form->defect_count; i++) {
		if (!form->defects[i].error || strcmp(form->defects[i].key, key) != 0)
			continue;
		note = arena_fmt(d->letter.arena, "%s%s", note ? note : "",
		                 letter_opinion(&d->letter, form, &form->defects[i]));
	}
	return note;
}

/* The applicant's own form, whole, with what is to be mended marked. */
static bool
attach_marked(struct draft *d, const struct reply_form *form, struct err *e)
{
	const struct form *f = d->letter.kit->form;
	struct form_docx_field fields[FORM_FIELDS_MAX] = {0};
	struct buf *docx = document_new(d);

	for (size_t i = 0; i < f->field_count; i++)
		fields[i] = (struct form_docx_field){f->fields[i].key, letter_value(form, f->fields[i].key),
		                                     note_of(d, form, f->fields[i].key)};
	if (!form_docx_return(f, d->letter.f->own_addr, form->receipt, fields, f->field_count, docx, e))
		return false;
	attach(d,
	       arena_fmt(d->letter.arena, "登记表（请补正）%s.docx",
	                 letter_cut(&d->letter, form->receipt, REPLY_ID_MAX, false)),
	       FORM_DOCX_TYPE, buf_bytes(docx));
	return true;
}

static bool
attach_blank(struct draft *d, struct err *e)
{
	struct buf *docx = document_new(d);

	if (!form_docx_blank(d->letter.kit->form, d->letter.f->own_addr, docx, e))
		return false;
	attach(d, arena_fmt(d->letter.arena, "%s.docx", d->letter.kit->form->title), FORM_DOCX_TYPE,
	       buf_bytes(docx));
	return true;
}

static bool
attach_all(struct draft *d, struct err *e)
{
	const struct reply_facts *f = d->letter.f;
	size_t faulty = 0;

	d->documents = mem_alloc(REPLY_RETURNED_MAX + 1, sizeof(*d->documents));
	if (f->kind == REPLY_NO_FORM && !attach_blank(d, e))
		return false;
	for (size_t i = 0; f->kind == REPLY_CORRECTION && i < f->form_count; i++)
		if (error_count(&f->forms[i]) > 0 && ++faulty <= REPLY_RETURNED_MAX &&
		    !attach_marked(d, &f->forms[i], e))
			return false;
	letter_put_number(d->letter.values, "returned",
	                  faulty < REPLY_RETURNED_MAX ? faulty : REPLY_RETURNED_MAX);
	letter_put_flag(d->letter.values, "more_returned", faulty > REPLY_RETURNED_MAX);
	for (size_t i = 0; i < f->file_count; i++)
		attach(d, f->files[i].name, f->files[i].type, f->files[i].content);
	return true;
}

/* ---- the mail ---- */

static bool
id_ok(const char *s)
{
	size_t len = s ? strlen(s) : 0;

	return len > 0 && len <= REPLY_ID_MAX &&
	       strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.") == len;
}

bool
reply_message_id(const struct reply_kit *k, const char *id, int number, const char *domain, char *out,
                 size_t size, struct err *e)
{
	int n = id_ok(id)
	                ? snprintf(out, size, "<%s%s.%d@%s>", k->form->message_id_prefix, id, number, domain)
	                : -1;

	if (n < 0 || (size_t)n >= size || number < 1 || !mime_id_ok(out))
		return err_set(e, ERR_INPUT, "no Message-ID can be made of receipt and domain");
	return true;
}

static bool
write_mail(struct draft *d, struct buf *mail_r, struct err *e)
{
	const struct reply_facts *f = d->letter.f;
	const char *const to[] = {f->to_addr, NULL};
	const struct mime_header headers[] = {
	        {"Auto-Submitted", "auto-replied"},
	        {"X-Auto-Response-Suppress", "All"},
	        {d->letter.kit->form->loop_header, arena_fmt(d->letter.arena, "%s.%d", f->id, f->number)},
	};
	const struct mime_mail mail = {
	        .from_name = f->own_name,
	        .from_addr = f->own_addr,
	        .to = to,
	        .subject = d->subject.at,
	        .date = f->now,
	        .message_id = d->message_id,
	        .in_reply_to = f->message_id,
	        .references = f->references,
	        .headers = headers,
	        .header_count = sizeof(headers) / sizeof(*headers),
	        .text = d->text.at,
	        .html = d->html.at,
	        .attachments = d->attachments,
	        .attachment_count = d->attachment_count,
	};

	if (d->text.over || d->html.over)
		return err_set(e, ERR_TOO_LARGE, "a reply about %zu forms is larger than allowed",
		               f->form_count);
	return mime_write(&mail, mail_r, e);
}

static void
draft_free(struct draft *d)
{
	for (size_t i = 0; i < d->document_count; i++)
		buf_free(&d->documents[i]);
	free(d->documents);
	free(d->attachments);
	buf_free(&d->text);
	buf_free(&d->html);
	buf_free(&d->subject);
	json_decref(d->letter.values);
	arena_free(d->letter.arena);
}

bool
reply_compose(const struct reply_kit *k, const struct reply_facts *f, struct buf *mail_r, struct err *e)
{
	struct draft d = {.letter = {.kit = k, .f = f, .arena = arena_new(), .values = json_object()}};
	bool ok = false;

	d.text = d.html = BUF_INIT(BODY_MAX);
	d.subject = BUF_INIT(4096);
	buf_clear(mail_r);
	if (!mime_address_ok(f->to_addr)) {
		err_set(e, ERR_INPUT, "the sender's address is none that can be answered");
		goto out;
	}
	if (!reply_message_id(k, f->id, f->number, f->own_domain, d.message_id, sizeof(d.message_id), e))
		goto out;
	letter_fill(&d.letter);
	make_subject(&d);
	if (!attach_all(&d, e))
		goto out;
	template_render(k->text[f->kind], d.letter.values, &d.text);
	template_render(k->html[f->kind], d.letter.values, &d.html);
	ok = write_mail(&d, mail_r, e);
out:
	draft_free(&d);
	return ok;
}
