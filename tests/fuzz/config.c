/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon's configuration: taken, or refused with a sentence that names the file. */
#include "tests/fuzz/fuzz.h"

#include "config/config.h"

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
	struct config *c = NULL;
	struct err e = {0};

	if (size && memmem(data, size, "@include", 8))
		return 0; /* libconfig reads any file then, which is the operator's own business */
	file = fuzz_file(data, size, ".cfg");
	if (config_load(&c, file, &e)) {
		CHECK(c->mailbox_count > 0 && c->spool.dir, "half a configuration");
		config_free(c);
	} else {
		CHECK(e.code != ERR_NONE && e.text[0], "refused without a word");
	}
	(void)unlink(file);
	return 0;
}
