/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/reading.h"

#include "config/buf.h"
#include "config/json_value.h"
#include "config/mem.h"
#include "daemon/json_shape.h"
#include "daemon/reading_shape.h"

#include <stdlib.h>
#include <string.h>

enum {
	FORMS_MAX = 2000,
	DEPTH_MAX = 16,
	VALUES_MAX = 500000, /* of the whole answer: FORMS_MAX forms have fewer */
	KEY_MAX = 256,       /* bytes of a region_key, which stands in the log */
	DEFECTS_MAX = 60, /* of one form; with KEY_MAX, so that a line of the log holds all forms of a mail */
};

static const char *const dispositions[] = {
        [DISPOSITION_IGNORED] = "ignored",   [DISPOSITION_CORRECTION] = "correction",
        [DISPOSITION_ACCEPTED] = "accepted", [DISPOSITION_UNREADABLE] = "unreadable",
        [DISPOSITION_NO_FORM] = "no_form",   [DISPOSITION_OTHER] = "other",
};
_Static_assert(sizeof dispositions / sizeof *dispositions == DISPOSITIONS, "a name for each");

const char *
disposition_name(enum disposition d)
{
	return dispositions[d];
}

bool
disposition_of(const char *name, enum disposition *d_r)
{
	for (size_t i = 0; i < DISPOSITIONS; i++)
		if (strcmp(dispositions[i], name) == 0) {
			*d_r = (enum disposition)i;
			return true;
		}
	return false;
}

/* ---- meaning ---- */

static bool
one_of(const char *s, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(s, *words) == 0)
			return true;
	return false;
}

static bool
count_defects(struct reading_form *rf, const json_t *defects, const struct form *f, struct err *e)
{
	static const char *const codes[] = {
	        "missing",      "placeholder", "too_many",       "too_long",         "bad_phone",
	        "not_eligible", "no_position", "unknown_region", "phone_partly_bad", NULL};
	size_t i;
	const json_t *d;

	if (json_array_size(defects) > DEFECTS_MAX)
		return err_set(e, ERR_PROTOCOL, "the parser's answer: %zu defects in one form",
		               json_array_size(defects));
	json_array_foreach((json_t *)defects, i, d)
	{
		const char *key = json_text(d, "field");
		const char *severity = json_text(d, "severity");
		const struct form_field *field = form_field(f, key);

		if (!field || !one_of(json_text(d, "code"), codes) ||
		    !one_of(severity, (const char *const[]){"error", "notice", NULL}))
			return err_set(e, ERR_PROTOCOL, "the parser's answer: a defect that is not known");
		if (strcmp(severity, "error") == 0)
			rf->errors++;
		else
			rf->notices++;
		if (field->kind == FORM_REGION)
			rf->region_defect = true;
	}
	return true;
}

static bool
is_code(const char *s)
{
	return !s || (strlen(s) == 6 && strspn(s, "0123456789") == 6);
}

/* What the log may hold: short, and nothing that a terminal takes for a command. */
static bool
is_key(const char *s)
{
	size_t len = s ? strlen(s) : 0;

	if (len > KEY_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] < ' ' || s[i] == 0x7f)
			return false;
	return true;
}

static bool
is_sure(const json_t *number)
{
	double n = json_number_value(number);

	return n >= 0 && n <= 1;
}

static bool
check_places(const json_t *places, const struct form *f, struct err *e)
{
	const char *key;
	json_t *place;

	json_object_foreach((json_t *)places, key, place)
	{
		if (!reading_is_shaped(place, READING_PLACE, e))
			return false;
		if (!form_field(f, key) || !is_sure(json_object_get(place, "confidence")) ||
		    !one_of(json_text(place, "method"), (const char *const[]){"text", "ocr", NULL}))
			return err_set(e, ERR_PROTOCOL, "the parser's answer: a place that is none");
	}
	return true;
}

static bool
check_conflicts(const json_t *conflicts, const struct form *f, struct err *e)
{
	size_t i;
	const json_t *c;

	if (!reading_are_shaped(conflicts, READING_CONFLICT, e))
		return false;
	json_array_foreach((json_t *)conflicts, i, c)
	{
		if (!form_field(f, json_text(c, "field")))
			return err_set(e, ERR_PROTOCOL, "the parser's answer: a conflict of no field");
	}
	return true;
}

static bool
check_doubtful(const json_t *list, const struct form *f, struct err *e)
{
	size_t i;
	const json_t *key;

	json_array_foreach((json_t *)list, i, key)
	{
		if (!form_field(f, json_string_value(key)))
			return err_set(e, ERR_PROTOCOL, "the parser's answer: a doubtful field that is none");
	}
	return true;
}

static bool
check_region(const struct reading_form *rf, struct err *e)
{
	static const char *const categories[] = {"sub_provincial", "prefecture", "county", "cluster", NULL};

	if (!is_code(rf->region_code) || (rf->category && !one_of(rf->category, categories)))
		return err_set(e, ERR_PROTOCOL,
		               "the parser's answer: a region code or category that is none");
	if (!is_key(rf->region_key))
		return err_set(e, ERR_PROTOCOL, "the parser's answer: a region_key that is none");
	return true;
}

static bool
open_form(struct reading_form *rf, const json_t *o, const struct form *f, struct err *e)
{
	if (!reading_is_shaped(o, READING_FORM, e) || !reading_values_are_shaped(o, f, e) ||
	    !reading_are_shaped(json_object_get(o, "defects"), READING_DEFECT, e) ||
	    !count_defects(rf, json_object_get(o, "defects"), f, e) ||
	    !check_conflicts(json_object_get(o, "conflicts"), f, e) ||
	    !check_doubtful(json_object_get(o, "doubtful"), f, e) ||
	    !check_places(json_object_get(o, "places"), f, e))
		return false;
	if (!is_sure(json_object_get(o, "confidence")))
		return err_set(e, ERR_PROTOCOL, "the parser's answer: a confidence that is none");
	rf->json = o;
	rf->source = json_text(o, "source");
	rf->region_code = json_text(o, "region_code");
	rf->region_key = json_text(o, "region_key");
	rf->category = json_text(o, "category");
	if (!rf->region_key)
		rf->region_defect = true;
	return check_region(rf, e);
}

static bool
open_forms(struct reading *r, const struct form *f, struct err *e)
{
	const json_t *list = json_object_get(r->json, "forms");
	size_t n = json_array_size(list);

	if (n > FORMS_MAX)
		return err_set(e, ERR_PROTOCOL, "the parser's answer: %zu forms in one mail", n);
	r->forms = mem_alloc(n, sizeof *r->forms);
	r->form_count = n;
	for (size_t i = 0; i < n; i++)
		if (!open_form(&r->forms[i], json_array_get(list, i), f, e))
			return false;
	return true;
}

/* A disposition must agree with what it is said of: "accepted" without a form would be recorded as
 * nothing and answered all the same. */
static bool
check_sense(const struct reading *r, struct err *e)
{
	size_t errors = 0;
	bool forms = r->disposition == DISPOSITION_ACCEPTED || r->disposition == DISPOSITION_CORRECTION;

	for (size_t i = 0; i < r->form_count; i++)
		errors += r->forms[i].errors;
	if (forms != (r->form_count > 0) && r->disposition != DISPOSITION_IGNORED)
		return err_set(e, ERR_PROTOCOL, "the parser's answer: %s with %zu forms",
		               disposition_name(r->disposition), r->form_count);
	if (forms && (errors > 0) != (r->disposition == DISPOSITION_CORRECTION))
		return err_set(e, ERR_PROTOCOL, "the parser's answer: %s with %zu errors",
		               disposition_name(r->disposition), errors);
	if (strlen(r->content_sha256) != 64 || strspn(r->content_sha256, "0123456789abcdef") != 64)
		return err_set(e, ERR_PROTOCOL, "the parser's answer: content_sha256 is no SHA-256");
	return true;
}

/* An enhanced status code (RFC 3463) or NULL: it goes into the log, where no stranger's words may stand. */
static const char *
status_of(const json_t *bounce)
{
	const char *s = json_text(bounce, "status");

	return s && strlen(s) <= 12 && strspn(s, "0123456789.") == strlen(s) ? s : NULL;
}

/* What goes into the log must be words of ours, whatever the worker says. */
static bool
check_words(const struct reading *r, struct err *e)
{
	static const char *const whys[] = {"automatic", "own_domain", "doubtful", NULL};
	static const char version[] = "0123456789abcdefghijklmnopqrstuvwxyz.+-~";

	if (r->withheld_why && !one_of(r->withheld_why, whys))
		return err_set(e, ERR_PROTOCOL, "the parser's answer: a withheld_why that is none");
	if (strlen(r->parser) > 40 || strspn(r->parser, version) != strlen(r->parser))
		return err_set(e, ERR_PROTOCOL, "the parser's answer: parser is no version");
	return true;
}

static void
fill(struct reading *r)
{
	const json_t *o = r->json, *bounce = json_object_get(o, "bounce"), *auth = json_object_get(o, "auth");

	r->late = json_flag(o, "late");
	r->withheld = json_flag(o, "withheld");
	r->marked = json_flag(o, "marked");
	r->withheld_why = json_text(o, "withheld_why");
	r->machine = json_text(o, "machine");
	r->message_id = json_text(o, "message_id");
	r->subject = json_text(o, "subject");
	r->from_addr = json_text(o, "from_addr");
	r->from_name = json_text(o, "from_name");
	r->reply_to = json_text(o, "reply_to");
	r->date = json_text(o, "date");
	r->withdraw = json_text(o, "withdraw");
	r->in_reply_to = json_text(o, "in_reply_to");
	r->references = json_object_get(o, "references");
	r->spf = json_text(auth, "spf");
	r->dmarc = json_text(auth, "dmarc");
	r->content_sha256 = json_text(o, "content_sha256");
	r->bounce = json_is_object(bounce);
	r->bounce_of = r->bounce ? json_text(bounce, "of") : NULL;
	r->bounce_receipt = r->bounce ? json_text(bounce, "receipt") : NULL;
	r->bounce_status = r->bounce ? status_of(bounce) : NULL;
	r->unread = json_object_get(o, "unread");
	r->supplementary = json_object_get(o, "supplementary");
	r->hidden = json_object_get(o, "hidden");
	r->links = json_object_get(o, "links");
	r->values = json_object_get(o, "values");
	r->orders = json_object_get(o, "orders");
	r->parser = json_text(o, "parser");
}

static bool
check_unread(const struct reading *r, struct err *e)
{
	static const char *const reasons[] = {"encrypted", "damaged", "unsupported",
	                                      "too_large", "timeout", NULL};
	size_t i;
	const json_t *u;

	if (!reading_are_shaped(r->unread, READING_UNREAD, e))
		return false;
	json_array_foreach((json_t *)r->unread, i, u)
	{
		if (!one_of(json_text(u, "reason"), reasons))
			return err_set(e, ERR_PROTOCOL, "the parser's answer: an unread reason that is none");
	}
	return true;
}

static bool
load(json_t **json_r, const char *text, struct err *e)
{
	json_error_t why;

	*json_r = NULL;
	if (!json_shape_ok(text, DEPTH_MAX, VALUES_MAX, e))
		return false;
	*json_r = json_loads(text, JSON_REJECT_DUPLICATES, &why);
	return *json_r || err_set(e, ERR_PROTOCOL, "the parser's answer is no JSON: %s", why.text);
}

/* An order's act goes into the log, its word to staff: words of ours alone. */
static bool
check_orders(const struct reading *r, const struct form *f, struct err *e)
{
	const struct {
		const char *verb;
		form_list words;
	} verbs[] = {{"release", f->words_order_release},
	             {"accept", f->words_order_accept},
	             {"dismiss", f->words_order_dismiss}};
	size_t i;
	const json_t *o;

	if (!reading_are_shaped(r->orders, READING_ORDER, e))
		return false;
	json_array_foreach((json_t *)r->orders, i, o)
	{
		bool known = false;

		for (size_t v = 0; v < sizeof verbs / sizeof *verbs; v++)
			known = known || (strcmp(json_text(o, "verb"), verbs[v].verb) == 0 &&
			                  one_of(json_text(o, "word"), verbs[v].words));
		if (!known || strlen(json_text(o, "code")) > 40)
			return err_set(e, ERR_PROTOCOL, "the parser's answer: an order that is none");
	}
	return true;
}

bool
reading_open(struct reading *r, const struct form *f, const char *text, struct err *e)
{
	bool ok = false;

	*r = (struct reading){0};
	if (!load(&r->json, text, e))
		return false;
	if (!reading_is_shaped(r->json, READING_ANSWER, e) ||
	    !reading_is_shaped(json_object_get(r->json, "auth"), READING_AUTH, e))
		goto out;
	if (json_is_object(json_object_get(r->json, "bounce")) &&
	    !reading_is_shaped(json_object_get(r->json, "bounce"), READING_BOUNCE, e))
		goto out;
	fill(r);
	if (!disposition_of(json_text(r->json, "disposition"), &r->disposition)) {
		err_set(e, ERR_PROTOCOL, "the parser's answer: a disposition that is none");
		goto out;
	}
	ok = check_words(r, e) && check_unread(r, e) && check_orders(r, f, e) &&
	     reading_values_are_shaped(r->values, f, e) && open_forms(r, f, e) && check_sense(r, e);
out:
	if (!ok)
		reading_close(r);
	return ok;
}

bool
reading_open_form(json_t **json_r, struct reading_form *form_r, const struct form *f, const char *text,
                  struct err *e)
{
	*form_r = (struct reading_form){0};
	if (!load(json_r, text, e))
		return false;
	if (open_form(form_r, *json_r, f, e))
		return true;
	json_decref(*json_r);
	*json_r = NULL;
	return false;
}

void
reading_close(struct reading *r)
{
	free(r->forms);
	json_decref(r->json);
	*r = (struct reading){0};
}

void
reading_cut_short(struct reading *r)
{
	json_t *list = json_object_get(r->json, "unread"), *u;
	bool named = false;
	size_t i;

	if (r->disposition == DISPOSITION_IGNORED)
		return;
	json_array_foreach(list, i, u)
	{
		if (strcmp(json_text(u, "reason"), "damaged") != 0)
			continue;
		json_object_set_new(u, "reason", json_string("too_large"));
		named = true;
	}
	if (!named)
		json_array_append_new(list,
		                      json_pack("{s:s+, s:s}", "source", *r->subject ? r->subject : "附件",
		                                *r->subject ? ".eml" : "", "reason", "too_large"));
	if (r->disposition == DISPOSITION_NO_FORM) {
		r->disposition = DISPOSITION_UNREADABLE;
		json_object_set_new(r->json, "disposition", json_string(disposition_name(r->disposition)));
	}
}

char *
reading_value(const json_t *values, const struct form_field *field)
{
	const json_t *v = json_object_get(values, field->key), *item;
	struct buf b = BUF_INIT(READING_TEXT_MAX);
	size_t i;

	if (json_is_string(v))
		return mem_str(json_string_value(v));
	if (!json_is_array(v) || !json_array_size(v))
		return NULL;
	json_array_foreach((json_t *)v, i, item)
	{
		if (i)
			buf_str(&b, "、");
		buf_str(&b, json_string_value(item));
	}
	return buf_take(&b);
}
