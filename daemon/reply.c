/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/reply.h"

#include "config/clock.h"
#include "config/mem.h"
#include "config/text.h"
#include "daemon/form_docx.h"
#include "daemon/mime.h"
#include "daemon/reply_kit.h"
#include "daemon/words.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	BODY_MAX = 8 * 1024 * 1024, /* bytes of the plain text, of the HTML */
	LINE_CHARS_MAX = 120,       /* of names, files, links */
	OPINION_CHARS_MAX = 40,     /* of a value that an opinion quotes */
	UNIT_CHARS_MAX = 40,
	LINKS_MAX = 20,
	UNREAD_MAX = 100,
};

/* A reply while it is composed. */
struct draft {
	const struct reply_kit *kit;
	const struct reply_facts *f;
	json_t *values; /* what the templates may say */
	struct arena *arena;
	struct buf text, html, subject;
	char message_id[MIME_ID_MAX + 1];
	struct mime_attachment *attachments;
	size_t attachment_count;
	struct buf *documents; /* one for each form that is attached */
	size_t document_count;
};

static bool
empty(const char *s)
{
	return !s || !*s;
}

/* ---- values for the templates ---- */

/* No stranger's text goes into a reply whole: cut at max characters, newlines kept where lines. */
static const char *
cut(struct draft *d, const char *s, size_t max, bool lines)
{
	struct buf b = BUF_INIT(4 * max + 8);
	const char *whole;
	size_t n = 0;
	uint32_t c;

	for (s = s ? s : ""; n < max && (c = text_next(&s)); n++)
		text_put(&b, text_is_unsafe(c) && !(lines && c == '\n') ? ' ' : c);
	if (n == max && *s)
		buf_str(&b, "…");
	whole = arena_str(d->arena, b.at ? b.at : "");
	buf_free(&b);
	return whole;
}

/* Broken UTF-8, which only a caller's mistake can bring here, is left out. */
static void
put(json_t *o, const char *name, const char *value)
{
	json_t *s = json_string(value ? value : "");

	if (json_object_set_new(o, name, s ? s : json_string("")) != 0)
		mem_die("composing a reply");
}

static void
put_number(json_t *o, const char *name, size_t value)
{
	if (json_object_set_new(o, name, json_integer((json_int_t)value)) != 0)
		mem_die("composing a reply");
}

static void
put_flag(json_t *o, const char *name, bool value)
{
	if (json_object_set_new(o, name, json_boolean(value)) != 0)
		mem_die("composing a reply");
}

static json_t *
put_list(json_t *o, const char *name)
{
	json_t *list = json_array();

	if (json_object_set_new(o, name, list) != 0)
		mem_die("composing a reply");
	return list;
}

static json_t *
put_element(json_t *list)
{
	json_t *o = json_object();

	if (json_array_append_new(list, o) != 0)
		mem_die("composing a reply");
	return o;
}

static const char *
value_of(const struct reply_form *form, const char *key)
{
	for (size_t i = 0; i < form->value_count; i++)
		if (strcmp(form->values[i].key, key) == 0)
			return form->values[i].value;
	return NULL;
}

static size_t
error_count(const struct reply_form *form)
{
	size_t n = 0;

	for (size_t i = 0; i < form->defect_count; i++)
		n += form->defects[i].error;
	return n;
}

/* ---- what is asked for ---- */

/* How a number that cannot be dialled fails: too short for one with an area code, or a mobile of a
 * wrong length. NULL: neither. */
static const char *
phone_variant(const char *number, size_t *digits_r)
{
	char first = '\0';

	*digits_r = 0;
	for (const char *p = number; *p; p++) {
		if (!isdigit((unsigned char)*p))
			continue;
		first = first ? first : *p;
		(*digits_r)++;
	}
	if (first == '1' && *digits_r >= 9 && *digits_r <= 13 && *digits_r != 11)
		return "mobile";
	if (first >= '2' && first <= '8' && (*digits_r == 7 || *digits_r == 8))
		return "area";
	return NULL;
}

/* The sentence for a defect, in the arena. */
static const char *
opinion(struct draft *d, const struct reply_form *form, const struct reply_defect *defect)
{
	const struct form_field *field = form_field(d->kit->form, defect->key);
	const char *value = cut(d, value_of(form, defect->key), OPINION_CHARS_MAX, false);
	const char *detail = cut(d, defect->detail, OPINION_CHARS_MAX, false);
	const char *number = *detail ? detail : value, *variant;
	const struct template *t;
	struct buf b = BUF_INIT(16384);
	const char *sentence;
	size_t digits;
	json_t *v = json_object();

	variant = phone_variant(number, &digits);
	t = kit_opinion(d->kit, defect->code, defect->key, variant);
	put(v, "label", field ? field->label : defect->key);
	put(v, "value", value);
	put(v, "detail", detail);
	put(v, "number", number);
	put_number(v, "digits", digits);
	put(v, "example", field ? field->example : "");
	put_number(v, "max", field ? (size_t)field->max : 0);
	if (t)
		template_render(t, v, &b);
	else
		buf_str(&b, words_defect(defect->code)); /* a newer parser's: better its code than silence */
	sentence = arena_str(d->arena, b.at ? b.at : "");
	json_decref(v);
	buf_free(&b);
	return sentence;
}

/* Errors, or notices, in the order of the form. */
static size_t
put_defects(struct draft *d, json_t *o, const char *name, const struct reply_form *form, bool errors)
{
	const struct form *f = d->kit->form;
	json_t *list = put_list(o, name);

	for (size_t i = 0; i < f->field_count; i++) {
		for (size_t j = 0; j < form->defect_count; j++) {
			const struct reply_defect *defect = &form->defects[j];
			json_t *row;

			if (defect->error != errors || strcmp(defect->key, f->fields[i].key) != 0)
				continue;
			row = put_element(list);
			put(row, "label", f->fields[i].label);
			put(row, "value", cut(d, value_of(form, defect->key), REPLY_VALUE_MAX, true));
			put(row, "opinion", opinion(d, form, defect));
		}
	}
	return json_array_size(list);
}

static void
put_values(struct draft *d, json_t *o, const struct reply_form *form)
{
	const struct form *f = d->kit->form;
	json_t *list = put_list(o, "values");

	for (size_t i = 0; i < f->field_count; i++) {
		for (size_t j = 0; j < form->value_count; j++) {
			json_t *row;

			if (strcmp(form->values[j].key, f->fields[i].key) != 0)
				continue;
			row = put_element(list);
			put(row, "label", f->fields[i].label);
			put(row, "value", cut(d, form->values[j].value, REPLY_VALUE_MAX, true));
			put_flag(row, "doubtful", form->values[j].doubtful);
		}
	}
}

static size_t
put_changes(struct draft *d, json_t *o, const struct reply_form *form)
{
	json_t *list = put_list(o, "changes");

	for (size_t i = 0; i < form->change_count; i++) {
		const struct reply_change *c = &form->changes[i];
		const struct form_field *field = form_field(d->kit->form, c->key);
		json_t *row;

		if (!field)
			continue;
		row = put_element(list);
		put(row, "label", field->label);
		put(row, "was", cut(d, c->was, REPLY_VALUE_MAX, true));
		put(row, "is", cut(d, c->now, REPLY_VALUE_MAX, true));
	}
	return json_array_size(list);
}

static const char *
region_of(struct draft *d, const struct reply_form *form)
{
	const struct form_field *field = form_field_of(d->kit->form, FORM_REGION);
	const char *region = field ? value_of(form, field->key) : NULL;

	return empty(region) ? "（申请区域未填写）" : cut(d, region, LINE_CHARS_MAX, false);
}

static void
put_forms(struct draft *d)
{
	const struct reply_facts *f = d->f;
	json_t *list = put_list(d->values, "forms");
	size_t errors = 0, error_forms = 0, notices = 0, changes = 0, n;

	for (size_t i = 0; i < f->form_count; i++) {
		const struct reply_form *form = &f->forms[i];
		json_t *o = put_element(list);

		n = put_defects(d, o, "defects", form, true);
		put_number(o, "error_count", n);
		put_flag(o, "has_errors", n > 0);
		errors += n;
		error_forms += n > 0;
		notices += put_defects(d, o, "notices", form, false);
		changes += put_changes(d, o, form);
		put_values(d, o, form);
		put_number(o, "number", i + 1);
		put(o, "receipt", cut(d, form->receipt, REPLY_ID_MAX, false));
		put(o, "region", region_of(d, form));
		put(o, "category", words_category(form->category));
		put(o, "source", cut(d, form->source, LINE_CHARS_MAX, false));
		put_number(o, "revision", (size_t)form->revision);
		put_flag(o, "detailed", f->form_count <= REPLY_TABLES_MAX);
	}
	put_number(d->values, "form_count", f->form_count);
	put_flag(d->values, "several", f->form_count > 1);
	put_number(d->values, "errors", errors);
	put_number(d->values, "error_forms", error_forms);
	put_flag(d->values, "some_notices", notices > 0);
	put_flag(d->values, "some_changes", changes > 0);
}

static void
put_unread(struct draft *d)
{
	const struct reply_facts *f = d->f;
	json_t *list = put_list(d->values, "unread");

	for (size_t i = 0; i < f->unread_count && i < UNREAD_MAX; i++) {
		json_t *row = put_element(list);
		const struct template *t = kit_text(d->kit, "unread", f->unread[i].reason);
		struct buf reason = BUF_INIT(4096);

		if (!t)
			t = kit_text(d->kit, "unread", "unsupported");
		template_render(t, row, &reason);
		put(row, "file", cut(d, f->unread[i].source, LINE_CHARS_MAX, false));
		put(row, "reason", reason.at);
		buf_free(&reason);
	}
	put_number(d->values, "unread_count", f->unread_count);
	put_flag(d->values, "some_unread", f->unread_count > 0);
}

static void
put_links(struct draft *d)
{
	json_t *list = put_list(d->values, "links");

	for (size_t i = 0; d->f->links && d->f->links[i] && i < LINKS_MAX; i++)
		put(put_element(list), "link", cut(d, d->f->links[i], LINE_CHARS_MAX, false));
	put_flag(d->values, "some_links", json_array_size(list) > 0);
}

/* ---- whom it is addressed to ---- */

/* The unit that all forms name; NULL where they differ or none is named well. */
static const char *
common_unit(struct draft *d)
{
	const struct form_field *field = form_field_of(d->kit->form, FORM_UNIT);
	const char *unit = NULL, *other;

	for (size_t i = 0; field && i < d->f->form_count; i++) {
		other = value_of(&d->f->forms[i], field->key);
		if (empty(other) || (unit && strcmp(unit, other) != 0))
			return NULL;
		unit = other;
		for (size_t j = 0; j < d->f->forms[i].defect_count; j++)
			if (d->f->forms[i].defects[j].error &&
			    strcmp(d->f->forms[i].defects[j].key, field->key) == 0)
				return NULL;
	}
	return unit;
}

static bool
all_han(const char *s)
{
	uint32_t c;

	while ((c = text_next(&s)))
		if (!text_is_han(c))
			return false;
	return true;
}

static bool
ends_as_unit(const struct reply_kit *k, const char *name)
{
	for (size_t i = 0; k->unit_endings[i]; i++)
		if (bytes_end(bytes_str(name), k->unit_endings[i]))
			return true;
	return false;
}

/* The line of address: the unit; the sender's name only where nothing else is known, and only where
 * it looks like one (a display name may hold anything). */
static void
put_address(struct draft *d)
{
	const char *unit = common_unit(d), *name = empty(d->f->to_name) ? "" : d->f->to_name, *how = "nobody";
	size_t chars = text_count(name);
	struct buf b = BUF_INIT(4096);
	json_t *v = json_object();

	if (unit) {
		how = "unit";
	} else if (d->f->form_count == 0 && all_han(name) && chars >= 2) {
		unit = name;
		if (chars >= 4 && ends_as_unit(d->kit, name))
			how = "unit";
		else if (chars <= 4)
			how = "person";
	}
	put(v, "unit", cut(d, unit, UNIT_CHARS_MAX, false));
	template_render(kit_text(d->kit, "address", how), v, &b);
	put(d->values, "address", b.at);
	json_decref(v);
	buf_free(&b);
}

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
	const char *theirs = bare_subject(cut(d, d->f->subject, 500, false));
	struct buf whole = BUF_INIT(8192);

	put(d->values, "subject", *theirs ? theirs : d->kit->form->title);
	template_render(kit_text(d->kit, "subjects", reply_kind_name(d->f->kind)), d->values, &whole);
	buf_str(&d->subject, text_count(whole.at) > REPLY_SUBJECT_MAX
	                             ? cut(d, whole.at, REPLY_SUBJECT_MAX - 1, false)
	                             : whole.at);
	buf_free(&whole);
}

/* ---- the rest of the letter ---- */

static const char *
receipts(struct draft *d)
{
	if (d->f->form_count == 0)
		return cut(d, d->f->id, REPLY_ID_MAX, false);
	if (d->f->form_count == 1)
		return cut(d, d->f->forms[0].receipt, REPLY_ID_MAX, false);
	return arena_fmt(d->arena, "%s等%zu份", cut(d, d->f->forms[0].receipt, REPLY_ID_MAX, false),
	                 d->f->form_count);
}

static bool
is_late(const struct draft *d)
{
	for (size_t i = 0; i < d->f->form_count; i++)
		if (d->f->forms[i].late)
			return true;
	return d->f->form_count == 0 && d->f->received_at >= d->kit->form->deadline_end;
}

static void
put_letter(struct draft *d)
{
	const struct reply_facts *f = d->f;
	const struct form *form = d->kit->form;
	char when[CLOCK_CHINESE_MAX];

	put(d->values, "title", form->title);
	put(d->values, "receipts", receipts(d));
	put(d->values, "received", clock_chinese_minute(f->received_at, when));
	put(d->values, "deadline", clock_chinese_day(form->deadline_end - 1, when));
	put(d->values, "today", clock_chinese_day(f->now, when));
	put(d->values, "signature", f->own_name);
	put(d->values, "contact", f->own_contact);
	put(d->values, "mailbox", f->own_addr);
	put(d->values, "sha256", cut(d, f->mail_sha256, 64, false));
	put(d->values, "head",
	    arena_fmt(d->arena, "%lld:%s", (long long)f->log_seq, cut(d, f->log_hash, 64, false)));
	put_flag(d->values, "late", is_late(d));
	put_flag(d->values, "past", f->now >= form->deadline_end);
}

/* ---- attachments ---- */

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
		note = arena_fmt(d->arena, "%s%s", note ? note : "", opinion(d, form, &form->defects[i]));
	}
	return note;
}

/* The applicant's own form, whole, with what is to be mended marked. */
static bool
attach_marked(struct draft *d, const struct reply_form *form, struct err *e)
{
	const struct form *f = d->kit->form;
	struct form_docx_field fields[FORM_FIELDS_MAX] = {0};
	struct buf *docx = document_new(d);

	for (size_t i = 0; i < f->field_count; i++)
		fields[i] = (struct form_docx_field){f->fields[i].key, value_of(form, f->fields[i].key),
		                                     note_of(d, form, f->fields[i].key)};
	if (!form_docx_return(f, d->f->own_addr, form->receipt, fields, f->field_count, docx, e))
		return false;
	attach(d, arena_fmt(d->arena, "登记表（请补正）%s.docx", cut(d, form->receipt, REPLY_ID_MAX, false)),
	       FORM_DOCX_TYPE, buf_bytes(docx));
	return true;
}

static bool
attach_blank(struct draft *d, struct err *e)
{
	struct buf *docx = document_new(d);

	if (!form_docx_blank(d->kit->form, d->f->own_addr, docx, e))
		return false;
	attach(d, arena_fmt(d->arena, "%s.docx", d->kit->form->title), FORM_DOCX_TYPE, buf_bytes(docx));
	return true;
}

static bool
attach_all(struct draft *d, struct err *e)
{
	const struct reply_facts *f = d->f;
	size_t faulty = 0;

	d->documents = mem_alloc(REPLY_RETURNED_MAX + 1, sizeof(*d->documents));
	if (f->kind == REPLY_NO_FORM && !attach_blank(d, e))
		return false;
	for (size_t i = 0; f->kind == REPLY_CORRECTION && i < f->form_count; i++)
		if (error_count(&f->forms[i]) > 0 && ++faulty <= REPLY_RETURNED_MAX &&
		    !attach_marked(d, &f->forms[i], e))
			return false;
	put_number(d->values, "returned", faulty < REPLY_RETURNED_MAX ? faulty : REPLY_RETURNED_MAX);
	put_flag(d->values, "more_returned", faulty > REPLY_RETURNED_MAX);
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
	const struct reply_facts *f = d->f;
	const char *const to[] = {f->to_addr, NULL};
	const struct mime_header headers[] = {
	        {"Auto-Submitted", "auto-replied"},
	        {"X-Auto-Response-Suppress", "All"},
	        {d->kit->form->loop_header, arena_fmt(d->arena, "%s.%d", f->id, f->number)},
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
	json_decref(d->values);
	arena_free(d->arena);
}

bool
reply_compose(const struct reply_kit *k, const struct reply_facts *f, struct buf *mail_r, struct err *e)
{
	struct draft d = {.kit = k, .f = f, .values = json_object(), .arena = arena_new()};
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
	put_letter(&d);
	put_forms(&d);
	put_unread(&d);
	put_links(&d);
	put_address(&d);
	make_subject(&d);
	if (!attach_all(&d, e))
		goto out;
	template_render(k->text[f->kind], d.values, &d.text);
	template_render(k->html[f->kind], d.values, &d.html);
	ok = write_mail(&d, mail_r, e);
out:
	draft_free(&d);
	return ok;
}
