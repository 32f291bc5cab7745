/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/odf_styles.h"

#include "config/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
	STYLES_MAX = 1000, /* that hide, or that build on another one */
	NAME_LEN = 64,     /* longer names of styles do not hide */
	BASES_MAX = 16,
};

struct style {
	char name[NAME_LEN], base[NAME_LEN];
	enum odf_shown display, line; /* as it says itself: of the text, and of a line through it */
};

struct odf_styles {
	struct style *styles;
	size_t count, cap;
	bool open;      /* the last of them is being defined, */
	bool named;     /* of a package: only what stands in office:styles … */
	bool in_styles; /* … which is open */
};

struct odf_styles *
odf_styles_new(void)
{
	return mem_alloc(1, sizeof(struct odf_styles));
}

void
odf_styles_free(struct odf_styles *s)
{
	if (s)
		free(s->styles);
	free(s);
}

static void
keep(char out[NAME_LEN], struct bytes name)
{
	if (name.len >= NAME_LEN)
		name.len = 0;
	if (name.len)
		memcpy(out, name.at, name.len);
	out[name.len] = '\0';
}

/* A spreadsheet has thousands of styles of cells; none of them hides. */
static bool
is_of_text(const struct xml_tag *t)
{
	return !xml_attribute_is(t, "family", "table-cell") &&
	       !xml_attribute_is(t, "family", "table-column") &&
	       !xml_attribute_is(t, "family", "table-row") && !xml_attribute_is(t, "family", "graphic");
}

void
odf_styles_begin(struct odf_styles *s, const struct xml_tag *t)
{
	struct bytes name = xml_attribute(t, "name");

	s->open = name.len && is_of_text(t) && s->count < STYLES_MAX;
	if (!s->open)
		return;
	if (s->count == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 32;
		s->styles = mem_grow(s->styles, s->cap, sizeof *s->styles);
	}
	s->styles[s->count] = (struct style){.display = ODF_AS_AROUND};
	keep(s->styles[s->count].name, name);
	keep(s->styles[s->count].base, xml_attribute(t, "parent-style-name"));
	s->count++;
}

/* Struck through, it is taken back by who wrote it. Of a part of a cell LibreOffice says how many lines, and
 * not of which style. */
static enum odf_shown
line_of(const struct xml_tag *t)
{
	struct bytes line = xml_attribute(t, "text-line-through-style");

	if (!line.len)
		line = xml_attribute(t, "text-line-through-type");
	return !line.len ? ODF_AS_AROUND : bytes_equal(line, bytes_str("none")) ? ODF_SHOWN : ODF_HIDDEN;
}

void
odf_styles_properties(struct odf_styles *s, const struct xml_tag *t)
{
	struct style *last = s->open ? &s->styles[s->count - 1] : NULL;

	if (!last)
		return;
	if (xml_attribute_is(t, "display", "none") || xml_attribute_is(t, "display", "false"))
		last->display = ODF_HIDDEN;
	else if (xml_attribute_is(t, "display", "true"))
		last->display = ODF_SHOWN;
	if (line_of(t) != ODF_AS_AROUND)
		last->line = line_of(t);
}

/* ---- of a package ---- */

static void
on_begin(void *context, const struct xml_tag *t)
{
	struct odf_styles *s = context;

	if (strcmp(t->name, "styles") == 0)
		s->in_styles = true;
	else if (s->in_styles && strcmp(t->name, "style") == 0)
		odf_styles_begin(s, t);
	else if (s->in_styles && strcmp(t->name, "text-properties") == 0)
		odf_styles_properties(s, t);
}

static void
on_end(void *context, const char *ns, const char *name)
{
	struct odf_styles *s = context;

	(void)ns;
	if (strcmp(name, "styles") == 0)
		s->in_styles = false;
}

static void
on_text(void *context, const char *s, size_t len)
{
	(void)context, (void)s, (void)len;
}

struct odf_styles *
odf_styles_named(struct bytes xml)
{
	static const struct xml_events events = {on_begin, on_end, on_text};
	struct odf_styles *s;

	/* most have none, and need not be read for it */
	if (bytes_find(xml, "display=\"none\"") == xml.len &&
	    bytes_find(xml, "line-through-style=\"s") == xml.len &&
	    bytes_find(xml, "line-through-type=\"s") == xml.len)
		return NULL;
	s = odf_styles_new();
	(void)xml_read(xml, &events, s, NULL);
	return s;
}

/* ---- asked ---- */

static const struct style *
style_find(const struct odf_styles *s, struct bytes name)
{
	for (size_t i = 0; s && name.len && i < s->count; i++)
		if (bytes_equal(bytes_str(s->styles[i].name), name))
			return &s->styles[i];
	return NULL;
}

struct odf_look
odf_styles_look(const struct odf_styles *own, const struct odf_styles *named, struct bytes name)
{
	const struct style *style = style_find(own, name);
	struct odf_look look = {ODF_AS_AROUND, ODF_AS_AROUND};

	for (int i = 0; i < BASES_MAX; i++) {
		if (!style)
			style = style_find(named, name);
		if (!style) /* of a flat file, which has them all in one */
			style = style_find(own, name);
		if (!style)
			break;
		look.display = look.display ? look.display : style->display;
		look.line = look.line ? look.line : style->line;
		name = bytes_str(style->base);
		style = NULL;
	}
	return look;
}
