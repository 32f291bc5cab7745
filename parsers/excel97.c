/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/excel97.h"

#include "config/mem.h"
#include "parsers/biff.h"
#include "parsers/biffcrypt.h"
#include "parsers/charset.h"
#include "parsers/excel97_styles.h"
#include "parsers/grid.h"
#include "parsers/numfmt.h"
#include "parsers/ole.h"
#include "parsers/oleobject.h"
#include "parsers/word97_picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	STREAM_MAX = 256 << 20,
	SHEETS_MAX = 2000,
	STRINGS_MAX = 1000000,
	VALUE_MAX = 1 << 17,
	RUNS_MAX = 1 << 18,     /* a string has no more of them than their count can say */
	RECORDS_MAX = 64 << 20, /* bytes of all sheets' records: several may claim the same place */
	RECORD_HEAD = 4,
	BIFF5 = 0x0500,
	BIFF8 = 0x0600,
	WORKSHEET = 0,
	OBJ_NOTE = 0x19, /* of what a text belongs to: a comment, no part of the sheet */
	TXO_LENGTH = 10, /* where its length in characters stands, */
	TXO_RUNS = 12,   /* and the bytes of its runs */
	TXO_RUN_LEN = 8, /* of each: a run as others have it, and four bytes that say nothing */
	TXO_LEN = 18,
	RESULT_IS_NO_NUMBER = 0xFFFF,
};

enum record {
	FORMULA = 0x0006,
	END = 0x000A,
	FILEPASS = 0x002F,
	FONT = 0x0031,
	CODEPAGE = 0x0042,
	COLINFO = 0x007D,
	OBJ = 0x005D,
	BOUNDSHEET = 0x0085,
	DRAWINGS = 0x00EB,
	MULRK = 0x00BD,
	XF = 0x00E0,
	RSTRING = 0x00D6,
	MERGECELLS = 0x00E5,
	SST = 0x00FC,
	LABELSST = 0x00FD,
	TXO = 0x01B6,
	NUMBER = 0x0203,
	LABEL = 0x0204,
	BOOLERR = 0x0205,
	STRING = 0x0207,
	ROW = 0x0208,
	RK = 0x027E,
	FORMULA_4 = 0x0406,
	FORMAT = 0x041E,
	BEGIN = 0x0809,
};

struct sheet {
	const char *name;
	size_t place;
	bool hidden;
};

struct string {
	const char *at;
	size_t len;
	size_t own; /* bytes at its beginning in the font of the cell that shows it */
};

struct excel97 {
	struct arena *arena;
	struct biff records;
	struct buf stream; /* what they stand in */
	bool decrypted;
	struct grid *grid;
	unsigned version;
	char charset[16]; /* of BIFF5's strings */
	struct sheet sheets[SHEETS_MAX];
	int sheet_count;
	struct string *strings; /* shared ones */
	size_t string_count, string_cap, string_bytes;
	struct buf value, runs; /* the string at hand, and of its formatting: excel97_styles_cut() */
	struct excel97_styles styles;
	struct buf drawings; /* the workbook's pictures ([MS-ODRAW]) */
	struct buf boxes;    /* texts that float over the sheet, each with a newline */
	bool note;           /* the object that came last is a comment */
	int row, column;     /* of the formula whose text comes in the next record; row -1: of none */
	size_t spent;        /* bytes of sheets' records */
	bool over, cut;
};

/* ---- strings ---- */

/* Leave of value what its runs do not strike through, NULs left out. Returns how much of its beginning has
 * the font of the cell. */
static size_t
cut_value(struct excel97 *x)
{
	size_t own = excel97_styles_cut(&x->styles, &x->value, buf_bytes(&x->runs));

	x->over |= x->value.over || x->runs.over;
	buf_clear(&x->runs);
	return own;
}

/* Set value to the string that begins at this place of a record, behind its length in characters; of a rich
 * one (RSTRING) as much as stands, in BIFF5 the whole. Returns how much of its beginning has the font of the
 * cell. */
static size_t
take_any(struct excel97 *x, const struct biff_record *r, size_t at, size_t length, bool rich)
{
	struct biff_text t;

	buf_clear(&x->value);
	if (x->version != BIFF8) {
		charset_decode(&x->value, ole_part(r->body, at, length), x->charset);
		return x->value.len;
	}
	t = biff_text_of(&x->records, r, at);
	biff_text_string(&t, length, &x->value, &x->runs);
	if (rich)
		biff_text_take(&t, (uint64_t)biff_text_u16(&t) * BIFF_RUN_LEN, &x->runs);
	return cut_value(x);
}

static void
take_string(struct excel97 *x, const struct biff_record *r, size_t at, size_t length)
{
	(void)take_any(x, r, at, length, false);
}

static bool
keep_string(struct excel97 *x, size_t own)
{
	size_t len = x->value.len;

	if (x->string_count == STRINGS_MAX || len > (size_t)DOC_TEXT_MAX * 2 - x->string_bytes) {
		x->over = true;
		return false;
	}
	if (x->string_count == x->string_cap) {
		x->string_cap = x->string_cap ? x->string_cap * 2 : 256;
		x->strings = mem_grow(x->strings, x->string_cap, sizeof *x->strings);
	}
	x->string_bytes += len;
	x->strings[x->string_count++] =
	        (struct string){len ? arena_dup0(x->arena, x->value.at, len) : "", len, own};
	return true;
}

static void
take_strings(struct excel97 *x, const struct biff_record *r)
{
	struct biff_text t = biff_text_of(&x->records, r, 8);
	uint32_t left = ole_u32(r->body, 4);

	for (; left && biff_text_more(&t); left--) {
		buf_clear(&x->value);
		biff_text_string(&t, biff_text_u16(&t), &x->value, &x->runs);
		if (!keep_string(x, cut_value(x)))
			return;
	}
}

/* ---- the workbook ---- */

/* Place of the sheet, whether it is seen, its kind, its name. */
static void
take_sheet(struct excel97 *x, const struct biff_record *r)
{
	struct bytes b = r->body;

	if (b.len < 8 || b.at[5] != WORKSHEET)
		return;
	if (x->sheet_count == SHEETS_MAX) {
		x->over = true;
		return;
	}
	take_string(x, r, 7, b.at[6]);
	x->sheets[x->sheet_count++] = (struct sheet){
	        arena_dup0(x->arena, x->value.at ? x->value.at : "", x->value.len),
	        ole_u32(b, 0),
	        b.at[4] & 3,
	};
}

static void
take_format(struct excel97 *x, const struct biff_record *r)
{
	bool wide = x->version == BIFF8;

	take_string(x, r, wide ? 4 : 3,
	            wide                          ? ole_u16(r->body, 2)
	            : ole_part(r->body, 2, 1).len ? r->body.at[2]
	                                          : 0);
	excel97_styles_format(&x->styles, x->arena, ole_u16(r->body, 0), buf_bytes(&x->value));
}

/* The store of pictures is cut into records at any place. */
static void
take_drawings(struct excel97 *x, const struct biff_record *r)
{
	struct biff_text t = biff_text_of(&x->records, r, 0);

	while (biff_text_more(&t)) {
		buf_add(&x->drawings, t.left.at, t.left.len);
		t.left = BYTES("", 0);
	}
}

/* Once: what is behind it is decrypted then, and a second one has nothing to say. */
static bool
take_filepass(struct excel97 *x, struct bytes b, const char *const *passwords)
{
	if (!x->decrypted && x->version == BIFF8)
		x->decrypted = biffcrypt_open(b, passwords, &x->stream, x->records.next);
	return x->decrypted;
}

static bool
read_workbook(struct excel97 *x, const char *const *passwords, struct err *e)
{
	struct biff_record r;

	if (!biff_next(&x->records, &r) || r.type != BEGIN)
		return err_set(e, ERR_DAMAGED, "the workbook does not begin as one");
	x->version = ole_u16(r.body, 0);
	if (x->version != BIFF8 && x->version != BIFF5)
		return err_set(e, ERR_UNSUPPORTED, "the workbook is of an Excel older than 5.0");
	while (biff_next(&x->records, &r) && r.type != END)
		switch (r.type) {
		case FILEPASS:
			if (!take_filepass(x, r.body, passwords))
				return err_set(e, ERR_ENCRYPTED, "the workbook is locked with a password");
			break;
		case CODEPAGE:
			snprintf(x->charset, sizeof x->charset, "cp%u", (unsigned)ole_u16(r.body, 0));
			break;
		case BOUNDSHEET: take_sheet(x, &r); break;
		case DRAWINGS: take_drawings(x, &r); break;
		case SST: take_strings(x, &r); break;
		case FORMAT: take_format(x, &r); break;
		case FONT: excel97_styles_font(&x->styles, r.body); break;
		case XF: excel97_styles_style(&x->styles, r.body); break;
		default: break;
		}
	return true;
}

/* ---- cells ---- */

/* Doubles stand as IEEE 754 ones. */
static double
double_of(uint64_t bits)
{
	double n;

	memcpy(&n, &bits, sizeof n);
	return n;
}

/* A number in 30 bits: an integer, or a double's upper ones; and maybe hundredths. */
static double
rk_number(uint32_t rk)
{
	double n;

	if (rk & 2) /* its sign stays when the two bits go */
		n = (double)((int64_t)(rk >> 2) - (rk >> 31 ? (int64_t)1 << 30 : 0));
	else
		n = double_of((uint64_t)(rk & ~(uint32_t)3) << 32);
	return rk & 1 ? n / 100 : n;
}

/* The style of a cell, behind its place, may strike out all that stands in it. */
static bool
is_struck(const struct excel97 *x, struct bytes cell)
{
	return excel97_styles_strikes(&x->styles, ole_u16(cell, 4));
}

static void
put_number(struct excel97 *x, int row, int column, unsigned style, double n)
{
	const char *mask = excel97_styles_mask(&x->styles, style);

	if (!isfinite(n) || excel97_styles_strikes(&x->styles, style))
		return;
	buf_clear(&x->value);
	if (mask && numfmt_put(bytes_str(mask), n, &x->value))
		grid_cell(x->grid, row, column, x->value.at, x->value.len);
	else
		grid_number(x->grid, row, column, n);
}

/* As much of value as stands behind own, if the cell is struck out. */
static void
put_value(struct excel97 *x, int row, int column, size_t own, bool struck)
{
	size_t from = struck ? own : 0;

	if (x->value.len > from)
		grid_cell(x->grid, row, column, x->value.at + from, x->value.len - from);
}

static void
put_bool(struct excel97 *x, int row, int column, bool value)
{
	const char *text = value ? "TRUE" : "FALSE";

	grid_cell(x->grid, row, column, text, strlen(text));
}

static void
put_shared(struct excel97 *x, int row, int column, uint32_t i, bool struck)
{
	struct string s;
	size_t from;

	if (i >= x->string_count)
		return;
	s = x->strings[i];
	from = struck ? s.own : 0;
	grid_cell(x->grid, row, column, s.at + from, s.len - from);
}

/* Format and number for each of several cells; the last column stands at the end. */
static void
put_numbers(struct excel97 *x, struct bytes b)
{
	int row = ole_u16(b, 0), column = ole_u16(b, 2);
	size_t at;

	for (at = 4; at + 6 + 2 <= b.len; at += 6)
		put_number(x, row, column++, ole_u16(b, at), rk_number(ole_u32(b, at + 2)));
}

static void
put_result(struct excel97 *x, struct bytes b)
{
	int row = ole_u16(b, 0), column = ole_u16(b, 2);

	x->row = -1;
	if (b.len < 14 || is_struck(x, b))
		return;
	if (ole_u16(b, 12) != RESULT_IS_NO_NUMBER)
		put_number(x, row, column, ole_u16(b, 4),
		           double_of(ole_u32(b, 6) | (uint64_t)ole_u32(b, 10) << 32));
	else if (b.at[6] == 0) {
		x->row = row;
		x->column = column;
	} else if (b.at[6] == 1)
		put_bool(x, row, column, b.at[8]);
}

static void
merge(struct excel97 *x, struct bytes b)
{
	size_t n = ole_u16(b, 0), at;
	int row, last_row, column, last_column;

	for (at = 2; n && at + 8 <= b.len; at += 8, n--) {
		row = ole_u16(b, at);
		last_row = ole_u16(b, at + 2);
		column = ole_u16(b, at + 4);
		last_column = ole_u16(b, at + 6);
		grid_merge(x->grid, row, column, last_row - row + 1, last_column - column + 1);
	}
}

/* A text box: its text stands in the CONTINUEs behind it ([MS-XLS] 2.4.329), and behind that its runs. */
static void
take_box(struct excel97 *x, const struct biff_record *r)
{
	unsigned length = ole_u16(r->body, TXO_LENGTH), runs = ole_u16(r->body, TXO_RUNS) / TXO_RUN_LEN;
	struct biff_text t = biff_text_of(&x->records, r, r->body.len);

	if (x->version != BIFF8 || x->note || !length || r->body.len < TXO_LEN)
		return;
	buf_clear(&x->value);
	biff_text_string(&t, length, &x->value, NULL);
	t.left = BYTES("", 0); /* they begin in a record of their own */
	for (; runs && biff_text_more(&t); runs--) {
		biff_text_take(&t, BIFF_RUN_LEN, &x->runs);
		biff_text_take(&t, TXO_RUN_LEN - BIFF_RUN_LEN, NULL);
	}
	(void)cut_value(x);
	buf_add(&x->boxes, x->value.at, x->value.len);
	buf_ch(&x->boxes, '\n');
}

static void
take_cell(struct excel97 *x, const struct biff_record *r)
{
	struct bytes b = r->body;
	int row = ole_u16(b, 0), column = ole_u16(b, 2);
	size_t own;

	switch (r->type) {
	case LABELSST: put_shared(x, row, column, ole_u32(b, 6), is_struck(x, b)); break;
	case LABEL:
	case RSTRING:
		own = take_any(x, r, 8, ole_u16(b, 6), r->type == RSTRING);
		put_value(x, row, column, own, is_struck(x, b));
		break;
	case STRING:
		if (x->row < 0)
			break;
		take_string(x, r, 2, ole_u16(b, 0));
		put_value(x, x->row, x->column, 0, false);
		x->row = -1;
		break;
	case NUMBER:
		if (b.len >= 14)
			put_number(x, row, column, ole_u16(b, 4),
			           double_of(ole_u32(b, 6) | (uint64_t)ole_u32(b, 10) << 32));
		break;
	case RK:
		if (b.len >= 10)
			put_number(x, row, column, ole_u16(b, 4), rk_number(ole_u32(b, 6)));
		break;
	case MULRK: put_numbers(x, b); break;
	case FORMULA:
	case FORMULA_4: put_result(x, b); break;
	case BOOLERR:
		if (b.len >= 8 && !b.at[7] && !is_struck(x, b))
			put_bool(x, row, column, b.at[6]);
		break;
	case OBJ: x->note = ole_u16(b, 4) == OBJ_NOTE; break; /* in its first part, ftCmo */
	case TXO: take_box(x, r); break;
	case MERGECELLS: merge(x, b); break;
	case ROW:
		if (ole_u16(b, 12) & 0x20)
			grid_hide_row(x->grid, row);
		break;
	case COLINFO:
		if (ole_u16(b, 8) & 1)
			grid_hide_columns(x->grid, row, column); /* here the first and the last column */
		break;
	default: break;
	}
}

/* ---- sheets ---- */

/* From BEGIN to its END. */
static void
read_sheet(struct excel97 *x, const struct sheet *s)
{
	struct biff_record r;
	int depth = 0;

	x->records.next = s->place;
	x->row = -1;
	while (biff_next(&x->records, &r)) {
		x->spent += RECORD_HEAD + r.body.len;
		if (x->spent > RECORDS_MAX) {
			x->over = true;
			return;
		}
		if (r.type == BEGIN)
			depth++;
		else if (!depth)
			break; /* no sheet stands here */
		else if (r.type == END && --depth == 0)
			return;
		else if (depth == 1)
			take_cell(x, &r);
	}
	x->cut = true;
}

static void
push_boxes(struct excel97 *x, struct document *d)
{
	if (x->boxes.len) {
		doc_text(d, x->boxes.at, x->boxes.len - 1);
		doc_end_paragraph(d);
	}
	buf_clear(&x->boxes);
}

static bool
read_sheets(struct excel97 *x, struct document *d, struct err *e)
{
	int i;

	for (i = 0; i < x->sheet_count && !d->too_large; i++) {
		read_sheet(x, &x->sheets[i]);
		if (x->sheets[i].hidden)
			grid_hide_all(x->grid);
		x->over |= !grid_push(x->grid, d, x->sheets[i].name);
		push_boxes(x, x->sheets[i].hidden ? doc_unseen(d) : d);
	}
	if (x->over || d->too_large)
		return err_set(e, ERR_TOO_LARGE, "the workbook holds more than is read of one");
	if (x->cut)
		return err_set(e, ERR_DAMAGED, "the workbook is cut off, or a sheet of it cannot be found");
	return true;
}

/* ---- the whole ---- */

static const char *const stream_names[] = {"Workbook", "Book", NULL};

static bool
excel97_read(const struct source *s, struct document *d, struct err *e)
{
	struct excel97 *x = mem_alloc(1, sizeof *x);
	struct ole *ole = ole_open(s->data, e);
	bool ok = false;

	x->arena = arena_new();
	x->grid = grid_new();
	x->stream = BUF_INIT(STREAM_MAX);
	x->value = BUF_INIT(VALUE_MAX);
	x->runs = BUF_INIT(RUNS_MAX);
	x->drawings = BUF_INIT(STREAM_MAX);
	x->boxes = BUF_INIT(DOC_TEXT_MAX);
	if (!ole)
		goto out;
	if (!ole_stream(ole, stream_names[0], &x->stream) && !ole_stream(ole, stream_names[1], &x->stream)) {
		err_set(e, ERR_UNSUPPORTED, "no workbook stands in the file");
		goto out;
	}
	x->records.stream = buf_bytes(&x->stream);
	ok = read_workbook(x, s->passwords, e) && read_sheets(x, d, e);
	word97_picture_store(buf_bytes(&x->drawings), d);
	oleobject_push(ole, 0, "MBD", d);
out:
	buf_free(&x->value);
	buf_free(&x->runs);
	buf_free(&x->boxes);
	buf_free(&x->drawings);
	buf_free(&x->stream);
	ole_close(ole);
	grid_free(x->grid);
	arena_free(x->arena);
	free(x->strings);
	free(x);
	return ok;
}

static bool
excel97_is(const struct source *s)
{
	return ole_holds(s->data, stream_names) != NULL;
}

const struct reader excel97_reader = {
        .name = "xls",
        .extension = "xls",
        .is = excel97_is,
        .read = excel97_read,
};
