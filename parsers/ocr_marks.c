/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ocr_marks.h"

#include <leptonica/allheaders.h>
#include <stdlib.h>
#include <string.h>

enum {
	INK_BELOW = 160,  /* a gray level that is ink, or the edge of it */
	WHOLE = 3,        /* pixels: a ring that is broken by less is one thing */
	THINGS_MAX = 512, /* in a line */
	TALL = 30, /* %: of the line's height, which a part of a character has that tells where they stand */
	TALL_LEAST = 4,  /* so many tell it */
	MARK_LEAST = 10, /* %: of a character's height, which a mark has at least, */
	MARK_MOST = 40,  /* and at most */
	MIDDLE = 15,     /* %: so far off the middle may it stand, */
	ALONE = 20,      /* %: and so far away from what is beside it */
	EDGE = 2,        /* pixels around a mark, gray ones */
	LEFT_MOST = 25,  /* %: so much is it moved to the left */
};

struct thing {
	int x, y, w, h;
};

struct marks {
	struct thing at[THINGS_MAX];
	int count;
	int top, bottom; /* of the characters; equal: they cannot be told */
};

static int
by_size(const void *x, const void *y)
{
	return *(const int *)x - *(const int *)y;
}

/* Where most characters begin and end: parts of some reach less far. */
static void
find_height(struct marks *m, int high)
{
	int tops[THINGS_MAX], bottoms[THINGS_MAX], n = 0;

	for (int i = 0; i < m->count; i++) {
		const struct thing *t = &m->at[i];

		if (t->h * 100 < high * TALL || t->h * 20 > high * 19)
			continue;
		tops[n] = t->y;
		bottoms[n++] = t->y + t->h;
	}
	if (n < TALL_LEAST)
		return;
	qsort(tops, (size_t)n, sizeof *tops, by_size);
	qsort(bottoms, (size_t)n, sizeof *bottoms, by_size);
	m->top = tops[n / 4];
	m->bottom = bottoms[n - 1 - n / 4];
}

static struct marks
things_of(PIX *line)
{
	PIX *thin = pixThresholdToBinary(line, INK_BELOW);
	PIX *ink = thin ? pixCloseSafeBrick(NULL, thin, WHOLE, WHOLE) : NULL;
	BOXA *boxes = ink ? pixConnComp(ink, NULL, 8) : NULL;
	struct marks m = {0};

	for (int i = 0; boxes && i < boxaGetCount(boxes) && m.count < THINGS_MAX; i++) {
		struct thing *t = &m.at[m.count++];

		(void)boxaGetBoxGeometry(boxes, i, &t->x, &t->y, &t->w, &t->h);
	}
	find_height(&m, pixGetHeight(line));
	boxaDestroy(&boxes);
	pixDestroy(&ink);
	pixDestroy(&thin);
	return m;
}

/* How much white there is on the left of a mark; less than 0: it does not stand alone. */
static int
room_before(const struct marks *m, const struct thing *t)
{
	int apart = (m->bottom - m->top) * ALONE / 100, room = t->x;

	for (int i = 0; i < m->count; i++) {
		const struct thing *o = &m->at[i];

		if (o == t || o->x + o->w + room <= t->x)
			continue;
		if (o->x < t->x + t->w + apart && o->x + o->w + apart > t->x)
			return -1;
		if (o->x < t->x)
			room = t->x - o->x - o->w;
	}
	return room;
}

static bool
is_high(const struct marks *m, const struct thing *t)
{
	int high = m->bottom - m->top, off = abs(2 * t->y + t->h - m->top - m->bottom) / 2;

	return t->h * 100 >= high * MARK_LEAST && t->h * 100 <= high * MARK_MOST &&
	       t->w * 100 <= high * MARK_MOST && t->w < 2 * t->h && off * 100 <= high * MIDDLE &&
	       room_before(m, t) >= 0;
}

/* Down to where characters end, and towards the one before it. */
static void
lower(PIX *line, const struct marks *m, const struct thing *t, int paper)
{
	int high = m->bottom - m->top, left = high * LEFT_MOST / 100, down = m->bottom - t->y - t->h;
	int room = room_before(m, t) - high * ALONE / 100;
	BOX *box = boxCreateValid(t->x > EDGE ? t->x - EDGE : 0, t->y > EDGE ? t->y - EDGE : 0,
	                          t->w + 2 * EDGE, t->h + 2 * EDGE);
	PIX *mark = box ? pixClipRectangle(line, box, NULL) : NULL;
	int x, y, w, h;

	if (mark && boxGetGeometry(box, &x, &y, &w, &h) == 0) {
		(void)pixSetInRectArbitrary(line, box, (l_uint32)paper);
		(void)pixRasterop(line, x - (room < left ? room : left), y + down, w, h, PIX_SRC, mark, 0, 0);
	}
	pixDestroy(&mark);
	boxDestroy(&box);
}

PIX *
ocr_marks_lower(PIX *page, struct ocr_box line)
{
	BOX *box = line.x >= 0 && line.y >= 0 ? boxCreateValid(line.x, line.y, line.w, line.h) : NULL;
	PIX *before = box ? pixClipRectangle(page, box, NULL) : NULL,
	    *strip = before ? pixCopy(NULL, before) : NULL;
	struct marks m = strip ? things_of(strip) : (struct marks){0};
	l_uint32 paper = 255;
	int moved = 0;

	if (m.bottom > m.top)
		(void)pixGetRankValue(strip, 1, 0.7F, &paper);
	for (int i = 0; i < m.count && m.bottom > m.top; i++) {
		if (!is_high(&m, &m.at[i]))
			continue;
		lower(strip, &m, &m.at[i], (int)paper);
		moved++;
	}
	if (moved)
		(void)pixRasterop(page, line.x, line.y, pixGetWidth(strip), pixGetHeight(strip), PIX_SRC,
		                  strip, 0, 0);
	else
		pixDestroy(&before);
	pixDestroy(&strip);
	boxDestroy(&box);
	return before;
}

void
ocr_marks_restore(PIX *page, struct ocr_box line, PIX *before)
{
	if (before)
		(void)pixRasterop(page, line.x, line.y, pixGetWidth(before), pixGetHeight(before), PIX_SRC,
		                  before, 0, 0);
	pixDestroy(&before);
}

static const char *const marks[] = {",", ".", ";", ":", "，", "、", "。", "；", "：", "·", NULL};

size_t
ocr_mark_at(const char *s)
{
	for (const char *const *m = marks; *m; m++)
		if (strncmp(s, *m, strlen(*m)) == 0)
			return strlen(*m);
	return 0;
}

bool
ocr_marks_alone_differ(const char *x, const char *y)
{
	for (;;) {
		for (size_t n; (n = ocr_mark_at(x)) != 0;)
			x += n;
		for (size_t n; (n = ocr_mark_at(y)) != 0;)
			y += n;
		if (*x != *y)
			return false;
		if (!*x)
			return true;
		x++;
		y++;
	}
}

bool
ocr_marks_one_more(const char *text, const char *longer)
{
	size_t same = 0, len = strlen(text), more = strlen(longer);

	if (more <= len)
		return false;
	more -= len;
	while (same < len && text[same] == longer[same])
		same++;
	for (size_t from = same;; from--) { /* 、 and 。 share their first bytes, and so may what follows */
		if (ocr_mark_at(longer + from) == more && strcmp(text + from, longer + from + more) == 0)
			return true;
		if (!from || from + more <= same)
			return false;
	}
}
