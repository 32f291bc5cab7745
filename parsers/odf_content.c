/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/odf_content.h"

#include "config/mem.h"
#include "parsers/base64.h"
#include "parsers/member.h"
#include "parsers/odf_forms.h"
#include "parsers/odf_sheet.h"

#include <stdlib.h>
#include <string.h>

enum {
	PICTURE_MAX = 32 << 20,
	SPACES_MAX = 1000,
	SPANS_MAX = XML_DEPTH_MAX,
	REPEATED_MAX = 1024, /* empty cells beside each other */
	SPAN_MAX = 1 << 16,
	OBJECTS_MAX = 64, /* put into it */
};

enum { HIDDEN = 1, STRUCK = 2 }; /* how text looks */

struct odf_content {
	struct document *d;
	struct zipxml *zip;      /* NULL in a flat file */
	struct odf_sheet *sheet; /* NULL in a text */
	int skip;                /* depth inside an element that is left out; 0: in none */
	bool masters;            /* in what stands on each page, of which headers and footers are read */
	bool header;             /* in one of these */
	int paragraphs;          /* depth inside text:p and text:h */
	bool space;              /* white space waits for what follows */
	bool line;               /* something stands in the paragraph */
	int heading;             /* depth inside table-header-rows */
	bool pictured;           /* the open frame has given its picture */

	bool binary;    /* in a file as base64, of a flat file */
	bool is_object; /* and it is an object, no picture */
	struct buf encoded;

	const char *objects[OBJECTS_MAX]; /* packages in the package, read behind it */
	int object_count, files;

	const struct odf_styles *named; /* of the package; NULL: none of them hides */
	struct odf_styles *styles;      /* of this part */
	struct odf_forms *forms;
	bool in_forms;
	struct buf spans;   /* for each open paragraph and span what of these was around it */
	unsigned char look; /* of the text at hand: HIDDEN, STRUCK */
};

/* ---- text ---- */

static void
put(struct odf_content *x, const char *s, size_t len)
{
	if (x->sheet)
		odf_sheet_text(x->sheet, s, len);
	else
		doc_text(x->d, s, len);
	x->line = true;
}

/* White space collapses as in HTML; text:s says where it does not (ISO/IEC 26300-1, 6.1.2). */
static void
on_text(void *context, const char *s, size_t len)
{
	struct odf_content *x = context;
	size_t i, from;

	if (x->binary)
		buf_add(&x->encoded, s, len);
	if (x->skip || !x->paragraphs || x->binary || x->look)
		return;
	for (i = 0; i < len;) {
		for (; i < len && strchr(" \t\r\n", s[i]); i++)
			x->space = true;
		for (from = i; i < len && !strchr(" \t\r\n", s[i]); i++)
			;
		if (i == from)
			break;
		if (x->space && x->line)
			put(x, " ", 1);
		x->space = false;
		put(x, s + from, i - from);
	}
}

static void
put_mark(struct odf_content *x, const char *s)
{
	if (!x->paragraphs || x->look)
		return;
	if (x->space && x->line)
		put(x, " ", 1);
	x->space = false;
	put(x, s, strlen(s));
}

static void
spaces(struct odf_content *x, const struct xml_tag *t)
{
	int n = xml_attribute_number(t, "c", 1, SPACES_MAX);

	while (n-- > 0)
		put_mark(x, " ");
}

static void
tab(struct odf_content *x, const struct xml_tag *t)
{
	(void)t;
	put_mark(x, "\t");
}

static void
line_break(struct odf_content *x, const struct xml_tag *t)
{
	(void)t;
	put_mark(x, "\n");
}

static bool
is_hidden(const struct odf_content *x, struct bytes style)
{
	return odf_styles_look(x->styles, x->named, style).display == ODF_HIDDEN;
}

/* What a style says stands against what was around. */
static void
begin_look(struct odf_content *x, const struct xml_tag *t, unsigned char now)
{
	struct odf_look look = odf_styles_look(x->styles, x->named, xml_attribute(t, "style-name"));

	if (look.display)
		now = (now & ~HIDDEN) | (look.display == ODF_HIDDEN ? HIDDEN : 0);
	if (look.line)
		now = (now & ~STRUCK) | (look.line == ODF_HIDDEN ? STRUCK : 0);
	buf_ch(&x->spans, (char)x->look);
	x->look = now;
}

static void
end_look(struct odf_content *x)
{
	if (x->spans.len)
		x->look = (unsigned char)x->spans.at[--x->spans.len];
}

static void
begin_paragraph(struct odf_content *x, const struct xml_tag *t)
{
	if (is_hidden(x, xml_attribute(t, "style-name"))) {
		x->skip = 1;
		return;
	}
	/* a text box is not struck through with what it hangs on */
	begin_look(x, t, x->look & HIDDEN);
	/* a paragraph in a paragraph is that of a text box */
	if (x->paragraphs++ && !x->sheet)
		doc_end_paragraph(x->d);
	if (x->sheet)
		odf_sheet_paragraph(x->sheet);
	x->line = x->space = false;
}

static void
end_paragraph(struct odf_content *x)
{
	end_look(x);
	x->paragraphs--;
	x->space = false;
	if (!x->sheet)
		doc_end_paragraph(x->d);
}

/* A span in a hidden one may be shown again. */
static void
begin_span(struct odf_content *x, const struct xml_tag *t)
{
	begin_look(x, t, x->look);
}

static void
end_span(struct odf_content *x)
{
	end_look(x);
}

static void
skip(struct odf_content *x, const struct xml_tag *t)
{
	(void)t;
	x->skip = 1;
}

static void
skip_hidden(struct odf_content *x, const struct xml_tag *t)
{
	if (xml_attribute_is(t, "is-hidden", "true"))
		x->skip = 1;
}

/* A part of the text that is hidden, with all that stands in it. */
static void
section(struct odf_content *x, const struct xml_tag *t)
{
	if (xml_attribute_is(t, "display", "none") || xml_attribute_is(t, "is-hidden", "true"))
		x->skip = 1;
}

/* ---- styles, and fields to fill in ---- */

static void
style(struct odf_content *x, const struct xml_tag *t)
{
	odf_styles_begin(x->styles, t);
}

static void
properties(struct odf_content *x, const struct xml_tag *t)
{
	odf_styles_properties(x->styles, t);
}

static void
begin_forms(struct odf_content *x, const struct xml_tag *t)
{
	(void)t;
	x->in_forms = true;
}

static void
end_forms(struct odf_content *x)
{
	x->in_forms = false;
}

/* A field lies here: what was typed into it is seen. */
static void
control(struct odf_content *x, const struct xml_tag *t)
{
	const char *value = odf_forms_value(x->forms, xml_attribute(t, "control"));

	if (value)
		put_mark(x, value);
}

static void
begin_list(struct odf_content *x, const struct xml_tag *t)
{
	(void)t;
	odf_forms_list_begin(x->forms);
}

static void
list_param(struct odf_content *x, const struct xml_tag *t)
{
	odf_forms_list_param(x->forms, t);
}

static void
end_list(struct odf_content *x)
{
	const char *choice = odf_forms_list_choice(x->forms);

	if (choice)
		put_mark(x, choice);
}

/* ---- tables ---- */

static void
begin_shape(struct odf_content *x, const struct xml_tag *t)
{
	(void)t;
	if (x->sheet)
		odf_sheet_begin_shape(x->sheet);
}

static void
end_shape(struct odf_content *x)
{
	if (x->sheet)
		odf_sheet_end_shape(x->sheet);
}

static void
begin_table(struct odf_content *x, const struct xml_tag *t)
{
	if (!x->sheet)
		doc_begin_table(x->d, NULL);
	else if (!odf_sheet_begin(x->sheet, xml_attribute(t, "name"),
	                          is_hidden(x, xml_attribute(t, "style-name"))))
		x->skip = 1;
}

static void
end_table(struct odf_content *x)
{
	if (x->sheet)
		odf_sheet_end(x->sheet);
	else
		doc_end_table(x->d);
}

static void
column(struct odf_content *x, const struct xml_tag *t)
{
	if (x->sheet)
		odf_sheet_columns(x->sheet, t);
}

static void
begin_row(struct odf_content *x, const struct xml_tag *t)
{
	if (x->sheet)
		odf_sheet_begin_row(x->sheet, t);
	else
		doc_begin_row(x->d);
}

static void
end_row(struct odf_content *x)
{
	if (x->sheet)
		odf_sheet_end_row(x->sheet);
	else
		doc_end_row(x->d);
}

static void
begin_cell(struct odf_content *x, const struct xml_tag *t)
{
	int columns = odf_count(t, "number-columns-spanned", DOC_COLUMNS_MAX);
	int rows = odf_count(t, "number-rows-spanned", SPAN_MAX);

	if (x->sheet) {
		odf_sheet_begin_cell(x->sheet, t);
		return;
	}
	/* in a text, only empty cells are said once for many; the last one takes what may come */
	for (int i = odf_count(t, "number-columns-repeated", REPEATED_MAX); i > 0; i--) {
		doc_begin_cell(x->d, columns, rows, DOC_MERGE_NONE);
		if (x->heading)
			doc_cell_is_header(x->d);
	}
}

static void
end_cell(struct odf_content *x)
{
	if (x->sheet)
		odf_sheet_end_cell(x->sheet);
	else
		doc_end_cell(x->d);
}

/* A cell under a span: a document's builder steps over it by itself. */
static void
covered_cell(struct odf_content *x, const struct xml_tag *t)
{
	if (x->sheet)
		odf_sheet_covered(x->sheet, t);
	x->skip = 1;
}

static void
begin_heading(struct odf_content *x, const struct xml_tag *t)
{
	(void)t;
	x->heading++;
}

static void
end_heading(struct odf_content *x)
{
	x->heading--;
}

/* ---- the rest ---- */

static void
begin_spreadsheet(struct odf_content *x, const struct xml_tag *t)
{
	(void)t;
	if (!x->sheet)
		x->sheet = odf_sheet_new(x->d);
}

static void
frame(struct odf_content *x, const struct xml_tag *t)
{
	begin_shape(x, t);
	x->pictured = false;
}

static bool
in_hidden_sheet(const struct odf_content *x)
{
	return x->sheet && odf_sheet_is_hidden(x->sheet);
}

/* A frame may hold one picture in several formats. */
static void
image(struct odf_content *x, const struct xml_tag *t)
{
	struct buf data = BUF_INIT(PICTURE_MAX);
	char name[ZIPXML_NAME_MAX];

	if (!x->zip || in_hidden_sheet(x) || x->pictured ||
	    !zipxml_resolve(name, "", xml_attribute(t, "href")))
		return;
	if (zipxml_read(x->zip, name, &data, NULL)) {
		doc_picture(x->d, buf_bytes(&data));
		x->pictured = true;
	}
	buf_free(&data);
}

/* A document of ODF put into it: a folder of the package. It is shown in its place; here it comes last. */
static void
object(struct odf_content *x, const struct xml_tag *t)
{
	char name[ZIPXML_NAME_MAX];

	if (!x->zip || !zipxml_resolve(name, "", xml_attribute(t, "href")))
		return;
	if (x->object_count == OBJECTS_MAX) {
		x->d->too_large = true;
		x->d->too_large_why = "too many objects put into it";
		return;
	}
	x->objects[x->object_count++] = arena_fmt(x->d->arena, "%s/content.xml", name);
}

/* A file of another kind put into it, as an OLE2 file. */
static void
object_ole(struct odf_content *x, const struct xml_tag *t)
{
	struct buf data = BUF_INIT(DOC_FILE_MAX);
	char part[ZIPXML_NAME_MAX];
	struct err e = {0};

	if (x->zip && zipxml_resolve(part, "", xml_attribute(t, "href"))) {
		x->files++;
		if (zipxml_read(x->zip, part, &data, &e))
			doc_file(x->d, member_unnamed(x->d->arena, (size_t)x->files, buf_bytes(&data)),
			         buf_bytes(&data));
		else
			doc_file_unread(x->d, arena_fmt(x->d->arena, "附件%d", x->files), &e);
	}
	x->is_object = true;
	buf_free(&data);
}

static void
end_object_ole(struct odf_content *x)
{
	x->is_object = false;
}

/* ---- headers and footers ---- */

static void
begin_masters(struct odf_content *x, const struct xml_tag *t)
{
	(void)t;
	x->masters = true;
}

static void
end_masters(struct odf_content *x)
{
	x->masters = false;
}

static void
master_page(struct odf_content *x, const struct xml_tag *t)
{
	(void)x, (void)t;
}

/* One that is not displayed is as the other pages' is. */
static void
begin_header(struct odf_content *x, const struct xml_tag *t)
{
	if (xml_attribute_is(t, "display", "false")) {
		x->skip = 1;
		return;
	}
	x->header = true;
	doc_set_header(x->d, true);
}

static void
end_header(struct odf_content *x)
{
	x->header = false;
	doc_set_header(x->d, false);
}

/* ---- files in a flat file ---- */

static void
begin_binary(struct odf_content *x, const struct xml_tag *t)
{
	(void)t;
	x->binary = true;
	buf_clear(&x->encoded);
}

static void
end_binary(struct odf_content *x)
{
	struct buf data = BUF_INIT(DOC_FILE_MAX);
	struct bytes b;
	struct err e = {0};

	x->binary = false;
	base64_decode(buf_bytes(&x->encoded), &data);
	b = buf_bytes(&data);
	if (x->encoded.over || data.over) {
		(void)err_set(&e, ERR_TOO_LARGE, "more than is read of a file put into another");
		doc_file_unread(x->d, arena_fmt(x->d->arena, "附件%d", ++x->files), &e);
	} else if (b.len && x->is_object) {
		x->files++;
		doc_file(x->d, member_unnamed(x->d->arena, (size_t)x->files, b), b);
	} else if (b.len && !x->pictured && !in_hidden_sheet(x)) {
		doc_picture(x->d, b);
		x->pictured = true;
	}
	buf_free(&data);
}

static const struct element {
	const char *ns, *name;
	void (*begin)(struct odf_content *x, const struct xml_tag *t);
	void (*end)(struct odf_content *x);
} elements[] = {
        {"text", "p", begin_paragraph, end_paragraph},
        {"text", "h", begin_paragraph, end_paragraph},
        {"text", "section", section, NULL},
        {"text", "span", begin_span, end_span},
        {"text", "s", spaces, NULL},
        {"text", "tab", tab, NULL},
        {"text", "line-break", line_break, NULL},
        {"text", "note", skip, NULL},
        {"text", "tracked-changes", skip, NULL},
        {"text", "ruby-text", skip, NULL},
        {"text", "placeholder", skip, NULL},
        {"text", "hidden-text", skip_hidden, NULL},
        {"text", "hidden-paragraph", skip_hidden, NULL},
        {"table", "table", begin_table, end_table},
        {"table", "table-row", begin_row, end_row},
        {"table", "table-cell", begin_cell, end_cell},
        {"table", "covered-table-cell", covered_cell, NULL},
        {"table", "table-column", column, NULL},
        {"table", "table-header-rows", begin_heading, end_heading},
        {"table", "tracked-changes", skip, NULL},
        {"office", "annotation", skip, NULL},
        {"office", "binary-data", begin_binary, end_binary},
        {"office", "forms", begin_forms, end_forms},
        {"office", "master-styles", begin_masters, end_masters},
        {"style", "master-page", master_page, NULL},
        {"style", "header", begin_header, end_header},
        {"style", "header-left", begin_header, end_header},
        {"style", "header-first", begin_header, end_header},
        {"style", "footer", begin_header, end_header},
        {"style", "footer-left", begin_header, end_header},
        {"style", "footer-first", begin_header, end_header},
        {"office", "spreadsheet", begin_spreadsheet, NULL},
        {"field", "fieldmark", begin_list, end_list},
        {"field", "param", list_param, NULL},
        {"drawing", "frame", frame, end_shape},
        {"drawing", "image", image, NULL},
        {"drawing", "custom-shape", begin_shape, end_shape},
        {"drawing", "rect", begin_shape, end_shape},
        {"drawing", "ellipse", begin_shape, end_shape},
        {"drawing", "control", control, NULL},
        {"drawing", "object", object, NULL},
        {"drawing", "object-ole", object_ole, end_object_ole},
        {"chart", "chart", skip, NULL},
        {"svg-compatible", "title", skip, NULL},
        {"svg-compatible", "desc", skip, NULL},
        {"style", "style", style, NULL},
        {"style", "text-properties", properties, NULL},
        {"style", "table-properties", properties, NULL},
};

/* What stands behind the prefix, where ns begins with it; else NULL. */
static const char *
behind(const char *ns, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(ns, prefix, len) == 0 ? ns + len : NULL;
}

/* urn:oasis:names:tc:opendocument:xmlns:KIND:1.0, or LibreOffice's own for Word's fields. */
static bool
is_namespace(const char *ns, const char *kind)
{
	const char *rest = behind(ns, "urn:oasis:names:tc:opendocument:xmlns:");

	if (!rest)
		rest = behind(ns, "urn:openoffice:names:experimental:ooo-ms-interop:xmlns:");
	rest = rest ? behind(rest, kind) : NULL;
	return rest && *rest == ':';
}

static const struct element *
element_find(const char *ns, const char *name)
{
	size_t i;

	for (i = 0; i < sizeof elements / sizeof elements[0]; i++)
		if (strcmp(elements[i].name, name) == 0 && is_namespace(ns, elements[i].ns))
			return &elements[i];
	return NULL;
}

static void
on_begin(void *context, const struct xml_tag *t)
{
	struct odf_content *x = context;
	const struct element *row;

	if (x->skip) {
		x->skip++;
		return;
	}
	if (x->in_forms) {
		odf_forms_tag(x->forms, t);
		return;
	}
	row = element_find(t->ns, t->name);
	if (x->masters && !x->header && !(row && (row->begin == master_page || row->begin == begin_header)))
		x->skip = 1;
	else if (row)
		row->begin(x, t);
}

static void
on_end(void *context, const char *ns, const char *name)
{
	struct odf_content *x = context;
	const struct element *row;

	if (x->skip) {
		x->skip--;
		return;
	}
	row = element_find(ns, name);
	if (row && row->end && (!x->in_forms || row->end == end_forms))
		row->end(x);
}

const struct xml_events odf_content_events = {on_begin, on_end, on_text};

struct odf_content *
odf_content_new(struct document *d, struct zipxml *zip, const struct odf_styles *named)
{
	struct odf_content *x = mem_alloc(1, sizeof *x);

	x->d = d;
	x->zip = zip;
	x->named = named;
	x->styles = odf_styles_new();
	x->forms = odf_forms_new(d->arena);
	x->spans = BUF_INIT(SPANS_MAX);
	x->encoded = BUF_INIT(DOC_FILE_MAX / 3 * 4);
	return x;
}

bool
odf_content_end(struct odf_content *x, bool ok, struct err *e)
{
	if (x->sheet && !odf_sheet_finish(x->sheet) && ok)
		ok = err_set(e, ERR_TOO_LARGE, "a sheet holds more than is read of one");
	odf_sheet_free(x->sheet);
	odf_styles_free(x->styles);
	buf_free(&x->spans);
	buf_free(&x->encoded);
	free(x);
	return ok;
}

bool
odf_content_is_sheet(const struct odf_content *x)
{
	return x->sheet != NULL;
}

const char *
odf_content_object(const struct odf_content *x, int n)
{
	return n < x->object_count ? x->objects[n] : NULL;
}
