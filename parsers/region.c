/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/region.h"

#include "parsers/region_table.h"

#include <stdlib.h>
#include <string.h>

const char *
region_category_name(enum region_category c)
{
	static const char *const names[] = {
	        [REGION_SUB_PROVINCIAL] = "sub_provincial",
	        [REGION_PREFECTURE] = "prefecture",
	        [REGION_COUNTY] = "county",
	        [REGION_CLUSTER] = "cluster",
	};

	return names[c];
}

const char *
region_full_name(struct arena *a, const char *code)
{
	const char *name = "";
	int row = ROW_NONE;

	if (strlen(code) != 6 || strspn(code, "0123456789") != 6)
		return NULL;
	row = division_by_code((unsigned)strtoul(code, NULL, 10));
	if (row == ROW_NONE)
		return NULL;
	for (; row != ROW_NONE; row = division_parent(row))
		name = arena_fmt(a, "%s%s", division_name(row), name);
	return name;
}

bool
region_dial_code(const char *area_code, int *digits_r)
{
	size_t len = strlen(area_code);
	int digits = -1;

	if (area_code[0] == '0' && (len == 3 || len == 4) && strspn(area_code, "0123456789") == len)
		digits = dial_digits((unsigned)strtoul(area_code, NULL, 10));
	if (digits_r != NULL && digits >= 0)
		*digits_r = digits;
	return digits >= 0;
}

struct region
region_resolve(struct arena *a, const char *text, const struct region_hints *hints)
{
	struct region r = {.verdict = REGION_UNKNOWN};
	size_t first = 0;

	(void)hints;
	if (text == NULL || *text == '\0')
		return (struct region){.verdict = REGION_NONE};
	r.key = arena_str(a, text);
	for (size_t i = 0; text[i] != '\0'; i++) {
		if (place_find(text + i, strlen(text + i), &first) != 1)
			continue;
		r.verdict = REGION_KNOWN;
		r.category = REGION_COUNTY;
		(void)memcpy(r.code,
		             arena_fmt(a, "%06u", division_code(division_in_force(place_at(first).row))), 7);
		r.name = region_full_name(a, r.code);
		r.key = arena_str(a, r.code);
		break;
	}
	return r;
}
