/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a message's parts to the forms in it: each part's kind by its bytes, archives opened, documents
 * read, forms recognised and checked, the same form found once. Judges no disposition (result.h does). */
#ifndef MINGPIAN_PARSERS_WALK_H
#define MINGPIAN_PARSERS_WALK_H

#include "config/form.h"
#include "parsers/check.h"
#include "parsers/mail.h"
#include "parsers/recognise.h"

#include <stdbool.h>
#include <stddef.h>

/* Ceilings of one message; what lies beyond one is `too_large`. */
enum {
	WALK_DEPTH_MAX = 6,         /* archives in each other */
	WALK_FILES_MAX = 2000,      /* files, archives' members counted */
	WALK_BYTES_MAX = 256 << 20, /* bytes that come out of archives in all */
	WALK_RATIO_MAX = 250,       /* bytes out of an archive for one of its own … */
	WALK_RATIO_FREE = 32 << 20, /* … beyond these, which come out of any */
	WALK_PICTURES_MAX = 40,     /* pictures looked at in one document */
	WALK_PASSWORDS_MAX = 16,
	/* Of one answer: the daemon believes none that is longer (daemon/reading.c). */
	WALK_FORMS_MAX = 2000,     /* each registration once */
	WALK_CONFLICTS_MAX = 4000, /* of all forms */
	WALK_UNREAD_MAX = 4000,    /* files named; that there are more says nothing more */
};

/* A name in a list: where a form stands also, a supplementary file, a link. */
struct walk_name {
	struct walk_name *next;
	const char *name;
};

struct walk_unread {
	struct walk_unread *next;
	const char *source;
	enum err_code reason; /* of the last group in err.h */
	const char *why;      /* the reader's sentence, for --explain */
};

/* The same field read otherwise elsewhere. */
struct walk_conflict {
	struct walk_conflict *next;
	const struct form_field *field;
	const char *source, *value;
};

struct merge_print;

struct walk_form {
	struct walk_form *next;
	const char *source;
	struct walk_name *also;
	struct walk_conflict *conflicts;
	const struct found_form *found;
	const struct checked_form *checked;
	const struct merge_print *print; /* merge.h: made with it */
	bool body;                       /* in the text of a message */
};

struct findings {
	struct arena *arena;
	const struct form *form;
	struct walk_form *forms; /* in reading order; each registration once */
	struct walk_unread *unread;
	struct walk_name *supplementary;
	struct walk_name *hidden; /* workbooks: a form stands in what of them does not show */
	struct walk_name *links;
	bool blank;                /* a blank form lies in it */
	struct found_form *values; /* single fields in new text, or NULL */
	struct order *orders;      /* in new text; order.h */
	size_t order_count;
	size_t conflict_count;
	const char *untold;    /* where values stand that differ beyond WALK_CONFLICTS_MAX, or NULL */
	const char *text;      /* folded: subject, new text of the bodies, names of files */
	const char *documents; /* folded: begin of the documents that hold no form */
};

/* Walk m. dump, if not NULL, gets the structure of each document (--dump). */
void walk_mail(struct findings *out, const struct form *f, const struct mail *m, struct buf *dump);

#endif
