/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which division or zone a region is, as people write it. Tables: parsers/data (GB/T 2260 divisions
 * in force on 2022-06-30, abolished ones, zones, dial codes), compiled in. */
#ifndef MINGPIAN_PARSERS_REGION_H
#define MINGPIAN_PARSERS_REGION_H

#include "config/mem.h"

#include <stdbool.h>

enum region_category {
	REGION_NO_CATEGORY,
	REGION_SUB_PROVINCIAL,
	REGION_PREFECTURE,
	REGION_COUNTY,
	REGION_CLUSTER,
};

enum region_verdict {
	REGION_NONE,         /* no text */
	REGION_KNOWN,        /* a division, or a park, that is known or follows the pattern */
	REGION_UNKNOWN,      /* names no division that is known, and no park: `unknown_region` */
	REGION_NOT_ELIGIBLE, /* clearly none of the four kinds: province, company, town … */
};

/* What may help where the name alone is not sure. All may be NULL. */
struct region_hints {
	const char *lead_unit;
	const char *sender; /* display name and address of the mail's sender */
	const char *phone;  /* the phone field, for its area code */
};

enum { REGION_KEY_MAX = 240 };

struct region {
	enum region_verdict verdict;
	enum region_category category;
	char code[7];         /* of the smallest division that is sure; "" where none */
	const char *key;      /* identity (domain.md): code; "code 区名" for zones and abolished divisions,
	                       * and where only a parent is sure (江苏省鼓楼区: "320000 鼓楼区");
	                       * folded text without a code; NULL for REGION_NONE. At most
	                       * REGION_KEY_MAX bytes: longer ones end in their hash */
	const char *name;     /* the canonical full name, 江苏省苏州市昆山市; NULL where unknown */
	const char *province; /* two-digit code's full code, "320000"; NULL where unknown */
	const char
	        *reason; /* for REGION_NOT_ELIGIBLE, in Chinese, for the reply: 所填为企业名称 …; else NULL */
	bool mended; /* what was written is no name, or names do not fit together: the likeliest was taken */
};

/* Resolve text. Strings of the result live in a or for ever. */
struct region region_resolve(struct arena *a, const char *text, const struct region_hints *hints);

/* "county", … or NULL for none: as the parser prints it. */
const char *region_category_name(enum region_category c);

/* The full name of a division in force, 江苏省苏州市昆山市, or NULL. In a. */
const char *region_full_name(struct arena *a, const char *code);

/* Does text hold what is one character away from the name of the division with this code, and no name
 * itself: 鄂邑区 for 鄠邑区? Of names of three characters and more; their last one is right. */
bool region_near_name(const char *code, const char *text);

/* A place that a picture's reading shows with a wrong character, or without one or two of its own, behind the
 * whole names of those that hold it: 芜湖市湾淀区. True where one division alone can be meant, of those
 * whose name the engine cannot read, as lacks says (NULL: of all): how it was written (the end of text), and
 * its name. Strings of the table, or of text. */
bool region_misread(const char *text, bool (*lacks)(const char *name), const char **written_r,
                    const char **name_r);

/* Does any number of length digits dialled with this area code ("0512") exist: is the area code one
 * that is in use, or was; and how many digits follow (7, 8, or 0 for either)? */
bool region_dial_code(const char *area_code, int *digits_r);

/* The area code ("0724") that a local number of so many digits most likely has in the division with this GB/T
 * 2260 code: the only one whose place holds the division. NULL: none, or several. In a. */
const char *region_dial_of(struct arena *a, const char *code, size_t digits);

#endif
