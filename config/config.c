/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/config.h"

#include "config/config_read.h"
#include "config/mem.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { FILE_MAX = 1 << 20 };

/* Opened and looked at first: libconfig says of all that goes wrong here "file I/O error", and its
 * scanner ends the process at a folder. */
static FILE *
open_file(const char *file, struct err *e)
{
	FILE *f = fopen(file, "re");
	struct stat st;

	if (!f) {
		(void)err_sys(e, ERR_CONFIG, errno, "%s: the configuration cannot be read", file);
		return NULL;
	}
	if (fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX) {
		(void)err_set(e, ERR_CONFIG, "%s: the configuration cannot be read: no file of at most 1 MiB",
		              file);
		(void)fclose(f);
		return NULL;
	}
	return f;
}

/* Fill in where the file lies; it exists, for it is open. */
static void
locate(struct config *c, const char *file)
{
	char *real = realpath(file, NULL), *copy;

	c->named = arena_str(c->arena, file);
	c->file = arena_str(c->arena, real ? real : file);
	copy = arena_str(c->arena, c->file);
	c->dir = dirname(copy);
	free(real);
}

static struct config *
config_new(void)
{
	struct arena *a = arena_new();
	struct config *c = arena_alloc(a, 1, sizeof *c);

	c->arena = a;
	return c;
}

bool
config_load(struct config **c_r, const char *file, struct err *e)
{
	struct config_reader r = {.file = file, .path = BUF_INIT(CONFIG_PATH_MAX), .e = e};
	FILE *f = NULL;
	bool ok = false;

	*c_r = NULL;
	config_init(&r.lib);
	r.c = config_new();
	f = open_file(file, e);
	if (!f)
		goto out;
	locate(r.c, file);
	config_set_include_dir(&r.lib, r.c->dir);
	if (config_read(&r.lib, f) != CONFIG_TRUE) {
		(void)err_set(e, ERR_CONFIG, "%s:%d: expected libconfig's `key = value;`, found a %s",
		              config_error_file(&r.lib) ? config_error_file(&r.lib) : file,
		              config_error_line(&r.lib), config_error_text(&r.lib));
		goto out;
	}
	buf_str(&r.path, "");
	if (!config_read_all(&r) || !config_check(&r))
		goto out;
	*c_r = r.c;
	r.c = NULL;
	ok = true;
out:
	if (f)
		(void)fclose(f);
	config_free(r.c);
	buf_free(&r.path);
	config_destroy(&r.lib);
	return ok;
}

void
config_free(struct config *c)
{
	if (c)
		arena_free(c->arena);
}

const struct config_mailbox *
config_mailbox(const struct config *c, const char *address)
{
	for (size_t i = 0; i < c->mailbox_count; i++) {
		if (strcasecmp(c->mailboxes[i].address, address) == 0)
			return &c->mailboxes[i];
	}
	return NULL;
}
