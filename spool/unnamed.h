/* SPDX-License-Identifier: GPL-3.0-or-later */
/* unnamed/: files that lay in mail/ or read/ and that no line of the log names. A crash between a file and
 * its line leaves some, and the server has those mails still; but where a log came back from a backup older
 * than the files beside it, one of them may be the only copy of a province's form. So they are set aside, and
 * never removed before the log stands for them. Flat, under the names that they had. */
#ifndef MINGPIAN_SPOOL_UNNAMED_H
#define MINGPIAN_SPOOL_UNNAMED_H

#include "config/err.h"
#include "spool/index.h"
#include "spool/store.h"

#include <stdbool.h>

enum { UNNAMED_NAME_MAX = 256 };

enum unnamed_fate {
	UNNAMED_WAITS, /* nothing in the log stands for it, or it cannot be read: a person's */
	UNNAMED_BACK,  /* a line names it, and its place is empty */
	UNNAMED_DONE,  /* it lies in its place, or was taken out lawfully, or what it holds was made anew: a
	                  reading of a mail that is recorded, a reply under the same Message-ID */
};

struct unnamed_file {
	const char *name; /* below unnamed/ */
	bool ours;        /* it is called as the store calls its files: kind and id say which */
	enum store_kind kind;
	struct hash id;
	enum unnamed_fate fate;
};

/* False ends the walk (e set by the callback). */
typedef bool unnamed_visit(void *context, const struct unnamed_file *f, struct err *e);

/* Visit each file, in order of name. dirfd: the spool. No such directory: none. Writes nothing. */
bool unnamed_each(int dirfd, struct index *i, const struct index_source *source, unnamed_visit *visit,
                  void *context, struct err *e);

/* Does a line name this file? *taken_out_r: it was named, and redacted since. */
bool unnamed_is_named(struct index *i, enum store_kind kind, const struct hash *id, bool *named_r,
                      bool *taken_out_r, struct err *e);

/* Does the file of the store that store_each() called path lie here already, with the bytes of that hash? */
bool unnamed_is_whole(int dirfd, const char *path, const struct hash *id);

/* "unnamed/NAME" for what store_each() called path; out has UNNAMED_NAME_MAX bytes. */
const char *unnamed_path(const char *path, bool ours, char *out);

/* Move a file of the store here, or back to its place; remove one. Lasts after store_sync() and
 * unnamed_sync(). */
bool unnamed_keep(struct store *s, struct durable *d, int dirfd, const char *path, bool ours, struct err *e);
bool unnamed_put_back(struct store *s, struct durable *d, int dirfd, const struct unnamed_file *f,
                      struct err *e);
bool unnamed_remove(struct durable *d, int dirfd, const char *name, struct err *e);
bool unnamed_sync(struct durable *d, int dirfd, struct err *e);

#endif
