/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/serve.h"

#include "parsers/ocr.h"
#include "parsers/patience.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

static bool
report(enum serve_what what, int status, struct err *e)
{
	struct serve_report r = {what, status};
	struct iovec v = {&r, sizeof r};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};

	if (sendmsg(STDIN_FILENO, &m, MSG_NOSIGNAL) == (ssize_t)sizeof r)
		return true;
	return err_sys(e, ERR_OS, errno, "telling the daemon");
}

/* The descriptors that came with a message; how many. */
static int
take_fds(struct msghdr *m, int fds[SERVE_FDS])
{
	int n = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(fds, CMSG_DATA(c), (size_t)(n < SERVE_FDS ? n : SERVE_FDS) * sizeof(int));
	}
	return n;
}

/* False: the socket is closed (e is not set), or somebody is there who is not the daemon. */
static bool
take_request(struct serve_request *q, int fds[SERVE_FDS], struct err *e)
{
	struct iovec v = {q, sizeof *q}; /* cppcheck-suppress ctuuninitvar; it is filled by this */
	_Alignas(struct cmsghdr) char space[CMSG_SPACE(SERVE_FDS * sizeof(int))];
	struct msghdr m = {
	        .msg_iov = &v, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
	ssize_t n;

	do
		n = recvmsg(STDIN_FILENO, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n == 0)
		return false;
	if (n != (ssize_t)sizeof *q || (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) ||
	    take_fds(&m, fds) != SERVE_FDS)
		return err_set(e, ERR_USAGE,
		               "--serve is for mingpiand: standard input is no socket of its own");
	return true;
}

/* ---- the child ---- */

static bool
job_of(const struct serve_config *c, const struct serve_request *q, struct job *j)
{
	*j = c->job;
	j->received = (time_t)q->received;
	j->overlay = q->overlay != 0;
	j->closed = (enum err_code)q->closed;
	return !q->closed || (q->closed >= ERR_ENCRYPTED && q->closed < ERR_CODES);
}

/* Nothing of the server's stays but what its memory holds. */
static bool
take_places(const int fds[SERVE_FDS], struct err *e)
{
	for (int i = 0; i < SERVE_FDS; i++)
		if (dup2(fds[i], i) != i)
			return err_sys(e, ERR_OS, errno, "taking the input's descriptors");
	if (close_range(SERVE_FDS, ~0U, 0) != 0)
		return err_sys(e, ERR_OS, errno, "closing the server's descriptors");
	return true;
}

static _Noreturn void
be_child(const struct serve_config *c, const struct serve_request *q, const int fds[SERVE_FDS], pid_t server)
{
	struct sandbox_limits limits = c->limits;
	struct err e = {0};
	struct job j;
	bool ok = take_places(fds, &e);

	limits.cpu_seconds = patience_seconds(limits.cpu_seconds);
	/* The server's end is the child's: nobody else knows of it. */
	if (ok && (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != server))
		_exit(EX_OSERR);
	ok = ok && (job_of(c, q, &j) || err_set(&e, ERR_USAGE, "a job that is none")) &&
	     (c->sandbox ? sandbox_enter_child(&limits, &e) : sandbox_only_time(&limits, &e)) &&
	     job_run(&j, STDIN_FILENO, "-", &e);
	if (!ok)
		(void)fprintf(stderr, "mingpian-parse: %s\n", e.text);
	_exit(ok ? EX_OK : err_exit(e.code));
}

/* ---- the server ---- */

/* Wait for the child, no longer than one has patience; gone_r: the daemon went away before. */
static bool
await_child(pid_t child, int *status_r, struct rusage *used_r, bool *gone_r, struct err *e)
{
	struct pollfd p[] = {{pidfd_open(child, 0), POLLIN, 0}, {STDIN_FILENO, 0, 0}};
	bool ok = p[0].fd >= 0;

	while (ok && !p[0].revents && !p[1].revents) {
		int n = poll(p, 2, PATIENCE_LOOK_MS);

		ok = n >= 0 || errno == EINTR;
		if (n == 0)
			patience_look(child);
	}
	if (!ok)
		err_sys(e, ERR_OS, errno, "waiting for a child");
	*gone_r = ok && !p[0].revents;
	if (p[0].fd >= 0)
		(void)close(p[0].fd);
	while (ok && !*gone_r && wait4(child, status_r, 0, used_r) < 0)
		ok = errno == EINTR || err_sys(e, ERR_OS, errno, "waiting for a child");
	return ok;
}

/* A child reads the mail. */
static bool
serve_try(const struct serve_config *c, const struct serve_request *q, const int fds[SERVE_FDS], bool first,
          int *status_r, struct rusage *used_r, bool *gone_r, struct err *e)
{
	pid_t server = getpid(), child = fork();

	if (child == 0)
		be_child(c, q, fds, server);
	if (child < 0)
		return err_sys(e, ERR_OS, errno, "no process for a mail");
	return (!first || report(SERVE_STARTED, 0, e)) && await_child(child, status_r, used_r, gone_r, e);
}

/* And another one, where patience with it came to an end. */
static bool
serve_one(const struct serve_config *c, const struct serve_request *q, const int fds[SERVE_FDS], bool *gone_r,
          struct err *e)
{
	bool first = true, again = false, ok;
	int status = 0;
	struct rusage used = {0};

	patience_new();
	do {
		ok = serve_try(c, q, fds, first, &status, &used, gone_r, e);
		again = ok && !*gone_r && patience_again(status, &used);
		if (again && lseek(fds[0], 0, SEEK_SET) != 0)
			ok = again = err_sys(e, ERR_OS, errno, "reading a mail again");
		first = false;
	} while (again);
	for (int i = 0; i < SERVE_FDS; i++)
		(void)close(fds[i]);
	return ok && (*gone_r || report(SERVE_ENDED, status, e));
}

bool
serve(const struct serve_config *c, struct err *e)
{
	struct serve_request q;
	int fds[SERVE_FDS] = {-1, -1, -1};
	bool gone = false;

	if (!patience_init(e) || (c->sandbox && !sandbox_enter_server(&c->limits, e)) ||
	    !report(SERVE_READY, 0, e))
		return false;
	while (!gone) {
		if (!take_request(&q, fds, e))
			return e->code == ERR_NONE;
		if (!serve_one(c, &q, fds, &gone, e))
			return false;
	}
	return true;
}
