/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting mingpian-parse: a process group of its own, no environment worth the name, no descriptor but its
 * three, no signal blocked. */
#ifndef MINGPIAN_DAEMON_SPAWN_H
#define MINGPIAN_DAEMON_SPAWN_H

#include "config/err.h"

#include <stdbool.h>
#include <sys/types.h>

/* fds become standard input, output and error; they stay the caller's. The process is the leader of its
 * group: kill(-pid) reaches all that it may start. False: ERR_OS. */
bool spawn(const char *program, const char *const *argv, const int fds[3], pid_t *pid_r, struct err *e);

/* Kill a group that spawn() began, and wait for every one of it that is ours. */
void spawn_end(pid_t pid);

/* Ends of a process's children become ours to wait for (PR_SET_CHILD_SUBREAPER): so that nothing is left
 * where nobody else waits. */
void spawn_adopt(void);

#endif
