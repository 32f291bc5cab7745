/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How sure the values of a form are that was read from a picture, by what they say of each other: the engine
 * is sure of much that it misread (docs/parse.md). Characters of a file itself are never doubted here. */
#ifndef MINGPIAN_PARSERS_CHECK_PICTURE_H
#define MINGPIAN_PARSERS_CHECK_PICTURE_H

#include "parsers/check.h"

/* A value that a misreading explains better than the sender does: doubtful, if a picture gave it. */
void check_doubt(struct checked_value *v);

/* Behind the rules of check_form(), which have set values and region: doubts what does not agree, takes back
 * a doubt that a table answers, and sums up the form's confidence. */
void check_picture(struct arena *a, const struct form *f, struct checked_form *out);

#endif
