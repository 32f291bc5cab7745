/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/odf_sheet.h"

#include "config/mem.h"
#include "parsers/grid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	CELL_MAX = 1 << 17,
	REPEATED_MAX = 1024, /* a cell's text, in so many columns beside each other */
	NAME_MAX_LEN = 256,
};

struct odf_sheet {
	struct document *d;
	struct grid *grid;
	bool open, hidden, over;
	char name[NAME_MAX_LEN];
	int row, column, columns_said; /* 0-based; the next cell's place */
	int rows, repeated;            /* what the open row, the open cell stands for */
	int shapes;                    /* around the text: it floats over the sheet */
	struct buf boxes;              /* what does */
	struct buf value;              /* the open cell's text */
	char number[40];               /* its office:value, if it is a number */
};

struct odf_sheet *
odf_sheet_new(struct document *d)
{
	struct odf_sheet *s = mem_alloc(1, sizeof *s);

	s->d = d;
	s->grid = grid_new();
	s->value = BUF_INIT(CELL_MAX);
	s->boxes = BUF_INIT(DOC_TEXT_MAX);
	return s;
}

void
odf_sheet_free(struct odf_sheet *s)
{
	if (!s)
		return;
	grid_free(s->grid);
	buf_free(&s->value);
	buf_free(&s->boxes);
	free(s);
}

bool
odf_sheet_finish(struct odf_sheet *s)
{
	if (s->open)
		odf_sheet_end(s);
	return !s->over;
}

int
odf_count(const struct xml_tag *t, const char *name, int max)
{
	int n = xml_attribute_number(t, name, 1, max);

	return n < 1 ? 1 : n;
}

/* ---- sheets ---- */

bool
odf_sheet_begin(struct odf_sheet *s, struct bytes name, bool hidden)
{
	if (s->open)
		return false;
	(void)snprintf(s->name, sizeof s->name, "%.*s", (int)(name.len < sizeof s->name ? name.len : 0),
	               name.len ? (const char *)name.at : "");
	s->open = true;
	s->hidden = hidden;
	if (hidden)
		grid_hide_all(s->grid);
	s->row = s->column = s->columns_said = 0;
	return true;
}

/* What floats over the sheet comes behind it. */
static void
push_boxes(struct odf_sheet *s)
{
	const char *text = s->boxes.at ? s->boxes.at : "";

	for (; *text == '\n'; text++)
		;
	if (*text && !s->hidden) {
		doc_text(s->d, text, strlen(text));
		doc_end_paragraph(s->d);
	}
	buf_clear(&s->boxes);
}

void
odf_sheet_end(struct odf_sheet *s)
{
	s->over |= !grid_push(s->grid, s->d, s->name);
	push_boxes(s);
	s->open = false;
}

bool
odf_sheet_is_hidden(const struct odf_sheet *s)
{
	return s->hidden;
}

/* ---- columns and rows ---- */

static bool
is_collapsed(const struct xml_tag *t)
{
	return xml_attribute_is(t, "visibility", "collapse") || xml_attribute_is(t, "visibility", "filter");
}

void
odf_sheet_columns(struct odf_sheet *s, const struct xml_tag *t)
{
	int n = odf_count(t, "number-columns-repeated", GRID_COLUMNS_MAX);

	if (is_collapsed(t))
		grid_hide_columns(s->grid, s->columns_said, s->columns_said + n - 1);
	if (s->columns_said < GRID_COLUMNS_MAX)
		s->columns_said += n;
}

/* A row that is said once for many is pushed once: what is the same ten times is one registration. */
void
odf_sheet_begin_row(struct odf_sheet *s, const struct xml_tag *t)
{
	s->column = 0;
	s->rows = odf_count(t, "number-rows-repeated", GRID_ROWS_MAX);
	if (is_collapsed(t))
		grid_hide_row(s->grid, s->row);
}

void
odf_sheet_end_row(struct odf_sheet *s)
{
	if (s->row < GRID_ROWS_MAX)
		s->row += s->rows;
}

/* ---- cells ---- */

void
odf_sheet_begin_cell(struct odf_sheet *s, const struct xml_tag *t)
{
	int columns = odf_count(t, "number-columns-spanned", DOC_COLUMNS_MAX);
	int rows = odf_count(t, "number-rows-spanned", GRID_ROWS_MAX);
	struct bytes v = xml_attribute(t, "value");

	buf_clear(&s->value);
	s->repeated = odf_count(t, "number-columns-repeated", GRID_COLUMNS_MAX);
	s->number[0] = '\0';
	if (xml_attribute_is(t, "value-type", "float") && v.len < sizeof s->number) {
		memcpy(s->number, v.len ? v.at : (const unsigned char *)"", v.len);
		s->number[v.len] = '\0';
	}
	grid_merge(s->grid, s->row, s->column, rows, columns);
}

void
odf_sheet_end_cell(struct odf_sheet *s)
{
	char digits[40];

	if (s->number[0] && s->value.len && (strstr(s->value.at, "E+") || strstr(s->value.at, "###"))) {
		(void)snprintf(digits, sizeof digits, "%.15g", strtod(s->number, NULL));
		buf_clear(&s->value);
		buf_str(&s->value, digits);
	}
	for (int i = 0; s->value.len && i < s->repeated && i < REPEATED_MAX; i++)
		grid_cell(s->grid, s->row, s->column + i, s->value.at, s->value.len);
	if (s->column < GRID_COLUMNS_MAX)
		s->column += s->repeated;
}

void
odf_sheet_covered(struct odf_sheet *s, const struct xml_tag *t)
{
	if (s->column < GRID_COLUMNS_MAX)
		s->column += odf_count(t, "number-columns-repeated", GRID_COLUMNS_MAX);
}

/* ---- text ---- */

void
odf_sheet_begin_shape(struct odf_sheet *s)
{
	s->shapes++;
}

void
odf_sheet_end_shape(struct odf_sheet *s)
{
	s->shapes--;
}

void
odf_sheet_paragraph(struct odf_sheet *s)
{
	if (s->shapes)
		buf_ch(&s->boxes, '\n');
	else if (s->value.len)
		buf_ch(&s->value, '\n');
}

void
odf_sheet_text(struct odf_sheet *s, const char *text, size_t len)
{
	buf_add(s->shapes ? &s->boxes : &s->value, text, len);
}
