/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/archive_words.h"

#include "config/mem.h"

#include <stdlib.h>

/* A word, and the archive as it is opened with it. */
struct attempt {
	const char *word;
	struct archive *in; /* NULL: not open (any more) */
	struct archive_entry *entry;
	size_t place; /* of entry */
};

struct archive_words {
	archive_words_open *open;
	archive_words_read *read;
	void *context;
	struct attempt *attempts;
	size_t count, first; /* first: what was right last; it mostly is again */
	int reopened;
};

struct archive_words *
archive_words_new(archive_words_open *open, archive_words_read *read, void *context, const char *const *words)
{
	struct archive_words *w = mem_alloc(1, sizeof *w);
	size_t n = 0;

	w->open = open;
	w->read = read;
	w->context = context;
	while (words[n])
		n++;
	w->attempts = mem_alloc(n + 1, sizeof *w->attempts);
	for (; *words; words++)
		if (**words)
			w->attempts[w->count++].word = *words;
	return w;
}

static void
close_attempt(struct attempt *t)
{
	(void)archive_read_free(t->in);
	t->in = NULL;
	t->place = 0;
}

void
archive_words_free(struct archive_words *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->count; i++)
		close_attempt(&w->attempts[i]);
	free(w->attempts);
	free(w);
}

/* Go on to the entry at this place. */
static bool
go_on(struct attempt *t, size_t place)
{
	while (t->in && t->place < place) {
		if (archive_read_next_header(t->in, &t->entry) < ARCHIVE_WARN)
			return false;
		t->place++;
	}
	return t->in && t->place == place;
}

/* The same, from the begin where need be: what a wrong word makes of the data may be an end for libarchive.
 */
static bool
go_to(struct archive_words *w, struct attempt *t, size_t place, struct err *e)
{
	if (go_on(t, place))
		return true;
	if (t->in) {
		close_attempt(t);
		if (w->reopened++ >= ARCHIVE_REOPENED_MAX)
			return false;
	}
	t->in = w->open(w->context, t->word, e);
	return go_on(t, place);
}

const char *
archive_words_try(struct archive_words *w, size_t place, struct err *e)
{
	struct err why = {0};

	for (size_t i = 0; i < w->count; i++) {
		size_t at = (w->first + i) % w->count;
		struct attempt *t = &w->attempts[at];
		struct err refused = {0};

		if (go_to(w, t, place, &refused) &&
		    w->read(w->context, t->in, t->entry, &refused) == ERR_NONE) {
			w->first = at;
			return t->word;
		}
		if (refused.code == ERR_TOO_LARGE)
			why = refused;
	}
	if (why.code != ERR_TOO_LARGE)
		(void)err_set(&why, ERR_ENCRYPTED, "no word that the mail tells opens it");
	*e = why;
	return NULL;
}
