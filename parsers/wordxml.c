/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/wordxml.h"

#include "parsers/base64.h"
#include "parsers/member.h"
#include "parsers/oleobject.h"
#include "parsers/wordml.h"
#include "parsers/xml.h"

#include <string.h>

enum { HEAD_MAX = 4096, BINARY_MAX = 44 << 20 /* characters, of one picture or file: 32 MB */ };

/* WordprocessingML, and between it the files of the package as base64. */
struct flat {
	struct document *d;
	struct wordml *x;
	bool binary; /* in one of them */
	struct buf text, data;
	size_t files;
};

static bool
is_binary(const char *name)
{
	return strcmp(name, "binData") == 0 || strcmp(name, "binaryData") == 0;
}

static void
on_begin(void *context, const struct xml_tag *t)
{
	struct flat *f = context;

	if (is_binary(t->name)) {
		f->binary = true;
		buf_clear(&f->text);
	} else {
		wordml_events.begin(f->x, t);
	}
}

/* Word 2003 keeps all objects in one OLE2 file, a storage for each; a package keeps each as a part. */
static void
push_ole(struct flat *f, struct bytes b)
{
	struct ole *o = ole_open(b, NULL);

	if (o && ole_storage(o, 0, "_", 0))
		oleobject_push(o, 0, "_", f->d);
	else if (o)
		doc_file(f->d, member_unnamed(f->d->arena, ++f->files, b), b);
	ole_close(o);
}

static void
push_binary(struct flat *f)
{
	struct err why = {0};
	struct bytes b;

	buf_clear(&f->data);
	base64_decode(buf_bytes(&f->text), &f->data);
	b = buf_bytes(&f->data);
	if (f->text.over || f->data.over) {
		(void)err_set(&why, ERR_TOO_LARGE, "more than is read of a file put into another");
		doc_file_unread(f->d, arena_fmt(f->d->arena, "附件%zu", ++f->files), &why);
	} else if (ole_is(b)) {
		push_ole(f, b);
	} else if (bytes_begin(b, "PK\3\4")) {
		doc_file(f->d, member_unnamed(f->d->arena, ++f->files, b), b);
	} else if (b.len) {
		doc_picture(f->d, b);
	}
}

static void
on_end(void *context, const char *ns, const char *name)
{
	struct flat *f = context;

	if (!is_binary(name)) {
		wordml_events.end(f->x, ns, name);
		return;
	}
	f->binary = false;
	push_binary(f);
}

static void
on_text(void *context, const char *s, size_t len)
{
	struct flat *f = context;

	if (f->binary)
		buf_add(&f->text, s, len);
	else
		wordml_events.text(f->x, s, len);
}

static bool
wordxml_is(const struct source *s)
{
	struct bytes head = BYTES(s->data.at, s->data.len < HEAD_MAX ? s->data.len : HEAD_MAX);

	if (bytes_begin(head, "\xEF\xBB\xBF"))
		head = BYTES(head.at + 3, head.len - 3);
	return bytes_begin(head, "<?xml") && (bytes_find(head, "<w:wordDocument") < head.len ||
	                                      bytes_find(head, "/2006/xmlPackage") < head.len);
}

/* In a file of Word 2003 they come first, in a package some time; NULL: none of them hides. */
static struct wordstyles *
read_styles(struct bytes xml)
{
	struct wordstyles *styles = NULL;

	if (wordstyles_may_hide(xml)) {
		styles = wordstyles_new();
		(void)xml_read(xml, &wordstyles_events, styles, NULL);
		wordstyles_end(styles);
	}
	return styles;
}

static bool
wordxml_read(const struct source *s, struct document *d, struct err *e)
{
	static const struct xml_events events = {on_begin, on_end, on_text};
	struct wordstyles *styles = read_styles(s->data);
	struct flat f = {.d = d,
	                 .x = wordml_new(d, styles, NULL, NULL),
	                 .text = BUF_INIT(BINARY_MAX),
	                 .data = BUF_INIT(BINARY_MAX)};
	bool ok = xml_read(s->data, &events, &f, e);

	wordml_free(f.x);
	wordstyles_free(styles);
	buf_free(&f.text);
	buf_free(&f.data);
	return ok;
}

const struct reader wordxml_reader = {
        .name = "wordxml",
        .extension = "xml",
        .is = wordxml_is,
        .read = wordxml_read,
};
