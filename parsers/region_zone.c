/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/region_zone.h"

#include "parsers/region_text.h"

#include <string.h>

enum { FORMS_MAX = 7 };

/* Ways to write one kind, the canonical one first. Of all, the longest that fits counts: therefore
 * 开发区 alone stands last. 高新区 and 经开区 are two bodies in many cities and never one kind. */
static const char *const families[][FORMS_MAX + 1] = {
        {"经开区", "国家级经济技术开发区", "国家经济技术开发区", "经济技术开发区", "经济开发区"},
        {"高新区", "国家高新技术产业开发区", "高新技术产业开发区", "高新技术产业园区", "高新技术开发区",
         "国家高新区", "高新产业开发区"},
        {"农高区", "国家农业高新技术产业示范区", "农业高新技术产业示范区", "国家农高区"},
        {"综保区", "综合保税区"},
        {"自贸区", "自由贸易试验区", "自贸试验区", "自由贸易区"},
        {"新区", "国家级新区"},
        {"工业园", "工业园区"},
        {"产业园", "产业园区"},
        {"园", "园区"},
        {"产业集群", "产业集聚群"},
        {"开发区"},
};

enum { FAMILIES = sizeof(families) / sizeof(*families) };

/* The family of text's end; *len_r: bytes of that end. NULL: none. */
static const char *const *
family_of(const char *text, size_t *len_r)
{
	const char *const *found = NULL;

	*len_r = 0;
	for (size_t i = 0; i < FAMILIES; i++) {
		for (size_t k = 0; k < FORMS_MAX && families[i][k] != NULL; k++) {
			size_t len = strlen(families[i][k]);

			if (len > *len_r && word_ends(text, families[i][k])) {
				found = families[i];
				*len_r = len;
			}
		}
	}
	return found;
}

bool
zone_office(const char *text)
{
	return strstr(text, "管委会") != NULL || strstr(text, "管理委员会") != NULL ||
	       strstr(text, "管理局") != NULL;
}

const char *
zone_text(struct arena *a, const char *rest)
{
	static const char *const offices[] = {"管理委员会", "管委会", "党工委", NULL};
	static const char *const ranks[] = {"国家级", "国家", "省级", "市级", "自治区级", NULL};
	char *out = arena_str(a, rest);
	const char *word = NULL;
	size_t len = strlen(out);

	for (size_t i = 0; offices[i] != NULL; i++) {
		char *office = strstr(out, offices[i]);

		if (office != NULL && office > out)
			len = (size_t)(office - out) < len ? (size_t)(office - out) : len;
	}
	out[len] = '\0';
	len = 0;
	for (size_t i = 0; out[i] != '\0'; i++)
		if (out[i] != '/' && out[i] != ',')
			out[len++] = out[i];
	out[len] = '\0';
	while ((word = word_begins_any(out, ranks)) != NULL && strlen(word) < strlen(out))
		out += strlen(word);
	return out;
}

bool
zone_looks_like(const char *text)
{
	static const char *const ends[] = {
	        "开发区", "高新区", "经开区", "园区",   "园",     "集聚区", "集中区", "示范区", "示范基地",
	        "基地",   "新区",   "新城",   "产业城", "科技城", "科学城", "工业城", "保税区", "保税港区",
	        "综保区", "加工区", "经济区", "试验区", "实验区", "合作区", "工业区", "自贸区", "贸易区",
	        "片区",   "产业带", "小镇",   "集群",   "度假区", "投资区", "先导区", "创新区", "产业区",
	        "管理区", "港区",   "科创谷", "走廊",   "经济带", "商务区", "物流区", "聚集区", "功能区",
	        "软件谷", "智谷",   "药谷",   "科技谷", "创谷",   "硅谷",   "园地",   "合作带", "副中心",
	        "组团",   "特区",   "起步区", "启动区", "先行区", "港务区", "农高区", "生态城", "生态区",
	        "知识城", "科教城", "生物城", "医药城", "商务城", "汽车城", "航空城", "航天城", "智造城",
	        "软件城", "数字城", "物流城", "物流港", "科技港", "产业港", "陆港",   "动力谷", "声谷",
	        "传感谷", "光谷",   "芯谷",   "云谷",   "数谷",   "氢谷",   "光电谷", "生物谷", "健康谷",
	        NULL,
	};
	/* gardens that are none */
	static const char *const others[] = {"公园", "花园", "家园",   "校园",   "幼儿园", "动物园",
	                                     "庄园", "陵园", "游乐园", "植物园", NULL};

	return word_ends_any(text, ends) != NULL && word_ends_any(text, others) == NULL;
}

bool
zone_is_generic(const char *text)
{
	size_t len = 0;
	const char *const *family = family_of(text, &len);

	return (family != NULL && len == strlen(text)) || strcmp(text, "开发区") == 0 ||
	       strcmp(text, "产业集聚区") == 0 || strcmp(text, "工业集中区") == 0 ||
	       strcmp(text, "新城") == 0 || strcmp(text, "示范区") == 0 || strcmp(text, "保税区") == 0 ||
	       strcmp(text, "集聚区") == 0;
}

const char *
zone_canonical(struct arena *a, const char *text)
{
	size_t len = 0;
	const char *const *family = family_of(text, &len);

	/* 开发区 behind a name is mostly the 经开区; behind more (化工开发区) it is what it says. */
	if (strcmp(text, "开发区") == 0)
		return "经开区";
	if (family == NULL)
		return text;
	return arena_fmt(a, "%s%s", word_without_end(a, text, len), family[0]);
}

static int
better(int a, int b)
{
	return b == ROW_NONE || (a != ROW_NONE && zone_rank(a) <= zone_rank(b)) ? a : b;
}

/* The zone called before + text, in the form written or any other of its kind: of several the one of
 * the highest rank, for lists of lower ones hold national ones again, under shorter names. */
static int
find_in_forms(struct arena *a, const char *before, const char *text)
{
	const char *name = arena_fmt(a, "%s%s", before, text);
	size_t len = 0;
	const char *const *family = family_of(name, &len);
	const char *stem = NULL;
	int zone = zone_find(name, strlen(name));

	if (family == NULL)
		return zone;
	stem = word_without_end(a, name, len);
	/* 溧水开发区, 溧水经开区 and 溧水经济开发区 are one, under any of these names in the table */
	if (family == families[0] || strcmp(family[0], "开发区") == 0) {
		family = families[0];
		name = arena_fmt(a, "%s开发区", stem);
		zone = better(zone, zone_find(name, strlen(name)));
	}
	for (size_t i = 0; i < FORMS_MAX && family[i] != NULL; i++) {
		name = arena_fmt(a, "%s%s", stem, family[i]);
		zone = better(zone, zone_find(name, strlen(name)));
	}
	return zone;
}

static bool
fits(int zone, int row)
{
	return row == ROW_NONE || zone_host(zone) == ROW_NONE ||
	       division_are_related(zone_host(zone), division_in_force(row));
}

enum { BEFORE_MAX = 5 };

/* What may stand before the kind in the name of a zone in row: nothing, 裕安, 裕安区, 六安裕安,
 * 六安市裕安区. */
static size_t
names_before(struct arena *a, int row, const char *before[BEFORE_MAX])
{
	int parent = row != ROW_NONE ? division_parent(row) : ROW_NONE;
	size_t count = 0;

	before[count++] = "";
	if (row == ROW_NONE)
		return count;
	before[count++] = division_short(row);
	if (division_level(row) == LEVEL_PROVINCE)
		return count;
	before[count++] = division_name(row);
	before[count++] = arena_fmt(a, "%s%s", division_short(parent), division_short(row));
	before[count++] = arena_fmt(a, "%s%s", division_name(parent), division_name(row));
	return count;
}

/* 承德县高新区 is not the 承德高新区 of 承德市, whose stem both bear. */
static bool
is_of_namesake(int zone, int row)
{
	int parent = row != ROW_NONE && division_level(row) == LEVEL_COUNTY ? division_parent(row) : ROW_NONE;

	return parent != ROW_NONE && strcmp(division_short(parent), division_short(row)) == 0 &&
	       !division_is_within(zone_host(zone), row);
}

int
zone_named(struct arena *a, const struct chain_stop *stop)
{
	const char *text = zone_text(a, stop->rest);
	int best = zone_find(stop->rest, strlen(stop->rest));
	const char *before[BEFORE_MAX] = {"", "", "", "", ""};
	size_t count = 0;

	if (*text == '\0')
		return ROW_NONE;
	if (best != ROW_NONE && !fits(best, stop->row))
		best = ROW_NONE;
	count = names_before(a, stop->row, before);
	for (size_t i = 0; i < count; i++) {
		int zone = find_in_forms(a, before[i], text);

		if (zone == ROW_NONE || !fits(zone, stop->row) || (i > 0 && is_of_namesake(zone, stop->row)))
			continue;
		best = better(best, zone);
	}
	return best;
}
