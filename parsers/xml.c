/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/xml.h"

#include "config/mem.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 16 };

struct xml {
	const struct xml_events *events;
	void *context;
	xmlParserCtxtPtr parser;
	int depth;
	bool stopped;
	struct err why; /* code ERR_NONE: nothing is wrong so far */
};

/* An attribute of libxml2's SAX2: five pointers. */
enum { ATTR_NAME, ATTR_PREFIX, ATTR_URI, ATTR_VALUE, ATTR_END, ATTR_POINTERS };

struct bytes
xml_attribute(const struct xml_tag *t, const char *name)
{
	const unsigned char **a = t->attributes;
	int i;

	for (i = 0; i < t->attribute_count; i++, a += ATTR_POINTERS)
		if (strcmp((const char *)a[ATTR_NAME], name) == 0)
			return BYTES(a[ATTR_VALUE], (size_t)(a[ATTR_END] - a[ATTR_VALUE]));
	return BYTES(NULL, 0);
}

bool
xml_attribute_is(const struct xml_tag *t, const char *name, const char *want)
{
	struct bytes v = xml_attribute(t, name);

	return v.at && bytes_equal(v, bytes_str(want));
}

int
xml_attribute_number(const struct xml_tag *t, const char *name, int otherwise, int max)
{
	struct bytes v = xml_attribute(t, name);
	int64_t n = 0; /* ten times an int fits */
	size_t i;

	if (!v.len)
		return otherwise;
	for (i = 0; i < v.len; i++) {
		if (v.at[i] < '0' || v.at[i] > '9')
			return otherwise;
		n = n * 10 + (v.at[i] - '0');
		if (n > max)
			return max;
	}
	return (int)n;
}

bool
xml_attribute_on(const struct xml_tag *t, const char *name)
{
	return !xml_attribute_is(t, name, "0") && !xml_attribute_is(t, name, "false") &&
	       !xml_attribute_is(t, name, "off");
}

void
xml_stop(struct xml *x)
{
	x->stopped = true;
	xmlStopParser(x->parser);
}

static void
on_begin(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int ns_count,
         const xmlChar **namespaces, int attribute_count, int defaulted, const xmlChar **attributes)
{
	struct xml *x = user;
	struct xml_tag t = {.ns = uri ? (const char *)uri : "",
	                    .name = (const char *)name,
	                    .attributes = attributes,
	                    .attribute_count = attribute_count};

	(void)prefix, (void)ns_count, (void)namespaces, (void)defaulted;
	if (x->stopped)
		return;
	if (++x->depth > XML_DEPTH_MAX) {
		(void)err_set(&x->why, ERR_TOO_LARGE, "XML elements are more than %d deep in each other",
		              XML_DEPTH_MAX);
		xml_stop(x);
		return;
	}
	x->events->begin(x->context, &t);
}

static void
on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct xml *x = user;

	(void)prefix;
	if (x->stopped)
		return;
	x->depth--;
	x->events->end(x->context, uri ? (const char *)uri : "", (const char *)name);
}

static void
on_text(void *user, const xmlChar *s, int len)
{
	struct xml *x = user;

	if (!x->stopped && len > 0)
		x->events->text(x->context, (const char *)s, (size_t)len);
}

static void
on_doctype(void *user, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
	struct xml *x = user;

	(void)name, (void)public_id, (void)system_id;
	(void)err_set(&x->why, ERR_UNSUPPORTED, "the XML has a DOCTYPE, which no office program writes");
	xml_stop(x);
}

/* What libxml2 would write to standard error; xml_end() asks for wellFormed instead. */
static void
on_error(void *user, xmlErrorPtr error)
{
	(void)user, (void)error;
}

struct xml *
xml_begin(const struct xml_events *events, void *context)
{
	xmlSAXHandler sax = {
	        .initialized = XML_SAX2_MAGIC,
	        .startElementNs = on_begin,
	        .endElementNs = on_end,
	        .characters = on_text,
	        .ignorableWhitespace = on_text,
	        .cdataBlock = on_text,
	        .internalSubset = on_doctype,
	        .serror = on_error,
	};
	struct xml *x = mem_alloc(1, sizeof *x);

	x->events = events;
	x->context = context;
	x->parser = xmlCreatePushParserCtxt(&sax, x, NULL, 0, NULL);
	if (!x->parser)
		mem_die("starting to read XML");
	/* NOENT: with no DOCTYPE it stands for &amp; in attributes alone. */
	(void)xmlCtxtUseOptions(x->parser, XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_RECOVER |
	                                           XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	return x;
}

bool
xml_push(struct xml *x, const void *p, size_t len)
{
	const char *s = p;
	size_t n;

	for (; len && !x->stopped; s += n, len -= n) {
		n = len < CHUNK ? len : CHUNK;
		(void)xmlParseChunk(x->parser, s, (int)n, 0);
	}
	return !x->stopped;
}

bool
xml_end(struct xml *x, struct err *e)
{
	bool ok;

	if (!x->stopped)
		(void)xmlParseChunk(x->parser, NULL, 0, 1);
	if (!x->stopped && !x->parser->wellFormed)
		(void)err_set(&x->why, ERR_DAMAGED, "the XML is broken at line %d",
		              x->parser->lastError.line);
	ok = x->why.code == ERR_NONE || err_set(e, x->why.code, "%s", x->why.text);
	if (x->parser->myDoc)
		xmlFreeDoc(x->parser->myDoc);
	xmlFreeParserCtxt(x->parser);
	free(x);
	return ok;
}

bool
xml_read(struct bytes b, const struct xml_events *events, void *context, struct err *e)
{
	struct xml *x = xml_begin(events, context);

	(void)xml_push(x, b.at, b.len);
	return xml_end(x, e);
}
