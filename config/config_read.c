/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/config_read.h"

#include "config/config_keys.h"

#include <string.h>

/* ---- messages ---- */

/* Where s stands; a key that stands nowhere is missing from the group around it. */
static const char *
source_file(const struct config_reader *r, const config_setting_t *s)
{
	const char *included = s ? config_setting_source_file(s) : NULL;

	return included ? included : r->file;
}

static unsigned
source_line(const config_setting_t *s)
{
	unsigned line = s ? config_setting_source_line(s) : 0;

	return line ? line : 1;
}

bool
config_complain(struct config_reader *r, const config_setting_t *s, const struct buf *what)
{
	return err_set(r->e, ERR_CONFIG, "%s:%u: %s: %s", source_file(r, s), source_line(s), r->path.at,
	               what->at);
}

/* Of the value that s is; NULL: of its absence from the group around. */
static bool
complain(struct config_reader *r, const struct config_key *key, const config_setting_t *s,
         const config_setting_t *around)
{
	struct buf b = BUF_INIT(CONFIG_SENTENCE_MAX);

	buf_str(&b, "expected ");
	config_value_expected(&b, key);
	buf_str(&b, ", found ");
	if (s)
		config_value_found(&b, s);
	else
		buf_str(&b, "nothing: the key is missing");
	config_complain(r, s ? s : around, &b);
	buf_free(&b);
	return false;
}

/* The path grows by ".name" or ".[i]"; returned is its length before, for path_back(). */
static size_t
path_into(struct config_reader *r, const char *name, int i)
{
	size_t was = r->path.len;

	if (was)
		buf_ch(&r->path, '.');
	if (name)
		buf_str(&r->path, name);
	else
		buf_fmt(&r->path, "[%d]", i);
	return was;
}

static void
path_back(struct config_reader *r, size_t was)
{
	r->path.len = was;
	buf_seal(&r->path);
}

/* ---- the table against the file ---- */

static bool read_group(struct config_reader *r, const struct config_group *g, const config_setting_t *s,
                       const config_setting_t *around, void *to);

static bool
read_list(struct config_reader *r, const struct config_key *key, const config_setting_t *s, void *to)
{
	struct config_key element = {.kind = key->element, .fallback = key->fallback, .min = 1};
	int count = s ? config_setting_length(s) : (key->fallback[0] ? 1 : 0);
	const char **list;
	bool ok = true;

	if (s && (!config_setting_is_aggregate(s) || config_setting_is_group(s) || count < key->min ||
	          count > key->max))
		return complain(r, key, s, NULL);
	list = arena_alloc(r->c->arena, (size_t)count + 1, sizeof *list);
	for (int i = 0; ok && i < count; i++) {
		const config_setting_t *item = s ? config_setting_get_elem(s, (unsigned)i) : NULL;
		size_t was = path_into(r, NULL, i);

		ok = config_value_read(&element, item, r->c->dir, r->c->arena, &list[i]) ||
		     complain(r, &element, item, NULL);
		path_back(r, was);
	}
	memcpy(to, &list, sizeof list);
	return ok;
}

static bool
read_groups(struct config_reader *r, const struct config_key *key, const config_setting_t *s, void *base)
{
	int count = config_setting_length(s);
	char *items;
	bool ok = true;

	if (!config_setting_is_list(s) || count < key->min || count > key->max)
		return complain(r, key, s, NULL);
	items = arena_alloc(r->c->arena, (size_t)count, key->group->size);
	for (int i = 0; ok && i < count; i++) {
		const config_setting_t *item = config_setting_get_elem(s, (unsigned)i);
		size_t was = path_into(r, NULL, i);

		ok = config_setting_is_group(item)
		             ? read_group(r, key->group, item, item, items + (size_t)i * key->group->size)
		             : complain(r, &(struct config_key){.kind = KIND_GROUP}, item, NULL);
		path_back(r, was);
	}
	memcpy((char *)base + key->offset, &items, sizeof items);
	*(size_t *)((char *)base + key->count_offset) = (size_t)count;
	return ok;
}

/* s may be NULL, where the file has no such key; around is the nearest group that it has. */
static bool
read_key(struct config_reader *r, const struct config_key *key, const config_setting_t *s,
         const config_setting_t *around, void *base)
{
	void *to = (char *)base + key->offset;

	/* A group that is left out is read as an empty one: what it lacks is named then. */
	if (key->kind == KIND_GROUP) {
		if (s && !config_setting_is_group(s))
			return complain(r, key, s, NULL);
		return read_group(r, key->group, s, s ? s : around, to);
	}
	if (!s && (!key->fallback || key->kind == KIND_GROUPS))
		return complain(r, key, NULL, around);
	if (key->kind == KIND_GROUPS)
		return read_groups(r, key, s, base);
	if (key->kind == KIND_LIST)
		return read_list(r, key, s, to);
	if (config_value_read(key, s, r->c->dir, r->c->arena, to))
		return true;
	return complain(r, key, s, around);
}

static bool
known_key(struct config_reader *r, const struct config_group *g, const config_setting_t *s)
{
	struct buf b = BUF_INIT(CONFIG_SENTENCE_MAX);
	size_t was;

	for (size_t i = 0; i < g->count; i++) {
		if (strcmp(g->keys[i].name, config_setting_name(s)) == 0)
			return true;
	}
	buf_str(&b, "unknown key, expected one of ");
	for (size_t i = 0; i < g->count; i++)
		buf_fmt(&b, "%s%s", i ? ", " : "", g->keys[i].name);
	was = path_into(r, config_setting_name(s), 0);
	config_complain(r, s, &b);
	path_back(r, was);
	buf_free(&b);
	return false;
}

/* Unknown keys first: a misspelt key is named, and not the one that is missing for it. */
static bool
read_group(struct config_reader *r, const struct config_group *g, const config_setting_t *s,
           const config_setting_t *around, void *to)
{
	bool ok = true;

	for (int i = 0; s && i < config_setting_length(s); i++) {
		if (!known_key(r, g, config_setting_get_elem(s, (unsigned)i)))
			return false;
	}
	for (size_t i = 0; ok && i < g->count; i++) {
		const config_setting_t *member = s ? config_setting_get_member(s, g->keys[i].name) : NULL;
		size_t was = path_into(r, g->keys[i].name, 0);

		ok = read_key(r, &g->keys[i], member, around, to);
		path_back(r, was);
	}
	return ok;
}

bool
config_read_all(struct config_reader *r)
{
	return read_group(r, &config_keys, config_root_setting(&r->lib), NULL, r->c);
}
