/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/newvalue.h"

#include "config/text.h"
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
/* What may stand before the label of a sentence: another word may tell whose number it is (贵中心, 市局). */
static const char *const ours[] = {"我单位", "我们", "我市", "我县", "我区",   "我局",   "我委", "本单位",
                                   "本局",   "本市", "其中", "现",   "将",     "请",     "把",   "的",
                                   "原",     "中",   "里",   "兹",   "登记表", "申报表", "表",   NULL};
/* With which a remark begins, and no value: 主导产业：已精简为三个，详见附件 */
static const char *const remarks[] = {"已",   "请",   "按要求", "按贵",   "见附", "详见",
                                      "待定", "暂",   "没有",   "没问题", "无误", "核实",
                                      "同意", "正确", "稍后",   "随后",   "不变", NULL};
/* In what asks. */
static const char *const questions[] = {"?",    "？",   "吗",   "妥否", "可否", "能否", "是否", "请问",
                                        "什么", "怎么", "如何", "哪个", "还是", "呢",   NULL};
static const char *const clause_ends[] = {"：", ":", "。", "；", ";",  "！", "!",
                                          "？", "?", "，", ",",  "\n", NULL};
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

/* 三个, 前3项, 1至3个, 不超过三个: how many there are, and not which. Folded. */
static bool
is_count(const char *s)
{
	static const char *const numbers[] = {"一", "二", "两", "三", "四", "五", "六",
	                                      "1",  "2",  "3",  "4",  "5",  "6",  NULL};
	static const char *const counted[] = {"个", "项", "类", "种", NULL};
	static const char *const around[] = {"前",     "至",   "到",   "-",    "~",    "不超过",
	                                     "不多于", "最多", "以内", "以下", "产业", NULL};
	int number = 0, what = 0;

	for (size_t n; *s; s += n) {
		if ((n = word_at(numbers, s)) > 0)
			number++;
		else if ((n = word_at(counted, s)) > 0)
			what++;
		else if ((n = word_at(around, s)) == 0)
			return false;
	}
	return number && what;
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

/* The next place from s on, before end, where one of the words begins; end: none does. */
static const char *
next_of(const char *const *words, const char *s, const char *end)
{
	while (s < end && !word_at(words, s))
		(void)text_next(&s);
	return s < end ? s : end;
}

static bool
says_nothing(enum form_kind kind, const char *s)
{
	struct buf folded = BUF_INIT(VALUE_MAX);
	bool nothing;

	if (kind == FORM_PHONE)
		return count_digits(s) < NUMBER_DIGITS;
	text_fold(&folded, s);
	if (!folded.at)
		return true;
	nothing = is_one_of(nothing_new, buf_bytes(&folded)) || word_at(remarks, folded.at) ||
	          bytes_end(buf_bytes(&folded), "?") || bytes_end(buf_bytes(&folded), "吗") ||
	          (kind == FORM_NAMES && is_count(folded.at));
	buf_free(&folded);
	return nothing;
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
	return !*s || says_nothing(kind, s) ? NULL : s;
}

/* ---- sentences ---- */

/* Does the form's label for a telephone number end the clause, and nothing but words of ours stand before it?
 */
static bool
is_our_number(struct arena *a, const struct form *f, const struct labels *l, const char *clause,
              const char *end)
{
	const char *from = next_of(was, clause, end); /* 联系电话由… */
	size_t n;

	if (from > clause && from < end && !word_at(ours, from))
		end = from;
	for (const char *s = clause; s < end; (void)text_next(&s))
		if (word_at(already, s) == (size_t)(end - s))
			end = s;
	for (const char *s = clause; s < end; s += n) {
		struct label label = label_whole(l, arena_dup0(a, s, (size_t)(end - s)), false);

		if (label.kind == LABEL_FIELD && label.second < 0)
			return f->fields[label.field].kind == FORM_PHONE;
		n = *s == ' ' ? 1 : word_at(ours, s);
		if (!n)
			return false;
	}
	return false;
}

/* The end of the number, or the numbers, that begin at s. */
static const char *
number_end(const char *s)
{
	const char *end = s;

	for (const char *at = s; *at;) {
		uint32_t c = text_next(&at);
		bool digit = (c >= '0' && c <= '9') || (c >= 0xFF10 && c <= 0xFF19);

		if (digit)
			end = at;
		else if (!(c < 128 && strchr("+-() /", (int)c)) && c != 0x3001 && c != 0xFF08 &&
		         c != 0xFF09 && c != 0xFF0D && c != 0x2014 && c != 0x3000)
			break;
	}
	return end;
}

static bool
asks(const char *s)
{
	const char *end = next_of(sentence_ends, s, s + strnlen(s, SENTENCE_MAX));

	return next_of(questions, s, end) < end || word_at(questions, end);
}

bool
newvalue_number(struct arena *a, const struct form *f, const struct labels *l, const char *text,
                unsigned *left, struct newvalue_number *n_r)
{
	const char *clause = text;

	for (const char *s = text; *s && *left;) {
		size_t mark = word_at(clause_ends, s), word = word_at(becomes, s);
		const char *from = told_from(s + word), *end;

		if (mark) {
			clause = s + mark;
			s = clause;
			continue;
		}
		if (!word) {
			(void)text_next(&s);
			continue;
		}
		(*left)--;
		end = number_end(from);
		if (s - clause <= LABEL_MAX &&
		    count_digits(arena_dup0(a, from, (size_t)(end - from))) >= NUMBER_DIGITS &&
		    is_our_number(a, f, l, clause, s) && !asks(end)) {
			*n_r = (struct newvalue_number){arena_dup0(a, from, (size_t)(end - from)), clause,
			                                end};
			return true;
		}
		s += word;
	}
	return false;
}
