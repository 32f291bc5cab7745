/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a reply of each kind, and a workbook, to a folder: to be looked at.
 *   reply_sample FOLDER [TEMPLATES] */
#include "config/clock.h"
#include "tests/tools/reply_samples.h"

#include <stdio.h>

static bool
write_file(const char *folder, const char *name, const struct buf *b)
{
	char path[500];
	FILE *f;
	bool ok;

	(void)snprintf(path, sizeof(path), "%s/%s.eml", folder, name);
	f = fopen(path, "wb");
	ok = f && fwrite(b->at, 1, b->len, f) == b->len;
	if (f)
		ok = fclose(f) == 0 && ok;
	if (!ok)
		perror(path);
	return ok;
}

int
main(int argc, char **argv)
{
	struct buf mail = BUF_INIT(16 << 20);
	struct reply_kit *kit = NULL;
	struct form *form = NULL;
	struct err e = {0};
	const char *name;
	int status = 1;

	if (argc < 2) {
		(void)fprintf(stderr, "usage: reply_sample FOLDER [TEMPLATES]\n");
		return 64;
	}
	if (!clock_zone("Asia/Shanghai", &e) || !form_load(&form, "config/form.cfg", &e) ||
	    !reply_kit_load(&kit, argc > 2 ? argv[2] : "config/templates", form, &e))
		goto out;
	for (size_t i = 0; i < SAMPLES; i++) {
		struct reply_facts f = sample(i, &name);

		if (!reply_compose(kit, &f, &mail, &e) || !write_file(argv[1], name, &mail))
			goto out;
	}
	status = 0;
out:
	if (status != 0)
		(void)fprintf(stderr, "reply_sample: %s\n", e.text);
	reply_kit_free(kit);
	form_free(form);
	buf_free(&mail);
	return status;
}
