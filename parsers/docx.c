/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/docx.h"

#include "config/mem.h"
#include "parsers/opc.h"
#include "parsers/wordml.h"
#include "parsers/zipxml.h"

#include <string.h>

#define MAIN_PART "word/document.xml" /* where all programs but some of Microsoft's put it */

enum { PICTURE_MAX = 32 << 20, STYLES_MAX = 8 << 20 };

/* ---- the document ---- */

struct package {
	struct zipxml *zip;
	struct opc_relations relations; /* of the document, */
	struct opc_relations shown;     /* and of the part that is read: a header has pictures of its own */
	struct wordstyles *styles;      /* NULL: none of them hides */
};

static void
push_picture(void *context, struct document *d, struct bytes id)
{
	struct package *p = context;
	struct buf data = BUF_INIT(PICTURE_MAX);
	const struct opc_relation *r = opc_relation(&p->shown, id);

	/* A picture that cannot be had leaves the text as whole as it was. */
	if (r && zipxml_read(p->zip, r->target, &data, NULL))
		doc_picture(d, buf_bytes(&data));
	buf_free(&data);
}

static bool
read_part(struct package *p, const char *part, struct opc_relations its, struct document *d, struct err *e)
{
	struct wordml *x = wordml_new(d, p->styles, push_picture, p);
	bool ok;

	p->shown = its;
	ok = zipxml_stream(p->zip, part, &wordml_events, x, e);
	wordml_free(x);
	return ok;
}

/* A part that is broken hides nothing. */
static void
read_styles(struct package *p)
{
	struct buf xml = BUF_INIT(STYLES_MAX);
	const struct opc_relation *r = p->relations.first;

	while (r && !opc_is(r, "styles"))
		r = r->next;
	if (r && zipxml_read(p->zip, r->target, &xml, NULL) && wordstyles_may_hide(buf_bytes(&xml))) {
		p->styles = wordstyles_new();
		(void)xml_read(buf_bytes(&xml), &wordstyles_events, p->styles, NULL);
		wordstyles_end(p->styles);
	}
	buf_free(&xml);
}

static bool
docx_read(const struct source *s, struct document *d, struct err *e)
{
	struct arena *a = arena_new();
	struct package p = {.zip = zipxml_open(s->data, e)};
	const struct opc_relation *r;
	const char *part;
	bool ok = false;

	if (!p.zip)
		goto out;
	part = opc_main_part(p.zip, a, MAIN_PART);
	p.relations = opc_relations(p.zip, a, part);
	read_styles(&p);
	ok = read_part(&p, part, p.relations, d, e);
	/* Headers are an extra: where one is broken, the document is not. */
	for (r = ok ? p.relations.first : NULL; r; r = r->next)
		if (opc_is(r, "header") || opc_is(r, "footer"))
			(void)read_part(&p, r->target, opc_relations(p.zip, a, r->target), d, NULL);
	opc_push_files(p.zip, &p.relations, d);
out:
	wordstyles_free(p.styles);
	zipxml_close(p.zip);
	arena_free(a);
	return ok;
}

static bool
docx_is(const struct source *s)
{
	return opc_is_package(s->data, MAIN_PART, "word/");
}

const struct reader docx_reader = {
        .name = "docx",
        .extension = "docx",
        .is = docx_is,
        .read = docx_read,
};
