/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/pdf.h"

#include "config/mem.h"
#include "config/text.h"
#include "parsers/page_slant.h"
#include "parsers/page_table.h"
#include "parsers/patience.h"
#include "parsers/pdf_fields.h"
#include "parsers/pdf_files.h"
#include "parsers/pdf_trace.h"

#include <cairo.h>
#include <fontconfig/fontconfig.h>
#include <math.h>
#include <poppler.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	HEADER_WITHIN = 1024, /* the format lets rubbish stand before the first line */
	FEW_GLYPHS = 40,      /* a scanning program's advertisement on a scan */
	MANY_SHAPES = 200,    /* letters drawn as outlines */
	BESIDE_MAX = 4,       /* pages whose picture is taken beside their text; a brochure is full of them */
	SIDE_MAX = 4000,      /* pixels of a picture's longer side */
};

static const char MANY_STROKES[] = "a page of more strokes than any form has";
static const double DPI = 200;
static const double SCAN_COVERS = 0.5;   /* of the page */
static const double BESIDE_COVERS = 0.3; /* of a page with text that counts: a scan below a title, a letter */
static const double TEXT_SECONDS = 1;    /* for a page's text, which takes as long as drawing it */
static const double PICTURE_COVERS = 0.1; /* of a page without text, to be worth looking at */

struct pdf {
	PopplerDocument *doc;
	struct document *d;
	struct page_table *t;
	int pictures, beside; /* beside: of pages whose text counts as well */
	size_t picture_bytes;
};

/* ---- quiet, and without the system's fonts ---- */

static ssize_t
drop(void *cookie, const char *p, size_t len)
{
	(void)cookie, (void)p;
	return (ssize_t)len;
}

/* poppler has messages that go past its own error callback. stderr is a variable in the GNU library. */
static FILE *
quiet_begin(void)
{
	FILE *was = stderr;
	FILE *nowhere = fopencookie(NULL, "w", (cookie_io_functions_t){.write = drop});

	if (nowhere)
		stderr = nowhere;
	return was;
}

static void
quiet_end(FILE *was)
{
	FILE *nowhere = stderr;

	stderr = was;
	if (nowhere != was)
		(void)fclose(nowhere);
}

/* Text and rules need no font but those in the file; looking for a substitute costs 80 ms and reads half
 * of /usr/share. Only a picture of the page is better with one. */
static void
fonts_of_system(bool wanted)
{
	FcConfig *c = wanted ? FcInitLoadConfigAndFonts() : FcConfigCreate();

	if (!c)
		return;
	(void)FcConfigSetCurrent(c);
	FcConfigDestroy(c); /* it is held as the current one */
}

/* ---- text ---- */

/* A character that is not blank: poppler puts spaces and line ends of its own, the places say it better. */
struct character {
	const char *at;
	size_t len;
};

static bool
is_same_style(const PopplerTextAttributes *a, const PopplerTextAttributes *b)
{
	return fabs(a->font_size - b->font_size) < 0.01 && a->color.red == b->color.red &&
	       a->color.green == b->color.green && a->color.blue == b->color.blue &&
	       g_strcmp0(a->font_name, b->font_name) == 0;
}

/* The first of the list that is as this one; poppler begins a new one with every change. */
static int
style_of(GList *list, const PopplerTextAttributes *a)
{
	int n = 0;

	while (n < PAGE_STYLES_MAX && !is_same_style(list->data, a)) {
		list = list->next;
		n++;
	}
	return n;
}

/* place: for each character of the page where it stands among the marks, -1 where it is blank. */
static void
note_styles(PopplerPage *page, struct page_mark *marks, const int *place, guint count)
{
	GList *list = poppler_page_get_text_attributes(page);

	for (GList *l = list; l; l = l->next) {
		const PopplerTextAttributes *a = l->data;
		int style = style_of(list, a);

		for (gint i = MAX(a->start_index, 0); i <= a->end_index && i < (gint)count; i++)
			if (place[i] >= 0) {
				marks[place[i]].em = a->font_size;
				marks[place[i]].style = style;
			}
	}
	poppler_page_free_text_attributes(list);
}

static void
read_text(struct pdf *p, PopplerPage *page)
{
	char *text = poppler_page_get_text(page);
	PopplerRectangle *box = NULL;
	const char *s = text ? text : "";
	struct page_mark *marks;
	struct character *characters;
	guint boxes = 0;
	size_t count = 0;
	int *place;

	if (!poppler_page_get_text_layout(page, &box, &boxes))
		boxes = 0;
	marks = mem_alloc(boxes + 1, sizeof *marks);
	characters = mem_alloc(boxes + 1, sizeof *characters);
	place = mem_alloc(boxes + 1, sizeof *place);
	for (guint i = 0; i < boxes; i++) {
		const char *from = s;
		uint32_t c = *s ? text_next(&s) : ' ';

		place[i] = text_is_space(c) ? -1 : (int)count;
		if (place[i] < 0)
			continue;
		characters[count] = (struct character){from, (size_t)(s - from)};
		marks[count++] = (struct page_mark){.box = {box[i].x1, box[i].y1, box[i].x2, box[i].y2},
		                                    .full = text_is_full(c)};
	}
	note_styles(page, marks, place, boxes);
	page_slant_find(marks, count);
	for (size_t i = 0; i < count; i++)
		if (!marks[i].slanted)
			page_table_glyph(p->t, marks[i].box, characters[i].at, characters[i].len);
	free(place);
	free(characters);
	free(marks);
	g_free(box);
	g_free(text);
}

/* ---- pages that are pictures ---- */

/* How much of the page its largest picture covers, 0 to 1. */
static double
covered(PopplerPage *page, double width, double height)
{
	GList *list = poppler_page_get_image_mapping(page);
	double most = 0;

	for (GList *l = list; l; l = l->next) {
		const PopplerRectangle *r = &((PopplerImageMapping *)l->data)->area;

		most = fmax(most, fabs((r->x2 - r->x1) * (r->y2 - r->y1)));
	}
	poppler_page_free_image_mapping(list);
	return fmin(1, most / (width * height));
}

static cairo_status_t
png_write(void *context, const unsigned char *p, unsigned len)
{
	struct buf *b = context;

	buf_add(b, p, len);
	return b->over ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static bool
page_png(PopplerPage *page, double width, double height, struct buf *png)
{
	double scale = fmin(DPI / 72, SIDE_MAX / fmax(width, height));
	cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(width * scale),
	                                                (int)ceil(height * scale));
	cairo_t *c = cairo_create(s);
	bool ok;

	cairo_set_source_rgb(c, 1, 1, 1);
	cairo_paint(c);
	cairo_scale(c, scale, scale);
	poppler_page_render(page, c);
	cairo_destroy(c);
	ok = cairo_surface_write_to_png_stream(s, png_write, png) == CAIRO_STATUS_SUCCESS;
	cairo_surface_destroy(s);
	return ok;
}

static void
too_large(struct pdf *p, const char *why)
{
	p->d->too_large = true;
	p->d->too_large_why = why;
}

static void
push_picture(struct pdf *p, PopplerPage *page, double width, double height)
{
	struct buf png = BUF_INIT(PDF_PICTURE_MAX);

	if (p->pictures++ >= PDF_PICTURES_MAX || p->picture_bytes > PDF_PICTURES_ALL) {
		too_large(p, "too many scanned pages");
		return;
	}
	if (page_png(page, width, height, &png)) {
		page_table_picture(p->t, buf_bytes(&png));
		p->picture_bytes += png.len;
	}
	buf_free(&png);
}

/* ---- pages ---- */

/* Is the page's text worth nothing beside its picture? */
static bool
is_picture(const struct pdf *p, const struct pdf_drawn *drawn, double covers)
{
	struct page_count n = page_table_count(p->t);

	if (n.glyphs == 0)
		return covers > PICTURE_COVERS || drawn->shapes > MANY_SHAPES;
	if (n.unknown * 4 > n.glyphs)
		return true;
	/* A scan, with a scanning program's own (invisible) reading of it, or its advertisement. */
	return covers > SCAN_COVERS && n.rules < 4 && (n.glyphs < FEW_GLYPHS || drawn->strings == 0);
}

/* ---- the pages in turn ---- */

/* Its text stays; whether its picture is looked at is the walk's to say. */
static void
push_beside(struct pdf *p, PopplerPage *page, double width, double height)
{
	if (p->beside++ >= BESIDE_MAX)
		return;
	fonts_of_system(true);
	push_picture(p, page, width, height);
	fonts_of_system(false);
}

static void
read_page(struct pdf *p, PopplerPage *page, int number)
{
	struct pdf_drawn drawn;
	double width, height, covers, begun = pdf_seconds_used();

	poppler_page_get_size(page, &width, &height);
	if (!(width > 1 && height > 1 && width < 20000 && height < 20000))
		return; /* no page of this world */
	page_table_begin(p->t, number, width, height);
	read_text(p, page);
	if (pdf_seconds_used() - begun > TEXT_SECONDS) {
		page_table_forget(p->t);
		too_large(p, MANY_STROKES);
		return;
	}
	pdf_fields_read(p->t, page, height);
	drawn = pdf_trace(p->t, page);
	covers = covered(page, width, height);
	if (!is_picture(p, &drawn, covers)) {
		bool beside = covers > BESIDE_COVERS && page_table_count(p->t).rules < 4 && drawn.whole;

		page_table_end(p->t);
		if (beside)
			push_beside(p, page, width, height);
		return;
	}
	if (!drawn.whole) { /* drawing it would take longer still */
		page_table_forget(p->t);
		too_large(p, MANY_STROKES);
		return;
	}
	if (page_table_count(p->t).glyphs)
		fonts_of_system(true);
	page_table_forget(p->t);
	push_picture(p, page, width, height);
	patience_renew();
	fonts_of_system(false);
}

static bool
read_pages(struct pdf *p, struct err *e)
{
	double until = pdf_seconds_used() + PDF_SECONDS_MAX;
	int pages = poppler_document_get_n_pages(p->doc), i, read = 0;

	for (i = 0; i < pages && i < PDF_PAGES_MAX; i++) {
		PopplerPage *page = poppler_document_get_page(p->doc, i);

		if (!page)
			continue; /* a damaged one; the others may hold the form */
		read_page(p, page, i + 1);
		pdf_files_pinned(p->d, page);
		g_object_unref(page);
		read++;
		if (pdf_seconds_used() > until)
			return err_set(e, ERR_TIMEOUT, "reading took more than %d seconds", PDF_SECONDS_MAX);
	}
	if (pages > PDF_PAGES_MAX)
		too_large(p, "too many pages");
	return read || err_set(e, ERR_DAMAGED, "no page in it can be read");
}

/* ---- the file ---- */

static bool
is_locked(const GError *g)
{
	return g && g->domain == POPPLER_ERROR && g->code == POPPLER_ERROR_ENCRYPTED;
}

/* Not poppler_document_new_from_bytes(): version 22.12 crashes in it on a wrong password. */
static PopplerDocument *
open_with(GBytes *bytes, const char *password, GError **g)
{
	GInputStream *in = g_memory_input_stream_new_from_bytes(bytes);
	PopplerDocument *doc =
	        poppler_document_new_from_stream(in, (goffset)g_bytes_get_size(bytes), password, NULL, g);

	g_object_unref(in);
	return doc;
}

static PopplerDocument *
open_document(const struct source *s, struct err *e)
{
	GBytes *bytes = g_bytes_new_static(s->data.at, s->data.len);
	GError *g = NULL;
	PopplerDocument *doc = open_with(bytes, NULL, &g);
	bool locked = is_locked(g);

	for (const char *const *word = s->passwords; locked && !doc && *word; word++) {
		g_clear_error(&g);
		doc = open_with(bytes, *word, &g);
	}
	if (!doc && locked)
		(void)err_set(e, ERR_ENCRYPTED, "the PDF asks for a password");
	else if (!doc)
		(void)err_set(e, ERR_DAMAGED, "the PDF cannot be opened: it is damaged or cut short");
	g_clear_error(&g);
	g_bytes_unref(bytes);
	return doc;
}

static bool
pdf_read(const struct source *s, struct document *d, struct err *e)
{
	FILE *was = quiet_begin();
	struct pdf p = {.d = d};
	bool ok = false;

	fonts_of_system(false);
	p.doc = open_document(s, e);
	if (!p.doc)
		goto out;
	p.t = page_table_new(d);
	ok = read_pages(&p, e);
	pdf_files_attached(d, p.doc);
	page_table_free(p.t);
	g_object_unref(p.doc);
out:
	quiet_end(was);
	return ok;
}

static bool
pdf_is(const struct source *s)
{
	struct bytes head = BYTES(s->data.at, s->data.len < HEADER_WITHIN ? s->data.len : HEADER_WITHIN);

	if (bytes_begin(s->data, "%PDF-"))
		return true;
	/* A text that speaks of the format is none. */
	return bytes_find(head, "%PDF-") < head.len && bytes_find(s->data, " obj") < s->data.len &&
	       bytes_find(s->data, "endobj") < s->data.len;
}

const struct reader pdf_reader = {
        .name = "pdf",
        .extension = "pdf",
        .is = pdf_is,
        .read = pdf_read,
};
