/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parser without its process and its cage, for programs of developers alone: what mingpian-parse would
 * print of a mail. (parsers/result.h and daemon/reading.h cannot stand in one file.) */
#ifndef MINGPIAN_TESTS_SAMPLE_PARSE_H
#define MINGPIAN_TESTS_SAMPLE_PARSE_H

#include "config/buf.h"
#include "config/err.h"
#include "config/form.h"

#include <stdbool.h>
#include <time.h>

/* Once, before the first mail. */
void sample_parse_init(void);

/* The answer, to be freed; NULL: e says why. */
char *sample_parse(const struct form *f, struct bytes mail, time_t received, struct err *e);

/* A region as people write it, resolved; the code into code ("" where none). False: it is none that may
 * register. */
bool sample_region(const char *text, char code[7]);

/* The divisions, by row from 0. False: that one is not in force in mid-2022. */
struct sample_division {
	size_t row;
	unsigned code;
	int level; /* 0 province, 1 prefecture, 2 county */
};
size_t sample_division_count(void);
bool sample_division(size_t row, struct sample_division *d_r);

/* Its full name, to be freed, its area code without the 0 (0: none known), and how many digits follow that
 * (7, 8, or 0 for either). */
char *sample_division_name(size_t row, unsigned *dial_r, int *digits_r);

#endif
