/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/reading_shape.h"

enum { ITEMS_MAX = 4000 /* of one list */ };

/* ---- the members of each object ---- */

enum want {
	WANT_TEXT,
	WANT_TEXT_OR_NULL,
	WANT_BOOL,
	WANT_OBJECT,
	WANT_OBJECT_OR_NULL,
	WANT_TEXTS,
	WANT_LIST,
	WANT_NUMBER
};

struct member {
	const char *name;
	enum want want;
	bool may_lack;
};

static const struct member answer_members[] = {
        {"message_id", WANT_TEXT, false},
        {"subject", WANT_TEXT, false},
        {"from", WANT_TEXT, false},
        {"from_addr", WANT_TEXT, false},
        {"from_name", WANT_TEXT, false},
        {"reply_to", WANT_TEXT, false},
        {"date", WANT_TEXT, false},
        {"in_reply_to", WANT_TEXT, false},
        {"references", WANT_TEXTS, false},
        {"auth", WANT_OBJECT, false},
        {"content_sha256", WANT_TEXT, false},
        {"machine", WANT_TEXT_OR_NULL, false},
        {"bounce", WANT_OBJECT_OR_NULL, false},
        {"disposition", WANT_TEXT, false},
        {"late", WANT_BOOL, false},
        {"withheld", WANT_BOOL, true},
        {"withheld_why", WANT_TEXT_OR_NULL, true},
        {"marked", WANT_BOOL, false},
        {"forms", WANT_LIST, false},
        {"unread", WANT_LIST, false},
        {"supplementary", WANT_TEXTS, false},
        {"hidden", WANT_TEXTS, true},
        {"links", WANT_TEXTS, false},
        {"values", WANT_OBJECT, false},
        {"withdraw", WANT_TEXT_OR_NULL, true},
        {"orders", WANT_LIST, true},
        {"parser", WANT_TEXT, false},
};

static const struct member form_members[] = {
        {"source", WANT_TEXT, false},
        {"also", WANT_TEXTS, true},
        {"region_code", WANT_TEXT_OR_NULL, false},
        {"region_key", WANT_TEXT_OR_NULL, false},
        {"region_name", WANT_TEXT_OR_NULL, true},
        {"category", WANT_TEXT_OR_NULL, false},
        {"category_reason", WANT_TEXT_OR_NULL, true},
        {"confidence", WANT_NUMBER, false},
        {"doubtful", WANT_TEXTS, true},
        {"defects", WANT_LIST, false},
        {"conflicts", WANT_LIST, true},
        {"places", WANT_OBJECT, true},
};

static const struct member defect_members[] = {
        {"field", WANT_TEXT, false},          {"code", WANT_TEXT, false},
        {"severity", WANT_TEXT, false},       {"detail", WANT_TEXT_OR_NULL, true},
        {"suggest", WANT_TEXT_OR_NULL, true},
};

static const struct member conflict_members[] = {
        {"field", WANT_TEXT, false}, {"source", WANT_TEXT, false}, {"value", WANT_TEXT, false}};

static const struct member place_members[] = {
        {"source", WANT_TEXT, true}, {"page", WANT_NUMBER, true},   {"table", WANT_NUMBER, true},
        {"row", WANT_NUMBER, true},  {"column", WANT_NUMBER, true}, {"line", WANT_NUMBER, true},
        {"cell", WANT_TEXT, true},   {"method", WANT_TEXT, false},  {"confidence", WANT_NUMBER, false}};

static const struct member unread_members[] = {{"source", WANT_TEXT, false}, {"reason", WANT_TEXT, false}};

static const struct member order_members[] = {
        {"verb", WANT_TEXT, false}, {"word", WANT_TEXT, false}, {"code", WANT_TEXT, false}};

static const struct member auth_members[] = {{"spf", WANT_TEXT_OR_NULL, true},
                                             {"dkim", WANT_TEXT_OR_NULL, true},
                                             {"dmarc", WANT_TEXT_OR_NULL, true}};

static const struct member bounce_members[] = {{"of", WANT_TEXT_OR_NULL, true},
                                               {"receipt", WANT_TEXT_OR_NULL, true},
                                               {"status", WANT_TEXT_OR_NULL, true}};

#define MEMBERS(t) .members = (t), .count = sizeof(t) / sizeof *(t)

static const struct {
	const char *name; /* for messages */
	const struct member *members;
	size_t count;
} objects[] = {
        [READING_ANSWER] = {"answer", MEMBERS(answer_members)},
        [READING_FORM] = {"form", MEMBERS(form_members)},
        [READING_DEFECT] = {"defect", MEMBERS(defect_members)},
        [READING_CONFLICT] = {"conflict", MEMBERS(conflict_members)},
        [READING_PLACE] = {"place", MEMBERS(place_members)},
        [READING_UNREAD] = {"unread", MEMBERS(unread_members)},
        [READING_ORDER] = {"order", MEMBERS(order_members)},
        [READING_AUTH] = {"auth", MEMBERS(auth_members)},
        [READING_BOUNCE] = {"bounce", MEMBERS(bounce_members)},
};

/* ---- checking ---- */

static bool
is_text(const json_t *v)
{
	return json_is_string(v) && json_string_length(v) <= READING_TEXT_MAX;
}

static bool
is_texts(const json_t *v)
{
	size_t i;
	const json_t *item;

	if (!json_is_array(v) || json_array_size(v) > ITEMS_MAX)
		return false;
	json_array_foreach((json_t *)v, i, item) if (!is_text(item)) return false;
	return true;
}

static bool
is_wanted(const json_t *v, enum want want)
{
	switch (want) {
	case WANT_TEXT: return is_text(v);
	case WANT_TEXT_OR_NULL: return json_is_null(v) || is_text(v);
	case WANT_BOOL: return json_is_boolean(v);
	case WANT_OBJECT: return json_is_object(v);
	case WANT_OBJECT_OR_NULL: return json_is_null(v) || json_is_object(v);
	case WANT_TEXTS: return is_texts(v);
	case WANT_LIST: return json_is_array(v) && json_array_size(v) <= ITEMS_MAX;
	case WANT_NUMBER: return json_is_number(v);
	}
	return false;
}

bool
reading_is_shaped(const json_t *o, enum reading_object as, struct err *e)
{
	const char *what = objects[as].name;

	if (!json_is_object(o))
		return err_set(e, ERR_PROTOCOL, "the parser's answer: %s is no object", what);
	for (size_t i = 0; i < objects[as].count; i++) {
		const struct member *m = &objects[as].members[i];
		const json_t *v = json_object_get(o, m->name);

		if (!v && m->may_lack)
			continue;
		if (!v || !is_wanted(v, m->want))
			return err_set(e, ERR_PROTOCOL, "the parser's answer: %s.%s is %s", what, m->name,
			               v ? "of the wrong type or too long" : "missing");
	}
	return true;
}

bool
reading_are_shaped(const json_t *list, enum reading_object as, struct err *e)
{
	size_t i;
	const json_t *item;

	json_array_foreach((json_t *)list, i, item) if (!reading_is_shaped(item, as, e)) return false;
	return true;
}

bool
reading_values_are_shaped(const json_t *o, const struct form *f, struct err *e)
{
	for (size_t i = 0; i < f->field_count; i++) {
		const json_t *v = json_object_get(o, f->fields[i].key);

		if (!v || json_is_null(v) || (f->fields[i].kind == FORM_NAMES ? is_texts(v) : is_text(v)))
			continue;
		return err_set(e, ERR_PROTOCOL, "the parser's answer: field %s is of the wrong type",
		               f->fields[i].key);
	}
	return true;
}
