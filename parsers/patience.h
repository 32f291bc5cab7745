/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long one file of a mail may take. Libraries cannot be told to stop: a form in a PDF that draws itself
 * ten times, ten levels deep, keeps poppler busy for years. So the process that reads a mail says in a page
 * of shared memory which file it is at, and the one that waits for it, which reads nothing, ends it where
 * that file takes longer than any form does. The mail is then read again by a new process that passes that
 * file over: it is unread for its time (ERR_TIMEOUT), and the others are read. If that does not help, or if
 * it was no file but the mail itself, nothing is opened any more (outline.h).
 *
 * All times are processor time of the process that reads: what a mail says must not depend on what else the
 * machine does. Whoever takes that process over can write to the page: he is ended, or his mail is read less.
 *
 * Without patience_init() (unit tests, fuzzers) all this does nothing. */
#ifndef MINGPIAN_PARSERS_PATIENCE_H
#define MINGPIAN_PARSERS_PATIENCE_H

#include "config/err.h"

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

enum { PATIENCE_LOOK_MS = 100 }; /* how often to look at the process */

/* Milliseconds; tests have less patience. */
struct patience_limits {
	int file;    /* for one file, or for the mail's own texts: 5000 */
	int mail;    /* for all files but pictures: 6000; what comes behind is not begun */
	int second;  /* each of the two, in the second process: 3000 */
	int picture; /* for one picture, or a page: 12000, and half of it in the second process */
	int outline; /* kept of the whole for the outline, until that is at hand: 2000 */
};
extern struct patience_limits patience_limits;

/* ---- who reads ---- */

struct patience_mark {
	unsigned file;
	bool picture;
};

/* A file is begun, within the one that was: what patience_end() wants back. Not ERR_NONE: it may not be read,
 * for this reason. All pictures together end with the process's own limit (ocr.h). */
enum err_code patience_begin(bool picture, struct patience_mark *was_r);
void patience_end(struct patience_mark was);

/* A page of the file is done, and was a picture: its time is a picture's. */
void patience_renew(void);

/* Nothing may be opened: why; ERR_NONE where all may. */
enum err_code patience_closed(void);

/* ---- who waits ---- */

/* Make the page: once, before a cage is entered. */
bool patience_init(struct err *e);

/* A new mail. */
void patience_new(void);

/* Of the whole seconds that a mail may have (0: without end), those that the next process for it gets: all
 * processes together take no longer. At least 1. */
unsigned patience_seconds(unsigned whole);

/* To be called each PATIENCE_LOOK_MS for the process that reads: ends it where it took too long. */
void patience_look(pid_t child);

/* It ended so, as wait4(2) says: is the mail to be read again? It is where it was ended by patience_look() or
 * by its own limit of processor time, or where a file took all memory (no_memory.h; ERR_TOO_LARGE). */
bool patience_again(int status, const struct rusage *used);

#endif
