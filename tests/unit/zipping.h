/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ZIP made in memory, for the tests of what lies in one. */
#ifndef MINGPIAN_TESTS_UNIT_ZIPPING_H
#define MINGPIAN_TESTS_UNIT_ZIPPING_H

#include "tests/unit/reading.h"

#include <zip.h>

struct zip_part {
	const char *name, *text;
	bool stored;
	const char *password;
};

/* The parts up to one without a name. The caller frees at. */
static inline struct bytes
zip_of(const struct zip_part *part)
{
	zip_source_t *archive = zip_source_buffer_create(NULL, 0, 0, NULL);
	zip_t *z = zip_open_from_source(archive, ZIP_TRUNCATE, NULL);
	zip_int64_t i, len;
	unsigned char *at;

	assert_non_null(z);
	zip_source_keep(archive);
	for (; part->name; part++) {
		i = zip_file_add(z, part->name, zip_source_buffer(z, part->text, strlen(part->text), 0), 0);
		assert_true(i >= 0);
		if (part->stored)
			assert_int_equal(zip_set_file_compression(z, (zip_uint64_t)i, ZIP_CM_STORE, 0), 0);
		if (part->password)
			assert_int_equal(
			        zip_file_set_encryption(z, (zip_uint64_t)i, ZIP_EM_AES_256, part->password),
			        0);
	}
	assert_int_equal(zip_close(z), 0);
	assert_int_equal(zip_source_open(archive), 0);
	assert_int_equal(zip_source_seek(archive, 0, SEEK_END), 0);
	len = zip_source_tell(archive);
	assert_int_equal(zip_source_seek(archive, 0, SEEK_SET), 0);
	at = mem_alloc((size_t)len, 1);
	assert_int_equal(zip_source_read(archive, at, (zip_uint64_t)len), len);
	(void)zip_source_close(archive);
	zip_source_free(archive);
	return BYTES(at, (size_t)len);
}

#endif
