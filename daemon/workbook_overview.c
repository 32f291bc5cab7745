/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 概览: the figures that are asked for every day, and three charts. The tables that the charts are drawn
 * from stand on its second page. */
#include "daemon/workbook_sheets.h"

#include "config/clock.h"
#include "daemon/words.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

enum {
	COLUMNS = 12,
	FIGURE_COLUMNS = 2, /* a figure's width */
	FIGURE_ROW = 3,
	CHART_ROW = 6,
	CHART2_ROW = 24,
	TABLE_ROW = 44, /* the second page */
	ROW_PIXELS = 20,
	NAME_COLUMN = 5, /* wide enough for 副省级（省会）城市 */
};

#define SHEET "概览"

/* ---- figures ---- */

struct figure {
	const char *label;
	double n;
	const char *text; /* NULL: the number */
	bool alert;
};

static void
put_figure(struct sheet *s, size_t place, const struct figure *f)
{
	lxw_col_t first = (lxw_col_t)(place * FIGURE_COLUMNS), last = (lxw_col_t)(first + FIGURE_COLUMNS - 1);
	lxw_format *style = s->b->styles[f->alert ? STYLE_FIGURE_ALERT : STYLE_FIGURE];

	book_check(s->b, worksheet_merge_range(s->ws, FIGURE_ROW, first, FIGURE_ROW, last, f->label,
	                                       s->b->styles[STYLE_LABEL]));
	book_check(s->b, worksheet_merge_range(s->ws, FIGURE_ROW + 1, first, FIGURE_ROW + 1, last,
	                                       f->text ? f->text : "", style));
	if (!f->text)
		book_check(s->b, worksheet_write_number(s->ws, FIGURE_ROW + 1, first, f->n, style));
}

static void
put_figures(struct sheet *s)
{
	const struct report *r = s->b->r;
	const int left = report_days_left(r);
	const struct figure figures[] = {
	        {"登记总数（件）", (double)r->counted, NULL, false},
	        {r->since ? "上期以来新增" : "新增", (double)r->fresh, NULL, false},
	        {"待补正", (double)r->correction, NULL, r->correction > 0},
	        {"尚未报送（家）", (double)r->silent, NULL, r->silent > 0},
	        {"待办事项", (double)r->item_count, NULL, r->item_count > 0},
	        {left < 0 ? "截止后（天）" : "距截止（天）", left < 0 ? -left : left, NULL,
	         left >= 0 && left <= 3},
	};

	for (size_t i = 0; i < COUNT(figures); i++)
		put_figure(s, i, &figures[i]);
	worksheet_set_row(s->ws, FIGURE_ROW, 20, NULL);
	worksheet_set_row(s->ws, FIGURE_ROW + 1, 36, NULL);
}

/* ---- the tables of the second page ---- */

struct places {
	lxw_row_t days, categories; /* first rows behind the headings */
};

static void
at(struct sheet *s, lxw_row_t row, lxw_col_t column)
{
	s->row = row;
	s->column = column;
}

/* A table's title over its columns, then its headings. The next row is returned. */
static lxw_row_t
table_head(struct sheet *s, lxw_row_t row, lxw_col_t column, const char *title, const char *const *headings,
           size_t count)
{
	book_check(s->b, worksheet_merge_range(s->ws, row, column, row, (lxw_col_t)(column + count - 1),
	                                       title, s->b->styles[STYLE_SECTION]));
	at(s, row + 1, column);
	for (size_t i = 0; i < count; i++)
		sheet_text(s, STYLE_HEADING, headings[i]);
	return row + 2;
}

static lxw_row_t
put_days(struct sheet *s)
{
	static const char *const headings[] = {"日期", "当日登记", "累计", "截止日"};
	const struct report *r = s->b->r;
	lxw_row_t first = table_head(s, TABLE_ROW, 0, "按日登记", headings, COUNT(headings));
	size_t sum = 0, most = 1, above;

	for (size_t i = 0; i < r->day_count; i++)
		most = r->days[i].registered > most ? r->days[i].registered : most;
	above = most + most / 8 + 1; /* so that the mark is seen over the day's own column */
	for (size_t i = 0; i < r->day_count; i++) {
		at(s, first + (lxw_row_t)i, 0);
		sum += r->days[i].registered;
		sheet_time(s, STYLE_DAY, r->days[i].day);
		sheet_number(s, STYLE_NUMBER, (double)r->days[i].registered);
		sheet_number(s, STYLE_NUMBER, (double)sum);
		if (i == r->deadline_day)
			sheet_number(s, STYLE_MARK, (double)above);
	}
	return first;
}

static lxw_row_t
put_counts(struct sheet *s, lxw_row_t row, const char *title, const char *heading, const char *const *names,
           const size_t *counts, size_t count)
{
	const char *const headings[] = {heading, "件数"};
	lxw_row_t first = table_head(s, row, NAME_COLUMN, title, headings, COUNT(headings));

	for (size_t i = 0; i < count; i++) {
		at(s, first + (lxw_row_t)i, NAME_COLUMN);
		sheet_text(s, STYLE_CENTRED, names[i]);
		sheet_number(s, STYLE_NUMBER, (double)counts[i]);
	}
	return first;
}

static lxw_row_t
put_categories(struct sheet *s)
{
	const char *names[REPORT_CATEGORIES + 1];
	const struct report *r = s->b->r;

	for (size_t i = 0; i < REPORT_CATEGORIES; i++)
		names[i] = words_category(report_categories[i]);
	names[REPORT_CATEGORIES] = "类别未定";
	return put_counts(s, TABLE_ROW, "按类别", "类别", names, r->category,
	                  COUNT(names) - (r->category[REPORT_CATEGORIES] == 0));
}

static void
put_states(struct sheet *s)
{
	const struct report *r = s->b->r;
	const char *const names[] = {"已登记", "待补正", "待核实", "已撤回", "已并入", "其中逾期"};
	const size_t counts[] = {r->counted - r->correction - r->conflict,
	                         r->correction,
	                         r->conflict,
	                         r->withdrawn,
	                         r->joined,
	                         r->late};

	(void)put_counts(s, TABLE_ROW + 10, "按状态", "状态", names, counts, COUNT(names));
}

static void
put_silent(struct sheet *s)
{
	static const char *const headings[] = {"尚未报送的单位", "", ""};
	const struct report *r = s->b->r;
	lxw_row_t row = table_head(s, TABLE_ROW, 8, "尚未报送", headings, COUNT(headings));

	book_check(s->b, worksheet_merge_range(s->ws, row - 1, 8, row - 1, 10, headings[0],
	                                       s->b->styles[STYLE_HEADING]));
	for (size_t i = 0; i < DEPARTMENTS; i++) {
		if (r->departments[i].registered)
			continue;
		book_check(s->b, worksheet_merge_range(s->ws, row, 8, row, 10, departments[i].name,
		                                       s->b->styles[STYLE_CENTRED]));
		row++;
	}
	if (!r->silent)
		book_check(s->b, worksheet_merge_range(s->ws, row, 8, row, 10, "无，均已报送",
		                                       s->b->styles[STYLE_CENTRED]));
}

/* ---- charts ---- */

static lxw_chart *
chart_new(struct sheet *s, uint8_t type, const char *title)
{
	static lxw_chart_font font = {.name = (char *)"宋体", .size = 12, .bold = LXW_TRUE};
	lxw_chart *c = workbook_add_chart(s->b->book, type);

	if (!c)
		mem_die("writing a chart");
	chart_title_set_name(c, title);
	chart_title_set_name_font(c, &font);
	return c;
}

static lxw_chart_series *
series(lxw_chart *c, const char *sheet, lxw_row_t first, lxw_row_t last, lxw_col_t names, lxw_col_t values,
       const char *name)
{
	lxw_chart_series *x = chart_add_series(c, NULL, NULL);

	if (!x)
		mem_die("writing a chart");
	chart_series_set_categories(x, sheet, first, names, last, names);
	chart_series_set_values(x, sheet, first, values, last, values);
	chart_series_set_name(x, name);
	return x;
}

static void
insert(struct sheet *s, lxw_chart *c, lxw_row_t row, lxw_col_t column, int columns, int rows)
{
	double width = -8, height = rows * ROW_PIXELS - 8;

	lxw_chart_options o = {.x_offset = 4, .y_offset = 4, .object_position = LXW_OBJECT_MOVE_AND_SIZE};

	for (int i = 0; i < columns; i++)
		width += 7 * s->widths[column + i] + 5; /* pixels, as Excel draws */
	o.x_scale = width / 480;
	o.y_scale = height / 288;

	book_check(s->b, worksheet_insert_chart_opt(s->ws, row, column, c, &o));
}

static void
chart_days(struct sheet *s, const struct places *p)
{
	static lxw_chart_fill blue = {.color = 0x2E75B6}, red = {.color = 0xF2A49B};
	static lxw_chart_font small = {.size = 9, .rotation = -90};
	const struct report *r = s->b->r;
	lxw_chart *c = chart_new(s, LXW_CHART_COLUMN, "按日登记件数");
	lxw_row_t last = p->days + (lxw_row_t)r->day_count - 1;

	/* first, so that it stands behind the day's own column */
	if (r->deadline_day < r->day_count)
		chart_series_set_fill(series(c, SHEET, p->days, last, 0, 3, "截止日"), &red);
	chart_series_set_fill(series(c, SHEET, p->days, last, 0, 1, "当日登记"), &blue);
	chart_set_series_overlap(c, 100);
	chart_set_series_gap(c, 40);
	chart_axis_set_num_format(c->x_axis, "m\"月\"d\"日\"");
	chart_axis_set_num_font(c->x_axis, &small);
	chart_axis_set_num_format(c->y_axis, "0");
	chart_legend_set_position(c, LXW_CHART_LEGEND_BOTTOM);
	insert(s, c, CHART_ROW, 0, 8, CHART2_ROW - CHART_ROW);
}

static void
chart_categories(struct sheet *s, const struct places *p)
{
	static lxw_chart_fill colours[] = {{.color = 0x1F4E79},
	                                   {.color = 0x2E75B6},
	                                   {.color = 0x70AD47},
	                                   {.color = 0xF4B183},
	                                   {.color = 0xA6A6A6}};
	static lxw_chart_point points[COUNT(colours)], *list[COUNT(colours) + 1];
	static lxw_chart_font font = {.size = 10};
	const struct report *r = s->b->r;
	lxw_chart *c = chart_new(s, LXW_CHART_PIE, "按类别");
	lxw_row_t last = p->categories + REPORT_CATEGORIES - (r->category[REPORT_CATEGORIES] == 0);
	lxw_chart_series *x = series(c, SHEET, p->categories, last, NAME_COLUMN, NAME_COLUMN + 1, "件数");

	for (size_t i = 0; i < COUNT(colours); i++) {
		points[i].fill = &colours[i];
		list[i] = &points[i];
	}
	book_check(s->b, chart_series_set_points(x, list));
	chart_series_set_labels_options(x, LXW_FALSE, LXW_FALSE, LXW_TRUE);
	chart_series_set_labels_position(x, LXW_CHART_LABEL_POSITION_OUTSIDE_END);
	chart_series_set_labels_font(x, &font);
	chart_legend_set_position(c, LXW_CHART_LEGEND_BOTTOM);
	chart_legend_set_font(c, &font);
	insert(s, c, CHART_ROW, 8, 4, CHART2_ROW - CHART_ROW);
}

static void
chart_departments(struct sheet *s)
{
	static lxw_chart_fill blue = {.color = 0x2E75B6}, orange = {.color = 0xED7D31};
	static lxw_chart_font small = {.size = 9, .rotation = -90};
	lxw_chart *c = chart_new(s, LXW_CHART_COLUMN, "各单位登记件数");
	const lxw_row_t first = SHEET_FIRST_ROW, last = SHEET_FIRST_ROW + DEPARTMENTS - 1;

	chart_series_set_fill(series(c, SHEET_DEPARTMENTS, first, last, 1, 2, "已登记"), &blue);
	chart_series_set_fill(series(c, SHEET_DEPARTMENTS, first, last, 1, 8, "其中待补正"), &orange);
	chart_set_series_overlap(c, 100);
	chart_set_series_gap(c, 40);
	chart_axis_set_num_font(c->x_axis, &small);
	chart_axis_set_num_format(c->y_axis, "0");
	chart_legend_set_position(c, LXW_CHART_LEGEND_BOTTOM);
	insert(s, c, CHART2_ROW, 0, COLUMNS, TABLE_ROW - CHART2_ROW - 1);
}

void
workbook_overview(struct book *b)
{
	struct sheet_column columns[COLUMNS];
	lxw_row_t breaks[] = {TABLE_ROW, 0};
	struct places p;
	struct sheet s;

	for (size_t i = 0; i < COLUMNS; i++)
		columns[i] = (struct sheet_column){"", i == NAME_COLUMN ? 20 : 12};
	sheet_open(&s, b, SHEET, arena_fmt(b->r->arena, "%s报送情况", b->r->form->title), columns, COLUMNS,
	           COLUMNS);
	put_figures(&s);
	p.days = put_days(&s);
	p.categories = put_categories(&s);
	put_states(&s);
	put_silent(&s);
	if (b->r->day_count)
		chart_days(&s, &p);
	chart_categories(&s, &p);
	chart_departments(&s);
	worksheet_repeat_rows(s.ws, SHEET_TITLE_ROW, SHEET_AS_OF_ROW);
	worksheet_set_h_pagebreaks(s.ws, breaks);
	sheet_page(&s, 1);
	worksheet_activate(s.ws);
}
