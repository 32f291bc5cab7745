/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sheet of the workbook, in the manner of an office: title and date over all columns, headings that are
 * repeated on each page, rows as high as their text, A4 landscape, 第X页 共Y页. For workbook*.c alone.
 *
 * Text is always written as text: what begins with = + - @ is no formula here, and stays none when it is
 * copied. The first error of the library is kept in the book; what follows is not written. */
#ifndef MINGPIAN_DAEMON_SHEET_H
#define MINGPIAN_DAEMON_SHEET_H

#include "daemon/report.h"

#include <xlsxwriter.h>

enum { SHEET_COLUMNS_MAX = FORM_FIELDS_MAX + 20 };

enum sheet_style {
	STYLE_TEXT,    /* left, wrapped */
	STYLE_CENTRED, /* wrapped */
	STYLE_NUMBER,
	STYLE_COUNT, /* the same, left */
	STYLE_TIME,  /* 2022-06-10 10:05 */
	STYLE_DAY,
	STYLE_LINK,
	STYLE_HEADING,
	STYLE_TOTAL, /* a number in the last line */
	STYLE_ALERT, /* centred, tinted: wants attention */
	STYLE_PALE,  /* centred, grey: nothing there */
	STYLE_CODE,  /* centred, of one width */
	STYLE_MARK,  /* a number that reads ◀ 截止日 */
	STYLE_TITLE,
	STYLE_AS_OF,
	STYLE_NOTE,    /* left, without a frame */
	STYLE_SECTION, /* bold, without a frame */
	STYLE_LABEL,   /* of a figure */
	STYLE_FIGURE,  /* a number in large type */
	STYLE_FIGURE_ALERT,
	SHEET_STYLES
};

struct book {
	const struct report *r;
	lxw_workbook *book;
	lxw_format *styles[SHEET_STYLES];
	lxw_error error; /* the first */
};

struct sheet {
	struct book *b;
	lxw_worksheet *ws;
	const char *name;
	lxw_row_t row;
	lxw_col_t column, columns;
	lxw_row_t heading;                /* its row */
	double widths[SHEET_COLUMNS_MAX]; /* in digits, as Excel counts */
	int lines;                        /* of the tallest cell of this row so far */
};

struct sheet_column {
	const char *heading;
	double width;
};

void book_styles(struct book *b);
void book_check(struct book *b, lxw_error error);

/* Add a sheet with so many columns: title over the first `over` of them (those of one page), and the day and
 * time of the report below it. */
void sheet_open(struct sheet *s, struct book *b, const char *name, const char *title,
                const struct sheet_column *columns, size_t count, size_t over);

/* The row of headings; also fixes it and the first columns when one scrolls, and repeats it in print. */
void sheet_headings(struct sheet *s, const struct sheet_column *columns, size_t count, lxw_col_t frozen);

/* Write into the next cell of the row. NULL is "". t 0: empty. */
void sheet_text(struct sheet *s, enum sheet_style style, const char *text);
void sheet_number(struct sheet *s, enum sheet_style style, double n);
void sheet_time(struct sheet *s, enum sheet_style style, time_t t);

/* Text that leads to a cell of another sheet, in column A; row from 0. */
void sheet_link(struct sheet *s, const char *text, const char *sheet, lxw_row_t row);

/* End the row: as high as its text needs. */
void sheet_end_row(struct sheet *s);

/* One line over all columns, without a frame: a note, a section's title. */
void sheet_line(struct sheet *s, enum sheet_style style, const char *text);

/* The last thing: filters over all rows, if wanted, and the page. */
void sheet_close(struct sheet *s, bool filter, int pages_wide);

/* The page alone: so many pages wide, as long as it needs. */
void sheet_page(struct sheet *s, int pages_wide);

/* Where a registration stands in 登记一览: row from 0. */
lxw_row_t sheet_registration_row(const struct report *r, const struct report_registration *g);

/* The receipt, leading to its row there; only text where it is none. */
void sheet_receipt(struct sheet *s, const char *receipt);

#define SHEET_REGISTRATIONS "登记一览"
#define SHEET_DEPARTMENTS   "各省进度"
#define SHEET_CHANGES       "更正记录"

enum { SHEET_TITLE_ROW = 0, SHEET_AS_OF_ROW = 1, SHEET_HEADING_ROW = 2, SHEET_FIRST_ROW = 3 };

#endif
