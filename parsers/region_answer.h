/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answers of region_resolve(), each made in one place, so that one place has one key. */
#ifndef MINGPIAN_PARSERS_REGION_ANSWER_H
#define MINGPIAN_PARSERS_REGION_ANSWER_H

#include "parsers/region.h"
#include "parsers/region_chain.h"
#include "parsers/region_kind.h"
#include "parsers/region_text.h"

/* What is being resolved. */
struct region_case {
	struct arena *a;
	const struct region_hints *hints;
	struct region_text text;
};

enum region_category region_category_of(int row);

/* 昆山, 第十二师: what a zone there is called by. */
const char *region_short_name(struct arena *a, const struct chain_stop *stop);

/* The division that stop reached. */
struct region answer_division(const struct region_case *c, const struct chain_stop *stop);

/* A zone called zone (canonical) in host, which may be ROW_NONE. */
struct region answer_zone(const struct region_case *c, int host, const char *zone);

/* Certainly a division, but which of several under common (or ROW_NONE) is not sure; name is how all
 * are called, or what was written. */
struct region answer_unsure(const struct region_case *c, int common, const char *name,
                            enum region_category category);

/* None of the four kinds. */
struct region answer_not_eligible(const struct region_case *c, enum region_kind kind);

struct region answer_unknown(const struct region_case *c);

#endif
