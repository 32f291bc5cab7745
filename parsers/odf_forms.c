/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/odf_forms.h"

#include <string.h>

enum { FIELDS_MAX = 1000, ENTRIES_MAX = 100 };

struct field {
	struct field *next;
	const char *id, *value;
};

struct odf_forms {
	struct arena *a;
	struct field *first; /* the last one first: a list's options follow it */
	int count;
	const char *entries[ENTRIES_MAX]; /* of the open list */
	int entry_count, chosen;
};

struct odf_forms *
odf_forms_new(struct arena *a)
{
	struct odf_forms *f = arena_alloc(a, 1, sizeof *f);

	f->a = a;
	return f;
}

static const char *
kept(struct odf_forms *f, struct bytes b)
{
	return b.len ? arena_dup0(f->a, b.at, b.len) : NULL;
}

static bool
is_field(const char *name)
{
	static const char *const names[] = {"text", "textarea", "formatted-text", "number",
	                                    "date", "time",     "combobox",       "listbox"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static void
add(struct odf_forms *f, const struct xml_tag *t)
{
	struct bytes id = xml_attribute(t, "id"), value = xml_attribute(t, "current-value");
	struct field *n;

	if (!id.len || f->count++ >= FIELDS_MAX)
		return;
	n = arena_alloc(f->a, 1, sizeof *n);
	n->id = kept(f, id);
	n->value = kept(f, value.len ? value : xml_attribute(t, "value"));
	n->next = f->first;
	f->first = n;
}

void
odf_forms_tag(struct odf_forms *f, const struct xml_tag *t)
{
	if (is_field(t->name))
		add(f, t);
	else if (strcmp(t->name, "option") == 0 && f->first &&
	         xml_attribute_is(t, "current-selected", "true"))
		f->first->value = kept(f, xml_attribute(t, "label"));
}

const char *
odf_forms_value(const struct odf_forms *f, struct bytes id)
{
	for (const struct field *n = f->first; n && id.len; n = n->next)
		if (bytes_equal(bytes_str(n->id), id))
			return n->value;
	return NULL;
}

void
odf_forms_list_begin(struct odf_forms *f)
{
	f->entry_count = 0;
	f->chosen = -1;
}

void
odf_forms_list_param(struct odf_forms *f, const struct xml_tag *t)
{
	struct bytes value = xml_attribute(t, "value");

	if (xml_attribute_is(t, "name", "Dropdown_Selected"))
		f->chosen = xml_attribute_number(t, "value", -1, ENTRIES_MAX);
	else if (xml_attribute_is(t, "name", "Dropdown_ListEntry") && f->entry_count < ENTRIES_MAX)
		f->entries[f->entry_count++] = kept(f, value);
}

const char *
odf_forms_list_choice(const struct odf_forms *f)
{
	return f->chosen >= 0 && f->chosen < f->entry_count ? f->entries[f->chosen] : NULL;
}
