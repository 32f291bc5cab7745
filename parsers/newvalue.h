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

/* A telephone number that a sentence gives without a colon: 现将联系电话更正为0512-…，请查收。 */
struct newvalue_number {
	const char *text;   /* in a */
	const char *clause; /* where in the text the clause begins */
	const char *rest;   /* and what is behind the number */
};

enum { NEWVALUE_WORDS_MAX = 200 };

/* The first such sentence in text, which is new (newtext.h); false: there is none. One that asks gives none,
 * nor does another's number (贵中心联系电话改为…). Of other fields a sentence is not taken at its word: too
 * much that is said of an industry or a person is no value. *left, NEWVALUE_WORDS_MAX at first, bounds how
 * many words such as 改为 are looked at in a mail. */
bool newvalue_number(struct arena *a, const struct form *f, const struct labels *l, const char *text,
                     unsigned *left, struct newvalue_number *n_r);

#endif
