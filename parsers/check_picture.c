/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/check_picture.h"

#include "config/text.h"
#include "parsers/ocr_digits.h"

#include <string.h>

enum {
	VALUE_MAX = 1 << 20,
	NAMES_MAX = 32,     /* of industries; a form asks for four */
	NEAR_CHARS_MIN = 4, /* of a name: of fewer, usual words are one character away (新材料, 原材料) */
};

/* Of a field that a picture of a form does not show, and of what was misread. */
static const double not_shown = 0.5;

/* What the functions below hand on. */
struct picture {
	struct arena *arena;
	const struct form *form;
	struct checked_form *out;
};

static bool
is_read(const struct checked_value *v)
{
	return v->found.evidence.method == DOC_OCR;
}

void
check_doubt(struct checked_value *v)
{
	struct doc_evidence *ev = &v->found.evidence;

	if (!is_read(v))
		return;
	ev->doubtful = true;
	ev->weak[0] = '\0';
	if (ev->confidence > not_shown)
		ev->confidence = not_shown;
}

/* A field whose label was not read, or its cell not found. */
static void
doubt_unseen(const struct picture *p)
{
	const struct doc_evidence unseen = {.method = DOC_OCR, .confidence = not_shown, .doubtful = true};

	for (size_t i = 0; i < p->form->field_count; i++)
		if (!p->out->values[i].found.seen && p->form->fields[i].required)
			p->out->values[i].found.evidence = unseen;
}

static bool
holds(const char *s, const char *part, const char *end)
{
	return end > part && memmem(s, strlen(s), part, (size_t)(end - part));
}

/* Does each weak character of a text stand there beside another as it does in a place's name? */
static bool
is_of_name(const char *text, const char *weak, const char *name)
{
	bool any = false;

	for (const char *before = text, *at = text, *next = text; *at; before = at, at = next) {
		const char *after;

		(void)text_next(&next);
		after = next;
		if (!holds(weak, at, next))
			continue;
		(void)text_next(&after);
		if (!(before < at && holds(name, before, next)) && !(*next && holds(name, at, after)))
			return false;
		any = true;
	}
	return any;
}

/* The whole name of a place, province and all, is in the table as it was read; the looks at it agreed, and
 * were unsure of a character in it alone: a rare one, which the engine has seldom seen. Then there is no
 * doubt about it, nor where the name stands in other fields. */
static void
confirm_names(const struct picture *p)
{
	const struct region *r = &p->out->region;
	const char *text = check_text_of(p->form, p->out, FORM_REGION);
	struct buf read = BUF_INIT(VALUE_MAX), known = BUF_INIT(VALUE_MAX);

	if (text && r->verdict == REGION_KNOWN && r->code[0] && !r->mended && r->name) {
		text_fold(&read, text);
		text_fold(&known, r->name);
	}
	for (size_t i = 0;
	     read.len && known.len && strcmp(read.at, known.at) == 0 && i < p->form->field_count; i++) {
		struct checked_value *v = &p->out->values[i];
		struct doc_evidence *ev = &v->found.evidence;

		if (!v->text || !ev->doubtful || !is_of_name(v->text, ev->weak, r->name))
			continue;
		ev->doubtful = false;
		ev->weak[0] = '\0';
		ev->confidence = ev->without;
	}
	buf_free(&read);
	buf_free(&known);
}

/* The place's name stands in other fields, too. A character that the engine does not know is read for another
 * wherever it stands: 鄂邑区. */
static void
doubt_near_places(const struct picture *p)
{
	for (size_t i = 0; i < p->form->field_count; i++)
		if (p->out->values[i].text && region_near_name(p->out->region.code, p->out->values[i].text))
			check_doubt(&p->out->values[i]);
}

/* How many characters differ between name and what text begins with; more than one are told as two, and so is
 * a text that ends before. */
static int
differ(const char *text, const char *name)
{
	int count = 0;

	while (*name && count < 2)
		count += *text ? text_next(&text) != text_next(&name) : 2;
	return count;
}

struct names {
	struct name {
		const char *text;
		size_t field;
	} list[NAMES_MAX];
	size_t count;
};

static bool
holds_names(const struct form_field *field)
{
	return field->kind == FORM_NAMES || field->kind == FORM_TEXT;
}

/* What lists and lines of the form name: its industries. */
static struct names
gather_names(const struct picture *p)
{
	struct names names = {0};

	for (size_t i = 0; i < p->form->field_count; i++) {
		const char *text = p->out->values[i].text;

		if (!text || !holds_names(&p->form->fields[i]))
			continue;
		for (const char *const *n = check_split_names(p->arena, text); *n && names.count < NAMES_MAX;
		     n++)
			names.list[names.count++] = (struct name){*n, i};
	}
	return names;
}

/* Does text begin with a name that stands in another field than this? */
static bool
begins_with_name(const struct names *names, const char *text, size_t field)
{
	for (size_t i = 0; i < names->count; i++)
		if (names->list[i].field != field &&
		    strncmp(text, names->list[i].text, strlen(names->list[i].text)) == 0)
			return true;
	return false;
}

/* Does a part of a field's text differ from a name in one character, and is it none of the other names? */
static bool
has_near(const struct names *names, const char *name, const char *text, size_t field)
{
	for (; *text; (void)text_next(&text))
		if (differ(text, name) == 1 && !begins_with_name(names, text, field))
			return true;
	return false;
}

/* An industry's name stands in other fields as well. Where it stands there but for a character (本材加工),
 * one of the two was misread; the name itself was not, if it stands there as it is, too. Of a list that holds
 * both, each is a name of its own. */
static void
doubt_near_industry(const struct picture *p, const struct names *names, const struct name *n)
{
	struct checked_value *values = p->out->values;

	for (size_t i = 0; i < p->form->field_count; i++) {
		const char *text = values[i].text;
		bool whole = text && strstr(text, n->text);

		if (i == n->field || !text || (whole && holds_names(&p->form->fields[i])) ||
		    !has_near(names, n->text, text, i))
			continue;
		check_doubt(&values[i]);
		if (!whole)
			check_doubt(&values[n->field]);
	}
}

static void
doubt_near_industries(const struct picture *p)
{
	const struct names names = gather_names(p);

	for (size_t i = 0; i < names.count; i++)
		if (text_count(names.list[i].text) >= NEAR_CHARS_MIN)
			doubt_near_industry(p, &names, &names.list[i]);
}

/* Does the label of another field stand in a value? Then a rule between two cells was not found. */
static bool
holds_label(const struct form *f, size_t i, const char *text)
{
	struct buf folded = BUF_INIT(VALUE_MAX);
	bool found = false;

	text_fold(&folded, text);
	for (size_t k = 0; k < f->field_count && !found && folded.len; k++) {
		struct buf label = BUF_INIT(VALUE_MAX);

		text_fold(&label, f->fields[k].label);
		found = k != i && label.len && strstr(folded.at, label.at);
		buf_free(&label);
	}
	buf_free(&folded);
	return found;
}

/* Marks that part names in a list: one that is not as the others are is one of them, misread. */
static bool
has_mixed_marks(const char *text)
{
	return strstr(text, "、") && (strstr(text, "，") || strchr(text, ','));
}

/* Is a value not what anybody would write into its field: a telephone beside a person, a mark that is not
 * like the others, a name that hardly anybody bears? */
static bool
is_strange(enum form_kind kind, const char *text)
{
	return (kind == FORM_CONTACT && (ocr_digits_many(text) || check_has_strange_given(text))) ||
	       (kind == FORM_NAMES && has_mixed_marks(text));
}

/* Where a cell of a picture ran into another, the table was not found as it is: of the other cells as much
 * may stand elsewhere or be lost. A profile tells of all the other fields, and parts its clauses. */
static void
doubt_strange(const struct picture *p)
{
	bool ran_together = false;

	for (size_t i = 0; i < p->form->field_count; i++) {
		const struct checked_value *v = &p->out->values[i];
		enum form_kind kind = p->form->fields[i].kind;

		if (!v->text || kind == FORM_PROFILE)
			continue;
		ran_together = ran_together || (is_read(v) && holds_label(p->form, i, v->text));
		if (is_strange(kind, v->text))
			check_doubt(&p->out->values[i]);
	}
	for (size_t i = 0; ran_together && i < p->form->field_count; i++)
		check_doubt(&p->out->values[i]);
}

/* Where the picture misled the reading in one place, what was not read at first sight in another is no
 * better. */
static void
doubt_hesitant(const struct picture *p)
{
	bool doubtful = false;

	for (size_t i = 0; i < p->form->field_count; i++)
		doubtful = doubtful || p->out->values[i].found.evidence.doubtful;
	for (size_t i = 0; doubtful && i < p->form->field_count; i++)
		if (p->out->values[i].text && p->out->values[i].found.evidence.hesitant)
			check_doubt(&p->out->values[i]);
}

static void
sum_confidence(const struct picture *p, bool is_picture)
{
	p->out->confidence = 1;
	for (size_t i = 0; i < p->form->field_count; i++) {
		const struct found_value *v = &p->out->values[i].found;

		if ((v->seen || is_picture) && v->evidence.confidence < p->out->confidence)
			p->out->confidence = v->evidence.confidence;
	}
}

void
check_picture(struct arena *a, const struct form *f, struct checked_form *out)
{
	const struct picture p = {a, f, out};
	bool is_picture = false;

	for (size_t i = 0; i < f->field_count; i++)
		is_picture = is_picture || (out->values[i].found.seen && is_read(&out->values[i]));
	if (is_picture) {
		doubt_unseen(&p);
		confirm_names(&p);
		doubt_near_places(&p);
		doubt_near_industries(&p);
		doubt_strange(&p);
		doubt_hesitant(&p);
	}
	sum_confidence(&p, is_picture);
}
