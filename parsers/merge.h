/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same form twice in one message, as Word and as scan, as a form and as a row of a summary: one
 * registration. The better read is its source, the others stand in `also`, and where they differ, in
 * `conflicts`. */
#ifndef MINGPIAN_PARSERS_MERGE_H
#define MINGPIAN_PARSERS_MERGE_H

#include "parsers/walk.h"

/* What is compared of a form: its values folded, once, for a mail's forms are compared each with each other.
 * Lives in a. */
const struct merge_print *merge_print_of(struct arena *a, const struct form *f, const struct walk_form *w);

/* Merge the list in place: what is the same becomes one, in the place of the first. Of
 * registrations beyond WALK_FORMS_MAX only one is looked at: an answer has no room for them. */
void merge_forms(struct findings *out);

/* Is y the same registration as x, and no more filled in? */
bool merge_covers(const struct form *f, const struct walk_form *x, const struct walk_form *y);

/* How much a form tells: the more of one found twice is the better read. */
int merge_worth(const struct walk_form *w);

#endif
