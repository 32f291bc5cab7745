/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/opc.h"

#include <string.h>

enum { RELATIONS_MAX = 4000 };

struct reading {
	struct arena *arena;
	const char *from; /* the part whose they are */
	struct opc_relation *first, **tail;
	int count;
};

static void
on_begin(void *context, const struct xml_tag *t)
{
	struct reading *all = context;
	struct bytes id = xml_attribute(t, "Id"), type = xml_attribute(t, "Type");
	char target[ZIPXML_NAME_MAX];
	struct opc_relation *r;

	if (strcmp(t->name, "Relationship") != 0 || all->count >= RELATIONS_MAX ||
	    xml_attribute_is(t, "TargetMode", "External") ||
	    !zipxml_resolve(target, all->from, xml_attribute(t, "Target")))
		return;
	all->count++;
	r = arena_alloc(all->arena, 1, sizeof *r);
	r->id = arena_dup0(all->arena, id.at, id.len);
	r->type = arena_dup0(all->arena, type.at, type.len);
	r->target = arena_str(all->arena, target);
	*all->tail = r;
	all->tail = &r->next;
}

static void
on_end(void *context, const char *ns, const char *name)
{
	(void)context, (void)ns, (void)name;
}

static void
on_text(void *context, const char *s, size_t len)
{
	(void)context, (void)s, (void)len;
}

struct opc_relations
opc_relations(struct zipxml *z, struct arena *a, const char *part)
{
	static const struct xml_events events = {on_begin, on_end, on_text};
	const char *slash = strrchr(part, '/');
	int folder = slash ? (int)(slash - part) + 1 : 0;
	struct reading all = {.arena = a, .from = part};

	all.tail = &all.first;
	(void)zipxml_stream(z, arena_fmt(a, "%.*s_rels/%s.rels", folder, part, part + folder), &events, &all,
	                    NULL);
	return (struct opc_relations){all.first};
}

const struct opc_relation *
opc_relation(const struct opc_relations *all, struct bytes id)
{
	const struct opc_relation *r = all->first;

	while (r && !bytes_equal(bytes_str(r->id), id))
		r = r->next;
	return r;
}

bool
opc_is(const struct opc_relation *r, const char *type)
{
	const char *slash = strrchr(r->type, '/');

	return slash && strcmp(slash + 1, type) == 0;
}

void
opc_push_files(struct zipxml *z, const struct opc_relations *all, struct document *d)
{
	struct buf data = BUF_INIT(DOC_FILE_MAX);

	for (const struct opc_relation *r = all->first; r; r = r->next) {
		const char *slash = strrchr(r->target, '/'), *name = slash ? slash + 1 : r->target;
		bool shown = opc_is(r, "aFChunk");
		struct err e = {0};

		if (!shown && !opc_is(r, "package") && !opc_is(r, "oleObject"))
			continue;
		buf_clear(&data);
		if (zipxml_read(z, r->target, &data, &e))
			doc_file(d, shown ? "" : name, buf_bytes(&data));
		else if (zipxml_has(z, r->target)) /* a link leads out of the package */
			doc_file_unread(d, shown ? "" : name, &e);
	}
	buf_free(&data);
}

static const char *
named_main_part(struct zipxml *z, struct arena *a)
{
	const struct opc_relation *r = opc_relations(z, a, "").first;

	while (r && !opc_is(r, "officeDocument"))
		r = r->next;
	return r ? r->target : NULL;
}

const char *
opc_main_part(struct zipxml *z, struct arena *a, const char *usual)
{
	const char *named = zipxml_has(z, usual) ? usual : named_main_part(z, a);

	return named ? named : usual;
}

bool
opc_is_package(struct bytes b, const char *usual, const char *folder)
{
	struct zipxml *z = bytes_begin(b, "PK\3\4") ? zipxml_open(b, NULL) : NULL;
	struct arena *a;
	const char *named;
	bool is;

	if (!z)
		return false;
	a = arena_new();
	is = zipxml_has(z, usual);
	if (!is) {
		named = named_main_part(z, a);
		is = named && strncmp(named, folder, strlen(folder)) == 0;
	}
	zipxml_close(z);
	arena_free(a);
	return is;
}
