/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mail/ and read/: bytes under their SHA-256, never changed. mail/ab/abcdef….eml, read/ab/abcdef….json.
 * Knows nothing of what the bytes mean. One thread; any number of readers beside it. */
#ifndef MINGPIAN_SPOOL_STORE_H
#define MINGPIAN_SPOOL_STORE_H

#include "config/buf.h"
#include "config/err.h"
#include "spool/durable.h"
#include "spool/hash.h"

#include <stdbool.h>
#include <stddef.h>

enum store_kind { STORE_MAIL, STORE_READ, STORE_KINDS };

enum { STORE_BYTES_MAX = 256 << 20, STORE_PATH_MAX = 96 };

struct store;

/* Open below dirfd (the spool; borrowed, as is d). d NULL: for reading only, nothing is made. */
bool store_open(struct store **s_r, int dirfd, struct durable *d, struct err *e);
void store_close(struct store *s); /* NULL is fine */

/* Keep data under its hash. The same bytes being there already is success, after comparing them;
 * other bytes under that name are ERR_SPOOL. True: written, and on disk after store_sync(): before that no
 * line may name it, and what a power cut leaves of it is swept at the next start. False: e says which
 * file and why, and the store is as before. */
bool store_put(struct store *s, enum store_kind kind, struct bytes data, struct hash *id_r, struct err *e);

/* Make all that was put or removed so far last, bytes and names. Many share one wait for the disk. */
bool store_sync(struct store *s, struct err *e);

/* A round of puts ends: with store_keep() a true line names them; with store_undo() none does, and
 * what was not there before is removed (best effort: what stays is swept at the next start). */
void store_keep(struct store *s);
void store_undo(struct store *s);

/* Append the bytes to out. ERR_NOT_FOUND; ERR_SPOOL where the bytes do not have that hash. */
bool store_get(const struct store *s, enum store_kind kind, const struct hash *id, struct buf *out,
               struct err *e);
bool store_exists(const struct store *s, enum store_kind kind, const struct hash *id);

/* Remove for redaction; not being there is success. Lasts after store_sync(). */
bool store_remove(struct store *s, enum store_kind kind, const struct hash *id, struct err *e);

/* "mail/ab/abcdef….eml"; out has STORE_PATH_MAX bytes. */
const char *store_path(enum store_kind kind, const struct hash *id, char *out);

/* One file below mail/ or read/. path is relative to the spool. id NULL: its name is none of ours (what
 * a power cut left aside, or a stranger's). False ends the walk (e set by the callback). */
typedef bool store_visit(void *context, enum store_kind kind, const char *path, const struct hash *id,
                         struct err *e);

/* Visit every file of both, in order of name. */
bool store_each(const struct store *s, store_visit *visit, void *context, struct err *e);

/* Remove any file that store_each() named, by its path. Lasts after store_sync(). */
bool store_sweep(struct store *s, const char *path, struct err *e);

/* Move what store_each() named to another directory of the same disk, or a file of ours back into its place.
 * Lasts after store_sync() and an fsync of the other directory: a power cut before leaves it at one of the
 * two. */
bool store_give(struct store *s, const char *path, int to, const char *name, struct err *e);
bool store_take(struct store *s, enum store_kind kind, const struct hash *id, int from, const char *name,
                struct err *e);

/* Is name (without a directory) one that a file of the store has? */
bool store_is_name(const char *name, enum store_kind *kind_r, struct hash *id_r);

#endif
