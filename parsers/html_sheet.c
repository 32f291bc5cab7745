/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/html_sheet.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

static const char blanks[] = " \t\r\n\f";

/* Past the block that opens at s ('{'), blocks in it counted. */
static const char *
behind_block(const char *s)
{
	int depth = 0;

	for (; *s; s++) {
		depth += *s == '{';
		depth -= *s == '}';
		if (*s == '}' && depth <= 0)
			return s + 1;
	}
	return s;
}

/* Do the declarations from s to end hold "property:value"? */
static bool
declares(const char *s, const char *end, const char *declaration)
{
	const char *want = declaration;

	for (; s < end && *want; s++) {
		if (isspace((unsigned char)*s))
			continue;
		if (tolower((unsigned char)*s) != *want)
			want = declaration;
		want += tolower((unsigned char)*s) == *want;
	}
	return !*want;
}

/* One selector, ".name" or "span.name". */
static void
add_selector(struct html_sheet *s, const char *at, size_t len)
{
	const char *dot;

	while (len && strchr(blanks, *at))
		at++, len--;
	while (len && strchr(blanks, at[len - 1]))
		len--;
	dot = memchr(at, '.', len);
	if (!dot || s->count == HTML_SHEET_CLASSES_MAX)
		return;
	for (size_t i = 0; i < len; i++)
		if (strchr(" \t\r\n\f>+~:#[*", at[i]) || (at[i] == '.' && at + i != dot))
			return;
	len -= (size_t)(dot + 1 - at);
	if (!len || len >= HTML_SHEET_CLASS_MAX)
		return;
	memcpy(s->classes[s->count], dot + 1, len);
	s->classes[s->count++][len] = '\0';
}

static void
add_selectors(struct html_sheet *s, const char *at, const char *end)
{
	while (at < end) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		const char *to = comma ? comma : end;

		add_selector(s, at, (size_t)(to - at));
		at = to + 1;
	}
}

/* The next rule begins here: past blanks, comments, and the marks of an HTML comment around it all. */
static const char *
skip_comments(const char *s)
{
	for (;;) {
		s += strspn(s, blanks);
		if (strncmp(s, "<!--", 4) == 0)
			s += 4;
		else if (strncmp(s, "-->", 3) == 0)
			s += 3;
		else if (strncmp(s, "/*", 2) == 0)
			s = strstr(s, "*/") ? strstr(s, "*/") + 2 : s + strlen(s);
		else
			return s;
	}
}

void
html_sheet_add(struct html_sheet *s, const char *text)
{
	for (text = skip_comments(text); *text; text = skip_comments(text)) {
		const char *open = text + strcspn(text, "{;"), *close;

		if (*open != '{' || *text == '@') { /* @import x; or @media … {…} */
			text = *open == '{' ? behind_block(open) : open + (*open == ';');
			continue;
		}
		close = open + strcspn(open, "}");
		if (declares(open, close, "display:none") || declares(open, close, "mso-hide:all"))
			add_selectors(s, text, open);
		text = close + (*close == '}');
	}
}

bool
html_sheet_hides(const struct html_sheet *s, const char *classes)
{
	for (const char *at = classes; s->count && at && *at;) {
		size_t len;

		at += strspn(at, blanks);
		len = strcspn(at, blanks);
		for (int i = 0; i < s->count; i++)
			if (len && strncmp(s->classes[i], at, len) == 0 && !s->classes[i][len])
				return true;
		at += len;
	}
	return false;
}
