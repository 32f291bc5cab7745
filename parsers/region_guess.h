/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a text can still mean when no reading of it fits whole: an older status of a division, one
 * wrong character, names that contradict each other, a zone and its district side by side. */
#ifndef MINGPIAN_PARSERS_REGION_GUESS_H
#define MINGPIAN_PARSERS_REGION_GUESS_H

#include "parsers/region_answer.h"

#include <stdbool.h>

/* What one choice of divisions came to. */
struct region_pick {
	bool sure;
	struct chain_stop stop;        /* if sure */
	int common;                    /* else: what holds all, or ROW_NONE */
	const char *name;              /* what all are called, or what was written */
	enum region_category category; /* of all, or none */
};

/* Choose among count stops by what is sure and by the hints. */
struct region_pick region_pick(const struct region_case *c, const struct chain_stop *stops, size_t count);

struct region region_pick_answer(const struct region_case *c, const struct region_pick *p);

/* True: *r_r is what text means, of which chain holds the readings. */
bool region_guess(const struct region_case *c, const char *text, const struct chain *chain,
                  struct region *r_r);

#endif
