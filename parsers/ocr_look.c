/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ocr_look.h"

#include "config/text.h"
#include "parsers/ocr_marks.h"

#include <stdlib.h>
#include <string.h>

enum {
	LINE_HEIGHT = 48, /* of a line as the reading network wants it */
	LINE_WIDTH_MAX = 3200,
};

static struct ocr_box
widened(struct ocr_box b)
{
	int by = b.h / 10 + 1;

	return (struct ocr_box){b.x - 2 > 0 ? b.x - 2 : 0, b.y - by > 0 ? b.y - by : 0, b.w + 4,
	                        b.h + 2 * by};
}

/* A box as the reading network wants it; NULL: it is too small. */
static PIX *
strip_of(PIX *gray, struct ocr_box b, struct look look, bool alone)
{
	PIX *piece = NULL, *line = NULL;
	BOX *box;
	int w;

	b = look.wide ? widened(b) : b;
	box = boxCreateValid(b.x, b.y, b.w, b.h);
	if (box && b.w >= 4 && b.h >= 4)
		piece = pixClipRectangle(gray, box, NULL);
	boxDestroy(&box);
	if (piece && alone) {
		PIX *more = pixAddBorderGeneral(piece, b.h, b.h, 0, 0, 255);

		pixDestroy(&piece);
		piece = more;
	}
	if (piece) {
		w = LINE_HEIGHT * pixGetWidth(piece) / pixGetHeight(piece) * look.narrow / 100;
		w = w < 32 ? 32 : w > LINE_WIDTH_MAX ? LINE_WIDTH_MAX : w;
		line = pixScaleToSize(piece, w, LINE_HEIGHT);
	}
	pixDestroy(&piece);
	return line;
}

/* Paper made white: where two strips meet, there is no edge to be read. */
static void
whiten(PIX *strip)
{
	l_uint32 paper = 0;

	if (pixGetRankValue(strip, 1, 0.7F, &paper) == 0 && paper > OCR_INK_BELOW)
		(void)pixMultConstantGray(strip, 262.0F / (l_float32)paper);
}

/* The line for a look at it, and how many columns of another stand before it. */
static PIX *
for_reading(PIX *gray, const struct place *p, struct look look, int *before_r)
{
	bool behind = look.behind && p->above.w > 0;
	PIX *line = strip_of(gray, behind ? p->core : p->box, look, look.behind && !behind);
	PIX *before = line && behind ? strip_of(gray, p->above, look, false) : NULL;
	PIX *both = before ? pixCreate(pixGetWidth(before) + pixGetWidth(line), LINE_HEIGHT, 8) : NULL;

	*before_r = both ? pixGetWidth(before) : 0;
	if (both) {
		whiten(before);
		whiten(line);
		(void)pixRasterop(both, 0, 0, *before_r, LINE_HEIGHT, PIX_SRC, before, 0, 0);
		(void)pixRasterop(both, *before_r, 0, pixGetWidth(line), LINE_HEIGHT, PIX_SRC, line, 0, 0);
		pixDestroy(&line);
	}
	pixDestroy(&before);
	return both ? both : line;
}

bool
ocr_has_ink(PIX *gray, struct ocr_box b, bool from_left)
{
	BOX *box = b.w > 0 ? boxCreateValid(b.x, b.y, b.w, b.h) : NULL;
	PIX *part = box ? pixClipRectangle(gray, box, NULL) : NULL;
	PIX *ink = part ? pixThresholdToBinary(part, OCR_INK_BELOW) : NULL;
	BOXA *marks = ink ? pixConnComp(ink, NULL, 8) : NULL;
	int least = b.h / OCR_MARK_PART + 1;
	bool found = false;

	for (int i = 0; marks && i < boxaGetCount(marks) && !found; i++) {
		int x, w, h;

		(void)boxaGetBoxGeometry(marks, i, &x, NULL, &w, &h);
		found = (from_left || x > 0) && h >= least && 2 * w >= least && h * 10 < b.h * 9;
	}
	boxaDestroy(&marks);
	pixDestroy(&ink);
	pixDestroy(&part);
	boxDestroy(&box);
	return found;
}

/* Does something stand in the middle of a gap? At its sides its neighbours may reach into it. */
static bool
is_lossy(PIX *gray, struct ocr_box b, const struct ctc_reading *r)
{
	for (int i = 0; i < r->gap_count; i++) {
		const struct ctc_gap *g = &r->gaps[i];
		double quarter = (g->to - g->from) / 4;
		int from = b.x + (int)(b.w * (g->from + quarter)), to = b.x + (int)(b.w * (g->to - quarter));

		if (ocr_has_ink(gray, (struct ocr_box){from, b.y, to - from, b.h}, true))
			return true;
	}
	return false;
}

/* A speck or a rule's end, a third as high as the line before it, and read as Han: that is no text. */
static bool
is_speck(const struct place *p, const struct buf *text)
{
	const char *s = text->len ? text->at : "";
	uint32_t c;

	if (!p->above.w || p->core.h * 3 > p->above.h)
		return false;
	while ((c = text_next(&s)) != 0)
		if (text_is_han(c))
			return true;
	return false;
}

/* What was read behind another line begins with that one's last mark where it was cut in its midst: no line
 * begins with a mark of its own. */
static void
drop_mark(struct buf *text)
{
	const char *s = text->len ? text->at : "";
	size_t len;

	while (text_is_space((unsigned char)*s))
		s++;
	len = ocr_mark_at(s);
	if (len) {
		char *rest = mem_str(s + len);

		buf_clear(text);
		buf_str(text, rest);
		free(rest);
	}
}

bool
ocr_look(const struct network *n, const struct ctc_classes *classes, PIX *gray, const struct place *p,
         struct look look, struct reading *r, struct err *e)
{
	static const float half[3] = {0.5F, 0.5F, 0.5F};
	int before = 0;
	PIX *line = for_reading(gray, p, look, &before);
	struct tensor t;
	struct answer a = {0};
	bool ok;

	if (!line)
		return true;
	t = tensor_of(line, half, half);
	ok = network_run(n, &t, &a, e);
	if (ok && a.rank == 3) {
		int steps = (int)a.shape[1], of = (int)a.shape[2], from = steps * before / pixGetWidth(line);

		r->sure = ctc_decode(classes, a.at + (size_t)from * (size_t)of, steps - from, of, &r->text);
	}
	if (before) {
		drop_mark(&r->text);
		r->sure.begin = 0; /* where they meet is no measure */
		r->sure.end = (p->core.x + r->sure.end * p->core.w - p->box.x) / p->box.w;
	} else
		r->gap = is_lossy(gray, look.wide ? widened(p->box) : p->box, &r->sure);
	if (is_speck(p, &r->text))
		buf_clear(&r->text);
	answer_free(&a);
	free(t.at);
	pixDestroy(&line);
	return ok;
}
