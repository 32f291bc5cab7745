/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/check.h"

#include "config/text.h"
#include "parsers/check_picture.h"
#include "parsers/ocr.h"

#include <string.h>

enum { VALUE_MAX = 1 << 20 };

enum {
	DIGITS_MAX = 13, /* of one number, 86 and all: more are two, and the mark between them was not read */
	MOBILE_DIGITS = 11,
	LANDLINE_LEAST = 7, /* digits, without its area code */
};

static const struct {
	const char *name;
	bool error;
} codes[] = {
        [DEFECT_MISSING] = {"missing", true},
        [DEFECT_PLACEHOLDER] = {"placeholder", true},
        [DEFECT_TOO_MANY] = {"too_many", true},
        [DEFECT_TOO_LONG] = {"too_long", true},
        [DEFECT_BAD_PHONE] = {"bad_phone", true},
        [DEFECT_NOT_ELIGIBLE] = {"not_eligible", true},
        [DEFECT_NO_POSITION] = {"no_position", false},
        [DEFECT_UNKNOWN_REGION] = {"unknown_region", false},
        [DEFECT_PHONE_PARTLY_BAD] = {"phone_partly_bad", false},
};
_Static_assert(sizeof codes / sizeof *codes == DEFECT_CODES, "a row for each code");

const char *
defect_name(enum defect_code c)
{
	return codes[c].name;
}

bool
defect_is_error(enum defect_code c)
{
	return codes[c].error;
}

/* What the rules below hand on. */
struct checking {
	struct arena *arena;
	const struct form *form;
	struct checked_form *out;
	const char *sender;
	const char *where; /* what the columns beside a row of a summary say */
};

static void
defect(struct checking *c, size_t field, enum defect_code code, const char *detail)
{
	struct checked_form *out = c->out;

	out->defects[out->defect_count++] = (struct defect){&c->form->fields[field], code, detail, ""};
	out->has_error = out->has_error || codes[code].error;
}

/* The value as recorded: trimmed, a phone's full-width digits folded. NULL: nothing is left. */
static const char *
recorded(struct arena *a, const struct form_field *field, const char *text)
{
	struct buf trimmed = BUF_INIT(VALUE_MAX);
	struct buf half = BUF_INIT(VALUE_MAX);
	const char *value = NULL;

	if (text) {
		if (field->kind == FORM_PHONE)
			text_halfwidth(&half, text);
		else
			buf_str(&half, text);
		text_trim(&trimmed, half.at ? half.at : "");
		if (trimmed.len)
			value = arena_dup0(a, trimmed.at, trimmed.len);
	}
	buf_free(&half);
	buf_free(&trimmed);
	return value;
}

const char *
check_text_of(const struct form *f, const struct checked_form *checked, enum form_kind kind)
{
	const struct form_field *field = form_field_of(f, kind);

	return field ? checked->values[field - f->fields].text : NULL;
}

static const char *
text_replaced(struct arena *a, const char *text, const char *from, const char *to)
{
	struct buf b = BUF_INIT(VALUE_MAX);
	const char *result;

	for (const char *at; (at = strstr(text, from)) != NULL; text = at + strlen(from)) {
		buf_add(&b, text, (size_t)(at - text));
		buf_str(&b, to);
	}
	buf_str(&b, text);
	result = arena_dup0(a, b.at, b.len);
	buf_free(&b);
	return result;
}

/* Where a picture shows a name that no table holds, one alone can be meant, and the picture itself says that
 * what was read is not what was written, that one is taken, here and wherever else it stands so: the engine
 * cannot read it whatever stands there (it knows no 沚), or was unsure of what it read (unsure; it left 州
 * out). It stays doubtful. A name that was read without a doubt is left as it was read: the slip may be the
 * applicant's. */
static bool
mend_misread(struct checking *c, size_t i, bool unsure)
{
	struct checked_value *values = c->out->values;
	const char *written = NULL, *name = NULL;

	if (values[i].found.evidence.method != DOC_OCR ||
	    !(region_misread(values[i].text, ocr_lacks, &written, &name) ||
	      (unsure && region_misread(values[i].text, NULL, &written, &name))))
		return false;
	written = arena_str(c->arena, written);
	for (size_t k = 0; k < c->form->field_count; k++) {
		const char *at = values[k].text ? strstr(values[k].text, written) : NULL;

		if (!at || values[k].found.evidence.method != DOC_OCR)
			continue;
		values[k].text = text_replaced(c->arena, values[k].text, written, name);
		check_doubt(&values[k]);
	}
	return true;
}

/* ---- one rule for each kind; each is given a field that has a value ---- */

static void
check_region(struct checking *c, size_t i)
{
	struct region_hints hints = {.lead_unit = check_text_of(c->form, c->out, FORM_UNIT),
	                             .sender = arena_fmt(c->arena, "%s %s", c->where, c->sender),
	                             .phone = check_text_of(c->form, c->out, FORM_PHONE)};
	struct region r = region_resolve(c->arena, c->out->values[i].text, &hints);
	bool unsure = c->out->values[i].found.evidence.doubtful;

	/* a place that no table holds, or holds otherwise: one wrong character is likelier */
	if ((!r.code[0] && r.verdict != REGION_NOT_ELIGIBLE) || r.mended) {
		check_doubt(&c->out->values[i]);
		if (mend_misread(c, i, unsure)) {
			hints.lead_unit = check_text_of(c->form, c->out, FORM_UNIT);
			r = region_resolve(c->arena, c->out->values[i].text, &hints);
		}
	}
	c->out->region = r;
	if (r.verdict == REGION_NOT_ELIGIBLE)
		defect(c, i, DEFECT_NOT_ELIGIBLE, r.reason ? r.reason : "");
	else if (r.verdict != REGION_KNOWN) /* with nothing but marks, too: —— */
		defect(c, i, DEFECT_UNKNOWN_REGION, "");
}

static void
check_names(struct checking *c, size_t i)
{
	struct checked_value *v = &c->out->values[i];
	int max = c->form->fields[i].max;
	int count = 0;

	v->names = check_split_names(c->arena, v->text);
	while (v->names[count])
		count++;
	if (!count) /* nothing but marks: / */
		defect(c, i, DEFECT_MISSING, "");
	else if (max && count > max)
		defect(c, i, DEFECT_TOO_MANY, arena_fmt(c->arena, "%d", count));
}

static void
check_profile(struct checking *c, size_t i)
{
	int max = c->form->fields[i].max;
	int count = check_word_count(c->out->values[i].text);

	if (max && count > max)
		defect(c, i, DEFECT_TOO_LONG, arena_fmt(c->arena, "%d", count));
}

static void
check_contact(struct checking *c, size_t i)
{
	if (!check_has_position(c->form, c->out->values[i].text))
		defect(c, i, DEFECT_NO_POSITION, "");
}

/* A local number without its area code, with the one that the region has. It is a guess: to be shown, never
 * to be taken. */
static const char *
with_area_code(struct checking *c, const char *number)
{
	size_t len = strlen(number);
	const char *area = NULL;

	if ((len == 7 || len == 8) && strspn(number, "0123456789") == len && number[0] >= '2' &&
	    number[0] <= '8')
		area = region_dial_of(c->arena, c->out->region.code, len);
	return area ? arena_fmt(c->arena, "%s-%s", area, number) : "";
}

static bool
has_joined_numbers(const char *text)
{
	int digits = 0, most = 0;

	for (; *text; text++) {
		if (*text >= '0' && *text <= '9')
			digits++;
		else if (*text != '-')
			digits = 0;
		most = digits > most ? digits : most;
	}
	return most > DIGITS_MAX;
}

/* Does a mobile stand where a landline's extension would? The mark between the two was read as a dash. */
static bool
joins_mobile(const char *text)
{
	static const char digits[] = "0123456789";

	for (const char *dash = text; (dash = strchr(dash, '-')) != NULL; dash++)
		if (dash - text >= LANDLINE_LEAST && dash[1] == '1' &&
		    strspn(dash + 1, digits) == MOBILE_DIGITS &&
		    strspn(dash - LANDLINE_LEAST, digits) >= LANDLINE_LEAST)
			return true;
	return false;
}

static void
check_number(struct checking *c, size_t i)
{
	const char *province = c->out->region.province;
	bool beijing = province && strncmp(province, "11", 2) == 0;
	const char *bad = "";
	enum phone_verdict v = check_phone_from(c->arena, c->out->values[i].text, beijing, &bad);

	if (joins_mobile(c->out->values[i].text) ||
	    (v != PHONE_GOOD &&
	     (has_joined_numbers(c->out->values[i].text) ||
	      (c->out->values[i].found.evidence.hesitant && check_phone_lacks_digit(bad)))))
		check_doubt(&c->out->values[i]);
	if (v == PHONE_GOOD)
		return;
	defect(c, i, v == PHONE_BAD ? DEFECT_BAD_PHONE : DEFECT_PHONE_PARTLY_BAD, bad);
	c->out->defects[c->out->defect_count - 1].suggest = with_area_code(c, bad);
}

static void (*const rules[])(struct checking *c, size_t i) = {
        [FORM_REGION] = check_region,   [FORM_UNIT] = NULL,
        [FORM_NAMES] = check_names,     [FORM_TEXT] = NULL,
        [FORM_PROFILE] = check_profile, [FORM_CONTACT] = check_contact,
        [FORM_PHONE] = check_number,
};
_Static_assert(sizeof rules / sizeof *rules == FORM_KINDS, "a rule for each kind");

static void
check_field(struct checking *c, size_t i)
{
	const struct form_field *field = &c->form->fields[i];
	const struct checked_value *v = &c->out->values[i];

	if (v->text) {
		if (rules[field->kind])
			rules[field->kind](c, i);
	} else if (field->required) {
		defect(c, i, v->found.hint ? DEFECT_PLACEHOLDER : DEFECT_MISSING, "");
	}
}

struct checked_form *
check_form(struct arena *a, const struct form *f, const struct found_form *found, const char *sender)
{
	struct checked_form *out = arena_alloc(a, 1, sizeof *out);
	struct checking c = {.arena = a,
	                     .form = f,
	                     .out = out,
	                     .sender = sender ? sender : "",
	                     .where = found->where ? found->where : ""};

	out->confidence = 1;
	for (size_t i = 0; i < f->field_count; i++) {
		out->values[i].found = found->values[i];
		out->values[i].text = recorded(a, &f->fields[i], found->values[i].text);
	}
	for (size_t i = 0; i < f->field_count; i++)
		check_field(&c, i);
	check_picture(a, f, out);
	return out;
}
