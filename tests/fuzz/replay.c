/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a target's function over files and folders (of which all files): linked in place of libFuzzer.
 *   build/fuzz/TARGET FILE|FOLDER…        prints `TARGET: N inputs` */
#include "tests/fuzz/fuzz.h"

#include <ftw.h>

static size_t runs;

static int
run_file(const char *path, const struct stat *st, int type)
{
	unsigned char *data;
	size_t size;
	FILE *f;

	if (type != FTW_F)
		return 0;
	data = malloc((size_t)st->st_size + 1);
	f = fopen(path, "rb");
	size = f && data ? fread(data, 1, (size_t)st->st_size, f) : 0;
	if (!f || !data || size != (size_t)st->st_size) {
		perror(path);
		free(data);
		return 1;
	}
	(void)fclose(f);
	data = realloc(data, size ? size : 1); /* no byte more: a step beyond is seen by ASan */
	if (!data)
		return 1;
	(void)LLVMFuzzerTestOneInput(data, size);
	free(data);
	runs++;
	return 0;
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (ftw(argv[i], run_file, 8) != 0)
			return 1;
	(void)printf("%zu inputs\n", runs);
	return runs == 0;
}
