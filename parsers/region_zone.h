/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of zones (产业集聚区): of the table, in all the ways that their kind is written, and of those
 * that only look like one. */
#ifndef MINGPIAN_PARSERS_REGION_ZONE_H
#define MINGPIAN_PARSERS_REGION_ZONE_H

#include "config/mem.h"
#include "parsers/region_chain.h"

#include <stdbool.h>

/* The zone of the table that text (without brackets and separators) is, standing behind stop:
 * 经开区 behind 昆山市 is 昆山经济技术开发区. Its host fits to the stop's division. ROW_NONE: none. */
int zone_named(struct arena *a, const struct chain_stop *stop);

/* What stands before 管委会 and what comes after that, without 国家级 and separators. */
const char *zone_text(struct arena *a, const char *rest);

/* Does text end as zones do (开发区, 产业园, 集群 …)? */
bool zone_looks_like(const char *text);

/* Is text nothing but the word for a kind of zone: 高新区, 经济开发区? */
bool zone_is_generic(const char *text);

/* One way of writing for all: 经济技术开发区 and 经济开发区 are 经开区 … */
const char *zone_canonical(struct arena *a, const char *text);

/* Does text name an office of a zone (管委会)? */
bool zone_office(const char *text);

#endif
