/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What files this process may still reach, and which TCP ports: Landlock, landlock(7).
 *
 * What is granted holds for the calling thread and for all that it starts from then on, for good, so enter
 * before threads are started. Descriptors that are open already are not touched. Entered twice, both sets
 * hold: rights only become fewer. */
#ifndef MINGPIAN_CONFIG_LANDLOCK_H
#define MINGPIAN_CONFIG_LANDLOCK_H

#include "config/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum landlock_right {
	LANDLOCK_READ = 1,  /* read files, list folders */
	LANDLOCK_WRITE = 2, /* make, write, rename, remove files, folders and sockets (and read them) */
	LANDLOCK_EXEC = 4,  /* start as a program */
};

/* All that lies at or below a path. */
struct landlock_grant {
	const char *path; /* one that does not exist is passed over: nothing can be reached there */
	int rights;       /* of enum landlock_right */
};

/* The version of Landlock that this kernel has; 0: it has none. TCP ports are guarded from 4 on. */
int landlock_abi(void);

/* Shut all but these. ports: to which TCP connections may be made (none may be listened on); NULL: TCP is
 * left as it is. True: it holds, as far as landlock_abi() goes: with 0 nothing is shut.
 * False (ERR_OS): the kernel has Landlock and refused; how much is shut is not known, do not go on. */
bool landlock_enter(const struct landlock_grant *grants, size_t grant_count, const uint16_t *ports,
                    size_t port_count, struct err *e);

#endif
