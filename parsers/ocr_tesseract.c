/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tesseract with Debian's chi_sim: cell by cell, because it loses its way on a page with rules. The
 * library is opened by hand: it brings twenty others, which a mail without pictures need not load. */
#include "config/text.h"
#include "parsers/ocr.h"

#include <dlfcn.h>
#include <leptonica/allheaders.h>
#include <stdlib.h>
#include <string.h>
#include <tesseract/capi.h>

enum {
	MARGIN = 12,      /* white around a cell: characters at the edge are lost else */
	DPI = 200,        /* what PICTURE_WIDTH comes to */
	SURE = 80,        /* %: a block that was read worse is tried as one line */
	LINE_HEIGHT = 90, /* a cell that may be but one line */
	CELLS_AGAIN = 40, /* cells of a table that are looked at twice: a form has fewer */
};

/* A line that it is less sure of is hesitant. */
static const double plain_line = 0.9;

/* The second look at a cell is at a smaller picture of it: what is true does not depend on a few pixels. */
static const l_float32 second_look = 0.8F;

/* What is used of the library, by its header's types. Process-wide, as the engine is. */
static struct {
	__typeof__(TessBaseAPICreate) *create;
	__typeof__(TessBaseAPIDelete) *delete;
	__typeof__(TessBaseAPIInit2) *init;
	__typeof__(TessBaseAPISetVariable) *set_variable;
	__typeof__(TessBaseAPISetPageSegMode) *set_mode;
	__typeof__(TessBaseAPISetImage2) *set_image;
	__typeof__(TessBaseAPISetSourceResolution) *set_dpi;
	__typeof__(TessBaseAPIRecognize) *recognize;
	__typeof__(TessBaseAPIMeanTextConf) *mean;
	__typeof__(TessBaseAPIGetIterator) *iterator;
	__typeof__(TessResultIteratorDelete) *iterator_delete;
	__typeof__(TessResultIteratorNext) *next;
	__typeof__(TessResultIteratorGetUTF8Text) *text;
	__typeof__(TessResultIteratorConfidence) *confidence;
	__typeof__(TessResultIteratorGetPageIteratorConst) *place;
	__typeof__(TessPageIteratorBoundingBox) *box;
	__typeof__(TessDeleteText) *free_text;
	TessBaseAPI *api;
} tess;

static bool
load_library(struct err *e)
{
	static const struct {
		const char *name;
		void **slot;
	} slots[] = {
	        {"TessBaseAPICreate", (void **)&tess.create},
	        {"TessBaseAPIDelete", (void **)&tess.delete},
	        {"TessBaseAPIInit2", (void **)&tess.init},
	        {"TessBaseAPISetVariable", (void **)&tess.set_variable},
	        {"TessBaseAPISetPageSegMode", (void **)&tess.set_mode},
	        {"TessBaseAPISetImage2", (void **)&tess.set_image},
	        {"TessBaseAPISetSourceResolution", (void **)&tess.set_dpi},
	        {"TessBaseAPIRecognize", (void **)&tess.recognize},
	        {"TessBaseAPIMeanTextConf", (void **)&tess.mean},
	        {"TessBaseAPIGetIterator", (void **)&tess.iterator},
	        {"TessResultIteratorDelete", (void **)&tess.iterator_delete},
	        {"TessResultIteratorNext", (void **)&tess.next},
	        {"TessResultIteratorGetUTF8Text", (void **)&tess.text},
	        {"TessResultIteratorConfidence", (void **)&tess.confidence},
	        {"TessResultIteratorGetPageIteratorConst", (void **)&tess.place},
	        {"TessPageIteratorBoundingBox", (void **)&tess.box},
	        {"TessDeleteText", (void **)&tess.free_text},
	};
	void *library;

	/* its OpenMP ends the process where it cannot start a thread, and asks but once, when it is loaded */
	(void)setenv("OMP_THREAD_LIMIT", "1", 1);
	library = dlopen("libtesseract.so.5", RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return err_set(e, ERR_UNSUPPORTED, "tesseract is not installed: %s", dlerror());
	for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
		*slots[i].slot = dlsym(library, slots[i].name);
		if (!*slots[i].slot)
			return err_set(e, ERR_UNSUPPORTED, "this tesseract has no %s", slots[i].name);
	}
	return true;
}

static bool
tesseract_open(const char *dir, struct err *e)
{
	(void)dir; /* it knows its own place */
	if (!load_library(e))
		return false;
	tess.api = tess.create();
	if (!tess.api || tess.init(tess.api, NULL, "chi_sim", OEM_LSTM_ONLY) != 0)
		return err_set(e, ERR_UNSUPPORTED, "tesseract has no chi_sim: install tesseract-ocr-chi-sim");
	(void)tess.set_variable(tess.api, "preserve_interword_spaces", "1");
	(void)tess.set_variable(tess.api, "debug_file", "/dev/null");
	return true;
}

static void
tesseract_close(void)
{
	tess.delete(tess.api);
	tess.api = NULL;
}

/* ---- reading a piece ---- */

/* Add the lines that tesseract has just read; at: where the piece lies on the page. */
static void
take_lines(struct arena *a, int at_x, int at_y, struct ocr_lines *out)
{
	TessResultIterator *it = tess.iterator(tess.api);

	if (!it)
		return;
	do {
		int left = 0, top = 0, right = 0, bottom = 0;
		double sure = tess.confidence(it, RIL_TEXTLINE) / 100.0;
		struct ocr_line line = {.confidence = sure, .hesitant = sure < plain_line};
		struct buf trimmed = BUF_INIT(1 << 16);
		char *text = tess.text(it, RIL_TEXTLINE);

		text_trim(&trimmed, text ? text : "");
		if (trimmed.len && tess.box(tess.place(it), RIL_TEXTLINE, &left, &top, &right, &bottom)) {
			line.text = arena_str(a, trimmed.at);
			line.box = (struct ocr_box){left + at_x, top + at_y, right - left, bottom - top};
			ocr_add(a, out, line);
		}
		if (text)
			tess.free_text(text);
		buf_free(&trimmed);
	} while (tess.next(it, RIL_TEXTLINE));
	tess.iterator_delete(it);
}

static int
recognise(PIX *piece, TessPageSegMode mode)
{
	tess.set_mode(tess.api, mode);
	tess.set_image(tess.api, piece);
	tess.set_dpi(tess.api, DPI);
	return tess.recognize(tess.api, NULL) == 0 ? tess.mean(tess.api) : 0;
}

/* As a block; where that was read badly, and the piece is low, as one line. */
static void
read_piece(struct arena *a, PIX *piece, int at_x, int at_y, struct ocr_lines *out)
{
	int block = recognise(piece, PSM_SINGLE_BLOCK);

	if (block < SURE && pixGetHeight(piece) < LINE_HEIGHT + 2 * MARGIN &&
	    recognise(piece, PSM_SINGLE_LINE) < block)
		(void)recognise(piece, PSM_SINGLE_BLOCK);
	take_lines(a, at_x, at_y, out);
}

static bool
say_the_same(const struct ocr_line *x, const struct ocr_line *y)
{
	struct buf a = BUF_INIT(1 << 16), b = BUF_INIT(1 << 16);
	bool same;

	text_fold(&a, x->text);
	text_fold(&b, y->text);
	same = bytes_equal(buf_bytes(&a), buf_bytes(&b));
	buf_free(&a);
	buf_free(&b);
	return same;
}

/* Its own confidence is as high where it is wrong: a line that a second look reads otherwise is doubtful. */
static void
look_again(struct arena *a, PIX *piece, struct ocr_lines *out)
{
	PIX *smaller = out->count ? pixScale(piece, second_look, second_look) : NULL;
	struct ocr_lines again = {0};

	if (smaller)
		read_piece(a, smaller, 0, 0, &again);
	for (size_t i = 0; i < out->count; i++)
		out->at[i].doubtful = again.count != out->count || !say_the_same(&out->at[i], &again.at[i]);
	pixDestroy(&smaller);
}

static void
read_cell(struct arena *a, PIX *gray, struct ocr_box c, bool twice, struct ocr_lines *out)
{
	BOX *box = boxCreateValid(c.x, c.y, c.w, c.h);
	PIX *clip = box ? pixClipRectangle(gray, box, NULL) : NULL;
	PIX *piece = clip ? pixAddBorder(clip, MARGIN, 255) : NULL;

	if (piece) {
		read_piece(a, piece, c.x - MARGIN, c.y - MARGIN, out);
		if (twice)
			look_again(a, piece, out);
	}
	pixDestroy(&piece);
	pixDestroy(&clip);
	boxDestroy(&box);
}

/* What stands around the table: its cells painted white. */
static void
read_rest(struct arena *a, PIX *gray, const struct ocr_box *cells, size_t n, struct ocr_lines *out)
{
	PIX *rest = pixCopy(NULL, gray);

	for (size_t i = 0; rest && i < n; i++) {
		BOX *box =
		        boxCreateValid(cells[i].x > 8 ? cells[i].x - 8 : 0,
		                       cells[i].y > 8 ? cells[i].y - 8 : 0, cells[i].w + 16, cells[i].h + 16);

		if (box)
			(void)pixSetInRectArbitrary(rest, box, 255);
		boxDestroy(&box);
	}
	if (rest)
		read_piece(a, rest, 0, 0, out);
	pixDestroy(&rest);
}

static bool
tesseract_read(struct arena *a, PIX *gray, const struct ocr_box *cells, size_t n, struct ocr_lines *out,
               struct err *e)
{
	(void)e;
	for (size_t i = 0; i < n; i++)
		read_cell(a, gray, cells[i], n <= CELLS_AGAIN, &out[i]);
	read_rest(a, gray, cells, n, &out[n]);
	return true;
}

const struct ocr_engine ocr_tesseract = {.name = "tesseract",
                                         .sure = 0.85,
                                         .open = tesseract_open,
                                         .close = tesseract_close,
                                         .read = tesseract_read};
