/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: where the journal listens it gets the line with its level and fields, one datagram a line, and no
 * text can put a field of its own in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/journal.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void
fields(void **state)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	char got[4096] = "";
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)state;
	(void)snprintf(a.sun_path, sizeof a.sun_path, "/tmp/mingpian-journal-%ld", (long)getpid());
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	journal_open_at(JOURNAL_INFO, a.sun_path);
	journal(JOURNAL_DEBUG, "not urgent enough");
	journal_of(JOURNAL_WARNING, &(struct journal_of){.mailbox = "a@own.test", .error = "auth"}, "%s",
	           "two\nPRIORITY=0 lines");
	assert_true(recv(fd, got, sizeof got - 1, MSG_DONTWAIT) > 0);
	assert_non_null(strstr(got, "PRIORITY=4\n"));
	assert_non_null(strstr(got, "\nMAILBOX=a@own.test\n"));
	assert_non_null(strstr(got, "\nERROR=auth\n"));
	assert_null(strstr(got, "\nPRIORITY=0"));
	assert_null(strstr(got, "REPLY="));
	assert_int_equal(recv(fd, got, sizeof got, MSG_DONTWAIT), -1);
	(void)unlink(a.sun_path);
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(fields)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
