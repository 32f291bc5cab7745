/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/docx.h"

#include "config/mem.h"
#include "parsers/opc.h"
#include "parsers/wordml.h"
#include "parsers/zipxml.h"

#include <string.h>

#define MAIN_PART "word/document.xml" /* where all programs but some of Microsoft's put it */

enum { PICTURE_MAX = 32 << 20 };

/* ---- the document ---- */

struct package {
	struct zipxml *zip;
	struct opc_relations relations;
};

static void
push_picture(void *context, struct document *d, struct bytes id)
{
	struct package *p = context;
	struct buf data = BUF_INIT(PICTURE_MAX);
	const struct opc_relation *r = opc_relation(&p->relations, id);

	/* A picture that cannot be had leaves the text as whole as it was. */
	if (r && zipxml_read(p->zip, r->target, &data, NULL))
		doc_picture(d, buf_bytes(&data));
	buf_free(&data);
}

static bool
read_part(struct package *p, const char *part, struct document *d, struct err *e)
{
	struct wordml *x = wordml_new(d, push_picture, p);
	bool ok = zipxml_stream(p->zip, part, &wordml_events, x, e);

	wordml_free(x);
	return ok;
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
	ok = read_part(&p, part, d, e);
	/* Headers are an extra: where one is broken, the document is not. */
	for (r = ok ? p.relations.first : NULL; r; r = r->next)
		if (opc_is(r, "header") || opc_is(r, "footer"))
			(void)read_part(&p, r->target, d, NULL);
out:
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

/* ---- encrypted ---- */

/* A name of ASCII letters as OLE2's directory writes it: UTF-16LE. */
static bool
ole_names(struct bytes b, const char *name)
{
	char wide[64];
	size_t n = strlen(name), i;

	for (i = 0; i < n; i++) {
		wide[2 * i] = name[i];
		wide[2 * i + 1] = '\0';
	}
	return b.len && memmem(b.at, b.len, wide, 2 * n);
}

static bool
locked_is(const struct source *s)
{
	return bytes_begin(s->data, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") &&
	       ole_names(s->data, "EncryptedPackage") && !ole_names(s->data, "WordDocument");
}

static bool
locked_read(const struct source *s, struct document *d, struct err *e)
{
	(void)s, (void)d;
	return err_set(e, ERR_ENCRYPTED, "the document is locked with a password");
}

const struct reader ooxml_locked_reader = {
        .name = "ooxml-locked",
        .extension = "docx",
        .is = locked_is,
        .read = locked_read,
};
