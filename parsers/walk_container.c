/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Archives and what else holds files: each member is a file of the mail, as far as the ceilings let it. */
#include "parsers/walk_inner.h"

#include <string.h>
#include <strings.h>

/* Files that systems put into archives for themselves. */
static bool
is_litter(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	return strstr(path, "__MACOSX/") || strncmp(name, "._", 2) == 0 || strcmp(name, ".DS_Store") == 0 ||
	       strcasecmp(name, "Thumbs.db") == 0 || strcasecmp(name, "desktop.ini") == 0 ||
	       strncmp(name, "~$", 2) == 0;
}

/* The XML of a package that is too broken to be known as one: nobody put it there as a file. */
static bool
is_package_part(const char *path)
{
	static const char *const folders[] = {"xl/",    "word/",      "ppt/",           "docProps/",
	                                      "_rels/", "customXml/", "[Content_Types]"};
	struct bytes name = bytes_str(path);
	bool within = false;

	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
		within = within || bytes_begin(name, folders[i]);
	return within && (bytes_end(name, ".xml") || bytes_end(name, ".rels"));
}

struct opened {
	struct walker *w;
	const struct item *item;
	struct container_sink *sink;
	size_t members;
	bool stopped;
};

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* What may come out of a container: what is left of the message's whole, and no more than its own size
 * lets expect. */
static size_t
room_for(const struct walker *w, const struct item *item)
{
	size_t own = smaller(item->source.data.len, WALK_BYTES_MAX) * WALK_RATIO_MAX;

	if (own < WALK_RATIO_FREE)
		own = WALK_RATIO_FREE;
	return smaller(own, walk_room(w));
}

static const char *
path_within(const struct opened *o, const char *name)
{
	const char *slash = strrchr(o->item->path, '/');

	if (!o->sink->transparent)
		return arena_fmt(o->w->a, "%s/%s", o->item->path, name);
	return arena_fmt(o->w->a, "%.*s%s", slash ? (int)(slash - o->item->path) + 1 : 0, o->item->path,
	                 name);
}

static bool
take_member(void *context, const char *name, struct bytes data)
{
	struct opened *o = context;
	struct walker *w = o->w;
	const char *slash = strrchr(name, '/');
	struct item inner = {.path = path_within(o, name), .depth = o->item->depth + 1};

	o->members++;
	if (data.len > o->sink->room || w->files >= WALK_FILES_MAX || inner.depth > WALK_DEPTH_MAX) {
		o->stopped = true;
		return false;
	}
	w->bytes += data.len;
	o->sink->room -= data.len;
	if (is_litter(name) || is_package_part(name))
		return true;
	inner.source = (struct source){.data = data,
	                               .name = slash ? slash + 1 : name,
	                               .type = "",
	                               .charset = "",
	                               .passwords = w->passwords};
	walk_file(w, &inner);
	/* what came out of this one counts for all around it */
	o->sink->room = smaller(o->sink->room, walk_room(w));
	return true;
}

static void
take_unread_member(void *context, const char *name, const struct err *why)
{
	struct opened *o = context;

	o->members++;
	if (!is_litter(name) && walk_counts(o->w, path_within(o, name), o->item->depth + 1))
		walk_add_unread(o->w, path_within(o, name), why->code, why->text);
}

static void
take_text(void *context, const char *name, struct bytes data, const char *type, const char *charset)
{
	struct opened *o = context;
	struct mail_part p = {.role = MAIL_BODY,
	                      .path = path_within(o, name),
	                      .name = "",
	                      .type = type,
	                      .charset = charset,
	                      .content_id = "",
	                      .data = data,
	                      .depth = o->item->depth + 1};

	o->members++;
	walk_add_forms(o->w, walk_body(o->w, &p));
}

void
walk_container(struct walker *w, const struct reader *r, const struct item *item)
{
	struct container_sink sink = {.member = take_member,
	                              .unread = take_unread_member,
	                              .text = take_text,
	                              .room = room_for(w, item)};
	struct opened o = {.w = w, .item = item, .sink = &sink};
	struct err e = {0};
	bool ok;

	sink.context = &o;
	ok = r->unpack(&item->source, &sink, &e);
	if (o.stopped)
		walk_add_unread(w, item->path, ERR_TOO_LARGE, "more in it than can be looked at");
	else if (!ok)
		walk_add_unread(w, item->path, e.code, e.text);
	else if (!o.members)
		walk_add_supplementary(w, item->path);
}
