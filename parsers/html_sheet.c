/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/html_sheet.h"

#include "config/mem.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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
add_selector(struct html_sheet *s, const char *at, size_t len, bool hides)
{
	struct html_sheet_rule *rule = &s->rules[s->count];
	const char *dot;
	size_t before;

	while (len && strchr(blanks, *at))
		at++, len--;
	while (len && strchr(blanks, at[len - 1]))
		len--;
	dot = memchr(at, '.', len);
	if (!dot || s->count == HTML_SHEET_RULES_MAX)
		return;
	for (size_t i = 0; i < len; i++)
		if (strchr(" \t\r\n\f>+~:#[*", at[i]) || (at[i] == '.' && at + i != dot))
			return;
	before = (size_t)(dot - at);
	len -= before + 1;
	if (!len || len >= HTML_SHEET_CLASS_MAX || before >= HTML_SHEET_ELEMENT_MAX)
		return;
	*rule = (struct html_sheet_rule){.hides = hides};
	memcpy(rule->element, at, before);
	memcpy(rule->class, dot + 1, len);
	s->count += hides || s->count; /* before the first that hides, none has anything to show again */
}

static void
add_selectors(struct html_sheet *s, const char *at, const char *end, bool hides)
{
	while (at < end) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		const char *to = comma ? comma : end;

		add_selector(s, at, (size_t)(to - at), hides);
		at = to + 1;
	}
}

/* What stands in comments says nothing, wherever they stand: what is tried out is taken back so. */
static char *
without_comments(const char *text)
{
	char *copy = mem_str(text), *to = copy;

	for (const char *s = copy; *s;) {
		const char *end = s[0] == '/' && s[1] == '*' ? strstr(s + 2, "*/") : NULL;

		if (end)
			s = end + 2;
		else if (s[0] == '/' && s[1] == '*')
			break;
		else
			*to++ = *s++;
	}
	*to = '\0';
	return copy;
}

/* The next rule begins here: past blanks, and the marks of an HTML comment around it all. */
static const char *
skip_marks(const char *s)
{
	for (;;) {
		s += strspn(s, blanks);
		if (strncmp(s, "<!--", 4) == 0)
			s += 4;
		else if (strncmp(s, "-->", 3) == 0)
			s += 3;
		else
			return s;
	}
}

bool
html_sheet_is_for_screen(const char *media)
{
	const char *at = media ? media : "all";
	bool is = !at[strspn(at, blanks)];

	while (*at && !is) {
		size_t len;

		at += strspn(at, blanks);
		len = strcspn(at, ",");
		while (len && strchr(blanks, at[len - 1]))
			len--;
		is = (len == strlen("all") && strncasecmp(at, "all", len) == 0) ||
		     (len == strlen("screen") && strncasecmp(at, "screen", len) == 0);
		at += strcspn(at, ",");
		at += *at == ',';
	}
	return is;
}

void
html_sheet_add(struct html_sheet *s, const char *text)
{
	char *copy = without_comments(text);

	for (const char *at = skip_marks(copy); *at; at = skip_marks(at)) {
		const char *open = at + strcspn(at, "{;"), *close;
		bool hides;

		if (*open != '{' || *at == '@') { /* @import x; or @media … {…} */
			at = *open == '{' ? behind_block(open) : open + (*open == ';');
			continue;
		}
		close = open + strcspn(open, "}");
		hides = declares(open, close, "display:none") || declares(open, close, "mso-hide:all");
		if (hides || declares(open, close, "display:"))
			add_selectors(s, at, open, hides);
		at = close + (*close == '}');
	}
	free(copy);
}

/* The last rule behind the one numbered last that names this class; last, where none does. */
static int
last_rule(const struct html_sheet *s, const char *name, const char *class, size_t len, int last)
{
	for (int i = s->count - 1; i > last; i--) {
		const struct html_sheet_rule *rule = &s->rules[i];

		if (strncmp(rule->class, class, len) == 0 && !rule->class[len] &&
		    (!*rule->element || strcasecmp(rule->element, name) == 0))
			return i;
	}
	return last;
}

/* One walk over the classes, however many they are. */
bool
html_sheet_hides(const struct html_sheet *s, const char *name, const char *classes)
{
	int last = -1;

	for (const char *at = classes ? classes : ""; s->count && *at;) {
		size_t len;

		at += strspn(at, blanks);
		len = strcspn(at, blanks);
		if (len && len < HTML_SHEET_CLASS_MAX)
			last = last_rule(s, name, at, len, last);
		at += len;
	}
	return last >= 0 && s->rules[last].hides;
}
