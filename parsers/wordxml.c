/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/wordxml.h"

#include "parsers/wordml.h"
#include "parsers/xml.h"

enum { HEAD_MAX = 4096 };

static bool
wordxml_is(const struct source *s)
{
	struct bytes head = BYTES(s->data.at, s->data.len < HEAD_MAX ? s->data.len : HEAD_MAX);

	if (bytes_begin(head, "\xEF\xBB\xBF"))
		head = BYTES(head.at + 3, head.len - 3);
	return bytes_begin(head, "<?xml") && (bytes_find(head, "<w:wordDocument") < head.len ||
	                                      bytes_find(head, "/2006/xmlPackage") < head.len);
}

static bool
wordxml_read(const struct source *s, struct document *d, struct err *e)
{
	struct wordml *x = wordml_new(d, NULL, NULL);
	bool ok = xml_read(s->data, &wordml_events, x, e);

	wordml_free(x);
	return ok;
}

const struct reader wordxml_reader = {
        .name = "wordxml",
        .extension = "xml",
        .is = wordxml_is,
        .read = wordxml_read,
};
