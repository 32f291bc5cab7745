/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/region_hint.h"

#include "parsers/region_chain.h"
#include "parsers/region_table.h"
#include "parsers/region_text.h"
#include "parsers/region_zone.h"

#include <stdlib.h>
#include <string.h>

struct spoken {
	int rows[HINT_ROWS_MAX];
	size_t count;
};

static void
speak_for(struct spoken *s, int row)
{
	if (row != ROW_NONE && s->count < HINT_ROWS_MAX)
		s->rows[s->count++] = row;
}

/* Divisions that plain text begins with, or that host the zone which it is. */
static void
hear_text(struct arena *a, const char *plain, struct spoken *s)
{
	struct chain c;
	struct chain_stop start = {.rest = plain, .row = ROW_NONE};
	size_t best[CHAIN_STOPS_MAX] = {0};
	size_t count = 0;
	int zone = ROW_NONE;

	chain_read(&c, plain, ROW_NONE);
	count = chain_best(&c, false, best);
	for (size_t i = 0; i < count; i++)
		speak_for(s, c.stops[best[i]].row);
	if (count == 0 && (zone = zone_named(a, &start)) != ROW_NONE)
		speak_for(s, zone_host(zone));
}

/* A unit or a name: from the first place in it that a division's name begins at. */
static void
hear(struct arena *a, const char *text, struct spoken *s)
{
	const char *plain = text != NULL ? region_text_plain(a, text).bare : "";

	for (int tries = 0; *plain != '\0' && s->count == 0 && tries < 40; tries++) {
		hear_text(a, plain, s);
		plain += word_step(plain);
	}
}

/* Area codes in a phone field: a run of digits that begins with one 0, which is a code by itself
 * or begins with one. */
static void
hear_phone(struct arena *a, const char *phone, struct spoken *s)
{
	const char *at = phone != NULL ? region_text_plain(a, phone).whole : "";

	while (*(at += strcspn(at, "0123456789")) != '\0') {
		size_t digits = strspn(at, "0123456789"), len = 0, next = 0;
		int row = ROW_NONE;
		char code[8] = "";

		if (at[0] == '0' && at[1] != '0' && (digits <= 4 || digits >= 10))
			len = at[1] == '1' || at[1] == '2' ? 3 : 4;
		if (len != 0 && len <= digits) {
			(void)memcpy(code, at, len);
			while ((row = dial_row((unsigned)strtoul(code, NULL, 10), &next)) != ROW_NONE)
				speak_for(s, row);
		}
		at += digits;
	}
}

static bool
speaks_for(const struct spoken *s, int row, bool exactly)
{
	for (size_t i = 0; i < s->count; i++)
		if (exactly ? s->rows[i] == row : division_are_related(s->rows[i], row))
			return true;
	return false;
}

static size_t
filter(const struct spoken *s, int rows[], size_t count)
{
	for (int exactly = 1; exactly >= 0; exactly--) {
		int kept[HINT_ROWS_MAX];
		size_t n = 0;

		for (size_t i = 0; i < count; i++)
			if (speaks_for(s, rows[i], exactly))
				kept[n++] = rows[i];
		if (n > 0 && n < count) {
			(void)memcpy(rows, kept, n * sizeof(*rows));
			return n;
		}
	}
	return count;
}

size_t
hint_filter(struct arena *a, const struct region_hints *hints, const char *note, int rows[], size_t count)
{
	struct spoken said[4] = {{.count = 0}};

	if (count < 2)
		return count;
	hear(a, note, &said[0]);
	if (hints != NULL) {
		hear(a, hints->lead_unit, &said[1]);
		hear(a, hints->sender, &said[2]);
		hear_phone(a, hints->phone, &said[3]);
	}
	for (size_t i = 0; i < 4 && count > 1; i++)
		count = filter(&said[i], rows, count);
	return count;
}

bool
hint_prefers(struct arena *a, const struct region_hints *hints, int row, int other)
{
	int rows[2] = {row, other};

	return hint_filter(a, hints, NULL, rows, 2) == 1 && rows[0] == row;
}
