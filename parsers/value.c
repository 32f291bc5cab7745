/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/value.h"

#include "config/text.h"
#include "parsers/check.h"

#include <string.h>

enum { VALUE_MAX = 1 << 20 };

static bool
is_mark(uint32_t c)
{
	static const char marks[] = "、，,；;/／。|";
	const char *s = marks;
	uint32_t x;

	while ((x = text_next(&s)))
		if (x == c)
			return true;
	return false;
}

static bool
has_mark(const char *s)
{
	uint32_t c;

	while ((c = text_next(&s)))
		if (is_mark(c))
			return true;
	return false;
}

/* Two lines of a phone's cell: one number broken, or two? What is a good number ends at its line. */
static bool
is_broken_number(struct arena *a, const char *line, size_t len, const char *next)
{
	uint32_t before = text_last(line, len);
	const char *whole = arena_dup0(a, line, len);

	if (before == '-' || before == 0xFF0D || *next == '-')
		return true;
	if ((before < '0' || before > '9') || *next < '0' || *next > '9')
		return false;
	return check_phone(a, whole, NULL) != PHONE_GOOD;
}

static const char *
between(struct arena *a, enum form_kind kind, const char *line, size_t len, const char *next, bool marked)
{
	const char *peek = next;
	uint32_t before = text_last(line, len);
	uint32_t after = text_next(&peek);

	switch (kind) {
	case FORM_PROFILE: return "\n";
	case FORM_PHONE: return is_broken_number(a, line, len, next) ? "" : " ";
	case FORM_NAMES: return marked ? "" : "\n";
	case FORM_CONTACT: return marked || is_mark(after) || text_count(next) < 2 ? "" : " ";
	default: return text_is_full(before) || text_is_full(after) ? "" : " ";
	}
}

/* The line goes on between parts of a value: __电子信息__、__装备制造__, __沈志远__ __科长__. */
static const char *
without_inner_line(struct arena *a, enum form_kind kind, const char *s)
{
	struct buf b = BUF_INIT(VALUE_MAX);
	bool blank = kind == FORM_CONTACT || kind == FORM_PHONE;
	const char *out = s;

	if (kind == FORM_PROFILE || !strstr(s, "__"))
		return s;
	while (*s) {
		size_t run = strspn(s, "_");

		if (run >= 2)
			buf_str(&b, blank ? " " : "");
		else
			buf_add(&b, s, run ? run : 1);
		s += run ? run : 1;
	}
	out = arena_dup0(a, b.at, b.len);
	buf_free(&b);
	return out;
}

/* Without the line that the value was written on: ____昆山市____. */
static const char *
without_line(struct arena *a, enum form_kind kind, const char *s)
{
	struct buf trimmed = BUF_INIT(VALUE_MAX);
	size_t len = strlen(s);
	const char *out;

	while (len && s[len - 1] == '_')
		len--;
	while (len && *s == '_') {
		s++;
		len--;
	}
	text_trim(&trimmed, without_inner_line(a, kind, arena_dup0(a, s, len)));
	out = arena_dup0(a, trimmed.at ? trimmed.at : "", trimmed.len);
	buf_free(&trimmed);
	return out;
}

const char *
value_join(struct arena *a, enum form_kind kind, const char *text)
{
	struct buf trimmed = BUF_INIT(VALUE_MAX);
	struct buf b = BUF_INIT(VALUE_MAX);
	const char *joined = NULL;
	const char *s = NULL;
	bool marked = false;

	if (!text)
		return NULL;
	text_trim(&trimmed, text);
	s = without_line(a, kind, trimmed.at ? trimmed.at : "");
	marked = has_mark(s);
	for (;;) {
		size_t len = strcspn(s, "\n");

		buf_add(&b, s, len);
		if (!s[len])
			break;
		buf_str(&b, between(a, kind, s, len, s + len + 1, marked));
		s += len + 1;
	}
	if (b.len)
		joined = arena_dup0(a, b.at, b.len);
	buf_free(&trimmed);
	buf_free(&b);
	return joined;
}
