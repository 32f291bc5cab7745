/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a reply says: from facts to the values that its templates know (reply_kit.c has their table).
 * For reply.c. */
#ifndef MINGPIAN_DAEMON_REPLY_LETTER_H
#define MINGPIAN_DAEMON_REPLY_LETTER_H

#include "daemon/reply_kit.h"

#include <jansson.h>

/* All borrowed; what the functions return lives in the arena. */
struct letter {
	const struct reply_kit *kit;
	const struct reply_facts *f;
	struct arena *arena;
	json_t *values;
};

/* Fill l->values with all that the facts give; what is attached the caller adds. */
void letter_fill(struct letter *l);

/* No stranger's text goes into a reply whole: cut at max characters with …, unsafe characters made
 * spaces, newlines kept where lines. NULL gives "". */
const char *letter_cut(struct letter *l, const char *s, size_t max, bool lines);

/* The sentence for a defect: what stands there, what is asked for. */
const char *letter_opinion(struct letter *l, const struct reply_form *form,
                           const struct reply_defect *defect);

/* The form's value of this field, or NULL. */
const char *letter_value(const struct reply_form *form, const char *key);

/* Set a value. Broken UTF-8, which only a caller's mistake can bring here, is left out. */
void letter_put(json_t *o, const char *name, const char *value);
void letter_put_number(json_t *o, const char *name, size_t value);
void letter_put_flag(json_t *o, const char *name, bool value);

#endif
