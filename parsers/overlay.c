/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/overlay.h"

#include "parsers/check.h"
#include "parsers/result.h"

#include "config/json_value.h"

#include <string.h>

/* A field's value as text: names are joined as they were parted. NULL: none. */
static const char *
text_of(struct arena *a, const json_t *v)
{
	const char *joined = NULL;
	const json_t *name;
	size_t i;

	if (json_is_string(v))
		return arena_str(a, json_string_value(v));
	json_array_foreach((json_t *)v, i, name)
	{
		if (json_is_string(name))
			joined = arena_fmt(a, "%s%s%s", joined ? joined : "", joined ? "、" : "",
			                   json_string_value(name));
	}
	return joined;
}

static bool
lists(const json_t *list, const char *key)
{
	const json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i, item)
	{
		if (json_is_string(item) && strcmp(json_string_value(item), key) == 0)
			return true;
	}
	return false;
}

static bool
was_placeholder(const json_t *form, const char *key)
{
	const json_t *d;
	size_t i;

	json_array_foreach(json_object_get(form, "defects"), i, d)
	{
		const char *field = json_text(d, "field");
		const char *code = json_text(d, "code");

		if (field && code && strcmp(field, key) == 0 &&
		    strcmp(code, defect_name(DEFECT_PLACEHOLDER)) == 0)
			return true;
	}
	return false;
}

/* What was read once keeps its evidence: a doubtful value stays one until it is given anew. */
static struct found_value
earlier_value(struct arena *a, const json_t *form, const char *key)
{
	const json_t *confidence = json_object_get(form, "confidence");
	struct found_value v = {.seen = true, .text = text_of(a, json_object_get(form, key))};

	v.evidence.confidence = json_is_number(confidence) ? json_number_value(confidence) : 1.0;
	v.evidence.doubtful = lists(json_object_get(form, "doubtful"), key);
	v.hint = !v.text && was_placeholder(form, key);
	return v;
}

static struct found_value
given_value(struct arena *a, const json_t *value)
{
	struct found_value v = {.seen = true, .text = text_of(a, value)};

	v.evidence.confidence = 1.0;
	return v;
}

bool
overlay_form(const struct form *f, struct bytes asked, struct buf *out, struct err *e)
{
	json_t *o = json_loadb((const char *)asked.at, asked.len, JSON_REJECT_DUPLICATES, NULL);
	const json_t *form = json_object_get(o, "form"), *values = json_object_get(o, "values");
	const char *sender = json_text(o, "sender");
	struct arena *a = arena_new();
	struct found_form found = {0};
	struct walk_form whole = {.source = "body", .found = &found, .body = true};
	bool ok = json_is_object(form) && json_is_object(values) && sender;

	if (!ok) {
		err_set(e, ERR_NOT_MAIL, "--overlay wants an object with form, values and sender");
		goto out;
	}
	for (size_t i = 0; i < f->field_count; i++) {
		const char *key = f->fields[i].key;
		const json_t *value = json_object_get(values, key);

		found.values[i] = value ? given_value(a, value) : earlier_value(a, form, key);
		/* what columns beside it told of the place, and no value does */
		if (f->fields[i].kind == FORM_REGION && !value && json_text(form, "region_code"))
			found.where = json_text(form, "region_name");
	}
	whole.checked = check_form(a, f, &found, sender);
	result_form_json(f, &whole, out);
out:
	json_decref(o);
	arena_free(a);
	return ok;
}
