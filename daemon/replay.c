/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/replay.h"

#include "config/buf.h"
#include "config/json_value.h"
#include "config/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1 << 20 };

/* Note it where the two are not the same; NULL and "" are. */
static void
compare(json_t *list, const char *form, const char *field, const char *was, const char *now)
{
	json_t *o;

	if (strcmp(was ? was : "", now ? now : "") == 0)
		return;
	o = json_pack("{s:o, s:s, s:o, s:o}", "form", json_text_or_null(form), "field", field, "was",
	              json_text_or_null(was && *was ? was : NULL), "now",
	              json_text_or_null(now && *now ? now : NULL));
	if (!o || json_array_append_new(list, o) != 0)
		mem_die("comparing two readings");
}

/* ---- lists as one text ---- */

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "phone bad_phone, profile too_long": two members of each of a list's objects, sorted. */
static char *
joined(const json_t *list, const char *first, const char *second)
{
	size_t n = json_array_size(list), i;
	char **words = mem_alloc(n + 1, sizeof *words);
	struct buf b = BUF_INIT(TEXT_MAX);
	const json_t *o;

	json_array_foreach((json_t *)list, i, o)
	{
		struct buf one = BUF_INIT(TEXT_MAX);

		buf_fmt(&one, "%s %s", json_text(o, first) ? json_text(o, first) : "?",
		        json_text(o, second) ? json_text(o, second) : "?");
		words[i] = buf_take(&one);
	}
	qsort(words, n, sizeof *words, by_text);
	for (i = 0; i < n; i++) {
		buf_fmt(&b, "%s%s", i ? ", " : "", words[i]);
		free(words[i]);
	}
	free(words);
	return buf_take(&b);
}

static void
compare_lists(json_t *list, const char *form, const char *field, const json_t *was, const json_t *now,
              const char *first, const char *second)
{
	char *a = joined(was, first, second), *b = joined(now, first, second);

	compare(list, form, field, a, b);
	free(a);
	free(b);
}

/* ---- forms ---- */

static const char *
called(const struct reading_form *f)
{
	const char *region = json_text(f->json, "region");

	return region && *region ? region : f->source;
}

static void
compare_forms(json_t *list, const struct form *f, const struct reading_form *was,
              const struct reading_form *now)
{
	const char *form = called(was);

	for (size_t i = 0; i < f->field_count; i++) {
		char *a = reading_value(was->json, &f->fields[i]),
		     *b = reading_value(now->json, &f->fields[i]);

		compare(list, form, f->fields[i].key, a, b);
		free(a);
		free(b);
	}
	compare(list, form, "region_code", was->region_code, now->region_code);
	compare(list, form, "region_key", was->region_key, now->region_key);
	compare(list, form, "category", was->category, now->category);
	compare_lists(list, form, "defects", json_object_get(was->json, "defects"),
	              json_object_get(now->json, "defects"), "field", "code");
}

static bool
same_key(const struct reading *was, size_t i, const struct reading *now, size_t k)
{
	const char *a = was->forms[i].region_key, *b = now->forms[k].region_key;

	return a && b && strcmp(a, b) == 0;
}

static bool
same_source(const struct reading *was, size_t i, const struct reading *now, size_t k)
{
	return strcmp(was->forms[i].source, now->forms[k].source) == 0;
}

static bool
same_place(const struct reading *was, size_t i, const struct reading *now, size_t k)
{
	(void)was;
	(void)now;
	return i == k;
}

/* to[i]: the form of now that is form i of was, or SIZE_MAX. */
static void
pair(const struct reading *was, const struct reading *now, size_t *to, bool *taken)
{
	static bool (*const ways[])(const struct reading *, size_t, const struct reading *,
	                            size_t) = {same_key, same_source, same_place};

	for (size_t i = 0; i < was->form_count; i++)
		to[i] = SIZE_MAX;
	for (size_t w = 0; w < sizeof ways / sizeof *ways; w++)
		for (size_t i = 0; i < was->form_count; i++)
			for (size_t k = 0; k < now->form_count && to[i] == SIZE_MAX; k++)
				if (!taken[k] && ways[w](was, i, now, k)) {
					to[i] = k;
					taken[k] = true;
				}
}

static void
compare_all_forms(json_t *list, const struct form *f, const struct reading *was, const struct reading *now)
{
	size_t *to = mem_alloc(was->form_count + 1, sizeof *to);
	bool *taken = mem_alloc(now->form_count + 1, sizeof *taken);

	pair(was, now, to, taken);
	for (size_t i = 0; i < was->form_count; i++) {
		if (to[i] == SIZE_MAX)
			compare(list, called(&was->forms[i]), "form", was->forms[i].source, NULL);
		else
			compare_forms(list, f, &was->forms[i], &now->forms[to[i]]);
	}
	for (size_t k = 0; k < now->form_count; k++)
		if (!taken[k])
			compare(list, called(&now->forms[k]), "form", NULL, now->forms[k].source);
	free(to);
	free(taken);
}

/* ---- the mail as a whole ---- */

static void
compare_values(json_t *list, const json_t *was, const json_t *now)
{
	char *a = json_object_size(was) ? json_dumps(was, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	char *b = json_object_size(now) ? json_dumps(now, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

	compare(list, NULL, "values", a, b);
	free(a);
	free(b);
}

static const char *
withheld(const struct reading *r)
{
	return r->withheld ? (r->withheld_why ? r->withheld_why : "yes") : NULL;
}

/* What it takes back; NULL: nothing. "" takes back what it does not name. */
static const char *
withdrawn(const struct reading *r)
{
	return r->withdraw && !*r->withdraw ? "yes" : r->withdraw;
}

json_t *
replay_compare(const struct form *f, const struct reading *was, const struct reading *now)
{
	json_t *list = json_array();

	if (!list)
		mem_die("comparing two readings");
	compare(list, NULL, "disposition", disposition_name(was->disposition),
	        disposition_name(now->disposition));
	compare(list, NULL, "late", was->late ? "yes" : "no", now->late ? "yes" : "no");
	compare(list, NULL, "withheld", withheld(was), withheld(now));
	compare_lists(list, NULL, "unread", was->unread, now->unread, "source", "reason");
	compare_values(list, was->values, now->values);
	compare(list, NULL, "withdraw", withdrawn(was), withdrawn(now));
	compare_all_forms(list, f, was, now);
	return list;
}
