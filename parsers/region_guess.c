/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/region_guess.h"

#include "parsers/region_hint.h"
#include "parsers/region_zone.h"

#include <stdlib.h>
#include <string.h>

enum {
	GUESS_BYTES_MAX = 180, /* longer texts are no names */
	MISREAD_BYTES_MIN = 6, /* of what is left of a name */
	LOST_MAX = 2,          /* characters of a name that a picture's reading left out */
	NEAR_BYTES_MIN = 9,    /* of a name of three characters: of two, every other word is one away */
};

/* ---- a choice ---- */

/* Leave out divisions that lie in another of the list: 吉安 is 吉安市 and the 吉安县 in it. */
static size_t
drop_nested(int rows[], size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		bool nested = false;

		for (size_t k = 0; k < count; k++)
			nested |= k != i && rows[k] != rows[i] && division_is_within(rows[i], rows[k]) &&
			          !division_is_within(rows[k], rows[i]);
		if (!nested)
			rows[kept++] = rows[i];
	}
	return kept;
}

/* Of a bare name the province or the great city is meant: nobody writes 西安 for 辽源's 西安区. */
static size_t
prefer_great(int rows[], size_t count)
{
	int great = ROW_NONE;

	for (size_t i = 0; i < count; i++) {
		if (division_level(rows[i]) != LEVEL_PROVINCE && !division_is(rows[i], ROW_SUB_PROVINCIAL))
			continue;
		if (great != ROW_NONE)
			return count;
		great = rows[i];
	}
	if (great == ROW_NONE)
		return count;
	rows[0] = great;
	return 1;
}

static void
unsure(const struct region_case *c, struct region_pick *p, const int rows[], size_t count)
{
	p->common = division_in_force(rows[0]);
	p->name = division_name(rows[0]);
	p->category = region_category_of(rows[0]);
	for (size_t i = 1; i < count; i++) {
		p->common = division_common(p->common, division_in_force(rows[i]));
		if (strcmp(p->name, division_name(rows[i])) != 0)
			p->name = c->text.bare;
		if (p->category != region_category_of(rows[i]))
			p->category = REGION_NO_CATEGORY;
	}
}

struct region_pick
region_pick(const struct region_case *c, const struct chain_stop *stops, size_t count)
{
	struct region_pick p = {.common = ROW_NONE};
	int all[HINT_ROWS_MAX] = {0}, rows[HINT_ROWS_MAX] = {0};
	size_t n = 0, hinted = 0, left = 0;

	for (size_t i = 0; i < count && n < HINT_ROWS_MAX; i++)
		all[n++] = stops[i].row;
	(void)memcpy(rows, all, sizeof(rows));
	hinted = hint_filter(c->a, c->hints, c->text.note_count > 0 ? c->text.notes[0] : NULL, rows, n);
	left = drop_nested(rows, hinted);
	if (stops[0].kind == NAME_SHORT)
		left = prefer_great(rows, left);
	/* 吉林 alone: the province, or the city in it. */
	p.sure = left == 1 &&
	         (hinted == 1 || division_level(rows[0]) != LEVEL_PROVINCE || drop_nested(all, n) == n);
	for (size_t i = 0; p.sure && i < count; i++)
		if (stops[i].row == rows[0])
			p.stop = stops[i];
	if (!p.sure)
		unsure(c, &p, rows, left);
	if (!p.sure && left == 1)
		p.category = REGION_NO_CATEGORY, p.name = division_short(rows[0]);
	return p;
}

struct region
region_pick_answer(const struct region_case *c, const struct region_pick *p)
{
	if (p->sure)
		return answer_division(c, &p->stop);
	return answer_unsure(c, p->common, p->name, p->category);
}

/* ---- an older status ---- */

/* May the division row have been what its short name with suffix says? Counties become cities and
 * districts, never the other way. */
static bool
was_once(int row, const char *suffix)
{
	const char *name = division_name(row);

	if (strcmp(suffix, "地区") == 0)
		return division_level(row) == LEVEL_PREFECTURE && !word_ends(name, "盟");
	if (division_level(row) != LEVEL_COUNTY)
		return false;
	if (strcmp(suffix, "县") == 0)
		return word_ends(name, "市") || word_ends(name, "区");
	return strcmp(suffix, "市") == 0 && word_ends(name, "区");
}

static bool
guess_status(const struct region_case *c, const struct chain *chain, struct region *r_r)
{
	struct chain_stop stops[CHAIN_STOPS_MAX];
	struct region_pick p;
	size_t count = 0;

	for (size_t i = 0; i < chain->count; i++) {
		struct chain_stop s = chain->stops[i];

		if (s.names == 0 || s.kind != NAME_SHORT || *s.rest == '\0' || !was_once(s.row, s.rest))
			continue;
		s.old = arena_fmt(c->a, "%s%s", division_short(s.row), s.rest);
		stops[count++] = s;
	}
	if (count == 0)
		return false;
	p = region_pick(c, stops, count);
	if (!p.sure)
		p.name = stops[0].old;
	*r_r = region_pick_answer(c, &p);
	return true;
}

/* ---- one wrong character ---- */

static bool
is_known_name(const char *s, size_t len)
{
	size_t first = 0;

	return place_find(s, len, &first) > 0;
}

/* 江苏省苏州市昆仙市: under two whole parents one child is one character away. */
static int
child_one_off(int parent, const char *written)
{
	int found = ROW_NONE;

	if (is_known_name(written, strlen(written)))
		return ROW_NONE;
	for (size_t i = 0; i < division_count(); i++) {
		int row = (int)i;

		if (division_parent(row) != parent || division_in_force(row) != row ||
		    !word_one_off(written, division_name(row)))
			continue;
		if (found != ROW_NONE)
			return ROW_NONE;
		found = row;
	}
	return found;
}

/* The one division that text names wholly under above, or ROW_NONE. */
static bool
names_one(const char *text, int above, struct chain_stop *s_r)
{
	struct chain chain;
	size_t best[CHAIN_STOPS_MAX] = {0};

	chain_read(&chain, text, above);
	if (chain_best(&chain, true, best) != 1)
		return false;
	*s_r = chain.stops[best[0]];
	return s_r->kind == NAME_FULL && division_in_force(s_r->row) == s_r->row;
}

/* 江苏省苏卅市昆山市, 江芬省苏州市昆山市: the part before is one character away from the parent of
 * what follows. */
static bool
parent_one_off(const char *rest, int above, struct chain_stop *s_r)
{
	for (size_t len = word_step(rest); len < 45 && rest[len] != '\0'; len += word_step(rest + len)) {
		char part[64] = "";
		int parent = ROW_NONE;

		if (len < 6 || is_known_name(rest, len) || !names_one(rest + len, above, s_r))
			continue;
		(void)memcpy(part, rest, len);
		for (parent = s_r->row; parent != ROW_NONE && division_parent(parent) != above;)
			parent = division_parent(parent);
		if (parent != ROW_NONE && parent != s_r->row && word_one_off(part, division_name(parent)))
			return true;
	}
	return false;
}

static bool
guess_typo(const struct region_case *c, const struct chain *chain, struct region *r_r)
{
	for (size_t i = 0; i < chain->count; i++) {
		struct chain_stop s = chain->stops[i], child = {.row = ROW_NONE};

		if (s.names >= 2 && s.kind == NAME_FULL && division_level(s.row) == LEVEL_PREFECTURE) {
			child.row = child_one_off(s.row, s.rest);
			if (child.row != ROW_NONE) {
				*r_r = answer_division(c, &child);
				return true;
			}
		}
		if ((s.names == 0 || division_level(s.row) == LEVEL_PROVINCE) &&
		    parent_one_off(s.rest, s.row, &child)) {
			*r_r = answer_division(c, &child);
			return true;
		}
	}
	return false;
}

/* ---- names that do not fit together ---- */

/* The one division that rest names, or that stands there behind 和: 昆山市和太仓市, but 和平区 as well. */
static bool
names_next(const char *rest, struct chain_stop *s_r)
{
	static const char *const joints[] = {"和", "与", "及", "暨", NULL};
	const char *joint = word_begins_any(rest, joints);

	return names_one(rest, ROW_NONE, s_r) ||
	       (joint != NULL && names_one(rest + strlen(joint), ROW_NONE, s_r));
}

/* 江苏省徐州市昆山市 and 昆山市、太仓市: what both lie in is sure, more only if a hint speaks for the
 * last. The cities of the 兵团 are written under the prefecture that they lie in. */
static bool
guess_mixed(const struct region_case *c, const struct chain *chain, struct region *r_r)
{
	size_t best[CHAIN_STOPS_MAX] = {0}, count = chain_best(chain, false, best);
	struct chain_stop first = {.row = ROW_NONE}, second = {.row = ROW_NONE};

	if (count == 0)
		return false;
	first = chain->stops[best[0]];
	if (*first.rest == '\0' || !names_next(first.rest, &second))
		return false;
	if ((division_is(second.row, ROW_XPCC) &&
	     division_province(first.row) == division_province(second.row)) ||
	    hint_prefers(c->a, c->hints, second.row, first.row))
		*r_r = answer_division(c, &second);
	else
		*r_r = answer_unsure(c, division_common(division_in_force(first.row), second.row),
		                     c->text.bare, region_category_of(second.row));
	return true;
}

/* ---- a zone and its district ---- */

/* 苏州高新区虎丘区: one government. The lead unit tells which it speaks as, else what stands first. */
static bool
guess_twin(const struct region_case *c, const char *text, struct region *r_r)
{
	const char *lead = c->hints != NULL ? c->hints->lead_unit : NULL;

	for (size_t len = word_step(text); text[len] != '\0'; len += word_step(text + len)) {
		struct chain_stop start = {.rest = arena_dup0(c->a, text, len), .row = ROW_NONE};
		struct chain_stop district = {.row = ROW_NONE};
		int zone = len < 6 ? ROW_NONE : zone_named(c->a, &start);

		if (zone == ROW_NONE || !names_one(text + len, ROW_NONE, &district) ||
		    !division_are_related(zone_host(zone), district.row))
			continue;
		*r_r = lead != NULL && !zone_office(lead) ? answer_division(c, &district)
		                                          : answer_zone(c, zone_host(zone), zone_name(zone));
		return true;
	}
	return false;
}

bool
region_guess(const struct region_case *c, const char *text, const struct chain *chain, struct region *r_r)
{
	if (strlen(text) > GUESS_BYTES_MAX)
		return false;
	if (guess_status(c, chain, r_r))
		return true;
	if (guess_typo(c, chain, r_r) || guess_mixed(c, chain, r_r)) {
		r_r->mended = true;
		return true;
	}
	return guess_twin(c, text, r_r);
}

bool
region_near_name(const char *code, const char *text)
{
	int row = code[0] != '\0' ? division_by_code((unsigned)strtoul(code, NULL, 10)) : ROW_NONE;
	const char *name = row != ROW_NONE ? division_name(row) : "";
	size_t len = strlen(name);
	char part[64] = "";

	if (len < NEAR_BYTES_MIN || len >= sizeof part)
		return false;
	for (; strlen(text) >= len; text += word_step(text)) {
		(void)memcpy(part, text, len);
		part[len] = '\0';
		if (word_one_off(part, name) && !is_known_name(part, len))
			return true;
	}
	return false;
}

/* Is written name without one or two of its characters? The last one is there. */
static bool
lacks_some(const char *written, const char *name)
{
	int lost = 0;
	bool last = false;

	while (*name != '\0') {
		size_t len = word_step(name);

		last = strncmp(written, name, len) == 0;
		written += last ? len : 0;
		lost += !last;
		name += len;
	}
	return *written == '\0' && last && lost > 0 && lost <= LOST_MAX;
}

bool
region_misread(const char *text, bool (*lacks)(const char *name), const char **written_r, const char **name_r)
{
	struct chain chain;
	int found = ROW_NONE;

	chain_read(&chain, text, ROW_NONE);
	for (size_t i = 0; i < chain.count; i++) {
		const struct chain_stop *s = &chain.stops[i];

		if (s->names < 1 || s->kind != NAME_FULL || strlen(s->rest) < MISREAD_BYTES_MIN ||
		    is_known_name(s->rest, strlen(s->rest)))
			continue;
		for (int row = 0; row < (int)division_count(); row++) {
			const char *name = division_name(row);

			if (division_parent(row) != s->row || division_in_force(row) != row || row == found ||
			    (lacks && !lacks(name)) ||
			    !(word_one_off(s->rest, name) || lacks_some(s->rest, name)))
				continue;
			if (found != ROW_NONE)
				return false;
			found = row;
			*written_r = s->rest;
			*name_r = name;
		}
	}
	return found != ROW_NONE;
}
