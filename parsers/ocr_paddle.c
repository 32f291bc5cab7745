/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PP-OCRv4 (PaddleOCR) by onnxruntime: one network marks where text is, another reads a line of it.
 * The library is opened by hand, because Debian has none: ocr_place() says where it lies. */
#include "config/buf.h"
#include "config/text.h"
#include "parsers/ocr.h"
#include "parsers/ocr_ctc.h"
#include "parsers/ocr_detect.h"
#include "parsers/ocr_digits.h"
#include "parsers/ocr_ends.h"
#include "parsers/ocr_hang.h"
#include "parsers/ocr_look.h"
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
	SHORT_LINE = 4,  /* times its height: a word; */
	LONE_LINE = 2,   /* a character or two, with the white around them */
	END_MORE = 70,   /* %: of a line's height, read behind its end, */
	END_LOOK = 180,  /* and looked at for ink that was not read */
	TABLE_CELLS = 8, /* a page with so many is of a form: what stands around it is read but once */
};

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

/* ---- what a line says ---- */

/* The first is mostly enough. Where marks stand high, those after it are at the line with its marks moved. */
static const struct look looks[] = {{true, 100, false}, {false, 75, false}, {false, 100, false}};
static const struct look high_looks[] = {{true, 100, false}, {false, 100, false}, {false, 75, false}};
static const struct look short_looks[] = {{true, 100, false}, {true, 100, true}, {false, 100, true}};
static const struct look lone_looks[] = {{true, 100, true}, {false, 100, true}, {true, 100, false}};

enum { LOOKS = sizeof looks / sizeof *looks };

_Static_assert(sizeof short_looks == sizeof looks && sizeof lone_looks == sizeof looks, "as many for each");

static bool
recognise(PIX *gray, const struct place *p, struct look look, struct reading *r, struct err *e)
{
	return ocr_look(paddle.recognise, &paddle.classes, gray, p, look, r, e);
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
	enum ocr_hang hangs = p->edge && best->text.len ? ocr_hangs(gray, p->core, ocr_end_of(p->box, best),
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
	if (best->gap || ocr_ends_wrong(gray, p, best)) {
		line.doubtful = true;
		line.weak = NULL;
	}
	if (ok && !is_nothing(r, n)) {
		bool hangs = read_hanging(gray, p, r, n, best, &text, &seen);

		line.weak = hangs ? NULL : line.weak;
		line.doubtful =
		        hangs || (seen ? best->gap || ocr_has_before(gray, p->box, best) : line.doubtful);
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

static bool
is_other_count(const char *text, int more)
{
	return more == 1 || (more == -1 && ocr_quotes_close(text));
}

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
	    is_other_count(line->text, ocr_quotes_in(r.text.at) - ocr_quotes_in(line->text)) &&
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
 * quotes are odd in number, a look at its lines drawn out tells which it was, if it is one alone. That look
 * loses quotes itself: it is believed that there is one less where they stand close. */
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
	struct ocr_box *boxes = arena_alloc(a, OCR_BOXES_MAX, sizeof *boxes);
	struct ocr_piece *pieces = arena_alloc(a, OCR_BOXES_MAX, sizeof *pieces);
	size_t count = 0;
	struct ocr_box all = {0, 0, pixGetWidth(gray), pixGetHeight(gray)};
	bool ok = ocr_detect(paddle.detect, gray, boxes, &count, e);

	count = ocr_pieces_cut(boxes, count, cells, n, pieces, OCR_BOXES_MAX);
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
