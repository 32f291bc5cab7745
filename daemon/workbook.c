/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/workbook.h"

#include "config/buf.h"
#include "config/clock.h"
#include "config/mem.h"
#include "config/text.h"
#include "daemon/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum {
	CELL_CHARS_MAX = 32000, /* Excel takes 32,767 */
	TITLE_ROW = 0,
	AS_OF_ROW = 1,
	HEADING_ROW = 2,
	FIRST_ROW = 3,
	FROZEN_COLUMNS = 2,
	PAPER_A4 = 9,
	LINE_POINTS = 15,        /* of 11-point text */
	HEIGHT_POINTS_MAX = 405, /* Excel takes 409 */
	COLUMNS_MAX = FORM_FIELDS_MAX + 16,
};

/* What is written, and where it stands. */
struct sheet {
	const struct workbook *w;
	lxw_workbook *book;
	lxw_worksheet *sheet;
	lxw_format *title, *as_of, *heading, *cell, *centred;
	lxw_error error; /* the first; later cells are not written */
	lxw_row_t row;
	lxw_col_t column;
	double widths[COLUMNS_MAX]; /* in digits, as Excel counts */
	int lines;                  /* of the tallest cell of this row so far */
};

typedef void (*cell_text)(const struct sheet *s, const struct workbook_row *r, struct buf *out);

/* ---- the columns ---- */

static void
text_receipt(const struct sheet *s, const struct workbook_row *r, struct buf *out)
{
	(void)s;
	buf_str(out, r->receipt);
}

static void
text_code(const struct sheet *s, const struct workbook_row *r, struct buf *out)
{
	(void)s;
	buf_str(out, r->region_code);
}

static void
text_category(const struct sheet *s, const struct workbook_row *r, struct buf *out)
{
	(void)s;
	buf_str(out, words_category(r->category));
}

/* One line a defect: 联系电话：号码无法拨通（2331000） */
static void
text_defects(const struct sheet *s, const struct workbook_row *r, struct buf *out)
{
	for (size_t i = 0; i < r->defect_count; i++) {
		const struct workbook_defect *d = &r->defects[i];
		const struct form_field *field = form_field(s->w->form, d->key);

		buf_fmt(out, "%s%s：%s", i ? "\n" : "", field ? field->label : d->key, words_defect(d->code));
		if (d->detail && *d->detail)
			buf_fmt(out, "（%s）", d->detail);
	}
}

static void
text_state(const struct sheet *s, const struct workbook_row *r, struct buf *out)
{
	(void)s;
	buf_str(out, words_state(r->state));
}

static void
text_revision(const struct sheet *s, const struct workbook_row *r, struct buf *out)
{
	(void)s;
	buf_fmt(out, "%d", r->revision);
}

static void
text_late(const struct sheet *s, const struct workbook_row *r, struct buf *out)
{
	(void)s;
	buf_str(out, r->late ? "是" : "");
}

static void
text_received(const struct sheet *s, const struct workbook_row *r, struct buf *out)
{
	char when[CLOCK_CHINESE_MAX];

	(void)s;
	buf_str(out, clock_chinese_minute(r->received_at, when));
}

static void
text_sender(const struct sheet *s, const struct workbook_row *r, struct buf *out)
{
	(void)s;
	buf_str(out, r->sender);
}

static void
text_mailbox(const struct sheet *s, const struct workbook_row *r, struct buf *out)
{
	(void)s;
	buf_str(out, r->mailbox);
}

struct column {
	const char *heading;
	double width;
	bool centred;
	cell_text text;
};

/* The form's fields stand between these two, the region before its code. */
static const struct column before_fields[] = {
        {"登记编号", 11, true, text_receipt},
};
static const struct column behind_region[] = {
        {"区域代码", 8, true, text_code},
        {"类别", 10, true, text_category},
};
static const struct column behind_fields[] = {
        {"需补正", 16, false, text_defects},   {"状态", 8, true, text_state},
        {"版次", 6, true, text_revision},      {"逾期", 6, true, text_late},
        {"收悉时间", 12, true, text_received}, {"发件人", 16, false, text_sender},
        {"收件邮箱", 16, false, text_mailbox},
};

static const double field_widths[FORM_KINDS] = {
        [FORM_REGION] = 14,  [FORM_UNIT] = 15,    [FORM_NAMES] = 13, [FORM_TEXT] = 12,
        [FORM_PROFILE] = 40, [FORM_CONTACT] = 12, [FORM_PHONE] = 14,
};

/* ---- cells ---- */

/* Lines that text takes in a cell of width: Excel would find out by itself, other programs show one. */
static int
lines_of(const char *text, double width)
{
	double columns = 0;
	int lines = 1;
	uint32_t c;

	while ((c = text_next(&text))) {
		double w = 1.1 * text_width(c);

		if (c == '\n' || columns + w > width) {
			lines++;
			columns = 0;
		}
		columns += c == '\n' ? 0 : w;
	}
	return lines;
}

static void
set_width(struct sheet *s, double width)
{
	s->widths[s->column] = width;
	worksheet_set_column(s->sheet, s->column, s->column, width, NULL);
}

/* Always a string: what begins with = + - @ is text here, and stays text when it is copied. */
static void
put_cell(struct sheet *s, const char *text, lxw_format *format)
{
	struct buf clean = BUF_INIT(4 * CELL_CHARS_MAX + 8);
	size_t n = 0;
	uint32_t c;
	int lines;

	while ((c = text_next(&text)) && n < CELL_CHARS_MAX) {
		if (c != '\n' && text_is_unsafe(c))
			continue;
		text_put(&clean, c);
		n++;
	}
	if (c)
		buf_str(&clean, "…");
	if (s->error == LXW_NO_ERROR)
		s->error =
		        worksheet_write_string(s->sheet, s->row, s->column, clean.at ? clean.at : "", format);
	lines = lines_of(clean.at ? clean.at : "", s->widths[s->column]);
	s->lines = lines > s->lines ? lines : s->lines;
	s->column++;
	buf_free(&clean);
}

static void
put_columns(struct sheet *s, const struct column *columns, size_t count, const struct workbook_row *r)
{
	struct buf text = BUF_INIT(1 << 20);

	for (size_t i = 0; i < count; i++) {
		buf_clear(&text);
		if (!r) {
			set_width(s, columns[i].width);
			put_cell(s, columns[i].heading, s->heading);
			continue;
		}
		columns[i].text(s, r, &text);
		put_cell(s, text.at ? text.at : "", columns[i].centred ? s->centred : s->cell);
	}
	buf_free(&text);
}

#define PUT_COLUMNS(s, table, r) put_columns((s), (table), sizeof(table) / sizeof(*(table)), (r))

/* One row; the headings where r is NULL. */
static void
put_row(struct sheet *s, const struct workbook_row *r)
{
	const struct form *f = s->w->form;
	int height;

	s->column = 0;
	s->lines = 1;
	PUT_COLUMNS(s, before_fields, r);
	for (size_t i = 0; i < f->field_count; i++) {
		if (!r) {
			set_width(s, field_widths[f->fields[i].kind]);
			put_cell(s, f->fields[i].label, s->heading);
		} else {
			put_cell(s, r->values[i] ? r->values[i] : "", s->cell);
		}
		if (f->fields[i].kind == FORM_REGION)
			PUT_COLUMNS(s, behind_region, r);
	}
	PUT_COLUMNS(s, behind_fields, r);
	height = s->lines * LINE_POINTS + 4;
	worksheet_set_row(s->sheet, s->row, height < HEIGHT_POINTS_MAX ? height : HEIGHT_POINTS_MAX, NULL);
	s->row++;
}

static lxw_format *
format_new(struct sheet *s, const char *font, double size, bool bold, enum lxw_format_alignments align)
{
	lxw_format *f = workbook_add_format(s->book);

	if (!f)
		mem_die("writing a workbook");
	format_set_font_name(f, font);
	format_set_font_size(f, size);
	if (bold)
		format_set_bold(f);
	format_set_align(f, (uint8_t)align);
	format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
	return f;
}

static lxw_format *
format_cell(struct sheet *s, bool bold, enum lxw_format_alignments align)
{
	lxw_format *f = format_new(s, bold ? "宋体" : "仿宋", 11, bold, align);

	format_set_text_wrap(f);
	format_set_border(f, LXW_BORDER_THIN);
	if (bold)
		format_set_bg_color(f, 0xF2F2F2);
	return f;
}

static void
put_formats(struct sheet *s)
{
	s->title = format_new(s, "宋体", 16, true, LXW_ALIGN_CENTER);
	s->as_of = format_new(s, "仿宋", 11, false, LXW_ALIGN_RIGHT);
	s->heading = format_cell(s, true, LXW_ALIGN_CENTER);
	s->cell = format_cell(s, false, LXW_ALIGN_LEFT);
	s->centred = format_cell(s, false, LXW_ALIGN_CENTER);
}

/* Title and date over all columns. */
static void
put_title(struct sheet *s, lxw_col_t last)
{
	char when[CLOCK_CHINESE_MAX];
	struct buf text = BUF_INIT(4096);

	buf_fmt(&text, "%s汇总", s->w->form->title);
	worksheet_set_row(s->sheet, TITLE_ROW, 32, NULL);
	worksheet_merge_range(s->sheet, TITLE_ROW, 0, TITLE_ROW, last, text.at, s->title);
	buf_clear(&text);
	buf_fmt(&text, "（截至%s，共%zu件）", clock_chinese_minute(s->w->as_of, when), s->w->row_count);
	worksheet_merge_range(s->sheet, AS_OF_ROW, 0, AS_OF_ROW, last, text.at, s->as_of);
	buf_free(&text);
}

static void
put_page(struct sheet *s, lxw_col_t last)
{
	lxw_row_t end = s->row > FIRST_ROW ? s->row - 1 : HEADING_ROW;

	worksheet_set_landscape(s->sheet);
	worksheet_set_paper(s->sheet, PAPER_A4);
	worksheet_set_margins(s->sheet, 0.4, 0.4, 0.5, 0.6);
	worksheet_fit_to_pages(s->sheet, 1, 0);
	worksheet_center_horizontally(s->sheet);
	worksheet_repeat_rows(s->sheet, TITLE_ROW, HEADING_ROW);
	worksheet_freeze_panes(s->sheet, FIRST_ROW, FROZEN_COLUMNS);
	worksheet_autofilter(s->sheet, HEADING_ROW, 0, end, last);
	worksheet_set_footer(s->sheet, "&C第&P页 共&N页");
	/* Numbers are text here on purpose: no green corner at each. */
	worksheet_ignore_errors(s->sheet, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:AZ1048576");
}

static lxw_error
book_write(const char *file, const struct workbook *w)
{
	struct sheet s = {.w = w, .row = HEADING_ROW};
	lxw_doc_properties about = {.title = (char *)w->form->title, .created = w->as_of};
	lxw_error closed;

	s.book = workbook_new(file);
	s.sheet = s.book ? workbook_add_worksheet(s.book, "登记表") : NULL;
	if (!s.sheet)
		mem_die("writing a workbook");
	workbook_set_properties(s.book, &about);
	put_formats(&s);
	put_row(&s, NULL);
	put_title(&s, s.column - 1);
	for (size_t i = 0; i < w->row_count; i++)
		put_row(&s, &w->rows[i]);
	put_page(&s, s.column - 1);
	closed = workbook_close(s.book);
	return s.error != LXW_NO_ERROR ? s.error : closed;
}

bool
workbook_write(const char *file, const struct workbook *w, struct err *e)
{
	struct buf aside = BUF_INIT(4096);
	lxw_error error;
	bool ok = false;

	if (w->row_count > WORKBOOK_ROWS_MAX)
		return err_set(e, ERR_TOO_LARGE, "a workbook of %zu rows: at most %d", w->row_count,
		               (int)WORKBOOK_ROWS_MAX);
	buf_fmt(&aside, "%s.%ld.aside", file, (long)getpid());
	error = book_write(aside.at, w);
	if (error != LXW_NO_ERROR)
		err_set(e, ERR_DISK, "cannot write the workbook %s: %s", file, lxw_strerror(error));
	else if (rename(aside.at, file) != 0)
		err_sys(e, ERR_DISK, errno, "cannot write the workbook %s", file);
	else
		ok = true;
	if (!ok)
		(void)unlink(aside.at);
	buf_free(&aside);
	return ok;
}
