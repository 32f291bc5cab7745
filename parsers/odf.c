/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/odf.h"

#include "config/mem.h"
#include "parsers/base64.h"
#include "parsers/member.h"
#include "parsers/odf_sheet.h"
#include "parsers/zipxml.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PICTURE_MAX = 32 << 20,
	MIME_MAX = 128,
	SPACES_MAX = 1000,
	REPEATED_MAX = 1024, /* empty cells beside each other */
	SPAN_MAX = 1 << 16,
	HIDDEN_MAX = 1000,
	OBJECTS_MAX = 64, /* put into it */
	STYLE_MAX = 64,   /* longer names of styles do not hide */
};

struct odf {
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

	char style[STYLE_MAX]; /* that is being defined */
	char hidden[HIDDEN_MAX][STYLE_MAX];
	int hidden_count;
};

/* ---- text ---- */

static void
put(struct odf *x, const char *s, size_t len)
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
	struct odf *x = context;
	size_t i, from;

	if (x->binary)
		buf_add(&x->encoded, s, len);
	if (x->skip || !x->paragraphs || x->binary)
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
put_mark(struct odf *x, const char *s)
{
	if (!x->paragraphs)
		return;
	if (x->space && x->line)
		put(x, " ", 1);
	x->space = false;
	put(x, s, strlen(s));
}

static void
spaces(struct odf *x, const struct xml_tag *t)
{
	int n = xml_attribute_number(t, "c", 1, SPACES_MAX);

	while (n-- > 0)
		put_mark(x, " ");
}

static void
tab(struct odf *x, const struct xml_tag *t)
{
	(void)t;
	put_mark(x, "\t");
}

static void
line_break(struct odf *x, const struct xml_tag *t)
{
	(void)t;
	put_mark(x, "\n");
}

static bool
is_hidden(const struct odf *x, struct bytes style)
{
	int i;

	for (i = 0; i < x->hidden_count; i++)
		if (bytes_equal(bytes_str(x->hidden[i]), style))
			return true;
	return false;
}

static void
begin_paragraph(struct odf *x, const struct xml_tag *t)
{
	if (is_hidden(x, xml_attribute(t, "style-name"))) {
		x->skip = 1;
		return;
	}
	/* a paragraph in a paragraph is that of a text box */
	if (x->paragraphs++ && !x->sheet)
		doc_end_paragraph(x->d);
	if (x->sheet)
		odf_sheet_paragraph(x->sheet);
	x->line = x->space = false;
}

static void
end_paragraph(struct odf *x)
{
	x->paragraphs--;
	x->space = false;
	if (!x->sheet)
		doc_end_paragraph(x->d);
}

static void
span(struct odf *x, const struct xml_tag *t)
{
	if (is_hidden(x, xml_attribute(t, "style-name")))
		x->skip = 1;
}

static void
skip(struct odf *x, const struct xml_tag *t)
{
	(void)t;
	x->skip = 1;
}

static void
skip_hidden(struct odf *x, const struct xml_tag *t)
{
	if (xml_attribute_is(t, "is-hidden", "true"))
		x->skip = 1;
}

/* ---- styles that hide ---- */

static void
style(struct odf *x, const struct xml_tag *t)
{
	struct bytes name = xml_attribute(t, "name");

	x->style[0] = '\0';
	if (name.len >= STYLE_MAX)
		return;
	memcpy(x->style, name.len ? name.at : (const unsigned char *)"", name.len);
	x->style[name.len] = '\0';
}

/* Struck through, it is taken back by who wrote it. */
static bool
hides(const struct xml_tag *t)
{
	struct bytes line = xml_attribute(t, "text-line-through-style");

	return xml_attribute_is(t, "display", "none") || xml_attribute_is(t, "display", "false") ||
	       (line.len && !bytes_equal(line, bytes_str("none")));
}

static void
properties(struct odf *x, const struct xml_tag *t)
{
	if (!x->style[0] || x->hidden_count == HIDDEN_MAX || !hides(t))
		return;
	memcpy(x->hidden[x->hidden_count++], x->style, STYLE_MAX);
}

/* ---- tables ---- */

static void
begin_shape(struct odf *x, const struct xml_tag *t)
{
	(void)t;
	if (x->sheet)
		odf_sheet_begin_shape(x->sheet);
}

static void
end_shape(struct odf *x)
{
	if (x->sheet)
		odf_sheet_end_shape(x->sheet);
}

static void
begin_table(struct odf *x, const struct xml_tag *t)
{
	if (!x->sheet)
		doc_begin_table(x->d, NULL);
	else if (!odf_sheet_begin(x->sheet, xml_attribute(t, "name"),
	                          is_hidden(x, xml_attribute(t, "style-name"))))
		x->skip = 1;
}

static void
end_table(struct odf *x)
{
	if (x->sheet)
		odf_sheet_end(x->sheet);
	else
		doc_end_table(x->d);
}

static void
column(struct odf *x, const struct xml_tag *t)
{
	if (x->sheet)
		odf_sheet_columns(x->sheet, t);
}

static void
begin_row(struct odf *x, const struct xml_tag *t)
{
	if (x->sheet)
		odf_sheet_begin_row(x->sheet, t);
	else
		doc_begin_row(x->d);
}

static void
end_row(struct odf *x)
{
	if (x->sheet)
		odf_sheet_end_row(x->sheet);
	else
		doc_end_row(x->d);
}

static void
begin_cell(struct odf *x, const struct xml_tag *t)
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
end_cell(struct odf *x)
{
	if (x->sheet)
		odf_sheet_end_cell(x->sheet);
	else
		doc_end_cell(x->d);
}

/* A cell under a span: a document's builder steps over it by itself. */
static void
covered_cell(struct odf *x, const struct xml_tag *t)
{
	if (x->sheet)
		odf_sheet_covered(x->sheet, t);
	x->skip = 1;
}

static void
begin_heading(struct odf *x, const struct xml_tag *t)
{
	(void)t;
	x->heading++;
}

static void
end_heading(struct odf *x)
{
	x->heading--;
}

/* ---- the rest ---- */

static void
begin_spreadsheet(struct odf *x, const struct xml_tag *t)
{
	(void)t;
	if (!x->sheet)
		x->sheet = odf_sheet_new(x->d);
}

static void
frame(struct odf *x, const struct xml_tag *t)
{
	begin_shape(x, t);
	x->pictured = false;
}

static bool
in_hidden_sheet(const struct odf *x)
{
	return x->sheet && odf_sheet_is_hidden(x->sheet);
}

/* A frame may hold one picture in several formats. */
static void
image(struct odf *x, const struct xml_tag *t)
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
object(struct odf *x, const struct xml_tag *t)
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
object_ole(struct odf *x, const struct xml_tag *t)
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
end_object_ole(struct odf *x)
{
	x->is_object = false;
}

/* ---- headers and footers ---- */

static void
begin_masters(struct odf *x, const struct xml_tag *t)
{
	(void)t;
	x->masters = true;
}

static void
end_masters(struct odf *x)
{
	x->masters = false;
}

static void
master_page(struct odf *x, const struct xml_tag *t)
{
	(void)x, (void)t;
}

/* One that is not displayed is as the other pages' is. */
static void
begin_header(struct odf *x, const struct xml_tag *t)
{
	if (xml_attribute_is(t, "display", "false")) {
		x->skip = 1;
		return;
	}
	x->header = true;
	doc_set_header(x->d, true);
}

static void
end_header(struct odf *x)
{
	x->header = false;
	doc_set_header(x->d, false);
}

/* ---- files in a flat file ---- */

static void
begin_binary(struct odf *x, const struct xml_tag *t)
{
	(void)t;
	x->binary = true;
	buf_clear(&x->encoded);
}

static void
end_binary(struct odf *x)
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
	void (*begin)(struct odf *x, const struct xml_tag *t);
	void (*end)(struct odf *x);
} elements[] = {
        {"text", "p", begin_paragraph, end_paragraph},
        {"text", "h", begin_paragraph, end_paragraph},
        {"text", "span", span, NULL},
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
        {"office", "forms", skip, NULL},
        {"office", "master-styles", begin_masters, end_masters},
        {"style", "master-page", master_page, NULL},
        {"style", "header", begin_header, end_header},
        {"style", "header-left", begin_header, end_header},
        {"style", "header-first", begin_header, end_header},
        {"style", "footer", begin_header, end_header},
        {"style", "footer-left", begin_header, end_header},
        {"style", "footer-first", begin_header, end_header},
        {"office", "spreadsheet", begin_spreadsheet, NULL},
        {"drawing", "frame", frame, end_shape},
        {"drawing", "image", image, NULL},
        {"drawing", "custom-shape", begin_shape, end_shape},
        {"drawing", "rect", begin_shape, end_shape},
        {"drawing", "ellipse", begin_shape, end_shape},
        {"drawing", "object", object, NULL},
        {"drawing", "object-ole", object_ole, end_object_ole},
        {"chart", "chart", skip, NULL},
        {"svg-compatible", "title", skip, NULL},
        {"svg-compatible", "desc", skip, NULL},
        {"style", "style", style, NULL},
        {"style", "text-properties", properties, NULL},
        {"style", "table-properties", properties, NULL},
};

/* urn:oasis:names:tc:opendocument:xmlns:KIND:1.0 */
static bool
is_namespace(const char *ns, const char *kind)
{
	static const char prefix[] = "urn:oasis:names:tc:opendocument:xmlns:";
	size_t len = strlen(kind);

	if (strncmp(ns, prefix, sizeof prefix - 1) != 0)
		return false;
	ns += sizeof prefix - 1;
	return strncmp(ns, kind, len) == 0 && ns[len] == ':';
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
	struct odf *x = context;
	const struct element *row;

	if (x->skip) {
		x->skip++;
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
	struct odf *x = context;
	const struct element *row;

	if (x->skip) {
		x->skip--;
		return;
	}
	row = element_find(ns, name);
	if (row && row->end)
		row->end(x);
}

static const struct xml_events events = {on_begin, on_end, on_text};

/* ---- the whole ---- */

static struct odf *
odf_new(struct document *d)
{
	struct odf *x = mem_alloc(1, sizeof *x);

	x->d = d;
	x->encoded = BUF_INIT(DOC_FILE_MAX / 3 * 4);
	return x;
}

static bool
odf_end(struct odf *x, bool ok, struct err *e)
{
	if (x->sheet && !odf_sheet_finish(x->sheet) && ok)
		ok = err_set(e, ERR_TOO_LARGE, "a sheet holds more than is read of one");
	odf_sheet_free(x->sheet);
	buf_free(&x->encoded);
	free(x);
	return ok;
}

static void
manifest_begin(void *context, const struct xml_tag *t)
{
	bool *encrypted = context;

	*encrypted |= strcmp(t->name, "encryption-data") == 0;
}

static void
manifest_end(void *context, const char *ns, const char *name)
{
	(void)context, (void)ns, (void)name;
}

static void
manifest_text(void *context, const char *s, size_t len)
{
	(void)context, (void)s, (void)len;
}

/* What cannot be read of it is told; the document around it is as whole as it was. */
static void
read_object(const struct odf *around, const char *part)
{
	struct odf *x = odf_new(around->d);
	struct err e = {0};
	bool ok;

	x->zip = around->zip;
	ok = zipxml_stream(x->zip, part, &events, x, &e);
	if (ok && x->object_count)
		ok = err_set(&e, ERR_TOO_LARGE, "objects in an object");
	if (!odf_end(x, ok, &e))
		doc_file_unread(around->d, "", &e);
}

/* The form may stand in a page's header; a styles.xml that cannot be read leaves the text as whole as it was.
 */
static void
read_headers(const struct odf *around)
{
	struct odf *x = odf_new(around->d);

	x->zip = around->zip;
	(void)zipxml_stream(x->zip, "styles.xml", &events, x, NULL);
	for (int i = 0; i < x->object_count; i++)
		read_object(x, x->objects[i]);
	(void)odf_end(x, true, NULL);
}

static bool
package_read(const struct source *s, struct document *d, struct err *e)
{
	static const struct xml_events manifest = {manifest_begin, manifest_end, manifest_text};
	struct zipxml *z = zipxml_open(s->data, e);
	struct odf *x;
	bool ok, encrypted = false;

	if (!z)
		return false;
	(void)zipxml_stream(z, "META-INF/manifest.xml", &manifest, &encrypted, NULL);
	if (encrypted) {
		zipxml_close(z);
		return err_set(e, ERR_ENCRYPTED, "the document is locked with a password");
	}
	x = odf_new(d);
	x->zip = z;
	ok = zipxml_stream(z, "content.xml", &events, x, e);
	for (int i = 0; i < x->object_count; i++)
		read_object(x, x->objects[i]);
	if (!x->sheet)
		read_headers(x);
	ok = odf_end(x, ok, e);
	zipxml_close(z);
	return ok;
}

static bool
flat_read(const struct source *s, struct document *d, struct err *e)
{
	struct odf *x = odf_new(d);

	return odf_end(x, xml_read(s->data, &events, x, e), e);
}

/* The type that a package names in its first entry. */
static bool
package_has_type(struct bytes b, const char *type)
{
	struct zipxml *z = bytes_begin(b, "PK\3\4") ? zipxml_open(b, NULL) : NULL;
	struct buf mime = BUF_INIT(MIME_MAX);
	bool is;

	if (!z)
		return false;
	is = zipxml_read(z, "mimetype", &mime, NULL) && mime.at && strncmp(mime.at, type, strlen(type)) == 0;
	buf_free(&mime);
	zipxml_close(z);
	return is;
}

static bool
odt_is(const struct source *s)
{
	return package_has_type(s->data, "application/vnd.oasis.opendocument.text");
}

static bool
ods_is(const struct source *s)
{
	return package_has_type(s->data, "application/vnd.oasis.opendocument.spreadsheet");
}

static bool
flat_is(const struct source *s)
{
	struct bytes head = BYTES(s->data.at, s->data.len < 4096 ? s->data.len : 4096);

	return bytes_begin(head, "<?xml") && bytes_find(head, "<office:document") < head.len;
}

const struct reader odt_reader = {.name = "odt", .extension = "odt", .is = odt_is, .read = package_read};
const struct reader ods_reader = {.name = "ods", .extension = "ods", .is = ods_is, .read = package_read};
const struct reader odf_flat_reader = {
        .name = "odf-flat", .extension = "fodt", .is = flat_is, .read = flat_read};
