/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/numfmt.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PLACES_MIN = 5, PLACES_MAX = 30 };

/* One thing of a format. */
struct token {
	bool place, zero; /* a digit's place; one that shows a zero */
	char sign;        /* or this, as it stands */
};

/* The next of *format; false at its end, or at the end of its first section. *known: false where it is what
 * no mask has. */
static bool
next_token(struct bytes *format, bool *quoted, struct token *t, bool *known)
{
	char c;

	*t = (struct token){0};
	while (format->len && *format->at == '"') {
		*quoted = !*quoted;
		*format = BYTES(format->at + 1, format->len - 1);
	}
	if (!format->len || (!*quoted && *format->at == ';'))
		return false;
	c = (char)*format->at;
	if (!*quoted && c == '\\' && format->len > 1) {
		*format = BYTES(format->at + 1, format->len - 1);
		t->sign = (char)*format->at;
	} else if (!*quoted && (c == '0' || c == '#')) {
		t->place = true;
		t->zero = c == '0';
	} else {
		t->sign = c;
		*known = *known && (*quoted || strchr("-() +", c));
	}
	*format = BYTES(format->at + 1, format->len - 1);
	return true;
}

static int
places_of(struct bytes format, bool *known)
{
	struct token t;
	bool quoted = false;
	int n = 0;

	*known = true;
	while (next_token(&format, &quoted, &t, known))
		n += t.place;
	return n;
}

bool
numfmt_is_mask(struct bytes format)
{
	bool known;
	int places = places_of(format, &known);

	return known && places >= PLACES_MIN && places <= PLACES_MAX;
}

bool
numfmt_put(struct bytes mask, double n, struct buf *out)
{
	char digits[40];
	const char *next = digits;
	struct token t;
	bool quoted = false, known;
	int left, places = places_of(mask, &known);

	if (!(n >= 0 && n < 1e15) || floor(n) != n)
		return false;
	left = snprintf(digits, sizeof digits, "%.0f", n);
	while (next_token(&mask, &quoted, &t, &known)) {
		if (!t.place) {
			buf_ch(out, t.sign);
			continue;
		}
		for (; left > places; left--) /* what the mask has no place for stands before its first */
			buf_ch(out, *next++);
		if (left == places) {
			buf_ch(out, *next++);
			left--;
		} else if (t.zero) {
			buf_ch(out, '0');
		}
		places--;
	}
	return true;
}
