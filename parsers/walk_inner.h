/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the walk share: walk.c (the message), walk_container.c (archives), walk_document.c (one
 * file). */
#ifndef MINGPIAN_PARSERS_WALK_INNER_H
#define MINGPIAN_PARSERS_WALK_INNER_H

#include "parsers/links.h"
#include "parsers/reader.h"
#include "parsers/walk.h"

struct walker {
	struct findings *out;
	struct arena *a;
	const struct form *f;
	const struct mail *m;
	struct buf *dump;
	struct buf text, documents;
	const char *passwords[WALK_PASSWORDS_MAX + 1];
	const char *links[LINKS_MAX];
	size_t password_count, link_count;
	struct walk_form **forms, *quoted; /* tail; forms in quoted text, apart */
	struct walk_form *unseen;          /* in hidden rows, columns and sheets, the last first */
	struct walk_unread **unread;
	struct walk_name **supplementary;
	size_t files, bytes; /* of archives and messages in the mail */
	size_t unread_count;
	bool full; /* a file was not looked at for their number */
	const char *sender;
};

/* A file to be looked at. */
struct item {
	struct source source;
	const char *path;
	int depth;     /* archives around it */
	bool embedded; /* an image shown in the text (Content-ID) */
};

/* ---- what is found: walk.c ---- */

void walk_add_unread(struct walker *w, const char *source, enum err_code reason, const char *why);
void walk_add_supplementary(struct walker *w, const char *source);

/* May one more file be looked at? What lies in the mail itself always is, whatever its archives held; the
 * first file too many is told, for all of them. */
bool walk_counts(struct walker *w, const char *path, int depth);

/* Bytes that may still come out of archives. */
size_t walk_room(const struct walker *w);

/* The filled-in forms of a document; *blank_r says that there are blank ones. Where it holds more than
 * are read, it is told as unread beside them. */
struct walk_form *walk_forms_of(struct walker *w, const struct document *d, const char *source, bool body,
                                bool *blank_r);
void walk_add_forms(struct walker *w, struct walk_form *list);

/* Was a file read up to a limit? What came before it is as good as any. */
bool walk_is_limit(const struct err *e);

/* Does a form hold all that is asked for? What a damaged file still gave counts only then. */
bool walk_is_whole(const struct walker *w, const struct walk_form *x);

/* ---- the ways down ---- */

/* A file of any kind: walk_document.c. */
void walk_file(struct walker *w, const struct item *item);
void walk_container(struct walker *w, const struct reader *r, const struct item *item);

/* A message that came as a file, and the forms of one body text, with its words: walk.c. */
void walk_message(struct walker *w, const struct item *item);
struct walk_form *walk_body(struct walker *w, const struct mail_part *p);

/* Forms in the pictures that lie in a text itself, not beside it in the mail. */
struct walk_form *walk_body_pictures(struct walker *w, struct document *d, const char *path);

/* For --dump. */
void walk_dump(struct walker *w, const struct reader *r, const char *path, const struct document *d);

#endif
