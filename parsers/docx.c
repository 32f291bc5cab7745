/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/docx.h"

#include "config/mem.h"
#include "parsers/wordml.h"
#include "parsers/zipxml.h"

#include <string.h>

#define MAIN_PART "word/document.xml" /* where all programs but some of Microsoft's put it */

enum {
	RELATIONS_MAX = 4000,
	PICTURE_MAX = 32 << 20,
};

/* ---- relations: what an r:id of a part means (Open Packaging Conventions) ---- */

struct relation {
	struct relation *next;
	const char *id, *target;
	bool header; /* a page header or footer */
};

struct relations {
	struct arena *arena;
	const char *from; /* the part whose they are */
	struct relation *first, **tail;
	const char *main_part; /* of the package's own: the document */
	int count;
};

static void
relation_begin(void *context, const struct xml_tag *t)
{
	struct relations *all = context;
	struct bytes id = xml_attribute(t, "Id"), type = xml_attribute(t, "Type");
	char target[ZIPXML_NAME_MAX];
	struct relation *r;

	if (strcmp(t->name, "Relationship") != 0 || all->count >= RELATIONS_MAX ||
	    xml_attribute_is(t, "TargetMode", "External") ||
	    !zipxml_resolve(target, all->from, xml_attribute(t, "Target")))
		return;
	all->count++;
	r = arena_alloc(all->arena, 1, sizeof *r);
	r->id = arena_dup0(all->arena, id.at, id.len);
	r->target = arena_str(all->arena, target);
	r->header = bytes_end(type, "/header") || bytes_end(type, "/footer");
	if (bytes_end(type, "/officeDocument") && !all->main_part)
		all->main_part = r->target;
	*all->tail = r;
	all->tail = &r->next;
}

static void
ignore_end(void *context, const char *ns, const char *name)
{
	(void)context, (void)ns, (void)name;
}

static void
ignore_text(void *context, const char *s, size_t len)
{
	(void)context, (void)s, (void)len;
}

/* The relations of a part; none where they are missing or broken: a document is whole without. */
static struct relations
relations_of(struct zipxml *z, struct arena *a, const char *part)
{
	static const struct xml_events events = {relation_begin, ignore_end, ignore_text};
	const char *slash = strrchr(part, '/');
	int folder = slash ? (int)(slash - part) + 1 : 0;
	struct relations all = {.arena = a, .from = part};

	all.tail = &all.first;
	(void)zipxml_stream(z, arena_fmt(a, "%.*s_rels/%s.rels", folder, part, part + folder), &events, &all,
	                    NULL);
	/* tail may point into this very struct: not to be used behind here */
	all.tail = NULL;
	return all;
}

/* ---- the document ---- */

struct package {
	struct zipxml *zip;
	struct relations relations;
};

static void
push_picture(void *context, struct document *d, struct bytes id)
{
	struct package *p = context;
	struct buf data = BUF_INIT(PICTURE_MAX);
	const struct relation *r = p->relations.first;

	while (r && !bytes_equal(bytes_str(r->id), id))
		r = r->next;
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

static const char *
main_part(struct zipxml *z, struct arena *a)
{
	const char *named = zipxml_has(z, MAIN_PART) ? MAIN_PART : relations_of(z, a, "").main_part;

	return named ? named : MAIN_PART;
}

static bool
docx_read(const struct source *s, struct document *d, struct err *e)
{
	struct arena *a = arena_new();
	struct package p = {.zip = zipxml_open(s->data, e)};
	const struct relation *r;
	const char *part;
	bool ok = false;

	if (!p.zip)
		goto out;
	part = main_part(p.zip, a);
	p.relations = relations_of(p.zip, a, part);
	ok = read_part(&p, part, d, e);
	/* Headers are an extra: where one is broken, the document is not. */
	for (r = ok ? p.relations.first : NULL; r; r = r->next)
		if (r->header)
			(void)read_part(&p, r->target, d, NULL);
out:
	zipxml_close(p.zip);
	arena_free(a);
	return ok;
}

static bool
docx_is(const struct source *s)
{
	struct arena *a;
	struct zipxml *z;
	const char *part;
	bool is;

	if (!bytes_begin(s->data, "PK\3\4"))
		return false;
	if (zipxml_is(s->data, MAIN_PART))
		return true;
	a = arena_new();
	z = zipxml_open(s->data, NULL);
	part = z ? relations_of(z, a, "").main_part : NULL;
	is = part && strncmp(part, "word/", 5) == 0;
	zipxml_close(z);
	arena_free(a);
	return is;
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
