/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/region_answer.h"

#include <string.h>

enum region_category
region_category_of(int row)
{
	if (division_level(row) == LEVEL_COUNTY)
		return REGION_COUNTY;
	if (division_level(row) == LEVEL_PROVINCE)
		return REGION_NO_CATEGORY;
	return division_is(row, ROW_SUB_PROVINCIAL) ? REGION_SUB_PROVINCIAL : REGION_PREFECTURE;
}

static const char *
code_of(struct arena *a, int row)
{
	return arena_fmt(a, "%06u", division_code(row));
}

/* The names of all above row, and name. */
static const char *
under(struct arena *a, int row, const char *name)
{
	for (int above = division_parent(row); above != ROW_NONE; above = division_parent(above))
		name = arena_fmt(a, "%s%s", division_name(above), name);
	return name;
}

static void
set_code(const struct region_case *c, struct region *r, int row)
{
	if (row == ROW_NONE)
		return;
	(void)memcpy(r->code, code_of(c->a, row), sizeof(r->code));
	r->province = code_of(c->a, division_province(row));
}

static void
set_key(const struct region_case *c, struct region *r, const char *name)
{
	if (r->code[0] == '\0')
		r->key = c->text.bare;
	else if (name != NULL)
		r->key = arena_fmt(c->a, "%s %s", r->code, name);
	else
		r->key = arena_str(c->a, r->code);
}

const char *
region_short_name(struct arena *a, const struct chain_stop *stop)
{
	static const char *const numbers[] = {"",   "一", "二", "三",   "四",   "五",   "六",  "七",
	                                      "八", "九", "十", "十一", "十二", "十三", "十四"};

	if (stop->army != 0)
		return arena_fmt(a, "第%s师", numbers[stop->army]);
	return division_short(stop->row);
}

static struct region
answer_army(const struct region_case *c, const struct chain_stop *stop)
{
	struct region r = {.verdict = REGION_KNOWN, .category = REGION_PREFECTURE};
	const char *name = region_short_name(c->a, stop);

	set_code(c, &r, stop->row);
	set_key(c, &r, name);
	r.name = arena_fmt(c->a, "新疆生产建设兵团%s", name);
	return r;
}

static struct region
answer_province(const struct region_case *c, const struct chain_stop *stop)
{
	struct region r = {.verdict = REGION_NOT_ELIGIBLE};
	const char *name = stop->corps ? "新疆生产建设兵团" : division_name(stop->row);

	set_code(c, &r, stop->row);
	set_key(c, &r, stop->corps ? name : NULL);
	r.name = name;
	r.reason = arena_fmt(c->a, "所填为%s（%s），不属于征集对象，请填写其所辖的市、区、县（市）或园区",
	                     division_is(stop->row, ROW_MUNICIPALITY) ? "直辖市" : "省级区域", name);
	return r;
}

/* An old name's end tells the level that it had: 巢湖地区 was no county, though 巢湖市 is; 加格达奇区 is
 * one, though its code is its prefecture's. */
static enum region_category
category_of_old(int row, const char *old)
{
	if (old != NULL && (word_ends(old, "地区") || word_ends(old, "盟")))
		return REGION_PREFECTURE;
	if (old != NULL && (word_ends(old, "区") || word_ends(old, "县") || word_ends(old, "旗")))
		return REGION_COUNTY;
	return region_category_of(row);
}

struct region
answer_division(const struct region_case *c, const struct chain_stop *stop)
{
	struct region r = {.verdict = REGION_KNOWN};
	int now = division_in_force(stop->row);
	const char *old = stop->old;

	if (stop->army != 0)
		return answer_army(c, stop);
	if (division_level(stop->row) == LEVEL_PROVINCE)
		return answer_province(c, stop);
	/* What was created after 2022 at the place of another (米林市, 米林县) is that one. */
	if (old == NULL && now != stop->row &&
	    (!division_is(stop->row, ROW_FUTURE) || division_level(now) != division_level(stop->row)))
		old = division_name(stop->row);
	if (old != NULL && strcmp(old, division_name(now)) == 0)
		old = NULL; /* only moved: 莱芜市 钢城区 is 济南市's */
	set_code(c, &r, now);
	set_key(c, &r, old);
	r.category = category_of_old(stop->row, stop->old);
	r.name = old != NULL ? under(c->a, stop->row, old) : under(c->a, now, division_name(now));
	return r;
}

struct region
answer_zone(const struct region_case *c, int host, const char *zone)
{
	struct region r = {.verdict = REGION_KNOWN, .category = REGION_CLUSTER};
	int now = division_in_force(host);

	set_code(c, &r, now);
	set_key(c, &r, zone);
	if (now == ROW_NONE) {
		r.key = arena_str(c->a, zone);
		return r;
	}
	r.name = arena_fmt(c->a, "%s%s", under(c->a, now, division_name(now)), zone);
	for (int row = now; row != ROW_NONE; row = division_parent(row))
		if (word_begins(zone, division_short(row)))
			r.name = under(c->a, row, zone);
	return r;
}

struct region
answer_unsure(const struct region_case *c, int common, const char *name, enum region_category category)
{
	struct region r = {.verdict = REGION_KNOWN, .category = category};

	set_code(c, &r, common);
	set_key(c, &r, name);
	return r;
}

struct region
answer_not_eligible(const struct region_case *c, enum region_kind kind)
{
	static const char *const reasons[] = {
	        [KIND_COMPANY] = "所填为企业或其他单位名称，不属于征集对象（市、区、县及产业集聚区）",
	        [KIND_TOWN] = "所填为乡镇，不属于征集对象（市、区、县及产业集聚区）",
	        [KIND_STREET] = "所填为街道，不属于征集对象（市、区、县及产业集聚区）",
	        [KIND_VILLAGE] = "所填为村或社区，不属于征集对象（市、区、县及产业集聚区）",
	};

	return (struct region){.verdict = REGION_NOT_ELIGIBLE, .key = c->text.bare, .reason = reasons[kind]};
}

struct region
answer_unknown(const struct region_case *c)
{
	return (struct region){.verdict = REGION_UNKNOWN, .key = c->text.bare};
}
