/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parser said of a mail, believed only after it was checked: the worker may have been taken
 * over by what it read, so its answer is a stranger's text like the mail itself. Strict JSON, known
 * types, bounded lengths, known enums, field keys of the form file; anything else is ERR_PROTOCOL.
 * A worker that lies can hurt its own mail only. The format: docs/parse.md. */
#ifndef MINGPIAN_DAEMON_READING_H
#define MINGPIAN_DAEMON_READING_H

#include "config/err.h"
#include "config/form.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum disposition {
	DISPOSITION_IGNORED,
	DISPOSITION_CORRECTION,
	DISPOSITION_ACCEPTED,
	DISPOSITION_UNREADABLE,
	DISPOSITION_NO_FORM,
	DISPOSITION_OTHER,
	DISPOSITIONS
};

const char *disposition_name(enum disposition d);
bool disposition_of(const char *name, enum disposition *d_r);

/* A form of the mail. The strings are borrowed from the reading's JSON. */
struct reading_form {
	const char *source;
	const char *region_code; /* NULL: none */
	const char *region_key;  /* NULL: none */
	const char *category;    /* NULL: none */
	const json_t *json;      /* the whole of it */
	size_t errors;           /* defects of severity error */
	size_t notices;
	bool region_defect; /* a defect of any kind stands at the region, or it has no key */
};

/* Open for reading; everything borrowed from `json`. Strings are never NULL unless said. */
struct reading {
	json_t *json;
	enum disposition disposition;
	bool late, withheld, marked;
	const char *withheld_why; /* NULL: none */
	const char *machine;      /* NULL: a person's */
	const char *message_id, *subject, *from_addr, *from_name, *reply_to, *date, *in_reply_to;
	const json_t *references; /* array of strings */
	const char *withdraw;     /* docs/parse.md; NULL: nothing is taken back */
	const char *spf, *dmarc;  /* NULL: not said */
	const char *content_sha256;
	const char *bounce_of, *bounce_receipt, *bounce_status; /* NULL: none */
	bool bounce;
	struct reading_form *forms;
	size_t form_count;
	const json_t *unread, *supplementary, *hidden, *links, *values;
	const json_t *orders; /* array of {verb, word, code}; NULL or empty: none */
	const char *parser;
};

/* Check text and open it. False: ERR_PROTOCOL and what was wrong; nothing to free. */
bool reading_open(struct reading *r, const struct form *f, const char *text, struct err *e);
void reading_close(struct reading *r);

/* The same for a form alone (--overlay): *form_r borrows from *json_r, which json_decref() frees. */
bool reading_open_form(json_t **json_r, struct reading_form *form_r, const struct form *f, const char *text,
                       struct err *e);

/* The parser saw only the beginning of a mail over the limits: what it called damaged is too large, and so
 * is the mail itself where it named nothing. What is meant as a registration is unreadable then; a form
 * that stood whole in the beginning stands. */
void reading_cut_short(struct reading *r);

/* The value of a field as one string: names are joined by 、; NULL where there is none. Free it. */
char *reading_value(const json_t *values, const struct form_field *field);

#endif
