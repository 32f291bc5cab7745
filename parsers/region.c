/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/region.h"

#include "parsers/region_answer.h"
#include "parsers/region_guess.h"
#include "parsers/region_hint.h"
#include "parsers/region_table.h"
#include "parsers/region_zone.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_BEGIN = 120 }; /* bytes of a long key that stay readable */

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

/* Does some place that dials 0 and dial hold the division? */
static bool
dials(unsigned dial, int division)
{
	size_t next = 0;
	int row;

	while ((row = dial_row(dial, &next)) != ROW_NONE)
		if (row == division || division_is_within(division, row))
			return true;
	return false;
}

const char *
region_dial_of(struct arena *a, const char *code, size_t digits)
{
	int division = code[0] ? division_by_code((unsigned)strtoul(code, NULL, 10)) : ROW_NONE;
	unsigned found = 0;

	for (unsigned dial = 10; division != ROW_NONE && dial < 1000; dial++) {
		int want = dial_digits(dial);

		if (want < 0 || (want && (size_t)want != digits) || !dials(dial, division))
			continue;
		if (found)
			return NULL;
		found = dial;
	}
	return found ? arena_fmt(a, "0%u", found) : NULL;
}

static size_t
copy_stops(const struct chain *chain, const size_t best[], size_t count, struct chain_stop out[])
{
	for (size_t i = 0; i < count; i++)
		out[i] = chain->stops[best[i]];
	return count;
}

/* ---- zones ---- */

/* How far the longest reading of divisions goes: 三门 in 三门峡经济开发区 is none. */
static const char *
longest_reading(const struct chain *chain)
{
	const char *rest = "";
	bool any = false;

	for (size_t i = 0; i < chain->count; i++)
		if (chain->stops[i].names > 0 && (!any || chain->stops[i].rest > rest)) {
			rest = chain->stops[i].rest;
			any = true;
		}
	return rest;
}

/* Where else the zone of the table that was read at stop, behind no more than one bare name, may lie:
 * 蓝田开发区 is a row of 漳州, and 蓝田县 may have one, too; 雨花经济开发区 is one of 南京 by its whole name
 * and one of 长沙's 雨花区 by that. ROW_NONE: it is sure, as national ones are, whose names are given
 * once. */
static int
other_host(const struct region_case *c, int zone, const struct chain_stop *stop, const struct chain *chain)
{
	const char *longest = longest_reading(chain);

	if (zone_rank(zone) <= ZONE_CLUSTER || zone_host(zone) == ROW_NONE || stop->names > 1 ||
	    (stop->names == 1 && stop->kind != NAME_SHORT))
		return ROW_NONE;
	for (size_t i = 0; i < chain->count; i++) {
		const struct chain_stop *s = &chain->stops[i];
		int same = s->names == 0 ? zone_named(c->a, s) : ROW_NONE;
		int other = same != ROW_NONE ? zone_host(same) : s->row;

		if (s->names > 0 && s->rest != longest)
			continue;
		if (other != ROW_NONE && !division_are_related(other, zone_host(zone)) &&
		    !hint_prefers(c->a, c->hints, zone_host(zone), other))
			return other;
	}
	return ROW_NONE;
}

/* The zone that was read in host: of the table, or by its pattern. */
static struct region
answer_zone_at(const struct region_case *c, const struct chain *chain, int host)
{
	for (size_t i = 0; i < chain->count; i++) {
		const struct chain_stop *s = &chain->stops[i];
		int zone = zone_named(c->a, s);

		if (zone != ROW_NONE && zone_host(zone) == host)
			return answer_zone(c, host, zone_name(zone));
		if (s->row == host)
			return answer_zone(c, host,
			                   arena_fmt(c->a, "%s%s", division_short(host),
			                             zone_canonical(c->a, zone_text(c->a, s->rest))));
	}
	return answer_unknown(c);
}

/* 黄埔区、广州开发区, one government, and the lead unit speaks as the district. */
static bool
is_district_of(const struct region_case *c, const struct chain_stop *s, int zone, const char *text)
{
	return s->row == zone_host(zone) && s->rest > text && s->rest[-1] == ',' && c->hints != NULL &&
	       c->hints->lead_unit != NULL && !zone_office(c->hints->lead_unit);
}

/* The zone of the table that stands at one of the stops: the one of the highest rank, of those the
 * one read with most parents. */
static bool
resolve_listed_zone(const struct region_case *c, const char *text, const struct chain *chain,
                    struct region *r_r)
{
	const struct chain_stop *stop = NULL;
	int best = ROW_NONE, other = ROW_NONE;

	for (size_t i = 0; i < chain->count; i++) {
		const struct chain_stop *s = &chain->stops[i];
		int zone = zone_named(c->a, s);

		if (zone == ROW_NONE ||
		    (best != ROW_NONE && (zone_rank(zone) > zone_rank(best) ||
		                          (zone_rank(zone) == zone_rank(best) && s->names <= stop->names))))
			continue;
		best = zone;
		stop = s;
	}
	if (best == ROW_NONE)
		return false;
	other = other_host(c, best, stop, chain);
	if (is_district_of(c, stop, best, text))
		*r_r = answer_division(c, stop);
	else if (other == ROW_NONE)
		*r_r = answer_zone(c, zone_host(best), zone_name(best));
	else if (hint_prefers(c->a, c->hints, other, zone_host(best)))
		*r_r = answer_zone_at(c, chain, other);
	else
		*r_r = answer_zone(c, ROW_NONE, zone_canonical(c->a, zone_text(c->a, text)));
	return true;
}

/* 南山铝业产业园 is not in 深圳's 南山区: a district's bare name before other words proves nothing. */
static bool
host_is_sure(const struct region_case *c, const struct chain_stop *s, const char *zone)
{
	int elsewhere =
	        division_by_code(division_code(division_province(s->row)) == 110000 ? 120000 : 110000);

	if (s->names > 1 || s->kind != NAME_SHORT || division_level(s->row) != LEVEL_COUNTY ||
	    !word_ends(division_name(s->row), "区") || zone_is_generic(zone))
		return true;
	return hint_prefers(c->a, c->hints, s->row, elsewhere);
}

/* 武汉市、襄阳市汽车集群 lies in both: what holds them. */
static int
common_host(int row, const char *zone)
{
	struct chain chain;
	size_t best[CHAIN_STOPS_MAX] = {0};

	for (int i = 0; i < 8 && row != ROW_NONE; i++) {
		chain_read(&chain, zone, ROW_NONE);
		if (chain_best(&chain, false, best) != 1 || chain.stops[best[0]].kind != NAME_FULL ||
		    division_level(chain.stops[best[0]].row) == LEVEL_COUNTY)
			break;
		row = division_common(row, chain.stops[best[0]].row);
		zone = chain.stops[best[0]].rest;
	}
	return row;
}

/* The lead unit names the zone that region calls only by its kind: 高新区, 昆山高新区管委会. */
static bool
resolve_lead_zone(const struct region_case *c, struct region *r_r)
{
	struct region r;

	if (c->hints == NULL || c->hints->lead_unit == NULL || !zone_office(c->hints->lead_unit))
		return false;
	r = region_resolve(c->a, c->hints->lead_unit, NULL);
	if (r.verdict != REGION_KNOWN || r.category != REGION_CLUSTER || r.code[0] == '\0')
		return false;
	*r_r = r;
	return true;
}

/* Does text name a place of its own, 松鹤省金桂市? */
static bool
names_unknown_place(const char *text)
{
	static const char *const places[] = {"省", "县", "自治州", NULL};
	const char *city = strstr(text, "市");

	for (size_t i = 0; places[i] != NULL; i++)
		if (strstr(text, places[i]) != NULL)
			return true;
	return city != NULL && !word_begins(city, "市场") && strstr(text, "城市") == NULL &&
	       strstr(text, "都市") == NULL;
}

/* A zone that no table lists, without a division that is sure before it; names_place: with several
 * that it may be. */
static struct region
resolve_homeless_zone(const struct region_case *c, const char *zone, bool names_place)
{
	struct region r;

	if (zone_is_generic(zone))
		return resolve_lead_zone(c, &r) ? r : answer_unknown(c);
	if (!names_place && names_unknown_place(zone))
		return answer_unknown(c);
	return answer_zone(c, ROW_NONE, zone_canonical(c->a, zone));
}

/* DIVISION + 高新区, 产业园, 集群 … */
static bool
resolve_zone(const struct region_case *c, const char *text, const struct chain *chain, struct region *r_r)
{
	struct chain_stop stops[CHAIN_STOPS_MAX];
	size_t best[CHAIN_STOPS_MAX] = {0}, count = chain_best(chain, false, best);
	const char *zone = zone_text(c->a, count > 0 ? chain->stops[best[0]].rest : text);
	struct region_pick p = {0};
	int host = ROW_NONE;

	if (!zone_looks_like(zone))
		return false;
	(void)copy_stops(chain, best, count, stops);
	if (count > 0)
		p = region_pick(c, stops, count);
	if (count == 0 || (p.sure && !host_is_sure(c, &p.stop, zone)) || (!p.sure && p.common == ROW_NONE)) {
		*r_r = resolve_homeless_zone(c, zone_text(c->a, text), count > 0);
		return true;
	}
	host = p.sure ? p.stop.row : p.common;
	if (division_level(host) == LEVEL_PROVINCE && zone_is_generic(zone) && resolve_lead_zone(c, r_r))
		return true;
	if (common_host(host, zone) != host)
		*r_r = answer_zone(c, common_host(host, zone), zone_canonical(c->a, zone_text(c->a, text)));
	else
		*r_r = answer_zone(c, host,
		                   arena_fmt(c->a, "%s%s", p.sure ? region_short_name(c->a, &p.stop) : p.name,
		                             zone_canonical(c->a, zone)));
	return true;
}

/* ---- everything else ---- */

static struct region
resolve_division(const struct region_case *c, const struct chain *chain, bool whole)
{
	struct chain_stop stops[CHAIN_STOPS_MAX];
	size_t best[CHAIN_STOPS_MAX] = {0};
	size_t count = copy_stops(chain, best, chain_best(chain, whole, best), stops);
	struct region_pick p = region_pick(c, stops, count);

	return region_pick_answer(c, &p);
}

/* Is a division named so that no other word can be meant? 昆山路 is a street in many cities. */
static bool
is_plain_division(const struct chain *chain, const size_t best[], size_t count)
{
	return count > 0 && (chain->stops[best[0]].names > 1 || chain->stops[best[0]].kind != NAME_SHORT);
}

/* By what kind of thing the text ends as. */
static bool
resolve_kind(const struct region_case *c, const char *text, const struct chain *chain, struct region *r_r)
{
	size_t best[CHAIN_STOPS_MAX] = {0}, count = chain_best(chain, false, best);
	const char *rest = count > 0 ? chain->stops[best[0]].rest : text;
	enum region_kind kind = region_kind_of(*rest != '\0' ? rest : text);

	switch (kind) {
	case KIND_COMPANY:
	case KIND_TOWN:
	case KIND_STREET:
	case KIND_VILLAGE: *r_r = answer_not_eligible(c, kind); return true;
	case KIND_ADDRESS:
		if (!is_plain_division(chain, best, count) ||
		    division_level(chain->stops[best[0]].row) == LEVEL_PROVINCE)
			return false;
		break;
	case KIND_OFFICE:
		/* 昆山工信局; but 南山处 is no office of 南山区 */
		if (!is_plain_division(chain, best, count) && (count == 0 || strlen(rest) < strlen("工信局")))
			return false;
		break;
	case KIND_WIDE:
		if (!is_plain_division(chain, best, count))
			return false;
		break;
	case KIND_OTHER: return false;
	}
	*r_r = resolve_division(c, chain, false);
	return true;
}

/* text: without brackets. */
static struct region
resolve_text(const struct region_case *c, const char *text)
{
	struct chain chain;
	struct region r = {.verdict = REGION_NONE};
	size_t best[CHAIN_STOPS_MAX] = {0};

	chain_read(&chain, text, ROW_NONE);
	if (chain_best(&chain, true, best) > 0)
		return resolve_division(c, &chain, true);
	if (resolve_listed_zone(c, text, &chain, &r))
		return r;
	if (region_kind_of(text) == KIND_COMPANY && !zone_looks_like(text))
		return answer_not_eligible(c, KIND_COMPANY);
	if (resolve_zone(c, text, &chain, &r) || region_guess(c, text, &chain, &r) ||
	    resolve_kind(c, text, &chain, &r))
		return r;
	return answer_unknown(c);
}

/* 国家新型工业化产业示范基地（装备制造·江苏徐州经开区）: the place stands behind the last separator, in
 * the bracket or behind 示范基地; the base in a division is a cluster there, known by its industry. */
static bool
resolve_base(const struct region_case *c, struct region *r_r)
{
	static const char base[] = "示范基地/";
	const char *note = c->text.note_count > 0 ? c->text.notes[0] : "";
	const char *place = strstr(c->text.main, base), *industry = note;
	struct region r;

	if (place != NULL) {
		place += strlen(base);
	} else if (word_ends(c->text.main, "示范基地") && (place = strrchr(note, '/')) != NULL) {
		industry = arena_dup0(c->a, note, (size_t)(place - note));
		place++;
	} else {
		return false;
	}
	r = resolve_text(c, place);
	if (r.verdict != REGION_KNOWN || r.code[0] == '\0')
		return false;
	if (r.category != REGION_CLUSTER) {
		int row = division_by_code((unsigned)strtoul(r.code, NULL, 10));

		r = answer_zone(c, row, arena_fmt(c->a, "%s%s示范基地", division_short(row), industry));
	}
	*r_r = r;
	return true;
}

/* More is known with a note than without: 江苏省（昆山市）, 高新区（徐州）. */
static struct region
resolve_with_notes(const struct region_case *c, struct region without)
{
	for (size_t i = 0; i < c->text.note_count; i++) {
		const char *note = c->text.notes[i];
		const char *const joined[] = {c->text.bare, arena_fmt(c->a, "%s%s", note, c->text.main),
		                              arena_fmt(c->a, "%s%s", c->text.main, note)};

		for (size_t k = 0; k < sizeof(joined) / sizeof(*joined); k++) {
			struct region r = resolve_text(c, joined[k]);

			if (r.verdict == REGION_KNOWN && r.code[0] != '\0' &&
			    (without.verdict != REGION_KNOWN || without.code[0] == '\0' ||
			     (r.category == REGION_COUNTY && r.name != NULL)))
				return r;
		}
	}
	return without;
}

/* Is there more to know than r says? Of a prefecture, which of its counties stands in the bracket:
 * 徐州市（鼓楼区）. */
static bool
wants_notes(const struct region_case *c, struct region r)
{
	if (c->text.note_count == 0)
		return false;
	if (r.verdict == REGION_NOT_ELIGIBLE)
		return r.code[0] != '\0';
	return r.code[0] == '\0' || r.category == REGION_PREFECTURE || r.category == REGION_SUB_PROVINCIAL;
}

/* Zones of the table whose names hold brackets: 苏州高新区（虎丘）, 中国（上海）自由贸易试验区. With
 * divisions before it only if the bracket stands inside: 昆山市（昆山经开区） is 昆山市. */
static bool
resolve_bracketed_zone(const struct region_case *c, struct region *r_r)
{
	struct chain chain;
	struct chain_stop bare = {.rest = c->text.bare, .row = ROW_NONE};
	int zone = ROW_NONE;

	if (c->text.note_count == 0)
		return false;
	zone = zone_named(c->a, &bare);
	if (zone != ROW_NONE) {
		*r_r = answer_zone(c, zone_host(zone), zone_name(zone));
		return true;
	}
	if (word_ends(c->text.whole, ")"))
		return false;
	chain_read(&chain, c->text.bare, ROW_NONE);
	return resolve_listed_zone(c, c->text.bare, &chain, r_r);
}

/* A key stands in the log, one for each form of a mail: what somebody pasted into the region is no reason for
 * a line of megabytes. A long one is known by its hash. */
static const char *
short_key(struct arena *a, const char *key)
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	char hex[2 * SHA256_DIGEST_LENGTH + 1];
	size_t cut = KEY_BEGIN;

	if (!key || strlen(key) <= REGION_KEY_MAX)
		return key;
	(void)SHA256((const unsigned char *)key, strlen(key), hash);
	for (size_t i = 0; i < sizeof hash; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	while (((unsigned char)key[cut] & 0xC0) == 0x80) /* no character is cut in two */
		cut--;
	return arena_fmt(a, "%.*s %s", (int)cut, key, hex);
}

static struct region
resolve(struct arena *a, const char *text, const struct region_hints *hints)
{
	struct region_case c = {.a = a, .hints = hints};
	struct region r = {.verdict = REGION_NONE};

	if (text == NULL)
		return r;
	c.text = region_text_plain(a, text);
	if (c.text.bare[0] == '\0')
		return r;
	if (resolve_bracketed_zone(&c, &r) || resolve_base(&c, &r))
		return r;
	r = c.text.main[0] != '\0' ? resolve_text(&c, c.text.main) : answer_unknown(&c);
	if (wants_notes(&c, r))
		r = resolve_with_notes(&c, r);
	return r;
}

struct region
region_resolve(struct arena *a, const char *text, const struct region_hints *hints)
{
	struct region r = resolve(a, text, hints);

	r.key = short_key(a, r.key);
	return r;
}
