/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From labels and values, in the order in which the layouts met them, to forms: cut where a title
 * stands or the first label comes again, joined where a form was parted over two tables, and believed
 * only with the evidence that the form file asks for. */
#include "parsers/recognise.h"

#include "config/text.h"
#include "parsers/hint.h"
#include "parsers/layout.h"
#include "parsers/newtext.h"
#include "parsers/newvalue.h"
#include "parsers/value.h"

#include <stdlib.h>
#include <string.h>

/* A form that grows, and what is known of it beside its values. */
struct growing {
	struct found_form *form; /* NULL: none is open */
	bool titled;             /* its title stands before it */
	bool foreign;            /* another form's title stands before it */
	bool table;
	int anchor;                      /* the field that came first */
	bool part_only[FORM_FIELDS_MAX]; /* a part came (职务), and the field's own label not yet */
	bool early[FORM_FIELDS_MAX];     /* it came before any label that is ours alone: perhaps a letter's */
	bool aside[FORM_FIELDS_MAX];     /* it stood in brackets behind another's value */
	bool stray_phone;                /* a number came before any person: perhaps another's */
	int labels, specific;
};

struct grouping {
	struct layout *y;
	struct growing now;
	struct growing last; /* the form put down last, while the next may belong to it */
	bool title_waits, foreign, table, after_row;
	struct found_form *first, **end;
	struct found_form *latest; /* the last in the list */
	struct found_form *spare;  /* of one that had no evidence: a long list of contacts is no forms */
	size_t count;
	size_t generic_end; /* the event behind contacts and numbers that were looked over, from the one at
	                       hand on */
};

static void
count_labels(struct growing *g, const struct form *f)
{
	g->labels = g->specific = 0;
	for (size_t i = 0; g->form && i < f->field_count; i++)
		if (g->form->values[i].seen) {
			g->labels++;
			g->specific += !f->fields[i].generic;
		}
}

/* Every label that is no other form's; asked for under another form's title: an annual report of an
 * industrial base has a region, an industry and a contact as well. */
static bool
has_all_specific(const struct growing *g, const struct form *f)
{
	int specific = 0;

	for (size_t i = 0; i < f->field_count; i++)
		specific += !f->fields[i].generic;
	return g->specific == specific;
}

static bool
is_form(const struct growing *g, const struct form *f)
{
	if (g->foreign)
		return has_all_specific(g, f);
	if (g->titled && g->specific > 0 && g->labels >= f->evidence_titled)
		return true;
	return g->labels >= f->evidence_labels && g->specific >= f->evidence_specific;
}

static bool
ends_asking(const char *s)
{
	struct bytes b = BYTES(s, layout_unmarked(s, s + strlen(s)));

	return bytes_end(b, "？") || bytes_end(b, "?");
}

/* Questions about the form, one at each label: "牵头单位：必须是工信局吗？" */
static bool
asks(const struct growing *g, const struct form *f)
{
	int values = 0;

	for (size_t i = 0; i < f->field_count; i++) {
		const char *text = g->form->values[i].text;

		if (text && !ends_asking(text))
			return false;
		values += text != NULL;
	}
	return values >= f->evidence_titled;
}

/* ---- forms parted over two tables ---- */

/* Does b only go on where a ended (a table that a page's end parted)? */
static bool
goes_on(const struct growing *a, const struct growing *b, const struct form *f)
{
	bool common = false;
	int last = -1;
	int first = -1;

	if (!a->form || !b->form || a->form->row || b->form->row || a->form->quoted != b->form->quoted)
		return false;
	if (a->specific == 0)
		return false;
	for (size_t i = 0; i < f->field_count; i++) {
		common = common || (a->form->values[i].seen && b->form->values[i].seen);
		if (a->form->values[i].seen)
			last = (int)i;
		if (b->form->values[i].seen && first < 0)
			first = (int)i;
	}
	return !common && last < first;
}

static void
take_over(struct growing *a, const struct growing *b, const struct form *f)
{
	for (size_t i = 0; a->form && i < f->field_count; i++)
		if (b->form->values[i].seen)
			a->form->values[i] = b->form->values[i];
	count_labels(a, f);
}

/* ---- putting forms down ---- */

static void
put_down(struct grouping *g, struct growing *x)
{
	const struct form *f = g->y->form;

	if (!x->form)
		return;
	if (!is_form(x, f) || asks(x, f) || g->count >= FORMS_MAX) {
		if (g->latest && g->count >= FORMS_MAX && is_form(x, f))
			g->latest->cut = true;
		g->spare = x->form;
		return;
	}
	x->form->titled = x->titled;
	x->form->blank = true;
	for (size_t i = 0; i < f->field_count; i++)
		x->form->blank = x->form->blank && !x->form->values[i].text;
	*g->end = x->form;
	g->end = &x->form->next;
	g->latest = x->form;
	g->count++;
}

/* 联系方式 alone on its line, above a table of contact and number: a heading. */
static bool
is_heading(const struct growing *g, const struct form *f)
{
	if (g->table || g->labels != 1 || g->specific)
		return false;
	for (size_t i = 0; i < f->field_count; i++)
		if (g->form->values[i].text)
			return false;
	return true;
}

/* The open form is whole; whether it ends here or the next one belongs to it is seen then. */
static void
close_form(struct grouping *g)
{
	if (g->now.form) {
		count_labels(&g->now, g->y->form);
		if (is_heading(&g->now, g->y->form)) {
			g->spare = g->now.form;
		} else if (goes_on(&g->last, &g->now, g->y->form)) {
			take_over(&g->last, &g->now, g->y->form);
			g->spare = g->now.form;
		} else {
			put_down(g, &g->last);
			g->last = g->now;
		}
	}
	g->now = (struct growing){.anchor = -1};
}

static void
open_form(struct grouping *g, const struct event *e)
{
	close_form(g);
	g->now.form = g->spare ? g->spare : arena_alloc(g->y->doc->arena, 1, sizeof *g->now.form);
	g->spare = NULL;
	*g->now.form = (struct found_form){.quoted = e->quoted};
	g->now.table = g->table;
	g->now.titled = g->title_waits;
	g->now.foreign = g->foreign;
	g->now.anchor = e->kind == EVENT_VALUE ? e->field : -1;
	g->title_waits = false;
}

static bool
any_specific(const struct growing *x, const struct form *f)
{
	for (size_t i = 0; i < f->field_count; i++)
		if (!f->fields[i].generic && x->form->values[i].seen)
			return true;
	return false;
}

/* Whom to ask stands in the letter above the form; who comes behind the form's own labels is the form's.
 * Then the number above is that other person's, too. */
static bool
was_of_letter(struct growing *x, const struct form *f, const struct event *e)
{
	if (f->fields[e->field].kind != FORM_CONTACT || e->part || !*e->text || !x->early[e->field] ||
	    !any_specific(x, f))
		return false;
	x->stray_phone = true;
	return true;
}

/* A person has a number of his own; one that stood before any person was perhaps another's (分管领导). */
static bool
replaces(struct growing *x, const struct form *f, const struct event *e)
{
	const struct form_field *contact = form_field_of(f, FORM_CONTACT);
	bool person = contact && x->form->values[contact - f->fields].seen;

	if (f->fields[e->field].kind != FORM_PHONE || e->part)
		return false;
	if (!x->form->values[e->field].seen) {
		x->stray_phone = !person;
		return false;
	}
	if (!x->stray_phone || !person || !*e->text)
		return false;
	x->stray_phone = false; /* this one is his; a further one is not */
	return true;
}

/* Put two parts of one value together, the field's own label's first. */
static void
join_parts(struct arena *a, const struct event *e, enum form_kind kind, struct found_value *v,
           const char *text, bool before)
{
	const char *mark = kind == FORM_NAMES ? "、" : " ";
	const char *raw = e->text;

	v->text = before ? arena_fmt(a, "%s%s%s", text, mark, v->text)
	                 : arena_fmt(a, "%s%s%s", v->text, mark, text);
	v->raw = before ? arena_fmt(a, "%s\n%s", raw, v->raw) : arena_fmt(a, "%s\n%s", v->raw, raw);
	v->evidence = doc_weaker(v->evidence, e->evidence);
}

static void
set_value(struct grouping *g, const struct event *e)
{
	struct arena *a = g->y->doc->arena;
	const struct form *f = g->y->form;
	const struct form_field *field = &f->fields[e->field];
	struct found_value *v = &g->now.form->values[e->field];
	bool *part_only = &g->now.part_only[e->field];
	const char *raw = *e->text ? e->text : NULL;
	bool hint = false;
	const char *text = raw ? hint_strip(a, f, field, raw, &hint) : NULL;
	bool early = !g->now.form->row && field->generic && !any_specific(&g->now, f);
	/* what has a line of its own is better than what stood in brackets */
	bool better = g->now.aside[e->field] && !e->aside && !e->part && raw;
	bool anew = was_of_letter(&g->now, f, e) || replaces(&g->now, f, e) || better;
	struct doc_evidence evidence = e->evidence;

	text = value_join(a, field->kind, text);
	if (v->text && text && (e->part || *part_only)) {
		join_parts(a, e, field->kind, v, text, *part_only && !e->part);
		*part_only = *part_only && e->part;
		return;
	}
	/* of a picture, a part whose ink was not read */
	if (v->seen && v->text && !text && (e->part || *part_only) && e->evidence.doubtful)
		v->evidence = doc_weaker(v->evidence, e->evidence);
	if (v->seen && !anew && (v->text || !text))
		return;
	if (v->seen && !v->text && (e->part || *part_only) && v->evidence.doubtful)
		evidence = doc_weaker(v->evidence, evidence);
	*part_only = e->part;
	g->now.early[e->field] = early;
	g->now.aside[e->field] = e->aside;
	*v = (struct found_value){.seen = true,
	                          .text = text,
	                          .hint = hint,
	                          .raw = raw,
	                          .evidence = evidence,
	                          .place = e->place};
}

/* Behind contact and number at event i: does a label that is ours alone come again? */
static bool
specific_comes_again(struct grouping *g, size_t i)
{
	const struct form *f = g->y->form;

	i = g->generic_end > i ? g->generic_end : i;
	while (i < g->y->count && g->y->events[i].kind == EVENT_VALUE &&
	       f->fields[g->y->events[i].field].generic)
		i++;
	g->generic_end = i;
	return i < g->y->count && g->y->events[i].kind == EVENT_VALUE &&
	       g->now.form->values[g->y->events[i].field].seen;
}

/* The label at event i has been seen in the open form. Does a new form begin with it? It does where
 * the form's first label comes again, or several in a row. */
static bool
begins_anew(struct grouping *g, size_t i)
{
	const struct event *e = &g->y->events[i];
	const struct found_value *values = g->now.form->values;

	if (e->part || !values[e->field].seen || g->now.part_only[e->field] || g->now.form->row)
		return false;
	if (g->now.early[e->field] || (g->now.aside[e->field] && !e->aside))
		return specific_comes_again(g, i);
	if (e->field == g->now.anchor)
		return true;
	for (i++; i < g->y->count && g->y->events[i].kind == EVENT_VALUE; i++)
		if (!g->y->events[i].part)
			return values[g->y->events[i].field].seen && g->y->events[i].field != e->field;
	return false;
}

static void
take(struct grouping *g, size_t i)
{
	const struct event *e = &g->y->events[i];

	switch (e->kind) {
	case EVENT_TITLE:
		close_form(g);
		g->title_waits = true;
		g->foreign = false;
		break;
	case EVENT_FOREIGN: g->foreign = true; break;
	case EVENT_TABLE:
	case EVENT_TEXT:
		close_form(g);
		g->table = e->kind == EVENT_TABLE;
		break;
	case EVENT_ROW:
		open_form(g, e);
		g->now.form->row = true;
		g->now.form->where = e->text;
		break;
	case EVENT_VALUE:
		if (!g->now.form || begins_anew(g, i))
			open_form(g, e);
		set_value(g, e);
		break;
	}
}

/* ---- samples ---- */

static bool
is_left_open(const struct form *f, const struct found_value *v)
{
	struct buf b = BUF_INIT(1 << 20);
	bool open = !v->text;

	if (!open)
		text_fold(&b, v->text);
	open = open || (b.at && form_has_word(f->words_placeholder, b.at));
	buf_free(&b);
	return open;
}

/* A sample how to fill it in (XX市XX区, XX局 …): its region's hint or XX, and nothing certain at the labels
 * that are ours alone. */
static bool
is_sample(const struct form *f, const struct found_form *x)
{
	const struct form_field *region = form_field_of(f, FORM_REGION);
	const struct found_value *v = region ? &x->values[region - f->fields] : NULL;

	if (!v || !is_left_open(f, v) || (!v->text && !v->hint))
		return false;
	for (size_t i = 0; i < f->field_count; i++)
		if (!f->fields[i].generic && !is_left_open(f, &x->values[i]))
			return false;
	return true;
}

/* Beside a form that is filled in, a sample is no form of anyone's. */
static void
blank_samples(const struct form *f, struct found_form *list)
{
	const struct found_form *filled = list;

	while (filled && (filled->blank || is_sample(f, filled)))
		filled = filled->next;
	for (; filled && list; list = list->next)
		list->blank = list->blank || is_sample(f, list);
}

static struct layout
lay_out(const struct form *f, const struct document *d, bool headers)
{
	struct layout y = {.form = f, .doc = d, .labels = labels_of(d->arena, f), .headers = headers};

	layout_blocks(&y, d->first, (struct found_place){0});
	return y;
}

static struct found_form *
recognise_in(const struct form *f, const struct document *d, bool headers)
{
	struct layout y = lay_out(f, d, headers);
	struct grouping g = {.y = &y, .now = {.anchor = -1}};

	g.end = &g.first;
	for (size_t i = 0; i < y.count; i++)
		take(&g, i);
	close_form(&g);
	put_down(&g, &g.last);
	free(y.events);
	blank_samples(f, g.first);
	return g.first;
}

/* Page headers and footers repeat a name, a number; the form stands there only where it stands nowhere else.
 */
struct found_form *
recognise(const struct form *f, const struct document *d)
{
	struct found_form *found = recognise_in(f, d, false);
	const struct doc_block *b = d->first;

	while (b && !b->hidden_header)
		b = b->next;
	return found || !b ? found : recognise_in(f, d, true);
}

/* A number that a sentence gives, where no label with a colon does, and where it is not the profile that says
 * so. */
static bool
set_number(struct grouping *g, unsigned *left)
{
	const struct form *f = g->y->form;
	const struct form_field *phone = form_field_of(f, FORM_PHONE),
	                        *profile = form_field_of(f, FORM_PROFILE);
	const char *told = profile ? g->now.form->values[profile - f->fields].text : NULL;
	struct buf plain = BUF_INIT(DOC_TEXT_MAX);
	struct newvalue_number n;
	bool any = false;

	if (!phone || g->now.form->values[phone - f->fields].text)
		return false;
	newtext_of(f, g->y->doc, NEWTEXT_PLAIN, &plain);
	for (const char *s = plain.at ? plain.at : "";
	     !any && newvalue_number(g->y->doc->arena, f, g->y->labels, s, left, &n); s = n.rest) {
		struct event e = {.kind = EVENT_VALUE,
		                  .field = (int)(phone - f->fields),
		                  .told = true,
		                  .text = n.text,
		                  .evidence = {.confidence = 1}};

		if (told && strstr(told, n.text))
			continue;
		set_value(g, &e);
		any = g->now.form->values[e.field].text != NULL;
	}
	buf_free(&plain);
	return any;
}

/* What stands behind a label with a colon, up to a sentence with a number: 联系人：张三；联系电话改为… */
static const char *
before_number(const struct grouping *g, const struct event *e, unsigned *left)
{
	struct newvalue_number n;
	struct arena *a = g->y->doc->arena;

	if (g->y->form->fields[e->field].kind == FORM_PROFILE ||
	    !newvalue_number(a, g->y->form, g->y->labels, e->text, left, &n) || n.clause == e->text)
		return e->text;
	return arena_dup0(a, e->text, layout_unmarked(e->text, n.clause));
}

struct found_form *
recognise_values(const struct form *f, const struct document *d)
{
	struct layout y = lay_out(f, d, false);
	struct grouping g = {.y = &y};
	struct found_form *found = NULL;
	unsigned left = NEWVALUE_WORDS_MAX;
	bool any = false;

	g.now.form = arena_alloc(d->arena, 1, sizeof *g.now.form);
	for (size_t i = 0; i < y.count; i++) {
		struct event e = y.events[i];

		if (e.kind != EVENT_VALUE || e.quoted || !e.told || !*e.text)
			continue;
		e.text = newvalue_of(d->arena, f->fields[e.field].kind, before_number(&g, &e, &left));
		if (!e.text)
			continue;
		set_value(&g, &e);
		any = any || g.now.form->values[e.field].text;
	}
	any = set_number(&g, &left) || any;
	if (any)
		found = g.now.form;
	free(y.events);
	return found;
}
