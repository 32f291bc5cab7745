/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl remind: drafts of letters to who is silent or has something to correct. Nothing is sent. */
#include "config/mem.h"
#include "daemon/ctl_spool.h"
#include "daemon/form_docx.h"
#include "daemon/progress.h"
#include "daemon/remind.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sysexits.h>

static bool
write_file(const char *path, const struct buf *b, struct err *e)
{
	FILE *f = fopen(path, "wbe");
	bool ok = f && fwrite(b->at, 1, b->len, f) == b->len;

	if (f && fclose(f) != 0)
		ok = false;
	return ok || err_sys(e, ERR_DISK, errno, "cannot write %s", path);
}

static bool
draft(const struct ctl *c, const struct remind_kit *k, const struct report *r, size_t i, const char *dir,
      struct err *e)
{
	struct buf text = BUF_INIT(1 << 20), docx = BUF_INIT(FORM_DOCX_MAX);
	bool silent, ok;

	if (!remind_is_due(r, i, &silent))
		return true;
	ok = remind_write(k, r, i, &text, &docx, e) &&
	     write_file(arena_fmt(r->arena, "%s/%s.txt", dir, departments[i].name), &text, e) &&
	     write_file(arena_fmt(r->arena, "%s/%s.docx", dir, departments[i].name), &docx, e);
	if (ok && silent)
		(void)fprintf(c->term.out, "%s: nothing registered\n", departments[i].name);
	else if (ok)
		(void)fprintf(c->term.out, "%s: %zu to correct\n", departments[i].name,
		              r->departments[i].correction);
	buf_free(&text);
	buf_free(&docx);
	return ok;
}

int
ctl_remind(struct ctl *c, int argc, char **argv)
{
	const char *dir = NULL;
	const struct ctl_option options[] = {{"out", NULL, &dir}, {NULL, NULL, NULL}};
	struct remind_kit *k = NULL;
	struct report *r = NULL;
	struct progress p = progress_begin(stderr, "reading", "registrations");
	const struct report_watch watch = {progress_step, &p};
	struct spool *s = NULL;
	struct err e = {0};
	struct stat st;
	bool ok;
	int n = ctl_options(argc, argv, options);

	if (n != 0)
		return n < 0 ? EX_USAGE : ctl_usage("remind", "wants --out DIR");
	if (!dir || stat(dir, &st) != 0 || !S_ISDIR(st.st_mode))
		return ctl_usage("remind", "wants --out and a folder that is there");
	ok = remind_kit_load(&k, c->config->templates, &e) && ctl_spool_open(c, SPOOL_READ, &s, &e) &&
	     report_read(&r, c->config, c->form, s, &watch, &e);
	progress_end(&p);
	for (size_t i = 0; ok && i < DEPARTMENTS; i++)
		ok = draft(c, k, r, i, dir, &e);
	report_free(r);
	spool_close(s);
	remind_kit_free(k);
	return ok ? EX_OK : ctl_fail(&e);
}
