/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same form twice in one message, as Word and as scan, as a form and as a row of a summary: one
 * registration. The better read is its source, the others stand in `also`, and where they differ, in
 * `conflicts`. */
#ifndef MINGPIAN_PARSERS_MERGE_H
#define MINGPIAN_PARSERS_MERGE_H

#include "parsers/walk.h"

/* Merge the list in place: what is the same becomes one, in the place of the first. */
void merge_forms(struct findings *out);

/* Is y the same registration as x, and no more filled in? */
bool merge_covers(const struct form *f, const struct walk_form *x, const struct walk_form *y);

/* How much a form tells: the more of one found twice is the better read. */
int merge_worth(const struct form *f, const struct walk_form *w);

#endif
