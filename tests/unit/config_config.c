/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: every mistake in the configuration is named in one line: file, line, key, expected, found. */
#include "config/config.h"
#include "config/clock.h"

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define ROWS(t) (sizeof(t) / sizeof *(t))

/* The least that is a configuration; line numbers below are this text's. */
static const char least[] =
        "campaigns: ( { name = \"2022\"; form = \"form.cfg\";\n"                               /* 1 */
        "  since = \"2022-05-01\"; deadline = \"2022-06-30\";\n"                               /* 2 */
        "  closes = \"2022-12-31\"; keep_until = \"2025-12-31\";\n"                            /* 3 */
        "  receipt_prefix = \"CYMP-2022-\"; } );\n"                                            /* 4 */
        "own: { name = \"中心\"; domains = [\"Miit-ICDC.org\"]; };\n"                          /* 5 */
        "mailboxes: ( {\n"                                                                     /* 6 */
        "  address = \"Maruijuan@miit-icdc.org\";\n"                                           /* 7 */
        "  imap: { url = \"imaps://imap.example.org\"; user = \"m\"; password_file = \"p\";\n" /* 8 */
        "  };\n"                                                                               /* 9 */
        "  smtp: { url = \"smtp://127.0.0.1:2525/\";\n"                                        /* 10 */
        "  };\n"                                                                               /* 11 */
        "} );\n"                                                                               /* 12 */
        "shadow = true;\n";                                                                    /* 13 */

static char dir[] = "/tmp/mingpian-config-XXXXXX";
static char file[64];

static int
set_up(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	(void)snprintf(file, sizeof file, "%s/t.cfg", dir);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	(void)unlink(file);
	return rmdir(dir);
}

static void
write_file(const char *name, struct bytes text)
{
	FILE *f = fopen(name, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(text.at, 1, text.len, f), text.len);
	assert_int_equal(fclose(f), 0);
}

/* The file with the first `from` replaced. */
static void
write_changed(const char *from, const char *to)
{
	struct buf b = BUF_INIT(65536);
	size_t at = bytes_find(bytes_str(least), from);

	assert_true(at < strlen(least));
	buf_add(&b, least, at);
	buf_str(&b, to);
	buf_str(&b, least + at + strlen(from));
	write_file(file, buf_bytes(&b));
	buf_free(&b);
}

static void
expect_error(const char *from, const char *to, const char *want)
{
	char text[600];
	struct config *c = NULL;
	struct err e = {0};

	write_changed(from, to);
	(void)snprintf(text, sizeof text, "%s:%s", file, want);
	if (config_load(&c, file, &e))
		fail_msg("\"%s\" for \"%s\" was accepted", to, from);
	assert_null(c);
	assert_int_equal(e.code, ERR_CONFIG);
	assert_null(strchr(e.text, '\n'));
	assert_string_equal(e.text, text);
}

static struct config *
load(void)
{
	struct config *c = NULL;
	struct err e = {0};

	if (!config_load(&c, file, &e))
		fail_msg("%s", e.text);
	return c;
}

static void
test_defaults(void **state)
{
	char at[CLOCK_RFC3339_MAX], path[PATH_MAX];
	struct config *c;

	(void)state;
	write_file(file, bytes_str(least));
	c = load();
	assert_string_equal(c->file, file);
	assert_string_equal(c->dir, dir);
	assert_int_equal(c->campaign_count, 1);
	(void)snprintf(path, sizeof path, "%s/form.cfg", dir);
	assert_string_equal(c->campaigns[0].form, path);
	assert_string_equal(c->campaigns[0].zone, "Asia/Shanghai");
	assert_string_equal(clock_rfc3339(c->campaigns[0].since, at), "2022-05-01T00:00:00+08:00");
	assert_string_equal(clock_rfc3339(c->campaigns[0].deadline_end, at), "2022-07-01T00:00:00+08:00");
	assert_string_equal(clock_rfc3339(c->campaigns[0].closes_end, at), "2023-01-01T00:00:00+08:00");
	assert_string_equal(clock_rfc3339(c->campaigns[0].keep_end, at), "2026-01-01T00:00:00+08:00");
	assert_string_equal(c->own.domains[0], "miit-icdc.org");
	assert_null(c->own.domains[1]);
	assert_string_equal(c->own.trusted_authserv_id, "");
	assert_string_equal(c->spool.dir, "/var/lib/mingpian");
	assert_int_equal(c->mailbox_count, 1);
	assert_string_equal(c->mailboxes[0].folders[0], "INBOX");
	assert_null(c->mailboxes[0].folders[1]);
	assert_int_equal(c->mailboxes[0].poll_seconds, 60);
	assert_int_equal(c->mailboxes[0].look_seconds, 120);
	assert_string_equal(c->mailboxes[0].imap.ca_file, "");
	assert_false(c->mailboxes[0].imap.oauth2);
	assert_false(c->mailboxes[0].imap.tls_none);
	assert_string_equal(c->mailboxes[0].smtp.user, "");
	assert_int_equal(c->digest.at_minutes, 510);
	assert_string_equal(c->digest.from, "Maruijuan@miit-icdc.org");
	assert_null(c->digest.to[0]);
	assert_int_equal(c->replies.since, 0);
	assert_int_equal(c->replies.per_thread_per_day, 20);
	assert_int_equal(c->replies.per_hour, 200);
	assert_int_equal(c->replies.per_address_per_hour, 300);
	assert_int_equal(c->replies.retry_days, 3);
	assert_int_equal(c->limits.message_mb, 72);
	assert_int_equal(c->limits.parse_seconds, 60);
	assert_int_equal(c->limits.parse_memory_mb, 768);
	assert_int_equal(c->limits.workers, 0);
	assert_true(c->shadow);
	assert_true(c->sandbox_required);
	(void)snprintf(path, sizeof path, "%s/templates", dir);
	assert_string_equal(c->templates, path);
	assert_ptr_equal(config_mailbox(c, "MARUIJUAN@miit-icdc.org"), &c->mailboxes[0]);
	assert_null(config_mailbox(c, "nobody@miit-icdc.org"));
	config_free(c);
}

static void
test_all_that_may_be_set(void **state)
{
	char at[CLOCK_RFC3339_MAX], path[PATH_MAX];
	struct config *c;

	(void)state;
	write_changed("shadow = true;",
	              "digest: { at = \"23:59\"; from = \"maruijuan@MIIT-icdc.org\"; to = (\"a@b.org\"); };\n"
	              "replies: { since = \"2022-06-01\"; per_hour = 1L; };\n"
	              "limits: { workers = 0x2; };\n"
	              "sandbox = \"off\"; templates = \"/usr/share/t\"; spool: { dir = \"spool\"; };");
	c = load();
	assert_int_equal(c->digest.at_minutes, 23 * 60 + 59);
	assert_string_equal(c->digest.from, "Maruijuan@miit-icdc.org");
	assert_string_equal(c->digest.to[0], "a@b.org");
	assert_string_equal(clock_rfc3339(c->replies.since, at), "2022-06-01T00:00:00+08:00");
	assert_int_equal(c->replies.per_hour, 1);
	assert_int_equal(c->limits.workers, 2);
	assert_false(c->sandbox_required);
	assert_false(c->shadow);
	assert_string_equal(c->templates, "/usr/share/t");
	(void)snprintf(path, sizeof path, "%s/spool", dir);
	assert_string_equal(c->spool.dir, path);
	config_free(c);
	write_changed("url = \"imaps://imap.example.org\";",
	              "url = \"imap://127.0.0.1:1143\"; tls = \"none\"; "
	              "auth = \"oauth\"; ca_file = \"ca.pem\";");
	c = load();
	assert_true(c->mailboxes[0].imap.tls_none);
	assert_true(c->mailboxes[0].imap.oauth2);
	(void)snprintf(path, sizeof path, "%s/ca.pem", dir);
	assert_string_equal(c->mailboxes[0].imap.ca_file, path);
	config_free(c);
}

#define DAY       "a day like \"2022-06-30\""
#define URL(a, b) "a server like \"" a "://host\" or \"" b "://host:port\""
#define IMAP_URL  "8: mailboxes.[0].imap.url: expected " URL("imaps", "imap") ", found "
#define ADDRESS   "7: mailboxes.[0].address: expected an address like \"name@example.org\", found "

static void
test_mistakes(void **state)
{
	static const struct {
		const char *from, *to, *want; /* want begins at the line */
	} rows[] = {
	        /* kinds of values */
	        {"user = \"m\";", "user = \"m\"; poll_seconds = \"soon\";",
	         "8: mailboxes.[0].imap.poll_seconds: expected a whole number of seconds from 5 to 3600, "
	         "found \"soon\""},
	        {"user = \"m\";", "user = \"m\"; poll_seconds = 4;",
	         "8: mailboxes.[0].imap.poll_seconds: expected a whole number of seconds from 5 to 3600, "
	         "found 4"},
	        {"user = \"m\";", "user = \"m\"; poll_seconds = 3601;",
	         "8: mailboxes.[0].imap.poll_seconds: expected a whole number of seconds from 5 to 3600, "
	         "found 3601"},
	        {"user = \"m\";", "user = \"m\"; poll_seconds = 6.5;",
	         "8: mailboxes.[0].imap.poll_seconds: expected a whole number of seconds from 5 to 3600, "
	         "found 6.5"},
	        {"user = \"m\";", "user = \"m\"; poll_seconds = 4294967300L;",
	         "8: mailboxes.[0].imap.poll_seconds: expected a whole number of seconds from 5 to 3600, "
	         "found "
	         "4294967300"},
	        {"shadow = true", "shadow = \"yes\"", "13: shadow: expected true or false, found \"yes\""},
	        {"shadow = true", "shadow = 1", "13: shadow: expected true or false, found 1"},
	        {"shadow = true", "sandbox = \"optional\"",
	         "13: sandbox: expected \"off\" or \"required\", found \"optional\""},
	        {"shadow = true", "sandbox = true",
	         "13: sandbox: expected \"off\" or \"required\", found true"},
	        {"\"2022-06-30\"", "\"2022-06-31\"",
	         "2: campaigns.[0].deadline: expected " DAY ", found \"2022-06-31\""},
	        {"\"2022-05-01\"", "20220501", "2: campaigns.[0].since: expected " DAY ", found 20220501"},
	        {"shadow = true", "replies: { since = \"soon\"; }",
	         "13: replies.since: expected \"start\" or " DAY ", found \"soon\""},
	        {"shadow = true", "digest: { at = \"24:00\"; }",
	         "13: digest.at: expected a time of day like \"08:30\", found \"24:00\""},
	        {"shadow = true", "digest: { at = \"8:30\"; }",
	         "13: digest.at: expected a time of day like \"08:30\", found \"8:30\""},
	        {"form = \"form.cfg\"", "form = \"form.cfg\"; timezone = \"Asia/Peking\"",
	         "1: campaigns.[0].timezone: expected a time zone of this system, like \"Asia/Shanghai\", "
	         "found "
	         "\"Asia/Peking\""},
	        {"form = \"form.cfg\"", "form = \"\"",
	         "1: campaigns.[0].form: expected a path in quotes, found \"\""},
	        {"\"CYMP-2022-\"", "\"M-\"",
	         "4: campaigns.[0].receipt_prefix: expected 2 to 24 capital letters, digits and dashes, a "
	         "dash at the "
	         "end, like \"CYMP-2022-\" (M- is taken), found \"M-\""},
	        {"\"中心\"", "\"a\\r\\nb\"", "5: own.name: expected a line of text, found \"a b\""},
	        {"\"中心\"", "\"\"", "5: own.name: expected a line of text, found \"\""},
	        {"\"中心\"", "\"\\xff\"", "5: own.name: expected a line of text, found \" \""},
	        {"\"Miit-ICDC.org\"", "\"a b\"",
	         "5: own.domains.[0]: expected a domain like \"example.org\", found \"a b\""},
	        {"[\"Miit-ICDC.org\"]", "[]",
	         "5: own.domains: expected a list of 1 to 16 strings: [\"…\", \"…\"], found a list of 0"},
	        {"[\"Miit-ICDC.org\"]", "\"miit-icdc.org\"",
	         "5: own.domains: expected a list of 1 to 16 strings: [\"…\", \"…\"], found "
	         "\"miit-icdc.org\""},
	        /* addresses go out raw in SMTP commands */
	        {"\"Maruijuan@miit-icdc.org\"", "\"maruijuan\"", ADDRESS "\"maruijuan\""},
	        {"\"Maruijuan@miit-icdc.org\"", "\"a> b@c.org\"", ADDRESS "\"a> b@c.org\""},
	        {"\"Maruijuan@miit-icdc.org\"", "\"\"", ADDRESS "\"\""},
	        {"\"Maruijuan@miit-icdc.org\"", "\"a@.org\"", ADDRESS "\"a@.org\""},
	        /* servers */
	        {"imaps://imap.example.org", "pop3://imap.example.org",
	         IMAP_URL "\"pop3://imap.example.org\""},
	        {"imaps://imap.example.org", "smtps://imap.example.org",
	         IMAP_URL "\"smtps://imap.example.org\""},
	        {"imaps://imap.example.org", "imaps://", IMAP_URL "\"imaps://\""},
	        {"imaps://imap.example.org", "imaps://h:0", IMAP_URL "\"imaps://h:0\""},
	        {"imaps://imap.example.org", "imaps://h:65536", IMAP_URL "\"imaps://h:65536\""},
	        {"imaps://imap.example.org", "imaps://h:+5", IMAP_URL "\"imaps://h:+5\""},
	        {"imaps://imap.example.org", "imaps://u:p@h", IMAP_URL "\"imaps://u:p@h\""},
	        {"imaps://imap.example.org", "imaps://h/INBOX", IMAP_URL "\"imaps://h/INBOX\""},
	        {"imaps://imap.example.org", "imaps://[::1", IMAP_URL "\"imaps://[::1\""},
	        {"smtp://127.0.0.1:2525/", "http://127.0.0.1",
	         "10: mailboxes.[0].smtp.url: expected " URL("smtps", "smtp") ", found \"http://127.0.0.1\""},
	        /* groups */
	        {"own: { name = \"中心\"; domains = [\"Miit-ICDC.org\"]; };", "own: ( {} );",
	         "5: own: expected a group: { … }, found a list of 1"},
	        {"} );\nshadow", "}, 5 );\nshadow", "12: mailboxes.[1]: expected a group: { … }, found 5"},
	        {"shadow = true", "mailboxes2: ()",
	         "13: mailboxes2: unknown key, expected one of campaigns, own, spool, mailboxes, digest, "
	         "replies, limits, "
	         "shadow, sandbox, templates, metrics"},
	        {"password_file = \"p\";\n", "\n pasword_file = \"p\";\n",
	         "9: mailboxes.[0].imap.pasword_file: unknown key, expected one of url, user, password_file, "
	         "ca_file, "
	         "auth, tls, folders, poll_seconds, look_seconds"},
	        /* missing */
	        {"password_file = \"p\";\n", "\n",
	         "8: mailboxes.[0].imap.password_file: expected a line of text, found nothing: the key is "
	         "missing"},
	        {"own: { name = \"中心\"; domains = [\"Miit-ICDC.org\"]; };", "",
	         "1: own.name: expected a line of text, found nothing: the key is missing"},
	        {"receipt_prefix = \"CYMP-2022-\";", "",
	         "1: campaigns.[0].receipt_prefix: expected 2 to 24 capital letters, digits and dashes, a "
	         "dash at the end, "
	         "like \"CYMP-2022-\" (M- is taken), found nothing: the key is missing"},
	        /* syntax */
	        {"shadow = true;", "shadow true;",
	         "13: expected libconfig's `key = value;`, found a syntax error"},
	        {"shadow = true;", "own: {};",
	         "13: expected libconfig's `key = value;`, found a duplicate setting name"},
	        /* contradictions */
	        {"\"imaps://imap.example.org\";", "\"imap://imap.example.org\"; tls = \"none\";",
	         "8: mailboxes.[0].imap.tls: expected \"required\" (\"none\" is for imap://127.0.0.1 and "
	         "smtp://127.0.0.1 "
	         "alone), found \"none\""},
	        {"\"imaps://imap.example.org\";", "\"imaps://127.0.0.1\"; tls = \"none\";",
	         "8: mailboxes.[0].imap.tls: expected \"required\" (\"none\" is for imap://127.0.0.1 and "
	         "smtp://127.0.0.1 "
	         "alone), found \"none\""},
	        {"\"imaps://imap.example.org\";", "\"imap://127.0.0.1.example.org\"; tls = \"none\";",
	         "8: mailboxes.[0].imap.tls: expected \"required\" (\"none\" is for imap://127.0.0.1 and "
	         "smtp://127.0.0.1 "
	         "alone), found \"none\""},
	        {"2525/\";\n", "2525/\";\n user = \"m\";\n",
	         "10: mailboxes.[0].smtp.password_file: expected the name of a file, as user is set, found "
	         "nothing"},
	        {"} );\nshadow = true;",
	         "},\n{ address = \"MARUIJUAN@miit-icdc.org\";\n"
	         "  imap: { url = \"imaps://h\"; user = \"m\"; password_file = \"p\"; };\n"
	         "  smtp: { url = \"smtps://h\"; }; } );",
	         "13: mailboxes.[1].address: expected an address that no other mailbox has, found "
	         "\"MARUIJUAN@miit-icdc.org\""},
	        {"shadow = true", "digest: { from = \"other@miit-icdc.org\"; }",
	         "13: digest.from: expected the address of one of the mailboxes, found "
	         "\"other@miit-icdc.org\""},
	        {"\"2022-06-30\"", "\"2022-04-30\"",
	         "2: campaigns.[0].deadline: expected a day not before since, found \"2022-04-30\""},
	        {"\"2022-12-31\"", "\"2022-06-29\"",
	         "3: campaigns.[0].closes: expected a day not before deadline, found \"2022-06-29\""},
	        {"\"2025-12-31\"", "\"2022-12-30\"",
	         "3: campaigns.[0].keep_until: expected a day not before closes, found \"2022-12-30\""},
	        {"} );\nown",
	         "},\n{ name = \"2022\"; form = \"f\"; since = \"2022-05-01\"; deadline = \"2022-06-30\";"
	         "closes = \"2022-12-31\"; keep_until = \"2025-12-31\"; receipt_prefix = \"B-\"; } );\nown",
	         "5: campaigns.[1].name: expected one that no other campaign has, found \"2022\""},
	        {"} );\nown",
	         "},\n{ name = \"2023\"; form = \"f\"; since = \"2022-05-01\"; deadline = \"2022-06-30\";"
	         "closes = \"2022-12-31\"; keep_until = \"2025-12-31\"; receipt_prefix = \"CYMP-2022-\"; } "
	         ");\nown",
	         "5: campaigns.[1].receipt_prefix: expected one that no other campaign has, found "
	         "\"CYMP-2022-\""},
	        {"} );\nown",
	         "},\n{ name = \"2023\"; form = \"f\"; since = \"2022-05-01\"; deadline = \"2022-06-30\";"
	         "closes = \"2022-12-31\"; keep_until = \"2025-12-31\"; receipt_prefix = \"B-\"; timezone = "
	         "\"UTC\"; } );\nown",
	         "5: campaigns.[1].timezone: expected the same zone for all campaigns, found \"UTC\""},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		expect_error(rows[i].from, rows[i].to, rows[i].want);
}

static void
test_files_that_are_none(void **state)
{
	struct config *c = NULL;
	struct err e = {0};

	(void)state;
	assert_false(config_load(&c, "/nonexistent/mingpian.cfg", &e));
	assert_int_equal(e.code, ERR_CONFIG);
	assert_string_equal(e.text, "/nonexistent/mingpian.cfg: the configuration cannot be read: "
	                            "No such file or directory");
	assert_false(config_load(&c, dir, &e)); /* libconfig's scanner would end the process */
	assert_non_null(strstr(e.text, "no file of at most 1 MiB"));
	write_file(file, bytes_str(""));
	assert_false(config_load(&c, file, &e));
	assert_non_null(strstr(e.text, "t.cfg:1: campaigns: expected a list of 1 to 8 groups"));
}

/* A file cut anywhere is refused with one line, or is whole (the last line may go). */
static void
test_cut_anywhere(void **state)
{
	(void)state;
	for (size_t n = 0; n < strlen(least); n++) {
		struct config *c = NULL;
		struct err e = {0};

		write_file(file, BYTES(least, n));
		if (!config_load(&c, file, &e)) {
			assert_int_equal(strncmp(e.text, file, strlen(file)), 0);
			assert_null(strchr(e.text, '\n'));
		} else {
			assert_true(n > strlen(least) - 20);
		}
		config_free(c);
	}
}

static void
test_print_gives_the_same_again(void **state)
{
	struct buf first = BUF_INIT(65536), second = BUF_INIT(65536);
	struct config *c;

	(void)state;
	write_changed("\"中心\"", "\"the \\\"centre\\\" \\\\ 中心\"");
	c = load();
	config_print(c, &first);
	config_free(c);
	write_file(file, buf_bytes(&first));
	c = load();
	config_print(c, &second);
	config_free(c);
	assert_string_equal(first.at, second.at);
	assert_non_null(strstr(first.at, "name = \"the \\\"centre\\\" \\\\ 中心\";\n"));
	assert_non_null(strstr(first.at, "  deadline = \"2022-06-30\";\n"));
	assert_non_null(strstr(first.at, "  at = \"08:30\";\n"));
	assert_non_null(strstr(first.at, "  since = \"start\";\n"));
	assert_non_null(strstr(first.at, "    folders = [\"INBOX\"];\n"));
	buf_free(&first);
	buf_free(&second);
}

static void
test_the_sample_is_valid(void **state)
{
	struct config *c = NULL;
	struct err e = {0};

	(void)state;
	if (!config_load(&c, "config/mingpian.cfg", &e))
		fail_msg("%s", e.text);
	assert_int_equal(c->mailbox_count, 2);
	assert_string_equal(c->mailboxes[1].folders[1], "Junk");
	assert_string_equal(c->digest.to[0], "dongwenyan@miit-icdc.org");
	config_free(c);
	config_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_defaults),
	        cmocka_unit_test(test_all_that_may_be_set),
	        cmocka_unit_test(test_mistakes),
	        cmocka_unit_test(test_files_that_are_none),
	        cmocka_unit_test(test_cut_anywhere),
	        cmocka_unit_test(test_print_gives_the_same_again),
	        cmocka_unit_test(test_the_sample_is_valid),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
