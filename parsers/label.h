/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is this text a label of the form? Labels are compared in a normal form: folded, numbering, bullets and
 * marks around them off, 、 / 和 与 made 及, brackets opened or left out, words that change nothing
 * (words_label_extra) off at both ends; 联系人2 is a further place for what 联系人 asks. */
#ifndef MINGPIAN_PARSERS_LABEL_H
#define MINGPIAN_PARSERS_LABEL_H

#include "config/form.h"
#include "config/mem.h"

#include <stdbool.h>
#include <stddef.h>

enum { LABEL_MAX = 160 }; /* bytes of a cell or of what stands before a colon that may be a label */

enum label_kind {
	LABEL_NONE,
	LABEL_FIELD, /* of a field */
	LABEL_PART,  /* of a part of a field: 职务, 手机 */
	LABEL_OTHER, /* of something that is none of our fields: 传真 */
};

struct label {
	enum label_kind kind;
	int field;         /* its place in form->fields; -1 for LABEL_OTHER */
	int second;        /* 联系人及联系电话: the other field; else -1 */
	const char *value; /* what stands behind it in the same text; NULL: nothing */
	bool colon;        /* a colon ends it */
	bool bracket;      /* it stands in 【】 */
};

struct labels;

/* All labels of f in their normal form: made once for a form that was loaded, and kept with it; else in a. */
const struct labels *labels_of(struct arena *a, const struct form *f);

/* The whole text is a label. ocr: one character of four or more may be misread. */
struct label label_whole(const struct labels *l, const char *text, bool ocr);

/* A label begins the line, and ends at a colon, 】 or white space, or with the line. */
struct label label_line(const struct labels *l, const char *line, bool ocr);

/* Where in line, behind its first character, a label with a colon begins (after white space or a
 * mark), or one between two tabs; NULL where none does. label_line() reads it there. */
const char *label_inside(const struct labels *l, const char *line);

/* A line, or a cell, that is the form's title. */
bool label_title(const struct labels *l, const char *text);

/* The title of a form that is another programme's: 中小企业特色产业集群申报书. A form's kind and a place
 * alone (昆山市登记表) are none. */
bool label_foreign_title(const struct labels *l, const char *text);

#endif
