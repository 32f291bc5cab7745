/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/worker.h"

#include "config/clock.h"
#include "config/fd.h"
#include "config/mem.h"
#include "config/text.h"
#include "daemon/servers.h"
#include "daemon/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	SAID_MAX = 2048,     /* what it may say on standard error */
	BEGIN_MS = 5 * 1000, /* for a server to fork */
	CLOCK_FACTOR = 2,    /* that the machine has much else to do is not the mail's fault */
	LOSSES = 2,          /* servers lost over one mail, then it is the mail's fault */
};

/* A running worker, seen from here. */
struct run {
	struct server *server; /* whose child it is; NULL: it is ours, with pid and pidfd */
	pid_t pid;
	int pidfd;    /* readable once it has ended */
	int out, err; /* our ends of its pipes; -1: closed */
	int status;   /* as from waitpid(2), once it has ended */
	bool begun;   /* the server has forked it */
	bool lost;    /* the server is gone, or hangs */
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
memory_file(struct bytes mail, int *fd_r, struct err *e)
{
	int fd = memfd_create("mail", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return err_sys(e, ERR_OS, errno, "no memory file for the worker's mail");
	if (!fd_write_all(fd, mail) || lseek(fd, 0, SEEK_SET) != 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
		err_sys(e, ERR_OS, errno, "cannot fill the worker's memory file");
		close_fd(&fd);
		return false;
	}
	*fd_r = fd;
	return true;
}

static bool
start_process(const struct worker *w, time_t received, const int fds[3], struct run *r, struct err *e)
{
	char when[CLOCK_RFC3339_MAX], seconds[16], memory[16], outline[32];
	size_t last = 10; /* where "-" stands, behind the options */
	const char *argv[] = {
	        "mingpian-parse", "--explain", "-c", w->form, "--received", when, "--seconds", seconds,
	        "--memory-mb",    memory,      "-",  NULL,    NULL,         NULL, NULL};

	(void)clock_rfc3339(received, when);
	(void)snprintf(seconds, sizeof seconds, "%d", w->seconds);
	(void)snprintf(memory, sizeof memory, "%d", w->memory_mb);
	(void)snprintf(outline, sizeof outline, "--outline=%s", err_name(w->outline));
	if (!w->sandbox)
		argv[last++] = "--no-sandbox";
	if (w->overlay)
		argv[last++] = "--overlay";
	if (w->outline)
		argv[last++] = outline;
	argv[last] = "-";
	if (!spawn(w->program, argv, fds, &r->pid, e))
		return false;
	r->pidfd = pidfd_open(r->pid, 0);
	return r->pidfd >= 0 || err_sys(e, ERR_OS, errno, "cannot watch the worker's process");
}

static bool
hand_to_server(const struct worker *w, time_t received, const int fds[3], struct run *r, struct err *e)
{
	struct serve_request q = {received, w->overlay, w->outline};

	r->lost = !server_hand(r->server, &q, fds, e);
	return !r->lost;
}

static bool
start(const struct worker *w, struct bytes mail, time_t received, struct run *r, struct err *e)
{
	int in = -1, out[2] = {-1, -1}, said[2] = {-1, -1};
	bool ok = false;

	if (!memory_file(mail, &in, e))
		return false;
	if (pipe2(out, O_CLOEXEC) != 0 || pipe2(said, O_CLOEXEC) != 0) {
		err_sys(e, ERR_OS, errno, "no pipe for the worker");
		goto out;
	}
	r->out = out[0];
	r->err = said[0];
	out[0] = said[0] = -1;
	ok = (r->server ? hand_to_server : start_process)(w, received, (int[]){in, out[1], said[1]}, r, e);
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

static bool
lose(struct run *r, struct err *e, const char *what)
{
	r->lost = true;
	return err_set(e, ERR_OS, "the parser's server %s", what);
}

/* The process has ended, or its server has something to say. */
static bool
hear_end(struct run *r, bool *ended_r, struct err *e)
{
	struct serve_report said;

	if (!r->server) {
		*ended_r = true;
		return true;
	}
	if (!server_hear(r->server, &said))
		return lose(r, e, "is gone");
	if (said.what == SERVE_STARTED && !r->begun) {
		r->begun = true;
	} else if (said.what == SERVE_ENDED && r->begun) {
		r->status = said.status;
		*ended_r = true;
	} else {
		return lose(r, e, "talks nonsense");
	}
	return true;
}

/* Nothing came for as long as one waits. Until its server has forked it, the mail is not to blame. */
static bool
no_answer(const struct worker *w, struct run *r, struct err *e)
{
	if (r->server && !r->begun)
		return lose(r, e, "hangs");
	return err_set(e, ERR_TIMEOUT, "the parser gave no answer in %d s", w->seconds * CLOCK_FACTOR);
}

/* Listen until both pipes are closed and the process has ended. */
static bool
listen_to(const struct worker *w, struct run *r, int cancel_fd, struct err *e)
{
	int64_t began = clock_mono_ms(), whole = began + (int64_t)w->seconds * CLOCK_FACTOR * 1000;
	bool ended = false, ok = true;

	while (ok && (r->out >= 0 || r->err >= 0 || !ended)) {
		bool beginning = r->server && !r->begun;
		struct pollfd p[] = {{r->out, POLLIN, 0},
		                     {r->err, POLLIN, 0},
		                     {ended       ? -1
		                      : r->server ? server_fd(r->server)
		                                  : r->pidfd,
		                      POLLIN, 0},
		                     {cancel_fd, POLLIN, 0}};
		int n = poll(p, 4, clock_left_ms(beginning ? began + BEGIN_MS : whole));

		if (n < 0 && errno != EINTR)
			return err_sys(e, ERR_OS, errno, "waiting for the worker");
		if (n == 0)
			return no_answer(w, r, e);
		if (n < 0)
			continue;
		if (p[0].revents)
			drain(&r->out, &r->answer);
		if (p[1].revents)
			drain(&r->err, &r->said);
		if (p[2].revents)
			ok = hear_end(r, &ended, e);
		if (p[3].revents)
			return err_set(e, ERR_INTERRUPTED, "told to stop while a mail was parsed");
		if (r->answer.over)
			return err_set(e, ERR_PROTOCOL, "the parser printed more than %d bytes",
			               WORKER_ANSWER_MAX);
	}
	return ok;
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
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) {
		err_set(e, ERR_TIMEOUT, "the parser used up its processor time");
	} else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) {
		err_set(e, ERR_PROTOCOL,
		        "the parser asked for a system call that its cage forbids, and was killed; "
		        "the mail may be an attack: %s",
		        words.at);
	} else if (WIFSIGNALED(status)) {
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

/* A process of ours is waited for, or killed with all that it started. */
static void
end_process(struct run *r, bool ok)
{
	if (r->pid <= 0)
		return;
	if (!ok)
		spawn_end(r->pid);
	else
		while (waitpid(r->pid, &r->status, 0) < 0 && errno == EINTR)
			continue;
}

/* A server whose child did anything but end by itself is not used again: to kill the child is to kill both,
 * and one that crashed has told somebody where things lie in the memory that all children share. */
static void
end_with_server(const struct worker *w, struct run *r, bool ok)
{
	if (ok && WIFEXITED(r->status))
		servers_give(w->servers, r->server);
	else
		server_end(r->server);
}

static bool
wants_pictures(const struct run *r, bool ok)
{
	return ok && r->server && !server_pictures(r->server) && WIFEXITED(r->status) &&
	       WEXITSTATUS(r->status) == SERVE_PICTURES;
}

/* One try. *pictures: in: by a server that reads them; out: that is what it needs, and it was not one.
 * *lost_r: the server failed, nothing is known of the mail. */
static bool
run_once(const struct worker *w, struct bytes mail, time_t received, int cancel_fd, bool *pictures,
         bool *lost_r, char **answer_r, struct err *e)
{
	struct run r = {.pid = -1,
	                .pidfd = -1,
	                .out = -1,
	                .err = -1,
	                .answer = BUF_INIT(WORKER_ANSWER_MAX),
	                .said = BUF_INIT(SAID_MAX)};
	bool ok;

	if (w->servers)
		r.server = servers_take(w->servers, *pictures, cancel_fd);
	ok = start(w, mail, received, &r, e) && listen_to(w, &r, cancel_fd, e);
	*pictures = wants_pictures(&r, ok);
	*lost_r = r.lost;
	if (r.server)
		end_with_server(w, &r, ok);
	else
		end_process(&r, ok);
	ok = ok && !*pictures && judge(r.status, &r.said, e);
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
worker_run(const struct worker *w, struct bytes mail, time_t received, int cancel_fd, char **answer_r,
           struct err *e)
{
	bool pictures = false, lost = false, ok;
	int losses = 0;

	*answer_r = NULL;
	do {
		*e = (struct err){0};
		ok = run_once(w, mail, received, cancel_fd, &pictures, &lost, answer_r, e);
	} while (!ok && (pictures || (lost && ++losses < LOSSES)));
	if (lost)
		err_set(e, ERR_PROTOCOL, "%d of the parser's servers were lost over this mail", losses);
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
