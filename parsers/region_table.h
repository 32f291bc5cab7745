/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Access to the tables of divisions, zones and area codes: search, and how divisions relate. A row
 * is a small number; ROW_NONE is none. Strings live for ever. */
#ifndef MINGPIAN_PARSERS_REGION_TABLE_H
#define MINGPIAN_PARSERS_REGION_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum { ROW_NONE = -1 };

enum row_level { LEVEL_PROVINCE, LEVEL_PREFECTURE, LEVEL_COUNTY };

enum row_flag {
	ROW_SUB_PROVINCIAL = 1 << 0, /* the 15, and every provincial capital */
	ROW_MUNICIPALITY = 1 << 1,   /* 直辖市 */
	ROW_NO_COUNTY = 1 << 2,      /* 东莞 …: what follows is a town or a zone */
	ROW_ABOLISHED = 1 << 3,      /* before mid-2022 */
	ROW_FUTURE = 1 << 4,         /* created after 2022 */
	ROW_XPCC = 1 << 5,           /* a city of 新疆生产建设兵团 */
};

/* How a text names a row. */
enum name_kind {
	NAME_FULL,  /* its name */
	NAME_SHORT, /* its suffix or its peoples dropped, or a short name of its own: 锡盟 */
	NAME_OLD,   /* what it was called before 2018 */
	NAME_TYPO,  /* often written so */
	NAME_XPCC,  /* 兵团: stands for the province, and is none */
};

/* National zones win over provincial ones, those over zones of which only the name is known. */
enum zone_rank { ZONE_NATIONAL, ZONE_CLUSTER, ZONE_PROVINCIAL, ZONE_LOCAL };

struct region_name {
	const char *text;
	int row;
	enum name_kind kind;
};

/* ---- divisions ---- */

size_t division_count(void);
const char *division_name(int row);
unsigned division_code(int row);
enum row_level division_level(int row);
bool division_is(int row, enum row_flag flag);
int division_parent(int row);

/* The division in force in mid-2022 with this code, or ROW_NONE. */
int division_by_code(unsigned code);

/* What stands for row in mid-2022: itself; its successor; the common parent of several; the
 * predecessor or the parent of what was created later. May be ROW_NONE only for ROW_NONE. */
int division_in_force(int row);

/* Is below the same as above, or under it? Through successors, too: 莱芜市 is under 济南市. */
bool division_is_within(int below, int above);

/* One is within the other. */
bool division_are_related(int a, int b);

/* The smallest division that holds both, or ROW_NONE. */
int division_common(int a, int b);

int division_province(int row);

/* ---- names ---- */

/* All names that are exactly the len bytes at s: the first in *first_r, their number returned. */
size_t place_find(const char *s, size_t len, size_t *first_r);
struct region_name place_at(size_t i);
size_t place_count(void);

/* No name in the table is longer (bytes). */
size_t place_longest(void);

/* The short name of row (江苏, 昆山, 恩施), or its whole name where none is shorter. */
const char *division_short(int row);

/* ---- zones ---- */

/* The zone with this name or alias, or ROW_NONE. Names hold no separators and brackets. */
int zone_find(const char *s, size_t len);
const char *zone_name(int zone);
int zone_host(int zone);
enum zone_rank zone_rank(int zone);

/* ---- area codes ---- */

/* Rows of divisions that dial 0 and digits (the code without its 0), from *next on, which begins at
 * 0; ROW_NONE after the last. An old code that is no division's gives none. */
int dial_row(unsigned dial, size_t *next);

/* Digits of local numbers of an area code that is or was in use; -1 for others; 0: 7 or 8. */
int dial_digits(unsigned dial);

#endif
