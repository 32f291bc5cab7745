/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/server.h"

#include "config/clock.h"
#include "config/mem.h"
#include "config/text.h"
#include "daemon/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READY_MS = 15 * 1000, SAID_MAX = 1024 };

struct server {
	pid_t pid;
	int fd;   /* our end of its socket */
	int said; /* what it prints: read when it fails */
	bool pictures;
	unsigned generation;
	const char *program; /* borrowed */
	struct stat stamp;   /* of the program when it was started */
};

/* ---- start and end ---- */

static bool
start_process(struct server *s, const struct worker *w, int fd, int said, struct err *e)
{
	char seconds[16], memory[16];
	const char *argv[] = {"mingpian-parse", "--serve",     "--explain", "-c", w->form, "--seconds",
	                      seconds,          "--memory-mb", memory,      NULL, NULL,    NULL};
	size_t last = 9;

	(void)snprintf(seconds, sizeof seconds, "%d", w->seconds);
	(void)snprintf(memory, sizeof memory, "%d", w->memory_mb);
	if (!w->sandbox)
		argv[last++] = "--no-sandbox";
	if (s->pictures)
		argv[last] = "--pictures";
	return spawn(w->program, argv, (int[]){fd, said, said}, &s->pid, e);
}

static bool
make_ends(struct server *s, int *fd_r, int *said_r, struct err *e)
{
	int fds[2], pipes[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
		return err_sys(e, ERR_OS, errno, "no socket for the parser's server");
	s->fd = fds[0];
	*fd_r = fds[1];
	if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK) != 0)
		return err_sys(e, ERR_OS, errno, "no pipe for the parser's server");
	s->said = pipes[0];
	*said_r = pipes[1];
	return true;
}

/* What it printed, made safe. */
static void
add_words(const struct server *s, struct err *e)
{
	char said[SAID_MAX];
	struct buf words = BUF_INIT(512);
	ssize_t n = read(s->said, said, sizeof said - 1);

	said[n > 0 ? n : 0] = '\0';
	text_plain(&words, n > 0 ? said : "it said nothing", 200);
	err_set(e, ERR_OS, "the parser's server does not start: %s", words.at);
	buf_free(&words);
}

static bool
await_ready(struct server *s, int cancel_fd, struct err *e)
{
	int64_t deadline = clock_mono_ms() + READY_MS;
	struct pollfd p[] = {{s->fd, POLLIN, 0}, {cancel_fd, POLLIN, 0}};
	struct serve_report r = {0};
	int n;

	do
		n = poll(p, 2, clock_left_ms(deadline));
	while (n < 0 && errno == EINTR);
	if (n > 0 && p[1].revents)
		return err_set(e, ERR_INTERRUPTED, "told to stop while the parser's server started");
	if (n > 0 && server_hear(s, &r) && r.what == SERVE_READY)
		return true;
	add_words(s, e);
	return false;
}

bool
server_start(struct server **s_r, const struct worker *w, bool pictures, int cancel_fd, struct err *e)
{
	struct server *s = mem_alloc(1, sizeof *s);
	int fd = -1, said = -1;
	bool ok;

	*s_r = NULL;
	*s = (struct server){.fd = -1, .said = -1, .pictures = pictures, .program = w->program};
	(void)stat(w->program, &s->stamp);
	spawn_adopt();
	ok = make_ends(s, &fd, &said, e) && start_process(s, w, fd, said, e);
	if (fd >= 0)
		(void)close(fd);
	if (said >= 0)
		(void)close(said);
	if (!ok || !await_ready(s, cancel_fd, e)) {
		server_end(s);
		return false;
	}
	*s_r = s;
	return true;
}

void
server_end(struct server *s)
{
	if (!s)
		return;
	if (s->pid > 0)
		spawn_end(s->pid);
	if (s->fd >= 0)
		(void)close(s->fd);
	if (s->said >= 0)
		(void)close(s->said);
	free(s);
}

bool
server_pictures(const struct server *s)
{
	return s->pictures;
}

void
server_mark(struct server *s, unsigned generation)
{
	s->generation = generation;
}

unsigned
server_generation(const struct server *s)
{
	return s->generation;
}

bool
server_current(const struct server *s)
{
	struct stat now;

	return stat(s->program, &now) == 0 && now.st_dev == s->stamp.st_dev &&
	       now.st_ino == s->stamp.st_ino && now.st_size == s->stamp.st_size &&
	       now.st_mtim.tv_sec == s->stamp.st_mtim.tv_sec &&
	       now.st_mtim.tv_nsec == s->stamp.st_mtim.tv_nsec;
}

/* ---- talk ---- */

bool
server_hand(struct server *s, const struct serve_request *q, const int fds[SERVE_FDS], struct err *e)
{
	_Alignas(struct cmsghdr) char space[CMSG_SPACE(SERVE_FDS * sizeof(int))] = {0};
	struct serve_request copy = *q;
	struct iovec v = {&copy, sizeof copy};
	struct msghdr m = {
	        .msg_iov = &v, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(SERVE_FDS * sizeof(int));
	memcpy(CMSG_DATA(c), fds, SERVE_FDS * sizeof(int));
	if (sendmsg(s->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)sizeof copy)
		return true;
	return err_sys(e, ERR_OS, errno, "the parser's server takes no job");
}

int
server_fd(const struct server *s)
{
	return s->fd;
}

bool
server_hear(struct server *s, struct serve_report *r_r)
{
	char piece[sizeof *r_r + 1]; /* one more: a longer message is none */
	ssize_t n = recv(s->fd, piece, sizeof piece, MSG_DONTWAIT);

	if (n != (ssize_t)sizeof *r_r)
		return false;
	memcpy(r_r, piece, sizeof *r_r);
	return true;
}
