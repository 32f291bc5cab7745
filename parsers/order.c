/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/order.h"

#include "config/buf.h"
#include "config/text.h"

#include <ctype.h>
#include <string.h>

static const char *
skip(const char *s, const char *const *marks)
{
	for (bool again = true; again;) {
		again = false;
		for (const char *const *m = marks; *m; m++) {
			size_t n = strlen(*m);

			if (strncmp(s, *m, n) == 0) {
				s += n;
				again = true;
			}
		}
	}
	return s;
}

/* Blanks, and what people put between a word and a code; half-width already, but for these. */
static const char *const between[] = {" ", "\t", ",", ":", "、", "\xc2\xa0", "“", "”", "\"", NULL};
static const char *const at_end[] = {" ", "\t", ".", ";", "!", "。", "“", "”", "\"", "\r", NULL};

static bool
known(const struct order *list, size_t count, const char *verb, const char *code)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].verb, verb) == 0 && strcmp(list[i].code, code) == 0)
			return true;
	return false;
}

/* The codes behind the word, to the end of the line; the count unchanged where anything else stands there. */
static size_t
take_codes(struct arena *a, const char *s, struct order o, struct order *list, size_t count)
{
	size_t n = count;
	bool some = false;

	for (s = skip(s, between); *s && *skip(s, at_end); s = skip(s, between)) {
		size_t len = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");
		char *code;

		if (len < ORDER_CODE_MIN || len > ORDER_CODE_MAX)
			return count;
		code = arena_dup0(a, s, len);
		for (char *p = code; *p; p++)
			*p = (char)toupper((unsigned char)*p);
		o.code = code;
		if (!known(list, n, o.verb, code) && n < ORDERS_MAX)
			list[n++] = o;
		some = true;
		s += len;
	}
	return some ? n : count;
}

static size_t
take_line(struct arena *a, const struct form *f, const char *line, struct order *list, size_t count)
{
	const struct {
		const char *verb;
		form_list words;
	} verbs[] = {{"release", f->words_order_release},
	             {"accept", f->words_order_accept},
	             {"dismiss", f->words_order_dismiss}};

	line = skip(line, between);
	for (size_t v = 0; v < sizeof verbs / sizeof *verbs; v++)
		for (form_list w = verbs[v].words; *w; w++) {
			size_t n = strlen(*w);

			if (n && strncmp(line, *w, n) == 0)
				return take_codes(a, line + n, (struct order){verbs[v].verb, *w, NULL}, list,
				                  count);
		}
	return count;
}

size_t
order_find(struct arena *a, const struct form *f, const char *text, struct order *list, size_t count)
{
	struct buf half = BUF_INIT(4 << 20);

	text_halfwidth(&half, text);
	for (char *line = half.at, *end; line && *line; line = end) {
		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		else
			end = line + strlen(line);
		count = take_line(a, f, line, list, count);
	}
	buf_free(&half);
	return count;
}
