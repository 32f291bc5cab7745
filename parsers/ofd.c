/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ofd.h"

#include "config/mem.h"
#include "parsers/ofd_draw.h"
#include "parsers/ofd_font.h"
#include "parsers/ofd_page.h"
#include "parsers/zipxml.h"

#include <string.h>

#define ROOT_PART  "OFD.xml"
#define LOCKS_PART "Encryptions.xml" /* GM/T 0099-2020: names the parts that are locked */

enum { NAMES_MAX = 4096, FEW_GLYPHS = 40, FONTS_OPEN = 8 /* at once, 256 KB each */ };

static const struct ofd_box a4 = {0, 0, 210, 297};
static const double PICTURE_COVERS = 0.1; /* of a page without text, to be worth looking at */

/* An ID and the entry that it means. */
struct entry {
	struct entry *next;
	struct ofd_id id;
	const char *path;
};

struct entries {
	struct entry *first, **tail;
	int count;
};

struct open_font {
	struct ofd_id id;
	struct ofd_font *font; /* NULL: it does not say */
};

struct open_face {
	struct ofd_id id;
	struct ofd_face *face; /* NULL: it is not embedded, or no font */
};

struct ofd {
	struct zipxml *zip;
	struct arena *arena;
	struct document *d;
	struct page_table *t;

	/* the part that is being read */
	const char *part;
	struct buf text;
	struct ofd_id id; /* of the open MultiMedia or Font; of the page whose annotations are named */
	bool annotating;  /* it is a list of annotations */
	const char *base; /* a resource file's BaseLoc */

	struct entries documents, pages, templates, resources, media, font_files, lists, files;
	struct entries annotation_lists, annotations; /* by their pages' IDs */
	struct open_font fonts[FONTS_OPEN];           /* of this document, as far as they were asked */
	int font_count;
	struct open_face faces[FONTS_OPEN]; /* the same, for pages that are drawn */
	int face_count, drawn;
	size_t face_bytes;
	struct ofd_box box; /* the pages' size */
	const char *page;   /* that is being read */
	int number;         /* pages read, of all documents */
	bool unreadable;    /* a page of glyphs without codes */
};

/* ---- lists ---- */

static void
list_clear(struct entries *l)
{
	*l = (struct entries){.tail = &l->first};
}

static void
list_add(struct ofd *o, struct entries *l, struct bytes id, const char *from, struct bytes target)
{
	char path[ZIPXML_NAME_MAX];
	struct entry *n;

	if (!target.at || !target.len || l->count >= NAMES_MAX || !zipxml_resolve(path, from, target))
		return;
	n = arena_alloc(o->arena, 1, sizeof *n);
	n->id = ofd_id_of(id);
	n->path = arena_str(o->arena, path);
	*l->tail = n;
	l->tail = &n->next;
	l->count++;
}

static const char *
list_find(const struct entries *l, const struct ofd_id *id)
{
	for (const struct entry *n = l->first; n; n = n->next)
		if (strcmp(n->id.text, id->text) == 0)
			return n->path;
	return NULL;
}

/* ---- OFD.xml, Document.xml, resources ---- */

static void
on_begin(void *context, const struct xml_tag *t)
{
	struct ofd *o = context;
	struct bytes id = xml_attribute(t, "ID"), base = xml_attribute(t, "BaseLoc");

	buf_clear(&o->text);
	if (strcmp(t->name, "Page") == 0 && o->annotating)
		o->id = ofd_id_of(xml_attribute(t, "PageID"));
	else if (strcmp(t->name, "Page") == 0)
		list_add(o, &o->pages, id, o->part, base);
	else if (strcmp(t->name, "TemplatePage") == 0)
		list_add(o, &o->templates, id, o->part, base);
	else if (strcmp(t->name, "MultiMedia") == 0 || strcmp(t->name, "Font") == 0)
		o->id = ofd_id_of(id);
	else if (strcmp(t->name, "Res") == 0)
		o->base = base.len ? arena_dup0(o->arena, base.at, base.len) : NULL;
}

/* A picture's file, or a font's, lies under its resource file's BaseLoc, unless it is told from the root. */
static void
add_file(struct ofd *o, struct entries *to, struct bytes file)
{
	struct bytes id = bytes_str(o->id.text);
	const char *under = o->base && !bytes_begin(file, "/")
	                            ? arena_fmt(o->arena, "%s/%.*s", o->base, (int)file.len, file.at)
	                            : NULL;

	list_add(o, to, id, o->part, under ? bytes_str(under) : file);
}

static struct bytes
trimmed(struct bytes text)
{
	while (text.len && (*text.at == ' ' || *text.at == '\n'))
		text = BYTES(text.at + 1, text.len - 1);
	while (text.len && (text.at[text.len - 1] == ' ' || text.at[text.len - 1] == '\n'))
		text.len--;
	return text;
}

static void
on_end(void *context, const char *ns, const char *name)
{
	struct ofd *o = context;
	struct bytes text = trimmed(buf_bytes(&o->text)), none = {0};

	(void)ns;
	if (strcmp(name, "DocRoot") == 0)
		list_add(o, &o->documents, none, o->part, text);
	else if (strcmp(name, "PublicRes") == 0 || strcmp(name, "DocumentRes") == 0)
		list_add(o, &o->resources, none, o->part, text);
	else if (strcmp(name, "MediaFile") == 0 && text.len < ZIPXML_NAME_MAX)
		add_file(o, &o->media, text);
	else if (strcmp(name, "FontFile") == 0 && text.len < ZIPXML_NAME_MAX)
		add_file(o, &o->font_files, text);
	else if (strcmp(name, "Attachments") == 0)
		list_add(o, &o->lists, none, o->part, text);
	else if (strcmp(name, "Annotations") == 0 && !o->annotating)
		list_add(o, &o->annotation_lists, none, o->part, text);
	else if (strcmp(name, "FileLoc") == 0 && o->annotating)
		list_add(o, &o->annotations, bytes_str(o->id.text), o->part, text);
	else if (strcmp(name, "FileLoc") == 0)
		list_add(o, &o->files, none, o->part, text);
	else if (strcmp(name, "PhysicalBox") == 0)
		(void)ofd_box_read(text, &o->box);
}

static void
on_text(void *context, const char *s, size_t len)
{
	struct ofd *o = context;

	buf_add(&o->text, s, len);
}

static bool
read_part(struct ofd *o, const char *part, struct err *e)
{
	static const struct xml_events events = {on_begin, on_end, on_text};

	o->part = part;
	o->base = NULL;
	buf_clear(&o->text);
	return zipxml_stream(o->zip, part, &events, o, e);
}

/* ---- fonts ---- */

static struct ofd_font *
open_font(struct ofd *o, const struct ofd_id *id)
{
	struct buf data = BUF_INIT(OFD_FONT_MAX);
	const char *path = list_find(&o->font_files, id);
	struct ofd_font *f = NULL;

	if (path && zipxml_read(o->zip, path, &data, NULL))
		f = ofd_font_open(buf_bytes(&data));
	buf_free(&data);
	return f;
}

/* Beyond FONTS_OPEN fonts, what their glyphs mean stays unknown. */
static uint32_t
meaning_of(void *context, const struct ofd_id *font, unsigned glyph)
{
	struct ofd *o = context;

	for (int i = 0; i < o->font_count; i++)
		if (strcmp(o->fonts[i].id.text, font->text) == 0)
			return ofd_font_character(o->fonts[i].font, glyph);
	if (o->font_count == FONTS_OPEN)
		return 0;
	o->fonts[o->font_count] = (struct open_font){*font, open_font(o, font)};
	return ofd_font_character(o->fonts[o->font_count++].font, glyph);
}

static struct ofd_face *
open_face(struct ofd *o, const struct ofd_id *id)
{
	struct buf data = BUF_INIT(OFD_FONT_MAX);
	const char *path = list_find(&o->font_files, id);
	struct ofd_face *f = NULL;

	if (path && o->face_bytes < OFD_FONT_MAX && zipxml_read(o->zip, path, &data, NULL)) {
		o->face_bytes += data.len;
		f = ofd_face_open(&data);
	}
	buf_free(&data);
	return f;
}

static const struct ofd_face *
face_of(void *context, const struct ofd_id *font)
{
	struct ofd *o = context;

	for (int i = 0; i < o->face_count; i++)
		if (strcmp(o->faces[i].id.text, font->text) == 0)
			return o->faces[i].face;
	if (o->face_count == FONTS_OPEN)
		return NULL;
	o->faces[o->face_count] = (struct open_face){*font, open_face(o, font)};
	return o->faces[o->face_count++].face;
}

static void
close_fonts(struct ofd *o)
{
	while (o->face_count)
		ofd_face_close(o->faces[--o->face_count].face);
	o->face_bytes = 0;
	while (o->font_count)
		ofd_font_close(o->fonts[--o->font_count].font);
}

/* ---- pages ---- */

/* Resources of one page: what they name is found as the document's own is. */
static void
read_page_resources(void *context, struct bytes target)
{
	struct ofd *o = context;
	struct entry **last = o->resources.tail;

	list_add(o, &o->resources, BYTES(NULL, 0), o->page, trimmed(target));
	if (*last)
		(void)read_part(o, (*last)->path, NULL);
}

static void
push_picture(struct ofd *o, const struct ofd_image *i)
{
	struct buf data = BUF_INIT(OFD_PICTURE_MAX);
	const char *path = list_find(&o->media, &i->resource);

	/* A picture that cannot be had leaves the text as whole as it was. */
	if (path && zipxml_read(o->zip, path, &data, NULL))
		page_table_picture(o->t, buf_bytes(&data));
	buf_free(&data);
}

/* What was put over the page; the page is as whole without it. */
static void
stream_annotations(struct ofd *o, struct ofd_page *p, const struct ofd_id *page)
{
	int n = 0;

	for (const struct entry *a = o->annotations.first; a && n < OFD_ANNOTATIONS_MAX; a = a->next)
		if (*page->text && strcmp(a->id.text, page->text) == 0) {
			(void)zipxml_stream(o->zip, a->path, &ofd_page_events, p, NULL);
			n++;
		}
}

/* The units that the page draws, and those that they draw. */
static void
stream_units(struct ofd *o, struct ofd_page *p)
{
	for (int i = 0; i < p->use_count && p->begun; i++) {
		p->use = &p->uses[i];
		for (const struct entry *r = o->resources.first; r; r = r->next)
			(void)zipxml_stream(o->zip, r->path, &ofd_page_events, p, NULL);
	}
	p->use = NULL;
}

/* The page's own objects, the templates under it, the annotations over it. False: its own part is missing or
 * broken; what came before that is there all the same. */
static bool
stream_page(struct ofd *o, struct ofd_page *p, const struct entry *page, struct err *e)
{
	bool ok = zipxml_stream(o->zip, page->path, &ofd_page_events, p, e);

	for (int i = 0, own = p->template_count; i < own && p->begun; i++) {
		const char *under = list_find(&o->templates, &p->templates[i]);

		/* A template is the form's printed part, mostly: without it the text is still there. */
		if (under)
			(void)zipxml_stream(o->zip, under, &ofd_page_events, p, NULL);
	}
	stream_units(o, p);
	stream_annotations(o, p, &page->id);
	return ok;
}

/* A page whose glyphs say nothing is read as what it looks like. False: it cannot be drawn. */
static bool
draw_page(struct ofd *o, const struct ofd_page *read, const struct entry *page)
{
	struct ofd_page p = {.number = read->number, .box = read->box, .face = face_of, .context = o};
	struct buf png = BUF_INIT(OFD_PICTURE_MAX);
	bool ok = false;

	if (o->drawn++ < OFD_DRAWN_MAX)
		p.drawing = ofd_drawing_new(p.box.width * 72 / 25.4, p.box.height * 72 / 25.4);
	if (p.drawing) {
		(void)stream_page(o, &p, page, NULL);
		ok = !ofd_drawing_lacks(p.drawing) && ofd_drawing_png(p.drawing, &png);
	}
	if (ok)
		page_table_picture(o->t, buf_bytes(&png));
	ofd_drawing_free(p.drawing);
	ofd_page_free(&p);
	buf_free(&png);
	return ok;
}

/* End the page: its text, or what it shows instead. */
static void
end_page(struct ofd *o, const struct ofd_page *p, const struct entry *page)
{
	struct page_count n = page_table_count(o->t);
	double covers = PICTURE_COVERS * p->box.width * p->box.height;
	bool picture = n.glyphs < FEW_GLYPHS && n.rules<4, nameless = n.unknown * 4> n.glyphs;

	if (nameless)
		page_table_forget(o->t);
	if (picture && n.glyphs)
		covers *= 5; /* beside text only what is the page itself */
	page_table_end(o->t);
	if (nameless && !draw_page(o, p, page))
		o->unreadable = true;
	for (int i = 0; i < p->image_count && picture; i++)
		if (p->images[i].area > covers)
			push_picture(o, &p->images[i]);
}

static bool
read_page(struct ofd *o, const struct entry *page, struct err *e)
{
	struct ofd_page p = {.t = o->t,
	                     .number = ++o->number,
	                     .box = o->box,
	                     .meaning = meaning_of,
	                     .resources = read_page_resources,
	                     .context = o};
	bool ok;

	if (!(p.box.width > 1 && p.box.height > 1))
		p.box = a4;
	o->page = page->path;
	ok = stream_page(o, &p, page, e);
	if (p.begun)
		end_page(o, &p, page);
	ofd_page_free(&p);
	return ok;
}

/* Files put into the document (GB/T 33190, 16), under the names of their entries. */
static void
push_files(struct ofd *o)
{
	struct buf data = BUF_INIT(DOC_FILE_MAX);

	for (const struct entry *l = o->lists.first; l; l = l->next)
		(void)read_part(o, l->path, NULL);
	for (const struct entry *f = o->files.first; f; f = f->next) {
		const char *slash = strrchr(f->path, '/'), *name = slash ? slash + 1 : f->path;
		struct err e = {0};

		buf_clear(&data);
		if (zipxml_read(o->zip, f->path, &data, &e))
			doc_file(o->d, name, buf_bytes(&data));
		else
			doc_file_unread(o->d, name, &e);
	}
	buf_free(&data);
}

static bool
read_document(struct ofd *o, const char *part, struct err *e)
{
	bool ok;

	list_clear(&o->pages);
	list_clear(&o->templates);
	list_clear(&o->resources);
	list_clear(&o->media);
	list_clear(&o->font_files);
	list_clear(&o->lists);
	list_clear(&o->files);
	list_clear(&o->annotation_lists);
	list_clear(&o->annotations);
	close_fonts(o);
	o->box = a4;
	ok = read_part(o, part, e);
	for (const struct entry *r = o->resources.first; r; r = r->next)
		(void)read_part(o, r->path, NULL); /* fonts and pictures: the text does without */
	o->annotating = true;
	for (const struct entry *l = o->annotation_lists.first; l; l = l->next)
		(void)read_part(o, l->path, NULL);
	o->annotating = false;
	for (const struct entry *p = o->pages.first; p; p = p->next) {
		if (o->number == OFD_PAGES_MAX) {
			o->d->too_large = true;
			o->d->too_large_why = "too many pages";
			break;
		}
		ok = read_page(o, p, ok ? e : NULL) && ok;
	}
	push_files(o);
	return ok;
}

static bool
read_documents(struct ofd *o, struct err *e)
{
	bool ok = read_part(o, ROOT_PART, e);
	int n = 0;

	for (const struct entry *r = o->documents.first; r && n < OFD_DOCUMENTS_MAX; r = r->next, n++)
		ok = read_document(o, r->path, ok ? e : NULL) && ok;
	if (ok && !o->number)
		return err_set(e, ERR_DAMAGED, "the OFD names no page");
	if (ok && o->unreadable)
		return err_set(e, ERR_UNSUPPORTED, "the OFD holds shapes of characters and no text");
	return ok;
}

static bool
ofd_read(const struct source *s, struct document *d, struct err *e)
{
	struct ofd o = {.d = d, .text = BUF_INIT(ZIPXML_NAME_MAX)};
	bool ok = false;

	o.zip = zipxml_open(s->data, e);
	if (!o.zip)
		return false;
	o.arena = arena_new();
	o.t = page_table_new(d);
	list_clear(&o.documents);
	list_clear(&o.resources);
	list_clear(&o.pages);
	list_clear(&o.templates);
	list_clear(&o.media);
	list_clear(&o.font_files);
	list_clear(&o.lists);
	list_clear(&o.files);
	list_clear(&o.annotation_lists);
	list_clear(&o.annotations);
	ok = read_documents(&o, e);
	if (!ok && zipxml_has(o.zip, LOCKS_PART))
		(void)err_set(e, ERR_ENCRYPTED, "parts of the OFD are locked");
	page_table_free(o.t);
	close_fonts(&o);
	buf_free(&o.text);
	arena_free(o.arena);
	zipxml_close(o.zip);
	return ok;
}

static bool
ofd_is(const struct source *s)
{
	return zipxml_is(s->data, ROOT_PART) || zipxml_is(s->data, LOCKS_PART);
}

const struct reader ofd_reader = {
        .name = "ofd",
        .extension = "ofd",
        .is = ofd_is,
        .read = ofd_read,
};
