/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/xlsx_styles.h"

#include "parsers/numfmt.h"

#include <string.h>

struct format {
	int id;
	const char *mask;
};

struct reading {
	struct arena *arena;
	struct format formats[XLSX_FORMATS_MAX];
	int format_count;
	bool *struck; /* of each font */
	int font_count;
	bool fonts; /* in fonts, */
	bool cells; /* in cellXfs, the styles that cells name */
	struct xlsx_styles styles;
};

static void
take_format(struct reading *x, const struct xml_tag *t)
{
	struct bytes code = xml_attribute(t, "formatCode");

	if (x->format_count == XLSX_FORMATS_MAX || !numfmt_is_mask(code))
		return;
	x->formats[x->format_count++] = (struct format){xml_attribute_number(t, "numFmtId", 0, 1 << 20),
	                                                arena_dup0(x->arena, code.at, code.len)};
}

static void
take_style(struct reading *x, const struct xml_tag *t)
{
	int id = xml_attribute_number(t, "numFmtId", 0, 1 << 20);
	int font = xml_attribute_number(t, "fontId", 0, XLSX_FONTS_MAX);

	if (x->styles.count == XLSX_STYLES_MAX)
		return;
	for (int i = 0; i < x->format_count; i++)
		if (x->formats[i].id == id)
			x->styles.masks[x->styles.count] = x->formats[i].mask;
	x->styles.struck[x->styles.count] = font < x->font_count && x->struck[font];
	x->styles.count++;
}

static void
in_fonts(struct reading *x, const struct xml_tag *t)
{
	if (strcmp(t->name, "font") == 0)
		x->font_count += x->font_count < XLSX_FONTS_MAX;
	else if (strcmp(t->name, "strike") == 0 && x->font_count)
		x->struck[x->font_count - 1] = xml_attribute_on(t, "val");
}

static void
on_begin(void *context, const struct xml_tag *t)
{
	struct reading *x = context;

	if (strcmp(t->name, "numFmt") == 0)
		take_format(x, t);
	else if (strcmp(t->name, "fonts") == 0)
		x->fonts = true;
	else if (x->fonts)
		in_fonts(x, t);
	else if (strcmp(t->name, "cellXfs") == 0)
		x->cells = true;
	else if (x->cells && strcmp(t->name, "xf") == 0)
		take_style(x, t);
}

static void
on_end(void *context, const char *ns, const char *name)
{
	struct reading *x = context;

	(void)ns;
	if (strcmp(name, "cellXfs") == 0)
		x->cells = false;
	else if (strcmp(name, "fonts") == 0)
		x->fonts = false;
}

static void
on_text(void *context, const char *s, size_t len)
{
	(void)context, (void)s, (void)len;
}

bool
xlsx_styles_may_strike(struct zipxml *z, const char *part)
{
	struct buf xml = BUF_INIT(ZIPXML_BYTES_MAX);
	bool may = !zipxml_read(z, part, &xml, NULL) || bytes_find(buf_bytes(&xml), "strike") < xml.len;

	buf_free(&xml);
	return may;
}

struct xlsx_styles
xlsx_styles_read(struct zipxml *z, struct arena *a, const char *part)
{
	static const struct xml_events events = {on_begin, on_end, on_text};
	struct reading *x = arena_alloc(a, 1, sizeof *x);

	x->arena = a;
	x->struck = arena_alloc(a, XLSX_FONTS_MAX, sizeof *x->struck);
	x->styles.struck = arena_alloc(a, XLSX_STYLES_MAX, sizeof *x->styles.struck);
	x->styles.masks = arena_alloc(a, XLSX_STYLES_MAX, sizeof *x->styles.masks);
	(void)zipxml_stream(z, part, &events, x, NULL);
	return x->styles;
}
