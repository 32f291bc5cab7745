/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a line that was committed is never lost, one that was not is never believed, and no change of
 * the log goes unseen. */
#include "tests/unit/spooling.h"

#include "spool/durable.h"
#include "spool/log.h"

#include <dirent.h>

struct fixture {
	const char *dir;
	int dirfd;
	struct durable d;
	struct log *log;
};

static void
open_at(struct fixture *f, const char *dir)
{
	struct err e = {0};

	f->dir = dir;
	f->d = DURABLE_INIT;
	f->dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_ok(log_open(&f->log, f->dirfd, &f->d, 0, &e), e);
}

static void
close_it(struct fixture *f)
{
	log_close(f->log);
	(void)close(f->dirfd);
}

static void
append(struct log *l, const char *event, int n)
{
	struct err e = {0};

	assert_ok(log_append(l, json_pack("{s:s, s:i}", "event", event, "n", n), NULL, &e), e);
}

static void
commit(struct log *l)
{
	struct err e = {0};

	assert_ok(log_commit(l, &e), e);
}

static bool
count_line(void *context, const struct log_line *line, struct err *e)
{
	(void)line;
	(void)e;
	++*(int *)context;
	return true;
}

static int
count_lines(struct log *l)
{
	struct log_head start = LOG_START;
	struct err e = {0};
	int n = 0;

	assert_ok(log_each(l, &start, count_line, &n, &e), e);
	return n;
}

/* Three commits: one line, three together, one. */
static void
fill(const char *dir)
{
	struct fixture f;

	open_at(&f, dir);
	append(f.log, "started", 1);
	commit(f.log);
	for (int i = 2; i <= 4; i++)
		append(f.log, "left", i);
	commit(f.log);
	append(f.log, "stopped", 5);
	commit(f.log);
	close_it(&f);
}

static const char FILE_NAME[] = "log/2022-06.jsonl";

static void
lines_are_as_promised(void **state)
{
	static const char want[] = "{\"seq\":1,\"at\":\"2022-06-10T10:05:00+08:00\",\"event\":\"started\","
	                           "\"prev\":\"00000000000000000000000000000000000000000000000000000000000000"
	                           "00\",\"n\":1}";
	struct hash first;
	char *text, *second;

	fill(*state);
	text = spooling_read(*state, FILE_NAME);
	assert_memory_equal(text, want, sizeof want - 1);
	assert_int_equal(text[sizeof want - 1], '\n');
	first = hash_of(BYTES(text, sizeof want - 1));
	second = text + sizeof want;
	assert_non_null(strstr(second, first.hex));
	/* of three together, two say that more comes */
	assert_non_null(strstr(second, ",\"more\":true,\"n\":2}\n"));
	assert_non_null(strstr(second, ",\"more\":true,\"n\":3}\n"));
	assert_non_null(strstr(second, ",\"n\":4}\n"));
	free(text);
}

static void
head_is_the_last_line(void **state)
{
	struct log_head head, start = LOG_START;
	struct fixture f;
	struct hash want;
	struct err e = {0};
	char *text, *last;
	int n = 0;

	fill(*state);
	open_at(&f, *state);
	head = log_head(f.log);
	text = spooling_read(*state, FILE_NAME);
	text[strlen(text) - 1] = '\0';
	last = strrchr(text, '\n') + 1;
	want = hash_of(bytes_str(last));
	assert_int_equal(head.seq, 5);
	assert_string_equal(head.hash.hex, want.hex);
	assert_int_equal(count_lines(f.log), 5);
	/* from a line on */
	assert_ok(log_each(f.log, &head, count_line, &n, &e), e);
	assert_int_equal(n, 0);
	head = start;
	free(text);
	close_it(&f);
}

static void
rollback_leaves_nothing(void **state)
{
	struct fixture f;

	fill(*state);
	open_at(&f, *state);
	append(f.log, "left", 9);
	append(f.log, "left", 10);
	log_rollback(f.log);
	append(f.log, "stopped", 6);
	commit(f.log);
	assert_int_equal(log_head(f.log).seq, 6);
	assert_int_equal(count_lines(f.log), 6);
	close_it(&f);
}

/* Where the last commit begins in the file, by its first line's seq. */
static size_t
begin_of(const char *text, int seq)
{
	char want[32];
	const char *at;

	(void)snprintf(want, sizeof want, "{\"seq\":%d,", seq);
	at = strstr(text, want);
	assert_non_null(at);
	return (size_t)(at - text);
}

/* A file cut anywhere in the commit that begins with line `seq`: all before it stands, nothing of it. */
static void
torn_at_every_byte(const char *dir, const char *text, int seq, size_t end)
{
	size_t begin = begin_of(text, seq);
	struct dirent *d;
	struct fixture f;
	char kept[64], *cut;
	int kept_count;
	DIR *log;

	(void)snprintf(kept, sizeof kept, "%s.cut-%d", FILE_NAME, seq);
	for (size_t len = begin; len < end; len++) {
		spooling_write(dir, FILE_NAME, text, len);
		open_at(&f, dir);
		assert_int_equal(log_head(f.log).seq, seq - 1);
		append(f.log, "stopped", 1);
		commit(f.log);
		assert_int_equal(count_lines(f.log), seq);
		close_it(&f);
		if (len == begin)
			continue;
		cut = spooling_read(dir, kept);
		assert_int_equal(strlen(cut), len - begin);
		assert_memory_equal(cut, text + begin, len - begin);
		free(cut);
	}
	kept_count = 0;
	cut = mem_alloc(1, 4096);
	(void)snprintf(cut, 4096, "%s/log", dir);
	log = opendir(cut);
	assert_non_null(log);
	while ((d = readdir(log)))
		kept_count += strstr(d->d_name, ".cut-") != NULL;
	assert_int_equal(kept_count, 1);
	(void)closedir(log);
	free(cut);
}

static void
torn_last_line(void **state)
{
	char *text;

	fill(*state);
	text = spooling_read(*state, FILE_NAME);
	torn_at_every_byte(*state, text, 5, strlen(text));
	free(text);
}

static void
torn_group_is_all_or_nothing(void **state)
{
	char *text;

	fill(*state);
	text = spooling_read(*state, FILE_NAME);
	torn_at_every_byte(*state, text, 2, begin_of(text, 5));
	free(text);
}

/* What a disk may leave that wrote a later block and not an earlier one. */
static void
zeros_in_the_last_commit_are_torn(void **state)
{
	struct fixture f;
	char *text;
	size_t len;

	fill(*state);
	text = spooling_read(*state, FILE_NAME);
	len = begin_of(text, 5);
	memset(text + begin_of(text, 2) + 10, 0, 200);
	spooling_write(*state, FILE_NAME, text, len);
	open_at(&f, *state);
	assert_int_equal(log_head(f.log).seq, 1);
	close_it(&f);
	free(text);
}

/* A cut is refused where the line is known to have been true. */
static void
known_lines_are_not_cut(void **state)
{
	struct durable d = DURABLE_INIT;
	struct log *l = NULL;
	struct err e = {0};
	char *text, *after;
	int fd;

	fill(*state);
	text = spooling_read(*state, FILE_NAME);
	spooling_write(*state, FILE_NAME, text, strlen(text) - 4);
	fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_false(log_open(&l, fd, &d, 5, &e));
	assert_int_equal(e.code, ERR_SPOOL);
	assert_non_null(strstr(e.text, "mingpianctl restored"));
	after = spooling_read(*state, FILE_NAME);
	assert_int_equal(strlen(after), strlen(text) - 4); /* untouched */
	assert_ok(log_open(&l, fd, &d, 4, &e), e);
	log_close(l);
	(void)close(fd);
	free(text);
	free(after);
}

/* ---- changes ---- */

static char *
line_at(char *text, int seq)
{
	return text + begin_of(text, seq);
}

static size_t
line_len(const char *line)
{
	return strcspn(line, "\n") + 1;
}

static void
edit(char *text)
{
	*strstr(line_at(text, 3), "left") = 'L';
}

static void
edit_first(char *text)
{
	*strstr(line_at(text, 1), "started") = 'S';
}

static void
delete_line(char *text)
{
	char *l = line_at(text, 3);

	memmove(l, l + line_len(l), strlen(l + line_len(l)) + 1);
}

static void
delete_first(char *text)
{
	char *l = line_at(text, 1);

	memmove(l, l + line_len(l), strlen(l + line_len(l)) + 1);
}

static void
swap(char *text)
{
	char *a = line_at(text, 2), *b = line_at(text, 3);
	size_t len = line_len(a);
	char *kept = mem_dup0(a, len);

	assert_int_equal(len, line_len(b));
	memcpy(a, b, len);
	memcpy(b, kept, len);
	free(kept);
}

static void
insert(char *text)
{
	char *l = line_at(text, 3);
	size_t len = line_len(l);

	memmove(l + len, l, strlen(l) + 1);
}

/* An older line written anew, with all prev behind it left as they are. */
static void
reorder_prev(char *text)
{
	char *p = strstr(line_at(text, 4), "\"prev\":\"") + 8;

	*p = *p == '0' ? '1' : '0';
}

static void
garbage(char *text)
{
	memset(line_at(text, 2) + 5, 'x', 20);
}

static void
garbage_across_lines(char *text)
{
	memset(line_at(text, 2) + 5, '#', 2 * line_len(line_at(text, 2)));
}

static void
empty_line(char *text)
{
	char *l = line_at(text, 3);

	memmove(l + 1, l, strlen(l) + 1);
	*l = '\n';
}

static void
seq_too_high(char *text)
{
	line_at(text, 5)[7] = '6';
}

static void
changes_are_found(void **state)
{
	static const struct {
		const char *name;
		void (*change)(char *text);
	} rows[] = {
	        {"edit", edit},
	        {"edit of the first", edit_first},
	        {"deletion", delete_line},
	        {"deletion of the first", delete_first},
	        {"swap", swap},
	        {"insertion", insert},
	        {"prev changed", reorder_prev},
	        {"garbage", garbage},
	        {"garbage across lines", garbage_across_lines},
	        {"an empty line", empty_line},
	        {"seq", seq_too_high},
	};
	struct durable d = DURABLE_INIT;
	struct log_head start = LOG_START;
	struct log *l = NULL;
	struct err e = {0};
	char *whole, *text;
	int fd;

	fill(*state);
	/* more commits behind: what is changed lies far from any torn end */
	for (int i = 0; i < 3; i++)
		fill(*state);
	whole = spooling_read(*state, FILE_NAME);
	fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		text = mem_alloc(2 * strlen(whole), 1);
		memcpy(text, whole, strlen(whole) + 1);
		rows[i].change(text);
		spooling_write(*state, FILE_NAME, text, strlen(text));
		if (log_open(&l, fd, &d, 0, &e))
			fail_msg("%s: opened for writing", rows[i].name);
		assert_int_equal(e.code, ERR_SPOOL);
		assert_non_null(strstr(e.text, "2022-06.jsonl line "));
		assert_ok(log_open(&l, fd, NULL, 0, &e), e);
		if (log_each(l, &start, NULL, NULL, &e))
			fail_msg("%s: read", rows[i].name);
		log_close(l);
		free(text);
	}
	(void)close(fd);
	free(whole);
}

/* An edit of the very last lines leaves a whole line whose successor does not chain, or none at all: no
 * torn write does that. */
static void
edit_before_the_last_line_is_refused(void **state)
{
	struct durable d = DURABLE_INIT;
	struct log *l = NULL;
	struct err e = {0};
	char *text;
	int fd;

	fill(*state);
	text = spooling_read(*state, FILE_NAME);
	*strstr(line_at(text, 4), "left") = 'L';
	spooling_write(*state, FILE_NAME, text, strlen(text));
	fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_false(log_open(&l, fd, &d, 0, &e));
	assert_int_equal(e.code, ERR_SPOOL);
	(void)close(fd);
	free(text);
}

/* An edit of the last line itself breaks no chain; whoever knows the head sees it. */
static void
head_given_tells_an_edited_last_line(void **state)
{
	struct log_head head;
	struct fixture f;
	struct err e = {0};
	char *text;

	fill(*state);
	open_at(&f, *state);
	head = log_head(f.log);
	close_it(&f);
	text = spooling_read(*state, FILE_NAME);
	*strstr(line_at(text, 5), "stopped") = 'S';
	spooling_write(*state, FILE_NAME, text, strlen(text));
	open_at(&f, *state);
	assert_false(log_each(f.log, &head, NULL, NULL, &e));
	assert_int_equal(e.code, ERR_SPOOL);
	close_it(&f);
	free(text);
}

static void
lines_that_are_gone_are_missed(void **state)
{
	struct log_head head = {9, HASH_ZERO};
	struct fixture f;
	struct err e = {0};

	fill(*state);
	open_at(&f, *state);
	assert_false(log_each(f.log, &head, NULL, NULL, &e));
	assert_int_equal(e.code, ERR_SPOOL);
	close_it(&f);
}

/* ---- months ---- */

static void
a_new_month_begins_a_file(void **state)
{
	struct fixture f;
	char *text;

	fill(*state);
	open_at(&f, *state);
	(void)setenv("MINGPIAN_NOW", "2022-07-01T00:00:01+08:00", 1);
	append(f.log, "started", 6);
	commit(f.log);
	text = spooling_read(*state, "log/2022-07.jsonl");
	assert_memory_equal(text, "{\"seq\":6,\"at\":\"2022-07-01T00:00:01+08:00\"", 41);
	free(text);
	assert_int_equal(count_lines(f.log), 6);
	/* a clock that was set back */
	(void)setenv("MINGPIAN_NOW", "2022-05-31T12:00:00+08:00", 1);
	append(f.log, "left", 7);
	commit(f.log);
	assert_false(spooling_exists(*state, "log/2022-05.jsonl"));
	text = spooling_read(*state, "log/2022-07.jsonl");
	assert_non_null(strstr(text, "\"at\":\"2022-05-31T12:00:00+08:00\""));
	free(text);
	close_it(&f);
	/* and after a start */
	open_at(&f, *state);
	append(f.log, "left", 8);
	commit(f.log);
	assert_int_equal(count_lines(f.log), 8);
	assert_false(spooling_exists(*state, "log/2022-05.jsonl"));
	close_it(&f);
}

static void
only_the_newest_file_may_be_torn(void **state)
{
	struct durable d = DURABLE_INIT;
	struct log *l = NULL;
	struct fixture f;
	struct err e = {0};
	char *text;
	int fd;

	fill(*state);
	(void)setenv("MINGPIAN_NOW", "2022-07-01T00:00:01+08:00", 1);
	open_at(&f, *state);
	append(f.log, "started", 6);
	commit(f.log);
	close_it(&f);
	text = spooling_read(*state, FILE_NAME);
	spooling_write(*state, FILE_NAME, text, strlen(text) - 3);
	fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_false(log_open(&l, fd, &d, 0, &e));
	assert_int_equal(e.code, ERR_SPOOL);
	/* nor may it be away */
	assert_int_equal(unlinkat(fd, FILE_NAME, 0), 0);
	assert_false(log_open(&l, fd, &d, 0, &e));
	assert_int_equal(e.code, ERR_SPOOL);
	(void)close(fd);
	free(text);
}

static void
a_month_that_never_began_does_no_harm(void **state)
{
	struct fixture f;

	fill(*state);
	spooling_write(*state, "log/2022-07.jsonl", "{\"seq\":6,\"at", 12);
	(void)setenv("MINGPIAN_NOW", "2022-08-01T00:00:01+08:00", 1);
	open_at(&f, *state);
	assert_int_equal(log_head(f.log).seq, 5);
	append(f.log, "started", 6);
	commit(f.log);
	close_it(&f);
	open_at(&f, *state);
	assert_int_equal(count_lines(f.log), 6);
	assert_true(spooling_exists(*state, "log/2022-07.jsonl.cut-6"));
	close_it(&f);
}

static void
starting_in_the_middle(void **state)
{
	struct log_head heads[3];
	struct fixture f;
	struct err e = {0};
	int n;

	fill(*state);
	open_at(&f, *state);
	heads[0] = log_head(f.log);
	(void)setenv("MINGPIAN_NOW", "2022-07-01T00:00:01+08:00", 1);
	append(f.log, "started", 6);
	commit(f.log);
	heads[1] = log_head(f.log);
	(void)setenv("MINGPIAN_NOW", "2022-08-01T00:00:01+08:00", 1);
	append(f.log, "started", 7);
	commit(f.log);
	heads[2] = log_head(f.log);
	for (int i = 0; i < 3; i++) {
		n = 0;
		assert_ok(log_each(f.log, &heads[i], count_line, &n, &e), e);
		assert_int_equal(n, 2 - i);
	}
	heads[1].hash.hex[0] ^= 1;
	assert_false(log_each(f.log, &heads[1], count_line, &n, &e));
	close_it(&f);
}

static void
lines_that_must_not_be(void **state)
{
	struct fixture f;
	struct err e = {0};

	open_at(&f, *state);
	assert_false(log_append(f.log, json_pack("{s:s, s:i}", "event", "x", "seq", 3), NULL, &e));
	assert_int_equal(e.code, ERR_SPOOL);
	assert_false(log_append(f.log, json_pack("{s:s}", "evnt", "x"), NULL, &e));
	assert_int_equal(e.code, ERR_SPOOL);
	commit(f.log);
	assert_int_equal(log_head(f.log).seq, 0);
	close_it(&f);
}

static void
a_reader_sees_no_torn_end_and_cuts_nothing(void **state)
{
	struct log_head start = LOG_START;
	struct log *l = NULL;
	struct err e = {0};
	char *text;
	int fd, n = 0;

	fill(*state);
	text = spooling_read(*state, FILE_NAME);
	spooling_write(*state, FILE_NAME, text, strlen(text) - 1);
	fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_ok(log_open(&l, fd, NULL, 0, &e), e);
	assert_ok(log_each(l, &start, count_line, &n, &e), e);
	assert_int_equal(n, 4);
	assert_int_equal(log_head(l).seq, 4);
	log_close(l);
	(void)close(fd);
	free(text);
	text = spooling_read(*state, FILE_NAME);
	assert_non_null(strstr(text, "\"seq\":5"));
	free(text);
}

#define T(f) cmocka_unit_test_setup_teardown(f, spooling_setup, spooling_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        T(lines_are_as_promised),
	        T(head_is_the_last_line),
	        T(rollback_leaves_nothing),
	        T(torn_last_line),
	        T(torn_group_is_all_or_nothing),
	        T(zeros_in_the_last_commit_are_torn),
	        T(known_lines_are_not_cut),
	        T(changes_are_found),
	        T(edit_before_the_last_line_is_refused),
	        T(head_given_tells_an_edited_last_line),
	        T(lines_that_are_gone_are_missed),
	        T(a_new_month_begins_a_file),
	        T(only_the_newest_file_may_be_torn),
	        T(a_month_that_never_began_does_no_harm),
	        T(starting_in_the_middle),
	        T(lines_that_must_not_be),
	        T(a_reader_sees_no_torn_end_and_cuts_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
