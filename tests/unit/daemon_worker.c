/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: whatever the worker does (answers, dies, hangs, floods, says no), the daemon gets one clear
 * verdict in bounded time and leaves no process behind. The workers are small shell scripts. */
#include "daemon/worker.h"

#include "config/clock.h"
#include "config/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct row {
	const char *name, *script;
	bool want_ok;
	enum err_code want_code;
	const char *want_text; /* in the answer or in the error */
};

static const struct row rows[] = {
        {"answers with its mail", "cat", true, ERR_NONE, "From: a@b\n\nbytes"},
        {"gets its arguments", "printf '%s|' \"$@\"", true, ERR_NONE,
         "--explain|-c|form.cfg|--received|2022-06-10T10:05:00+08:00|--seconds|1|--memory-mb|64|-|"},
        {"no message", "echo 'no header block' >&2; exit 65", false, ERR_NOT_MAIL, "no header block"},
        {"fails", "exit 71", false, ERR_PROTOCOL, "ended with 71"},
        {"killed", "kill -SEGV $$", false, ERR_PROTOCOL, "SIGSEGV"},
        {"hangs", "sleep 60", false, ERR_TIMEOUT, "no answer in 2 s"},
        {"closes its pipes and stays", "exec >&- 2>&-; sleep 60", false, ERR_TIMEOUT, "no answer in 2 s"},
        {"leaves a child with its pipe", "sleep 60 & exit 0", false, ERR_TIMEOUT, "no answer in 2 s"},
        {"floods", "head -c 70000000 /dev/zero", false, ERR_PROTOCOL, "printed more than"},
        {"what it says is cleaned", "printf 'a\\033[2Jb\\nc' >&2; exit 1", false, ERR_PROTOCOL, "a [2Jb c"},
        {"no environment", "env | sed 's/=.*//' | sort | tr '\\n' ' '", true, ERR_NONE,
         "LC_ALL OMP_THREAD_LIMIT PWD TZ"},
        {"no descriptor beside its three", "ls /proc/self/fd | wc -l", true, ERR_NONE, "4\n"},
};

static char script_path[] = "/tmp/mingpian-worker-XXXXXX";

static void
write_script(const char *text)
{
	FILE *f = fopen(script_path, "w");

	assert_non_null(f);
	(void)fprintf(f, "#!/bin/sh\n%s\n", text);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(script_path, 0700), 0);
}

static void
run_rows(void **state)
{
	struct worker w = {
	        .program = script_path, .form = "form.cfg", .seconds = 1, .memory_mb = 64, .sandbox = true};
	struct bytes mail = bytes_str("From: a@b\n\nbytes");
	time_t when = 0;

	(void)state;
	assert_true(clock_parse("2022-06-10T10:05:00+08:00", &when));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err e = {0};
		char *answer = NULL;
		bool ok;

		write_script(rows[i].script);
		ok = worker_run(&w, mail, when, -1, &answer, &e);
		if (ok != rows[i].want_ok || (!ok && e.code != rows[i].want_code) ||
		    !strstr(ok ? answer : e.text, rows[i].want_text))
			fail_msg("%s: ok %d code %s: %s", rows[i].name, ok, err_name(e.code),
			         ok ? answer : e.text);
		free(answer);
	}
	/* each was waited for */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void
no_program(void **state)
{
	struct worker w = {.program = "/nowhere/mingpian-parse", .form = "form.cfg", .seconds = 2};
	struct err e = {0};
	char *answer = NULL;

	(void)state;
	assert_false(worker_run(&w, bytes_str("x"), 0, -1, &answer, &e));
	assert_int_equal(e.code, ERR_OS);
	assert_non_null(strstr(e.text, "/nowhere/mingpian-parse"));
	assert_null(answer);
}

static void
cancelled(void **state)
{
	struct worker w = {.program = script_path, .form = "form.cfg", .seconds = 30};
	struct err e = {0};
	char *answer = NULL;
	int fd = eventfd(1, EFD_CLOEXEC);
	int64_t began = clock_mono_ms();

	(void)state;
	write_script("sleep 20");
	assert_false(worker_run(&w, bytes_str("x"), 0, fd, &answer, &e));
	assert_int_equal(e.code, ERR_INTERRUPTED);
	assert_true(clock_mono_ms() - began < 10000);
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(run_rows), cmocka_unit_test(no_program),
	                                   cmocka_unit_test(cancelled)};
	struct err e;
	int rc, fd = mkstemp(script_path);

	if (fd < 0 || close(fd) != 0 || !clock_zone("Asia/Shanghai", &e))
		return 1;
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	(void)unlink(script_path);
	return rc;
}
