/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/credential.h"

#include "config/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uid_t served; /* 0: nobody, or root */

void
credential_serve(uid_t user)
{
	served = geteuid() == 0 ? user : 0;
}

/* Open NAME as credential_load() looks for it; where in path (PATH_MAX bytes). -1: errno says why. */
static int
open_secret(const char *dir, const char *name, char *path, bool *trusted_r)
{
	const char *systemd = getenv("CREDENTIALS_DIRECTORY");
	int n, fd = -1;

	*trusted_r = false;
	if (systemd && !strchr(name, '/')) {
		n = snprintf(path, PATH_MAX, "%s/%s", systemd, name);
		fd = n < PATH_MAX ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) : -1;
		*trusted_r = fd >= 0;
	}
	/* absent there is no error; unreadable there is one, for beside the configuration an old one may lie
	 */
	if (fd >= 0 || (systemd && !strchr(name, '/') && errno != ENOENT))
		return fd;
	n = name[0] == '/' ? snprintf(path, PATH_MAX, "%s", name)
	                   : snprintf(path, PATH_MAX, "%s/%s", dir, name);
	if (n >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

/* The opened file is asked, not the path: between the two it might be another. */
static bool
check_rights(int fd, const char *path, bool trusted, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_sys(e, ERR_CONFIG, errno, "%s: cannot be looked at", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_CONFIG, "%s: expected a file that holds a password, found none", path);
	if (trusted)
		return true;
	if (st.st_uid != geteuid() && st.st_uid != 0 && st.st_uid != served)
		return err_set(e, ERR_CONFIG, "%s: the password file belongs to another user: chown %lu %s",
		               path, (unsigned long)(served ? served : geteuid()), path);
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return err_set(
		        e, ERR_CONFIG,
		        "%s: the password file is open to others than its owner (mode %04o): chmod 600 %s",
		        path, (unsigned)(st.st_mode & 07777), path);
	return true;
}

/* Read all of fd into room (CREDENTIAL_MAX + 2 bytes: one newline, and one to see that there is more). */
static bool
read_all(int fd, const char *path, char *room, size_t *len_r, struct err *e)
{
	size_t len = 0;
	ssize_t n;

	while (len < CREDENTIAL_MAX + 2) {
		n = read(fd, room + len, CREDENTIAL_MAX + 2 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, ERR_CONFIG, errno, "%s: the password file cannot be read", path);
		if (n == 0)
			break;
		len += (size_t)n;
	}
	*len_r = len;
	return true;
}

static bool
check_secret(const char *secret, size_t *len, const char *path, struct err *e)
{
	if (*len && secret[*len - 1] == '\n')
		(*len)--;
	if (*len == 0)
		return err_set(e, ERR_CONFIG, "%s: the password file is empty: write the password into it",
		               path);
	if (*len > CREDENTIAL_MAX)
		return err_set(e, ERR_CONFIG, "%s: expected a password of at most %d bytes, found more", path,
		               CREDENTIAL_MAX);
	if (memchr(secret, '\0', *len) || memchr(secret, '\n', *len) || memchr(secret, '\r', *len))
		return err_set(
		        e, ERR_CONFIG,
		        "%s: expected one line with a password, found a NUL or a further line end: write the "
		        "password alone into it (printf %%s)",
		        path);
	return true;
}

bool
credential_load(char **secret_r, const char *dir, const char *name, struct err *e)
{
	char path[PATH_MAX] = "", *room = NULL;
	size_t len = 0;
	bool trusted, ok = false;
	int fd;

	*secret_r = NULL;
	fd = open_secret(dir, name, path, &trusted);
	if (fd < 0)
		return err_sys(e, ERR_CONFIG, errno,
		               "%s: the password file cannot be opened; write the password into it, for its "
		               "owner alone "
		               "(mode 0600)",
		               path[0] ? path : name);
	room = mem_alloc(CREDENTIAL_MAX + 2, 1);
	if (!check_rights(fd, path, trusted, e) || !read_all(fd, path, room, &len, e) ||
	    !check_secret(room, &len, path, e))
		goto out;
	*secret_r = mem_dup0(room, len);
	ok = true;
out:
	mem_wipe(room, CREDENTIAL_MAX + 2);
	free(room);
	(void)close(fd);
	return ok;
}

time_t
credential_changed(const char *dir, const char *name, bool *systemd_r)
{
	char path[PATH_MAX] = "";
	struct stat st;
	bool systemd = false;
	int fd = open_secret(dir, name, path, &systemd);
	time_t changed = fd >= 0 && !systemd && fstat(fd, &st) == 0 ? st.st_mtime : 0;

	if (fd >= 0)
		(void)close(fd);
	if (systemd_r)
		*systemd_r = systemd;
	return changed;
}

void
credential_free(char *secret)
{
	if (secret)
		mem_wipe(secret, strlen(secret));
	free(secret);
}
