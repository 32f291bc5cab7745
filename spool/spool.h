/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The spool as a whole: nothing lost, nothing twice.
 *
 * The writer's round:
 *
 *	spool_put_mail(), spool_put_reading()   bytes, on disk, named by nobody yet
 *	spool_line() …                          facts that name them, staged; the index knows them at once
 *	spool_commit()                          all of them true, or none
 *
 * Many messages may share one round: they share its fsyncs. Nothing may be told to the world (a mail
 * sent, a UID passed over, "done" on the control socket) before spool_commit() returned true. */
#ifndef MINGPIAN_SPOOL_SPOOL_H
#define MINGPIAN_SPOOL_SPOOL_H

#include "config/buf.h"
#include "config/err.h"
#include "spool/hash.h"
#include "spool/index.h"
#include "spool/log.h"
#include "spool/store.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum spool_mode {
	SPOOL_WRITE,   /* the one writer: lock, recovery, index caught up, unnamed files swept */
	SPOOL_REBUILD, /* the same, with the index made anew */
	SPOOL_RESTORE, /* by a person's word, which is a `restored` line: what index and replies know of later
	                  lines is passed over. All that was not cut off the log lies as it did, till
	                  spool_restored() */
	SPOOL_READ,    /* beside a writer or without one; writes nothing */
};

struct spool_options {
	const char *dir;
	const char *program; /* for the lock: "mingpiand" */
	enum spool_mode mode;
	index_reply_head *reply_head;
	void *reply_context;
	log_told *told;           /* may be NULL */
	index_progress *progress; /* of making the index; may be NULL */
	void *progress_context;
};

/* What opening for writing found and mended. All of it stands in the log as well. */
struct spool_mended {
	int cut;       /* torn log ends, kept beside */
	int swept;     /* what was being written, what was taken out, and what can be made again: removed */
	int set_aside; /* files that no line names, kept in unnamed/ */
	int put_back;  /* of these from before, that a line names now: in their places again */
	int missing;   /* files that a line names and that are not there: tell the operator to run verify */
	char missing_first[STORE_PATH_MAX], set_aside_first[STORE_PATH_MAX];
};

struct spool;

/* Open; the options' strings and context must outlive the spool. SPOOL_WRITE makes what is not there.
 * ERR_BUSY: another process writes. ERR_SPOOL: it contradicts itself; e says what to do. ERR_CONFIG: root
 * would write in another user's spool. */
bool spool_open(struct spool **s_r, const struct spool_options *o, struct err *e);
void spool_close(struct spool *s); /* NULL is fine; drops what was not committed */

const struct spool_mended *spool_mended(const struct spool *s);

/* Keep bytes; the name is true with the commit of a line that bears it. */
bool spool_put_mail(struct spool *s, struct bytes mail, struct hash *id_r, struct err *e);

/* Keep a reading or a decision (borrowed): written with `salt` (16 random bytes) in front. */
bool spool_put_reading(struct spool *s, const json_t *reading, struct hash *id_r, struct err *e);

/* Stage a fact: an object (stolen, also on failure) that begins with `event`; docs/log.md. The index
 * answers with it from now on. seq_r may be NULL. False: the round is over, as after
 * spool_rollback(). */
bool spool_line(struct spool *s, json_t *line, int64_t *seq_r, struct err *e);

/* Make all staged facts true. False: none is (staged lines and new files are dropped), unless
 * spool_failed(): then only the next start will tell, and the process must end. A round without
 * lines is true at once, and its files are dropped. */
bool spool_commit(struct spool *s, struct err *e);
void spool_rollback(struct spool *s);

/* All that was committed is true and in the log, but the index had no room to follow: it answers as before
 * the last commit, and nothing can be staged until spool_catch_up() has brought it up to the log. why_r
 * (may be NULL): why not. */
bool spool_behind(const struct spool *s, struct err *why_r);
bool spool_catch_up(struct spool *s, struct err *e); /* true at once where it is not behind */

/* The disk lied (durable.h), or the index is damaged: every further call fails. End the process. */
bool spool_failed(const struct spool *s);

/* Can something be written? len bytes are, aside, and removed again: a quota shows in no figure of free
 * space. For trying while nothing else is written. */
bool spool_probe(struct spool *s, size_t len, struct err *e);

/* Is there room for len more bytes and for the facts about mail in hand? False: ERR_DISK with figures. Ask
 * before taking in mail; facts about what was taken in need not ask. */
bool spool_room(const struct spool *s, size_t len, struct err *e);

/* The same of a folder that no spool need be open in. */
bool spool_room_in(const char *dir, size_t len, struct err *e);

/* Mails below unnamed/ that nothing in the log stands for: how many, and the first one's path. */
bool spool_unnamed(const struct spool *s, int *count_r, char first[static STORE_PATH_MAX], struct err *e);

/* Files that a line names and that are not there: how many, and the first one's path. */
bool spool_missing(const struct spool *s, int *count_r, char first[static STORE_PATH_MAX], struct err *e);

/* SPOOL_RESTORE, and its `restored` line was committed: the index is made anew, and what the log does not
 * explain mended as at any start. False, or a power cut before: the next start refuses as it did, and the
 * person says it again. */
bool spool_restored(struct spool *s, struct err *e);

/* Bytes free to us below dir. */
int64_t spool_free(const struct spool *s);

/* Remove files and write the line that says so, after everything staged was committed. line: as
 * spool_line(), event `redacted` with `files`. The fact is true first, then the files go, then the
 * index's old pages; a start after a power cut in between ends it. */
bool spool_redact(struct spool *s, json_t *line, struct err *e);

/* The bytes of a mail, appended to out; a reading, whole (the caller's to decref). */
bool spool_mail(const struct spool *s, const struct hash *id, struct buf *out, struct err *e);
bool spool_reading(const struct spool *s, const struct hash *id, json_t **reading_r, struct err *e);

/* The last true line. */
struct log_head spool_head(const struct spool *s);

/* Parts, for query.h and for reading the log. */
struct index *spool_index(const struct spool *s);
struct log *spool_log(const struct spool *s);
struct store *spool_store(const struct spool *s);

#endif
