/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PP-OCRv4 (PaddleOCR) by onnxruntime: one network marks where text is, another reads a line of it.
 * The library is opened by hand, because Debian has none: ocr_place() says where it lies. */
#include "config/buf.h"
#include "config/text.h"
#include "parsers/ocr.h"
#include "parsers/ocr_ctc.h"
#include "parsers/ocr_network.h"
#include "parsers/ocr_quotes.h"

#include <leptonica/allheaders.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DETECT_SCALE = 60,       /* %: of the page, to find its text in */
	DETECT_PIXELS = 1200000, /* of it at most: its memory and its time go by them */
	CONTENT_MARGIN = 16,     /* of white around all ink, left for the network */
	LINE_HEIGHT = 48,        /* of a line as the reading network wants it */
	LINE_WIDTH_MAX = 3200,
	SHORT_LINE = 4,    /* times its height */
	NUMBER_DIGITS = 7, /* a telephone number has so many */
	END_MORE = 70,     /* %: of a line's height, read behind its end, */
	END_LOOK = 180,    /* and looked at for ink that was not read */
	LAST_HALF = 55,    /* %: of a line's height, from the middle of its last character to its end, */
	LAST_NARROW = 15,  /* of a digit or a letter */
	MARK_PART = 8,     /* a mark is more than this part of a line's height */
	INK_BELOW = 140,   /* a gray level that is ink */
	BOXES_MAX = 2000,
};

/* The post-processing's own figures, from PaddleOCR's DBPostProcess. */
static const float ink_least = 0.3F, box_least = 0.5F;
static const double unclip = 1.6;

/* A reading that is as sure as this is enough; and two or three that say the same, one of them so. */
static const double sure_alone = 0.95, lost_alone = 0.1, sure_of_two = 0.8, sure_of_three = 0.5;

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

/* One look at a line. */
struct look {
	bool wide;  /* with a little more above and below: the network marks lines narrowly */
	int narrow; /* %: the line's width, of what the reading network is used to */
	bool alone; /* white on both sides: for a character or two */
};

/* The first is mostly enough. */
static const struct look looks[] = {{true, 100, false}, {false, 75, false}, {false, 100, false}};
static const struct look short_looks[] = {{true, 100, false}, {false, 100, false}, {false, 100, true}};

enum { LOOKS = sizeof looks / sizeof *looks };

_Static_assert(sizeof short_looks == sizeof looks, "as many looks at a short line");

static struct ocr_box
widened(struct ocr_box b)
{
	int by = b.h / 10 + 1;

	return (struct ocr_box){b.x - 2 > 0 ? b.x - 2 : 0, b.y - by > 0 ? b.y - by : 0, b.w + 4,
	                        b.h + 2 * by};
}

/* The line as the reading network wants it; NULL: it is too small. */
static PIX *
for_reading(PIX *gray, struct ocr_box b, struct look look)
{
	PIX *piece = NULL, *line = NULL;
	BOX *box;
	int w;

	b = look.wide ? widened(b) : b;
	box = boxCreateValid(b.x, b.y, b.w, b.h);
	if (box && b.w >= 4 && b.h >= 4)
		piece = pixClipRectangle(gray, box, NULL);
	boxDestroy(&box);
	if (piece && look.alone) {
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

struct reading {
	struct buf text;
	struct ctc_reading sure;
};

static bool
recognise(PIX *gray, struct ocr_box b, struct look look, struct reading *r, struct err *e)
{
	static const float half[3] = {0.5F, 0.5F, 0.5F};
	PIX *line = for_reading(gray, b, look);
	struct tensor t;
	struct answer a = {0};
	bool ok;

	if (!line)
		return true;
	t = tensor_of(line, half, half);
	ok = network_run(paddle.recognise, &t, &a, e);
	if (ok && a.rank == 3)
		r->sure = ctc_decode(&paddle.classes, a.at, (int)a.shape[1], (int)a.shape[2], &r->text);
	answer_free(&a);
	free(t.at);
	pixDestroy(&line);
	return ok;
}

/* Text without what is no difference: spaces, the width of marks, the kind of quotes. */
static void
fold(struct buf *b, const char *text)
{
	text_fold(b, text);
	ocr_quotes_plain(b);
}

static bool
agree(const struct reading *r, const struct reading *o)
{
	struct buf x = BUF_INIT(CTC_TEXT_MAX), y = BUF_INIT(CTC_TEXT_MAX);
	bool same;

	if (!r->text.len || !o->text.len)
		return false;
	fold(&x, r->text.at);
	fold(&y, o->text.at);
	same = bytes_equal(buf_bytes(&x), buf_bytes(&y));
	buf_free(&x);
	buf_free(&y);
	return same;
}

/* Is a line so short that a mark in it is much of it, or a number, in which nothing but its digits and
 * marks says that one is missing? It is looked at twice in any case. */
static bool
wants_two(struct ocr_box b, const struct buf *text)
{
	int digits = 0;

	for (size_t i = 0; i < text->len; i++)
		digits += text->at[i] >= '0' && text->at[i] <= '9';
	return b.w < SHORT_LINE * b.h || digits >= NUMBER_DIGITS;
}

/* The n-th reading was made: is it, alone or with those before it that say the same, enough? The surest
 * of them, or NULL. */
static const struct reading *
settled(const struct reading *r, int n, struct ocr_box b)
{
	const struct reading *best = &r[n];
	int same = 1;

	for (int i = 0; i < n; i++) {
		if (!agree(&r[i], &r[n]))
			continue;
		same++;
		best = r[i].sure.least > best->sure.least ? &r[i] : best;
	}
	if (same > 1)
		return best->sure.least >= (same == 2 ? sure_of_two : sure_of_three) ? best : NULL;
	return n == 0 && r->sure.least >= sure_alone && r->sure.lost < lost_alone && !wants_two(b, &r->text)
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

/* Does ink follow the last character that was read, up to end? Of a mark there, the network may say nothing
 * at all. */
static bool
has_more(PIX *gray, struct ocr_box b, int end, const struct reading *r)
{
	bool narrow = r->text.len && (unsigned char)r->text.at[r->text.len - 1] < 0x80;
	int from = b.x + (int)(b.w * r->sure.end) + b.h * (narrow ? LAST_NARROW : LAST_HALF) / 100;
	int width = end - from;
	BOX *box = width > b.h / MARK_PART ? boxCreateValid(from, b.y, width, b.h) : NULL;
	PIX *part = box ? pixClipRectangle(gray, box, NULL) : NULL;
	bool more = part && has_mark(part);

	pixDestroy(&part);
	boxDestroy(&box);
	return more;
}

/* Look at a line until a reading is sure or two agree: a true one does not depend on a few pixels. */
static bool
read_line(struct arena *a, PIX *gray, struct ocr_box b, int end, struct ocr_lines *out, struct err *e)
{
	struct reading r[LOOKS];
	const struct reading *best = NULL;
	struct ocr_line line = {.box = b};
	bool ok = true;
	int n = 0;

	for (; n < LOOKS && ok && !best; n++) {
		r[n] = (struct reading){.text = BUF_INIT(CTC_TEXT_MAX)};
		ok = recognise(gray, b, b.w < 2 * b.h ? short_looks[n] : looks[n], &r[n], e);
		best = ok ? settled(r, n, b) : NULL;
	}
	line.doubtful = !best;
	best = best ? best : likeliest(r, n);
	line.doubtful = line.doubtful || has_more(gray, b, end, best);
	line.confidence = best->sure.least;
	if (ok && best->text.len) {
		line.text = arena_str(a, best->text.at);
		ocr_add(a, out, line);
	}
	while (n > 0)
		buf_free(&r[--n].text);
	return ok;
}

/* ---- cells ---- */

/* What of a box lies in a cell, its rules left out. */
static struct ocr_box
piece_in(struct ocr_box b, struct ocr_box cell)
{
	int right = b.x + b.w < cell.x + cell.w - 2 ? b.x + b.w : cell.x + cell.w - 2;
	int bottom = b.y + b.h < cell.y + cell.h - 2 ? b.y + b.h : cell.y + cell.h - 2;

	b.x = b.x > cell.x + 2 ? b.x : cell.x + 2;
	b.y = b.y > cell.y + 2 ? b.y : cell.y + 2;
	b.w = right - b.x;
	b.h = bottom - b.y;
	return b;
}

/* Two cells' texts may be found as one box: each gets its piece, unless it is but the margin of it. */
static bool
is_piece(struct ocr_box piece, struct ocr_box of)
{
	return piece.h * 2 >= of.h && (piece.w * 10 >= of.h * 6 || piece.w * 2 >= of.w) && piece.w >= 6;
}

struct piece {
	struct ocr_box box;
	size_t cell; /* n: in none */
};

/* The pieces of all boxes; a box in no cell is one itself. */
static size_t
cut_pieces(const struct ocr_box *boxes, size_t count, const struct ocr_box *cells, size_t n,
           struct piece *out, size_t max)
{
	size_t pieces = 0;

	for (size_t i = 0; i < count; i++) {
		bool inside = false;

		for (size_t k = 0; k < n && pieces < max; k++) {
			struct ocr_box box = piece_in(boxes[i], cells[k]);

			if (!is_piece(box, boxes[i]))
				continue;
			inside = true;
			out[pieces++] = (struct piece){box, k};
		}
		if (!inside && pieces < max)
			out[pieces++] = (struct piece){boxes[i], n};
	}
	return pieces;
}

/* Do two pieces of one cell stand side by side? */
static bool
is_beside(const struct piece *x, const struct piece *y)
{
	int top = x->box.y > y->box.y ? x->box.y : y->box.y;
	int x_bottom = x->box.y + x->box.h, y_bottom = y->box.y + y->box.h;

	return x != y && x->cell == y->cell &&
	       (x_bottom < y_bottom ? x_bottom : y_bottom) - top > x->box.h / 3;
}

/* Does most of x lie in y, the larger one? Then it is what y's neighbour reached over the rule. */
static bool
is_within(const struct piece *x, const struct piece *y)
{
	struct ocr_box a = x->box, b = y->box;
	int right = a.x + a.w < b.x + b.w ? a.x + a.w : b.x + b.w;
	int bottom = a.y + a.h < b.y + b.h ? a.y + a.h : b.y + b.h;
	int w = right - (a.x > b.x ? a.x : b.x), h = bottom - (a.y > b.y ? a.y : b.y);

	return x->cell == y->cell && a.w < b.w && w * 2 > a.w && h * 2 > a.h;
}

/* A mark at a line's end is little ink, and the network leaves it out: the piece, longer by so many
 * percent of its height, as far as its cell and what stands beside it leave room. */
static struct ocr_box
with_ends(const struct piece *pieces, size_t count, const struct piece *p, struct ocr_box cell, int more)
{
	struct ocr_box b = p->box;
	int right = b.x + b.w + b.h * more / 100, left = b.x - b.h / 4;

	if (2 * b.w < 3 * b.h)
		return b; /* one character: white beside it, it is read for another */
	right = right < cell.x + cell.w - 2 ? right : cell.x + cell.w - 2;
	left = left > cell.x + 2 ? left : cell.x + 2;
	for (size_t i = 0; i < count; i++) {
		const struct ocr_box *o = &pieces[i].box;

		if (!is_beside(p, &pieces[i]) || is_within(&pieces[i], p))
			continue;
		if (o->x >= b.x + b.w / 2 && o->x < right)
			right = o->x;
		if (o->x + o->w <= b.x + b.w / 2 && o->x + o->w > left)
			left = o->x + o->w;
	}
	if (right > b.x + b.w)
		b.w = right - b.x;
	if (left < b.x) {
		b.w += b.x - left;
		b.x = left;
	}
	return b;
}

static bool
paddle_read(struct arena *a, PIX *gray, const struct ocr_box *cells, size_t n, struct ocr_lines *out,
            struct err *e)
{
	struct ocr_box *boxes = arena_alloc(a, BOXES_MAX, sizeof *boxes);
	struct piece *pieces = arena_alloc(a, BOXES_MAX, sizeof *pieces);
	size_t count = 0;
	struct ocr_box all = {0, 0, pixGetWidth(gray), pixGetHeight(gray)};
	bool ok = detect(gray, boxes, &count, e);

	count = cut_pieces(boxes, count, cells, n, pieces, BOXES_MAX);
	for (size_t i = 0; ok && i < count; i++) {
		const struct piece *p = &pieces[i];
		bool within = false;

		for (size_t k = 0; k < count && !within; k++)
			within = is_within(p, &pieces[k]);
		if (!within) {
			struct ocr_box cell = p->cell < n ? cells[p->cell] : all;
			struct ocr_box seen = with_ends(pieces, count, p, cell, END_LOOK);

			ok = read_line(a, gray, with_ends(pieces, count, p, cell, END_MORE), seen.x + seen.w,
			               &out[p->cell], e);
		}
	}
	return ok;
}

const struct ocr_engine ocr_paddle = {
        .name = "PP-OCRv4", .sure = 0.95, .open = paddle_open, .close = paddle_close, .read = paddle_read};
