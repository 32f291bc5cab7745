/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names, numbers and addresses hidden but for two characters, for views that go to others (--mask).
 *
 * What is hidden by its look: telephone numbers (seven digits or more, however they are parted) keep their
 * last two, addresses of mail the first character and their domain. What is hidden because it was learnt:
 * names, which keep their first character (the family name) and the last, where there are three or more. */
#ifndef MINGPIAN_DAEMON_MASK_H
#define MINGPIAN_DAEMON_MASK_H

#include "config/form.h"
#include "config/mem.h"

#include <jansson.h>
#include <stdbool.h>

struct mask;

/* A mask that lives in a; it has learnt nothing. */
struct mask *mask_new(struct arena *a) __attribute__((returns_nonnull));

/* Learn a person as somebody wrote him ("沈志远 产业科科长", "李某 <li@city.test>"): the words of it that may
 * be a name, which is all but positions and offices: those of words_position and of one character are left.
 * NULL and "" teach nothing. */
void mask_learn(struct mask *m, const struct form *f, const char *person);

/* Learn the people that a form (the parser's JSON) names: the values of contact fields. */
void mask_learn_form(struct mask *m, const struct form *f, const json_t *form);

/* Text with everything hidden that is to be; in the arena. NULL gives NULL; so does m NULL its text. */
const char *mask_text(const struct mask *m, const char *text);

/* The same for every string below o, in place, keys and what `spared` names (a NULL-terminated list of keys,
 * or NULL) excepted. m NULL: nothing. */
void mask_json(const struct mask *m, json_t *o, const char *const *spared);

/* A person as a whole ("沈志远 产业科科长"): first and last character stay, whatever stands between is
 * hidden; of two characters or one only the first stays. For a value by itself, where its key says what it
 * is. */
const char *mask_person(const struct mask *m, const char *person);

#endif
