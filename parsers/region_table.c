/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/region_table.h"

#include "parsers/region_data.h"

#include <string.h>

static const struct region_row_data *
row_at(int row)
{
	return &region_data_rows[row];
}

size_t
division_count(void)
{
	return region_data_row_count;
}

const char *
division_name(int row)
{
	return region_data_text + row_at(row)->name;
}

const char *
division_short(int row)
{
	return region_data_text + row_at(row)->short_name;
}

unsigned
division_code(int row)
{
	return row_at(row)->code;
}

enum row_level
division_level(int row)
{
	return (enum row_level)row_at(row)->level;
}

bool
division_is(int row, enum row_flag flag)
{
	return row_at(row)->flags & flag;
}

int
division_parent(int row)
{
	return row_at(row)->parent;
}

/* The first row whose code is at least code. */
static size_t
row_lower_bound(unsigned code)
{
	size_t low = 0, high = region_data_row_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (region_data_rows[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int
division_by_code(unsigned code)
{
	for (size_t i = row_lower_bound(code); i < region_data_row_count && region_data_rows[i].code == code;
	     i++)
		if (!(region_data_rows[i].flags & (ROW_ABOLISHED | ROW_FUTURE)))
			return (int)i;
	return ROW_NONE;
}

int
division_in_force(int row)
{
	const struct region_row_data *r = NULL;
	int all = ROW_NONE;

	if (row == ROW_NONE)
		return ROW_NONE;
	r = row_at(row);
	if (r->nexts == 0)
		return row;
	all = region_data_next[r->next];
	for (unsigned i = 1; i < r->nexts; i++)
		all = division_common(all, region_data_next[r->next + i]);
	return all;
}

bool
division_is_within(int below, int above)
{
	if (above == ROW_NONE)
		return false;
	for (int r = below; r != ROW_NONE; r = division_parent(r))
		if (r == above)
			return true;
	for (int r = division_in_force(below); r != ROW_NONE; r = division_parent(r))
		if (r == above)
			return true;
	return false;
}

bool
division_are_related(int a, int b)
{
	return division_is_within(a, b) || division_is_within(b, a);
}

int
division_common(int a, int b)
{
	if (b == ROW_NONE)
		return ROW_NONE;
	for (; a != ROW_NONE; a = division_parent(a))
		if (division_is_within(b, a))
			return a;
	return ROW_NONE;
}

int
division_province(int row)
{
	while (row != ROW_NONE && division_parent(row) != ROW_NONE)
		row = division_parent(row);
	return row;
}

/* strcmp of an entry's text with len bytes at s. */
static int
compare(const struct region_name_data *n, const char *s, size_t len)
{
	const char *text = region_data_text + n->text;
	int order = strncmp(text, s, len);

	return order != 0 ? order : text[len] != '\0';
}

/* The first of count names in table that is not before the len bytes at s. */
static size_t
lower_bound(const struct region_name_data *table, size_t count, const char *s, size_t len)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&table[middle], s, len) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t
place_find(const char *s, size_t len, size_t *first_r)
{
	size_t first = lower_bound(region_data_names, region_data_name_count, s, len);
	size_t end = first;

	while (end < region_data_name_count && compare(&region_data_names[end], s, len) == 0)
		end++;
	*first_r = first;
	return end - first;
}

struct region_name
place_at(size_t i)
{
	const struct region_name_data *n = &region_data_names[i];

	return (struct region_name){region_data_text + n->text, n->row, (enum name_kind)n->kind};
}

size_t
place_count(void)
{
	return region_data_name_count;
}

size_t
place_longest(void)
{
	return region_data_name_longest;
}

int
zone_find(const char *s, size_t len)
{
	size_t i = lower_bound(region_data_zone_names, region_data_zone_name_count, s, len);

	if (i == region_data_zone_name_count || compare(&region_data_zone_names[i], s, len) != 0)
		return ROW_NONE;
	return region_data_zone_names[i].row;
}

const char *
zone_name(int zone)
{
	return region_data_text + region_data_zones[zone].name;
}

int
zone_host(int zone)
{
	return region_data_zones[zone].host;
}

enum zone_rank
zone_rank(int zone)
{
	return (enum zone_rank)region_data_zones[zone].rank;
}

static size_t
dial_lower_bound(unsigned dial)
{
	size_t i = 0, high = region_data_dial_count;

	while (i < high) {
		size_t middle = i + (high - i) / 2;

		if (region_data_dials[middle].dial < dial)
			i = middle + 1;
		else
			high = middle;
	}
	return i;
}

int
dial_row(unsigned dial, size_t *next)
{
	size_t i = dial_lower_bound(dial) + *next;

	while (i < region_data_dial_count && region_data_dials[i].dial == dial) {
		++*next;
		if (region_data_dials[i].row != ROW_NONE)
			return region_data_dials[i].row;
		i++;
	}
	return ROW_NONE;
}

int
dial_digits(unsigned dial)
{
	size_t i = dial_lower_bound(dial);
	int digits = -1;

	for (; i < region_data_dial_count && region_data_dials[i].dial == dial; i++) {
		if (digits >= 0 && digits != region_data_dials[i].digits)
			return 0;
		digits = region_data_dials[i].digits;
	}
	return digits;
}
