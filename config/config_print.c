/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration as its file would have it: the table against the struct. */
#include "config/config.h"

#include "config/config_keys.h"

#include <string.h>

static void print_group(struct buf *b, const struct config_group *g, const void *from, int depth);

static void
print_list(struct buf *b, const struct config_key *key, const void *from)
{
	struct config_key element = {.kind = key->element};
	const char *const *list;

	memcpy(&list, from, sizeof list);
	buf_ch(b, '[');
	for (size_t i = 0; list[i]; i++) {
		buf_str(b, i ? ", " : "");
		config_value_print(b, &element, &list[i]);
	}
	buf_ch(b, ']');
}

static void
print_groups(struct buf *b, const struct config_key *key, const void *base, int depth)
{
	size_t count = *(const size_t *)((const char *)base + key->count_offset);
	const char *items;

	memcpy(&items, (const char *)base + key->offset, sizeof items);
	buf_str(b, "(");
	for (size_t i = 0; i < count; i++) {
		buf_str(b, i ? ", {\n" : " {\n");
		print_group(b, key->group, items + i * key->group->size, depth + 1);
		buf_fmt(b, "%*s}", depth * 2, "");
	}
	buf_str(b, " )");
}

static void
print_group(struct buf *b, const struct config_group *g, const void *from, int depth)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct config_key *key = &g->keys[i];
		const void *at = (const char *)from + key->offset;

		buf_fmt(b, "%*s%s = ", depth * 2, "", key->name);
		if (key->kind == KIND_GROUP) {
			buf_str(b, "{\n");
			print_group(b, key->group, at, depth + 1);
			buf_fmt(b, "%*s}", depth * 2, "");
		} else if (key->kind == KIND_GROUPS) {
			print_groups(b, key, from, depth);
		} else if (key->kind == KIND_LIST) {
			print_list(b, key, at);
		} else {
			config_value_print(b, key, at);
		}
		buf_str(b, ";\n");
	}
}

void
config_print(const struct config *c, struct buf *b)
{
	print_group(b, &config_keys, c, 0);
}
