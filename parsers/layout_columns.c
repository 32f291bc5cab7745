/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A column for each form, beside one of labels. */
#include "parsers/layout_cells.h"

#include <string.h>

enum { COLUMN_FORMS_MAX = 200 };

/* A row with one of our labels at its left, behind a serial number or a group's heading at most, and no
 * other. */
struct labelled {
	int row;
	const struct cell *label;
};

static bool
is_serial(const char *s)
{
	return s[strspn(s, "0123456789.")] == '\0';
}

static const struct cell *
label_of(const struct table *t, int r)
{
	const struct cell *c = cells_first_filled(t, r);
	const struct cell *end = &t->cells[t->first[r + 1]];

	if (c && !cell_is_ours(c) && (c->at->rows > 1 || is_serial(c->text)))
		for (c++; c < end && !*c->text;)
			c++;
	return c && c < end && cell_is_ours(c) ? c : NULL;
}

static size_t
labelled_rows(const struct table *t, struct labelled *rows)
{
	size_t count = 0;

	for (int r = 0; r < t->rows; r++) {
		const struct cell *first = label_of(t, r);

		if (!first || cells_tally(t, r).ours != 1)
			continue;
		/* a long table of labels is something else: rows of forms one below the other */
		if (count == 2 * FORM_FIELDS_MAX)
			return 0;
		rows[count++] = (struct labelled){r, first};
	}
	return count;
}

static const struct cell *
cell_over(const struct table *t, int r, int col)
{
	for (size_t i = t->first[r]; i < t->first[r + 1]; i++) {
		const struct doc_cell *c = t->cells[i].at;

		if (c->column <= col && col < c->column + c->columns)
			return &t->cells[i];
	}
	return NULL;
}

/* In how many of the rows column col alone holds a value. */
static int
filled_column(const struct table *t, const struct labelled *rows, size_t count, int col)
{
	int filled_rows = 0;

	for (size_t i = 0; i < count; i++) {
		const struct cell *c = cell_over(t, rows[i].row, col);

		filled_rows += c && c->at->columns == 1 && *c->text && c != rows[i].label;
	}
	return filled_rows;
}

/* Two columns or more, side by side, each with nearly all values: the first of them, and how many. */
static int
form_columns(const struct table *t, const struct labelled *rows, size_t count, int *first_r)
{
	int columns = 0;

	for (int col = 1; col < t->columns && col < COLUMN_FORMS_MAX; col++) {
		if (t->aside[col] || filled_column(t, rows, count, col) <= t->y->form->evidence_labels)
			continue;
		if (!columns++)
			*first_r = col;
		else if (*first_r + columns - 1 != col)
			return 0;
	}
	return columns;
}

bool
columns_read(struct table *t)
{
	struct labelled rows[2 * FORM_FIELDS_MAX];
	size_t count = labelled_rows(t, rows);
	int first = 0;
	int columns = 0;

	for (int r = 0; count && r < t->rows; r++)
		cells_look_for_asides(t, r);
	columns = form_columns(t, rows, count, &first);
	for (int col = first; columns > 1 && col < first + columns; col++) {
		layout_add(t->y, (struct event){.kind = EVENT_ROW, .quoted = t->quoted});
		for (size_t i = 0; i < count; i++) {
			const struct cell *c = cell_over(t, rows[i].row, col);

			if (c && c != rows[i].label)
				layout_value(t->y, &rows[i].label->label, c->text, cells_event(t, c));
		}
	}
	return columns > 1;
}
