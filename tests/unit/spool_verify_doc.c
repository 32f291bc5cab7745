/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: what docs/verify.md tells an auditor to type works as it stands there: silent on a whole spool,
 * and telling each thing that is wrong. */
#include "tests/unit/spooling.h"

#include <sys/wait.h>

enum { CHAIN, HEAD, TOLD, BYTES_OF_FILES, NAMES, BLOCKS };

/* The n-th block of sh in the page; free() it. */
static char *
block(int n)
{
	static const char begin[] = "```sh\n";
	struct buf page = BUF_INIT(100000);
	const char *at, *end = NULL;
	struct err e = {0};
	char *text;

	assert_ok(durable_read(AT_FDCWD, "docs/verify.md", &page, &e), e);
	at = page.at;
	for (int k = 0; k <= n; k++) {
		at = strstr(end ? end + 3 : at, begin);
		assert_non_null(at);
		at += sizeof begin - 1;
		end = strstr(at, "```");
		assert_non_null(end);
	}
	text = mem_dup0(at, (size_t)(end - at));
	buf_free(&page);
	return text;
}

/* What a block prints on standard output, run in dir; head, if not NULL, in place of the page's. */
static char *
run(const char *dir, int n, const char *head)
{
	struct buf script = BUF_INIT(100000), out = BUF_INIT(100000);
	char *text = block(n), *rest = text;
	ssize_t len;
	int fds[2], status = 0;
	pid_t pid;
	void *to;

	if (head) {
		rest = strchr(text, '\n') + 1;
		buf_fmt(&script, "head=%s\n", head);
	}
	buf_fmt(&script, "%s", rest);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (chdir(dir) == 0 && dup2(fds[1], 1) == 1)
			(void)execl("/bin/sh", "sh", "-c", script.at, (char *)NULL);
		_exit(99);
	}
	(void)close(fds[1]);
	while ((to = buf_room(&out, 1000)) && (len = read(fds[0], to, 1000)) > 0)
		out.len += (size_t)len;
	buf_seal(&out);
	(void)close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 99);
	buf_free(&script);
	free(text);
	return buf_take(&out);
}

static void
expect(const char *dir, int n, const char *head, const char *want)
{
	char *out = run(dir, n, head);

	if (want[0] ? !strstr(out, want) : out[0] != '\0')
		fail_msg("block %d: wanted \"%s\", got \"%s\"", n, want, out);
	free(out);
}

static struct hash
fill(const char *dir, char head[100])
{
	struct spool *s = spooling_open(dir, SPOOL_WRITE);
	struct hash m = spooling_record(s, &(struct spooling_form){.bytes = "mail",
	                                                           .from = "li@city.test",
	                                                           .receipt = "T-0001",
	                                                           .as = "new",
	                                                           .key = "江苏 \\ \"昆山\"",
	                                                           .revision = 1,
	                                                           .uid = 1});

	(void)spooling_reply(s, "T-0001.1", m.hex, "li@city.test", "due");
	spooling_commit(s);
	(void)setenv("MINGPIAN_NOW", "2022-07-01T10:05:00+08:00", 1);
	spooling_event(s, "sending", "T-0001.1", 1);
	spooling_commit(s);
	(void)snprintf(head, 100, "%lld:%s", (long long)spool_head(s).seq, spool_head(s).hash.hex);
	spooling_line(s, json_pack("{s:s, s:I, s:s}", "event", "checkpoint", "head_seq",
	                           (json_int_t)spool_head(s).seq, "head", spool_head(s).hash.hex));
	spooling_commit(s);
	spool_close(s);
	return m;
}

static void
a_whole_spool(void **state)
{
	char head[100];

	(void)fill(*state, head);
	for (int n = 0; n < BLOCKS; n++)
		expect(*state, n, n == HEAD ? head : NULL, "");
}

static void
a_changed_line(void **state)
{
	char head[100], *text;

	(void)fill(*state, head);
	text = spooling_read(*state, "log/2022-06.jsonl");
	*strstr(text, "T-0001") = 'U';
	spooling_write(*state, "log/2022-06.jsonl", text, strlen(text));
	expect(*state, CHAIN, NULL, "line 3 does not chain");
	free(text);
}

static void
another_head(void **state)
{
	char head[100];

	(void)fill(*state, head);
	head[10] = head[10] == '0' ? '1' : '0';
	expect(*state, HEAD, head, "another one than the digest saw");
}

/* An old line changed, and the hash that a later one tells of it no more true. */
static void
a_told_head(void **state)
{
	char head[100], *text;

	(void)fill(*state, head);
	text = spooling_read(*state, "log/2022-07.jsonl");
	*strstr(text, "T-0001") = 'U';
	spooling_write(*state, "log/2022-07.jsonl", text, strlen(text));
	expect(*state, TOLD, NULL, "line 4 is another one than a later line tells");
	free(text);
}

static void
files(void **state)
{
	struct hash m;
	struct buf path = BUF_INIT(1000);
	char head[100];

	m = fill(*state, head);
	buf_fmt(&path, "mail/%.2s/%s.eml", m.hex, m.hex);
	spooling_write(*state, path.at, "Mail", 4);
	expect(*state, BYTES_OF_FILES, NULL, "holds other bytes");
	expect(*state, NAMES, NULL, "");
	spooling_write(*state, "mail/extra.eml", "x", 1);
	expect(*state, NAMES, NULL, "extra is there and not named");
	buf_clear(&path);
	buf_fmt(&path, "%s/mail/%.2s/%s.eml", (char *)*state, m.hex, m.hex);
	assert_int_equal(unlink(path.at), 0);
	expect(*state, NAMES, NULL, "is named and not there");
	buf_free(&path);
}

#define T(f) cmocka_unit_test_setup_teardown(f, spooling_setup, spooling_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {T(a_whole_spool), T(a_changed_line), T(another_head),
	                                   T(a_told_head), T(files)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
