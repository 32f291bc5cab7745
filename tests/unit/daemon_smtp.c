/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: of each mail is known what became of it: sent, not delivered, or unknown; nothing that could
 * inject a command goes out; the sender gives one delivery for each mail it was given.
 * Against a scripted server on 127.0.0.1, a thread of this program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/clock.h"
#include "config/mem.h"
#include "daemon/sender.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* An answer, or what is done instead of one: */
#define DROP "drop" /* close the connection */
#define HANG "hang" /* say nothing more */

/* What the server says; NULL: the usual. */
struct script {
	const char *greeting, *ehlo, *auth, *mail;
	_Atomic(const char *) rcpt; /* may change while the server runs */
	const char *data, *dot;
};

struct server {
	int fd;
	char url[64];
	pthread_t thread;
	struct script script;
	char mail[4096]; /* the bytes of the last mail, dots and all */
	atomic_int connections, mails, quits;
	atomic_bool ending;
};

/* True: go on with this connection. */
static bool
say(struct server *v, int fd, const char *words, const char *usual)
{
	char line[300];
	int n = 0;

	words = words ? words : usual;
	if (strcmp(words, DROP) == 0)
		return false;
	if (strcmp(words, HANG) == 0) {
		struct pollfd p = {.fd = fd, .events = POLLRDHUP};

		while (!atomic_load(&v->ending) && poll(&p, 1, 20) == 0)
			;
		return false;
	}
	n = snprintf(line, sizeof line, "%s\r\n", words);
	return write(fd, line, (size_t)n) == n;
}

static bool
take_mail(struct server *v, int fd, FILE *in)
{
	char line[1100];
	size_t len = 0;

	while (fgets(line, sizeof line, in)) {
		if (strcmp(line, ".\r\n") == 0) {
			atomic_fetch_add(&v->mails, 1);
			return say(v, fd, v->script.dot, "250 2.0.0 taken \xe5\xa5\xbd\x1b[31m");
		}
		len += (size_t)snprintf(v->mail + len, sizeof v->mail - len, "%s", line);
	}
	return false;
}

static void
converse(struct server *v, int fd)
{
	FILE *in = fdopen(dup(fd), "r");
	const struct script *s = &v->script;
	char line[600];
	bool on = say(v, fd, s->greeting, "220 hello");

	while (on && fgets(line, sizeof line, in)) {
		if (strncmp(line, "EHLO", 4) == 0)
			on = say(v, fd, s->ehlo, "250-hello\r\n250 AUTH PLAIN");
		else if (strncmp(line, "AUTH", 4) == 0)
			on = say(v, fd, NULL, "334 ") && fgets(line, sizeof line, in) &&
			     say(v, fd, s->auth, "235 welcome");
		else if (strncmp(line, "MAIL", 4) == 0)
			on = say(v, fd, s->mail, "250 sender");
		else if (strncmp(line, "RCPT", 4) == 0)
			on = say(v, fd, s->rcpt, "250 recipient");
		else if (strncmp(line, "DATA", 4) == 0)
			on = say(v, fd, s->data, "354 go") && (s->data ? true : take_mail(v, fd, in));
		else if (strncmp(line, "QUIT", 4) == 0)
			on = atomic_fetch_add(&v->quits, 1) < 0;
		else
			on = say(v, fd, NULL, "250 as you like");
	}
	(void)fclose(in);
}

static void *
serve(void *context)
{
	struct server *v = context;

	for (;;) {
		struct timeval quick = {.tv_sec = 5};
		int fd = accept(v->fd, NULL, NULL);

		if (fd < 0 || atomic_load(&v->ending)) {
			if (fd >= 0)
				close(fd);
			return NULL;
		}
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &quick, sizeof quick);
		atomic_fetch_add(&v->connections, 1);
		converse(v, fd);
		close(fd);
	}
}

static void
server_start(struct server *v, struct script script)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof a;

	memset(v, 0, sizeof *v);
	v->script = script;
	v->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(v->fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(v->fd, 5), 0);
	assert_int_equal(getsockname(v->fd, (struct sockaddr *)&a, &len), 0);
	(void)snprintf(v->url, sizeof v->url, "smtp://127.0.0.1:%d", ntohs(a.sin_port));
	assert_int_equal(pthread_create(&v->thread, NULL, serve, v), 0);
}

static void
server_end(struct server *v)
{
	atomic_store(&v->ending, true);
	(void)shutdown(v->fd, SHUT_RDWR); /* wakes accept() */
	pthread_join(v->thread, NULL);
	close(v->fd);
}

static struct smtp_account
account(const struct server *v)
{
	return (struct smtp_account){.address = "us@example.org",
	                             .url = v->url,
	                             .user = "us",
	                             .password = "geheim",
	                             .tls_none = true,
	                             .answer_ms = 1000};
}

static const char mail[] = "Subject: x\n\n.dot\nlast";

static void
verdicts(void **state)
{
	static const struct {
		const char *name;
		struct script script;
		enum smtp_verdict want;
		int want_code;
		bool want_slow;
		const char *want_words;
	} rows[] = {
	        {"accepted", {0}, SMTP_SENT, 250, false, "taken \xe5\xa5\xbd"},
	        {"sender refused",
	         {.mail = "553 Mail from must equal authorized user"},
	         SMTP_REFUSED,
	         553,
	         false,
	         "equal"},
	        {"recipient unknown", {.rcpt = "550 no such user"}, SMTP_REFUSED, 550, false, "no such user"},
	        {"recipient greylisted", {.rcpt = "451 later"}, SMTP_DEFERRED, 451, false, "later"},
	        {"NetEase slows down", {.rcpt = "451 MI:SFQ x"}, SMTP_DEFERRED, 451, true, "SFQ"},
	        {"NetEase: mails per connection", {.mail = "450 MI:DMC x"}, SMTP_DEFERRED, 450, true, "DMC"},
	        {"421 at once", {.greeting = "421 HL:IFC go away"}, SMTP_DEFERRED, 421, true, "HL:IFC"},
	        {"421 at MAIL", {.mail = "421 HL:ICC x"}, SMTP_DEFERRED, 421, true, "HL:ICC"},
	        {"DATA refused", {.data = "554 no"}, SMTP_REFUSED, 554, false, "no"},
	        {"mail refused", {.dot = "554 DT:SPM spam"}, SMTP_REFUSED, 554, false, "spam"},
	        {"mail put off", {.dot = "452 full"}, SMTP_DEFERRED, 452, false, "full"},
	        {"password refused",
	         {.auth = "535 no, geheim is wrong"},
	         SMTP_AUTH,
	         535,
	         false,
	         "authorization code"},
	        {"login put off", {.auth = "454 busy"}, SMTP_DEFERRED, 454, false, "busy"},
	        {"dropped at once", {.greeting = DROP}, SMTP_DEFERRED, 0, false, ""},
	        {"dropped at MAIL", {.mail = DROP}, SMTP_DEFERRED, 0, false, ""},
	        {"dropped at RCPT", {.rcpt = DROP}, SMTP_DEFERRED, 0, false, "connection lost"},
	        {"dropped at DATA", {.data = DROP}, SMTP_DEFERRED, 0, false, ""},
	        {"dropped after the dot", {.dot = DROP}, SMTP_UNKNOWN, 0, false, "delivered or not"},
	        {"silent after the dot", {.dot = HANG}, SMTP_UNKNOWN, 0, false, "delivered or not"},
	        {"silent at RCPT", {.rcpt = HANG}, SMTP_DEFERRED, 0, false, "no answer in time"},
	        {"rubbish", {.greeting = "HTTP/1.1 400"}, SMTP_DEFERRED, 0, false, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct server v;
		struct smtp_account a;
		struct smtp *s = NULL;
		struct smtp_result r;
		int64_t begin = 0;

		server_start(&v, rows[i].script);
		a = account(&v);
		s = smtp_new(&a, NULL);
		smtp_send(s, "them@example.org", bytes_str(mail), &r);
		if (r.verdict != rows[i].want || r.code != rows[i].want_code ||
		    !strstr(r.words, rows[i].want_words))
			print_message("%s: %s %d: %s\n", rows[i].name, smtp_verdict_name(r.verdict), r.code,
			              r.words);
		assert_int_equal(r.verdict, rows[i].want);
		assert_int_equal(r.code, rows[i].want_code);
		assert_int_equal(r.slow_down, rows[i].want_slow);
		assert_non_null(strstr(r.words, rows[i].want_words));
		assert_null(strstr(r.words, "geheim"));
		assert_null(strchr(r.words, '\x1b'));
		if (r.verdict == SMTP_SENT)
			assert_string_equal(v.mail, "Subject: x\r\n\r\n..dot\r\nlast\r\n");
		begin = clock_mono_ms();
		smtp_free(s);
		assert_true(clock_mono_ms() - begin < 1000); /* a silent server does not hold us */
		server_end(&v);
	}
}

/* A no that was said before any mail was spoken of is not the mail's: it is tried again, however final it
 * sounds. */
static void
turned_away(void **state)
{
	static const struct {
		const char *name;
		struct script script;
		int want_code;
		bool want;
	} rows[] = {
	        {"greeting", {.greeting = "554 DT:SPM your address is blocked"}, 554, true},
	        {"greeting, for now", {.greeting = "421 busy"}, 421, true},
	        {"EHLO, and MAIL without the login that was not offered",
	         {.ehlo = "550 not now", .mail = "530 5.7.0 Authentication required"},
	         530,
	         true},
	        {"login put off", {.auth = "454 busy"}, 454, true},
	        {"MAIL", {.mail = "451 later"}, 451, false},
	        {"RCPT", {.rcpt = "450 later"}, 450, false},
	        {"the mail", {.dot = "452 later"}, 452, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct server v;
		struct smtp_account a;
		struct smtp *s = NULL;
		struct smtp_result r;

		server_start(&v, rows[i].script);
		a = account(&v);
		s = smtp_new(&a, NULL);
		smtp_send(s, "them@example.org", bytes_str(mail), &r);
		if (r.verdict != SMTP_DEFERRED || r.turned_away != rows[i].want)
			print_message("%s: %s %d: %s\n", rows[i].name, smtp_verdict_name(r.verdict), r.code,
			              r.words);
		assert_int_equal(r.verdict, SMTP_DEFERRED);
		assert_int_equal(r.code, rows[i].want_code);
		assert_int_equal(r.turned_away, rows[i].want);
		smtp_free(s);
		server_end(&v);
	}
}

/* On a connection that was kept nothing is said before MAIL: its no is the mail's. */
static void
refused_on_a_kept_connection(void **state)
{
	struct server v;
	struct smtp_account a;
	struct smtp *s = NULL;
	struct smtp_result r;

	(void)state;
	server_start(&v, (struct script){0});
	a = account(&v);
	s = smtp_new(&a, NULL);
	smtp_send(s, "them@example.org", bytes_str(mail), &r);
	assert_int_equal(r.verdict, SMTP_SENT);
	v.script.rcpt = "550 nobody";
	smtp_send(s, "them@example.org", bytes_str(mail), &r);
	assert_int_equal(atomic_load(&v.connections), 1);
	assert_int_equal(r.verdict, SMTP_REFUSED);
	assert_false(r.turned_away);
	smtp_free(s);
	server_end(&v);
}

static void
nobody_there(void **state)
{
	struct server v;
	struct smtp_account a;
	struct smtp *s = NULL;
	struct smtp_result r;

	(void)state;
	server_start(&v, (struct script){0});
	a = account(&v);
	server_end(&v);
	s = smtp_new(&a, NULL);
	smtp_send(s, "them@example.org", bytes_str(mail), &r);
	assert_int_equal(r.verdict, SMTP_DEFERRED);
	assert_non_null(strstr(r.words, "not reached"));
	smtp_free(s);
}

static void
never_sent(void **state)
{
	static char long_line[1100];
	static const struct {
		const char *name, *to, *mail;
	} rows[] = {
	        {"newline in the address", "a@b\r\nRCPT TO:<c@d>", mail},
	        {"bracket", "a@b>", mail},
	        {"space", "a b@c", mail},
	        {"no @", "ab", mail},
	        {"two @", "a@b@c", mail},
	        {"nothing before it", "@b", mail},
	        {"empty", "", mail},
	        {"8-bit address", "\xc3\xa4@b", mail},
	        {"DEL", "a\x7f@b", mail},
	        {"8-bit mail", "a@b", "Subject: \xc3\xa4\n"},
	        {"bare CR", "a@b", "Subject: x\rRCPT\n"},
	        {"empty mail", "a@b", ""},
	        {"endless line", "a@b", long_line},
	};
	struct server v;
	struct smtp_account a;
	struct smtp *s = NULL;

	(void)state;
	memset(long_line, 'a', sizeof long_line - 1);
	server_start(&v, (struct script){0});
	a = account(&v);
	s = smtp_new(&a, NULL);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct smtp_result r;

		smtp_send(s, rows[i].to, bytes_str(rows[i].mail), &r);
		if (r.verdict != SMTP_INVALID)
			print_message("%s\n", rows[i].name);
		assert_int_equal(r.verdict, SMTP_INVALID);
		assert_true(strlen(r.words) > 0);
	}
	smtp_free(s);
	a.url = "smtp://localhost:25"; /* no TLS elsewhere than at 127.0.0.1 */
	s = smtp_new(&a, NULL);
	for (int i = 0; i < 2; i++) {
		struct smtp_result r;

		smtp_send(s, "a@b", bytes_str(mail), &r);
		assert_int_equal(r.verdict, SMTP_INVALID);
		assert_non_null(strstr(r.words, "127.0.0.1"));
	}
	smtp_free(s);
	server_end(&v);
	assert_int_equal(v.connections, 0);
}

static void
connection_is_reused(void **state)
{
	struct server v;
	struct smtp_account a;
	struct smtp *s = NULL;

	(void)state;
	server_start(&v, (struct script){0});
	a = account(&v);
	s = smtp_new(&a, NULL);
	for (int i = 0; i < 10; i++) {
		struct smtp_result r;

		smtp_send(s, "them@example.org", bytes_str(mail), &r);
		assert_int_equal(r.verdict, SMTP_SENT);
	}
	assert_int_equal(v.connections, 1);
	assert_int_equal(v.mails, 10);
	smtp_free(s);
	server_end(&v);
}

/* The server holds one conversation at a time, as some allow an account no more: the next waits for its end.
 */
static void
one_connection_at_a_time(void **state)
{
	struct server v;
	struct smtp_account a;
	struct smtp *s = NULL;

	(void)state;
	server_start(&v, (struct script){0});
	a = account(&v);
	s = smtp_new(&a, NULL);
	for (int i = 0; i < 21; i++) {
		struct smtp_result r;

		smtp_send(s, "them@example.org", bytes_str(mail), &r);
		if (r.verdict != SMTP_SENT)
			fail_msg("mail %d: %s", i + 1, r.words);
	}
	assert_int_equal(v.connections, 3);
	assert_int_equal(v.quits, 2);
	smtp_free(s);
	server_end(&v);
	assert_int_equal(v.quits, 3);
}

/* libcurl's waiting: the poll_at-th of this thread fails. (What only looks, with no time to wait, it calls a
 * want of memory.) */
static __thread int poll_at, poll_met;

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): libc's are reserved */
int poll(struct pollfd *fds, nfds_t nfds, int timeout);

int
poll(struct pollfd *fds, nfds_t nfds, int timeout)
{
	int (*real)(struct pollfd *, nfds_t, int) =
	        (int (*)(struct pollfd *, nfds_t, int))dlsym(RTLD_NEXT, "poll");

	if (poll_at && timeout > 0 && ++poll_met == poll_at) {
		errno = ENOMEM;
		return -1;
	}
	return real(fds, nfds, timeout);
}

/* Whatever could not be waited for, the server never takes a mail by half. */
static void
whole_or_not(void **state)
{
	struct buf want = BUF_INIT(4096), out = BUF_INIT(4096);
	int taken = 0, at = 0;

	(void)state;
	for (int i = 0; i < 60; i++)
		buf_str(&out, "Subject: this mail is taken whole or not\r\n");
	buf_str(&want, out.at);
	do {
		struct server v;
		struct smtp_account a;
		struct smtp_result r;
		struct smtp *s;

		server_start(&v, (struct script){0});
		a = account(&v);
		s = smtp_new(&a, NULL);
		poll_met = 0;
		poll_at = ++at;
		smtp_send(s, "them@example.org", buf_bytes(&out), &r);
		poll_at = 0;
		smtp_free(s);
		server_end(&v);
		taken += v.mails;
		if (v.mails)
			assert_string_equal(v.mail, want.at);
		assert_true(v.mails ? r.verdict == SMTP_SENT || r.verdict == SMTP_UNKNOWN
		                    : r.verdict != SMTP_SENT);
	} while (poll_met >= at && at < 100);
	assert_in_range(at, 5, 99);
	assert_true(taken > 0);
	buf_free(&want);
	buf_free(&out);
}

/* ---- the sender ---- */

static struct queue_item
outgoing(int n, const char *from)
{
	struct outgoing *o = mem_alloc(1, sizeof *o);
	char id[16];

	(void)snprintf(id, sizeof id, "R.%d", n);
	*o = (struct outgoing){.reply = mem_str(id),
	                       .attempt = n,
	                       .from = mem_str(from),
	                       .to = mem_str("them@example.org"),
	                       .mail = (unsigned char *)mem_str(mail),
	                       .len = sizeof mail - 1};
	return (struct queue_item){.body = o, .weight = o->len, .drop = outgoing_free};
}

/* The next delivery is for mail n, and was or was not attempted. */
static void
assert_delivery(struct queue *q, int n, bool attempted, enum smtp_verdict want)
{
	struct queue_item it = {0};
	struct delivery *d = NULL;
	char id[16];

	(void)snprintf(id, sizeof id, "R.%d", n);
	assert_int_equal(queue_take(q, &it, clock_mono_ms() + 5000, NULL), QUEUE_DONE);
	d = it.body;
	assert_int_equal(it.kind, 3);
	assert_string_equal(d->reply, id);
	assert_int_equal(d->attempt, n);
	assert_int_equal(d->attempted, attempted);
	assert_int_equal(d->result.verdict, want);
	delivery_free(d);
}

static void
sender_gives_one_delivery_each(void **state)
{
	struct server v;
	struct smtp_account a;
	struct sender_config c = {.accounts = &a, .account_count = 1, .kind = 3};
	struct queue *out = queue_new(10, 10000), *back = queue_new(10, 10000);
	struct sender *s = NULL;

	(void)state;
	server_start(&v, (struct script){0});
	a = account(&v);
	assert_true(sender_start(&s, &c, out, back, NULL));
	assert_int_equal(queue_put(out, outgoing(1, "US@example.org"), 0, NULL), QUEUE_DONE);
	assert_int_equal(queue_put(out, outgoing(2, "stranger@example.org"), 0, NULL), QUEUE_DONE);
	assert_int_equal(queue_put(out, outgoing(3, "us@example.org"), 0, NULL), QUEUE_DONE);
	queue_close(out);
	sender_join(s);
	assert_delivery(back, 1, true, SMTP_SENT);
	assert_delivery(back, 2, false, SMTP_INVALID);
	assert_delivery(back, 3, true, SMTP_SENT);
	assert_int_equal(queue_count(back), 0);
	queue_free(out);
	queue_free(back);
	server_end(&v);
}

static void
sender_stops_and_hands_back(void **state)
{
	struct server v;
	struct smtp_account a;
	struct sender_config c = {.accounts = &a, .account_count = 1, .kind = 3};
	struct queue *out = queue_new(10, 10000), *back = queue_new(10, 10000);
	struct sender *s = NULL;
	int64_t begin = 0;

	(void)state;
	server_start(&v, (struct script){.rcpt = HANG});
	a = account(&v);
	a.answer_ms = 60000;
	assert_true(sender_start(&s, &c, out, back, NULL));
	for (int n = 1; n <= 3; n++)
		assert_int_equal(queue_put(out, outgoing(n, "us@example.org"), 0, NULL), QUEUE_DONE);
	while (v.connections == 0)
		(void)stop_sleep(NULL, clock_mono_ms() + 10);
	(void)stop_sleep(NULL, clock_mono_ms() + 200);
	begin = clock_mono_ms();
	sender_stop(s);
	sender_join(s);
	assert_true(clock_mono_ms() - begin < 2000);
	assert_delivery(back, 1, true, SMTP_DEFERRED);
	assert_delivery(back, 2, false, SMTP_DEFERRED);
	assert_delivery(back, 3, false, SMTP_DEFERRED);
	queue_free(out);
	queue_free(back);
	server_end(&v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(verdicts),
	        cmocka_unit_test(turned_away),
	        cmocka_unit_test(refused_on_a_kept_connection),
	        cmocka_unit_test(nobody_there),
	        cmocka_unit_test(never_sent),
	        cmocka_unit_test(connection_is_reused),
	        cmocka_unit_test(one_connection_at_a_time),
	        cmocka_unit_test(whole_or_not),
	        cmocka_unit_test(sender_gives_one_delivery_each),
	        cmocka_unit_test(sender_stops_and_hands_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
