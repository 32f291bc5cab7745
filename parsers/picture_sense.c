/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/picture_sense.h"

#include "config/text.h"

#include <leptonica/allheaders.h>

enum {
	MARK_MIN = 12,        /* pixels of a side: smaller ink is a speck */
	MARK_TEXT = 2,        /* what a mark counts for */
	INSET = 4,            /* of a cell, where its rules are */
	UPRIGHT = 80,         /* %: the least for which a page is taken as read the right way up, */
	TEXT_MIN = 20,        /* and so much text: a stray line upside down may be read for sure */
	PLAIN = 70,           /* %: of less, nobody can say what it is about */
	TABLE_MIN = 8,        /* cells of a grid that may be a form's; */
	TABLE_MAX = 100,      /* a front of windows has more */
	LINES_MIN = 5,        /* of a page of text */
	NARROW_MIN = 400,     /* pixels of the narrow side of a page that could be meant to be read, */
	SHEET_MIN = 600,      /* of one that is known by its shape alone, */
	SHEET_WIDE_MIN = 120, /* %: and of the narrow side, its wide one: */
	SHEET_WIDE_MAX = 160, /* A4 with some of the desk */
};

/* Shares of the picture (picture_paper.h): a page has so much bare paper; one without a table or a line on it
 * that was found, more, and so much that is written on. */
static const double paper_bare = 0.35, sheet_bare = 0.4, sheet_filled = 0.05;

/* The engine's word on its least sure character. */
static const double well_read = 0.4, plainly_read = 0.6;

int
picture_units(const char *s)
{
	uint32_t c;
	int n = 0;

	while ((c = text_next(&s)) != 0)
		n += c < 0x2E80 ? 1 : 2;
	return n;
}

/* Does a line account for a mark, that is, hold the middle of it? The boxes of lines that stand close
 * overlap, and reach into one between them that was not found. */
static bool
accounts_for(struct ocr_box line, struct ocr_box mark)
{
	int x = mark.x + mark.w / 2, y = mark.y + mark.h / 2;

	return x >= line.x && x < line.x + line.w && y >= line.y && y < line.y + line.h;
}

int
picture_unread_marks(PIX *ink, struct ocr_box cell, const struct ocr_lines *l)
{
	BOX *box = boxCreateValid(cell.x + INSET, cell.y + INSET, cell.w - 2 * INSET, cell.h - 2 * INSET);
	PIX *part = box ? pixClipRectangle(ink, box, NULL) : NULL;
	BOXA *marks = part ? pixConnComp(part, NULL, 8) : NULL;
	int unread = 0;

	for (int i = 0; marks && i < boxaGetCount(marks); i++) {
		struct ocr_box m = {0};
		bool read = false;

		(void)boxaGetBoxGeometry(marks, i, &m.x, &m.y, &m.w, &m.h);
		if (m.w < MARK_MIN || m.h < MARK_MIN)
			continue;
		m.x += cell.x + INSET;
		m.y += cell.y + INSET;
		for (size_t k = 0; k < l->count && !read; k++)
			read = accounts_for(l->at[k].box, m);
		unread += !read;
	}
	boxaDestroy(&marks);
	pixDestroy(&part);
	boxDestroy(&box);
	return unread;
}

static bool
is_table(const struct picture_sense *s)
{
	return s->cells >= TABLE_MIN && s->cells <= TABLE_MAX;
}

/* What was not read, as text. Of what is no table, marks are none of text. */
static int
unread_text(const struct picture_sense *s)
{
	return is_table(s) ? MARK_TEXT * s->unread : 0;
}

struct picture_sense
picture_sense_of(const struct ocr_lines *lines, const struct ocr_box *cells, size_t n, PIX *ink)
{
	struct picture_sense s = {.cells = n};

	for (size_t i = 0; i <= n; i++) {
		for (size_t k = 0; k < lines[i].count; k++) {
			int units = picture_units(lines[i].at[k].text);

			s.lines++;
			s.text += units;
			s.well += lines[i].at[k].confidence >= well_read ? units : 0;
			s.plain += lines[i].at[k].confidence >= plainly_read ? units : 0;
		}
		if (i < n)
			s.unread += picture_unread_marks(ink, cells[i], &lines[i]);
	}
	return s;
}

static double
share_of(int part, const struct picture_sense *s)
{
	int all = s->text + unread_text(s);

	return all > 0 ? (double)part / all : 0;
}

double
picture_sense_upright(const struct picture_sense *s)
{
	return s->well * share_of(s->well, s);
}

bool
picture_sense_is_upright(const struct picture_sense *s)
{
	return s->well >= TEXT_MIN && share_of(s->well, s) >= UPRIGHT / 100.0;
}

enum doc_illegible
picture_sense_illegible(const struct picture_sense *s, const struct picture_paper *paper, int narrow,
                        int wide)
{
	bool plain = s->plain >= TEXT_MIN && share_of(s->plain, s) >= PLAIN / 100.0;
	bool sheet = narrow >= SHEET_MIN && wide * 100 >= narrow * SHEET_WIDE_MIN &&
	             wide * 100 <= narrow * SHEET_WIDE_MAX && paper->bare >= sheet_bare &&
	             paper->filled >= sheet_filled;

	if (plain || narrow < NARROW_MIN || paper->bare < paper_bare)
		return DOC_LEGIBLE;
	if (is_table(s))
		return DOC_ILLEGIBLE_TABLE;
	return s->lines >= LINES_MIN || sheet ? DOC_ILLEGIBLE_PAGE : DOC_LEGIBLE;
}
