/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/wordstyles.h"

#include "config/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
	STYLES_MAX = 1000,
	ID_MAX = 64, /* longer ones do not hide */
	BASES_MAX = 16,
	HIDING_MAX = 64,
};

struct style {
	char id[ID_MAX], base[ID_MAX];
	unsigned on, off;
};

struct hiding {
	char id[ID_MAX];
	unsigned bits;
};

struct wordstyles {
	struct style *styles;
	size_t count, cap;
	bool open; /* the last of them is being read */
	struct hiding hiding[HIDING_MAX];
	size_t hiding_count;
};

unsigned
wordstyles_bit(const char *property)
{
	if (strcmp(property, "vanish") == 0)
		return WORD_VANISHED;
	return strcmp(property, "strike") == 0 || strcmp(property, "dstrike") == 0 ? WORD_STRUCK : 0;
}

bool
wordstyles_may_hide(struct bytes xml)
{
	return bytes_find(xml, "vanish") < xml.len || bytes_find(xml, "strike") < xml.len;
}

struct wordstyles *
wordstyles_new(void)
{
	return mem_alloc(1, sizeof(struct wordstyles));
}

void
wordstyles_free(struct wordstyles *s)
{
	if (s)
		free(s->styles);
	free(s);
}

static void
keep(char out[ID_MAX], struct bytes id)
{
	if (id.len >= ID_MAX)
		id.len = 0;
	if (id.len)
		memcpy(out, id.at, id.len);
	out[id.len] = '\0';
}

static void
begin_style(struct wordstyles *s, const struct xml_tag *t)
{
	struct bytes id = xml_attribute(t, "styleId");

	s->open = id.len && s->count < STYLES_MAX;
	if (!s->open)
		return;
	if (s->count == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 64;
		s->styles = mem_grow(s->styles, s->cap, sizeof *s->styles);
	}
	s->styles[s->count] = (struct style){.on = 0};
	keep(s->styles[s->count++].id, id);
}

static void
on_begin(void *context, const struct xml_tag *t)
{
	struct wordstyles *s = context;
	unsigned bit = wordstyles_bit(t->name);
	struct style *open = s->open ? &s->styles[s->count - 1] : NULL;

	if (strcmp(t->name, "style") == 0)
		begin_style(s, t);
	else if (open && strcmp(t->name, "basedOn") == 0)
		keep(open->base, xml_attribute(t, "val"));
	else if (open && xml_attribute_on(t, "val"))
		open->on |= bit;
	else if (open)
		open->off |= bit;
}

static void
on_end(void *context, const char *ns, const char *name)
{
	struct wordstyles *s = context;

	(void)ns;
	if (strcmp(name, "style") == 0)
		s->open = false;
}

static void
on_text(void *context, const char *s, size_t len)
{
	(void)context, (void)s, (void)len;
}

const struct xml_events wordstyles_events = {on_begin, on_end, on_text};

static const struct style *
style_find(const struct wordstyles *s, const char *id)
{
	for (size_t i = 0; *id && i < s->count; i++)
		if (strcmp(s->styles[i].id, id) == 0)
			return &s->styles[i];
	return NULL;
}

/* What a style says counts before what the one says that it builds on. */
static unsigned
bits_of(const struct wordstyles *s, const struct style *style)
{
	unsigned hides = 0, settled = 0;

	for (int i = 0; style && i < BASES_MAX; i++) {
		hides |= style->on & ~settled;
		settled |= style->on | style->off;
		style = style_find(s, style->base);
	}
	return hides;
}

void
wordstyles_end(struct wordstyles *s)
{
	for (size_t i = 0; s->styles && i < s->count && s->hiding_count < HIDING_MAX; i++) {
		struct hiding h = {.bits = bits_of(s, &s->styles[i])};

		memcpy(h.id, s->styles[i].id, sizeof h.id);
		if (h.bits)
			s->hiding[s->hiding_count++] = h;
	}
}

unsigned
wordstyles_hide(const struct wordstyles *s, struct bytes id)
{
	for (size_t i = 0; s && i < s->hiding_count; i++)
		if (bytes_equal(bytes_str(s->hiding[i].id), id))
			return s->hiding[i].bits;
	return 0;
}
