/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers in an OFD's attributes (GB/T 33190-2016, 7.3): parted by blanks or commas, in no locale. */
#ifndef MINGPIAN_PARSERS_OFD_NUMBER_H
#define MINGPIAN_PARSERS_OFD_NUMBER_H

#include "config/buf.h"

#include <stdbool.h>

void ofd_skip_blanks(struct bytes *b);

/* The number at b's begin, and b behind it. False: there is none, or one beyond a million. */
bool ofd_number(struct bytes *b, double *out);

/* So many of them. */
bool ofd_numbers(struct bytes b, double *out, int count);

/* A list of distances as it is drawn from: "3.5 g 4 3 7" is 3.5 3 3 3 3 7. Set up rest alone. */
struct ofd_distances {
	struct bytes rest;
	double value;
	int times;
};

/* False: it is at its end. */
bool ofd_next_distance(struct ofd_distances *d, double *out);

#endif
