/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a parser's server is used, replaced when it dies, hangs, lies or is out of date, and never believed;
 * whatever it does, the mail gets one clear verdict in bounded time, and no process is left behind.
 *
 * Wicked servers are this very program, started with --serve: the "form file" says what it does. */
#include "daemon/servers.h"

#include "config/clock.h"
#include "config/mem.h"

#include <dirent.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char self[PATH_MAX], parser[PATH_MAX + 32];

/* ---- wicked servers ---- */

static void
tell(int what, int status)
{
	struct serve_report r = {what, status};

	(void)send(STDIN_FILENO, &r, sizeof r, MSG_NOSIGNAL);
}

/* Wait for a job; its descriptors in fds. */
static void
take(int fds[SERVE_FDS])
{
	struct serve_request q;
	struct iovec v = {&q, sizeof q};
	_Alignas(struct cmsghdr) char space[CMSG_SPACE(SERVE_FDS * sizeof(int))];
	struct msghdr m = {
	        .msg_iov = &v, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};

	if (recvmsg(STDIN_FILENO, &m, 0) <= 0 || !CMSG_FIRSTHDR(&m))
		_exit(0);
	memcpy(fds, CMSG_DATA(CMSG_FIRSTHDR(&m)), SERVE_FDS * sizeof(int));
}

static void
drop(const int fds[SERVE_FDS])
{
	for (int i = 0; i < SERVE_FDS; i++)
		(void)close(fds[i]);
}

/* One job in a child, that does what is asked; its end is told truly. */
static void
child(const int fds[SERVE_FDS], const char *how)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (strcmp(how, "child-dies") == 0)
			(void)raise(SIGSYS);
		if (strcmp(how, "child-hangs") == 0)
			(void)sleep(60);
		if (strcmp(how, "answers") == 0)
			(void)!write(fds[1], "{}", 2);
		if (strcmp(how, "floods") == 0)
			for (char b[65536] = {'x'}; write(fds[1], b, sizeof b) > 0;)
				continue;
		_exit(strcmp(how, "pictures") == 0 ? SERVE_PICTURES : 0);
	}
	drop(fds);
	tell(SERVE_STARTED, 0);
	(void)waitpid(pid, &status, 0);
	tell(SERVE_ENDED, status);
}

static int
be_wicked(const char *how)
{
	int fds[SERVE_FDS];

	if (strcmp(how, "not-ready") == 0)
		return puts("no form here") < 0;
	if (strcmp(how, "never-ready") == 0)
		(void)sleep(60);
	tell(SERVE_READY, 0);
	for (;;) {
		take(fds);
		if (strcmp(how, "dies") == 0)
			(void)raise(SIGKILL);
		else if (strcmp(how, "hangs") == 0)
			(void)sleep(60);
		else if (strcmp(how, "lies") == 0)
			tell(SERVE_ENDED, 0);
		else if (strcmp(how, "nonsense") == 0)
			tell(4711, 0);
		else if (strcmp(how, "long") == 0)
			(void)send(STDIN_FILENO, (char[100]){1}, 100, 0);
		else if (strcmp(how, "keeps") == 0) { /* says that all is over, and keeps the pipe */
			tell(SERVE_STARTED, 0);
			tell(SERVE_ENDED, 0);
		} else
			child(fds, how);
	}
}

/* ---- the tests ---- */

static const struct {
	const char *how;
	bool want_ok;
	enum err_code want_code;
	const char *want_text;
	int within_s;
	/* Of the mail; the time is the clock's, and the machine may be busy: only where the limit is the
	 * point of the row may it be met. */
	int seconds;
} rows[] = {
        {"answers", true, ERR_NONE, "{}", 2, 60},
        {"silent", true, ERR_NONE, "", 2, 60},
        {"dies", false, ERR_PROTOCOL, "2 of the parser's servers were lost", 4, 60},
        {"hangs", false, ERR_PROTOCOL, "2 of the parser's servers were lost", 14, 60},
        {"lies", false, ERR_PROTOCOL, "2 of the parser's servers were lost", 4, 60},
        {"nonsense", false, ERR_PROTOCOL, "2 of the parser's servers were lost", 4, 60},
        {"long", false, ERR_PROTOCOL, "2 of the parser's servers were lost", 4, 60},
        {"keeps", false, ERR_TIMEOUT, "no answer in 6 s", 8, 3},
        {"child-dies", false, ERR_PROTOCOL, "a system call that its cage forbids", 4, 60},
        {"child-hangs", false, ERR_TIMEOUT, "no answer in 2 s", 4, 1},
        {"floods", false, ERR_PROTOCOL, "printed more than", 10, 60},
        {"pictures", false, ERR_PROTOCOL, "ended with 75", 4, 60},
};

static void
nothing_left(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void
wicked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct worker w = {
		        .program = self, .form = rows[i].how, .seconds = rows[i].seconds, .memory_mb = 64};
		struct worker started = w;
		struct err e = {0};
		char *answer = NULL;
		int64_t began = clock_mono_ms();
		bool ok;

		w.servers = servers_new(&started);
		ok = worker_run(&w, bytes_str("From: a@b\n\n"), 0, -1, &answer, &e);
		if (ok != rows[i].want_ok || (!ok && e.code != rows[i].want_code) ||
		    !strstr(ok ? answer : e.text, rows[i].want_text))
			fail_msg("%s: ok %d code %s: %s", rows[i].how, ok, err_name(e.code),
			         ok ? answer : e.text);
		if (clock_mono_ms() - began > rows[i].within_s * 5000) /* the machine may be busy */
			fail_msg("%s took %lld ms", rows[i].how, (long long)(clock_mono_ms() - began));
		free(answer);
		servers_free(w.servers);
		nothing_left();
	}
}

static void
make_worker(struct worker *w, struct worker *started)
{
	*started = (struct worker){.program = parser,
	                           .form = "config/form.cfg",
	                           .seconds = 30,
	                           .memory_mb = 768,
	                           .sandbox = true};
	*w = *started;
	w->servers = servers_new(started);
}

static void
load(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "rbe");
	char piece[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(piece, 1, sizeof piece, f)) > 0)
		buf_add(b, piece, n);
	(void)fclose(f);
}

/* Ours that run mingpian-parse; the last one's id. */
static int
count_servers(pid_t *pid_r)
{
	DIR *d = opendir("/proc");
	int n = 0;

	assert_non_null(d);
	for (const struct dirent *x; (x = readdir(d));) {
		char path[300], line[300] = "", *end;
		FILE *f;

		(void)snprintf(path, sizeof path, "/proc/%s/stat", x->d_name);
		if (!(f = fopen(path, "re")))
			continue;
		/* ") S PARENT": behind the name, which may hold anything */
		if (fgets(line, sizeof line, f) && (end = strrchr(line, ')')) && strlen(end) > 4 &&
		    strtol(end + 4, NULL, 10) == getpid()) {
			n++;
			*pid_r = (pid_t)strtol(x->d_name, NULL, 10);
		}
		(void)fclose(f);
	}
	(void)closedir(d);
	return n;
}

static void
expect_answer(const struct worker *w, const struct buf *mail)
{
	struct err e = {0};
	char *answer = NULL;

	if (!worker_run(w, buf_bytes(mail), 0, -1, &answer, &e))
		fail_msg("%s", e.text);
	assert_non_null(strstr(answer, "\"disposition\""));
	free(answer);
}

/* Killed, stopped, replaced: the next mail is answered all the same, by one server. */
static void
replaced(void **state)
{
	struct worker w, started;
	struct buf mail = BUF_INIT(1 << 20);
	pid_t first = 0, second = 0;

	(void)state;
	load("tests/mail/001-docx-official/message.eml", &mail);
	make_worker(&w, &started);
	expect_answer(&w, &mail);
	assert_int_equal(count_servers(&first), 1);
	expect_answer(&w, &mail);
	assert_int_equal(count_servers(&second), 1);
	assert_int_equal(first, second); /* the same one */
	assert_int_equal(kill(second, SIGKILL), 0);
	expect_answer(&w, &mail);
	assert_int_equal(count_servers(&second), 1);
	assert_int_not_equal(first, second);
	assert_int_equal(kill(second, SIGSTOP), 0);
	expect_answer(&w, &mail);
	assert_int_equal(count_servers(&first), 1);
	assert_int_not_equal(first, second);
	servers_renew(w.servers);
	assert_int_equal(count_servers(&second), 0);
	expect_answer(&w, &mail);
	servers_free(w.servers);
	buf_free(&mail);
	nothing_left();
}

/* The same bytes come out of a server's child and of a process of its own, with what is left to vary. */
static void
same_answers(void **state)
{
	static const char *const mails[] = {"001-docx-official",
	                                    "002-body-plain",
	                                    "004-doc-official",
	                                    "038-bounce-qq",
	                                    "060-xlsx-table",
	                                    "063-et-table",
	                                    "065-rtf-word-gbk",
	                                    "067-odt",
	                                    "070-pdf-libreoffice",
	                                    "072-ofd",
	                                    "073-ten-attachments",
	                                    "074-zip-gbk",
	                                    "079-7z",
	                                    "095-zip-password",
	                                    "099-damaged-pdf",
	                                    "104-tnef",
	                                    "127-smime-opaque"};
	struct worker w, plain;

	(void)state;
	make_worker(&w, &plain);
	for (size_t i = 0; i < 3 * (sizeof mails / sizeof *mails); i++) {
		struct buf mail = BUF_INIT(16 << 20);
		char path[200], *one = NULL, *other = NULL;
		struct err e = {0};

		w.outline = plain.outline = i % 3 == 2 ? ERR_TIMEOUT : ERR_NONE;
		(void)snprintf(path, sizeof path, "tests/mail/%s/message.eml", mails[i / 3]);
		load(path, &mail);
		if (!worker_run(&w, buf_bytes(&mail), 1655000000, -1, &one, &e) ||
		    !worker_run(&plain, buf_bytes(&mail), 1655000000, -1, &other, &e))
			fail_msg("%s: %s", path, e.text);
		assert_string_equal(one, other);
		free(one);
		free(other);
		buf_free(&mail);
	}
	servers_free(w.servers);
	nothing_left();
}

/* Memory that the limit does not give costs the mail, and not the server. */
static void
no_memory(void **state)
{
	struct worker w, started;
	struct buf mail = BUF_INIT(4 << 20);
	struct err e = {0};
	char *answer = NULL;

	(void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	skip(); /* such a build runs without limits of memory */
#endif
	make_worker(&w, &started);
	started.memory_mb = 1;
	load("tests/mail/002-body-plain/message.eml", &mail);
	for (int i = 0; i < 100000; i++)
		buf_str(&mail, "a line more\r\n"); /* than there is room for in what is mapped already */
	assert_false(worker_run(&w, buf_bytes(&mail), 0, -1, &answer, &e));
	assert_int_equal(e.code, ERR_PROTOCOL);
	servers_free(w.servers);
	buf_free(&mail);
	nothing_left();
}

/* A server that does not start: the mail gets a process of its own, and it is not tried again at once. */
static void
not_started(void **state)
{
	struct worker w = {.program = self, .form = "not-ready", .seconds = 2, .memory_mb = 64}, started = w;
	struct err e = {0};
	char *answer = NULL;

	(void)state;
	w.servers = servers_new(&started);
	assert_null(servers_take(w.servers, false, -1));
	assert_true(worker_run(&w, bytes_str("x"), 0, -1, &answer, &e));
	assert_string_equal(answer, "by itself");
	free(answer);
	servers_free(w.servers);
	nothing_left();
}

static void
cancelled(void **state)
{
	static const char *const hows[] = {"never-ready", "hangs", "child-hangs"};
	int fd = eventfd(1, EFD_CLOEXEC);

	(void)state;
	for (size_t i = 0; i < sizeof hows / sizeof *hows; i++) {
		struct worker w = {.program = self, .form = hows[i], .seconds = 30, .memory_mb = 64},
		              started = w;
		struct err e = {0};
		char *answer = NULL;
		int64_t began = clock_mono_ms();

		w.servers = servers_new(&started);
		assert_false(worker_run(&w, bytes_str("x"), 0, fd, &answer, &e));
		assert_int_equal(e.code, ERR_INTERRUPTED);
		assert_true(clock_mono_ms() - began < 5000);
		servers_free(w.servers);
		nothing_left();
	}
	(void)close(fd);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(wicked),       cmocka_unit_test(replaced),
	                                   cmocka_unit_test(same_answers), cmocka_unit_test(no_memory),
	                                   cmocka_unit_test(not_started),  cmocka_unit_test(cancelled)};
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	struct err e;

	if (argc > 4 && strcmp(argv[1], "--serve") == 0)
		return be_wicked(argv[4]);
	if (argc > 4 && strcmp(argv[1], "--explain") == 0) { /* a process for one mail */
		(void)sleep(strcmp(argv[3], "never-ready") == 0 ? 60 : 0);
		return printf("by itself") < 0;
	}
	if (n <= 0 || !clock_zone("Asia/Shanghai", &e))
		return 1;
	(void)snprintf(parser, sizeof parser, "%.*s/../mingpian-parse", (int)(strrchr(self, '/') - self),
	               self);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
