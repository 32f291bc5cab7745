/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a text as a chain of names, each division under the one before: 江苏省 苏州市 昆山市. All
 * readings are followed, for many names are words of other names; each place that one reaches is a
 * stop. The caller judges what is left behind it. */
#ifndef MINGPIAN_PARSERS_REGION_CHAIN_H
#define MINGPIAN_PARSERS_REGION_CHAIN_H

#include "parsers/region_table.h"

#include <stdbool.h>
#include <stddef.h>

enum { CHAIN_STOPS_MAX = 64 };

struct chain_stop {
	const char *rest;    /* what follows in the text, separators skipped */
	const char *old;     /* the smallest division's name where it is an old one (NAME_OLD), else NULL */
	int row;             /* smallest division so far; ROW_NONE: nothing named yet */
	int army;            /* number of the 兵团's 师 where that has no city; 0 none */
	bool corps;          /* 兵团 was named */
	int names;           /* steps down that were taken */
	int score;           /* how well they were named */
	enum name_kind kind; /* how the smallest one was named */
};

struct chain {
	struct chain_stop stops[CHAIN_STOPS_MAX];
	size_t count;
};

/* Read text, under the division above if that is not ROW_NONE. The first stop is the beginning. */
void chain_read(struct chain *c, const char *text, int above);

/* The best stops of those with something named: they reached furthest, and of those named best.
 * Their indices go to best, their number is returned. If whole, only those with nothing left. */
size_t chain_best(const struct chain *c, bool whole, size_t best[CHAIN_STOPS_MAX]);

/* Skip separators and words that mean nothing between names (国家级, 市辖区 …). */
const char *chain_skip(const char *text);

#endif
