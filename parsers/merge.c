/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/merge.h"

#include "config/text.h"

#include <string.h>

enum { SAME_VALUES = 5 }; /* of seven: two readings of one sheet, one of them poor */

static bool
by_ocr(const struct form *f, const struct walk_form *w)
{
	for (size_t i = 0; i < f->field_count; i++)
		if (w->found->values[i].text && w->found->values[i].evidence.method == DOC_OCR)
			return true;
	return false;
}

static int
filled(const struct form *f, const struct walk_form *w)
{
	int n = 0;

	for (size_t i = 0; i < f->field_count; i++)
		n += w->checked->values[i].text != NULL;
	return n;
}

/* Characters of the file itself before a picture's, more fields before fewer, a form of its own before
 * a row of a summary, a file before the text of the mail, fewer defects before more. */
int
merge_worth(const struct form *f, const struct walk_form *w)
{
	int worth = by_ocr(f, w) ? 0 : 10000;

	worth += 100 * filled(f, w) + (w->found->row ? 0 : 50) + (w->body ? 0 : 20);
	return worth - (w->checked->defect_count < 20 ? (int)w->checked->defect_count : 20);
}

static bool
same_text(const char *x, const char *y)
{
	struct buf a = BUF_INIT(1 << 16), b = BUF_INIT(1 << 16);
	bool same;

	text_fold(&a, x);
	text_fold(&b, y);
	same = bytes_equal(buf_bytes(&a), buf_bytes(&b));
	buf_free(&a);
	buf_free(&b);
	return same;
}

static int
equal_values(const struct form *f, const struct walk_form *x, const struct walk_form *y)
{
	int n = 0;

	for (size_t i = 0; i < f->field_count; i++) {
		const char *a = x->checked->values[i].text, *b = y->checked->values[i].text;

		n += a && b && same_text(a, b);
	}
	return n;
}

/* One registration? By the region's identity; where one has none, or was read from a picture and may be
 * misread, by what else stands there. */
static bool
same_form(const struct form *f, const struct walk_form *x, const struct walk_form *y)
{
	const char *a = x->checked->region.key, *b = y->checked->region.key;
	int least = filled(f, x) < filled(f, y) ? filled(f, x) : filled(f, y);

	if (a && b && strcmp(a, b) == 0)
		return true;
	if (a && b && !by_ocr(f, x) && !by_ocr(f, y))
		return false;
	return equal_values(f, x, y) >= SAME_VALUES || (!a && !b && least && equal_values(f, x, y) == least);
}

bool
merge_covers(const struct form *f, const struct walk_form *x, const struct walk_form *y)
{
	return same_form(f, x, y) && filled(f, x) >= filled(f, y);
}

static void
add_also(struct findings *out, struct walk_form *keep, const char *name)
{
	struct walk_name **p = &keep->also;

	if (strcmp(keep->source, name) == 0)
		return;
	for (; *p; p = &(*p)->next)
		if (strcmp((*p)->name, name) == 0)
			return;
	*p = arena_alloc(out->arena, 1, sizeof **p);
	(*p)->name = name;
}

static void
add_conflicts(struct findings *out, struct walk_form *keep, const struct walk_form *other)
{
	struct walk_conflict **tail = &keep->conflicts;

	while (*tail)
		tail = &(*tail)->next;
	for (size_t i = 0; i < out->form->field_count; i++) {
		const char *a = keep->checked->values[i].text, *b = other->checked->values[i].text;

		if (!b || (a && same_text(a, b)))
			continue;
		if (out->conflict_count == WALK_CONFLICTS_MAX) {
			out->untold = out->untold ? out->untold : other->source;
			return;
		}
		out->conflict_count++;
		*tail = arena_alloc(out->arena, 1, sizeof **tail);
		**tail = (struct walk_conflict){
		        .field = &out->form->fields[i], .source = other->source, .value = b};
		tail = &(*tail)->next;
	}
}

/* x and y change places but for that in the list. */
static void
exchange(struct walk_form *x, struct walk_form *y)
{
	struct walk_form *x_next = x->next, *y_next = y->next, was = *x;

	*x = *y;
	*y = was;
	x->next = x_next;
	y->next = y_next;
}

/* Take all that are the same out of the list behind x, which becomes the best of them. Returns the others, in
 * the order in which they were met. */
static struct walk_form *
take_same(struct findings *out, struct walk_form *x)
{
	struct walk_form *others = NULL, **tail = &others, **y = &x->next;

	while (*y) {
		struct walk_form *same = *y;

		if (!same_form(out->form, x, same)) {
			y = &same->next;
			continue;
		}
		*y = same->next;
		if (merge_worth(out->form, same) > merge_worth(out->form, x))
			exchange(x, same);
		same->next = NULL;
		*tail = same;
		tail = &same->next;
	}
	return others;
}

void
merge_forms(struct findings *out)
{
	for (struct walk_form *x = out->forms; x; x = x->next)
		for (const struct walk_form *y = take_same(out, x); y; y = y->next) {
			add_also(out, x, y->source);
			add_conflicts(out, x, y);
		}
}
