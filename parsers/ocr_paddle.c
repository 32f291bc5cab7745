/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PP-OCRv4 (PaddleOCR) by onnxruntime: one network marks where text is, another reads a line of it.
 * The library is opened by hand, because Debian has none: ocr_place() says where it lies. */
#include "config/buf.h"
#include "config/text.h"
#include "parsers/ocr.h"
#include "parsers/ocr_ctc.h"
#include "parsers/ocr_digits.h"
#include "parsers/ocr_hang.h"
#include "parsers/ocr_marks.h"
#include "parsers/ocr_network.h"
#include "parsers/ocr_pieces.h"
#include "parsers/ocr_quotes.h"

#include <leptonica/allheaders.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DETECT_SCALE = 50,       /* %: of the page, to find its text in */
	DETECT_PIXELS = 1200000, /* of it at most: its memory and its time go by them */
	CONTENT_MARGIN = 16,     /* of white around all ink, left for the network */
	LINE_HEIGHT = 48,        /* of a line as the reading network wants it */
	LINE_WIDTH_MAX = 3200,
	SHORT_LINE = 4,   /* times its height: a word; */
	LONE_LINE = 2,    /* a character or two, with the white around them */
	END_MORE = 70,    /* %: of a line's height, read behind its end, */
	END_LOOK = 180,   /* and looked at for ink that was not read */
	LAST_HALF = 55,   /* %: of a line's height, from the middle of its last character to its end, */
	LAST_NARROW = 28, /* of a digit or a letter */
	MARK_PART = 8,    /* a mark is more than this part of a line's height */
	INK_BELOW = 140,  /* a gray level that is ink */
	TABLE_CELLS = 8,  /* a page with so many is of a form: what stands around it is read but once */
	BOXES_MAX = 2000,
};

/* The post-processing's own figures, from PaddleOCR's DBPostProcess. */
static const float ink_least = 0.3F, box_least = 0.5F;
static const double unclip = 1.6;

/* A reading that is as sure as this is enough; and two that say the same, one of them so. Of three, marks
 * may be less sure; but three that are all unsure of a character make the same mistake (邓 for 邳). */
static const double sure_alone = 0.98, lost_alone = 0.1, sure_of_more = 0.8, sure_mark_of_two = 0.7,
                    sure_mark = 0.5;

/* And at first sight, with no look that says otherwise. */
static const double plain_word = 0.9, plain_mark = 0.8;

/* Process-wide, as the engine is. */
static struct {
	struct network *detect, *recognise;
	struct ctc_classes classes;
} paddle;

static bool
paddle_open(const char *dir, struct err *e)
{
	char classes[4200];

	if (!dir)
		return err_set(e, ERR_UNSUPPORTED, "the files of PP-OCRv4 are not installed");
	(void)snprintf(classes, sizeof classes, "%s/ppocr_keys_v1.txt", dir);
	return network_library(dir, e) && ctc_load(&paddle.classes, classes, e) &&
	       (paddle.detect = network_load(dir, "ch_PP-OCRv4_det_infer.onnx", e)) &&
	       (paddle.recognise = network_load(dir, "ch_PP-OCRv4_rec_infer.onnx", e));
}

static bool
paddle_knows(const char *character)
{
	return ctc_knows(&paddle.classes, character);
}

static void
paddle_close(void)
{
	network_free(&paddle.recognise);
	network_free(&paddle.detect);
	ctc_free(&paddle.classes);
}

/* ---- a picture as a network takes it ---- */

static struct tensor
tensor_of(PIX *gray, const float mean[3], const float deviation[3])
{
	int w = pixGetWidth(gray), h = pixGetHeight(gray);
	struct tensor t = {.shape = {1, 3, h, w}};
	float *to;

	to = t.at = mem_grow(NULL, 3 * (size_t)w * (size_t)h, sizeof *t.at);
	for (int c = 0; c < 3; c++) {
		for (int y = 0; y < h; y++) {
			const l_uint32 *line = pixGetData(gray) + (size_t)y * (size_t)pixGetWpl(gray);

			for (int x = 0; x < w; x++)
				*to++ = ((float)GET_DATA_BYTE(line, x) / 255 - mean[c]) / deviation[c];
		}
	}
	return t;
}

/* ---- where text is ---- */

/* The mean of what is text in a box of the map. */
static float
box_score(const struct answer *map, int x, int y, int w, int h)
{
	float sum = 0;
	int n = 0;

	for (int j = y; j < y + h; j++) {
		for (int i = x; i < x + w; i++) {
			float v = map->at[(size_t)j * (size_t)map->shape[3] + (size_t)i];

			sum += v > ink_least ? v : 0;
			n += v > ink_least;
		}
	}
	return n ? sum / (float)n : 0;
}

static PIX *
text_mask(const struct answer *map)
{
	int w = (int)map->shape[3], h = (int)map->shape[2];
	PIX *mask = pixCreate(w, h, 1);

	for (int y = 0; mask && y < h; y++) {
		l_uint32 *line = pixGetData(mask) + (size_t)y * (size_t)pixGetWpl(mask);

		for (int x = 0; x < w; x++)
			if (map->at[(size_t)y * (size_t)w + (size_t)x] > ink_least)
				SET_DATA_BIT(line, x);
	}
	return mask;
}

/* The boxes of the map of a part of the page, on the page: the network marks the core of a line, they are
 * widened again. */
static size_t
boxes_of(const struct answer *map, struct ocr_box part, struct ocr_box *out)
{
	PIX *mask = text_mask(map);
	BOXA *cores = mask ? pixConnComp(mask, NULL, 8) : NULL;
	double by_x = (double)part.w / (double)map->shape[3], by_y = (double)part.h / (double)map->shape[2];
	size_t n = 0;

	for (int i = 0; cores && i < boxaGetCount(cores) && n < BOXES_MAX; i++) {
		int x, y, w, h;
		double wider, left, top, right, bottom;

		(void)boxaGetBoxGeometry(cores, i, &x, &y, &w, &h);
		if (w < 3 || h < 3 || box_score(map, x, y, w, h) < box_least)
			continue;
		wider = (double)w * h * unclip / (2.0 * (w + h));
		left = fmax(0, (x - wider) * by_x);
		top = fmax(0, (y - wider) * by_y);
		right = fmin(part.w, (x + w + wider) * by_x);
		bottom = fmin(part.h, (y + h + wider) * by_y);
		if (bottom - top >= 8)
			out[n++] = (struct ocr_box){part.x + (int)left, part.y + (int)top,
			                            (int)(right - left), (int)(bottom - top)};
	}
	boxaDestroy(&cores);
	pixDestroy(&mask);
	return n;
}

static int
multiple_of_32(double n)
{
	int m = ((int)n + 16) / 32 * 32;

	return m < 32 ? 32 : m;
}

/* The part of the page that is not empty: mostly half of it. Sought on a page of a quarter's size. */
static struct ocr_box
content_of(PIX *gray)
{
	struct ocr_box all = {0, 0, pixGetWidth(gray), pixGetHeight(gray)}, b;
	PIX *small = pixScaleSmooth(gray, 0.25F, 0.25F);
	PIX *even = small ? pixBackgroundNormSimple(small, NULL, NULL) : NULL;
	PIX *ink = even ? pixThresholdToBinary(even, 200) : NULL;
	PIX *clean = ink ? pixOpenBrick(NULL, ink, 2, 2) : NULL;
	BOX *box = NULL;

	if (clean && pixClipToForeground(clean, NULL, &box) == 0 && box &&
	    boxGetGeometry(box, &b.x, &b.y, &b.w, &b.h) == 0) {
		int right = 4 * (b.x + b.w) + CONTENT_MARGIN, bottom = 4 * (b.y + b.h) + CONTENT_MARGIN;

		b.x = 4 * b.x > CONTENT_MARGIN ? 4 * b.x - CONTENT_MARGIN : 0;
		b.y = 4 * b.y > CONTENT_MARGIN ? 4 * b.y - CONTENT_MARGIN : 0;
		all = (struct ocr_box){b.x, b.y, (right < all.w ? right : all.w) - b.x,
		                       (bottom < all.h ? bottom : all.h) - b.y};
	}
	boxDestroy(&box);
	pixDestroy(&clean);
	pixDestroy(&ink);
	pixDestroy(&even);
	pixDestroy(&small);
	return all;
}

/* A part of the page as the network that finds text wants it. */
static PIX *
for_detection(PIX *gray, struct ocr_box part)
{
	double by = DETECT_SCALE / 100.0, most = (double)DETECT_PIXELS / part.w / part.h;
	BOX *box = boxCreateValid(part.x, part.y, part.w, part.h);
	PIX *piece = box ? pixClipRectangle(gray, box, NULL) : NULL, *small = NULL;

	by = by * by > most ? sqrt(most) : by;
	if (piece)
		small = pixScaleToSize(piece, multiple_of_32(part.w * by), multiple_of_32(part.h * by));
	pixDestroy(&piece);
	boxDestroy(&box);
	return small;
}

static bool
detect(PIX *gray, struct ocr_box *out, size_t *count_r, struct err *e)
{
	static const float mean[3] = {0.485F, 0.456F, 0.406F}, deviation[3] = {0.229F, 0.224F, 0.225F};
	struct ocr_box part = content_of(gray);
	PIX *small = for_detection(gray, part);
	struct tensor t = {0};
	struct answer map = {0};
	bool ok;

	*count_r = 0;
	if (!small)
		return err_set(e, ERR_TOO_LARGE, "no memory to look for text");
	t = tensor_of(small, mean, deviation);
	pixDestroy(&small);
	ok = network_run(paddle.detect, &t, &map, e);
	if (ok && map.rank == 4)
		*count_r = boxes_of(&map, part, out);
	answer_free(&map);
	free(t.at);
	return ok;
}

/* ---- what it says ---- */

/* A line, or a piece of one. */
struct place {
	struct ocr_box box;   /* with its ends */
	struct ocr_box core;  /* without */
	int end;              /* up to where ink is looked for behind it */
	struct ocr_box above; /* the end of the line above it, or of another; without width: none */
	int looks;            /* at most */
	int edge;             /* of its cell, on the right; 0: it is in none, */
	bool free;            /* and no cell follows it */
};

/* One look at a line. */
struct look {
	bool wide;   /* with a little more above and below: the network marks lines narrowly */
	int narrow;  /* %: the line's width, of what the reading network is used to */
	bool behind; /* another line: a character or two alone are read for many a thing (工 for I) */
};

/* The first is mostly enough. Where marks stand high, those after it are at the line with its marks moved. */
static const struct look looks[] = {{true, 100, false}, {false, 75, false}, {false, 100, false}};
static const struct look high_looks[] = {{true, 100, false}, {false, 100, false}, {false, 75, false}};
static const struct look short_looks[] = {{true, 100, false}, {true, 100, true}, {false, 100, true}};
static const struct look lone_looks[] = {{true, 100, true}, {false, 100, true}, {true, 100, false}};

enum { LOOKS = sizeof looks / sizeof *looks };

_Static_assert(sizeof short_looks == sizeof looks && sizeof lone_looks == sizeof looks, "as many for each");

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

	if (pixGetRankValue(strip, 1, 0.7F, &paper) == 0 && paper > INK_BELOW)
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

struct reading {
	struct buf text;
	struct ctc_reading sure;
	bool gap; /* ink between two characters, and none was read there */
};

/* Is there something like a mark or a character in a part of a line? from_left: it may reach in from there;
 * at a line's begin that is a rule. */
static bool
has_ink(PIX *gray, struct ocr_box b, bool from_left)
{
	BOX *box = b.w > 0 ? boxCreateValid(b.x, b.y, b.w, b.h) : NULL;
	PIX *part = box ? pixClipRectangle(gray, box, NULL) : NULL;
	PIX *ink = part ? pixThresholdToBinary(part, INK_BELOW) : NULL;
	BOXA *marks = ink ? pixConnComp(ink, NULL, 8) : NULL;
	int least = b.h / MARK_PART + 1;
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

		if (has_ink(gray, (struct ocr_box){from, b.y, to - from, b.h}, true))
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

static bool
recognise(PIX *gray, const struct place *p, struct look look, struct reading *r, struct err *e)
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
	ok = network_run(paddle.recognise, &t, &a, e);
	if (ok && a.rank == 3) {
		int steps = (int)a.shape[1], classes = (int)a.shape[2],
		    from = steps * before / pixGetWidth(line);

		r->sure = ctc_decode(&paddle.classes, a.at + (size_t)from * (size_t)classes, steps - from,
		                     classes, &r->text);
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

/* Text without what is no difference: spaces, the width of marks, the kind of quotes and dashes. */
static void
fold(struct buf *b, const char *text)
{
	struct buf plain = BUF_INIT(CTC_TEXT_MAX);

	while (*text) {
		const char *at = text;
		uint32_t c = text_next(&text);

		if (c >= 0x2013 && c <= 0x2015)
			buf_ch(&plain, '-');
		else
			buf_add(&plain, at, (size_t)(text - at));
	}
	text_fold(b, plain.len ? plain.at : "");
	buf_free(&plain);
	ocr_quotes_plain(b);
}

/* Compare two readings, folded; false where one is empty. */
static bool
compare(const struct reading *r, const struct reading *o, bool (*as)(const char *x, const char *y))
{
	struct buf x = BUF_INIT(CTC_TEXT_MAX), y = BUF_INIT(CTC_TEXT_MAX);
	bool is;

	fold(&x, r->text.len ? r->text.at : "");
	fold(&y, o->text.len ? o->text.at : "");
	is = x.len && y.len && as(x.at, y.at);
	buf_free(&x);
	buf_free(&y);
	return is;
}

static bool
is_same(const char *x, const char *y)
{
	return strcmp(x, y) == 0;
}

static bool
agree(const struct reading *r, const struct reading *o)
{
	return compare(r, o, is_same);
}

/* Is a line so short that a mark in it is much of it, or a number, in which nothing but its digits and
 * marks says that one is missing? It is looked at twice in any case, as is one whose marks stand high. */
static bool
wants_two(struct ocr_box b, const struct buf *text, bool high)
{
	return high || b.w < SHORT_LINE * b.h || (text->len && ocr_digits_many(text->at));
}

/* The n-th reading was made: is it, alone or with those before it that say the same, enough? The surest
 * of them, or NULL. */
static const struct reading *
settled(const struct reading *r, int n, struct ocr_box b, bool high)
{
	const struct reading *best = &r[n];
	double lost = r[n].sure.lost, most_lost = lost;
	bool lacks = false;
	int same = 1;

	for (int i = 0; i < n; i++) {
		lacks = lacks || compare(&r[n], &r[i], ocr_marks_one_more);
		if (!agree(&r[i], &r[n]))
			continue;
		same++;
		best = r[i].sure.least > best->sure.least ? &r[i] : best;
		lost = fmin(lost, r[i].sure.lost);
		most_lost = fmax(most_lost, r[i].sure.lost);
	}
	lost = lacks ? most_lost : lost; /* another look saw the mark that these passed over */
	if (high && !agree(&r[0], &r[n]) && r->sure.least >= plain_word && r->sure.lost == 0)
		return NULL; /* nothing was passed over there: what was moved was perhaps no such mark */
	if (same > 1)
		return best->sure.least_word >= sure_of_more &&
		                       best->sure.least >= (same == 2 ? sure_mark_of_two : sure_mark) &&
		                       lost < lost_alone
		               ? best
		               : NULL;
	return n == 0 && r->sure.least >= sure_alone && r->sure.lost < lost_alone && !r->gap &&
	                       !wants_two(b, &r->text, high)
	               ? r
	               : NULL;
}

/* What most of them say, or the surest. */
static const struct reading *
likeliest(const struct reading *r, int n)
{
	const struct reading *best = r;

	for (int i = 0; i < n; i++)
		for (int k = 0; k < i; k++)
			if (agree(&r[i], &r[k]))
				return r[i].sure.least > r[k].sure.least ? &r[i] : &r[k];
	for (int i = 1; i < n; i++)
		best = r[i].sure.least > best->sure.least ? &r[i] : best;
	return best;
}

/* Did all looks but one see nothing? A rule's end was taken for text: ink that is none of it tells its cell.
 */
static bool
is_nothing(const struct reading *r, int n)
{
	int empty = 0;

	for (int i = 0; i < n; i++)
		empty += r[i].text.len == 0;
	return empty > 1;
}

/* Is there in the end of a line something like a mark? A rule, as high as the line, is none, nor is a speck,
 * nor what reaches in from the left: it is of the last character. */
static bool
has_mark(PIX *part)
{
	PIX *ink = pixThresholdToBinary(part, INK_BELOW);
	BOXA *marks = ink ? pixConnComp(ink, NULL, 8) : NULL;
	int high = pixGetHeight(part), least = high / MARK_PART + 1;
	bool found = false;

	for (int i = 0; marks && i < boxaGetCount(marks) && !found; i++) {
		int x, y, w, h;

		(void)boxaGetBoxGeometry(marks, i, &x, &y, &w, &h);
		found = x > 0 && w >= least && h >= least && h * 3 < high * 2;
	}
	boxaDestroy(&marks);
	pixDestroy(&ink);
	return found;
}

/* Where the last character that was read ends. */
static int
end_of(struct ocr_box b, const struct reading *r)
{
	bool narrow = r->text.len && (unsigned char)r->text.at[r->text.len - 1] < 0x80;

	return b.x + (int)(b.w * r->sure.end) + b.h * (narrow ? LAST_NARROW : LAST_HALF) / 100;
}

/* Does ink follow the last character that was read, up to end? Of a mark there, the network may say nothing
 * at all. */
static bool
has_more(PIX *gray, struct ocr_box b, int end, const struct reading *r)
{
	int from = end_of(b, r), width = end - from;
	BOX *box = width > b.h / MARK_PART ? boxCreateValid(from, b.y, width, b.h) : NULL;
	PIX *part = box ? pixClipRectangle(gray, box, NULL) : NULL;
	bool more = part && has_mark(part);

	pixDestroy(&part);
	boxDestroy(&box);
	return more;
}

/* And before the first? */
static bool
has_before(PIX *gray, struct ocr_box b, const struct reading *r)
{
	bool narrow = r->text.len && (unsigned char)r->text.at[0] < 0x80;
	int width = (int)(b.w * r->sure.begin) - b.h * (narrow ? LAST_NARROW : LAST_HALF) / 100;

	return r->text.len && width > b.h / MARK_PART &&
	       has_ink(gray, (struct ocr_box){b.x, b.y, width, b.h}, false);
}

/* Did it take more than a glance to settle what stands there, or is a number's length not sure? */
static bool
is_hesitant(PIX *gray, const struct place *p, const struct reading *r, int n, const struct reading *best)
{
	for (int i = 0; i < n; i++)
		if (&r[i] != best && !agree(&r[i], best))
			return true;
	return best->sure.least_word < plain_word || best->sure.least < plain_mark ||
	       (best->text.len && ocr_digits_many(best->text.at) &&
	        !ocr_digits_counted(gray, p->core, best->text.at));
}

/* A mark hangs over the cell's edge: the line with it, into text, unless more than the mark then changes.
 * True: it is doubtful which, or whether there is one. *seen_r: one of the n looks saw it as well. */
static bool
read_hanging(PIX *gray, const struct place *p, const struct reading *looked, int n,
             const struct reading *best, struct buf *text, bool *seen_r)
{
	struct reading r = {.text = BUF_INIT(CTC_TEXT_MAX)};
	struct ocr_box rule = {0};
	enum ocr_hang hangs = p->edge && best->text.len ? ocr_hangs(gray, p->core, end_of(p->box, best),
	                                                            p->edge, p->free, &rule)
	                                                : OCR_HANGS_NOT;
	bool sure = false;
	PIX *line = hangs ? ocr_hanging(gray, p->box, rule) : NULL;

	if (line) {
		struct place whole = {.box = {0, 0, pixGetWidth(line), pixGetHeight(line)}};
		struct err ignored = {0};

		whole.core = whole.box;
		if (recognise(line, &whole, looks[2], &r, &ignored) && compare(best, &r, ocr_hung_mark)) {
			text_trim(text, r.text.at);
			for (int i = 0; i < n; i++)
				*seen_r = *seen_r || agree(&looked[i], &r);
			sure = (*seen_r || hangs == OCR_HANGS_WHOLE) && r.sure.least >= plain_word;
		}
	}
	pixDestroy(&line);
	buf_free(&r.text);
	return hangs && !sure;
}

/* Do two readings differ in characters alone of which the second is unsure? */
static bool
differ_in_weak(const struct reading *r, const struct reading *best)
{
	struct buf x = BUF_INIT(CTC_TEXT_MAX), y = BUF_INIT(CTC_TEXT_MAX);
	const char *s, *b;
	bool differ = false;

	fold(&x, r->text.len ? r->text.at : "");
	fold(&y, best->text.len ? best->text.at : "");
	s = x.len ? x.at : "";
	b = y.len ? y.at : "";
	while (*b && !differ) {
		const char *at = b;
		uint32_t c = text_next(&b);

		differ = text_next(&s) != c &&
		         !memmem(best->sure.weak, strlen(best->sure.weak), at, (size_t)(b - at));
	}
	differ = differ || *s;
	buf_free(&x);
	buf_free(&y);
	return !differ;
}

/* Is a line doubtful for some characters alone, which at least two looks read so, if not for sure, and no
 * look differs in more than these? They are told. */
static const char *
weak_in(struct arena *a, const struct reading *r, int n, const struct reading *best)
{
	int same = 0;

	for (int i = 0; i < n; i++) {
		if (!differ_in_weak(&r[i], best) || r[i].sure.lost >= lost_alone)
			return NULL;
		same += agree(&r[i], best);
	}
	return n == LOOKS && same > 1 && *best->sure.weak && best->sure.least_else >= sure_mark_of_two
	               ? arena_str(a, best->sure.weak)
	               : NULL;
}

/* A line's first character has no word before it, and 口 of 人口 may then be anything: where the looks agree
 * and are unsure of it alone, one more is at the line behind the one above. The reading, where that is sure.
 */
static const struct reading *
settled_behind(PIX *gray, const struct place *p, const char *weak, const struct reading *best,
               struct reading *r)
{
	static const struct look behind = {true, 100, true};
	const char *first = best->text.at, *end;
	struct err ignored = {0};

	while (text_is_space((unsigned char)*first))
		first++;
	end = first;
	(void)text_next(&end);
	*r = (struct reading){.text = BUF_INIT(CTC_TEXT_MAX)};
	return p->above.w && strlen(weak) == (size_t)(end - first) &&
	                       strncmp(first, weak, strlen(weak)) == 0 &&
	                       recognise(gray, p, behind, r, &ignored) && agree(r, best) &&
	                       r->sure.least_word >= sure_of_more && r->sure.lost < lost_alone
	               ? r
	               : NULL;
}

/* Look at a line until a reading is sure or two agree: a true one does not depend on a few pixels. */
static bool
read_line(struct arena *a, PIX *gray, const struct place *p, struct ocr_lines *out, struct err *e)
{
	const struct look *way = p->box.w < LONE_LINE * p->box.h    ? lone_looks
	                         : p->box.w < SHORT_LINE * p->box.h ? short_looks
	                                                            : looks;
	struct reading r[LOOKS] = {0}, more = {0};
	const struct reading *best = NULL;
	struct ocr_line line = {.box = p->box};
	struct buf text = BUF_INIT(CTC_TEXT_MAX);
	PIX *before = NULL;
	bool ok = true, seen = false;
	int n = 0;

	for (; n < p->looks && ok && !best; n++) {
		r[n] = (struct reading){.text = BUF_INIT(CTC_TEXT_MAX)};
		ok = recognise(gray, p, way[n], &r[n], e);
		if (n == 0 && p->looks > 1 && (before = ocr_marks_lower(gray, p->box)))
			way = way == looks ? high_looks : way;
		if (n == 1 && before && !compare(&r[0], &r[1], ocr_marks_alone_differ)) {
			ocr_marks_restore(gray, p->box, before); /* a part of a character was moved */
			before = NULL;
			buf_free(&r[1].text);
			r[1] = (struct reading){.text = BUF_INIT(CTC_TEXT_MAX)};
			ok = ok && recognise(gray, p, way[1], &r[1], e);
		}
		best = ok ? settled(r, n, p->box, before) : NULL;
	}
	line.weak = best || !ok ? NULL : weak_in(a, r, n, likeliest(r, n));
	if (line.weak && (best = settled_behind(gray, p, line.weak, likeliest(r, n), &more)))
		line.weak = NULL;
	line.doubtful = !best;
	best = best ? best : likeliest(r, n);
	if (best->gap || has_before(gray, p->box, best) || has_more(gray, p->box, p->end, best)) {
		line.doubtful = true;
		line.weak = NULL;
	}
	if (ok && !is_nothing(r, n)) {
		bool hangs = read_hanging(gray, p, r, n, best, &text, &seen);

		line.weak = hangs ? NULL : line.weak;
		line.doubtful = hangs || (seen ? best->gap || has_before(gray, p->box, best) : line.doubtful);
	}
	line.hesitant = is_hesitant(gray, p, r, n, best);
	line.confidence = best->sure.least;
	if (ok && best->text.len && !is_nothing(r, n) && !text.len)
		text_trim(&text, best->text.at); /* a space is what parts it from the line it stood behind */
	if (text.len) {
		line.text = arena_str(a, text.at);
		ocr_add(a, out, line);
	}
	ocr_marks_restore(gray, p->box, before);
	buf_free(&text);
	buf_free(&more.text);
	while (n > 0)
		buf_free(&r[--n].text);
	return ok;
}

/* ---- quotes ---- */

/* A line with quotes, looked at drawn out: is it the same but for one quote more or less? Then as it is
 * there. */
static const char *
other_quotes(struct arena *a, PIX *gray, const struct ocr_line *line)
{
	static const struct look drawn_out = {true, 200, false};
	const struct place p = {.box = line->box, .core = line->box};
	struct reading said = {.text = BUF_INIT(CTC_TEXT_MAX)}, r = {.text = BUF_INIT(CTC_TEXT_MAX)};
	struct err ignored = {0};
	const char *other = NULL;

	buf_str(&said.text, line->text);
	if (recognise(gray, &p, drawn_out, &r, &ignored) && r.text.len && r.sure.least >= sure_mark_of_two &&
	    abs(ocr_quotes_in(r.text.at) - ocr_quotes_in(line->text)) == 1 &&
	    compare(&said, &r, ocr_quotes_alone_differ)) {
		buf_clear(&said.text);
		text_trim(&said.text, r.text.at);
		other = arena_str(a, said.text.at);
	}
	buf_free(&said.text);
	buf_free(&r.text);
	return other;
}

/* Of quotes that stand close, ”“ is read as one, the same way by each look, or as three. Where a cell's
 * quotes are odd in number, a look at its lines drawn out tells which it was, if it is one alone. */
static void
read_quotes(struct arena *a, PIX *gray, struct ocr_lines *cell)
{
	struct ocr_line *of = NULL;
	const char *text = NULL;
	int found = 0;

	for (size_t i = 0; ocr_quotes_odd(cell) && i < cell->count; i++) {
		const char *other =
		        ocr_quotes_in(cell->at[i].text) ? other_quotes(a, gray, &cell->at[i]) : NULL;

		if (!other)
			continue;
		of = &cell->at[i];
		text = other;
		found++;
	}
	if (found == 1)
		of->text = text;
}

/* ---- a page ---- */

static struct place
place_of(const struct ocr_piece *pieces, size_t count, const struct ocr_piece *p, const struct ocr_box *cells,
         size_t n, struct ocr_box page)
{
	struct ocr_box cell = p->cell < n ? cells[p->cell] : page;
	struct ocr_box seen = ocr_piece_with_ends(pieces, count, p, cell, END_LOOK);

	return (struct place){.box = ocr_piece_with_ends(pieces, count, p, cell, END_MORE),
	                      .core = p->box,
	                      .end = seen.x + seen.w,
	                      .above = ocr_piece_above(pieces, count, p),
	                      .looks = p->cell == n && n >= TABLE_CELLS ? 1 : LOOKS,
	                      .edge = p->cell < n ? cell.x + cell.w : 0,
	                      .free = p->cell < n && ocr_cell_last(cell, cells, n)};
}

static bool
paddle_read(struct arena *a, PIX *gray, const struct ocr_box *cells, size_t n, struct ocr_lines *out,
            struct err *e)
{
	struct ocr_box *boxes = arena_alloc(a, BOXES_MAX, sizeof *boxes);
	struct ocr_piece *pieces = arena_alloc(a, BOXES_MAX, sizeof *pieces);
	size_t count = 0;
	struct ocr_box all = {0, 0, pixGetWidth(gray), pixGetHeight(gray)};
	bool ok = detect(gray, boxes, &count, e);

	count = ocr_pieces_cut(boxes, count, cells, n, pieces, BOXES_MAX);
	ocr_pieces_part(gray, pieces, count);
	for (size_t i = 0; ok && i < count; i++) {
		const struct ocr_piece *p = &pieces[i];
		bool within = false;

		for (size_t k = 0; k < count && !within; k++)
			within = ocr_piece_within(p, &pieces[k]);
		if (!within) {
			struct place place = place_of(pieces, count, p, cells, n, all);

			ok = read_line(a, gray, &place, &out[p->cell], e);
		}
	}
	for (size_t k = 0; ok && k < n; k++)
		read_quotes(a, gray, &out[k]);
	return ok;
}

const struct ocr_engine ocr_paddle = {.name = "PP-OCRv4",
                                      .sure = 0.95,
                                      .open = paddle_open,
                                      .close = paddle_close,
                                      .knows = paddle_knows,
                                      .read = paddle_read};
