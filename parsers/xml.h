/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XML by pushing, for readers: three events, no tree. libxml2 parses; a DOCTYPE is refused (no entity
 * of a stranger's is ever expanded, no file fetched), elements nest XML_DEPTH_MAX deep at most, and a
 * damaged document is read as far as it makes sense. */
#ifndef MINGPIAN_PARSERS_XML_H
#define MINGPIAN_PARSERS_XML_H

#include "config/buf.h"
#include "config/err.h"

#include <stdbool.h>
#include <stddef.h>

enum { XML_DEPTH_MAX = 256 };

/* An element as it begins; valid during the call. */
struct xml_tag {
	const char *ns;   /* its namespace's URI, "" where none */
	const char *name; /* without prefix */
	const unsigned char **attributes;
	int attribute_count;
};

struct xml_events {
	void (*begin)(void *context, const struct xml_tag *t);
	void (*end)(void *context, const char *ns, const char *name);
	void (*text)(void *context, const char *s, size_t len); /* whole characters, UTF-8 */
};

/* The value of the attribute with this local name, in whatever namespace; at is NULL where it has none. */
struct bytes xml_attribute(const struct xml_tag *t, const char *name);
bool xml_attribute_is(const struct xml_tag *t, const char *name, const char *want);

/* The same as a number of 0 to max; otherwise where it is missing or none. */
int xml_attribute_number(const struct xml_tag *t, const char *name, int otherwise, int max);

/* An on/off property of office formats: there, and not "0", "false", "off". */
bool xml_attribute_on(const struct xml_tag *t, const char *name);

struct xml;

/* events is borrowed until xml_end(). */
struct xml *xml_begin(const struct xml_events *events, void *context);

/* False: nothing more is wanted, a ceiling was met or xml_stop() called. */
bool xml_push(struct xml *x, const void *p, size_t len);

/* From within an event: enough, the rest need not come. That is no error. */
void xml_stop(struct xml *x);

/* All is pushed. False: it was damaged (ERR_DAMAGED), too deep (ERR_TOO_LARGE), had a DOCTYPE
 * (ERR_UNSUPPORTED). Frees x in any case. */
bool xml_end(struct xml *x, struct err *e);

/* All three in one, for a document that lies in memory. */
bool xml_read(struct bytes b, const struct xml_events *events, void *context, struct err *e);

#endif
