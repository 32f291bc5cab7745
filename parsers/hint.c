/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/hint.h"

#include "config/text.h"
#include "parsers/region.h"

#include <string.h>

enum { VALUE_MAX = 1 << 20, HINT_MIN = 3, HINT_MAX = 4096, BRACKET_MAX = 600, ORDER_MAX = 90 };

/* What orders to fill in begins with one of these. */
static const char *const orders[] = {"请填写", "请填", "填写", "不超过", "不多于"};

static const char *
folded(struct arena *a, const char *s, size_t len)
{
	struct buf b = BUF_INIT(VALUE_MAX);
	const char *copy = NULL;

	text_fold(&b, arena_dup0(a, s, len));
	copy = arena_dup0(a, b.at, b.len);
	buf_free(&b);
	return copy;
}

/* The n-th hint of any field; NULL behind the last. A cell may hold its neighbour's hint. */
static const char *
nth_hint(const struct form *f, size_t field, size_t n)
{
	const struct form_field *x = &f->fields[field];

	if (n == 0)
		return x->hint;
	for (form_list h = x->hints; *h; h++)
		if (--n == 0)
			return *h;
	return NULL;
}

/* As text_fold() leaves it, near enough to tell two characters apart. */
static uint32_t
fold_one(uint32_t c)
{
	c = c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c;
	return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
}

/* Can text begin with hint? Told by their first characters, for nearly all hints never do. */
static bool
may_begin(const char *text, const char *hint)
{
	uint32_t c = text_next(&text);
	uint32_t first = text_next(&hint);

	return first && (fold_one(c) == fold_one(first) || text_is_space(c) || text_is_unsafe(c));
}

/* The end in text of what, folded, is hint; NULL where text does not begin with it. */
static const char *
behind_hint(const char *text, const char *hint)
{
	struct buf want_folded = BUF_INIT(HINT_MAX);
	struct buf b = BUF_INIT(HINT_MAX);
	const char *want = "";
	const char *end = NULL;
	size_t len = 0;

	if (!may_begin(text, hint))
		return NULL;
	text_fold(&want_folded, hint);
	if (want_folded.at) {
		want = want_folded.at;
		len = want_folded.len;
	}

	while (*text && b.len < len) {
		char one[8] = "";
		const char *at = text;

		(void)text_next(&text);
		memcpy(one, at, (size_t)(text - at));
		text_fold(&b, one);
		if (memcmp(b.at ? b.at : "", want, b.len < len ? b.len : len) != 0)
			break;
	}
	if (len >= HINT_MIN && b.len == len && memcmp(b.at ? b.at : "", want, len) == 0)
		end = text;
	buf_free(&want_folded);
	buf_free(&b);
	return end;
}

/* Where the longest hint that begins at text ends, or NULL. */
static const char *
hint_end(const struct form *f, const char *text)
{
	const char *best = NULL;
	const char *hint = NULL;

	for (size_t i = 0; i < f->field_count; i++)
		for (size_t n = 0; (hint = nth_hint(f, i, n)); n++) {
			const char *end = behind_hint(text, hint);

			if (end && (!best || end > best))
				best = end;
		}
	return best;
}

/* 【…】 around a hint, or around what orders to fill in: its end, or NULL. */
static const char *
bracket_end(const struct form *f, const char *text)
{
	static const char *const pairs[][2] = {
	        {"【", "】"}, {"（", "）"}, {"(", ")"}, {"[", "]"}, {"〔", "〕"}};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		size_t open = strlen(pairs[i][0]);
		const char *end = NULL;
		const char *hint = NULL;

		if (strncmp(text, pairs[i][0], open) != 0)
			continue;
		hint = hint_end(f, text + open);
		if (hint && strncmp(hint, pairs[i][1], strlen(pairs[i][1])) == 0)
			return hint + strlen(pairs[i][1]);
		for (size_t n = 0; n < sizeof orders / sizeof *orders; n++) {
			if (!behind_hint(text + open, orders[n]))
				continue;
			end = memmem(text + open, strnlen(text + open, BRACKET_MAX), pairs[i][1],
			             strlen(pairs[i][1]));
			if (end && (i == 0 || end - text < 120))
				return end + strlen(pairs[i][1]);
		}
	}
	return NULL;
}

/* A hint in somebody's own words, and nothing else: 填写单位全称 */
static bool
is_order(const char *text)
{
	bool order = false;

	for (size_t i = 0; i < 3 && !order; i++)
		order = behind_hint(text, orders[i]) != NULL;
	return order && strlen(text) <= ORDER_MAX;
}

/* Nothing real stands there: XX, and what the field's own hint consists of; or blanks in the place of XX,
 * where a region is asked for (  省   市   区). */
static bool
is_placeholder(struct arena *a, const struct form *f, const struct form_field *field, const char *text)
{
	const char *left = folded(a, text, strlen(text));
	const char *allowed = folded(a, field->hint, strlen(field->hint));
	bool any = field->kind == FORM_REGION && strncmp(left, "省", strlen("省")) == 0;

	while (*left) {
		char one[8] = "";
		const char *at = left;
		bool skipped = false;

		for (form_list w = f->words_placeholder; *w && !skipped; w++)
			if (strncmp(left, *w, strlen(*w)) == 0) {
				left += strlen(*w);
				skipped = any = true;
			}
		if (skipped)
			continue;
		(void)text_next(&left);
		memcpy(one, at, (size_t)(left - at));
		/* a single x of xxx, marks, and the hint's own words: 省 市 区 局 */
		if (!strstr(allowed, one) && !strstr("x×/、,.()-: ", one))
			return false;
	}
	return any;
}

/* 【请填写江苏省苏州市昆山市】: filled in inside the hint. */
static bool
is_filled_in(struct arena *a, const struct form_field *field, const char *text)
{
	return (field->kind == FORM_REGION || field->kind == FORM_UNIT) &&
	       region_resolve(a, text, NULL).code[0] != '\0';
}

/* Nothing but what ends a hint in a list of them: 不多于3个； */
static bool
is_marks(const char *s)
{
	static const char marks[] = "；。，、;,. ";
	uint32_t c;

	while ((c = text_next(&s))) {
		const char *m = marks;
		uint32_t mark = 0;

		while ((mark = text_next(&m)) && mark != c)
			;
		if (!mark)
			return false;
	}
	return true;
}

/* The hint's own brackets around all that is left: the value was written over the hint. */
static void
take_brackets_off(struct buf *value)
{
	static const char open[] = "【", close[] = "】";
	struct bytes b = buf_bytes(value);
	size_t len = b.len;

	if (!bytes_begin(b, open) || bytes_find(b, close) + strlen(close) != len)
		return;
	len -= strlen(open) + strlen(close);
	memmove(value->at, value->at + strlen(open), len);
	value->at[len] = '\0';
	value->len = len;
}

const char *
hint_strip(struct arena *a, const struct form *f, const struct form_field *field, const char *text,
           bool *hint_r)
{
	struct buf b = BUF_INIT(VALUE_MAX);
	struct buf trimmed = BUF_INIT(VALUE_MAX);
	const char *left = NULL, *whole = text;
	bool begins = true; /* of a line: a hint without brackets is one only there */
	bool order;         /* nothing but hints stands there */

	*hint_r = false;
	while (*text) {
		const char *at = text;
		const char *end = bracket_end(f, text);

		if (!end && begins)
			end = hint_end(f, text);
		if (end) {
			text = end;
			*hint_r = true;
			continue;
		}
		begins = text_next(&text) == '\n' || (begins && text_is_space((unsigned char)*at));
		buf_add(&b, at, (size_t)(text - at));
	}
	text_trim(&trimmed, b.at ? b.at : "");
	take_brackets_off(&trimmed);
	if (*hint_r && is_marks(trimmed.at ? trimmed.at : ""))
		buf_clear(&trimmed);
	order = trimmed.len ? is_order(trimmed.at) : *hint_r;
	if (order && is_filled_in(a, field, whole)) {
		buf_clear(&trimmed);
		text_trim(&trimmed, whole);
		order = false;
	}
	if (order || (trimmed.len && is_placeholder(a, f, field, trimmed.at))) {
		*hint_r = true;
	} else if (trimmed.len) {
		left = arena_dup0(a, trimmed.at, trimmed.len);
		*hint_r = false;
	}
	buf_free(&b);
	buf_free(&trimmed);
	return left;
}
