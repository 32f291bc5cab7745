/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ofd_page.h"

#include "config/text.h"
#include "parsers/ofd_number.h"
#include "parsers/ofd_path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { OBJECT_TEXT_MAX = 1 << 20, ALPHA_MAX = 255, ALPHA_SEEN = 13 };

static const double POINTS = 72 / 25.4; /* in a millimetre */
static const double ASCENT = 0.86;      /* of a character's height, over its base line */
static const double SLANT = 0.05;       /* of a line's rise to its run */
static const struct ofd_matrix identity = {1, 0, 0, 1, 0, 0};

/* ---- attributes ---- */

bool
ofd_box_read(struct bytes b, struct ofd_box *out)
{
	double n[4];

	if (!ofd_numbers(b, n, 4))
		return false;
	*out = (struct ofd_box){n[0], n[1], n[2], n[3]};
	return true;
}

struct ofd_id
ofd_id_of(struct bytes b)
{
	struct ofd_id id = {""};

	if (b.at && b.len < sizeof id.text)
		memcpy(id.text, b.at, b.len);
	return id;
}

/* ---- places ---- */

/* a, then b. */
static struct ofd_matrix
matrix_then(struct ofd_matrix a, struct ofd_matrix b)
{
	return (struct ofd_matrix){
	        .a = b.a * a.a + b.c * a.b,
	        .b = b.b * a.a + b.d * a.b,
	        .c = b.a * a.c + b.c * a.d,
	        .d = b.b * a.c + b.d * a.d,
	        .e = b.a * a.e + b.c * a.f + b.e,
	        .f = b.b * a.e + b.d * a.f + b.f,
	};
}

/* From the open object's own coordinates to points on the page. */
static struct ofd_place
place_of(const struct ofd_page *p, double x, double y)
{
	const struct ofd_matrix *m = &p->ctm;

	return (struct ofd_place){
	        (m->a * x + m->c * y + m->e + p->over.x - p->box.x) * POINTS,
	        (m->b * x + m->d * y + m->f + p->over.y - p->box.y) * POINTS,
	};
}

/* Does what is written so run at a slant? Then it is a watermark (page_slant.h). */
static bool
is_slanted(const struct ofd_matrix *m)
{
	double least = fmin(fabs(m->a), fabs(m->b)), most = fmax(fabs(m->a), fabs(m->b));

	return least > SLANT * most;
}

static void
begin(struct ofd_page *p)
{
	if (!p->begun && !p->drawing)
		page_table_begin(p->t, p->number, p->box.width * POINTS, p->box.height * POINTS);
	p->begun = true;
}

/* ---- to the page's table, or on its picture ---- */

static void
put_stroke(struct ofd_page *p, struct ofd_place from, struct ofd_place to)
{
	if (p->drawing)
		ofd_drawing_stroke(p->drawing, from.x, from.y, to.x, to.y);
	else
		page_table_stroke(p->t, from.x, from.y, to.x, to.y);
}

static void
put_fill(struct ofd_page *p, struct page_box box)
{
	if (p->drawing)
		ofd_drawing_fill(p->drawing, box);
	else
		page_table_fill(p->t, box);
}

/* ---- text ---- */

static void
put_glyph(struct ofd_page *p, double x, double y, double width, const char *s, size_t len)
{
	struct ofd_place a = place_of(p, x, y - ASCENT * p->size);
	struct ofd_place b = place_of(p, x + width, y + (1 - ASCENT) * p->size);
	struct page_box box = {fmin(a.x, b.x), fmin(a.y, b.y), fmax(a.x, b.x), fmax(a.y, b.y)};

	page_table_glyph(p->t, box, s, len);
}

/* The character at *s. "\4E2D" stands for what XML or a font could not hold. */
static uint32_t
next_character(const char **s)
{
	char hex[5] = "";
	const char *at = *s;

	if (*at == '\\' && strspn(at + 1, "0123456789ABCDEFabcdef") >= 4) {
		memcpy(hex, at + 1, 4);
		*s = at + 5;
		return (uint32_t)strtoul(hex, NULL, 16);
	}
	return text_next(s);
}

/* A character that stands there because something had to: the glyph is what is drawn. */
static bool
is_stand_in(uint32_t c)
{
	return c <= ' ' || c == 0xA4 || c == 0x25A1 || c == 0xFFFD || c == 0xFFFF ||
	       (c >= 0xE000 && c <= 0xF8FF);
}

/* The character that is seen in the place of c, the next of the object. */
static uint32_t
as_drawn(struct ofd_page *p, uint32_t c)
{
	int at = p->code++;
	uint32_t meaning = 0;

	if (!is_stand_in(c) || at >= p->glyph_count || !p->glyphs[at])
		return c;
	if (p->meaning)
		meaning = p->meaning(p->context, &p->font, p->glyphs[at]);
	if (!meaning)
		return c <= ' ' ? c : 0xFFFD; /* nor is it the sign that stands there */
	return meaning;
}

/* The next character of the object, by its glyph's number where it has one. */
static void
draw_glyph(struct ofd_page *p, double x, double y, uint32_t c)
{
	int at = p->code++;
	unsigned glyph = at < p->glyph_count ? p->glyphs[at] : 0;
	struct ofd_place o = place_of(p, x, y), u = place_of(p, x + p->size, y),
	                 v = place_of(p, x, y - p->size);

	if (glyph || !(c == 0 || c == ' ' || c == 0x3000))
		ofd_drawing_glyph(p->drawing, p->face(p->context, &p->font), glyph, c,
		                  (struct ofd_em){u.x - o.x, u.y - o.y, v.x - o.x, v.y - o.y, o.x, o.y});
}

/* The numbers in <Glyphs>, for the characters that its CGTransform named, one for each. */
static void
note_glyphs(struct ofd_page *p)
{
	struct bytes b = buf_bytes(&p->text);
	double n;

	for (int i = 0; i < p->code_count && ofd_number(&b, &n); i++) {
		int at = p->code_first + i;

		if (at >= OFD_CODES_MAX)
			return;
		while (p->glyph_count <= at)
			p->glyphs[p->glyph_count++] = 0;
		p->glyphs[at] = n >= 0 && n < 65536 ? (unsigned short)n : 0;
	}
}

static void
begin_glyphs(struct ofd_page *p, const struct xml_tag *t)
{
	int glyphs = xml_attribute_number(t, "GlyphCount", 1, OFD_CODES_MAX);

	p->code_first = xml_attribute_number(t, "CodePosition", 0, OFD_CODES_MAX);
	p->code_count = xml_attribute_number(t, "CodeCount", 1, OFD_CODES_MAX);
	if (glyphs != p->code_count) /* ligatures and the like: which is whose is not said */
		p->code_count = 0;
}

static void
put_text(struct ofd_page *p)
{
	struct ofd_distances dx = {.rest = buf_bytes(&p->dx)}, dy = {.rest = buf_bytes(&p->dy)};
	struct buf one = BUF_INIT(16);
	const char *s = p->text.at ? p->text.at : "";
	double x = p->x, y = p->y, width, step;
	bool glyphs_alone = !*s; /* each of them stands for a character that nobody told */
	uint32_t c;

	while (*s || (glyphs_alone && p->code < p->glyph_count)) {
		c = *s ? next_character(&s) : 0xFFFD;
		if (p->drawing)
			draw_glyph(p, x, y, c);
		else
			c = as_drawn(p, c);
		if (c == 0)
			continue;
		width = p->size * (text_is_full(c) ? 1 : 0.5);
		buf_clear(&one);
		text_put(&one, c);
		if (!p->drawing)
			put_glyph(p, x, y, width, one.at, one.len);
		if (ofd_next_distance(&dx, &step))
			x += step;
		else if (dx.rest.len || !p->dy.len)
			x += width;
		if (ofd_next_distance(&dy, &step))
			y += step;
	}
	/* A TextCode without a place of its own goes on here. */
	p->x = x;
	p->y = y;
	buf_free(&one);
}

static void
keep(struct buf *b, struct bytes v)
{
	buf_clear(b);
	b->max = OBJECT_TEXT_MAX;
	if (v.at)
		buf_add(b, v.at, v.len);
}

static void
attribute_double(const struct xml_tag *t, const char *name, double *out)
{
	struct bytes b = xml_attribute(t, name);

	if (b.at)
		(void)ofd_number(&b, out);
}

static void
begin_text_code(struct ofd_page *p, const struct xml_tag *t)
{
	attribute_double(t, "X", &p->x);
	attribute_double(t, "Y", &p->y);
	keep(&p->dx, xml_attribute(t, "DeltaX"));
	keep(&p->dy, xml_attribute(t, "DeltaY"));
}

/* ---- paths ---- */

static struct ofd_place
path_place(void *context, double x, double y)
{
	return place_of(context, x, y);
}

static void
path_line(void *context, struct ofd_place from, struct ofd_place to)
{
	struct ofd_page *p = context;

	if (p->stroke)
		put_stroke(p, from, to);
}

static void
path_outline(void *context, struct page_box box)
{
	struct ofd_page *p = context;

	if (p->fill)
		put_fill(p, box);
}

static const struct ofd_path_events path_events = {path_place, path_line, path_outline};

/* ---- events ---- */

/* Painted with nothing: the text that lies over a scan for who searches in it. */
static bool
is_clear(const struct xml_tag *t)
{
	return xml_attribute_number(t, "Alpha", ALPHA_MAX, ALPHA_MAX) < ALPHA_SEEN;
}

static void
begin_object(struct ofd_page *p, const struct xml_tag *t)
{
	struct bytes ctm = xml_attribute(t, "CTM");
	struct ofd_box boundary = {0};
	double m[6];

	(void)ofd_box_read(xml_attribute(t, "Boundary"), &boundary);
	p->letters = false;
	p->ctm = identity;
	if (ctm.at && ofd_numbers(ctm, m, 6))
		p->ctm = (struct ofd_matrix){m[0], m[1], m[2], m[3], m[4], m[5]};
	p->ctm.e += boundary.x;
	p->ctm.f += boundary.y;
	if (p->use)
		p->ctm = matrix_then(p->ctm, p->use->at);
	p->area = boundary.width * boundary.height;
	p->hidden = p->left_out || xml_attribute_is(t, "Visible", "false") || is_clear(t);
	p->stroke = !xml_attribute_is(t, "Stroke", "false");
	p->fill = xml_attribute_is(t, "Fill", "true");
	p->font = ofd_id_of(xml_attribute(t, "Font"));
	p->glyph_count = p->code = 0;
	p->size = 4.2;
	attribute_double(t, "Size", &p->size);
	p->x = p->y = 0;
}

/* What is printed through the page, and what marks its words, is no text that fills it in. */
static void
begin_annotation(struct ofd_page *p, const struct xml_tag *t)
{
	p->annotation = true;
	p->left_out = xml_attribute_is(t, "Visible", "false") || xml_attribute_is(t, "Type", "Watermark") ||
	              xml_attribute_is(t, "Type", "Highlight");
}

static void
end_annotation(struct ofd_page *p)
{
	p->annotation = p->left_out = false;
	p->over = (struct ofd_box){0};
}

static void
note_image(struct ofd_page *p, const struct xml_tag *t)
{
	if (!p->hidden && p->image_count < OFD_IMAGES_MAX)
		p->images[p->image_count++] =
		        (struct ofd_image){ofd_id_of(xml_attribute(t, "ResourceID")), p->area};
}

/* The unit itself is read behind the page, from the resources. */
static void
note_use(struct ofd_page *p, const struct xml_tag *t)
{
	if (!p->hidden && p->use_count < OFD_UNITS_MAX)
		p->uses[p->use_count++] = (struct ofd_use){ofd_id_of(xml_attribute(t, "ResourceID")), p->ctm};
}

static bool
is_unit(const struct ofd_page *p, const struct xml_tag *t)
{
	struct ofd_id id = ofd_id_of(xml_attribute(t, "ID"));

	return strcmp(id.text, p->use->unit.text) == 0;
}

static void
note_template(struct ofd_page *p, const struct xml_tag *t)
{
	if (p->template_count < OFD_TEMPLATES_MAX)
		p->templates[p->template_count++] = ofd_id_of(xml_attribute(t, "TemplateID"));
}

/* No object stands within Clips: where their end is lost, they end there. */
static bool
is_clip(const struct ofd_page *p, const char *name)
{
	return strcmp(name, "Clips") == 0 || (p->clip && !bytes_end(bytes_str(name), "Object"));
}

static void
on_begin(void *context, const struct xml_tag *t)
{
	struct ofd_page *p = context;

	keep(&p->text, (struct bytes){0});
	p->in_text = false;
	if (p->use && strcmp(t->name, "CompositeGraphicUnit") == 0)
		p->in_unit = is_unit(p, t);
	p->clip = is_clip(p, t->name);
	if (p->clip || (p->use && !p->in_unit))
		return;
	if (strcmp(t->name, "Content") == 0) {
		begin(p);
	} else if (strcmp(t->name, "Annot") == 0) {
		begin_annotation(p, t);
	} else if (strcmp(t->name, "Appearance") == 0) {
		(void)ofd_box_read(xml_attribute(t, "Boundary"), &p->over);
		begin(p);
	} else if (strcmp(t->name, "Template") == 0) {
		note_template(p, t);
	} else if (strcmp(t->name, "TextObject") == 0) {
		begin_object(p, t);
		p->hidden = p->hidden || is_slanted(&p->ctm) ||
		            (xml_attribute_is(t, "Fill", "false") && !xml_attribute_is(t, "Stroke", "true"));
		p->letters = true;
	} else if (strcmp(t->name, "FillColor") == 0) {
		p->hidden = p->hidden || (p->letters && is_clear(t));
	} else if (strcmp(t->name, "PathObject") == 0) {
		begin_object(p, t);
	} else if (strcmp(t->name, "CompositeObject") == 0) {
		begin_object(p, t);
		note_use(p, t);
	} else if (strcmp(t->name, "ImageObject") == 0) {
		begin_object(p, t);
		note_image(p, t);
	} else if (strcmp(t->name, "TextCode") == 0) {
		begin_text_code(p, t);
		p->in_text = true;
	} else if (strcmp(t->name, "CGTransform") == 0) {
		begin_glyphs(p, t);
	} else if (strcmp(t->name, "Glyphs") == 0 || strcmp(t->name, "AbbreviatedData") == 0 ||
	           strcmp(t->name, "PhysicalBox") == 0 || strcmp(t->name, "PageRes") == 0) {
		p->in_text = true;
	}
}

static void
on_end(void *context, const char *ns, const char *name)
{
	struct ofd_page *p = context;

	(void)ns;
	if (p->use && strcmp(name, "CompositeGraphicUnit") == 0)
		p->in_unit = false;
	if (strcmp(name, "Clips") == 0)
		p->clip = false;
	if (p->clip || (p->use && !p->in_unit))
		return;
	if (strcmp(name, "PhysicalBox") == 0 && !p->begun)
		(void)ofd_box_read(buf_bytes(&p->text), &p->box);
	else if (strcmp(name, "PageRes") == 0 && p->resources)
		p->resources(p->context, buf_bytes(&p->text));
	else if (strcmp(name, "Glyphs") == 0)
		note_glyphs(p);
	else if (strcmp(name, "TextCode") == 0 && p->begun && !p->hidden)
		put_text(p);
	else if (strcmp(name, "AbbreviatedData") == 0 && p->begun && !p->hidden && !p->annotation)
		ofd_path_read(buf_bytes(&p->text), &path_events, p);
	else if (strcmp(name, "Annot") == 0)
		end_annotation(p);
	p->in_text = false;
}

static void
on_text(void *context, const char *s, size_t len)
{
	struct ofd_page *p = context;

	if (p->in_text)
		buf_add(&p->text, s, len);
}

const struct xml_events ofd_page_events = {on_begin, on_end, on_text};

void
ofd_page_free(struct ofd_page *p)
{
	buf_free(&p->dx);
	buf_free(&p->dy);
	buf_free(&p->text);
}
