/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/reply_letter.h"

#include "config/clock.h"
#include "config/text.h"
#include "daemon/words.h"

#include <ctype.h>
#include <string.h>

enum {
	LINE_CHARS_MAX = 80,    /* of names, files, links */
	OPINION_CHARS_MAX = 40, /* of a value that an opinion quotes */
	UNIT_CHARS_MAX = 40,
	UNIT_PLAIN_MAX = 25,     /* of one that does not end as units do */
	FORM_CHARS_MAX = 240,    /* of all values of a form together; beyond that the longest are cut */
	CHANGE_CHARS_MAX = 60,   /* of a value that was, and of one that is: whole below, */
	CHANGES_CHARS_MAX = 160, /* and of all of them together, cut in the same way */
	LINKS_MAX = 20,
	UNREAD_MAX = 100,
	UNREAD_CHARS_MAX = 2000, /* of all their names */
	DETAIL_CHARS_MAX = 4000, /* of all forms' values, or no form is shown field by field */
};

static bool
empty(const char *s)
{
	return !s || !*s;
}

/* ---- values for the templates ---- */

const char *
letter_cut(struct letter *l, const char *s, size_t max, bool lines)
{
	struct buf b = BUF_INIT(5 * max + 8);
	const char *whole;
	size_t n = 0;
	uint32_t c;

	for (s = s ? s : ""; n < max && (c = text_next(&s)); n++) {
		text_put(&b, text_is_unsafe(c) && !(lines && c == '\n') ? ' ' : c);
		if (lines && c == '\n') /* hangs under its label; HTML does not see it */
			buf_str(&b, "    ");
	}
	if (n == max && *s)
		buf_str(&b, "…");
	whole = arena_str(l->arena, b.at ? b.at : "");
	buf_free(&b);
	return whole;
}

void
letter_put(json_t *o, const char *name, const char *value)
{
	json_t *s = json_string(value ? value : "");

	if (json_object_set_new(o, name, s ? s : json_string("")) != 0)
		mem_die("composing a reply");
}

void
letter_put_number(json_t *o, const char *name, size_t value)
{
	if (json_object_set_new(o, name, json_integer((json_int_t)value)) != 0)
		mem_die("composing a reply");
}

void
letter_put_flag(json_t *o, const char *name, bool value)
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

const char *
letter_value(const struct reply_form *form, const char *key)
{
	for (size_t i = 0; i < form->value_count; i++)
		if (strcmp(form->values[i].key, key) == 0)
			return form->values[i].value;
	return NULL;
}

/* ---- what is asked for ---- */

/* How a number that cannot be dialled fails: too short for one with an area code, one with such a code that
 * is about as long as they are, or a mobile of a wrong length. NULL: none of these. */
static const char *
phone_variant(const char *number, size_t *digits_r)
{
	char first = '\0', second = '\0';

	*digits_r = 0;
	for (const char *p = number; *p; p++) {
		if (!isdigit((unsigned char)*p))
			continue;
		if (++*digits_r == 1)
			first = *p;
		else if (*digits_r == 2)
			second = *p;
	}
	if (first == '1' && *digits_r >= 9 && *digits_r <= 13 && *digits_r != 11)
		return "mobile";
	if (first == '0' && second != '0' && *digits_r >= 8 && *digits_r <= 13)
		return "landline";
	if (first >= '2' && first <= '8' && (*digits_r == 7 || *digits_r == 8))
		return "area";
	return NULL;
}

const char *
letter_opinion(struct letter *l, const struct reply_form *form, const struct reply_defect *defect)
{
	const struct form_field *field = form_field(l->kit->form, defect->key);
	const char *value = letter_cut(l, letter_value(form, defect->key), OPINION_CHARS_MAX, false);
	const char *detail = letter_cut(l, defect->detail, OPINION_CHARS_MAX, false);
	const char *number = *detail ? detail : value, *variant;
	const struct template *t;
	struct buf b = BUF_INIT(16384);
	const char *sentence;
	size_t digits;
	json_t *v = json_object();

	variant = phone_variant(number, &digits);
	t = kit_opinion(l->kit, defect->code, defect->key, variant);
	letter_put(v, "label", field ? field->label : defect->key);
	letter_put(v, "value", value);
	letter_put(v, "detail", detail);
	letter_put(v, "suggest", letter_cut(l, defect->suggest, OPINION_CHARS_MAX, false));
	letter_put(v, "number", number);
	letter_put_number(v, "digits", digits);
	letter_put(v, "example", field ? field->example : "");
	letter_put_number(v, "max", field ? (size_t)field->max : 0);
	if (t)
		template_render(t, v, &b);
	else
		buf_str(&b, words_defect(defect->code)); /* a newer parser's: better its code than silence */
	sentence = arena_str(l->arena, b.at ? b.at : "");
	json_decref(v);
	buf_free(&b);
	return sentence;
}

static size_t
chars_cut_at(const char *const *texts, size_t count, size_t max)
{
	size_t chars = 0;

	for (size_t i = 0; i < count; i++) {
		size_t n = texts[i] ? text_count(texts[i]) : 0;

		chars += n < max ? n : max;
	}
	return chars;
}

/* Where each text is cut, that it has not more than `each` characters, and all together not more than `all`:
 * a stranger has little room for what he would have us send, and a long text among short ones is shown. */
static size_t
fair_room(const char *const *texts, size_t count, size_t each, size_t all)
{
	size_t room = each;

	while (room > 1 && chars_cut_at(texts, count, room) > all)
		room--;
	return room;
}

static const char *const *
value_texts(struct letter *l, const struct reply_form *form)
{
	const char **texts = arena_alloc(l->arena, form->value_count + 1, sizeof *texts);

	for (size_t i = 0; i < form->value_count; i++)
		texts[i] = form->values[i].value;
	return texts;
}

static size_t
value_room(struct letter *l, const struct reply_form *form)
{
	return fair_room(value_texts(l, form), form->value_count, FORM_CHARS_MAX, FORM_CHARS_MAX);
}

static size_t
change_room(struct letter *l, const struct reply_form *form)
{
	const char **texts = arena_alloc(l->arena, 2 * form->change_count + 1, sizeof *texts);

	for (size_t i = 0; i < form->change_count; i++) {
		texts[2 * i] = form->changes[i].was;
		texts[2 * i + 1] = form->changes[i].now;
	}
	return fair_room(texts, 2 * form->change_count, CHANGE_CHARS_MAX, CHANGES_CHARS_MAX);
}

/* Errors, or notices, in the order of the form. */
static size_t
put_defects(struct letter *l, json_t *o, const char *name, const struct reply_form *form, bool errors)
{
	const struct form *f = l->kit->form;
	size_t room = value_room(l, form);
	json_t *list = put_list(o, name);

	if (room > CHANGE_CHARS_MAX)
		room = CHANGE_CHARS_MAX;
	for (size_t i = 0; i < f->field_count; i++) {
		for (size_t j = 0; j < form->defect_count; j++) {
			const struct reply_defect *defect = &form->defects[j];
			json_t *row;

			if (defect->error != errors || strcmp(defect->key, f->fields[i].key) != 0)
				continue;
			row = put_element(list);
			letter_put(row, "label", f->fields[i].label);
			letter_put(row, "value", letter_cut(l, letter_value(form, defect->key), room, true));
			letter_put(row, "opinion", letter_opinion(l, form, defect));
		}
	}
	return json_array_size(list);
}

static void
put_values(struct letter *l, json_t *o, const struct reply_form *form)
{
	const struct form *f = l->kit->form;
	size_t room = value_room(l, form);
	json_t *list = put_list(o, "values");

	for (size_t i = 0; i < f->field_count; i++) {
		for (size_t j = 0; j < form->value_count; j++) {
			json_t *row;

			if (strcmp(form->values[j].key, f->fields[i].key) != 0)
				continue;
			row = put_element(list);
			letter_put(row, "label", f->fields[i].label);
			letter_put(row, "value", letter_cut(l, form->values[j].value, room, true));
			letter_put_flag(row, "doubtful", form->values[j].doubtful);
		}
	}
}

static size_t
put_changes(struct letter *l, json_t *o, const struct reply_form *form)
{
	size_t room = change_room(l, form);
	json_t *list = put_list(o, "changes");

	for (size_t i = 0; i < form->change_count; i++) {
		const struct reply_change *c = &form->changes[i];
		const struct form_field *field = form_field(l->kit->form, c->key);
		json_t *row;

		if (!field)
			continue;
		row = put_element(list);
		letter_put(row, "label", field->label);
		letter_put(row, "was", letter_cut(l, c->was, room, true));
		letter_put(row, "is", letter_cut(l, c->now, room, true));
	}
	return json_array_size(list);
}

static const char *
region_of(struct letter *l, const struct reply_form *form)
{
	const struct form_field *field = form_field_of(l->kit->form, FORM_REGION);
	const char *region = field ? letter_value(form, field->key) : NULL;

	return empty(region) ? "（申请区域未填写）" : letter_cut(l, region, LINE_CHARS_MAX, false);
}

/* Are the forms few and short enough to be shown field by field? One always is. */
static bool
is_detailed(struct letter *l)
{
	const struct reply_facts *f = l->f;
	size_t chars = 0;

	for (size_t i = 0; i < f->form_count && i < REPLY_TABLES_MAX; i++) {
		const struct reply_form *form = &f->forms[i];

		chars += chars_cut_at(value_texts(l, form), form->value_count, value_room(l, form));
	}
	return f->form_count <= 1 || (f->form_count <= REPLY_TABLES_MAX && chars <= DETAIL_CHARS_MAX);
}

static void
put_forms(struct letter *l)
{
	const struct reply_facts *f = l->f;
	bool detailed = is_detailed(l);
	json_t *list = put_list(l->values, "forms");
	size_t errors = 0, error_forms = 0, notices = 0, changes = 0, n;

	for (size_t i = 0; i < f->form_count; i++) {
		const struct reply_form *form = &f->forms[i];
		json_t *o = put_element(list);

		n = put_defects(l, o, "defects", form, true);
		letter_put_number(o, "error_count", n);
		letter_put_flag(o, "has_errors", n > 0);
		errors += n;
		error_forms += n > 0;
		notices += put_defects(l, o, "notices", form, false);
		changes += put_changes(l, o, form);
		put_values(l, o, form);
		letter_put_number(o, "number", i + 1);
		letter_put(o, "receipt", letter_cut(l, form->receipt, REPLY_ID_MAX, false));
		letter_put(o, "region", region_of(l, form));
		letter_put(o, "category", words_category(form->category));
		letter_put(o, "source", letter_cut(l, form->source, LINE_CHARS_MAX, false));
		letter_put_number(o, "revision", (size_t)form->revision);
		letter_put_flag(o, "detailed", detailed);
	}
	letter_put_number(l->values, "form_count", f->form_count);
	letter_put_flag(l->values, "several", f->form_count > 1);
	letter_put_number(l->values, "errors", errors);
	letter_put_number(l->values, "error_forms", error_forms);
	letter_put_flag(l->values, "some_notices", notices > 0);
	letter_put_flag(l->values, "some_changes", changes > 0);
}

static void
put_unread(struct letter *l)
{
	const struct reply_facts *f = l->f;
	json_t *list = put_list(l->values, "unread");
	size_t left = UNREAD_CHARS_MAX;

	for (size_t i = 0; i < f->unread_count && i < UNREAD_MAX; i++) {
		const char *file = letter_cut(l, f->unread[i].source, LINE_CHARS_MAX, false);
		json_t *row;
		const struct template *t = kit_text(l->kit, "unread", f->unread[i].reason);
		struct buf reason = BUF_INIT(4096);

		if (text_count(file) > left)
			break; /* their number stands above */
		left -= text_count(file);
		row = put_element(list);
		if (!t)
			t = kit_text(l->kit, "unread", "unsupported");
		template_render(t, row, &reason);
		letter_put(row, "file", file);
		letter_put(row, "reason", reason.at);
		buf_free(&reason);
	}
	letter_put_number(l->values, "unread_count", f->unread_count);
	letter_put_flag(l->values, "some_unread", f->unread_count > 0);
}

static void
put_links(struct letter *l)
{
	json_t *list = put_list(l->values, "links");

	for (size_t i = 0; l->f->links && l->f->links[i] && i < LINKS_MAX; i++)
		letter_put(put_element(list), "link", letter_cut(l, l->f->links[i], LINE_CHARS_MAX, false));
	letter_put_flag(l->values, "some_links", json_array_size(list) > 0);
}

/* ---- whom it is addressed to ---- */

/* The unit that all forms name; NULL where they differ or none is named well. */
static const char *
common_unit(struct letter *l)
{
	const struct form_field *field = form_field_of(l->kit->form, FORM_UNIT);
	const char *unit = NULL, *other;

	for (size_t i = 0; field && i < l->f->form_count; i++) {
		other = letter_value(&l->f->forms[i], field->key);
		if (empty(other) || (unit && strcmp(unit, other) != 0))
			return NULL;
		unit = other;
		for (size_t j = 0; j < l->f->forms[i].defect_count; j++)
			if (l->f->forms[i].defects[j].error &&
			    strcmp(l->f->forms[i].defects[j].key, field->key) == 0)
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

/* Does the unit that a form names look like one? No label stands before the line of address: no link, and no
 * sentence, may stand in it. */
static bool
is_unit(const struct letter *l, const char *name)
{
	size_t chars = text_count(name);
	const char *s = name;
	uint32_t c;

	while ((c = text_next(&s)))
		if (!text_is_han(c) && !strchr("()", (int)(c < 0x80 ? c : 'x')) && c != 0xFF08 && c != 0xFF09)
			return false;
	return chars <= UNIT_PLAIN_MAX || (chars <= UNIT_CHARS_MAX && ends_as_unit(l->kit, name));
}

/* The line of address: the unit; the sender's name only where nothing else is known, and only where
 * it looks like one (a display name may hold anything). */
static void
put_address(struct letter *l)
{
	const char *unit = common_unit(l), *name = empty(l->f->to_name) ? "" : l->f->to_name, *how = "nobody";
	size_t chars = text_count(name);
	struct buf b = BUF_INIT(4096);
	json_t *v = json_object();

	if (unit && is_unit(l, unit)) {
		how = "unit";
	} else if (l->f->form_count == 0 && all_han(name) && chars >= 2) {
		unit = name;
		if (chars >= 4 && ends_as_unit(l->kit, name))
			how = "unit";
		else if (chars <= 4)
			how = "person";
	}
	letter_put(v, "unit", letter_cut(l, unit, UNIT_CHARS_MAX, false));
	template_render(kit_text(l->kit, "address", how), v, &b);
	letter_put(l->values, "address", b.at);
	json_decref(v);
	buf_free(&b);
}

/* ---- the rest of the letter ---- */

static const char *
receipts(struct letter *l)
{
	if (l->f->form_count == 0)
		return letter_cut(l, l->f->id, REPLY_ID_MAX, false);
	if (l->f->form_count == 1)
		return letter_cut(l, l->f->forms[0].receipt, REPLY_ID_MAX, false);
	return arena_fmt(l->arena, "%s等%zu份", letter_cut(l, l->f->forms[0].receipt, REPLY_ID_MAX, false),
	                 l->f->form_count);
}

static bool
is_late(const struct letter *l)
{
	for (size_t i = 0; i < l->f->form_count; i++)
		if (l->f->forms[i].late)
			return true;
	return l->f->form_count == 0 && l->f->received_at >= l->kit->form->deadline_end;
}

static void
put_letter(struct letter *l)
{
	const struct reply_facts *f = l->f;
	const struct form *form = l->kit->form;
	char when[CLOCK_CHINESE_MAX];

	letter_put(l->values, "title", form->title);
	letter_put(l->values, "receipts", receipts(l));
	letter_put(l->values, "received", clock_chinese_minute(f->received_at, when));
	letter_put(l->values, "deadline", clock_chinese_day(form->deadline_end - 1, when));
	letter_put(l->values, "today", clock_chinese_day(f->now, when));
	letter_put(l->values, "signature", f->own_name);
	letter_put(l->values, "contact", f->own_contact);
	letter_put(l->values, "mailbox", f->own_addr);
	letter_put(l->values, "sha256", letter_cut(l, f->mail_sha256, 64, false));
	letter_put(
	        l->values, "head",
	        arena_fmt(l->arena, "%lld:%s", (long long)f->log_seq, letter_cut(l, f->log_hash, 64, false)));
	letter_put_flag(l->values, "late", is_late(l));
	letter_put_flag(l->values, "past", f->now >= form->deadline_end);
}

void
letter_fill(struct letter *l)
{
	put_letter(l);
	put_forms(l);
	put_unread(l);
	put_links(l);
	put_address(l);
}
