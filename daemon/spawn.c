/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/spawn.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static int
set_up(posix_spawn_file_actions_t *fa, posix_spawnattr_t *at, const int fds[3])
{
	sigset_t none;
	int rc = 0;

	(void)sigemptyset(&none);
	/* Our threads block the signals that main waits for; it starts with none blocked. */
	if ((rc = posix_spawnattr_setsigmask(at, &none)) != 0 ||
	    (rc = posix_spawnattr_setpgroup(at, 0)) != 0 ||
	    (rc = posix_spawnattr_setflags(at, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP)) != 0)
		return rc;
	for (int i = 0; rc == 0 && i < 3; i++)
		rc = posix_spawn_file_actions_adddup2(fa, fds[i], i);
	return rc ? rc : posix_spawn_file_actions_addclosefrom_np(fa, STDERR_FILENO + 1);
}

bool
spawn(const char *program, const char *const *argv, const int fds[3], pid_t *pid_r, struct err *e)
{
	const char *tz = getenv("TZ");
	char zone[64];
	const char *envp[] = {"LC_ALL=C.UTF-8", "OMP_THREAD_LIMIT=1", zone, NULL};
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	int rc;

	(void)snprintf(zone, sizeof zone, "TZ=%s", tz ? tz : "UTC");
	if ((rc = posix_spawn_file_actions_init(&fa)) != 0)
		return err_sys(e, ERR_OS, rc, "cannot start %s", program);
	if ((rc = posix_spawnattr_init(&at)) == 0) {
		rc = set_up(&fa, &at, fds);
		if (rc == 0)
			rc = posix_spawn(pid_r, program, &fa, &at, (char *const *)argv, (char *const *)envp);
		(void)posix_spawnattr_destroy(&at);
	}
	(void)posix_spawn_file_actions_destroy(&fa);
	return rc == 0 || err_sys(e, ERR_OS, rc, "cannot start %s", program);
}

void
spawn_end(pid_t pid)
{
	(void)kill(-pid, SIGKILL);
	while (waitpid(-pid, NULL, 0) > 0 || errno == EINTR)
		continue;
}

void
spawn_adopt(void)
{
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}
