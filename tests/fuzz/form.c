/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The form file of a campaign: taken, or refused with a sentence that names the file. */
#include "tests/fuzz/fuzz.h"

/* libconfig forgets the string that it was reading when a file breaks off in it. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
	return "leak:libconfig.so\n";
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *file;
	struct form *f = NULL;
	struct err e = {0};

	if (size && memmem(data, size, "@include", 8))
		return 0; /* libconfig reads any file then, which is the operator's own business */
	file = fuzz_file(data, size, ".cfg");
	if (form_load(&f, file, &e)) {
		CHECK(f->field_count > 0 && f->field_count <= FORM_FIELDS_MAX, "%zu fields", f->field_count);
		form_free(f);
	} else {
		CHECK(e.code != ERR_NONE && e.text[0], "refused without a word");
	}
	(void)unlink(file);
	return 0;
}
