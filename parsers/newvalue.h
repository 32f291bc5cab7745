/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an answer without a form says behind a label is a sentence of its writer's: 联系电话：改为0512-…, 主导
 * 产业：电子信息，其他不变, 联系人：不变, 联系电话：可以填两个吗？ What of it is the value? */
#ifndef MINGPIAN_PARSERS_NEWVALUE_H
#define MINGPIAN_PARSERS_NEWVALUE_H

#include "config/form.h"
#include "config/mem.h"
#include "parsers/label.h"

/* The value in text; NULL: none is given, for it asks, leaves things as they are, or points elsewhere. In a.
 */
const char *newvalue_of(struct arena *a, enum form_kind kind, const char *text);

/* A sentence that says so without a colon: 现将联系电话更正为0512-…，请查收。 */
struct newvalue_change {
	int field;          /* its place in form->fields */
	const char *text;   /* for newvalue_of(), in a */
	const char *clause; /* where in the text it begins */
	const char *rest;   /* and what is behind it */
};

/* The first such sentence in text, which is new (newtext.h); false: there is none. Conditions and questions
 * change nothing, a telephone number has digits, a profile is never told so. Bytes looked at are
 * bounded by NEWVALUE_WORDS_MAX such words, *left of which are left. */
enum { NEWVALUE_WORDS_MAX = 200 };
bool newvalue_change(struct arena *a, const struct form *f, const struct labels *l, const char *text,
                     unsigned *left, struct newvalue_change *c_r);

#endif
