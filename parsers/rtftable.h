/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RTF's tables: cells come first, what they span may be said behind them, and columns are told by
 * positions on the page. So rows are kept until their table ends, then pushed. */
#ifndef MINGPIAN_PARSERS_RTFTABLE_H
#define MINGPIAN_PARSERS_RTFTABLE_H

#include "config/mem.h"
#include "parsers/document.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	RTF_CELLS_MAX = 256, /* of a row; Word's own limit is 63 */
	RTF_TABLE_DEPTH = 16,
};

struct rtf_tables;

struct rtf_tables *rtf_tables_new(struct document *d);
void rtf_tables_free(struct rtf_tables *t); /* NULL is fine */

/* A paragraph ends, so many tables deep (0: in none); deeper tables end with it. */
void rtf_paragraph(struct rtf_tables *t, int depth, const char *text, size_t len);

/* The cell, the row of the table at this depth (1 and more) ends. */
void rtf_end_cell(struct rtf_tables *t, int depth);
void rtf_end_row(struct rtf_tables *t, int depth);

/* The row ends, and is left out. */
void rtf_drop_row(struct rtf_tables *t, int depth);

/* The row's definition: it begins anew; marks for the cell that is said next; where that cell ends, in
 * twips. */
enum rtf_mark { RTF_ROW_FIRST = 1, RTF_ROW_MORE = 2, RTF_COLUMN_FIRST = 4, RTF_COLUMN_MORE = 8 };

void rtf_define_row(struct rtf_tables *t, int depth);
void rtf_define_left(struct rtf_tables *t, int depth, int left);
void rtf_define_mark(struct rtf_tables *t, int depth, enum rtf_mark mark);
void rtf_define_cell(struct rtf_tables *t, int depth, int right);

/* All tables end, and are pushed. False: there was more than is kept. */
bool rtf_tables_end(struct rtf_tables *t);

#endif
