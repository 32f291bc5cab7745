/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/picture.h"

#include "config/text.h"
#include "parsers/ocr.h"
#include "parsers/ocr_alike.h"
#include "parsers/patience.h"
#include "parsers/picture_grid.h"
#include "parsers/picture_heic.h"
#include "parsers/picture_load.h"
#include "parsers/picture_sense.h"

#include <leptonica/allheaders.h>
#include <stdlib.h>
#include <string.h>

enum {
	SMALL = 300, /* a side of less: a logo, a signature, an icon */
	LINE_TEXT_MAX = 1 << 16,
	INK_THRESHOLD = 160,
	RED_MIN = 6,      /* % of a cell under a stamp, that its text may have suffered by */
	FULL_LINE = 88,   /* % of a cell's room, beyond which a line was wrapped */
	POOR_SCALE = 150, /* %: a page of less than some 135 dpi: sure only of what is plain */
	FEW_LINES = 3,    /* of a picture without a table: not worth to be turned */
	PAGE_MIN = 1000,  /* pixels of the narrow side: a page, however few bytes it takes */
};

/* The evidence's figures, measured on forms whose text is known: docs/parse.md. */
static const double poor_confidence = 0.85, unsure_confidence = 0.5, low_character = 0.6,
                    plain_character = 0.9;

/* ---- the text of a cell ---- */

/* The length of what cannot be broken at the beginning of a line. */
static int
first_units(const char *s)
{
	uint32_t c = text_next(&s);
	int n = 1;

	if (c >= 0x2E80)
		return 2;
	while ((c = text_next(&s)) != 0 && c < 0x2E80 && c != ' ' && c != '-')
		n++;
	return n;
}

/* The narrowest margin that a line of the cell leaves on its left. */
static int
margin_of(const struct ocr_lines *l, struct ocr_box cell)
{
	int margin = cell.w / 2;

	for (size_t i = 0; i < l->count; i++)
		margin = l->at[i].box.x - cell.x < margin ? l->at[i].box.x - cell.x : margin;
	return margin > 0 ? margin : 0;
}

/* Did the line end because the cell did? Else it was ended by hand. */
static bool
is_wrapped(const struct ocr_line *line, const struct ocr_line *next, struct ocr_box cell, int margin)
{
	int width = picture_units(next->text),
	    need = width ? next->box.w * first_units(next->text) / width : 0;
	int room = cell.w - 2 * margin, used = line->box.x + line->box.w - cell.x - margin;

	used = used > line->box.w ? used : line->box.w; /* from the left, or in the middle of it */
	return used + need + next->box.h / 2 > room || used > room * FULL_LINE / 100;
}

static bool
same_line(const struct ocr_line *x, const struct ocr_line *y)
{
	return y->box.y + y->box.h / 2 < x->box.y + x->box.h;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What lies between two pieces: a space on one line and between two words, nothing where a line is
 * wrapped, a line's end else. */
static const char *
between(const struct ocr_line *x, const struct ocr_line *y, struct ocr_box cell, int margin)
{
	size_t len = strlen(x->text);

	if (same_line(x, y))
		return " ";
	if (!is_wrapped(x, y, cell, margin))
		return "\n";
	return len && is_letter(x->text[len - 1]) && is_letter(y->text[0]) ? " " : "";
}

static void
push_lines(struct document *d, const struct ocr_lines *l, struct ocr_box cell, struct doc_evidence ev)
{
	int margin = margin_of(l, cell);

	for (size_t i = 0; i < l->count; i++) {
		const char *gap = i ? between(&l->at[i - 1], &l->at[i], cell, margin) : "";

		if (*gap == '\n')
			doc_end_paragraph(d);
		else
			doc_text_evidence(d, gap, strlen(gap), ev);
		doc_text_evidence(d, l->at[i].text, strlen(l->at[i].text), ev);
	}
	doc_end_paragraph(d);
}

/* ---- evidence ---- */

/* A page as it was read, and what it was read from. */
struct reading {
	struct picture_page page;
	const struct grid *grid; /* NULL: no table */
	struct ocr_box *cells;
	size_t count;
	struct ocr_lines *lines; /* of each cell; the last: of none */
	PIX *ink;
	struct picture_sense sense;
};

/* The share of a box that was red, in percent. */
static int
red_in(PIX *red, struct ocr_box b)
{
	BOX *box = red ? boxCreateValid(b.x, b.y, b.w, b.h) : NULL;
	PIX *part = box ? pixClipRectangle(red, box, NULL) : NULL;
	l_float32 mean = 0;

	if (part)
		(void)pixGetAverageMasked(part, NULL, 0, 0, 1, L_MEAN_ABSVAL, &mean);
	pixDestroy(&part);
	boxDestroy(&box);
	return (int)(mean * 100 / 255);
}

static bool
is_poor(const struct reading *r)
{
	return r->page.scale > POOR_SCALE / 100.0;
}

static struct doc_evidence
evidence_in_cell(const struct reading *r, const struct ocr_line *line)
{
	struct doc_evidence ev = {.method = DOC_OCR,
	                          .confidence = ocr_sure(),
	                          .doubtful = line->doubtful || line->confidence < low_character,
	                          .hesitant = line->hesitant};

	if (line->weak && !is_poor(r)) {
		doc_add_weak(ev.weak, line->weak);
		ev.without = ev.confidence;
	}
	return ev;
}

/* How sure the text of a cell is, by the picture alone. */
static struct doc_evidence
cell_evidence(const struct reading *r, size_t i)
{
	const struct ocr_lines *l = &r->lines[i];
	struct doc_evidence ev = {.method = DOC_OCR, .confidence = ocr_sure()};
	double least = 1;

	for (size_t k = 0; k < l->count; k++) {
		least = l->at[k].confidence < least ? l->at[k].confidence : least;
		ev = doc_weaker(ev, evidence_in_cell(r, &l->at[k]));
	}
	if (ocr_alike(l) || picture_unread_marks(r->ink, r->cells[i], l) > 0 ||
	    (!l->count && red_in(r->page.red, r->cells[i]) >= RED_MIN)) {
		ev.doubtful = true;
		ev.weak[0] = '\0';
	}
	if (is_poor(r) && least < plain_character)
		ev.confidence = poor_confidence;
	if (ev.doubtful)
		ev.confidence = least < unsure_confidence ? least : unsure_confidence;
	return ev;
}

/* ---- a page ---- */

static void
reading_free(struct reading *r)
{
	picture_free(&r->page);
	pixDestroy(&r->ink);
}

static void
list_cells(struct arena *a, struct reading *r)
{
	size_t n = 0;

	for (int y = 0; r->grid && y < r->grid->count; y++)
		n += (size_t)r->grid->rows[y].count;
	r->cells = arena_alloc(a, n + 1, sizeof *r->cells);
	r->lines = arena_alloc(a, n + 1, sizeof *r->lines);
	for (int y = 0; r->grid && y < r->grid->count; y++) {
		const struct grid_row *row = &r->grid->rows[y];

		for (int x = 0; x < row->count; x++)
			r->cells[r->count++] =
			        (struct ocr_box){row->cells[x].x, row->y, row->cells[x].w, row->h};
	}
}

/* Read the page turned by quarters; r owns what it made of it. */
static bool
read_turned(struct arena *a, const struct picture_page *page, int quarters, struct reading *r, struct err *e)
{
	*r = (struct reading){.page = {.gray = pixClone(page->gray),
	                               .red = page->red ? pixClone(page->red) : NULL,
	                               .paper = page->paper,
	                               .scale = page->scale}};
	if (quarters && !picture_turn(&r->page, quarters))
		return err_set(e, ERR_TOO_LARGE, "no memory to turn a picture");
	r->grid = grid_find(a, &r->page);
	list_cells(a, r);
	r->ink = grid_ink(r->page.gray, INK_THRESHOLD);
	if (!r->ink)
		return err_set(e, ERR_TOO_LARGE, "no memory to look at a picture");
	if (!ocr_read(a, r->page.gray, r->cells, r->count, r->lines, e))
		return false;
	r->sense = picture_sense_of(r->lines, r->cells, r->count, r->ink);
	return true;
}

static void
push_table(struct document *d, const struct reading *r)
{
	size_t i = 0;

	doc_begin_table(d, NULL);
	for (int y = 0; y < r->grid->count; y++) {
		const struct grid_row *row = &r->grid->rows[y];

		doc_begin_row(d);
		for (int x = 0; x < row->count; x++, i++) {
			struct doc_evidence ev = cell_evidence(r, i);

			doc_begin_cell(d, row->cells[x].columns, 1,
			               row->cells[x].more ? DOC_MERGE_MORE : DOC_MERGE_FIRST);
			doc_cell_evidence(d, ev);
			push_lines(d, &r->lines[i], r->cells[i], ev);
			doc_end_cell(d);
		}
		doc_end_row(d);
	}
	doc_end_table(d);
}

/* How sure a line is that stands in no cell. */
static struct doc_evidence
line_evidence(const struct ocr_line *line)
{
	struct doc_evidence ev = {.method = DOC_OCR,
	                          .confidence = ocr_sure(),
	                          .doubtful = line->doubtful || line->confidence < low_character,
	                          .hesitant = line->hesitant};

	if (ev.doubtful || line->confidence < ev.confidence)
		ev.confidence = line->confidence < unsure_confidence || !ev.doubtful ? line->confidence
		                                                                     : unsure_confidence;
	return ev;
}

/* The lines around the table, above it or below: a paragraph each. */
static void
push_around(struct document *d, const struct reading *r, bool above)
{
	const struct ocr_lines *l = r->lines ? &r->lines[r->count] : NULL;

	for (size_t i = 0; l && i < l->count; i++) {
		const struct ocr_line *line = &l->at[i];
		bool is_above = !r->grid || line->box.y + line->box.h / 2 < r->grid->y;
		bool joined = i > 0 && same_line(&l->at[i - 1], line);
		struct doc_evidence ev = line_evidence(line);

		if (is_above != above)
			continue;
		if (joined)
			doc_text_evidence(d, " ", 1, ev);
		else
			doc_end_paragraph(d);
		doc_text_evidence(d, line->text, strlen(line->text), ev);
	}
	doc_end_paragraph(d);
}

static enum doc_illegible
illegible_of(const struct reading *r)
{
	int w = (int)(pixGetWidth(r->page.gray) / r->page.scale),
	    h = (int)(pixGetHeight(r->page.gray) / r->page.scale);

	return picture_sense_illegible(&r->sense, &r->page.paper, w < h ? w : h, w < h ? h : w);
}

/* As it lies; where that gives no sense, and there is something to read, turned. */
static bool
read_page(struct document *d, const struct picture_page *page, struct err *e)
{
	static const int turns[] = {0, 1, 3, 2};
	struct reading best = {0};
	enum doc_illegible illegible;
	bool ok = true;

	for (size_t i = 0; ok && i < sizeof turns / sizeof *turns && !picture_sense_is_upright(&best.sense);
	     i++) {
		struct reading r;

		if (i == 1 && !best.grid && best.sense.lines < FEW_LINES)
			break;
		ok = read_turned(d->arena, page, turns[i], &r, e);
		if (ok && (i == 0 || picture_sense_upright(&r.sense) > picture_sense_upright(&best.sense))) {
			reading_free(&best);
			best = r;
		} else {
			reading_free(&r);
		}
	}
	if (ok) {
		illegible = illegible_of(&best);
		d->illegible = illegible > d->illegible ? illegible : d->illegible;
		push_around(d, &best, true);
		if (best.grid) {
			push_table(d, &best);
			push_around(d, &best, false);
		}
	}
	reading_free(&best);
	return ok;
}

static bool
picture_read(const struct source *s, struct document *d, struct err *e)
{
	struct picture_info info;
	bool ok = picture_look(s->data, &info, e);

	for (int n = 0; ok && n < info.pages && n < PICTURE_PAGES_MAX; n++, patience_renew()) {
		struct picture_page page = {0};

		if (n == 0 && info.pages == 1 && (info.width < SMALL || info.height < SMALL))
			break;
		ocr_wanted();
		ok = ocr_has_time(e) && picture_load(s->data, &info, n, &page, e);
		if (!ok)
			break;
		doc_begin_page(d, n + 1, "");
		ok = read_page(d, &page, e);
		picture_free(&page);
	}
	if (ok && info.pages > PICTURE_PAGES_MAX) {
		d->too_large = true;
		d->too_large_why = "too many pages";
	}
	return ok;
}

/* In black and white alone, a page of text takes but a few thousand bytes. */
static bool
is_page(const struct source *s)
{
	struct picture_info info;
	struct err e = {0};

	return picture_look(s->data, &info, &e) && info.width >= PAGE_MIN && info.height >= PAGE_MIN;
}

/* ---- kinds ---- */

static bool
is_jpeg(const struct source *s)
{
	return bytes_begin(s->data, "\xFF\xD8\xFF");
}

static bool
is_png(const struct source *s)
{
	return bytes_begin(s->data, "\x89PNG\r\n\x1A\n");
}

static bool
is_tiff(const struct source *s)
{
	return s->data.len > 8 &&
	       (memcmp(s->data.at, "II*\0", 4) == 0 || memcmp(s->data.at, "MM\0*", 4) == 0);
}

static bool
is_bmp(const struct source *s)
{
	/* two letters are few: the reserved bytes, and a header of a known size */
	return s->data.len > 18 && bytes_begin(s->data, "BM") && memcmp(s->data.at + 6, "\0\0\0\0", 4) == 0 &&
	       (s->data.at[14] == 12 || s->data.at[14] == 40 || s->data.at[14] == 108 ||
	        s->data.at[14] == 124);
}

static bool
is_avif(const struct source *s)
{
	return s->data.len > 12 &&
	       (memcmp(s->data.at + 4, "ftypavif", 8) == 0 || memcmp(s->data.at + 4, "ftypavis", 8) == 0);
}

static bool
is_webp(const struct source *s)
{
	return s->data.len > 16 && bytes_begin(s->data, "RIFF") && memcmp(s->data.at + 8, "WEBP", 4) == 0;
}

static bool
is_gif(const struct source *s)
{
	return bytes_begin(s->data, "GIF87a") || bytes_begin(s->data, "GIF89a");
}

static bool
is_heic(const struct source *s)
{
	return picture_heic_is(s->data);
}

const struct reader jpeg_reader = {.name = "jpeg",
                                   .extension = "jpg",
                                   .is = is_jpeg,
                                   .read = picture_read,
                                   .picture = true,
                                   .is_page = is_page};
const struct reader png_reader = {.name = "png",
                                  .extension = "png",
                                  .is = is_png,
                                  .read = picture_read,
                                  .picture = true,
                                  .is_page = is_page};
const struct reader tiff_reader = {.name = "tiff",
                                   .extension = "tif",
                                   .is = is_tiff,
                                   .read = picture_read,
                                   .picture = true,
                                   .is_page = is_page};
const struct reader bmp_reader = {.name = "bmp",
                                  .extension = "bmp",
                                  .is = is_bmp,
                                  .read = picture_read,
                                  .picture = true,
                                  .is_page = is_page};
const struct reader webp_reader = {.name = "webp",
                                   .extension = "webp",
                                   .is = is_webp,
                                   .read = picture_read,
                                   .picture = true,
                                   .is_page = is_page};
const struct reader gif_reader = {.name = "gif",
                                  .extension = "gif",
                                  .is = is_gif,
                                  .read = picture_read,
                                  .picture = true,
                                  .is_page = is_page};
const struct reader heic_reader = {.name = "heic",
                                   .extension = "heic",
                                   .is = is_heic,
                                   .read = picture_read,
                                   .picture = true,
                                   .is_page = is_page};
const struct reader avif_reader = {.name = "avif", .extension = "avif", .is = is_avif};
