/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/control.h"

#include "config/buf.h"
#include "config/clock.h"
#include "config/json_value.h"
#include "config/mem.h"
#include "daemon/act.h"
#include "daemon/ingest.h"
#include "daemon/stop.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	PATIENCE_MS = 30000,
	INGEST_PATIENCE_MS = 600000,
	BACKLOG = 8,
	GUESTS_MAX = 8,
	LIVE_PATIENCE_MS = 5000
};

struct control {
	int fd;
	char path[sizeof((struct sockaddr_un){0}).sun_path];
	struct queue *in, *arrivals;
	atomic_size_t message_max;
	int kind;
	control_live_fn *live;
	void *context;
	struct stop *stop;
	pthread_t thread;

	pthread_mutex_t lock; /* of guests */
	pthread_cond_t left;
	int guests; /* connections that are being served */
};

struct control_request {
	json_t *json;
	int fd; /* that came with it; -1: none */
	char by[80];
	bool ok, done;
	char said[600];
	json_t *live; /* owned; NULL: it was not asked for */
	struct err e;
	pthread_mutex_t lock;
	pthread_cond_t cond;
};

const json_t *
control_json(const struct control_request *r)
{
	return r->json;
}

const char *
control_by(const struct control_request *r)
{
	return r->by;
}

void
control_done(struct control_request *r, const char *said, const struct err *e)
{
	(void)pthread_mutex_lock(&r->lock);
	r->ok = !e;
	if (e)
		r->e = *e;
	(void)snprintf(r->said, sizeof r->said, "%s", e ? e->text : said);
	r->done = true;
	(void)pthread_cond_signal(&r->cond);
	(void)pthread_mutex_unlock(&r->lock);
}

void
control_drop(void *request)
{
	struct err e = {.code = ERR_INTERRUPTED, .text = "the daemon is ending; ask again"};

	control_done(request, NULL, &e);
}

/* ---- lines over a socket, until a deadline ---- */

union ancillary { /* aligned as cmsg(3) asks */
	struct cmsghdr head;
	char space[CMSG_SPACE(sizeof(int))];
};

/* As recv(2). A descriptor that comes along is fd_r's; of several the last, the others are closed (there is
 * room for two, as that is padded). */
static ssize_t
receive(int fd, void *to, size_t max, int *fd_r)
{
	struct iovec io = {to, max};
	union ancillary with;
	struct msghdr m = {.msg_iov = &io,
	                   .msg_iovlen = 1,
	                   .msg_control = with.space,
	                   .msg_controllen = sizeof with.space};
	ssize_t n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
	struct cmsghdr *c = n >= 0 ? CMSG_FIRSTHDR(&m) : NULL;

	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return n;
	for (size_t at = CMSG_LEN(0); at + sizeof *fd_r <= c->cmsg_len; at += sizeof *fd_r) {
		if (*fd_r >= 0)
			(void)close(*fd_r);
		memcpy(fd_r, (const char *)c + at, sizeof *fd_r);
	}
	return n;
}

static bool
read_line(int fd, const struct stop *stop, int patience_ms, struct buf *line, int *fd_r)
{
	int64_t deadline = clock_mono_ms() + patience_ms;
	char piece[4096];

	while (!line->len || line->at[line->len - 1] != '\n') {
		struct pollfd p[] = {{fd, POLLIN, 0}, {stop_fd(stop), POLLIN, 0}};
		ssize_t n;

		if (poll(p, 2, clock_left_ms(deadline)) <= 0 || p[1].revents)
			return false;
		n = receive(fd, piece, sizeof piece, fd_r);
		if (n <= 0)
			return false;
		buf_add(line, piece, (size_t)n);
		if (line->over)
			return false;
	}
	return true;
}

/* As send(2), with a descriptor along (-1: none). */
static ssize_t
send_with(int fd, const void *from, size_t len, int with_fd)
{
	struct iovec io = {(void *)from, len};
	union ancillary with = {.space = ""};
	struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1};

	if (with_fd >= 0) {
		with.head = (struct cmsghdr){
		        .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
		memcpy(CMSG_DATA(&with.head), &with_fd, sizeof with_fd);
		m.msg_control = with.space;
		m.msg_controllen = sizeof with.space;
	}
	return sendmsg(fd, &m, MSG_NOSIGNAL);
}

static bool
write_json(int fd, json_t *o, int with_fd)
{
	char *text = json_dumps(o, JSON_COMPACT);
	struct buf b = BUF_INIT(2 * ACT_REQUEST_MAX);
	size_t sent = 0;
	ssize_t n = 1;

	if (!text)
		mem_die("answering on the control socket");
	buf_str(&b, text);
	buf_ch(&b, '\n');
	free(text);
	while (sent < b.len && n > 0) {
		n = send_with(fd, b.at + sent, b.len - sent, sent ? -1 : with_fd);
		sent += n > 0 ? (size_t)n : 0;
	}
	buf_free(&b);
	return n > 0;
}

/* ---- the daemon's end ---- */

static void
name_peer(int fd, char *by, size_t size)
{
	struct ucred who = {0};
	socklen_t len = sizeof who;
	struct passwd pw, *found = NULL;
	char names[1024];

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) != 0)
		(void)snprintf(by, size, "unknown");
	else if (getpwuid_r(who.uid, &pw, names, sizeof names, &found) == 0 && found)
		(void)snprintf(by, size, "%.40s (uid %u)", pw.pw_name, who.uid);
	else
		(void)snprintf(by, size, "uid %u", who.uid);
}

static void
pass_on(struct control *c, struct control_request *r)
{
	struct queue_item item = {c->kind, r, 0, control_drop};

	if (queue_put(c->in, item, -1, c->stop) != QUEUE_DONE) {
		control_drop(r);
		return;
	}
	(void)pthread_mutex_lock(&r->lock);
	while (!r->done)
		(void)pthread_cond_wait(&r->cond, &r->lock);
	(void)pthread_mutex_unlock(&r->lock);
}

/* A mail that is handed in goes the way of all mail; this thread waits for it. */
static void
take_mail(struct control *c, struct control_request *r)
{
	char said[INGEST_SAID_MAX];
	struct err e = {0};
	bool ok =
	        ingest_hand_in(c->arrivals, atomic_load(&c->message_max), r->json, r->fd, c->stop, said, &e);

	control_done(r, said, ok ? NULL : &e);
}

static void
answer(struct control *c, struct control_request *r)
{
	static const struct err none = {ERR_USAGE, "the request is no JSON object"};
	const char *act = json_text(r->json, "act");

	if (!json_is_object(r->json))
		control_done(r, NULL, &none);
	else if (act && c->live && (strcmp(act, "status") == 0 || strcmp(act, "sweep") == 0)) {
		r->live = c->live(c->context, strcmp(act, "sweep") == 0);
		control_done(r, "", NULL);
	} else if (act && strcmp(act, "ingest") == 0)
		take_mail(c, r);
	else
		pass_on(c, r);
}

static void
serve(struct control *c, int fd)
{
	struct control_request r = {.fd = -1, .said = ""};
	struct buf line = BUF_INIT(ACT_REQUEST_MAX);
	json_t *said;

	(void)pthread_mutex_init(&r.lock, NULL);
	(void)pthread_cond_init(&r.cond, NULL);
	name_peer(fd, r.by, sizeof r.by);
	if (read_line(fd, c->stop, PATIENCE_MS, &line, &r.fd)) {
		r.json = json_loadb(line.at, line.len, JSON_REJECT_DUPLICATES, NULL);
		answer(c, &r);
		said = json_made(json_pack("{s:b, s:i, s:o}", "ok", r.ok, "error", r.ok ? 0 : (int)r.e.code,
		                           "said", json_sentence(r.said)));
		if (r.live)
			json_object_set(said, "live", r.live);
		(void)write_json(fd, said, -1); /* a client that went away has its act in the log */
		json_decref(said);
	}
	if (r.fd >= 0)
		(void)close(r.fd);
	json_decref(r.live);
	json_decref(r.json);
	buf_free(&line);
	(void)pthread_cond_destroy(&r.cond);
	(void)pthread_mutex_destroy(&r.lock);
}

/* ---- guests ---- */

struct guest {
	struct control *c;
	int fd;
};

static void *
serve_guest(void *context)
{
	struct guest *g = context;
	struct control *c = g->c;

	serve(c, g->fd);
	(void)close(g->fd);
	free(g);
	(void)pthread_mutex_lock(&c->lock);
	c->guests--;
	(void)pthread_cond_signal(&c->left);
	(void)pthread_mutex_unlock(&c->lock);
	return NULL;
}

static void
await_guests(struct control *c, int most)
{
	(void)pthread_mutex_lock(&c->lock);
	while (c->guests > most)
		(void)pthread_cond_wait(&c->left, &c->lock);
	(void)pthread_mutex_unlock(&c->lock);
}

/* In a thread of its own; where there is none to be had, here. */
static void
admit(struct control *c, int fd)
{
	struct guest *g = mem_alloc(1, sizeof *g);
	pthread_attr_t at;
	pthread_t t;
	int rc;

	*g = (struct guest){c, fd};
	await_guests(c, GUESTS_MAX - 1);
	(void)pthread_mutex_lock(&c->lock);
	c->guests++;
	(void)pthread_mutex_unlock(&c->lock);
	(void)pthread_attr_init(&at);
	(void)pthread_attr_setdetachstate(&at, PTHREAD_CREATE_DETACHED);
	rc = pthread_create(&t, &at, serve_guest, g);
	(void)pthread_attr_destroy(&at);
	if (rc != 0)
		(void)serve_guest(g);
}

static void *
run(void *context)
{
	struct control *c = context;
	struct pollfd p[] = {{c->fd, POLLIN, 0}, {stop_fd(c->stop), POLLIN, 0}};

	(void)pthread_setname_np(pthread_self(), "control");
	for (;;) {
		int fd;

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			break;
		if (p[1].revents)
			break;
		fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0) { /* no descriptor left, say: it lies there still, and must not spin */
			(void)stop_sleep(c->stop, clock_mono_ms() + 100);
			continue;
		}
		admit(c, fd);
	}
	return NULL;
}

static bool
address_of(const char *dir, struct sockaddr_un *a, struct err *e)
{
	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	if ((size_t)snprintf(a->sun_path, sizeof a->sun_path, "%s/control.sock", dir) >= sizeof a->sun_path)
		return err_set(e, ERR_CONFIG, "%s: too long a path for a socket in it (unix(7): 107 bytes)",
		               dir);
	return true;
}

bool
control_start(struct control **c_r, const char *dir, struct queue *in, int kind, struct queue *arrivals,
              size_t message_max, control_live_fn *live, void *context, struct err *e)
{
	struct control *c = mem_alloc(1, sizeof *c);
	struct sockaddr_un a;
	int rc;

	*c = (struct control){
	        .fd = -1, .in = in, .arrivals = arrivals, .message_max = message_max, .kind = kind};
	c->live = live;
	c->context = context;
	(void)pthread_mutex_init(&c->lock, NULL);
	(void)pthread_cond_init(&c->left, NULL);
	if (!address_of(dir, &a, e) || !stop_new(&c->stop, e))
		goto fail;
	memcpy(c->path, a.sun_path, sizeof c->path);
	/* The spool's lock is ours: a socket that lies there is a dead process's. */
	(void)unlink(c->path);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || bind(c->fd, (struct sockaddr *)&a, sizeof a) != 0 || chmod(c->path, 0600) != 0 ||
	    listen(c->fd, BACKLOG) != 0) {
		err_sys(e, ERR_OS, errno, "%s", c->path);
		goto fail;
	}
	rc = pthread_create(&c->thread, NULL, run, c);
	if (rc != 0) {
		err_sys(e, ERR_OS, rc, "cannot start the control thread");
		goto fail;
	}
	*c_r = c;
	return true;
fail:
	if (c->fd >= 0)
		(void)close(c->fd);
	stop_free(c->stop);
	free(c);
	return false;
}

void
control_renew(struct control *c, size_t message_max)
{
	atomic_store(&c->message_max, message_max);
}

void
control_stop(struct control *c)
{
	if (!c)
		return;
	stop_raise(c->stop);
	queue_wake(c->in);
	queue_wake(c->arrivals);
	(void)pthread_join(c->thread, NULL);
	await_guests(c, 0);
	(void)pthread_mutex_destroy(&c->lock);
	(void)pthread_cond_destroy(&c->left);
	(void)unlink(c->path);
	(void)close(c->fd);
	stop_free(c->stop);
	free(c);
}

/* ---- the other end ---- */

bool
control_ask(const char *dir, const json_t *request, int with_fd, bool *answered_r, char **said, struct err *e)
{
	struct buf line = BUF_INIT(ACT_REQUEST_MAX);
	struct sockaddr_un a;
	json_t *answer = NULL;
	const char *text;
	bool ok = false;
	int fd = -1, back = -1;

	*answered_r = false;
	*said = NULL;
	if (!address_of(dir, &a, e))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
		err_sys(e, ERR_AGAIN, errno, "no daemon listens at %s", a.sun_path);
		goto out;
	}
	*answered_r = true;
	if (!write_json(fd, (json_t *)request, with_fd) ||
	    !read_line(fd, NULL, with_fd < 0 ? PATIENCE_MS : INGEST_PATIENCE_MS, &line, &back)) {
		err_set(e, ERR_AGAIN, "the daemon gave no answer; mingpianctl log shows whether it was done");
		goto out;
	}
	answer = json_loadb(line.at, line.len, 0, NULL);
	text = json_text(answer, "said");
	ok = json_flag(answer, "ok");
	if (ok)
		*said = mem_str(text ? text : "done");
	else
		err_set(e, (enum err_code)json_int(answer, "error"), "%s",
		        text ? text : "the daemon's answer is none");
	if (!ok && (e->code <= ERR_NONE || e->code >= ERR_CODES))
		e->code = ERR_PROTOCOL;
out:
	json_decref(answer);
	buf_free(&line);
	if (back >= 0)
		(void)close(back);
	if (fd >= 0)
		(void)close(fd);
	return ok;
}

bool
control_ask_live(const char *dir, bool sweep, json_t **live_r, struct err *e)
{
	struct buf line = BUF_INIT(2 * ACT_REQUEST_MAX);
	json_t *request = json_pack("{s:s}", "act", sweep ? "sweep" : "status"), *answer = NULL;
	struct sockaddr_un a;
	int fd = -1, back = -1;

	*live_r = NULL;
	if (!address_of(dir, &a, e))
		goto out;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
		err_sys(e, ERR_AGAIN, errno, "no daemon listens at %s", a.sun_path);
		goto out;
	}
	if (!write_json(fd, request, -1) || !read_line(fd, NULL, LIVE_PATIENCE_MS, &line, &back)) {
		err_set(e, ERR_AGAIN, "the daemon gives no answer");
		goto out;
	}
	answer = json_loadb(line.at, line.len, 0, NULL);
	*live_r = json_incref(json_object_get(answer, "live"));
	if (!json_is_object(*live_r)) {
		json_decref(*live_r);
		*live_r = NULL;
		err_set(e, ERR_AGAIN,
		        "the daemon does not say how it fares: it is another version, or handing in");
	}
out:
	json_decref(request);
	json_decref(answer);
	buf_free(&line);
	if (fd >= 0)
		(void)close(fd);
	return *live_r != NULL;
}
