/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the one writer does before anything else: whatever a crash, or a backup, left that the log does not
 * explain is told, set aside or removed; never is something removed that may be a province's only copy. */
#ifndef MINGPIAN_SPOOL_MEND_H
#define MINGPIAN_SPOOL_MEND_H

#include "spool/spool.h"

struct mend {
	struct spool *s; /* its log whole, its index caught up */
	struct durable *d;
	int dir; /* the spool's */
	const struct spool_options *o;
	const struct index_source *source;
	struct spool_mended *mended; /* is filled in */
};

/* All of it, in its order. False: e; ERR_SPOOL where the log is older than what was told to the world. */
bool mend_all(struct mend *m, struct err *e);

/* Files below unnamed/: away with what the log stands for by now; with back, to its place what a line names
 * and is missing (a daemon that has shut itself in may not move files between directories). */
bool mend_unnamed(struct mend *m, bool back, struct err *e);

/* Files that a line names and that are not there: how many, and the first one's path. Writes nothing. */
bool mend_missing(struct index *i, const struct store *store, int *count_r, char first[static STORE_PATH_MAX],
                  struct err *e);

#endif
