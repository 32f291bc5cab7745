/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/odf.h"

#include "parsers/odf_content.h"
#include "parsers/zipxml.h"

#include <string.h>

#define STYLES_PART "styles.xml"

enum { MIME_MAX = 128, STYLES_MAX = 8 << 20 };

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

struct package {
	struct document *d;
	struct zipxml *zip;
	struct odf_styles *styles; /* NULL: none of them hides */
};

/* What cannot be read of it is told; the document around it is as whole as it was. */
static void
read_object(const struct package *p, const char *part)
{
	struct odf_content *x = odf_content_new(p->d, p->zip, p->styles);
	struct err e = {0};
	bool ok = zipxml_stream(p->zip, part, &odf_content_events, x, &e);

	if (ok && odf_content_object(x, 0))
		ok = err_set(&e, ERR_TOO_LARGE, "objects in an object");
	if (!odf_content_end(x, ok, &e))
		doc_file_unread(p->d, "", &e);
}

static void
read_objects(const struct package *p, const struct odf_content *x)
{
	const char *part;

	for (int i = 0; (part = odf_content_object(x, i)); i++)
		read_object(p, part);
}

/* The form may stand in a page's header; a styles.xml that cannot be read leaves the text as whole as it was.
 */
static void
read_headers(const struct package *p)
{
	struct odf_content *x = odf_content_new(p->d, p->zip, p->styles);

	(void)zipxml_stream(p->zip, STYLES_PART, &odf_content_events, x, NULL);
	read_objects(p, x);
	(void)odf_content_end(x, true, NULL);
}

static bool
is_locked(struct zipxml *z)
{
	static const struct xml_events manifest = {manifest_begin, manifest_end, manifest_text};
	bool encrypted = false;

	(void)zipxml_stream(z, "META-INF/manifest.xml", &manifest, &encrypted, NULL);
	return encrypted;
}

static bool
package_read(const struct source *s, struct document *d, struct err *e)
{
	struct package p = {.d = d, .zip = zipxml_open(s->data, e)};
	struct buf styles = BUF_INIT(STYLES_MAX);
	struct odf_content *x;
	bool ok;

	if (!p.zip)
		return false;
	if (is_locked(p.zip)) {
		zipxml_close(p.zip);
		return err_set(e, ERR_ENCRYPTED, "the document is locked with a password");
	}
	if (zipxml_read(p.zip, STYLES_PART, &styles, NULL))
		p.styles = odf_styles_named(buf_bytes(&styles));
	x = odf_content_new(d, p.zip, p.styles);
	ok = zipxml_stream(p.zip, "content.xml", &odf_content_events, x, e);
	read_objects(&p, x);
	if (!odf_content_is_sheet(x))
		read_headers(&p);
	ok = odf_content_end(x, ok, e);
	odf_styles_free(p.styles);
	buf_free(&styles);
	zipxml_close(p.zip);
	return ok;
}

static bool
flat_read(const struct source *s, struct document *d, struct err *e)
{
	struct odf_content *x = odf_content_new(d, NULL, NULL);

	return odf_content_end(x, xml_read(s->data, &odf_content_events, x, e), e);
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
