/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/xlsx.h"

#include "config/mem.h"
#include "config/text.h"
#include "parsers/grid.h"
#include "parsers/numfmt.h"
#include "parsers/opc.h"
#include "parsers/xlsx_drawing.h"
#include "parsers/xlsx_styles.h"
#include "parsers/zipxml.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAIN_PART "xl/workbook.xml"

enum {
	SHEETS_MAX = 2000,
	STRINGS_MAX = 1000000,
	VALUE_MAX = 1 << 17, /* a cell holds 32767 characters */
	MASKED_MIN = 100000, /* no telephone number is smaller, whatever zeros it has lost */
};

struct sheet {
	struct sheet *next;
	const char *name, *part;
	bool hidden;
};

struct string {
	const char *at;
	size_t len;
	size_t own; /* bytes at its beginning in the font of the cell that shows it */
};

struct xlsx {
	struct arena *arena;
	struct zipxml *zip;
	struct grid *grid;
	struct opc_relations relations;
	struct sheet *first, **tail;
	int sheets;
	struct string *strings; /* shared ones, by index */
	size_t string_count, string_cap;
	size_t string_bytes;
	bool over;

	struct buf value; /* the text of the cell or string that is open */
	bool text;        /* in an element whose characters are text */
	size_t text_at;   /* where in value that begins */
	size_t own;       /* how much of value has the font of the cell; beyond its length: all */
	int phonetic;     /* depth inside rPh */
	bool struck;      /* the run of rich text that is open is struck through */
	int row, column;  /* the cell that is open, 0-based */
	char type[12];    /* its t */
	int style;        /* its s */
	struct xlsx_styles styles;
	bool styled;            /* they were looked for */
	bool asked, may_strike; /* whether one strikes out */
};

static void
ignore_end(void *context, const char *ns, const char *name)
{
	(void)context, (void)ns, (void)name;
}

static void
on_text(void *context, const char *s, size_t len)
{
	struct xlsx *x = context;

	if (x->text && !x->phonetic && !x->struck)
		buf_add(&x->value, s, len);
}

static int
hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? tolower(c) - 'a' + 10 : -1;
}

static void
begin_value(struct xlsx *x)
{
	buf_clear(&x->value);
	x->own = SIZE_MAX;
	x->text_at = 0; /* also where a broken file begins a cell within a text */
}

static void
begin_text(struct xlsx *x)
{
	x->text = true;
	x->text_at = x->value.len;
}

/* Of rich text: a run, whether it has a font of its own, and whether it was taken back by who wrote it, as in
 * Word. */
static void
rich_text(struct xlsx *x, const struct xml_tag *t)
{
	if (strcmp(t->name, "r") == 0)
		x->struck = false;
	else if (strcmp(t->name, "rPr") == 0 && x->own > x->value.len)
		x->own = x->value.len;
	else if (strcmp(t->name, "strike") == 0)
		x->struck = xml_attribute_on(t, "val");
}

/* What XML cannot hold is written "_x000D_" (ISO/IEC 29500-1, 22.9.2.19). A carriage return is half of a
 * line's end; what else is a control character is not seen. */
static void
resolve_escapes(struct buf *b, size_t from)
{
	enum { ESCAPE_LEN = 7 };
	struct buf out = BUF_INIT(VALUE_MAX);
	const char *s = b->at ? b->at + from : "";

	if (!strstr(s, "_x"))
		return;
	while (*s) {
		uint32_t c = 0;
		int i = 2;

		for (; s[0] == '_' && s[1] == 'x' && i < ESCAPE_LEN - 1 && hex_digit(s[i]) >= 0; i++)
			c = c << 4 | (uint32_t)hex_digit(s[i]);
		if (i < ESCAPE_LEN - 1 || s[i] != '_') {
			buf_ch(&out, *s++);
			continue;
		}
		if (c >= ' ' || c == '\t' || c == '\n')
			text_put(&out, c);
		s += ESCAPE_LEN;
	}
	b->len = from;
	buf_add(b, out.at ? out.at : "", out.len);
	buf_seal(b);
	buf_free(&out);
}

static void
end_text(struct xlsx *x)
{
	x->text = false;
	resolve_escapes(&x->value, x->text_at);
}

/* ---- the workbook: its sheets ---- */

static void
workbook_begin(void *context, const struct xml_tag *t)
{
	struct xlsx *x = context;
	struct bytes name = xml_attribute(t, "name");
	const struct opc_relation *r;
	struct sheet *s;

	if (strcmp(t->name, "sheet") != 0)
		return;
	r = opc_relation(&x->relations, xml_attribute(t, "id"));
	if (!r || !opc_is(r, "worksheet"))
		return;
	if (x->sheets == SHEETS_MAX) {
		x->over = true;
		return;
	}
	x->sheets++;
	s = arena_alloc(x->arena, 1, sizeof *s);
	s->name = arena_dup0(x->arena, name.at, name.len);
	s->part = r->target;
	s->hidden = xml_attribute_is(t, "state", "hidden") || xml_attribute_is(t, "state", "veryHidden");
	*x->tail = s;
	x->tail = &s->next;
}

/* ---- shared strings; rich text comes in runs, and readings for furigana are no text ---- */

static void
strings_begin(void *context, const struct xml_tag *t)
{
	struct xlsx *x = context;

	if (strcmp(t->name, "si") == 0)
		begin_value(x);
	else if (strcmp(t->name, "t") == 0)
		begin_text(x);
	else if (strcmp(t->name, "rPh") == 0)
		x->phonetic++;
	else
		rich_text(x, t);
}

static void
string_keep(struct xlsx *x)
{
	if (x->value.over || x->value.len > (size_t)DOC_TEXT_MAX * 2 - x->string_bytes) {
		x->over = true;
		buf_clear(&x->value); /* it keeps its number: cells name those behind it by theirs */
	}
	if (x->string_count == STRINGS_MAX) {
		x->over = true;
		return;
	}
	if (x->string_count == x->string_cap) {
		x->string_cap = x->string_cap ? x->string_cap * 2 : 256;
		x->strings = mem_grow(x->strings, x->string_cap, sizeof *x->strings);
	}
	x->string_bytes += x->value.len;
	x->strings[x->string_count++] =
	        (struct string){arena_dup0(x->arena, x->value.at, x->value.len), x->value.len,
	                        x->own < x->value.len ? x->own : x->value.len};
}

static void
strings_end(void *context, const char *ns, const char *name)
{
	struct xlsx *x = context;

	(void)ns;
	if (strcmp(name, "si") == 0)
		string_keep(x);
	else if (strcmp(name, "t") == 0)
		end_text(x);
	else if (strcmp(name, "r") == 0)
		x->struck = false;
	else if (strcmp(name, "rPh") == 0 && x->phonetic)
		x->phonetic--;
}

/* ---- a sheet ---- */

/* "BC12" to column and row, 0-based. False: it is no such reference. */
static bool
parse_place(struct bytes b, int *row_r, int *column_r)
{
	int row = 0, column = 0;
	size_t i = 0;

	for (; i < b.len && b.at[i] >= 'A' && b.at[i] <= 'Z' && column <= GRID_COLUMNS_MAX; i++)
		column = column * 26 + (b.at[i] - 'A' + 1);
	if (!i || column > GRID_COLUMNS_MAX)
		return false;
	for (; i < b.len && b.at[i] >= '0' && b.at[i] <= '9' && row <= GRID_ROWS_MAX; i++)
		row = row * 10 + (b.at[i] - '0');
	if (i != b.len || row < 1 || row > GRID_ROWS_MAX)
		return false;
	*row_r = row - 1;
	*column_r = column - 1;
	return true;
}

static void
begin_row(struct xlsx *x, const struct xml_tag *t)
{
	x->row = xml_attribute_number(t, "r", x->row + 2, GRID_ROWS_MAX + 1) - 1;
	x->column = -1;
	if (xml_attribute(t, "hidden").at && xml_attribute_on(t, "hidden"))
		grid_hide_row(x->grid, x->row);
}

static void
begin_cell(struct xlsx *x, const struct xml_tag *t)
{
	struct bytes type = xml_attribute(t, "t");

	if (!parse_place(xml_attribute(t, "r"), &x->row, &x->column))
		x->column++;
	if (type.len >= sizeof x->type)
		type.len = 0;
	x->style = xml_attribute_number(t, "s", 0, XLSX_STYLES_MAX);
	memcpy(x->type, type.len ? type.at : (const unsigned char *)"", type.len);
	x->type[type.len] = '\0';
	begin_value(x);
}

static void
merge(struct xlsx *x, const struct xml_tag *t)
{
	struct bytes ref = xml_attribute(t, "ref"), to;
	size_t colon = bytes_find(ref, ":");
	int row, column, last_row, last_column;

	if (colon == ref.len)
		return;
	to = BYTES(ref.at + colon + 1, ref.len - colon - 1);
	if (parse_place(BYTES(ref.at, colon), &row, &column) && parse_place(to, &last_row, &last_column) &&
	    last_row >= row && last_column >= column)
		grid_merge(x->grid, row, column, last_row - row + 1, last_column - column + 1);
}

static void
sheet_begin(void *context, const struct xml_tag *t)
{
	struct xlsx *x = context;

	if (strcmp(t->name, "c") == 0)
		begin_cell(x, t);
	else if (strcmp(t->name, "v") == 0 || strcmp(t->name, "t") == 0)
		begin_text(x);
	else if (strcmp(t->name, "row") == 0)
		begin_row(x, t);
	else if (strcmp(t->name, "mergeCell") == 0)
		merge(x, t);
	else if (strcmp(t->name, "rPh") == 0)
		x->phonetic++;
	else if (strcmp(t->name, "col") == 0 && xml_attribute(t, "hidden").at &&
	         xml_attribute_on(t, "hidden"))
		grid_hide_columns(x->grid, xml_attribute_number(t, "min", 1, GRID_COLUMNS_MAX) - 1,
		                  xml_attribute_number(t, "max", 0, GRID_COLUMNS_MAX) - 1);
	else
		rich_text(x, t);
}

static const struct opc_relation *
relation_of_type(const struct xlsx *x, const char *type)
{
	const struct opc_relation *r = x->relations.first;

	while (r && !opc_is(r, type))
		r = r->next;
	return r;
}

/* Styles are large and seldom asked for. */
static const struct xlsx_styles *
styles(struct xlsx *x)
{
	const struct opc_relation *r = x->styled ? NULL : relation_of_type(x, "styles");

	if (r)
		x->styles = xlsx_styles_read(x->zip, x->arena, r->target);
	x->styled = true;
	return &x->styles;
}

/* Is all of the open cell that has its font struck through? */
static bool
is_struck(struct xlsx *x)
{
	const struct opc_relation *r = x->asked ? NULL : relation_of_type(x, "styles");

	if (r)
		x->may_strike = xlsx_styles_may_strike(x->zip, r->target);
	x->asked = true;
	return x->may_strike && (size_t)x->style < styles(x)->count && styles(x)->struck[x->style];
}

static void
put_text(struct xlsx *x, struct string s)
{
	size_t from = !is_struck(x) ? 0 : s.own < s.len ? s.own : s.len;

	grid_cell(x->grid, x->row, x->column, s.at + from, s.len - from);
}

static void
put_shared(struct xlsx *x)
{
	char *end;
	unsigned long i = strtoul(x->value.at, &end, 10);

	if (end != x->value.at && i < x->string_count)
		put_text(x, x->strings[i]);
}

/* As a mask shows it; false: no mask is there. */
static bool
put_masked(struct xlsx *x, double n)
{
	const char *mask;

	if (n < MASKED_MIN || !x->style)
		return false;
	mask = (size_t)x->style < styles(x)->count ? x->styles.masks[x->style] : NULL;
	buf_clear(&x->value);
	if (!mask || !numfmt_put(bytes_str(mask), n, &x->value))
		return false;
	grid_cell(x->grid, x->row, x->column, x->value.at, x->value.len);
	return true;
}

/* A number with all its digits: a mobile number is one to a spreadsheet, and may stand as 1.39E10. */
static void
put_number(struct xlsx *x)
{
	char *end;
	double n = strtod(x->value.at, &end);

	if (end == x->value.at || *end || !isfinite(n)) {
		grid_cell(x->grid, x->row, x->column, x->value.at, x->value.len);
		return;
	}
	if (!put_masked(x, n))
		grid_number(x->grid, x->row, x->column, n);
}

/* WPS keeps pictures in cells by such a function; xlsx_drawing.h reads them. */
static bool
is_cell_picture(const struct xlsx *x)
{
	return bytes_begin(buf_bytes(&x->value), "=DISPIMG(");
}

static void
end_cell(struct xlsx *x)
{
	bool number = strcmp(x->type, "") == 0 || strcmp(x->type, "n") == 0,
	     truth = strcmp(x->type, "b") == 0;
	bool yes = truth && x->value.len && *x->value.at == '1';

	if (!x->value.len || strcmp(x->type, "e") == 0 || is_cell_picture(x))
		return;
	if (strcmp(x->type, "s") == 0)
		put_shared(x);
	else if (!number && !truth)
		put_text(x, (struct string){x->value.at, x->value.len, x->own});
	else if (is_struck(x))
		return;
	else if (number)
		put_number(x);
	else
		grid_cell(x->grid, x->row, x->column, yes ? "TRUE" : "FALSE", yes ? 4 : 5);
}

static void
sheet_end(void *context, const char *ns, const char *name)
{
	struct xlsx *x = context;

	(void)ns;
	if (strcmp(name, "c") == 0)
		end_cell(x);
	else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
		end_text(x);
	else if (strcmp(name, "r") == 0)
		x->struck = false;
	else if (strcmp(name, "rPh") == 0 && x->phonetic)
		x->phonetic--;
}

static const struct xml_events workbook_events = {workbook_begin, ignore_end, on_text};
static const struct xml_events strings_events = {strings_begin, strings_end, on_text};
static const struct xml_events sheet_events = {sheet_begin, sheet_end, on_text};

/* ---- the whole ---- */

static bool
read_strings(struct xlsx *x, struct zipxml *z, struct err *e)
{
	const struct opc_relation *r = relation_of_type(x, "sharedStrings");

	return !r || zipxml_stream(z, r->target, &strings_events, x, e);
}

static bool
read_sheets(struct xlsx *x, struct zipxml *z, struct document *d, struct err *e)
{
	const struct sheet *s;
	struct err why;
	bool ok = true;

	/* The first failure is told; the other sheets are read all the same. */
	for (s = x->first; s; s = s->next) {
		x->row = x->column = -1;
		x->text = false;
		x->phonetic = 0;
		x->struck = false;
		if (!zipxml_stream(z, s->part, &sheet_events, x, &why) && ok)
			ok = err_set(e, why.code, "%s", why.text);
		if (s->hidden)
			grid_hide_all(x->grid);
		x->over |= !grid_push(x->grid, d, s->name);
		if (!s->hidden)
			xlsx_drawing_read(z, x->arena, s->part, d);
	}
	xlsx_drawing_read_cells(z, x->arena, d);
	return ok;
}

static bool
xlsx_read(const struct source *s, struct document *d, struct err *e)
{
	struct zipxml *z = zipxml_open(s->data, e);
	struct xlsx x = {.arena = arena_new(), .value = BUF_INIT(VALUE_MAX)};
	const char *part;
	bool ok = false, strings;

	x.tail = &x.first;
	if (!z)
		goto out;
	x.grid = grid_new();
	x.zip = z;
	part = opc_main_part(z, x.arena, MAIN_PART);
	if (bytes_end(bytes_str(part), ".bin")) {
		(void)err_set(e, ERR_UNSUPPORTED, "a binary workbook (.xlsb)");
		goto out;
	}
	x.relations = opc_relations(z, x.arena, part);
	if (!zipxml_stream(z, part, &workbook_events, &x, e))
		goto out;
	strings = read_strings(&x, z, e);
	ok = read_sheets(&x, z, d, strings ? e : NULL) && strings;
	if (ok && x.over)
		ok = err_set(e, ERR_TOO_LARGE, "the workbook holds more than is read of one");
out:
	zipxml_close(z);
	grid_free(x.grid);
	buf_free(&x.value);
	free(x.strings);
	arena_free(x.arena);
	return ok;
}

static bool
xlsx_is(const struct source *s)
{
	return opc_is_package(s->data, MAIN_PART, "xl/");
}

const struct reader xlsx_reader = {
        .name = "xlsx",
        .extension = "xlsx",
        .is = xlsx_is,
        .read = xlsx_read,
};
