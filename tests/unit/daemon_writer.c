/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: whoever asks the writer for something gets an answer, also when it ends at that moment; what it told
 * of itself is not unsaid when the index gives no answer; and no reply stays `sending` that nobody sends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/clock.h"
#include "config/mem.h"
#include "daemon/act_round.h"
#include "daemon/compare.h"
#include "daemon/control.h"
#include "daemon/digest_round.h"
#include "daemon/gates.h"
#include "daemon/own_mail.h"
#include "daemon/service_live.h"
#include "daemon/settings.h"
#include "daemon/writer_words.h"
#include "spool/query.h"
#include "spool/sql.h"

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char text[] =
        "campaigns: ( { name = \"2022\"; form = \"%s/config/form.cfg\"; since = \"2022-05-01\";\n"
        "  deadline = \"2022-06-30\"; closes = \"2022-12-31\"; keep_until = \"2025-12-31\";\n"
        "  receipt_prefix = \"CYMP-2022-\"; } );\n"
        "own: { name = \"中心\"; domains = [\"miit-icdc.org\"]; };\n"
        "spool: { dir = \"%s/spool\"; };\n"
        "templates = \"%s/config/templates\";\n"
        "mailboxes: ( { address = \"m@miit-icdc.org\";\n"
        "  imap: { url = \"imap://127.0.0.1:1\"; user = \"m\"; password_file = \"p\"; };\n"
        "  smtp: { url = \"smtp://127.0.0.1:1\"; }; } );\n";

/* A writer's surroundings, without its thread. */
struct room {
	char dir[40], spool_dir[60];
	struct config *config;
	struct settings *settings;
	struct spool *spool;
	struct queue *in, *arrivals;
};

static void
nobody_to_ask(void *context, int ms)
{
	(void)context;
	(void)ms;
}

static void
has_ended(void *context)
{
	(void)context;
}

static int
set_up(void **state)
{
	static struct room room;
	struct room *r = &room;
	struct spool_options o = {.program = "test", .mode = SPOOL_WRITE, .reply_head = own_mail_head};
	char file[60], here[400];
	struct err e = {0};
	FILE *f;

	*r = (struct room){.dir = "/tmp/mingpian-writer-XXXXXX"};
	if (!mkdtemp(r->dir) || !getcwd(here, sizeof here))
		return -1;
	(void)snprintf(r->spool_dir, sizeof r->spool_dir, "%.39s/spool", r->dir);
	(void)snprintf(file, sizeof file, "%.39s/t.cfg", r->dir);
	f = fopen(file, "w");
	if (!f)
		return -1;
	(void)fprintf(f, text, here, r->dir, here);
	o.dir = r->spool_dir;
	if (fclose(f) != 0 || !config_load(&r->config, file, &e) ||
	    !settings_load(&r->settings, r->config, "/nonexistent", false, &e) ||
	    !spool_open(&r->spool, &o, &e)) {
		(void)fprintf(stderr, "%s\n", e.text);
		return -1;
	}
	r->settings->writer.ask_again = nobody_to_ask;
	r->settings->writer.ended = has_ended;
	r->in = queue_new(10, 1 << 20);
	r->arrivals = queue_new(10, 1 << 20);
	*state = r;
	return 0;
}

static int
tear_down(void **state)
{
	struct room *r = *state;
	char command[80];

	queue_free(r->in);
	queue_free(r->arrivals);
	spool_close(r->spool);
	settings_drop(r->settings);
	config_free(r->config);
	(void)snprintf(command, sizeof command, "rm -r %s", r->dir);
	return system(command); /* NOLINT(cert-env33-c,concurrency-mt-unsafe) */
}

/* ---- a person who asks ---- */

struct person {
	pthread_t thread;
	const char *dir, *act, *item;
	bool ok, answered;
	struct err e;
};

static void *
ask(void *person)
{
	struct person *p = person;
	json_t *request = json_pack("{s:s, s:s, s:s}", "act", p->act, "item", p->item, "why", "…");
	char *said = NULL;

	p->ok = control_ask(p->dir, request, -1, &p->answered, &said, &p->e);
	free(said);
	json_decref(request);
	return NULL;
}

/* In the queue, behind what is there. */
static void
has_asked(struct person *p, const struct room *r, const char *act)
{
	const size_t before = queue_count(r->in);
	int64_t deadline = clock_mono_ms() + 10000;

	*p = (struct person){.dir = r->spool_dir, .act = act, .item = "CYMP-2022-0001"};
	assert_int_equal(pthread_create(&p->thread, NULL, ask, p), 0);
	while (queue_count(r->in) == before && clock_mono_ms() < deadline)
		(void)usleep(1000);
	assert_int_equal(queue_count(r->in), before + 1);
}

static void
hears(struct person *p)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 20;
	if (pthread_timedjoin_np(p->thread, NULL, &until) != 0)
		fail_msg("nobody answers who asked");
	assert_true(p->answered);
}

/* The writer learns that no more mail comes, and in the same round that somebody asks for something. */
static void
asked_at_the_end(void **state)
{
	struct room *r = *state;
	struct control *c = NULL;
	struct writer *w = NULL;
	struct writer_result result = {0};
	struct person p;
	struct err e = {0};

	assert_true(control_start(&c, r->spool_dir, r->in, WRITER_ACT, r->arrivals, 1 << 20, NULL, NULL, &e));
	writer_finish(r->in);
	has_asked(&p, r, "accept");
	assert_true(writer_start(&w, r->settings, r->spool, r->in, NULL, &e));
	writer_join(w, &result);
	assert_false(result.failed);
	hears(&p);
	assert_false(p.ok);
	assert_string_equal(p.e.text, "the daemon is ending; ask again");
	control_stop(c); /* waits for all who ask */
}

/* Told to stop, it does first what was asked for before. */
static void
asked_before_the_stop(void **state)
{
	struct room *r = *state;
	struct control *c = NULL;
	struct writer *w = NULL;
	struct writer_result result = {0};
	struct person p;
	struct err e = {0};

	assert_true(control_start(&c, r->spool_dir, r->in, WRITER_ACT, r->arrivals, 1 << 20, NULL, NULL, &e));
	has_asked(&p, r, "accept");
	writer_stop(r->in);
	assert_true(writer_start(&w, r->settings, r->spool, r->in, NULL, &e));
	writer_join(w, &result);
	hears(&p);
	assert_false(p.ok);
	assert_int_equal(p.e.code, ERR_NOT_FOUND); /* it was looked for */
	control_stop(c);
}

/* The refusal repeats what was asked for, and is cut in the middle of a character: the daemon lives on. */
static void
asked_at_length(void **state)
{
	struct room *r = *state;
	struct control *c = NULL;
	struct writer *w = NULL;
	struct writer_result result = {0};
	struct err e = {0};

	assert_true(control_start(&c, r->spool_dir, r->in, WRITER_ACT, r->arrivals, 1 << 20, NULL, NULL, &e));
	assert_true(writer_start(&w, r->settings, r->spool, r->in, NULL, &e));
	for (size_t i = 0; i < 3; i++) { /* wherever the cut is, it is within a character for two of them */
		struct buf item = BUF_INIT(1000);
		struct person p = {.dir = r->spool_dir, .act = "accept"};

		buf_str(&item, &"xx"[i]);
		for (int n = 0; n < 200; n++)
			buf_str(&item, "登");
		p.item = item.at;
		assert_int_equal(pthread_create(&p.thread, NULL, ask, &p), 0);
		hears(&p);
		assert_int_equal(p.e.code, ERR_NOT_FOUND);
		assert_non_null(strstr(p.e.text, "登"));
		buf_free(&item);
	}
	writer_stop(r->in);
	writer_join(w, &result);
	control_stop(c);
}

/* A digest may take longer than an item, also one that is asked for by hand: meanwhile the writer does not
 * count as stuck. */
static void
asked_for_a_digest(void **state)
{
	static const struct {
		const char *act;
		int64_t ms;
	} rows[] = {{"digest", DIGEST_ROUND_MS}, {"accept", 0}};
	struct room *r = *state;
	struct control *c = NULL;
	struct err e = {0};

	assert_true(control_start(&c, r->spool_dir, r->in, WRITER_ACT, r->arrivals, 1 << 20, NULL, NULL, &e));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct act_round a = ACT_ROUND_NONE;
		struct queue_item item;
		struct person p;

		has_asked(&p, r, rows[i].act);
		assert_int_equal(queue_take(r->in, &item, 0, NULL), QUEUE_DONE);
		a.next = item.body;
		assert_int_equal(act_round_ms(&a), rows[i].ms);
		act_round_end(&a);
		hears(&p);
		act_round_free(&a);
	}
	control_stop(c);
}

static size_t
open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d)) /* NOLINT(concurrency-mt-unsafe): the stream is ours alone */
		n++;
	(void)closedir(d);
	return n;
}

/* A request with two descriptors along, which nobody asked for: none of them stays open. */
static void
asked_with_two(void **state)
{
	struct room *r = *state;
	const size_t before = open_files();
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(2 * sizeof(int))];
	} with = {.space = ""};
	struct iovec io = {(char[]){"[]\n"}, 3};
	struct msghdr m = {
	        .msg_iov = &io, .msg_iovlen = 1, .msg_control = &with, .msg_controllen = sizeof with};
	struct control *c = NULL;
	char said[200];
	struct err e = {0};
	int fd;

	assert_true(control_start(&c, r->spool_dir, r->in, WRITER_ACT, r->arrivals, 1 << 20, NULL, NULL, &e));
	(void)snprintf(a.sun_path, sizeof a.sun_path, "%s/control.sock", r->spool_dir);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	with.head = (struct cmsghdr){CMSG_LEN(2 * sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
	memcpy(CMSG_DATA(&with.head), (int[]){fd, fd}, 2 * sizeof(int));
	assert_int_equal(sendmsg(fd, &m, MSG_NOSIGNAL), 3);
	assert_true(read(fd, said, sizeof said) > 0);
	(void)close(fd);
	control_stop(c);
	assert_int_equal(open_files(), before);
}

/* ---- a sender whose queue is full ---- */

static void
queue_reply(struct spool *s, const char *reply)
{
	static const char mail[] =
	        "To: person@test.example\r\nMessage-ID: <mingpian.x@miit-icdc.org>\r\n\r\n";
	struct hash id;
	struct err e = {0};

	assert_true(spool_put_mail(s, bytes_str(mail), &id, &e));
	assert_true(spool_line(s,
	                       json_pack("{s:s, s:s, s:s, s:n, s:s, s:s, s:s, s:n}", "event", "queued",
	                                 "reply", reply, "message", id.hex, "to_message", "kind", "digest",
	                                 "mailbox", "m@miit-icdc.org", "state", "due", "why"),
	                       NULL, &e));
	assert_true(spool_commit(s, &e));
}

static void
drop_word(void *word)
{
	free(word);
}

/* What a folder shows: its line cannot be staged, as the table for it is gone. */
static void
fails_the_round(struct room *r)
{
	struct compare_seen *seen = mem_alloc(1, sizeof *seen);

	*seen = (struct compare_seen){
	        .mailbox = mem_str("m@miit-icdc.org"), .folder = mem_str("INBOX"), .uidvalidity = 7};
	writer_compare(r->in, seen);
}

static void
comes_to_pause(struct writer *w, bool on)
{
	int64_t deadline = clock_mono_ms() + 30000;
	struct writer_live l = {.paused = !on};

	while (l.paused != on && clock_mono_ms() < deadline) {
		(void)usleep(10000);
		writer_live(w, &l);
	}
	assert_int_equal(l.paused, on);
}

/* `sending` is true, the sender takes no more, and the round that was to say so fails: the next says it. */
static void
not_taken(struct room *r, bool closed)
{
	struct queue *outgoing = queue_new(1, 1 << 20);
	struct queue_item full = {0, mem_str("full"), 4, drop_word};
	struct writer *w = NULL;
	struct writer_result result = {0};
	struct query_reply *reply = NULL;
	struct arena *a = arena_new();
	struct err e = {0};

	assert_int_equal(queue_put(outgoing, full, 0, NULL), QUEUE_DONE);
	if (closed)
		queue_close(outgoing);
	queue_reply(r->spool, "D-20220610");
	assert_true(sql_script(index_sql(spool_index(r->spool)), "DROP TABLE comparisons", &e));
	fails_the_round(r);
	assert_true(writer_start(&w, r->settings, r->spool, r->in, outgoing, &e));
	comes_to_pause(w, true);
	comes_to_pause(w, false);
	writer_stop(r->in);
	writer_join(w, &result);
	assert_false(result.failed);
	assert_true(query_reply(spool_index(r->spool), a, "D-20220610", &reply, &e));
	assert_non_null(reply);
	assert_string_equal(reply->state, "deferred");
	assert_string_equal(reply->why, "busy");
	assert_int_equal(reply->unknown, 0);
	assert_int_equal(result.waiting, 1);
	arena_free(a);
	queue_free(outgoing);
}

static void
queue_full(void **state)
{
	not_taken(*state, false);
}

static void
queue_closed(void **state)
{
	not_taken(*state, true);
}

/* ---- how it fares ---- */

/* An index that cannot be asked says nothing; not that no reply waits and no alarm is up. */
static void
index_is_silent(void **state)
{
	struct room *r = *state;
	struct gates gates;
	struct writer_board b;
	struct writer_live now = {.recorded = 7}, seen;
	struct err e = {0};

	gates_open(&gates, r->settings->writer.mailboxes, 1);
	writer_board_open(&b);
	b.live = (struct writer_live){.unsent = 3, .oldest_unsent = 1000, .alarms = 2, .missing = 1};
	assert_true(
	        sql_script(index_sql(spool_index(r->spool)), "DROP TABLE replies; DROP TABLE alarms", &e));
	writer_board_tell(&b, &now, r->spool, &gates);
	writer_board_look(&b, &seen);
	assert_int_equal(seen.recorded, 7);
	assert_int_equal(seen.gate_count, 1);
	assert_int_equal(seen.unsent, 3);
	assert_int_equal(seen.oldest_unsent, 1000);
	assert_int_equal(seen.alarms, 2);
	assert_int_equal(seen.missing, 1);
	writer_board_close(&b);
	gates_free(&gates);
}

/* Whoever asks why a reload was refused hears one reason, whole, while another one takes its place. (What
 * reads beside the lock, the thread sanitizer sees in any run.) */
struct reloads {
	struct service_live *live;
	atomic_bool over;
};

static void *
refuse(void *reloads)
{
	struct reloads *all = reloads;
	char why[400];

	for (char c = 'a'; !atomic_load(&all->over); c = c == 'z' ? 'a' : (char)(c + 1)) {
		memset(why, c, sizeof why - 1);
		why[sizeof why - 1] = '\0';
		service_live_refused(all->live, why);
	}
	return NULL;
}

static void
refused_meanwhile(void **state)
{
	struct room *r = *state;
	struct pipeline p = {.arrivals = r->arrivals, .in = r->in, .outgoing = r->arrivals};
	struct service_spool spool = {.spool = r->spool};
	struct service_live live;
	struct reloads all = {.live = &live};
	struct writer_result result;
	pthread_t thread;
	struct err e = {0};

	mailboxes_open(&p.mailboxes, r->config, r->arrivals);
	service_live_open(&live, r->config, &p, &spool);
	assert_true(writer_start(&p.writer, r->settings, r->spool, r->in, NULL, &e));
	assert_int_equal(pthread_create(&thread, NULL, refuse, &all), 0);
	for (int i = 0; i < 1000; i++) {
		json_t *o = service_live_json(&live, false);
		const char *why = json_string_value(json_object_get(o, "reload_refused"));

		assert_non_null(why);
		if (*why && strspn(why, (char[]){*why, '\0'}) != strlen(why))
			fail_msg("round %d: %s", i, why);
		json_decref(o);
	}
	atomic_store(&all.over, true);
	assert_int_equal(pthread_join(thread, NULL), 0);
	writer_stop(r->in);
	writer_join(p.writer, &result);
	service_live_close(&live);
	mailboxes_close(&p.mailboxes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(asked_at_the_end, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(asked_before_the_stop, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(asked_at_length, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(asked_for_a_digest, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(asked_with_two, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(queue_full, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(queue_closed, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(index_is_silent, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(refused_meanwhile, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
