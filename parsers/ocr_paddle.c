/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PP-OCRv4 (PaddleOCR) by onnxruntime: one network marks where text is, another reads a line of it.
 * The library is opened by hand, because Debian has none: ocr_place() says where it lies. */
#include "config/buf.h"
#include "config/text.h"
#include "parsers/ocr.h"
#include "parsers/onnx.h"

#include <dlfcn.h>
#include <leptonica/allheaders.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DETECT_SIDE = 1600, /* longer pages are made smaller to find text in */
	LINE_HEIGHT = 48,   /* of a line as the reading network wants it */
	LINE_WIDTH_MAX = 3200,
	CLASSES_MAX = 8000,
	BOXES_MAX = 2000,
	LINE_TEXT_MAX = 4096,
};

/* The post-processing's own figures, from PaddleOCR's DBPostProcess. */
static const float ink_least = 0.3F, box_least = 0.5F;
static const double unclip = 1.6;

static const double sure_alone = 0.9;

struct network {
	struct onnx_session *session;
	char *input, *output;
};

/* Process-wide, as the engine is. */
static struct {
	const struct onnx_api *api;
	struct onnx_memory *memory;
	struct network detect, recognise;
	char *classes[CLASSES_MAX]; /* CTC's: 0 is the blank */
	int count;
} paddle;

/* ---- the library ---- */

/* True where status says success. */
static bool
fine(struct onnx_status *status, struct err *e)
{
	if (!status)
		return true;
	(void)err_set(e, ERR_UNSUPPORTED, "onnxruntime: %s", paddle.api->get_error_message(status));
	paddle.api->release_status(status);
	return false;
}

static bool
load_library(const char *dir, struct err *e)
{
	char path[4200];
	void *library;
	const struct onnx_api_base *(*base)(void) = NULL;

	(void)snprintf(path, sizeof path, "%s/libonnxruntime.so.1", dir);
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (library)
		*(void **)&base = dlsym(library, "OrtGetApiBase");
	paddle.api = base ? base()->get_api(1) : NULL;
	return paddle.api ? true : err_set(e, ERR_UNSUPPORTED, "%s is no onnxruntime: %s", path, dlerror());
}

static bool
load_network(const char *dir, const char *file, const struct onnx_env *env,
             const struct onnx_options *options, struct network *n, struct err *e)
{
	struct onnx_allocator *allocator = NULL;
	char path[4200];

	(void)snprintf(path, sizeof path, "%s/%s", dir, file);
	return fine(paddle.api->create_session(env, path, options, &n->session), e) &&
	       fine(paddle.api->default_allocator(&allocator), e) &&
	       fine(paddle.api->input_name(n->session, 0, allocator, &n->input), e) &&
	       fine(paddle.api->output_name(n->session, 0, allocator, &n->output), e);
}

/* A stroke of a character that no text holds alone is read for the mark between names. */
static void
mend_classes(void)
{
	for (int i = 0; i < paddle.count; i++) {
		if (strcmp(paddle.classes[i], "丶") != 0)
			continue;
		free(paddle.classes[i]);
		paddle.classes[i] = mem_str("、");
	}
}

static bool
load_classes(const char *dir, struct err *e)
{
	char path[4200], line[64];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/ppocr_keys_v1.txt", dir);
	f = fopen(path, "re");
	if (!f)
		return err_set(e, ERR_UNSUPPORTED, "cannot read %s", path);
	paddle.classes[paddle.count++] = mem_str("");
	while (paddle.count < CLASSES_MAX - 1 && fgets(line, sizeof line, f)) {
		line[strcspn(line, "\r\n")] = '\0';
		paddle.classes[paddle.count++] = mem_str(line);
	}
	paddle.classes[paddle.count++] = mem_str(" ");
	mend_classes();
	(void)fclose(f);
	return true;
}

static bool
paddle_open(const char *dir, struct err *e)
{
	struct onnx_env *env = NULL;
	struct onnx_options *options = NULL;
	const struct onnx_api *api;
	bool ok = false;

	if (!dir)
		return err_set(e, ERR_UNSUPPORTED, "the files of PP-OCRv4 are not installed");
	if (!load_library(dir, e))
		return false;
	/* Most layers' tensors stay in the heap, or each is mapped and zeroed anew; the largest do not: holes
	 * of their size would now and then leave no address space for the next. */
	(void)mallopt(M_MMAP_THRESHOLD, 8 << 20);
	(void)mallopt(M_TRIM_THRESHOLD, 1 << 30);
	api = paddle.api;
	/* one thread: the sandbox allows no more; no arena: its doubling would eat the address space */
	ok = fine(api->create_env(ONNX_LOG_FATAL, "mingpian", &env), e) &&
	     fine(api->disable_telemetry(env), e) && fine(api->create_options(&options), e) &&
	     fine(api->set_intra_op_threads(options, 1), e) &&
	     fine(api->set_inter_op_threads(options, 1), e) && fine(api->disable_cpu_arena(options), e) &&
	     fine(api->disable_mem_pattern(options), e) &&
	     fine(api->create_cpu_memory(ONNX_ARENA, ONNX_MEMORY_DEFAULT, &paddle.memory), e) &&
	     load_network(dir, "ch_PP-OCRv4_det_infer.onnx", env, options, &paddle.detect, e) &&
	     load_network(dir, "ch_PP-OCRv4_rec_infer.onnx", env, options, &paddle.recognise, e) &&
	     load_classes(dir, e);
	if (options)
		api->release_options(options);
	return ok;
}

static void
paddle_close(void)
{
	if (paddle.recognise.session)
		paddle.api->release_session(paddle.recognise.session);
	if (paddle.detect.session)
		paddle.api->release_session(paddle.detect.session);
	paddle.recognise.session = paddle.detect.session = NULL;
	while (paddle.count > 0)
		free(paddle.classes[--paddle.count]);
}

/* ---- running a network ---- */

/* A picture as a network takes it: three planes of floats. */
struct tensor {
	float *at;
	int64_t shape[4];
};

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

struct answer {
	struct onnx_value *value;
	const float *at;
	int64_t shape[4];
	size_t rank;
};

static bool
run(const struct network *n, struct tensor *t, struct answer *a_r, struct err *e)
{
	const struct onnx_api *api = paddle.api;
	const char *const inputs[] = {n->input}, *const outputs[] = {n->output};
	struct onnx_value *in = NULL;
	struct onnx_shape *shape = NULL;
	struct answer a = {0};
	void *data = NULL;
	bool ok;

	ok = fine(api->create_tensor_with_data(paddle.memory, t->at,
	                                       (size_t)(3 * t->shape[2] * t->shape[3]) * sizeof *t->at,
	                                       t->shape, 4, ONNX_FLOAT, &in),
	          e) &&
	     fine(api->run(n->session, NULL, inputs, (const struct onnx_value *const[]){in}, 1, outputs, 1,
	                   &a.value),
	          e) &&
	     fine(api->tensor_shape(a.value, &shape), e) && fine(api->dimensions_count(shape, &a.rank), e) &&
	     (a.rank <= 4 || err_set(e, ERR_UNSUPPORTED, "an answer of %zu dimensions", a.rank)) &&
	     fine(api->dimensions(shape, a.shape, a.rank), e) && fine(api->tensor_data(a.value, &data), e);
	a.at = data;
	if (shape)
		api->release_shape(shape);
	if (in)
		api->release_value(in);
	if (!ok && a.value) {
		api->release_value(a.value);
		a.value = NULL;
	}
	*a_r = a;
	return ok;
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

/* The boxes of the map on the page: the network marks the core of a line, they are widened again. */
static size_t
boxes_of(const struct answer *map, int page_w, int page_h, struct ocr_box *out)
{
	PIX *mask = text_mask(map);
	BOXA *cores = mask ? pixConnComp(mask, NULL, 8) : NULL;
	double by_x = (double)page_w / (double)map->shape[3], by_y = (double)page_h / (double)map->shape[2];
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
		right = fmin(page_w, (x + w + wider) * by_x);
		bottom = fmin(page_h, (y + h + wider) * by_y);
		if (bottom - top >= 8)
			out[n++] = (struct ocr_box){(int)left, (int)top, (int)(right - left),
			                            (int)(bottom - top)};
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

static bool
detect(PIX *gray, struct ocr_box *out, size_t *count_r, struct err *e)
{
	static const float mean[3] = {0.485F, 0.456F, 0.406F}, deviation[3] = {0.229F, 0.224F, 0.225F};
	int w = pixGetWidth(gray), h = pixGetHeight(gray), side = w > h ? w : h;
	double by = side > DETECT_SIDE ? (double)DETECT_SIDE / side : 1;
	PIX *small = pixScaleToSize(gray, multiple_of_32(w * by), multiple_of_32(h * by));
	struct tensor t = {0};
	struct answer map = {0};
	bool ok;

	*count_r = 0;
	if (!small)
		return err_set(e, ERR_TOO_LARGE, "no memory to look for text");
	t = tensor_of(small, mean, deviation);
	pixDestroy(&small);
	ok = run(&paddle.detect, &t, &map, e);
	if (ok && map.rank == 4)
		*count_r = boxes_of(&map, w, h, out);
	if (map.value)
		paddle.api->release_value(map.value);
	free(t.at);
	return ok;
}

/* ---- what it says ---- */

/* CTC: at each step the likeliest class; repeats and blanks fall out. */
static void
decode(const struct answer *a, struct buf *text, double *least_r)
{
	int steps = (int)a->shape[1], classes = (int)a->shape[2], last = 0;
	double least = 1;

	for (int t = 0; t < steps; t++) {
		const float *p = a->at + (size_t)t * (size_t)classes;
		int best = 0;

		for (int i = 1; i < classes; i++)
			best = p[i] > p[best] ? i : best;
		if (best && best != last && best < paddle.count) {
			buf_str(text, paddle.classes[best]);
			least = p[best] < least ? p[best] : least;
		}
		last = best;
	}
	*least_r = text->len ? least : 0;
}

/* The text in a box of the page. */
static bool
recognise(PIX *gray, struct ocr_box b, struct buf *text, double *least_r, struct err *e)
{
	static const float half[3] = {0.5F, 0.5F, 0.5F};
	BOX *box = boxCreateValid(b.x, b.y, b.w, b.h);
	PIX *piece = box ? pixClipRectangle(gray, box, NULL) : NULL, *line = NULL;
	struct tensor t = {0};
	struct answer a = {0};
	bool ok = true;

	*least_r = 0;
	if (piece && b.w >= 4 && b.h >= 4) {
		int w = LINE_HEIGHT * b.w / b.h;

		w = w < 32 ? 32 : w > LINE_WIDTH_MAX ? LINE_WIDTH_MAX : w;
		line = pixScaleToSize(piece, w, LINE_HEIGHT);
	}
	if (line) {
		t = tensor_of(line, half, half);
		ok = run(&paddle.recognise, &t, &a, e);
		if (ok && a.rank == 3)
			decode(&a, text, least_r);
		if (a.value)
			paddle.api->release_value(a.value);
		free(t.at);
	}
	pixDestroy(&line);
	pixDestroy(&piece);
	boxDestroy(&box);
	return ok;
}

/* The same line a little lower and wider: a sure reading does not depend on a few pixels. */
static struct ocr_box
otherwise(struct ocr_box b)
{
	int by = b.h / 10 + 1;

	return (struct ocr_box){b.x - 2 > 0 ? b.x - 2 : 0, b.y - by > 0 ? b.y - by : 0, b.w + 4,
	                        b.h + 2 * by};
}

/* Do two readings say the same, but for spaces and the width of marks? One sure character alone, which
 * the second lost, is no contradiction. */
static bool
agree(const struct buf *text, double least, const struct buf *other)
{
	struct buf x = BUF_INIT(LINE_TEXT_MAX), y = BUF_INIT(LINE_TEXT_MAX);
	bool same;

	if (!other->len)
		return text_count(text->at) == 1 && least >= sure_alone;
	text_fold(&x, text->at);
	text_fold(&y, other->at);
	same = bytes_equal(buf_bytes(&x), buf_bytes(&y));
	buf_free(&x);
	buf_free(&y);
	return same;
}

static bool
read_line(struct arena *a, PIX *gray, struct ocr_box b, bool twice, struct ocr_lines *out, struct err *e)
{
	struct buf text = BUF_INIT(LINE_TEXT_MAX), other = BUF_INIT(LINE_TEXT_MAX);
	double least = 0, other_least = 0;
	struct ocr_line line = {.box = b};
	bool ok = recognise(gray, b, &text, &least, e);

	if (ok && twice && text.len)
		ok = recognise(gray, otherwise(b), &other, &other_least, e);
	if (ok && text.len) {
		line.text = arena_str(a, other.len && other_least > least ? other.at : text.at);
		line.confidence = least;
		line.doubtful = twice && !agree(&text, least, &other);
		ocr_add(a, out, line);
	}
	buf_free(&text);
	buf_free(&other);
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

static bool
paddle_read(struct arena *a, PIX *gray, const struct ocr_box *cells, size_t n, struct ocr_lines *out,
            struct err *e)
{
	struct ocr_box *boxes = arena_alloc(a, BOXES_MAX, sizeof *boxes);
	struct piece *pieces = arena_alloc(a, BOXES_MAX, sizeof *pieces);
	size_t count = 0;
	bool ok = detect(gray, boxes, &count, e);

	count = cut_pieces(boxes, count, cells, n, pieces, BOXES_MAX);
	for (size_t i = 0; ok && i < count; i++) {
		const struct piece *p = &pieces[i];
		bool within = false;

		for (size_t k = 0; k < count && !within; k++)
			within = is_within(p, &pieces[k]);
		if (!within)
			ok = read_line(a, gray, p->box, p->cell < n, &out[p->cell], e);
	}
	return ok;
}

const struct ocr_engine ocr_paddle = {
        .name = "PP-OCRv4", .sure = 0.95, .open = paddle_open, .close = paddle_close, .read = paddle_read};
