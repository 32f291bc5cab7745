/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/pdf_fields.h"

#include "config/text.h"

#include <math.h>
#include <string.h>

static const double CHARACTER = 9; /* points: what a wider field is filled with, from the left */

/* Where the characters come to lie is ours to say: line by line, close enough to be one word. */
static void
put_line(struct page_table *t, struct page_box line, const char *s, size_t len)
{
	const char *end = s + len, *from;
	size_t count = 0;
	double x = line.x0, width;

	for (const char *at = s; at < end; count++)
		(void)text_next(&at);
	width = count ? fmin(CHARACTER, (line.x1 - line.x0) / (double)count) : 0;
	while (s < end) {
		from = s;
		(void)text_next(&s);
		page_table_glyph(t, (struct page_box){x, line.y0, x + width, line.y1}, from,
		                 (size_t)(s - from));
		x += width;
	}
}

static size_t
line_len(const char *s)
{
	return strcspn(s, "\r\n");
}

static const char *
behind_line(const char *s)
{
	s += line_len(s);
	return s + (*s == '\r' && s[1] == '\n' ? 2 : *s != '\0');
}

/* area: y upwards from the page's foot, as PDF has it. */
static void
put_text(struct page_table *t, PopplerRectangle area, double height, const char *s)
{
	struct page_box box = {fmin(area.x1, area.x2), height - fmax(area.y1, area.y2),
	                       fmax(area.x1, area.x2), height - fmin(area.y1, area.y2)};
	int lines = 0;
	double step;

	for (const char *at = s; *at; at = behind_line(at))
		lines++;
	step = lines ? (box.y1 - box.y0) / lines : 0;
	while (*s) {
		put_line(t, (struct page_box){box.x0, box.y0, box.x1, box.y0 + step}, s, line_len(s));
		s = behind_line(s);
		box.y0 += step;
	}
}

static char *
field_text(PopplerFormField *f)
{
	switch (poppler_form_field_get_field_type(f)) {
	case POPPLER_FORM_FIELD_TEXT:
		return poppler_form_field_text_is_password(f) ? NULL : poppler_form_field_text_get_text(f);
	case POPPLER_FORM_FIELD_CHOICE:
		for (int i = 0; i < poppler_form_field_choice_get_n_items(f); i++)
			if (poppler_form_field_choice_is_item_selected(f, i))
				return poppler_form_field_choice_get_item(f, i);
		return poppler_form_field_choice_is_editable(f) ? poppler_form_field_choice_get_text(f)
		                                                : NULL;
	default: return NULL;
	}
}

void
pdf_fields_read(struct page_table *t, PopplerPage *page, double height)
{
	GList *fields = poppler_page_get_form_field_mapping(page);
	GList *notes = poppler_page_get_annot_mapping(page);

	for (GList *l = fields; l; l = l->next) {
		PopplerFormFieldMapping *m = l->data;
		char *text = field_text(m->field);

		if (text)
			put_text(t, m->area, height, text);
		g_free(text);
	}
	for (GList *l = notes; l; l = l->next) {
		PopplerAnnotMapping *m = l->data;
		char *text = poppler_annot_get_annot_type(m->annot) == POPPLER_ANNOT_FREE_TEXT
		                     ? poppler_annot_get_contents(m->annot)
		                     : NULL;

		if (text && !(poppler_annot_get_flags(m->annot) & POPPLER_ANNOT_FLAG_HIDDEN))
			put_text(t, m->area, height, text);
		g_free(text);
	}
	poppler_page_free_form_field_mapping(fields);
	poppler_page_free_annot_mapping(notes);
}
