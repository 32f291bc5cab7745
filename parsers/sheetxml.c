/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/sheetxml.h"

#include "config/mem.h"
#include "parsers/grid.h"
#include "parsers/numfmt.h"
#include "parsers/xml.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SPREADSHEET "urn:schemas-microsoft-com:office:spreadsheet"

enum { HEAD_MAX = 4096, VALUE_MAX = 1 << 17, SHEETS_MAX = 2000, STYLES_MAX = 1024, COLUMN_STYLES_MAX = 256 };

/* A style whose number format is a mask, or that strikes through; others show nothing that a person would
 * miss. */
struct style {
	struct style *next;
	struct bytes id, mask;
	bool struck;
};

struct column_style {
	int first, last;
	const struct style *style;
};

struct sheetxml {
	struct document *d;
	struct arena *arena;
	struct grid *grid;
	const char *name; /* of the open sheet */
	int sheets;
	int across;               /* further columns that the open cell covers */
	int row, column, columns; /* places that come next, 0-based; columns: as <Column> says them */
	bool hidden;              /* the open sheet */
	bool over;
	int comment, struck; /* depth inside these */

	struct style *styles;
	int style_count;
	struct bytes style_id;                      /* of the open <Style> */
	const struct style *row_style, *cell_style; /* NULL: one that says nothing */
	struct column_style column_styles[COLUMN_STYLES_MAX];
	int column_style_count;

	struct buf value;
	bool data, number;
	bool rich;       /* parts of the open cell's text have a look of their own */
	bool visibility; /* in <Visible> */
};

/* ---- styles ---- */

static struct bytes
keep(struct sheetxml *x, struct bytes b)
{
	return b.at ? BYTES(arena_dup0(x->arena, b.at, b.len), b.len) : BYTES("", 0);
}

/* The open style, kept from now on; NULL: there are too many. */
static struct style *
style_kept(struct sheetxml *x)
{
	struct style *s;

	if (x->styles && bytes_equal(x->styles->id, x->style_id))
		return x->styles;
	if (!x->style_id.len || x->style_count == STYLES_MAX)
		return NULL;
	x->style_count++;
	s = arena_alloc(x->arena, 1, sizeof *s);
	s->next = x->styles;
	s->id = x->style_id;
	x->styles = s;
	return s;
}

static void
number_format(struct sheetxml *x, const struct xml_tag *t)
{
	struct bytes format = xml_attribute(t, "Format");
	struct style *s = format.at && numfmt_is_mask(format) ? style_kept(x) : NULL;

	if (s)
		s->mask = keep(x, format);
}

/* What is struck through is taken back by who wrote it. */
static void
font(struct sheetxml *x, const struct xml_tag *t)
{
	struct style *s = xml_attribute_is(t, "StrikeThrough", "1") ? style_kept(x) : NULL;

	if (s)
		s->struck = true;
}

/* Its own style, if it names one; it may be one without a mask. */
static const struct style *
style_of(const struct sheetxml *x, const struct xml_tag *t, const struct style *otherwise)
{
	struct bytes id = xml_attribute(t, "StyleID");
	const struct style *s = x->styles;

	if (!id.at)
		return otherwise;
	while (s && !bytes_equal(s->id, id))
		s = s->next;
	return s;
}

static const struct style *
column_style(const struct sheetxml *x, int column)
{
	for (int i = 0; i < x->column_style_count; i++)
		if (column >= x->column_styles[i].first && column <= x->column_styles[i].last)
			return x->column_styles[i].style;
	return NULL;
}

/* ---- places ---- */

/* ss:Index, 1-based, jumps forward; a place that no sheet has stays beyond what grid.h takes. */
static void
jump(const struct xml_tag *t, int *place)
{
	int index = xml_attribute_number(t, "Index", 0, GRID_ROWS_MAX);

	if (index > *place)
		*place = index - 1;
}

static void
begin_column(struct sheetxml *x, const struct xml_tag *t)
{
	int span = xml_attribute_number(t, "Span", 0, GRID_COLUMNS_MAX);

	jump(t, &x->columns);
	if (x->columns < GRID_COLUMNS_MAX && xml_attribute_on(t, "Hidden") && xml_attribute(t, "Hidden").at)
		grid_hide_columns(x->grid, x->columns, x->columns + span);
	if (style_of(x, t, NULL) && x->column_style_count < COLUMN_STYLES_MAX)
		x->column_styles[x->column_style_count++] =
		        (struct column_style){x->columns, x->columns + span, style_of(x, t, NULL)};
	if (x->columns < GRID_COLUMNS_MAX)
		x->columns += span + 1;
}

static void
begin_row(struct sheetxml *x, const struct xml_tag *t)
{
	x->row++;
	jump(t, &x->row);
	x->column = -1;
	x->across = 0;
	x->row_style = style_of(x, t, NULL);
	if (xml_attribute(t, "Hidden").at && xml_attribute_on(t, "Hidden") && x->row < GRID_ROWS_MAX)
		grid_hide_row(x->grid, x->row);
}

static void
end_row(struct sheetxml *x)
{
	if (x->row >= GRID_ROWS_MAX)
		x->row = GRID_ROWS_MAX - 1;
}

static void
begin_cell(struct sheetxml *x, const struct xml_tag *t)
{
	int down = xml_attribute_number(t, "MergeDown", 0, GRID_ROWS_MAX);

	x->column += x->across + 1;
	jump(t, &x->column);
	x->across = xml_attribute_number(t, "MergeAcross", 0, GRID_COLUMNS_MAX);
	buf_clear(&x->value);
	x->number = x->rich = false;
	x->cell_style = style_of(x, t, x->row_style ? x->row_style : column_style(x, x->column));
	if (x->row < 0 || x->row >= GRID_ROWS_MAX || x->column >= GRID_COLUMNS_MAX) {
		x->column = GRID_COLUMNS_MAX;
		x->across = 0;
		return;
	}
	if (x->across || down)
		grid_merge(x->grid, x->row, x->column, down + 1, x->across + 1);
}

static void
end_cell(struct sheetxml *x, int row, int column)
{
	char *end = NULL;
	double n;

	if (row < 0 || row >= GRID_ROWS_MAX || column < 0 || column >= GRID_COLUMNS_MAX || !x->value.len)
		return;
	if (x->cell_style && x->cell_style->struck && !x->rich)
		return;
	n = x->number && x->value.at ? strtod(x->value.at, &end) : 0;
	if (end && !*end && isfinite(n)) {
		buf_clear(&x->value);
		if (x->cell_style && x->cell_style->mask.len && numfmt_put(x->cell_style->mask, n, &x->value))
			grid_cell(x->grid, row, column, x->value.at, x->value.len);
		else
			grid_number(x->grid, row, column, n);
	} else {
		grid_cell(x->grid, row, column, x->value.at, x->value.len);
	}
}

/* ---- sheets ---- */

static void
begin_sheet(struct sheetxml *x, const struct xml_tag *t)
{
	struct bytes name = xml_attribute(t, "Name");

	x->name = name.at ? arena_dup0(x->arena, name.at, name.len) : "";
	x->row = x->column = -1;
	x->columns = x->column_style_count = 0;
	x->row_style = NULL;
	x->hidden = false;
}

/* Whether a sheet is seen stands behind its cells. */
static void
end_sheet(struct sheetxml *x)
{
	if (++x->sheets > SHEETS_MAX) {
		x->over = true;
		return;
	}
	if (x->hidden)
		grid_hide_all(x->grid);
	x->over |= !grid_push(x->grid, x->d, x->name);
}

/* ---- events ---- */

static void
on_begin(void *context, const struct xml_tag *t)
{
	struct sheetxml *x = context;

	if (strcmp(t->name, "Comment") == 0)
		x->comment++;
	else if (strcmp(t->name, "S") == 0)
		x->struck++;
	else if (strcmp(t->name, "Visible") == 0) {
		buf_clear(&x->value);
		x->visibility = true;
	}
	x->rich |= x->data && strcmp(t->ns, SPREADSHEET) != 0;
	if (strcmp(t->ns, SPREADSHEET) != 0 || x->comment)
		return;
	if (strcmp(t->name, "Style") == 0)
		x->style_id = keep(x, xml_attribute(t, "ID"));
	else if (strcmp(t->name, "NumberFormat") == 0)
		number_format(x, t);
	else if (strcmp(t->name, "Font") == 0)
		font(x, t);
	else if (strcmp(t->name, "Worksheet") == 0)
		begin_sheet(x, t);
	else if (strcmp(t->name, "Column") == 0)
		begin_column(x, t);
	else if (strcmp(t->name, "Row") == 0)
		begin_row(x, t);
	else if (strcmp(t->name, "Cell") == 0)
		begin_cell(x, t);
	else if (strcmp(t->name, "Data") == 0) {
		x->data = true;
		x->number = xml_attribute_is(t, "Type", "Number");
	}
}

static void
on_end(void *context, const char *ns, const char *name)
{
	struct sheetxml *x = context;

	if (strcmp(name, "Comment") == 0 && x->comment)
		x->comment--;
	else if (strcmp(name, "S") == 0 && x->struck)
		x->struck--;
	else if (strcmp(name, "Visible") == 0) {
		x->hidden = x->value.at && strcmp(x->value.at, "SheetVisible") != 0;
		x->visibility = false;
	}
	if (strcmp(ns, SPREADSHEET) != 0 || x->comment)
		return;
	if (strcmp(name, "Worksheet") == 0)
		end_sheet(x);
	else if (strcmp(name, "Row") == 0)
		end_row(x);
	else if (strcmp(name, "Cell") == 0)
		end_cell(x, x->row, x->column);
	else if (strcmp(name, "Data") == 0)
		x->data = false;
}

static void
on_text(void *context, const char *s, size_t len)
{
	struct sheetxml *x = context;

	if (x->visibility || (x->data && !x->comment && !x->struck))
		buf_add(&x->value, s, len);
}

/* ---- the whole ---- */

static bool
sheetxml_read(const struct source *s, struct document *d, struct err *e)
{
	static const struct xml_events events = {on_begin, on_end, on_text};
	struct sheetxml x = {.d = d, .arena = arena_new(), .grid = grid_new(), .value = BUF_INIT(VALUE_MAX)};
	bool ok;

	x.row = x.column = -1;
	x.name = "";
	ok = xml_read(s->data, &events, &x, e);
	if (!ok)
		x.over |= !grid_push(x.grid, d, x.name); /* what was read of the sheet cut off */
	if (ok && x.over)
		ok = err_set(e, ERR_TOO_LARGE, "the workbook holds more than is read of one");
	grid_free(x.grid);
	buf_free(&x.value);
	arena_free(x.arena);
	return ok;
}

static bool
sheetxml_is(const struct source *s)
{
	struct bytes head = BYTES(s->data.at, s->data.len < HEAD_MAX ? s->data.len : HEAD_MAX);

	if (bytes_begin(head, "\xEF\xBB\xBF"))
		head = BYTES(head.at + 3, head.len - 3);
	return bytes_begin(head, "<?xml") && bytes_find(head, "Workbook") < head.len &&
	       bytes_find(head, SPREADSHEET) < head.len;
}

const struct reader sheetxml_reader = {
        .name = "sheetxml",
        .extension = "xls",
        .is = sheetxml_is,
        .read = sheetxml_read,
};
