/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/newvalue.h"

#include "config/text.h"
#include "parsers/check.h"
#include "parsers/layout.h"

#include <string.h>

enum { VALUE_MAX = 1 << 20, NUMBER_DIGITS = 7 /* of a telephone number at least */, SENTENCE_MAX = 4096 };

/* As text_fold() leaves them, without marks behind. */
static const char *const nothing_new[] = {"不变",     "未变",     "无变化", "没有变化", "无改动",
                                          "不作改动", "照旧",     "同上",   "同前",     "同原表",
                                          "见附件",   "详见附件", "见附表", "如附件",   NULL};
static const char *const rest[] = {"其他", "其余", "其它", NULL};
static const char *const becomes[] = {"更正为", "变更为", "更改为", "修改为", "调整为",
                                      "改为",   "改成",   "应为",   NULL};
static const char *const was[] = {"由", "从", "原", NULL};
static const char *const keeps[] = {"只保留", "保留", NULL};
static const char *const already[] = {"现已", "已", "现", NULL};
static const char *const conditions[] = {"如", "若", "倘", "是否", "能否", "可否", NULL};
static const char *const courtesies[] = {"请",   "谢",   "特此", "望",   "其他", "其余", "其它",
                                         "麻烦", "并附", "已",   "附件", "见附", NULL};
static const char *const clause_ends[] = {"。", "；", ";", "！", "!", "？", "?", "，", ",", "\n", NULL};
static const char *const sentence_ends[] = {"。", "；", ";", "！", "!", "？", "?", "\n", NULL};
static const char *const follows[] = {"如下", "更正如下", "修改如下", "改为", "更正为", "修改为", NULL};

static bool
is_one_of(const char *const *words, struct bytes b)
{
	for (; *words; words++)
		if (bytes_equal(b, bytes_str(*words)))
			return true;
	return false;
}

/* The word of the list with which s begins, its length; 0: none. */
static size_t
word_at(const char *const *words, const char *s)
{
	for (; *words; words++)
		if (strncmp(s, *words, strlen(*words)) == 0)
			return strlen(*words);
	return 0;
}

/* Without blanks and marks at its end. */
static const char *
unmarked(struct arena *a, const char *s)
{
	return arena_dup0(a, s, layout_unmarked(s, s + strlen(s)));
}

/* 三个, 前3项: how many there are, and not which. Folded. */
static bool
is_count(const char *s)
{
	static const char *const numbers[] = {"一", "二", "两", "三", "四", "五", "六",
	                                      "1",  "2",  "3",  "4",  "5",  "6",  NULL};
	static const char *const counted[] = {"个", "项", "类", "种", NULL};
	size_t n;

	s += strncmp(s, "前", strlen("前")) == 0 ? strlen("前") : 0;
	n = word_at(numbers, s);
	return n && word_at(counted, s + n) && !s[n + word_at(counted, s + n)];
}

static bool
says_nothing(struct arena *a, enum form_kind kind, const char *s)
{
	struct buf folded = BUF_INIT(VALUE_MAX);
	bool asks, nothing;

	text_fold(&folded, s);
	asks = bytes_end(buf_bytes(&folded), "?") || bytes_end(buf_bytes(&folded), "吗");
	nothing = is_one_of(nothing_new, buf_bytes(&folded)) || (kind == FORM_NAMES && is_count(folded.at));
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
		if (word_at(rest, at))
			cut = at;
	if (!cut || (cut > s && layout_unmarked(s, cut) == (size_t)(cut - s)))
		return s;
	return arena_dup0(a, s, layout_unmarked(s, cut));
}

/* Where the value begins, behind a colon and a mark of quotation. */
static const char *
told_from(const char *s)
{
	static const char *const marks[] = {"：", ":", " ", "“", "\"", "「", NULL};
	size_t n;

	while ((n = word_at(marks, s)) > 0)
		s += n;
	return s;
}

/* 改为…, 由…变更为…, of numbers also …更正为…: what it is now. */
static const char *
behind_change(enum form_kind kind, const char *s)
{
	const char *now = NULL, *word = NULL;

	if (kind == FORM_NAMES && word_at(keeps, s))
		return s + word_at(keeps, s);
	for (const char *at = s; *at; (void)text_next(&at)) {
		size_t len = word_at(becomes, at);

		if (len && (!now || at >= now)) {
			word = at;
			now = at + len;
		}
	}
	if (!now || (word > s && kind != FORM_PHONE && !word_at(was, s)))
		return s;
	now = told_from(now);
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
	s = behind_change(kind, without_rest(a, unmarked(a, s)));
	return !*s || says_nothing(a, kind, s) ? NULL : s;
}

/* ---- sentences ---- */

/* The next place from s on, before end, where one of the words begins; end: none does. */
static const char *
next_of(const char *const *words, const char *s, const char *end)
{
	while (s < end && !word_at(words, s))
		(void)text_next(&s);
	return s < end ? s : end;
}

/* The field whose label ends the clause, words of a sentence before it; -1: none does. */
static int
field_before(struct arena *a, const struct labels *l, const char *clause, const char *end)
{
	const char *from = next_of(was, clause, end); /* 联系电话由… */

	if (from > clause && from < end)
		end = from;
	for (const char *s = clause; s < end; (void)text_next(&s))
		if (word_at(already, s) == (size_t)(end - s))
			end = s;
	for (const char *s = clause; s < end; (void)text_next(&s)) {
		struct label label = label_whole(l, arena_dup0(a, s, (size_t)(end - s)), false);

		if (label.kind == LABEL_FIELD && label.second < 0)
			return label.field;
	}
	return -1;
}

/* Of what is behind the word: up to the sentence's end, or a clause that only asks to be noticed or changes
 * something in its turn. */
static const char *
told_until(const char *s)
{
	const char *end = next_of(sentence_ends, s, s + strnlen(s, SENTENCE_MAX));

	for (const char *at = s; (at = next_of(clause_ends, at, end)) < end; (void)text_next(&at)) {
		const char *behind = at;

		(void)text_next(&behind);
		if (word_at(courtesies, behind) ||
		    next_of(becomes, behind, next_of(clause_ends, behind, end)) <
		            next_of(clause_ends, behind, end))
			return at;
	}
	return end;
}

static int
count_digits(const char *s)
{
	int n = 0;
	uint32_t c;

	while ((c = text_next(&s)))
		n += (c >= '0' && c <= '9') || (c >= 0xFF10 && c <= 0xFF19);
	return n;
}

static bool
is_value(enum form_kind kind, const char *value, const char *behind)
{
	static const char *const asks[] = {"？", "?", NULL};

	if (!*value || kind == FORM_PROFILE || word_at(asks, behind))
		return false;
	return kind != FORM_PHONE || count_digits(value) >= NUMBER_DIGITS;
}

/* What the word at `word`, of a clause that begins at clause, tells. */
static bool
told_by(struct arena *a, const struct form *f, const struct labels *l, const char *clause, const char *word,
        struct newvalue_change *c_r)
{
	bool kept = word_at(keeps, word) > 0;
	const char *from = told_from(word + word_at(kept ? keeps : becomes, word)), *end = told_until(from);
	enum form_kind kind;
	const char *closing;

	*c_r = (struct newvalue_change){.field = -1, .clause = clause, .rest = end};
	if (next_of(conditions, clause, word) == word)
		c_r->field = field_before(a, l, clause, word);
	if (c_r->field < 0)
		return false;
	kind = f->fields[c_r->field].kind;
	closing = next_of((const char *const[]){"”", "\"", "」", NULL}, from, end);
	c_r->text = arena_dup0(a, from, (size_t)(closing - from));
	return (!kept || kind == FORM_NAMES) && is_value(kind, c_r->text, end);
}

bool
newvalue_change(struct arena *a, const struct form *f, const struct labels *l, const char *text,
                unsigned *left, struct newvalue_change *c_r)
{
	const char *clause = text;

	for (const char *s = text; *s && *left;) {
		size_t mark = word_at(clause_ends, s);

		if (mark) {
			clause = s + mark;
			s = clause;
			continue;
		}
		if (!word_at(becomes, s) && !word_at(keeps, s)) {
			(void)text_next(&s);
			continue;
		}
		(*left)--;
		if (s - clause <= LABEL_MAX && told_by(a, f, l, clause, s, c_r))
			return true;
		(void)text_next(&s);
	}
	return false;
}
