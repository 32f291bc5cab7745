/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/worker.h"

#include "config/clock.h"
#include "config/mem.h"
#include "config/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum { SAID_MAX = 2048 }; /* what it may say on standard error */

/* A running worker, seen from here. */
struct run {
	pid_t pid;
	int pidfd;    /* readable once it has ended */
	int out, err; /* our ends of its pipes; -1: closed */
	struct buf answer, said;
};

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static bool
write_all(int fd, struct bytes b)
{
	ssize_t n;

	while (b.len) {
		n = write(fd, b.at, b.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		b.at += n;
		b.len -= (size_t)n;
	}
	return true;
}

static bool
memory_file(struct bytes mail, int *fd_r, struct err *e)
{
	int fd = memfd_create("mail", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return err_sys(e, ERR_OS, errno, "no memory file for the worker's mail");
	if (!write_all(fd, mail) || lseek(fd, 0, SEEK_SET) != 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
		err_sys(e, ERR_OS, errno, "cannot fill the worker's memory file");
		close_fd(&fd);
		return false;
	}
	*fd_r = fd;
	return true;
}

/* posix_spawn with all that the worker is given; 0 or an errno. */
static int
spawn(const struct worker *w, char *const *argv, char *const *envp, const int fds[3], pid_t *pid_r)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	sigset_t none;
	int rc;

	(void)sigemptyset(&none);
	if ((rc = posix_spawn_file_actions_init(&fa)) != 0)
		return rc;
	if ((rc = posix_spawnattr_init(&at)) != 0) {
		(void)posix_spawn_file_actions_destroy(&fa);
		return rc;
	}
	/* Our threads block the signals that main waits for; the worker starts with none blocked, in a
	 * process group of its own, so that what it may start dies with it. */
	if ((rc = posix_spawnattr_setsigmask(&at, &none)) == 0 &&
	    (rc = posix_spawnattr_setpgroup(&at, 0)) == 0 &&
	    (rc = posix_spawnattr_setflags(&at, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP)) == 0 &&
	    (rc = posix_spawn_file_actions_adddup2(&fa, fds[0], STDIN_FILENO)) == 0 &&
	    (rc = posix_spawn_file_actions_adddup2(&fa, fds[1], STDOUT_FILENO)) == 0 &&
	    (rc = posix_spawn_file_actions_adddup2(&fa, fds[2], STDERR_FILENO)) == 0 &&
	    (rc = posix_spawn_file_actions_addclosefrom_np(&fa, STDERR_FILENO + 1)) == 0)
		rc = posix_spawn(pid_r, w->program, &fa, &at, argv, envp);
	(void)posix_spawnattr_destroy(&at);
	(void)posix_spawn_file_actions_destroy(&fa);
	return rc;
}

static int
start_process(const struct worker *w, time_t received, const int fds[3], pid_t *pid_r)
{
	char when[CLOCK_RFC3339_MAX], seconds[16], memory[16], zone[64];
	const char *tz = getenv("TZ");
	size_t last = 10; /* where "-" stands, behind the options */
	const char *argv[] = {
	        "mingpian-parse", "--explain",   "-c",   w->form, "--received", when, "--seconds",
	        seconds,          "--memory-mb", memory, "-",     NULL,         NULL, NULL};
	const char *envp[] = {"LC_ALL=C.UTF-8", "OMP_THREAD_LIMIT=1", zone, NULL};

	(void)clock_rfc3339(received, when);
	(void)snprintf(seconds, sizeof seconds, "%d", w->seconds);
	(void)snprintf(memory, sizeof memory, "%d", w->memory_mb);
	(void)snprintf(zone, sizeof zone, "TZ=%s", tz ? tz : "UTC");
	if (!w->sandbox)
		argv[last++] = "--no-sandbox";
	if (w->overlay)
		argv[last++] = "--overlay";
	argv[last] = "-";
	return spawn(w, (char *const *)argv, (char *const *)envp, fds, pid_r);
}

static bool
start(const struct worker *w, struct bytes mail, time_t received, struct run *r, struct err *e)
{
	int in = -1, out[2] = {-1, -1}, said[2] = {-1, -1}, rc;
	bool ok = false;

	if (!memory_file(mail, &in, e))
		return false;
	if (pipe2(out, O_CLOEXEC) != 0 || pipe2(said, O_CLOEXEC) != 0) {
		err_sys(e, ERR_OS, errno, "no pipe for the worker");
		goto out;
	}
	if ((rc = start_process(w, received, (int[]){in, out[1], said[1]}, &r->pid)) != 0) {
		err_sys(e, ERR_OS, rc, "cannot start %s", w->program);
		goto out;
	}
	r->out = out[0];
	r->err = said[0];
	out[0] = said[0] = -1;
	r->pidfd = pidfd_open(r->pid, 0);
	if (r->pidfd < 0)
		err_sys(e, ERR_OS, errno, "cannot watch the worker's process");
	ok = r->pidfd >= 0;
out:
	close_fd(&in);
	close_fd(&out[0]);
	close_fd(&out[1]);
	close_fd(&said[0]);
	close_fd(&said[1]);
	return ok;
}

/* Read what is there into b. What goes over its ceiling is read and dropped; b->over says so. */
static void
drain(int *fd, struct buf *b)
{
	char piece[65536];
	ssize_t n = read(*fd, piece, sizeof piece);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0)
		close_fd(fd);
	else
		buf_add(b, piece, (size_t)n);
}

/* Listen until both pipes are closed and the process has ended. */
static bool
listen_to(const struct worker *w, struct run *r, int cancel_fd, struct err *e)
{
	int64_t deadline = clock_mono_ms() + (int64_t)w->seconds * 1000;
	bool ended = false;

	while (r->out >= 0 || r->err >= 0 || !ended) {
		struct pollfd p[] = {{r->out, POLLIN, 0},
		                     {r->err, POLLIN, 0},
		                     {ended ? -1 : r->pidfd, POLLIN, 0},
		                     {cancel_fd, POLLIN, 0}};
		int n = poll(p, 4, clock_left_ms(deadline));

		if (n < 0 && errno != EINTR)
			return err_sys(e, ERR_OS, errno, "waiting for the worker");
		if (n == 0)
			return err_set(e, ERR_TIMEOUT, "the parser gave no answer in %d s", w->seconds);
		if (n < 0)
			continue;
		if (p[0].revents)
			drain(&r->out, &r->answer);
		if (p[1].revents)
			drain(&r->err, &r->said);
		if (p[2].revents)
			ended = true;
		if (p[3].revents)
			return err_set(e, ERR_INTERRUPTED, "told to stop while a mail was parsed");
		if (r->answer.over)
			return err_set(e, ERR_PROTOCOL, "the parser printed more than %d bytes",
			               WORKER_ANSWER_MAX);
	}
	return true;
}

/* True for exit status 0; else e says how it ended, and what it said of that. */
static bool
judge(int status, const struct buf *said, struct err *e)
{
	struct buf words = BUF_INIT(512);
	const char *name;

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	text_plain(&words, said->at ? said->at : "it said nothing", 200);
	if (WIFSIGNALED(status)) {
		name = sigabbrev_np(WTERMSIG(status));
		err_set(e, ERR_PROTOCOL, "the parser was killed by signal %d (SIG%s): %s", WTERMSIG(status),
		        name ? name : "?", words.at);
	} else {
		err_set(e, WEXITSTATUS(status) == EX_DATAERR ? ERR_NOT_MAIL : ERR_PROTOCOL,
		        "the parser ended with %d: %s", WEXITSTATUS(status), words.at);
	}
	buf_free(&words);
	return false;
}

bool
worker_run(const struct worker *w, struct bytes mail, time_t received, int cancel_fd, char **answer_r,
           struct err *e)
{
	struct run r = {-1, -1, -1, -1, BUF_INIT(WORKER_ANSWER_MAX), BUF_INIT(SAID_MAX)};
	bool ok;
	int status = 0;

	*answer_r = NULL;
	ok = start(w, mail, received, &r, e) && listen_to(w, &r, cancel_fd, e);
	if (r.pid > 0) {
		if (!ok && kill(-r.pid, SIGKILL) != 0)
			(void)kill(r.pid, SIGKILL); /* not yet in a group of its own */
		while (waitpid(r.pid, &status, 0) < 0 && errno == EINTR)
			continue;
		ok = ok && judge(status, &r.said, e);
	}
	if (ok)
		*answer_r = buf_take(&r.answer);
	close_fd(&r.out);
	close_fd(&r.err);
	close_fd(&r.pidfd);
	buf_free(&r.answer);
	buf_free(&r.said);
	return ok;
}

bool
worker_find(char *out, struct err *e)
{
	ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);
	char *slash;

	if (n <= 0)
		return err_sys(e, ERR_OS, errno, "/proc/self/exe");
	out[n] = '\0';
	slash = strrchr(out, '/');
	if (!slash || (size_t)(slash - out) + sizeof "/mingpian-parse" > PATH_MAX)
		return err_set(e, ERR_OS, "%s: no room for the worker's name beside it", out);
	memcpy(slash, "/mingpian-parse", sizeof "/mingpian-parse");
	if (access(out, X_OK) != 0)
		return err_sys(e, ERR_CONFIG, errno, "%s: the parser must lie beside this program", out);
	return true;
}
