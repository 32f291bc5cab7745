/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules for what is no number: Word's 字, lists of names, persons with positions. */
#include "parsers/check.h"

#include "config/text.h"

#include <string.h>

enum { NAMES_MAX = 256, TEXT_MAX = 1 << 20 };

int
check_word_count(const char *s)
{
	int count = 0;
	bool in_run = false;
	uint32_t c;

	while ((c = text_next(&s))) {
		if (c == '\n' || text_is_space(c)) {
			in_run = false;
		} else if (text_is_unsafe(c)) {
			continue;
		} else if (text_is_full(c)) {
			in_run = false;
			count++;
		} else {
			count += !in_run;
			in_run = true;
		}
	}
	return count;
}

/* ---- lists of names ---- */

struct names {
	struct arena *arena;
	const char *list[NAMES_MAX + 1];
	size_t count;
};

static bool
is_mark(uint32_t c)
{
	static const uint32_t marks[] = {0x3001, 0xFF0C, ',',    0xFF1B, ';',    '/',   0xFF0F,
	                                 '\n',   '|',    0xFF5C, '\\',   0x3002, 0xFF64};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (marks[i] == c)
			return true;
	return false;
}

/* How brackets go deeper or end: what stands in them parts nothing (稀土（轻、重）). */
static int
bracket(uint32_t c)
{
	switch (c) {
	case '(':
	case '[':
	case 0xFF08:
	case 0x3010:
	case 0x300A:
	case 0x3014:
	case 0x201C: return 1;
	case ')':
	case ']':
	case 0xFF09:
	case 0x3011:
	case 0x300B:
	case 0x3015:
	case 0x201D: return -1;
	default: return 0;
	}
}

static bool
is_han_number(uint32_t c)
{
	static const uint32_t numbers[] = {0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94,
	                                   0x516D, 0x4E03, 0x516B, 0x4E5D, 0x5341};

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (numbers[i] == c)
			return true;
	return false;
}

/* Where a numbering ends that begins at s (1. 1) （1） ① 一、), else s itself. bare: 1 or 一 alone, with
 * its mark cut off already, is one too. */
static const char *
skip_numbering(const char *s, bool bare)
{
	const char *at = s;
	uint32_t c = text_next(&at);
	bool open = c == '(' || c == 0xFF08;
	const char *last = at;
	int digits = 0;

	if ((c >= 0x2460 && c <= 0x249B) || (c >= 0x3220 && c <= 0x3229)) /* ① to ⑳, ⑴, ⒈; ㈠ */
		return at;
	if (open) {
		last = at;
		c = text_next(&at);
	}
	for (; digits < 3 && ((c >= '0' && c <= '9') || (c >= 0xFF10 && c <= 0xFF19) || is_han_number(c));
	     digits++) {
		last = at;
		c = text_next(&at);
	}
	if (digits == 0 || digits > 2)
		return s;
	if (bare && !c && !open)
		return last;
	if (open ? c == ')' || c == 0xFF09
	         : c == '.' || c == 0xFF0E || c == ')' || c == 0xFF09 || c == 0x3001)
		return *at >= '0' && *at <= '9' ? s : at; /* 1.5 is a figure */
	return s;
}

/* Behind the bullets that s begins with: ● - • */
static const char *
skip_bullets(const char *s)
{
	static const char bullets[] = "●•·■◆▪▶►○◇★☆※-–—* ";
	const char *at = s;
	uint32_t c;

	while ((c = text_next(&at)) != 0) {
		const char *b = bullets;
		uint32_t bullet = 0;

		while ((bullet = text_next(&b)) != 0 && bullet != c)
			;
		if (!bullet)
			return s;
		s = at;
	}
	return s;
}

/* What ends a list and is no name: 电子信息、装备制造、等 */
static bool
is_and_so_on(const char *s)
{
	return strcmp(s, "等") == 0 || strcmp(s, "等等") == 0 || strcmp(s, "等产业") == 0;
}

static void
add_name(struct names *n, const char *at, size_t len)
{
	char *raw = arena_dup0(n->arena, at, len);
	struct buf b = BUF_INIT(TEXT_MAX);

	text_trim(&b, raw);
	if (b.len) {
		struct buf c = BUF_INIT(TEXT_MAX);

		text_trim(&c, skip_numbering(*skip_bullets(b.at) ? skip_bullets(b.at) : b.at, true));
		if (c.len && !is_and_so_on(c.at) && n->count < NAMES_MAX)
			n->list[n->count++] = arena_dup0(n->arena, c.at, c.len);
		buf_free(&c);
	}
	buf_free(&b);
}

/* Does a numbering begin at s, behind the character before? Behind a blank 二、 is one, too; else it may be
 * part of a name. */
static bool
is_numbered(const char *s, uint32_t before)
{
	const char *first = s;
	bool blank = text_is_space(before);

	return (blank || (before > 0x7F && !is_han_number(text_next(&first)))) &&
	       skip_numbering(s, false) > s;
}

/* Cut s at marks, or (by_space) at white space, outside brackets, and where a numbering begins. */
static void
cut_names(struct names *n, const char *s, bool by_space)
{
	const char *begin = s;
	const char *at = s;
	int depth = 0;
	uint32_t before = 0;
	uint32_t c;

	for (; (c = text_next(&s)); at = s, before = c) {
		bool numbered = depth == 0 && at > begin && is_numbered(at, before);

		depth += depth + bracket(c) >= 0 ? bracket(c) : 0;
		if (!numbered && (depth || !(is_mark(c) || (by_space && text_is_space(c)))))
			continue;
		add_name(n, begin, (size_t)(at - begin));
		begin = numbered ? at : s;
	}
	add_name(n, begin, strlen(begin));
}

const char *const *
check_split_names(struct arena *a, const char *s)
{
	struct names *n = arena_alloc(a, 1, sizeof *n);

	n->arena = a;
	cut_names(n, s, false);
	if (n->count == 1) {
		const char *only = n->list[0];

		n->count = 0;
		cut_names(n, only, true);
		/* Latin words are parted by blanks inside one name: 5G 通信 stays whole */
		for (size_t i = 0; i < n->count; i++) {
			const char *p = n->list[i];

			if (text_next(&p) < 0x80 || text_count(n->list[i]) < 2) {
				n->list[0] = only;
				n->count = 1;
			}
		}
	}
	n->list[n->count] = NULL;
	return n->list;
}

/* Bytes of an office at s whose name holds a position (委员会, 秘书科), or 0. */
static size_t
office_len(const char *s)
{
	static const char *const offices[] = {"委员会", "常委会", "总工会", "秘书科", "秘书处",
	                                      "秘书股", "督查室", "督查科", "督导室", "参事室",
	                                      "老干部", "干部科", "干部处"};

	for (size_t i = 0; i < sizeof offices / sizeof *offices; i++)
		if (strncmp(s, offices[i], strlen(offices[i])) == 0)
			return strlen(offices[i]);
	return 0;
}

bool
check_has_position(const struct form *f, const char *contact)
{
	struct buf folded = BUF_INIT(TEXT_MAX), b = BUF_INIT(TEXT_MAX);
	bool has = false;

	text_fold(&folded, contact);
	for (const char *s = folded.at ? folded.at : ""; *s; s++) {
		size_t office = office_len(s);

		if (office)
			s += office - 1;
		else
			buf_ch(&b, *s);
	}
	has = b.at && form_has_word(f->words_position, b.at);
	buf_free(&folded);
	buf_free(&b);
	return has;
}

/* Characters that are words and no names, and behind each the one in names that it is read for. */
static const char not_borne[] =
        "哗晔睛晴恰怡形彤诊珍摇瑶椅琦探琛停婷缓媛捐娟说悦脱悦拍柏讽枫样祥吃屹睁峥挣铮钓钧竟竞侦祯浴裕署曙挥晖"
        "晕晖"
        "哈晗听昕呜鸣赛骞再冉唆峻哪娜括恬焉嫣输瑜谓渭换焕炼烁删珊册珊障璋淋琳冷泠惶煌喧暄译泽择泽待诗侍诗棉锦"
        "熔镕"
        "捅桐拣栋轧轩杆轩奸妍研妍怕柏纱沙驶驰订汀盯汀吵妙炒妙抄妙诵涌捕浦铺浦扮份泌沁码玛骂玛";

enum { GIVEN_MAX = 2 }; /* characters of a given name, behind a surname of one */

bool
check_has_strange_given(const char *contact)
{
	uint32_t c = text_next(&contact);

	for (int i = 0; i < GIVEN_MAX && text_is_han(c); i++) {
		const char *s = not_borne;
		uint32_t word;

		c = text_next(&contact);
		while ((word = text_next(&s)) != 0) {
			if (word == c)
				return true;
			(void)text_next(&s);
		}
	}
	return false;
}
