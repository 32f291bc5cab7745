/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Locked members of a ZIP, by the words that may be its password. One word at a time: ZIP's old encryption
 * tells a wrong one by one byte, AES by two, and libarchive, given several, stays with the first that
 * passes. Here a word is right when the member came out whole with it. */
#ifndef MINGPIAN_PARSERS_ARCHIVE_WORDS_H
#define MINGPIAN_PARSERS_ARCHIVE_WORDS_H

#include "config/buf.h"
#include "config/err.h"

#include <archive.h>
#include <archive_entry.h>
#include <stddef.h>

enum { ARCHIVE_REOPENED_MAX = 64 /* times, after a wrong word left libarchive unable to go on */ };

/* Opens the archive anew; word may be NULL. NULL: it cannot be. */
typedef struct archive *archive_words_open(void *context, const char *word, struct err *e);

/* Unpacks the entry that in has come to. ERR_NONE: it is whole; else why not, and e says so. */
typedef enum err_code archive_words_read(void *context, struct archive *in, struct archive_entry *entry,
                                         struct err *e);

struct archive_words;

/* words: NULL-terminated, borrowed; empty ones are none. */
struct archive_words *archive_words_new(archive_words_open *open, archive_words_read *read, void *context,
                                        const char *const *words);
void archive_words_free(struct archive_words *w); /* NULL is fine */

/* Try the words on the entry at this place (1: the first; no smaller one than before) until one opens it. Its
 * word, or NULL: e says why, ERR_TOO_LARGE where a word may be right. */
const char *archive_words_try(struct archive_words *w, size_t place, struct err *e);

#endif
