/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/watched.h"

#include "config/fd.h"
#include "parsers/patience.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum { PIECE = 64 << 10 };

static _Noreturn void
be_child(const struct serve_config *c, int fd, const char *name, pid_t parent)
{
	struct sandbox_limits limits = c->limits;
	struct err e = {0};
	bool ok;

	limits.cpu_seconds = patience_seconds(limits.cpu_seconds);
	/* Its end is the child's: nobody else knows of it. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(EX_OSERR);
	ok = (c->sandbox ? sandbox_enter(&limits, &e) : sandbox_only_time(&limits, &e)) &&
	     job_run(&c->job, fd, name, &e);
	if (!ok)
		(void)fprintf(stderr, "mingpian-parse: %s\n", e.text);
	_exit(ok ? EX_OK : err_exit(e.code));
}

static bool
await(pid_t child, int *status_r, struct rusage *used_r, struct err *e)
{
	struct pollfd p = {pidfd_open(child, 0), POLLIN, 0};
	int n = 0;

	if (p.fd < 0)
		return err_sys(e, ERR_OS, errno, "watching the process that reads");
	while (n == 0 || (n < 0 && errno == EINTR)) {
		n = poll(&p, 1, PATIENCE_LOOK_MS);
		if (n == 0)
			patience_look(child);
	}
	(void)close(p.fd);
	while (wait4(child, status_r, 0, used_r) < 0)
		if (errno != EINTR)
			return err_sys(e, ERR_OS, errno, "waiting for the process that reads");
	return true;
}

/* What comes by a pipe could not be read again: into a file in memory. */
static bool
keep_input(int fd, const char *name, struct err *e)
{
	char piece[PIECE];
	int copy = memfd_create("mail", MFD_CLOEXEC);
	ssize_t n;

	if (copy < 0)
		return err_sys(e, ERR_OS, errno, "a file in memory");
	do {
		n = read(fd, piece, sizeof piece);
		if (n < 0 && errno != EINTR)
			err_sys(e, ERR_INPUT, errno, "reading %s", name);
		else if (n > 0 && !fd_write_all(copy, BYTES(piece, (size_t)n)))
			err_sys(e, ERR_OS, errno, "keeping %s in memory", name);
	} while (e->code == ERR_NONE && n != 0);
	if (e->code == ERR_NONE && lseek(copy, 0, SEEK_SET) == 0 && dup2(copy, fd) == fd) {
		(void)close(copy);
		return true;
	}
	(void)close(copy);
	return e->code != ERR_NONE ? false : err_sys(e, ERR_OS, errno, "keeping %s in memory", name);
}

/* As the child: its signal is this process's, without a core of it. */
static _Noreturn void
end_as(int status)
{
	const struct rlimit none = {0, 0};

	if (WIFSIGNALED(status)) {
		(void)setrlimit(RLIMIT_CORE, &none);
		(void)signal(WTERMSIG(status), SIG_DFL);
		(void)raise(WTERMSIG(status));
	}
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE);
}

bool
watched_run(const struct serve_config *c, int fd, const char *name, struct err *e)
{
	pid_t parent = getpid(), child;
	struct rusage used = {0};
	int status = 0;
	bool again;
	off_t begin = lseek(fd, 0, SEEK_CUR);

	if (!patience_init(e) || (begin < 0 && !keep_input(fd, name, e)))
		return false;
	begin = begin < 0 ? 0 : begin;
	patience_new();
	do {
		child = fork();
		if (child == 0)
			be_child(c, fd, name, parent);
		if (child < 0)
			return err_sys(e, ERR_OS, errno, "no process for a mail");
		if (!await(child, &status, &used, e))
			return false;
		again = patience_again(status, &used);
		if (again && lseek(fd, begin, SEEK_SET) < 0)
			return err_sys(e, ERR_INPUT, errno, "reading %s again", name);
	} while (again);
	if (status != 0)
		end_as(status);
	return true;
}
