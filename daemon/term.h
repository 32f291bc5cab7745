/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Output for a person at a terminal: columns that hold with Chinese in them, colours only where they
 * are wanted (a terminal, and NO_COLOR not set: no-color.org), and never a control character that came
 * in a mail: all strangers' text goes through term_text(). */
#ifndef MINGPIAN_DAEMON_TERM_H
#define MINGPIAN_DAEMON_TERM_H

#include <stdbool.h>
#include <stdio.h>

enum term_style { TERM_PLAIN, TERM_BOLD, TERM_DIM, TERM_GOOD, TERM_WARN, TERM_BAD, TERM_STYLES };

struct term {
	FILE *out; /* borrowed */
	bool colour;
	int columns; /* of the terminal; 80 where it is none */
};

struct term term_open(FILE *out);

/* Text as it is ours; a style only where colour is on. */
void term_put(const struct term *t, enum term_style style, const char *s);

/* Strangers' text, made harmless and one line; cut with … at columns and padded to it where columns is
 * above 0; NULL prints as "-". */
void term_text(const struct term *t, enum term_style style, const char *s, int columns);

/* The same, cut but not padded. */
void term_cut(const struct term *t, enum term_style style, const char *s, int columns);

/* Strangers' text of several lines, each begun with indent. */
void term_lines(const struct term *t, const char *indent, const char *s);

#endif
