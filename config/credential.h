/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passwords and tokens: each in a file of its own, never in the configuration. */
#ifndef MINGPIAN_CONFIG_CREDENTIAL_H
#define MINGPIAN_CONFIG_CREDENTIAL_H

#include "config/err.h"

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

enum { CREDENTIAL_MAX = 16384 }; /* bytes; an OAuth 2 token may be long */

/* Read the secret in the file of this name. A plain name is looked for in $CREDENTIALS_DIRECTORY
 * (systemd's LoadCredential=), and taken from there as it lies; then in dir, the configuration's. A name
 * with a slash is a path, a relative one beginning in dir. Outside systemd's folder the file must belong
 * to us or to root, and be readable by its owner alone.
 *
 * One newline at its end is no part of it; it is not empty and holds neither NUL nor line end.
 * False (ERR_CONFIG): e says which file, why, and what to do. Free with credential_free(). */
bool credential_load(char **secret_r, const char *dir, const char *name, struct err *e);

/* Root does something in the place of the service's user: that user's files count as ours from now on. Of
 * nobody else than root, and before there are threads. */
void credential_serve(uid_t user);

/* When the file that credential_load() would read was last written. 0: not to be had, or it lies in systemd's
 * folder, where a copy is made at each start and its time says nothing. systemd_r (may be NULL): it lies
 * there, and only a restart takes another one. */
time_t credential_changed(const char *dir, const char *name, bool *systemd_r);

void credential_free(char *secret); /* wiped first; NULL is fine */

#endif
