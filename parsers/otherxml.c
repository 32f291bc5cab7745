/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/otherxml.h"

static bool
otherxml_is(const struct source *s)
{
	struct bytes b = s->data;

	if (bytes_begin(b, "\xEF\xBB\xBF"))
		b = BYTES(b.at + 3, b.len - 3);
	return bytes_begin(b, "<?xml ");
}

const struct reader otherxml_reader = {.name = "other XML", .extension = "xml", .is = otherxml_is};
