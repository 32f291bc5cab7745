/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a password is taken only from a file that is its owner's alone, and only where it is one. */
#include "config/buf.h"
#include "config/credential.h"

#include <fcntl.h>
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

static char dir[] = "/tmp/mingpian-credential-XXXXXX";
static char systemd[64];

static int
set_up(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	(void)snprintf(systemd, sizeof systemd, "%s/systemd", dir);
	(void)unsetenv("CREDENTIALS_DIRECTORY");
	return mkdir(systemd, 0700);
}

static int
tear_down(void **state)
{
	(void)state;
	return rmdir(systemd) != 0 || rmdir(dir) != 0;
}

static const char *
path_of(const char *in, const char *name)
{
	static char path[128];

	(void)snprintf(path, sizeof path, "%s/%s", in, name);
	return path;
}

static void
put(const char *in, const char *name, struct bytes content, mode_t mode)
{
	int fd = open(path_of(in, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content.at, content.len), content.len);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

static void
away(const char *in, const char *name)
{
	assert_int_equal(unlink(path_of(in, name)), 0);
}

/* want: the secret, or, where it begins with '!', what the error says after the path. */
static void
expect(const char *name, const char *want)
{
	char *secret = NULL;
	struct err e = {0};

	if (credential_load(&secret, dir, name, &e)) {
		assert_string_equal(secret, want);
	} else {
		assert_null(secret);
		assert_int_equal(e.code, ERR_CONFIG);
		assert_int_equal(want[0], '!');
		if (!strstr(e.text, want + 1))
			fail_msg("\"%s\", want \"%s\"", e.text, want + 1);
		assert_int_equal(strncmp(e.text, dir, strlen(dir)), 0);
		assert_null(strstr(e.text, "secret"));
	}
	credential_free(secret);
}

static void
test_contents(void **state)
{
	static const struct {
		const char *content;
		size_t len;
		const char *want;
	} rows[] = {
	        {"secret1", 7, "secret1"},
	        {"secret1\n", 8, "secret1"},
	        {" secret 1 ", 10, " secret 1 "},
	        {"", 0, "!/p: the password file is empty: write the password into it"},
	        {"\n", 1, "!/p: the password file is empty: write the password into it"},
	        {"secret1\n\n", 9,
	         "!/p: expected one line with a password, found a NUL or a further line end"},
	        {"secret1\r\n", 9, "!/p: expected one line with a password"},
	        {"a\nsecret", 8, "!/p: expected one line with a password"},
	        {"secret\0x", 8, "!/p: expected one line with a password"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		put(dir, "p", BYTES(rows[i].content, rows[i].len), 0600);
		expect("p", rows[i].want);
	}
	away(dir, "p");
}

static void
test_length(void **state)
{
	static char big[CREDENTIAL_MAX + 3];

	(void)state;
	memset(big, 'x', CREDENTIAL_MAX);
	big[CREDENTIAL_MAX] = '\n';
	put(dir, "p", BYTES(big, CREDENTIAL_MAX + 1), 0600);
	big[CREDENTIAL_MAX] = '\0';
	expect("p", big);
	memset(big, 'x', CREDENTIAL_MAX + 2);
	put(dir, "p", BYTES(big, CREDENTIAL_MAX + 1), 0600);
	expect("p", "!/p: expected a password of at most 16384 bytes, found more");
	put(dir, "p", BYTES(big, CREDENTIAL_MAX + 2), 0600);
	expect("p", "!/p: expected a password of at most 16384 bytes, found more");
	away(dir, "p");
}

static void
test_rights(void **state)
{
	static const struct {
		mode_t mode;
		const char *want;
	} rows[] = {
	        {0600, "secret1"},
	        {0400, "secret1"},
	        {0640, "!(mode 0640): chmod 600 "},
	        {0604, "!(mode 0604): chmod 600 "},
	        {0620, "!(mode 0620): chmod 600 "},
	        {0644, "!(mode 0644): chmod 600 "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		put(dir, "p", bytes_str("secret1"), rows[i].mode);
		expect("p", rows[i].want);
		away(dir, "p");
	}
	if (geteuid() != 0)
		return;
	put(dir, "p", bytes_str("secret1"), 0600);
	assert_int_equal(chown(path_of(dir, "p"), 65534, 65534), 0);
	expect("p", "!/p: the password file belongs to another user: chown 0 ");
	credential_serve(65534); /* root, in the place of the service's user */
	expect("p", "secret1");
	assert_int_equal(chown(path_of(dir, "p"), 65533, 65533), 0);
	expect("p", "!/p: the password file belongs to another user: chown 65534 ");
	credential_serve(0);
	assert_int_equal(chown(path_of(dir, "p"), 65534, 65534), 0);
	expect("p", "!/p: the password file belongs to another user: chown 0 ");
	away(dir, "p");
}

static void
test_no_file(void **state)
{
	(void)state;
	expect("p", "!/p: the password file cannot be opened; write the password into it, for its owner "
	            "alone (mode 0600): No such file or directory");
	expect("systemd", "!/systemd: expected a file that holds a password, found none");
	assert_int_equal(mkfifo(path_of(dir, "fifo"), 0600), 0);
	expect("fifo", "!/fifo: expected a file that holds a password, found none"); /* and does not hang */
	away(dir, "fifo");
}

static void
test_systemd_comes_first(void **state)
{
	char *secret = NULL;
	struct err e = {0};

	(void)state;
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", systemd, 1), 0);
	put(dir, "p", bytes_str("beside"), 0600);
	expect("p", "beside");
	/* systemd's files are 0440 where an ACL gives them to us: as they are */
	put(systemd, "p", bytes_str("systemd's\n"), 0440);
	expect("p", "systemd's");
	/* a path is a path */
	expect("./p", "beside");
	assert_true(credential_load(&secret, "/nowhere", path_of(dir, "p"), &e));
	assert_string_equal(secret, "beside");
	credential_free(secret);
	away(systemd, "p");
	/* what lies there and cannot be opened is not passed over: the one beside may be an old one */
	assert_int_equal(symlink("p", path_of(systemd, "p")), 0);
	expect("p", "!systemd/p: the password file cannot be opened; write the password into it, for its "
	            "owner alone (mode 0600): Too many levels of symbolic links");
	away(systemd, "p");
	away(dir, "p");
	assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
	credential_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_contents),
	        cmocka_unit_test(test_length),
	        cmocka_unit_test(test_rights),
	        cmocka_unit_test(test_no_file),
	        cmocka_unit_test(test_systemd_comes_first),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
