/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may change what the daemon goes by: configuration, form file, templates, and the folders that hold
 * them. Whoever takes the service over is to find them shut: by their owner, beside what the daemon itself
 * gives up (narrow.h). The service's user is the one that the spool belongs to. */
#include "daemon/doctor.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { BELOW_MAX = 3 /* folders in each other under templates/ */ };

struct look {
	bool spool; /* there is one, so these are known: */
	uid_t user;
	gid_t group;
	struct err open;       /* the first file that anybody may change; */
	char theirs[PATH_MAX]; /* that the service's user may */
};

static void
look_at(struct look *l, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return; /* whoever needs it says so */
	if ((st.st_mode & S_IWOTH) && !(st.st_mode & S_ISVTX) && l->open.code == ERR_NONE)
		(void)err_set(&l->open, ERR_CONFIG, "%s can be changed by anybody (mode %04o): chmod o-w",
		              path, (unsigned)(st.st_mode & 07777));
	if (l->spool && l->user != 0 && !l->theirs[0] &&
	    (st.st_uid == l->user || ((st.st_mode & S_IWGRP) && st.st_gid == l->group)))
		(void)snprintf(l->theirs, sizeof l->theirs, "%s", path);
}

static void
look_below(struct look *l, const char *dir, int depth)
{
	DIR *d = depth < BELOW_MAX ? opendir(dir) : NULL;
	const struct dirent *entry;
	char path[PATH_MAX];

	look_at(l, dir);
	while (d && (entry = readdir(d)))
		if (*entry->d_name != '.' &&
		    snprintf(path, sizeof path, "%s/%s", dir, entry->d_name) < (int)sizeof path)
			look_below(l, path, depth + 1);
	if (d)
		(void)closedir(d);
}

/* The file and the folder that it stands in: who may write there may put another in its place. */
static void
look_with_folder(struct look *l, const char *file)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(file, '/');

	look_at(l, file);
	(void)snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - file) : 1, slash ? file : ".");
	if (*dir)
		look_at(l, dir);
}

void
doctor_files(struct doctor *d)
{
	const struct config *c = d->c->config;
	struct look l = {.open = {0}};
	struct stat st;
	char why[PATH_MAX + 200];

	l.spool = stat(c->spool.dir, &st) == 0;
	if (l.spool) {
		l.user = st.st_uid;
		l.group = st.st_gid;
	}
	look_with_folder(&l, d->c->config_file);
	for (size_t i = 0; i < c->campaign_count; i++)
		look_with_folder(&l, c->campaigns[i].form);
	look_below(&l, c->templates, 0);
	if (!doctor_verdict(d, l.open.code == ERR_NONE, "configuration and templates are shut to others",
	                    &l.open) ||
	    !l.theirs[0])
		return;
	(void)snprintf(why, sizeof why,
	               "%s can be changed by the user that the spool belongs to; where that is a service's, "
	               "leave it to root (chown root, chmod g-w)%s",
	               l.theirs,
	               c->sandbox_required ? "" : ", for with sandbox = \"off\" nothing else stops it");
	doctor_say(d, DOCTOR_NOTE, "configuration and templates", why);
}
