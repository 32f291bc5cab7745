/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answer as JSON: docs/parse.md says each member. */
#include "parsers/result.h"

#include "parsers/order.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* jansson refuses what is no UTF-8; all our text went through charset.c, so a refusal is a bug that
 * must not cost the answer. */
static json_t *
text(const char *s)
{
	json_t *j = json_string(s ? s : "");

	return j ? j : json_string("\xEF\xBF\xBD");
}

static json_t *
text_or_null(const char *s)
{
	return s ? text(s) : json_null();
}

static void
put(json_t *o, const char *key, json_t *value)
{
	if (json_object_set_new(o, key, value) != 0)
		mem_die("writing JSON");
}

static json_t *
list_of(const char *const *s)
{
	json_t *j = json_array();

	for (; s && *s; s++)
		(void)json_array_append_new(j, text(*s));
	return j;
}

static json_t *
names_json(const struct walk_name *n)
{
	json_t *j = json_array();

	for (; n; n = n->next)
		(void)json_array_append_new(j, text(n->name));
	return j;
}

static json_t *
value_json(const struct checked_value *v)
{
	if (!v->text)
		return json_null();
	return v->names ? list_of(v->names) : text(v->text);
}

static json_t *
defects_json(const struct checked_form *c)
{
	json_t *j = json_array();

	for (size_t i = 0; i < c->defect_count; i++) {
		const struct defect *d = &c->defects[i];
		json_t *o = json_object();

		put(o, "field", text(d->field->key));
		put(o, "code", text(defect_name(d->code)));
		put(o, "severity", text(defect_is_error(d->code) ? "error" : "notice"));
		put(o, "detail", text(d->detail));
		if (*d->suggest)
			put(o, "suggest", text(d->suggest));
		(void)json_array_append_new(j, o);
	}
	return j;
}

static json_t *
conflicts_json(const struct walk_conflict *c)
{
	json_t *j = json_array();

	for (; c; c = c->next) {
		json_t *o = json_object();

		put(o, "field", text(c->field->key));
		put(o, "source", text(c->source));
		put(o, "value", text(c->value));
		(void)json_array_append_new(j, o);
	}
	return j;
}

static json_t *
doubtful_json(const struct form *f, const struct checked_form *c)
{
	json_t *j = json_array();

	for (size_t i = 0; i < f->field_count; i++)
		if (c->values[i].found.evidence.doubtful)
			(void)json_array_append_new(j, text(f->fields[i].key));
	return j;
}

/* "BC12": how a spreadsheet names its cells. */
static json_t *
cell_name(const struct found_place *p)
{
	char letters[8], name[24], *at = letters + sizeof letters - 1;

	*at = '\0';
	for (int n = p->sheet_column; n > 0 && at > letters; n = (n - 1) / 26)
		*--at = (char)('A' + (n - 1) % 26);
	(void)snprintf(name, sizeof name, "%s%d", at, p->sheet_row);
	return text(name);
}

static json_t *
places_json(const struct form *f, const struct walk_form *x)
{
	json_t *j = json_object();

	for (size_t i = 0; i < f->field_count; i++) {
		const struct found_value *v = &x->found->values[i];
		const struct doc_evidence *ev = &x->checked->values[i].found.evidence; /* after the rules */
		json_t *o;

		if (!v->seen)
			continue;
		o = json_object();
		put(o, "source", text(x->source));
		put(o, "page", json_integer(v->place.page));
		put(o, "table", json_integer(v->place.table));
		put(o, "row", json_integer(v->place.row));
		put(o, "column", json_integer(v->place.column));
		put(o, "line", json_integer(v->place.line));
		if (v->place.sheet_row)
			put(o, "cell", cell_name(&v->place));
		put(o, "method", text(ev->method == DOC_OCR ? "ocr" : "text"));
		put(o, "confidence", json_real(v->text ? ev->confidence : 1.0));
		put(j, f->fields[i].key, o);
	}
	return j;
}

/* A region that no code names is known by its text, and a text can be a page long: then by its begin and its
 * hash. Characters that end or change a line are none of a name. */
static json_t *
key_json(const char *key)
{
	enum { KEY_LONG = 200, KEY_KEPT = 120 };
	size_t len = key ? strlen(key) : 0, kept = len <= KEY_LONG ? len : KEY_KEPT;
	uint64_t hash = 14695981039346656037ULL; /* FNV-1a: to tell apart, not to prove */
	struct buf shown = BUF_INIT(2 * KEY_LONG);
	json_t *j;

	while (kept < len && ((unsigned char)key[kept] & 0xC0) == 0x80)
		kept--;
	for (size_t i = 0; i < kept; i++)
		buf_ch(&shown, (unsigned char)key[i] < ' ' || key[i] == 0x7f ? ' ' : key[i]);
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)key[i]) * 1099511628211ULL;
	if (kept < len)
		buf_fmt(&shown, "… %016llx", (unsigned long long)hash);
	j = key ? text(shown.at ? shown.at : "") : json_null();
	buf_free(&shown);
	return j;
}

static json_t *
form_json(const struct form *f, const struct walk_form *x, bool explain)
{
	const struct checked_form *c = x->checked;
	json_t *o = json_object();

	put(o, "source", text(x->source));
	put(o, "also", names_json(x->also));
	for (size_t i = 0; i < f->field_count; i++)
		put(o, f->fields[i].key, value_json(&c->values[i]));
	put(o, "region_code", *c->region.code ? text(c->region.code) : json_null());
	put(o, "region_key", key_json(c->region.key));
	put(o, "region_name", text_or_null(c->region.name));
	put(o, "category", text_or_null(region_category_name(c->region.category)));
	put(o, "category_reason", text_or_null(c->region.reason));
	put(o, "confidence", json_real(c->confidence));
	put(o, "doubtful", doubtful_json(f, c));
	put(o, "defects", defects_json(c));
	put(o, "conflicts", conflicts_json(x->conflicts));
	if (explain)
		put(o, "places", places_json(f, x));
	return o;
}

static json_t *
unread_json(const struct walk_unread *u, bool explain)
{
	json_t *j = json_array();

	for (; u; u = u->next) {
		json_t *o = json_object();

		put(o, "source", text(u->source));
		put(o, "reason", text(err_name(u->reason)));
		if (explain)
			put(o, "why", text(u->why));
		(void)json_array_append_new(j, o);
	}
	return j;
}

/* Of the same types as in a form. */
static json_t *
values_json(const struct findings *found)
{
	const struct form *f = found->form;
	json_t *o = json_object();

	for (size_t i = 0; found->values && i < f->field_count; i++) {
		const char *value = found->values->values[i].text;

		if (value)
			put(o, f->fields[i].key,
			    f->fields[i].kind == FORM_NAMES ? list_of(check_split_names(found->arena, value))
			                                    : text(value));
	}
	return o;
}

static json_t *
orders_json(const struct findings *found)
{
	json_t *j = json_array();

	for (size_t i = 0; i < found->order_count; i++) {
		json_t *o = json_object();

		put(o, "verb", text(found->orders[i].verb));
		put(o, "word", text(found->orders[i].word));
		put(o, "code", text(found->orders[i].code));
		(void)json_array_append_new(j, o);
	}
	return j;
}

static void
put_envelope(json_t *o, const struct result *r)
{
	const struct mail *m = r->mail;
	json_t *auth = json_object();
	const char *from = m->from.addr;

	if (*m->from.name)
		from = arena_fmt(m->arena, *m->from.addr ? "%s <%s>" : "%s%s", m->from.name, m->from.addr);
	put(o, "message_id", text(m->message_id));
	put(o, "subject", text(m->subject));
	put(o, "from", text(from));
	put(o, "from_addr", text(m->from.addr));
	put(o, "from_name", text(m->from.name));
	put(o, "reply_to", text(form_own_address(r->form, m->reply_to.addr) ? "" : m->reply_to.addr));
	put(o, "date", text(m->date));
	put(o, "in_reply_to", text(m->in_reply_to));
	put(o, "references", list_of(m->references));
	put(auth, "spf", text_or_null(r->auth.spf));
	put(auth, "dkim", text_or_null(r->auth.dkim));
	put(auth, "dmarc", text_or_null(r->auth.dmarc));
	put(o, "auth", auth);
	put(o, "content_sha256", text(m->content_sha256));
}

static json_t *
bounce_json(const struct machine *m)
{
	json_t *o;

	if (!m->bounce)
		return json_null();
	o = json_object();
	put(o, "of", text_or_null(m->of));
	put(o, "receipt", text_or_null(m->receipt));
	put(o, "status", text(m->status));
	return o;
}

static json_t *
forms_json(const struct result *r, bool explain)
{
	json_t *j = json_array();

	for (const struct walk_form *x = r->found.forms; x; x = x->next)
		(void)json_array_append_new(j, form_json(r->form, x, explain));
	return j;
}

/* As one line; o is freed. */
static void
print(json_t *o, struct buf *out)
{
	char *s = json_dumps(o, JSON_COMPACT);

	if (!s)
		mem_die("writing JSON");
	buf_str(out, s);
	buf_ch(out, '\n');
	free(s);
	json_decref(o);
}

void
result_json(const struct result *r, bool explain, struct buf *out)
{
	json_t *o = json_object();

	put_envelope(o, r);
	put(o, "machine", text_or_null(r->machine.why));
	put(o, "bounce", bounce_json(&r->machine));
	put(o, "disposition", text(result_disposition(r->disposition)));
	put(o, "late", json_boolean(r->late));
	if (r->withheld)
		put(o, "withheld", json_true());
	put(o, "withheld_why", text_or_null(r->withheld_why));
	put(o, "marked", json_boolean(r->marked));
	put(o, "forms", forms_json(r, explain));
	put(o, "unread", unread_json(r->found.unread, explain));
	put(o, "supplementary", names_json(r->found.supplementary));
	put(o, "hidden", names_json(r->found.hidden));
	put(o, "links", names_json(r->found.links));
	put(o, "values", values_json(&r->found));
	put(o, "withdraw", text_or_null(r->withdraw));
	put(o, "orders", orders_json(&r->found));
	put(o, "parser", text(VERSION));
	print(o, out);
}

void
result_form_json(const struct form *f, const struct walk_form *x, struct buf *out)
{
	print(form_json(f, x, false), out);
}
