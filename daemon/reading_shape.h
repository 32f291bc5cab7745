/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shape of the parser's answer: which members its objects have, and of which types. What they mean is
 * reading.c's to check, the whole's size and depth json_shape.h's. */
#ifndef MINGPIAN_DAEMON_READING_SHAPE_H
#define MINGPIAN_DAEMON_READING_SHAPE_H

#include "config/err.h"
#include "config/form.h"

#include <jansson.h>
#include <stdbool.h>

enum { READING_TEXT_MAX = 1 << 20 /* bytes of one string; a profile pasted whole is a few thousand */ };

enum reading_object {
	READING_ANSWER,
	READING_FORM,
	READING_DEFECT,
	READING_CONFLICT,
	READING_PLACE,
	READING_UNREAD,
	READING_ORDER,
	READING_AUTH,
	READING_BOUNCE,
};

/* Has o all members of such an object that must be there, and each that is there the right type and no more
 * than its length? Further members are let pass. ERR_PROTOCOL: which member is wrong. */
bool reading_is_shaped(const json_t *o, enum reading_object as, struct err *e);

/* The same of each item of a list. */
bool reading_are_shaped(const json_t *list, enum reading_object as, struct err *e);

/* The values of a form's fields, as members of o: texts, lists of texts for names, null, or not there. */
bool reading_values_are_shaped(const json_t *o, const struct form *f, struct err *e);

#endif
