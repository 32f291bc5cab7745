/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/sheet.h"

#include "config/clock.h"
#include "config/text.h"

#include <string.h>

enum {
	CELL_UNITS_MAX = 32000, /* of UTF-16; Excel takes 32,767 */
	PAPER_A4 = 9,
	LINE_POINTS = 15,        /* of 11-point text */
	HEIGHT_POINTS_MAX = 405, /* Excel takes 409 */
};

/* ---- styles ---- */

struct style {
	const char *font;
	double size;
	uint8_t align;
	bool bold, frame, wrap;
	uint32_t fill, colour; /* 0: none, black */
	const char *format;
};

static const struct style styles[SHEET_STYLES] = {
        [STYLE_TEXT] = {"仿宋", 11, LXW_ALIGN_LEFT, false, true, true, 0, 0, "@"},
        [STYLE_CENTRED] = {"仿宋", 11, LXW_ALIGN_CENTER, false, true, true, 0, 0, "@"},
        [STYLE_NUMBER] = {"仿宋", 11, LXW_ALIGN_CENTER, false, true, false, 0, 0, "0;-0;\"—\""},
        [STYLE_COUNT] = {"仿宋", 11, LXW_ALIGN_LEFT, false, true, false, 0, 0, "0"},
        [STYLE_TIME] = {"仿宋", 11, LXW_ALIGN_CENTER, false, true, false, 0, 0, "yyyy-mm-dd hh:mm"},
        [STYLE_DAY] = {"仿宋", 11, LXW_ALIGN_CENTER, false, true, false, 0, 0, "m\"月\"d\"日\""},
        [STYLE_LINK] = {"仿宋", 11, LXW_ALIGN_CENTER, false, true, true, 0, 0x0B5394, "@"},
        [STYLE_HEADING] = {"宋体", 11, LXW_ALIGN_CENTER, true, true, true, 0xE7ECF3, 0, NULL},
        [STYLE_TOTAL] = {"宋体", 11, LXW_ALIGN_CENTER, true, true, false, 0xF4F6F9, 0, "0"},
        [STYLE_ALERT] = {"仿宋", 11, LXW_ALIGN_CENTER, true, true, true, 0xFCE9D9, 0x9C3D00, NULL},
        [STYLE_PALE] = {"仿宋", 11, LXW_ALIGN_CENTER, false, true, true, 0, 0x8A8A8A, NULL},
        [STYLE_CODE] = {"Courier New", 11, LXW_ALIGN_CENTER, true, true, false, 0, 0, "@"},
        [STYLE_MARK] = {"仿宋", 11, LXW_ALIGN_LEFT, true, true, false, 0, 0xB02418, "\"◀ 截止日\""},
        [STYLE_TITLE] = {"宋体", 16, LXW_ALIGN_CENTER, true, false, false, 0, 0, NULL},
        [STYLE_AS_OF] = {"仿宋", 11, LXW_ALIGN_RIGHT, false, false, false, 0, 0, NULL},
        [STYLE_NOTE] = {"仿宋", 11, LXW_ALIGN_LEFT, false, false, true, 0, 0, NULL},
        [STYLE_SECTION] = {"宋体", 12, LXW_ALIGN_LEFT, true, false, false, 0, 0x1F3864, NULL},
        [STYLE_LABEL] = {"仿宋", 11, LXW_ALIGN_CENTER, false, true, true, 0xE7ECF3, 0, NULL},
        [STYLE_FIGURE] = {"宋体", 22, LXW_ALIGN_CENTER, true, true, false, 0, 0x1F3864, NULL},
        [STYLE_FIGURE_ALERT] = {"宋体", 22, LXW_ALIGN_CENTER, true, true, false, 0, 0xB02418, NULL},
};

static lxw_format *
format_new(struct book *b, const struct style *style)
{
	lxw_format *f = workbook_add_format(b->book);

	if (!f)
		mem_die("writing a workbook");
	format_set_font_name(f, style->font);
	format_set_font_size(f, style->size);
	format_set_align(f, style->align);
	format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
	if (style->bold)
		format_set_bold(f);
	if (style->wrap)
		format_set_text_wrap(f);
	if (style->frame) {
		format_set_border(f, LXW_BORDER_THIN);
		format_set_border_color(f, 0x9AA5B1);
	}
	if (style->fill)
		format_set_bg_color(f, style->fill);
	if (style->colour)
		format_set_font_color(f, style->colour);
	if (style->format)
		format_set_num_format(f, style->format);
	return f;
}

void
book_styles(struct book *b)
{
	for (size_t i = 0; i < SHEET_STYLES; i++)
		b->styles[i] = format_new(b, &styles[i]);
}

void
book_check(struct book *b, lxw_error error)
{
	if (b->error == LXW_NO_ERROR)
		b->error = error;
}

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

/* XML has no such character, and a book that bears one is none. */
static bool
is_none(uint32_t c)
{
	return c == 0xFFFE || c == 0xFFFF;
}

/* What a cell can hold, of anybody's text. Free it. */
static char *
cleaned(const char *text)
{
	struct buf clean = BUF_INIT(4 * CELL_UNITS_MAX + 8);
	size_t units = 0;
	uint32_t c = 0;

	for (text = text ? text : ""; units < CELL_UNITS_MAX && (c = text_next(&text));
	     units += c > 0xFFFF ? 2 : 1)
		if (c == '\n' || !(text_is_unsafe(c) || is_none(c)))
			text_put(&clean, c);
	if (units >= CELL_UNITS_MAX && *text)
		buf_str(&clean, "…");
	return buf_take(&clean);
}

static void
grow_row(struct sheet *s, const char *text)
{
	int lines = lines_of(text, s->widths[s->column]);

	s->lines = lines > s->lines ? lines : s->lines;
}

void
sheet_text(struct sheet *s, enum sheet_style style, const char *text)
{
	char *clean = cleaned(text);

	book_check(s->b, worksheet_write_string(s->ws, s->row, s->column, clean, s->b->styles[style]));
	grow_row(s, clean);
	s->column++;
	free(clean);
}

void
sheet_number(struct sheet *s, enum sheet_style style, double n)
{
	book_check(s->b, worksheet_write_number(s->ws, s->row, s->column++, n, s->b->styles[style]));
}

void
sheet_time(struct sheet *s, enum sheet_style style, time_t t)
{
	struct tm tm;
	lxw_datetime when;

	if (!t || !localtime_r(&t, &tm)) {
		sheet_text(s, style, "");
		return;
	}
	when = (lxw_datetime){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, 0};
	book_check(s->b, worksheet_write_datetime(s->ws, s->row, s->column++, &when, s->b->styles[style]));
}

void
sheet_link(struct sheet *s, const char *text, const char *sheet, lxw_row_t row)
{
	struct buf url = BUF_INIT(200);
	char *clean = cleaned(text);

	buf_fmt(&url, "internal:'%s'!A%u", sheet, row + 1);
	book_check(s->b, worksheet_write_url_opt(s->ws, s->row, s->column, url.at, s->b->styles[STYLE_LINK],
	                                         clean, NULL));
	grow_row(s, clean);
	s->column++;
	free(clean);
	buf_free(&url);
}

lxw_row_t
sheet_registration_row(const struct report *r, const struct report_registration *g)
{
	return (lxw_row_t)(SHEET_FIRST_ROW + (g - r->registrations));
}

void
sheet_receipt(struct sheet *s, const char *receipt)
{
	const struct report *r = s->b->r;
	const struct report_registration *g = receipt ? report_find(r, receipt) : NULL;

	if (g)
		sheet_link(s, receipt, SHEET_REGISTRATIONS, sheet_registration_row(r, g));
	else
		sheet_text(s, STYLE_CENTRED, receipt);
}

/* ---- rows ---- */

static void
end_row(struct sheet *s)
{
	int height = s->lines * LINE_POINTS + 4;

	worksheet_set_row(s->ws, s->row, height < HEIGHT_POINTS_MAX ? height : HEIGHT_POINTS_MAX, NULL);
	s->row++;
	s->column = 0;
	s->lines = 1;
}

void
sheet_end_row(struct sheet *s)
{
	end_row(s);
}

static void
merge_line(struct sheet *s, enum sheet_style style, const char *text, size_t over, double height)
{
	worksheet_set_row(s->ws, s->row, height, NULL);
	book_check(s->b, worksheet_merge_range(s->ws, s->row, 0, s->row, (lxw_col_t)(over - 1), text,
	                                       s->b->styles[style]));
	s->row++;
	s->column = 0;
	s->lines = 1;
}

void
sheet_line(struct sheet *s, enum sheet_style style, const char *text)
{
	double width = 0;

	for (lxw_col_t i = 0; i < s->columns; i++)
		width += s->widths[i];
	merge_line(s, style, text, s->columns, lines_of(text, width) * LINE_POINTS + 6);
}

void
sheet_open(struct sheet *s, struct book *b, const char *name, const char *title,
           const struct sheet_column *columns, size_t count, size_t over)
{
	char when[CLOCK_CHINESE_MAX];
	struct buf text = BUF_INIT(1000);

	*s = (struct sheet){.b = b, .name = name, .columns = (lxw_col_t)count, .lines = 1};
	s->ws = workbook_add_worksheet(b->book, name);
	if (!s->ws)
		mem_die("writing a workbook");
	for (size_t i = 0; i < count; i++) {
		s->widths[i] = columns[i].width;
		worksheet_set_column(s->ws, (lxw_col_t)i, (lxw_col_t)i, columns[i].width, NULL);
	}
	merge_line(s, STYLE_TITLE, title, over, 32);
	buf_fmt(&text, "（截至%s）", clock_chinese_minute(b->r->now, when));
	merge_line(s, STYLE_AS_OF, text.at, over, 19);
	buf_free(&text);
}

void
sheet_headings(struct sheet *s, const struct sheet_column *columns, size_t count, lxw_col_t frozen)
{
	s->heading = s->row;
	for (size_t i = 0; i < count; i++)
		sheet_text(s, STYLE_HEADING, columns[i].heading);
	end_row(s);
	worksheet_freeze_panes(s->ws, s->row, frozen);
	worksheet_repeat_rows(s->ws, SHEET_TITLE_ROW, s->heading);
}

void
sheet_page(struct sheet *s, int pages_wide)
{
	worksheet_set_landscape(s->ws);
	worksheet_set_paper(s->ws, PAPER_A4);
	worksheet_set_margins(s->ws, 0.4, 0.4, 0.5, 0.6);
	worksheet_fit_to_pages(s->ws, (uint16_t)pages_wide, 0);
	worksheet_center_horizontally(s->ws);
	worksheet_set_footer(s->ws, "&L&A&C第&P页 共&N页");
	/* Numbers are text here on purpose: no green corner at each. */
	worksheet_ignore_errors(s->ws, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:AZ1048576");
}

void
sheet_close(struct sheet *s, bool filter, int pages_wide)
{
	lxw_row_t last = s->row > s->heading + 1 ? s->row - 1 : s->heading;

	if (filter)
		book_check(s->b,
		           worksheet_autofilter(s->ws, s->heading, 0, last, (lxw_col_t)(s->columns - 1)));
	worksheet_print_area(s->ws, 0, 0, last, (lxw_col_t)(s->columns - 1));
	sheet_page(s, pages_wide);
}
