/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/excel97_styles.h"

#include "parsers/numfmt.h"
#include "parsers/ole.h"

#include <string.h>

enum {
	NO_FONT = 4, /* that number was never given: the fifth font is 5 */
	FONT_STRUCK = 0x08,
	RUN_LEN = 4,
};

void
excel97_styles_format(struct excel97_styles *s, struct arena *a, unsigned id, struct bytes mask)
{
	if (s->format_count == EXCEL97_FORMATS_MAX || !numfmt_is_mask(mask))
		return;
	s->formats[s->format_count].id = id;
	s->formats[s->format_count++].mask = arena_dup0(a, mask.at, mask.len);
}

void
excel97_styles_font(struct excel97_styles *s, struct bytes body)
{
	s->font_count += s->font_count == NO_FONT;
	if (s->font_count < EXCEL97_FONTS_MAX)
		s->struck[s->font_count++] = ole_u16(body, 2) & FONT_STRUCK;
}

void
excel97_styles_style(struct excel97_styles *s, struct bytes body)
{
	if (s->style_count == EXCEL97_STYLES_MAX)
		return;
	s->styles[s->style_count].font = ole_u16(body, 0);
	s->styles[s->style_count++].format = ole_u16(body, 2);
}

const char *
excel97_styles_mask(const struct excel97_styles *s, unsigned style)
{
	for (int i = 0; i < s->format_count && style < s->style_count; i++)
		if (s->formats[i].id == s->styles[style].format)
			return s->formats[i].mask;
	return NULL;
}

bool
excel97_styles_strikes(const struct excel97_styles *s, unsigned style)
{
	return style < s->style_count && s->struck[s->styles[style].font];
}

static size_t
character(const char *c, size_t left)
{
	size_t len = 1;

	while (len < left && ((unsigned char)c[len] & 0xC0) == 0x80)
		len++;
	return len;
}

size_t
excel97_styles_cut(const struct excel97_styles *s, struct buf *text, struct bytes runs)
{
	size_t at = 0, run = 0, unit = 0, kept = 0, own = 0, len;
	bool struck = false;

	if (!runs.len && (!text->len || !memchr(text->at, '\0', text->len))) /* nearly all */
		return text->len;
	for (; at < text->len; at += len, unit += len == 4 ? 2 : 1) {
		while (run + RUN_LEN <= runs.len && ole_u16(runs, run) <= unit) {
			own = run ? own : kept;
			struck = s->struck[ole_u16(runs, run + 2)];
			run += RUN_LEN;
		}
		len = character(text->at + at, text->len - at);
		if (struck || !text->at[at])
			continue;
		memmove(text->at + kept, text->at + at, len);
		kept += len;
	}
	text->len = kept;
	if (text->at)
		text->at[kept] = '\0';
	return run ? own : kept;
}
