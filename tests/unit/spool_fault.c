/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: let every single call that reaches the disk fail, or be the last one of the process; afterwards
 * the spool is whole, every fact that was told committed is there, and no mail is there by half.
 *
 * The program runs under tests/fault/faults.c. A child takes in mails in rounds and tells on a pipe of each
 * that was committed; the parent then opens the spool without faults. */
#include "tests/unit/spooling.h"

#include "spool/query.h"
#include "spool/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

enum {
	ROUNDS = 2,
	MAILS = 2,        /* of a round */
	FAULT_EXIT = 86,  /* the library ended the child */
	REFUSED_EXIT = 3, /* the child met an error and gave up, as the daemon does */
	STEPS_MIN = 10,
	STEPS_MAX = 2000,
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	STRIDE = 9, /* each run is ten times as slow; the plain build takes every step */
#else
	STRIDE = 1,
#endif
};

/* ---- the child ---- */

/* What the daemon does with a mail, each step of which may fail. */
static bool
put_and_stage(struct spool *s, int n, struct err *e)
{
	char bytes[40], text[100];
	struct hash mail, reading, reply;
	json_t *doc = NULL;
	bool ok;

	(void)snprintf(bytes, sizeof bytes, "mail %d", n);
	(void)snprintf(text, sizeof text, "To: x@city.test\nMessage-ID: <%d>\n", n);
	doc = json_pack("{s:s, s:{s:s, s:s, s:s}}", "kind", "reading", "parsed", "from_addr", "x@city.test",
	                "subject", bytes, "content_sha256", "");
	ok = spool_put_mail(s, bytes_str(bytes), &mail, e) && spool_put_reading(s, doc, &reading, e) &&
	     spool_put_mail(s, bytes_str(text), &reply, e);
	json_decref(doc);
	(void)snprintf(text, sizeof text, "T-%04d", n);
	ok = ok &&
	     spool_line(s,
	                json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:s}", "event", "received", "message",
	                          mail.hex, "mailbox", "a@own.test", "folder", "INBOX", "uidvalidity", 7,
	                          "uid", n, "received_at", "2022-06-10T10:00:00+08:00"),
	                NULL, e) &&
	     spool_line(s,
	                json_pack("{s:s, s:s, s:s, s:s, s:s, s:[{s:i, s:s, s:i, s:s, s:s, s:i}]}", "event",
	                          "recorded", "message", mail.hex, "reading", reading.hex, "id", text,
	                          "disposition", "accepted", "forms", "n", 1, "receipt", text, "revision", 1,
	                          "as", "new", "region_key", bytes, "errors", 0),
	                NULL, e) &&
	     spool_line(s,
	                json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "event", "queued", "reply", bytes,
	                          "message", reply.hex, "to_message", mail.hex, "kind", "accepted", "mailbox",
	                          "a@own.test", "state", "due"),
	                NULL, e);
	return ok;
}

/* One round; an error ends it. A spool that is not failed must then be able to go on. */
static bool
round_of(struct spool *s, int round, struct err *e)
{
	for (int k = 0; k < MAILS; k++) {
		if (!put_and_stage(s, round * MAILS + k + 1, e)) {
			spool_rollback(s);
			return false;
		}
	}
	return spool_commit(s, e);
}

static void
say(int fd, int round)
{
	char c = (char)('0' + round);

	/* a pipe: no file below the spool, so that no fault meets it */
	if (write(fd, &c, 1) != 1)
		_exit(97);
}

/* What was committed is true; an index that had no room for it is caught up as soon as there is. */
static bool
caught_up(struct spool *s, int tries)
{
	struct err e = {0};

	while (tries-- > 0 && spool_behind(s, NULL))
		(void)spool_catch_up(s, &e);
	return !spool_behind(s, NULL);
}

/* Exit 0: all rounds are committed. With tries 2, a round that fails is tried once more, as after a full
 * disk. */
static int
child(const char *dir, int fd, int tries, int rounds)
{
	struct spool_options o = spooling_options(dir, SPOOL_WRITE);
	struct spool *s = NULL;
	struct err e = {0};
	int left = 0;

	for (int k = 0; k < tries && !s; k++)
		(void)spool_open(&s, &o, &e);
	if (!s)
		return REFUSED_EXIT;
	for (int round = 0; round < rounds; round++) {
		for (left = tries; left > 0 && !round_of(s, round, &e); left--) {
			if (spool_failed(s))
				return REFUSED_EXIT; /* without closing: the process must end */
		}
		if (!left)
			return REFUSED_EXIT;
		say(fd, round + 1);
		if (!caught_up(s, tries))
			return REFUSED_EXIT;
	}
	spool_close(s);
	return 0;
}

/* ---- the parent ---- */

struct run {
	const char *how;
	bool on;   /* from then on */
	int tries; /* of the child */
	bool anew; /* the child makes the spool, and no more; else it finds one */
};

struct outcome {
	int status;    /* exit status of the child */
	int committed; /* rounds that it told of */
	bool met;      /* the fault was met */
};

static _Noreturn void
become_child(const char *dir, const char *met, const struct run *r, int at, int fd)
{
	char number[16];

	(void)snprintf(number, sizeof number, "%d", at);
	(void)setenv("FAULT_AT", number, 1);
	(void)setenv("FAULT_HOW", r->how, 1);
	(void)setenv("FAULT_BELOW", dir, 1);
	(void)setenv("FAULT_MET", met, 1);
	if (r->on)
		(void)setenv("FAULT_ON", "1", 1);
	_exit(child(dir, fd, r->tries, r->anew ? 0 : ROUNDS));
}

static struct outcome
run_child(const char *dir, const struct run *r, int at)
{
	struct outcome o = {0};
	char met[4200], c;
	int fds[2], status = 0;
	pid_t pid;

	(void)snprintf(met, sizeof met, "%s.met", dir);
	assert_int_equal(pipe2(fds, 0), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)close(fds[0]);
		become_child(dir, met, r, at, fds[1]);
	}
	(void)close(fds[1]);
	while (read(fds[0], &c, 1) == 1)
		o.committed = c - '0';
	(void)close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	o.status = WEXITSTATUS(status);
	o.met = unlink(met) == 0;
	return o;
}

static void
print_fault(void *context, const char *fault)
{
	(void)context;
	print_error("  %s\n", fault);
}

static void
expect_verified(const char *dir, const char *what, int at)
{
	struct verify_options o = {.dir = dir, .reply_head = spooling_head};
	struct verify_result result;
	struct err e = {0};

	assert_ok(verify_spool(&o, print_fault, NULL, NULL, &result, &e), e);
	if (result.faults)
		fail_msg("%s at call %d: %zu faults after the restart", what, at, result.faults);
}

/* All mails of `committed` rounds are there whole, and of any other none or all its facts. */
static int
expect_facts(struct spool *s, int committed)
{
	struct arena *a = arena_new();
	struct query_registration *r = NULL;
	struct query_reply *due = NULL;
	size_t registrations = 0, replies = 0;
	struct err e = {0};

	assert_ok(query_registrations(spool_index(s), a, 0, &r, &registrations, &e), e);
	assert_ok(query_due(spool_index(s), a,
	                    &(struct query_due){.now = clock_now(), .at_start = true, .max = 1000}, &due,
	                    &replies, &e),
	          e);
	assert_int_equal(registrations, replies);
	assert_int_equal(registrations % MAILS, 0);
	assert_true(registrations >= (size_t)committed * MAILS);
	assert_true(registrations <= (size_t)ROUNDS * MAILS);
	for (size_t k = 0; k < registrations; k++) {
		struct buf b = BUF_INIT(1000);
		struct hash id;

		assert_true(hash_read(&id, r[k].message));
		assert_ok(spool_mail(s, &id, &b, &e), e);
		assert_non_null(r[k].sender);
		buf_free(&b);
	}
	arena_free(a);
	return (int)registrations;
}

/* The spool as the child left it, opened without faults, goes on to the end and is whole. */
static void
expect_whole(const char *dir, const struct run *r, int at, int committed)
{
	struct spool *s = spooling_open(dir, SPOOL_WRITE);
	struct err e = {0};
	int there = expect_facts(s, committed);

	assert_int_equal(spool_mended(s)->missing, 0);
	for (int round = there / MAILS; round < ROUNDS; round++)
		assert_ok(round_of(s, round, &e), e);
	assert_int_equal(expect_facts(s, ROUNDS), ROUNDS * MAILS);
	spool_close(s);
	expect_verified(dir, r->how, at);
}

/* Fault at the first call, the second … until none is met any more. */
static void
at_every_step(const char *dir, const struct run *r)
{
	struct outcome o = {.met = true};
	int at = 1;

	for (; at < STEPS_MAX; at += STRIDE) {
		char one[4096];

		(void)snprintf(one, sizeof one, "%s/%d", dir, at);
		assert_int_equal(mkdir(one, 0700), 0);
		if (!r->anew)
			spool_close(spooling_open(one, SPOOL_WRITE));
		o = run_child(one, r, at);
		if (o.status != 0 && o.status != FAULT_EXIT && o.status != REFUSED_EXIT)
			fail_msg("%s at call %d: the child ended with %d", r->how, at, o.status);
		if (o.status == 0)
			assert_int_equal(o.committed, r->anew ? 0 : ROUNDS);
		expect_whole(one, r, at, o.committed);
		spooling_remove(one);
		if (!o.met)
			break;
	}
	assert_false(o.met);
	assert_int_equal(o.status, 0);
	print_message("%s%s: %d calls\n", r->how, r->on ? " from then on" : "", at - 1);
	assert_true(at > STEPS_MIN);
}

static void
process_ends(void **state)
{
	at_every_step(*state, &(struct run){.how = "exit", .tries = 1});
}

static void
process_ends_in_a_write(void **state)
{
	at_every_step(*state, &(struct run){.how = "exit-half", .tries = 1});
}

static void
process_ends_in_the_first_start(void **state)
{
	at_every_step(*state, &(struct run){.how = "exit", .tries = 1, .anew = true});
}

/* What failed is done again: nothing is there twice. */
static void
disk_full_once(void **state)
{
	at_every_step(*state, &(struct run){.how = "ENOSPC", .tries = 2});
}

static void
disk_dies(void **state)
{
	at_every_step(*state, &(struct run){.how = "EIO", .on = true, .tries = 1});
}

/* A short write is no failure at all: all goes well. */
static void
short_writes(void **state)
{
	at_every_step(*state, &(struct run){.how = "short", .tries = 1});
}

#define T(f) cmocka_unit_test_setup_teardown(f, spooling_setup, spooling_teardown)

/* Run again with the library loaded; it does nothing until a child asks it to. */
static int
load_faults(char **argv)
{
	const char *build = getenv("BUILD");
	char library[4096];

	(void)snprintf(library, sizeof library, "%s/fault/faults.so", build ? build : "build");
	if (access(library, R_OK) < 0) {
		(void)fprintf(stderr, "%s: not there (make units)\n", library);
		return 1;
	}
	(void)setenv("LD_PRELOAD", library, 1);
	(void)setenv("ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0", 1);
	(void)execv("/proc/self/exe", argv);
	return 1;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	        T(process_ends),
	        T(process_ends_in_a_write),
	        T(process_ends_in_the_first_start),
	        T(disk_full_once),
	        T(disk_dies),
	        T(short_writes),
	};

	(void)argc;
	if (!getenv("LD_PRELOAD"))
		return load_faults(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
