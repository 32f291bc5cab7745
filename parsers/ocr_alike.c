/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ocr_alike.h"

#include "config/buf.h"
#include "config/text.h"

#include <string.h>

enum { CELL_TEXT_MAX = 1 << 16 };

/* A point between two Chinese characters: a comma whose tail was not seen. */
static bool
has_point(const char *text)
{
	uint32_t before = 0, c = text_next(&text);

	while (c) {
		uint32_t next = text_next(&text);

		if ((c == '.' || c == 0xFF0E) && text_is_han(before) && text_is_han(next))
			return true;
		before = c;
		c = next;
	}
	return false;
}

/* 人 for 入, which no engine tells apart in some faces: after these it is hardly ever right. And a dot in the
 * middle of a line: on a poor picture 。 looks so, and names that hold one are few. */
static bool
has_alike(const char *text)
{
	static const char *const words[] = {"投人", "收人", "融人", "纳人", "嵌人",
	                                    "深人", "进人", "注人", "输人", NULL};

	if (strstr(text, "·") || has_point(text))
		return true;
	for (const char *const *w = words; *w; w++) {
		const char *at = strstr(text, *w);

		if (at && strncmp(at + strlen(*w), "民", strlen("民")) != 0)
			return true; /* but 投人民币 */
	}
	return false;
}

/* Of all lines together: a word may begin on one and end on the next. */
bool
ocr_alike(const struct ocr_lines *cell)
{
	struct buf all = BUF_INIT(CELL_TEXT_MAX);
	bool has;

	for (size_t i = 0; i < cell->count; i++)
		buf_str(&all, cell->at[i].text);
	has = all.len && has_alike(all.at);
	buf_free(&all);
	return has;
}
