/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small templates that an office person can edit:
 *
 *   {{name}}                 a value; in HTML always escaped (there is no way to ask for it raw)
 *   {{#name}} … {{/name}}    once for each of a list; or once if a text is not empty, a flag is true
 *   {{^name}} … {{/name}}    if the list or text is empty, the flag false
 *   {{! … }}                 a comment
 *   {{> part}}               the file part.txt or part.html of the same folder, whole
 *
 * A section's, comment's or part's tag that stands alone on its line takes the line with it. All
 * mistakes are found when a template is read: the names that may stand in it, and where, are given
 * as a table, and rendering cannot fail. */
#ifndef MINGPIAN_DAEMON_TEMPLATE_H
#define MINGPIAN_DAEMON_TEMPLATE_H

#include "config/buf.h"
#include "config/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	TEMPLATE_FILE_MAX = 256 * 1024,
	TEMPLATE_NODES_MAX = 4096,
	TEMPLATE_DEPTH_MAX = 8, /* sections in sections, and parts in parts */
};

enum template_type {
	TEMPLATE_TEXT, /* a JSON string or integer */
	TEMPLATE_FLAG, /* true or false; no value, only a section */
	TEMPLATE_LIST, /* an array of objects; no value, only a section */
};

/* A name that may stand in a template. One with `in` belongs to each element of that list and may
 * stand only in its section. */
struct template_name {
	const char *name;
	enum template_type type;
	const char *in; /* NULL: anywhere */
};

struct template_names {
	const struct template_name *at; /* static: templates keep pointing to it */
	size_t count;
};

struct template;

/* Read file; escaping is for HTML where its name ends in .html. False (ERR_CONFIG): e says file and
 * line, and what is known there. Free with template_free(). */
bool template_load(struct template **t_r, const char *file, const struct template_names *names,
                   struct err *e);

/* The same from a string that stands in file at line; plain text, without parts. */
bool template_parse(struct template **t_r, const char *text, const char *file, int line,
                    const struct template_names *names, struct err *e);

void template_free(struct template *t); /* NULL is fine */

/* Append t with values, an object as the table says. A name that values lack is empty, false. In
 * plain text unsafe characters go (text_is_unsafe), newlines stay; in HTML a newline is <br>. */
void template_render(const struct template *t, const json_t *values, struct buf *out);

#endif
