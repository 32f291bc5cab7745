/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/json_shape.h"

/* Behind the string that begins at s, or at the end of the text. */
static const char *
skip_string(const char *s)
{
	for (s++; *s && *s != '"'; s++)
		if (*s == '\\' && s[1])
			s++;
	return *s ? s + 1 : s;
}

bool
json_shape_ok(const char *text, size_t depth_max, size_t values_max, struct err *e)
{
	size_t depth = 0, values = 1; /* a comma or an opening bracket begins one more */

	for (const char *s = text; *s;) {
		if (*s == '"') {
			s = skip_string(s);
			continue;
		}
		if (*s == '[' || *s == '{') {
			depth++;
			values++;
		} else if (*s == ',') {
			values++;
		} else if ((*s == ']' || *s == '}') && depth) {
			depth--;
		}
		if (depth > depth_max)
			return err_set(e, ERR_PROTOCOL, "the parser's answer is deeper than %zu levels",
			               depth_max);
		if (values > values_max)
			return err_set(e, ERR_PROTOCOL, "the parser's answer holds more than %zu values",
			               values_max);
		s++;
	}
	return true;
}
