/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table: which of its layouts reads what. */
#include "parsers/layout_cells.h"

void
layout_table(struct layout *y, const struct doc_block *b)
{
	struct table t = {.y = y,
	                  .t = b->table,
	                  .quoted = b->quoted,
	                  .page = b->page,
	                  .value = BUF_INIT(TABLE_VALUE_MAX)};

	if (b->hidden_header && !y->headers)
		return;
	layout_add(y, (struct event){.kind = EVENT_TABLE, .quoted = b->quoted});
	cells_look(&t);
	for (int r = summary_continue(&t) || columns_read(&t) ? t.rows : 0; r < t.rows;) {
		int height = headings_height(&t, r);

		if (height) {
			beside_close(&t);
			r = headings_read(&t, r, height);
		} else {
			beside_row(&t, r++);
		}
	}
	beside_close(&t);
	buf_free(&t.value);
	cells_free(&t);
}
