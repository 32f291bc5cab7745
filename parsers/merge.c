/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/merge.h"

#include "config/text.h"

#include <string.h>

enum { SAME_VALUES = 5 }; /* of seven: two readings of one sheet, one of them poor */

struct merge_print {
	struct bytes values[FORM_FIELDS_MAX]; /* folded; at NULL: none */
	int filled;
	bool by_ocr;
};

static struct bytes
folded(struct arena *a, const char *text)
{
	struct buf b = BUF_INIT(1 << 16);
	struct bytes kept;

	text_fold(&b, text);
	kept = BYTES(arena_dup0(a, b.at ? b.at : "", b.len), b.len);
	buf_free(&b);
	return kept;
}

const struct merge_print *
merge_print_of(struct arena *a, const struct form *f, const struct walk_form *w)
{
	struct merge_print *p = arena_alloc(a, 1, sizeof *p);

	for (size_t i = 0; i < f->field_count; i++) {
		const struct found_value *found = &w->found->values[i];
		const char *text = w->checked->values[i].text;

		p->by_ocr = p->by_ocr || (found->text && found->evidence.method == DOC_OCR);
		p->filled += text != NULL;
		if (text)
			p->values[i] = folded(a, text);
	}
	return p;
}

/* Characters of the file itself before a picture's, more fields before fewer, a form of its own before
 * a row of a summary, a file before the text of the mail, fewer defects before more. */
int
merge_worth(const struct walk_form *w)
{
	int worth = w->print->by_ocr ? 0 : 10000;

	worth += 100 * w->print->filled + (w->found->row ? 0 : 50) + (w->body ? 0 : 20);
	return worth - (w->checked->defect_count < 20 ? (int)w->checked->defect_count : 20);
}

static int
equal_values(const struct form *f, const struct merge_print *x, const struct merge_print *y)
{
	int n = 0;

	for (size_t i = 0; i < f->field_count; i++)
		n += x->values[i].at && y->values[i].at && bytes_equal(x->values[i], y->values[i]);
	return n;
}

/* One registration? By the region's identity; where one has none, or was read from a picture and may be
 * misread, by what else stands there. */
static bool
same_form(const struct form *f, const struct walk_form *x, const struct walk_form *y)
{
	const char *a = x->checked->region.key, *b = y->checked->region.key;
	int least = x->print->filled < y->print->filled ? x->print->filled : y->print->filled;
	int equal;

	if (a && b && strcmp(a, b) == 0)
		return true;
	if (a && b && !x->print->by_ocr && !y->print->by_ocr)
		return false;
	equal = equal_values(f, x->print, y->print);
	return equal >= SAME_VALUES || (!a && !b && least && equal == least);
}

bool
merge_covers(const struct form *f, const struct walk_form *x, const struct walk_form *y)
{
	return same_form(f, x, y) && x->print->filled >= y->print->filled;
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
		struct bytes a = keep->print->values[i], b = other->print->values[i];

		if (!b.at || (a.at && bytes_equal(a, b)))
			continue;
		if (out->conflict_count == WALK_CONFLICTS_MAX) {
			out->untold = out->untold ? out->untold : other->source;
			return;
		}
		out->conflict_count++;
		*tail = arena_alloc(out->arena, 1, sizeof **tail);
		**tail = (struct walk_conflict){.field = &out->form->fields[i],
		                                .source = other->source,
		                                .value = other->checked->values[i].text};
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
		if (merge_worth(same) > merge_worth(x))
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
	size_t n = 0;

	for (struct walk_form *x = out->forms; x && n <= WALK_FORMS_MAX; x = x->next, n++)
		for (const struct walk_form *y = take_same(out, x); y; y = y->next) {
			add_also(out, x, y->source);
			add_conflicts(out, x, y);
		}
}
