/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/word97.h"

#include "config/text.h"
#include "parsers/eqfield.h"
#include "parsers/ole.h"
#include "parsers/oleobject.h"
#include "parsers/rowtable.h"
#include "parsers/span.h"
#include "parsers/symbol.h"
#include "parsers/word97_changes.h"
#include "parsers/word97_form.h"
#include "parsers/word97_picture.h"
#include "parsers/word97_props.h"

#include <string.h>

enum {
	STREAM_MAX = 256 << 20,
	CHARACTERS_MAX = DOC_TEXT_MAX,
	PIECE_LEN = 8,
	CODE_MAX = 1000, /* bytes of a field's code that are looked at */
	FIELDS_MAX = 64, /* in each other; what is deeper is read as text */

	/* the head of the stream, [MS-DOC] 2.5.1 */
	FIB_LEN = 0x200,
	FIB_FLAGS = 0x0A,
	FLAG_ENCRYPTED = 0x0100,
	FLAG_TABLE_1 = 0x0200,
	FIB_LENGTHS = 0x4C, /* characters of each part, in the order below */
	FIB_PIECES = 0x1A2, /* fcClx, lcbClx */
	IDENT_97 = 0xA5EC,
	VERSION_97 = 0xC1, /* that of Word 6 and 95 is less */
};

/* The parts of the text, one behind the other. */
enum part { MAIN, NOTES, HEADERS, MACROS, COMMENTS, ENDNOTES, TEXT_BOXES, HEADER_TEXT_BOXES, PARTS };

/* Characters that are none, [MS-DOC] 2.4.1, 2.8.25. */
enum {
	CELL_MARK = 0x07,
	LINE_BREAK = 0x0B,
	PAGE_BREAK = 0x0C,
	PARAGRAPH_MARK = 0x0D,
	COLUMN_BREAK = 0x0E,
	FIELD_BEGIN = 0x13,
	FIELD_SEPARATOR = 0x14,
	FIELD_END = 0x15,
	HYPHEN_FIXED = 0x1E,
	PICTURE = 0x01,
	SYMBOL_FIRST = 0xF000, /* of symbol fonts, written as text */
	SYMBOL_LAST = 0xF0FF,
};

struct word97 {
	struct document *d;
	struct bytes document, table;
	struct bytes pieces; /* the PlcPcd: count + 1 character positions, count of what stands there */
	size_t piece_count;
	struct word97_props props;
	struct rowtable *tables;
	struct word97_pictures pictures;
	struct buf text;                   /* the open paragraph */
	uint64_t codes;                    /* bit n: the field at depth n shows its code, which is not seen */
	int fields;                        /* open */
	struct buf code;                   /* of the innermost field */
	struct buf choice;                 /* from a list that it is: word97_form.h */
	uint32_t high;                     /* the first half of a surrogate pair */
	uint32_t characters;               /* read */
	struct word97_paragraph paragraph; /* large: kept here */
	bool cut;                          /* the file ends before its text */
	bool filled[ROWTABLE_DEPTH + 1];   /* by depth: the open row has shown something */
};

/* ---- characters ---- */

/* Bytes 0x80 to 0x9F where text is compressed to a byte a character: Windows-1252. */
static const uint16_t compressed_high[32] = {
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
};

static void
put_unit(struct word97 *w, uint32_t c)
{
	bool low = c >= 0xDC00 && c < 0xE000;

	if (low && w->high)
		text_put(&w->text, 0x10000 + ((w->high - 0xD800) << 10) + (c - 0xDC00));
	else if (w->high || low)
		text_put(&w->text, 0xFFFD);
	w->high = c >= 0xD800 && c < 0xDC00 ? c : 0;
	if (!low && !w->high)
		text_put(&w->text, c);
}

static void
put_special(struct word97 *w, uint32_t c, const struct word97_run *run)
{
	if (c == PICTURE && run->has_picture && !run->field_data)
		word97_picture_note(&w->pictures, run->picture);
	else if (run->symbol)
		symbol_put(&w->text, run->symbol);
}

/* ---- fields: begin, code, separator, result, end ---- */

static void
field_begin(struct word97 *w)
{
	if (w->fields < FIELDS_MAX)
		w->codes |= (uint64_t)1 << w->fields;
	w->fields++;
	buf_clear(&w->choice);
	buf_clear(&w->code);
}

static void
field_separator(struct word97 *w)
{
	if (w->fields > 0 && w->fields <= FIELDS_MAX)
		w->codes &= ~((uint64_t)1 << (w->fields - 1));
}

/* A field without a result may be one that shows its code's text. */
static void
field_end(struct word97 *w)
{
	struct bytes base = eqfield_base(buf_bytes(&w->code));

	field_separator(w);
	if (w->fields > 0)
		w->fields--;
	if (!w->codes) {
		buf_add(&w->text, base.at, base.len);
		buf_add(&w->text, w->choice.at, w->choice.len);
	}
	buf_clear(&w->choice);
	buf_clear(&w->code);
}

/* ---- marks ---- */

static void
define_row(struct word97 *w, int depth, const struct word97_row *r)
{
	const struct word97_cell *c;

	rowtable_define_row(w->tables, depth);
	rowtable_define_left(w->tables, depth, r->left);
	for (c = r->cells; c < r->cells + r->count; c++) {
		if (c->row_first)
			rowtable_define_mark(w->tables, depth, ROWTABLE_ROW_FIRST);
		if (c->row_more)
			rowtable_define_mark(w->tables, depth, ROWTABLE_ROW_MORE);
		if (c->column_first)
			rowtable_define_mark(w->tables, depth, ROWTABLE_COLUMN_FIRST);
		if (c->column_more)
			rowtable_define_mark(w->tables, depth, ROWTABLE_COLUMN_MORE);
		rowtable_define_cell(w->tables, depth, c->right);
	}
}

/* Is the row gone with its mark? LibreOffice strikes the mark before a row that was deleted, that of the row
 * above, which stays: what still shows something was not deleted. */
static bool
is_row_deleted(const struct word97 *w, int depth, bool mark_deleted)
{
	return mark_deleted && !(depth >= 0 && depth <= ROWTABLE_DEPTH && w->filled[depth]);
}

static void
note_filled(struct word97 *w, int depth)
{
	for (int i = 0; w->text.len && i <= depth && i <= ROWTABLE_DEPTH; i++)
		w->filled[i] = true;
}

/* The mark at this place ends a paragraph; its properties tell what else ends with it. */
static void
end_paragraph(struct word97 *w, uint32_t mark, uint32_t place, bool deleted)
{
	struct word97_paragraph *p = &w->paragraph;
	bool cell;

	word97_paragraph_at(&w->props, place, p);
	if (mark == CELL_MARK && p->depth < 1)
		p->depth = 1;
	cell = mark == CELL_MARK || p->ends_inner_cell || p->ends_inner_row;
	/* Two paragraphs are one where the mark between them is deleted. */
	if (deleted && !cell)
		return;
	w->high = 0;
	if (p->ends_row || p->ends_inner_row) {
		define_row(w, p->depth, &p->row);
		if (is_row_deleted(w, p->depth, deleted))
			rowtable_drop_row(w->tables, p->depth);
		else
			rowtable_end_row(w->tables, p->depth);
		if (p->depth >= 0 && p->depth <= ROWTABLE_DEPTH)
			w->filled[p->depth] = false;
	} else {
		note_filled(w, p->depth);
		rowtable_paragraph(w->tables, p->depth, w->text.at ? w->text.at : "", w->text.len);
		if (cell)
			rowtable_end_cell(w->tables, p->depth);
	}
	buf_clear(&w->text);
}

static bool
is_struck(struct word97 *w, const struct word97_run *run, uint32_t place)
{
	bool style = run->struck & 0x80 && (run->style_strikes || word97_paragraph_strikes(&w->props, place));

	return word97_change_is_on(run->struck, style);
}

static void
take(struct word97 *w, uint32_t c, uint32_t place)
{
	const struct word97_run *run = word97_run_at(&w->props, place);

	switch (c) {
	case CELL_MARK:
	case PAGE_BREAK:
	case PARAGRAPH_MARK: end_paragraph(w, c, place, run->deleted); return;
	case FIELD_BEGIN: field_begin(w); return;
	case FIELD_SEPARATOR:
		field_separator(w);
		buf_clear(&w->code);
		return;
	case FIELD_END: field_end(w); return;
	default: break;
	}
	if (run->hidden || run->deleted || is_struck(w, run, place) ||
	    (!run->hidden_told && word97_paragraph_hides(&w->props, place)))
		return;
	if (w->codes) {
		if (c == PICTURE && run->special && run->field_data && run->has_picture)
			word97_form_choice(w->pictures.data, run->picture, &w->choice);
		if (c >= 0x20 && (c < 0xD800 || c > 0xDFFF)) /* pairs stand for no guide's text */
			text_put(&w->code, c);
		return;
	}
	if (c == LINE_BREAK || c == COLUMN_BREAK)
		buf_ch(&w->text, '\n');
	else if (c == HYPHEN_FIXED)
		buf_ch(&w->text, '-');
	else if (run->special)
		put_special(w, c, run);
	else if (c >= SYMBOL_FIRST && c <= SYMBOL_LAST)
		symbol_put(&w->text, c);
	else if (c >= 0x20 || c == '\t')
		put_unit(w, c);
}

/* ---- pieces ---- */

/* Find the piece table: behind lists of changes (kind 1) stands kind 2, its length, itself. */
static bool
find_pieces(struct word97 *w, struct err *e)
{
	struct bytes clx =
	        ole_part(w->table, ole_u32(w->document, FIB_PIECES), ole_u32(w->document, FIB_PIECES + 4));

	while (clx.len > 3 && clx.at[0] == 1)
		clx = ole_part(clx, 3 + (size_t)ole_u16(clx, 1), clx.len);
	if (!clx.len || clx.at[0] != 2)
		return err_set(e, ERR_DAMAGED, "the document's text cannot be found: its table is cut off");
	w->pieces = ole_part(clx, 5, ole_u32(clx, 1));
	w->piece_count = w->pieces.len < 4 ? 0 : (w->pieces.len - 4) / (4 + PIECE_LEN);
	return true;
}

static bool
is_over(const struct word97 *w)
{
	return w->characters >= CHARACTERS_MAX || w->d->too_large || word97_props_over(&w->props);
}

/* Read count characters of a piece, from its character number first on. */
static void
read_piece(struct word97 *w, size_t piece, uint32_t first, uint32_t count)
{
	uint32_t told = ole_u32(w->pieces, 4 * (w->piece_count + 1) + PIECE_LEN * piece + 2);
	bool compressed = told >> 30 & 1;
	size_t place = told & 0x3FFFFFFF, width = compressed ? 1 : 2;
	uint32_t c;

	if (compressed)
		place /= 2;
	place = span_sum(place, span_times(first, width));
	for (; count && !is_over(w); place += width, count--) {
		if (place > w->document.len || w->document.len - place < width) {
			w->cut = true;
			return;
		}
		c = compressed ? w->document.at[place] : ole_u16(w->document, place);
		if (compressed && c >= 0x80 && c < 0xA0)
			c = compressed_high[c - 0x80];
		w->characters++;
		take(w, c, (uint32_t)place);
	}
}

/* Read one part of the text. */
static void
read_part(struct word97 *w, enum part part)
{
	uint64_t begin = 0, end, from, to;
	size_t i;

	for (i = 0; i < (size_t)part; i++)
		begin += ole_u32(w->document, FIB_LENGTHS + 4 * i);
	end = begin + ole_u32(w->document, FIB_LENGTHS + 4 * part);
	for (i = 0; i < w->piece_count && begin < end; i++) {
		from = ole_u32(w->pieces, 4 * i);
		to = ole_u32(w->pieces, 4 * (i + 1));
		if (to > end)
			to = end;
		if (begin >= from && begin < to) {
			read_piece(w, i, (uint32_t)(begin - from), (uint32_t)(to - begin));
			begin = to;
		}
	}
	/* what the last mark did not end */
	if (w->text.len)
		rowtable_paragraph(w->tables, 0, w->text.at, w->text.len);
	buf_clear(&w->text);
	w->codes = 0;
	w->fields = 0;
	w->high = 0;
	w->cut |= begin < end && part == MAIN;
	if (!rowtable_end(w->tables) && !w->d->too_large) {
		w->d->too_large = true;
		w->d->too_large_why = "too many table cells";
	}
}

/* ---- the whole ---- */

static bool
check_head(struct bytes document, struct err *e)
{
	if (document.len < FIB_LEN)
		return err_set(e, ERR_DAMAGED, "the document is cut off in its head");
	if (ole_u16(document, 0) != IDENT_97 || ole_u16(document, 2) < VERSION_97)
		return err_set(e, ERR_UNSUPPORTED, "the document is of a Word older than 97");
	if (ole_u16(document, FIB_FLAGS) & FLAG_ENCRYPTED)
		return err_set(e, ERR_ENCRYPTED, "the document is locked with a password");
	return true;
}

static bool
read_text(struct word97 *w, struct err *e)
{
	if (!find_pieces(w, e))
		return false;
	read_part(w, MAIN);
	read_part(w, TEXT_BOXES);
	word97_pictures_push(&w->pictures, w->d);
	doc_set_header(w->d, true);
	read_part(w, HEADERS);
	read_part(w, HEADER_TEXT_BOXES);
	doc_set_header(w->d, false);
	if (is_over(w))
		return err_set(e, ERR_TOO_LARGE, "the document holds more than is read of one");
	if (w->cut)
		return err_set(e, ERR_DAMAGED, "the document's text is cut off");
	return true;
}

static bool
word97_read(const struct source *s, struct document *d, struct err *e)
{
	struct buf document = BUF_INIT(STREAM_MAX), table = BUF_INIT(STREAM_MAX), data = BUF_INIT(STREAM_MAX);
	struct word97 w = {.d = d,
	                   .text = BUF_INIT(DOC_TEXT_MAX),
	                   .code = BUF_INIT(CODE_MAX),
	                   .choice = BUF_INIT(CODE_MAX)};
	struct ole *ole = ole_open(s->data, e);
	size_t pool;
	bool ok = false;

	if (!ole)
		goto out;
	(void)ole_stream(ole, "WordDocument", &document);
	w.document = buf_bytes(&document);
	if (!check_head(w.document, e))
		goto out;
	(void)ole_stream(ole, ole_u16(w.document, FIB_FLAGS) & FLAG_TABLE_1 ? "1Table" : "0Table", &table);
	(void)ole_stream(ole, "Data", &data);
	w.table = buf_bytes(&table);
	w.pictures =
	        (struct word97_pictures){.document = w.document, .table = w.table, .data = buf_bytes(&data)};
	word97_props_init(&w.props, w.document, w.table, buf_bytes(&data));
	w.tables = rowtable_new(d);
	ok = read_text(&w, e);
	pool = ole_storage(ole, 0, "ObjectPool", 0);
	if (pool)
		oleobject_push(ole, pool, "_", d);
out:
	rowtable_free(w.tables);
	buf_free(&w.text);
	buf_free(&w.code);
	buf_free(&w.choice);
	buf_free(&data);
	buf_free(&table);
	buf_free(&document);
	ole_close(ole);
	return ok;
}

static bool
word97_is(const struct source *s)
{
	static const char *const names[] = {"WordDocument", NULL};

	return ole_holds(s->data, names) != NULL;
}

const struct reader word97_reader = {
        .name = "doc",
        .extension = "doc",
        .is = word97_is,
        .read = word97_read,
};
