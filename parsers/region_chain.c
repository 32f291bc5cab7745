/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/region_chain.h"

#include "parsers/region_text.h"

#include <stdlib.h>
#include <string.h>

enum { XINJIANG = 650000, NAMES_MAX = 8 };

const char *
chain_skip(const char *text)
{
	static const char *const fillers[] = {
	        "/",
	        ",",
	        "国家级",
	        "请填写",
	        "申请区域城市",
	        "申请区域",
	        "省直辖县级行政区划",
	        "省直辖县级行政单位",
	        "自治区直辖县级行政区划",
	        "省直管县",
	        "省直辖",
	        "市辖区",
	        "下辖",
	        "所辖",
	        NULL,
	};
	const char *word = NULL;

	while ((word = word_begins_any(text, fillers)) != NULL)
		text += strlen(word);
	return text;
}

/* A place once only, with its best reading; none beyond the maximum. */
static bool
keep(struct chain *c, const struct chain_stop *stop)
{
	for (size_t i = 0; i < c->count; i++) {
		struct chain_stop *old = &c->stops[i];

		if (old->row != stop->row || old->rest != stop->rest || old->army != stop->army)
			continue;
		if (old->score >= stop->score)
			return false;
		*old = *stop;
		return true;
	}
	if (c->count == CHAIN_STOPS_MAX)
		return false;
	c->stops[c->count++] = *stop;
	return true;
}

static int
name_score(struct region_name n)
{
	bool in_force = !division_is(n.row, ROW_ABOLISHED) && !division_is(n.row, ROW_FUTURE);

	switch (n.kind) {
	case NAME_FULL: return in_force ? 5 : 4;
	case NAME_OLD: return 4;
	case NAME_XPCC: return 3;
	case NAME_SHORT: return in_force ? 3 : 1;
	case NAME_TYPO: break;
	}
	return 2;
}

/* Go from stop over name. False where the name does not fit under what was read. Naming again what
 * stands there or above it (苏州市苏州, 浙江省浙江省) goes on and adds nothing. */
static bool
go_on(struct chain_stop *stop, struct region_name name)
{
	/* what is not there any more, or never was in the list, may lie in what stands for it now */
	bool part = stop->row == name.row && name.kind == NAME_OLD;

	if (stop->row != ROW_NONE && !part &&
	    (stop->row == name.row || division_is_within(stop->row, name.row)))
		return true;
	if (stop->row != ROW_NONE && !division_is_within(name.row, stop->row))
		return false;
	stop->row = name.row;
	stop->army = 0;
	stop->names++;
	stop->score += name_score(name);
	stop->kind = name.kind;
	stop->old = name.kind == NAME_OLD ? name.text : NULL;
	stop->corps |= name.kind == NAME_XPCC;
	return true;
}

/* 一 … 九十九, or digits; 0 where there is no number. *s moves behind it. */
static int
read_number(const char **s)
{
	static const char digits[] = "一二三四五六七八九";
	int number = 0, n = 0;

	for (; **s >= '0' && **s <= '9' && number < 1000; ++*s)
		number = 10 * number + (**s - '0');
	if (number > 0)
		return number;
	for (;; *s += strlen("十")) {
		const char *digit = **s != '\0' && strlen(*s) >= 3 ? digits : "";

		while (*digit != '\0' && memcmp(digit, *s, 3) != 0)
			digit += 3;
		if (*digit != '\0')
			n = (int)(digit - digits) / 3 + 1;
		else if (word_begins(*s, "十"))
			number = 10 * (n > 0 ? n : 1), n = 0;
		else
			return number + n;
	}
}

/* 第八师, 8师, 农八师, 第八师市: one government with its city. 第九师 got its city in 2023; the 11th and 12th
 * lie in 乌鲁木齐 and have none. */
static bool
go_on_army(struct chain_stop *stop, const char *at)
{
	static const unsigned cities[] = {0,      659002, 659006, 659003, 659008, 659007, 659004, 659010,
	                                  659001, 0,      659005, 0,      0,      659011, 659009};
	int number = 0;

	if (stop->row != ROW_NONE && division_code(stop->row) != XINJIANG)
		return false;
	at += word_begins(at, "第") || word_begins(at, "农") ? strlen("第") : 0;
	number = read_number(&at);
	if (number < 1 || number >= (int)(sizeof(cities) / sizeof(*cities)) || !word_begins(at, "师"))
		return false;
	at += strlen("师");
	stop->corps = true;
	stop->names++;
	stop->score += 5;
	stop->kind = NAME_FULL;
	stop->old = NULL;
	stop->army = cities[number] == 0 ? number : 0;
	stop->row = division_by_code(cities[number] != 0 ? cities[number] : XINJIANG);
	stop->rest = chain_skip(at);
	return true;
}

static void
walk(struct chain *c, const struct chain_stop *from, int depth)
{
	const char *at = from->rest;
	struct chain_stop to = *from;
	size_t len = 0;

	if (!keep(c, from) || depth == NAMES_MAX)
		return;
	if (go_on_army(&to, at))
		walk(c, &to, depth + 1);
	/* 重庆市县丰都县: the middle level of a municipality */
	if (from->row != ROW_NONE && division_is(from->row, ROW_MUNICIPALITY) && word_begins(at, "县"))
		at += strlen("县");
	while (len < place_longest() && at[len] != '\0') {
		size_t first = 0, count = 0;

		len += word_step(at + len);
		count = len < 6 ? 0 : place_find(at, len, &first);
		for (size_t i = first; i < first + count; i++) {
			to = *from;
			if (!go_on(&to, place_at(i)))
				continue;
			to.rest = chain_skip(at + len);
			walk(c, &to, depth + 1);
		}
	}
}

void
chain_read(struct chain *c, const char *text, int above)
{
	static const char *const countries[] = {"中华人民共和国", "中国", NULL};
	struct chain_stop start = {.rest = chain_skip(text), .row = above};
	const char *country = word_begins_any(start.rest, countries);

	c->count = 0;
	walk(c, &start, 0);
	/* With the country, too: 中国医药城 is a zone. */
	start.rest = country != NULL ? chain_skip(start.rest + strlen(country)) : "";
	if (*start.rest != '\0')
		walk(c, &start, 0);
}

size_t
chain_best(const struct chain *c, bool whole, size_t best[CHAIN_STOPS_MAX])
{
	const struct chain_stop *top = NULL;
	size_t count = 0;

	for (size_t i = 0; i < c->count; i++) {
		const struct chain_stop *s = &c->stops[i];

		if (s->names == 0 || (whole && *s->rest != '\0'))
			continue;
		if (top == NULL || s->rest > top->rest || (s->rest == top->rest && s->score > top->score))
			top = s;
	}
	for (size_t i = 0; top != NULL && i < c->count; i++)
		if (c->stops[i].names > 0 && c->stops[i].rest == top->rest && c->stops[i].score == top->score)
			best[count++] = i;
	return count;
}
