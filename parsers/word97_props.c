/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/word97_props.h"

#include "parsers/ole.h"
#include "parsers/word97_changes.h"

#include <string.h>

enum { AS_STYLE = 0x80 };

enum {
	FIB_RUNS = 0xFA, /* fcPlcfBteChpx; its length follows */
	FIB_PARAGRAPHS = 0x102,
	PAGE_LEN = 512,
	PARAGRAPH_ENTRY = 13, /* of a page's table: offset, and line heights */
	CELL_LEN = 20,        /* TC80 */
	HUGE_DEPTH = 2,       /* lists of changes that name another list */
};

void
word97_props_init(struct word97_props *p, struct bytes document, struct bytes table, struct bytes data)
{
	*p = (struct word97_props){.document = document, .table = table, .data = data};
	word97_styles_read(&p->styles, document, table);
	p->runs = ole_part(table, ole_u32(document, FIB_RUNS), ole_u32(document, FIB_RUNS + 4));
	p->paragraphs =
	        ole_part(table, ole_u32(document, FIB_PARAGRAPHS), ole_u32(document, FIB_PARAGRAPHS + 4));
}

bool
word97_props_over(const struct word97_props *p)
{
	return p->spent > WORD97_CHANGES_MAX;
}

/* ---- pages ---- */

/* Of n + 1 sorted places, the index of the range that holds this one; n: none does. */
static size_t
range_of(struct bytes places, size_t n, uint32_t place)
{
	size_t low = 0, high = n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (ole_u32(places, 4 * (middle + 1)) <= place)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && ole_u32(places, 4 * low) <= place ? low : n;
}

/* The page that tells of a place; no bytes: none. */
static struct bytes
page_of(const struct word97_props *p, struct bytes plc, uint32_t place)
{
	size_t n = plc.len < 4 ? 0 : (plc.len - 4) / 8, i = range_of(plc, n, place);
	struct bytes page = BYTES("", 0);

	if (i < n)
		page = ole_part(p->document,
		                (size_t)(ole_u32(plc, 4 * (n + 1) + 4 * i) & 0x3FFFFF) * PAGE_LEN, PAGE_LEN);
	return page.len == PAGE_LEN ? page : BYTES("", 0);
}

/* ---- tables ---- */

static void
set_row_merge(struct word97_cell *c, unsigned how)
{
	c->row_first = how == 3;
	c->row_more = how == 1;
}

/* Length (2 bytes), count of cells, places of their edges, TC80 for each; these may be fewer. */
static void
define_row(struct word97_row *r, struct bytes v)
{
	size_t count = v.len > 2 ? v.at[2] : 0, i, at;
	unsigned flags;

	if (count > WORD97_CELLS_MAX || v.len < 3 + 2 * (count + 1))
		return;
	*r = (struct word97_row){.left = (int16_t)ole_u16(v, 3), .count = (int)count};
	for (i = 0; i < count; i++) {
		at = 3 + 2 * (count + 1) + CELL_LEN * i;
		flags = ole_u16(v, at);
		r->cells[i].right = (int16_t)ole_u16(v, 3 + 2 * (i + 1));
		r->cells[i].column_first = flags & 1;
		r->cells[i].column_more = flags & 2;
		set_row_merge(&r->cells[i], flags >> 5 & 3);
	}
}

static void
merge_columns(struct word97_row *r, int first, int limit)
{
	int i;

	for (i = first; i < limit && i < r->count; i++) {
		r->cells[i].column_first = i == first;
		r->cells[i].column_more = i > first;
	}
}

/* ---- paragraphs ---- */

static void change_paragraph(struct word97_props *p, struct word97_paragraph *to, struct bytes list,
                             int depth);

/* Changes that are too long for a page stand in the stream Data, behind their length. */
static void
change_by_data(struct word97_props *p, struct word97_paragraph *to, uint32_t at, int depth)
{
	if (depth < HUGE_DEPTH && at < p->data.len)
		change_paragraph(p, to, ole_part(p->data, (size_t)at + 2, ole_u16(p->data, at)), depth + 1);
}

static void
change_paragraph(struct word97_props *p, struct word97_paragraph *to, struct bytes list, int depth)
{
	struct word97_change c;
	const unsigned char *v;

	while (word97_change_next(&list, &c, &p->spent)) {
		v = c.value.at;
		switch (c.code) {
		case P_IN_TABLE: to->depth = !v[0] ? 0 : to->depth ? to->depth : 1; break;
		case P_DEPTH: to->depth = v[0]; break; /* no table is 256 deep */
		case P_ENDS_ROW: to->ends_row = v[0]; break;
		case P_ENDS_INNER_CELL: to->ends_inner_cell = v[0]; break;
		case P_ENDS_INNER_ROW: to->ends_inner_row = v[0]; break;
		case P_HUGE_OLD:
		case P_HUGE:
		case P_TABLE_PROPS: change_by_data(p, to, ole_u32(c.value, 0), depth); break;
		case T_DEFINITION: define_row(&to->row, c.value); break;
		case T_MERGE: merge_columns(&to->row, v[0], v[1]); break;
		case T_ROW_MERGE:
			if (c.value.len >= 3 && v[1] < to->row.count)
				set_row_merge(&to->row.cells[v[1]], v[2]);
			break;
		default: break;
		}
	}
}

/* What a page tells of the paragraph around a place: the style's number, and changes. No bytes: nothing. */
static struct bytes
told_of_paragraph(struct word97_props *p, uint32_t place, uint32_t *end_r)
{
	struct bytes page = page_of(p, p->paragraphs, place);
	size_t n = page.len ? page.at[PAGE_LEN - 1] : 0, i = range_of(page, n, place), at, len;

	if (i == n || 4 * (n + 1) + PARAGRAPH_ENTRY * n >= PAGE_LEN)
		return BYTES("", 0);
	*end_r = ole_u32(page, 4 * (i + 1));
	at = (size_t)page.at[4 * (n + 1) + PARAGRAPH_ENTRY * i] * 2;
	if (!at)
		return BYTES("", 0);
	/* the length: in words without this byte, or, behind a 0, in words */
	if (page.at[at])
		len = 2 * (size_t)page.at[at] - 1;
	else
		len = 2 * (size_t)page.at[++at];
	return ole_part(page, at + 1, len);
}

void
word97_paragraph_at(struct word97_props *p, uint32_t place, struct word97_paragraph *to)
{
	uint32_t end;
	struct bytes told = told_of_paragraph(p, place, &end);

	memset(to, 0, sizeof *to);
	if (told.len >= 2)
		change_paragraph(p, to, ole_part(told, 2, told.len), 0);
}

bool
word97_paragraph_hides(struct word97_props *p, uint32_t place)
{
	struct bytes told;

	if (!p->styles.paragraphs)
		return false;
	if (place < p->hiding_begin || place >= p->hiding_end) {
		p->hiding_begin = place;
		p->hiding_end = place + 1;
		told = told_of_paragraph(p, place, &p->hiding_end);
		p->hiding = told.len >= 2 && word97_style_hides(&p->styles, ole_u16(told, 0));
		p->striking = told.len >= 2 && word97_style_strikes(&p->styles, ole_u16(told, 0));
	}
	return p->hiding;
}

bool
word97_paragraph_strikes(struct word97_props *p, uint32_t place)
{
	(void)word97_paragraph_hides(p, place);
	return p->styles.paragraphs && p->striking;
}

/* ---- runs ---- */

static bool
is_on(struct word97_change c)
{
	return word97_change_is_on(c.value.at[0], false);
}

static void
change_run(struct word97_props *p, struct word97_run *to, struct bytes list)
{
	struct word97_change c;

	while (word97_change_next(&list, &c, &p->spent)) {
		switch (c.code) {
		case C_DELETED: to->deleted = is_on(c); break;
		case C_HIDDEN:
			to->hidden = word97_change_is_on(c.value.at[0], to->style_hides);
			to->hidden_told = true;
			break;
		case C_STRUCK:
		case C_STRUCK_TWICE: to->struck = c.value.at[0]; break;
		case C_STYLE:
			to->hidden = to->style_hides = word97_style_hides(&p->styles, ole_u16(c.value, 0));
			to->style_strikes = word97_style_strikes(&p->styles, ole_u16(c.value, 0));
			to->struck = AS_STYLE;
			break;
		case C_SPECIAL: to->special = is_on(c); break;
		case C_FIELD_DATA: to->field_data = is_on(c); break;
		case C_SYMBOL: to->symbol = ole_u16(c.value, 2); break;
		case C_PICTURE:
			to->picture = ole_u32(c.value, 0);
			to->has_picture = true;
			break;
		default: break;
		}
	}
}

const struct word97_run *
word97_run_at(struct word97_props *p, uint32_t place)
{
	struct word97_run *r = &p->run;
	struct bytes page;
	size_t n, i, at;

	if (place >= r->begin && place < r->end)
		return r;
	*r = (struct word97_run){.begin = place, .end = place + 1, .struck = AS_STYLE};
	page = page_of(p, p->runs, place);
	n = page.len ? page.at[PAGE_LEN - 1] : 0;
	i = range_of(page, n, place);
	if (i == n || 4 * (n + 1) + n >= PAGE_LEN)
		return r;
	r->begin = ole_u32(page, 4 * i);
	r->end = ole_u32(page, 4 * (i + 1));
	at = (size_t)page.at[4 * (n + 1) + i] * 2;
	if (at)
		change_run(p, r, ole_part(page, at + 1, page.at[at]));
	return r;
}
