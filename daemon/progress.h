/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far long work has come: on a terminal a bar with rate and time left, drawn again at most five times a
 * second and gone at the end; elsewhere a line a minute. It is written to standard error, so that what the
 * command prints stays clean. Work that ends within a second shows nothing. */
#ifndef MINGPIAN_DAEMON_PROGRESS_H
#define MINGPIAN_DAEMON_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
	FILE *out;
	const char *what; /* "verifying" */
	const char *unit; /* "files" */
	bool terminal;
	int columns;
	int64_t begin_ms, shown_ms; /* of the monotonic clock */
	bool drawn;
	size_t done, of;
};

struct progress progress_begin(FILE *out, const char *what, const char *unit);

/* done of `of` (0: not known yet). p NULL: nothing. Cheap enough for every step. */
void progress_at(struct progress *p, size_t done, size_t of);

/* Fits verify_progress and the like: context is the struct progress. */
void progress_step(void *context, size_t done, size_t of);

/* The bar goes. */
void progress_end(struct progress *p);

/* The line as it would be shown ms after the begin, without its end; for tests. out has size bytes. */
void progress_line(const struct progress *p, int64_t ms, char *out, size_t size);

#endif
