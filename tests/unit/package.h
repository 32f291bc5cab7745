/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of what is written as an OPC package (.docx, .xlsx): its parts, well-formed or fail. */
#ifndef MINGPIAN_TESTS_PACKAGE_H
#define MINGPIAN_TESTS_PACKAGE_H

#include "config/buf.h"

#include <libxml/parser.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <zip.h>

#include <cmocka.h>

/* The part called name as a string in out; fails where the package has none, or no XML in it. */
static inline void
package_part(struct bytes package, const char *name, struct buf *out)
{
	zip_error_t why;
	zip_source_t *s = zip_source_buffer_create(package.at, package.len, 0, &why);
	zip_t *z = zip_open_from_source(s, ZIP_RDONLY | ZIP_CHECKCONS, &why);
	zip_file_t *f;
	zip_stat_t st;
	xmlDocPtr doc;

	assert_non_null(z);
	assert_int_equal(zip_stat(z, name, 0, &st), 0);
	f = zip_fopen(z, name, 0);
	assert_non_null(f);
	buf_clear(out);
	assert_int_equal(zip_fread(f, buf_room(out, st.size), st.size), (zip_int64_t)st.size);
	out->len += st.size;
	buf_seal(out);
	zip_fclose(f);
	zip_discard(z);
	doc = xmlReadMemory(out->at, (int)out->len, name, NULL, XML_PARSE_NONET);
	if (!doc)
		fail_msg("%s is no XML", name);
	xmlFreeDoc(doc);
}

#endif
