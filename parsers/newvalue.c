/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/newvalue.h"

#include "config/text.h"
#include "parsers/check.h"
#include "parsers/layout.h"

#include <string.h>

enum { VALUE_MAX = 1 << 20 };

/* As text_fold() leaves them, without marks behind. */
static const char *const nothing_new[] = {"不变",     "未变",     "无变化", "没有变化", "无改动",
                                          "不作改动", "照旧",     "同上",   "同前",     "同原表",
                                          "见附件",   "详见附件", "见附表", "如附件",   NULL};
static const char *const rest[] = {"其他", "其余", "其它", NULL};
static const char *const becomes[] = {"更正为", "变更为", "更改为", "修改为", "调整为",
                                      "改为",   "改成",   "应为",   NULL};
static const char *const was[] = {"由", "从", "原", NULL};
static const char *const follows[] = {"如下", "更正如下", "修改如下", "改为", "更正为", "修改为", NULL};

static bool
is_one_of(const char *const *words, struct bytes b)
{
	for (; *words; words++)
		if (bytes_equal(b, bytes_str(*words)))
			return true;
	return false;
}

static bool
begins_with_one(const char *const *words, const char *s)
{
	for (; *words; words++)
		if (bytes_begin(bytes_str(s), *words))
			return true;
	return false;
}

/* Without blanks and marks at its end. */
static const char *
unmarked(struct arena *a, const char *s)
{
	return arena_dup0(a, s, layout_unmarked(s, s + strlen(s)));
}

static bool
says_nothing(struct arena *a, enum form_kind kind, const char *s)
{
	struct buf folded = BUF_INIT(VALUE_MAX);
	bool asks, nothing;

	text_fold(&folded, s);
	asks = bytes_end(buf_bytes(&folded), "?") || bytes_end(buf_bytes(&folded), "吗");
	nothing = is_one_of(nothing_new, buf_bytes(&folded));
	buf_free(&folded);
	return nothing || (asks && (kind != FORM_PHONE || check_phone(a, s, NULL) == PHONE_BAD));
}

/* 电子信息、装备制造，其他不变: without its last clause. */
static const char *
without_rest(struct arena *a, const char *s)
{
	const char *cut = NULL;

	if (!bytes_end(bytes_str(s), "不变"))
		return s;
	for (const char *at = s; *at; (void)text_next(&at))
		if (begins_with_one(rest, at))
			cut = at;
	if (!cut || (cut > s && layout_unmarked(s, cut) == (size_t)(cut - s)))
		return s;
	return arena_dup0(a, s, layout_unmarked(s, cut));
}

/* 改为…, 由…变更为…, of numbers also …更正为…: what it is now. */
static const char *
behind_change(enum form_kind kind, const char *s)
{
	const char *now = NULL, *word = NULL;

	for (const char *at = s; *at; (void)text_next(&at))
		for (const char *const *w = becomes; *w; w++)
			if (bytes_begin(bytes_str(at), *w) && (!now || at >= now)) {
				word = at;
				now = at + strlen(*w);
			}
	if (!now || (word > s && kind != FORM_PHONE && !begins_with_one(was, s)))
		return s;
	while (bytes_begin(bytes_str(now), "：") || *now == ':' || *now == ' ')
		now += *now == ':' || *now == ' ' ? 1 : strlen("：");
	return *now ? now : s;
}

/* 如下：, and the text in lines of its own. */
static const char *
behind_announcement(struct arena *a, const char *s)
{
	size_t len = strcspn(s, "\n");
	struct buf folded = BUF_INIT(VALUE_MAX);
	struct bytes line;
	bool announces;

	text_fold(&folded, arena_dup0(a, s, len));
	line = buf_bytes(&folded);
	if (bytes_end(line, ":"))
		line.len--;
	announces = s[len] && is_one_of(follows, line);
	buf_free(&folded);
	return announces ? s + len + 1 : s;
}

const char *
newvalue_of(struct arena *a, enum form_kind kind, const char *text)
{
	struct buf trimmed = BUF_INIT(VALUE_MAX);
	const char *s;

	text_trim(&trimmed, text);
	s = arena_str(a, trimmed.at ? trimmed.at : "");
	buf_free(&trimmed);
	if (kind == FORM_PROFILE)
		return behind_announcement(a, s);
	s = without_rest(a, unmarked(a, s));
	if (!*s || says_nothing(a, kind, s))
		return NULL;
	return behind_change(kind, s);
}
