/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What parsing costs, without starting a process: reads each mail once, parses it N times, and prints
 * the median; of a mail that takes long it takes fewer, three at least.
 *   parse_bench N FORM.CFG FILE.eml …      a line each: milliseconds, KiB of the mail, file
 *   parse_bench --start N COMMAND…         milliseconds of a whole process, started N times: the median */
#include "config/clock.h"
#include "config/err.h"
#include "config/form.h"
#include "parsers/charset.h"
#include "parsers/ocr.h"
#include "parsers/result.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

enum { RUNS_MAX = 10000, RUNS_LEAST = 3, MS_ENOUGH = 1000, FILE_MAX = 64 << 20, ANSWER_MAX = 64 << 20 };

static double
milliseconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *times, int n)
{
	qsort(times, (size_t)n, sizeof *times, by_size);
	return times[n / 2];
}

/* What mingpian-parse does for one mail, after its start and without its cage. */
static bool
parse(const struct form *f, struct bytes mail, struct err *e)
{
	struct arena *a = arena_new();
	struct result r = {.form = f};
	struct buf out = BUF_INIT(ANSWER_MAX);
	struct mail *m = NULL;
	bool ok = mail_open(&m, a, mail, e);

	if (ok) {
		r.mail = m;
		r.machine = machine_judge(f, m);
		r.auth = auth_read(f, m);
		walk_mail(&r.found, f, m, NULL);
		result_settle(&r, 0);
		result_json(&r, false, &out);
	}
	buf_free(&out);
	arena_free(a);
	return ok;
}

static bool
bench(const struct form *f, int runs, const char *file)
{
	static double times[RUNS_MAX];
	struct buf mail = BUF_INIT(FILE_MAX);
	struct err e = {0};
	FILE *in = fopen(file, "rbe");
	bool ok = in != NULL;
	double all = 0;
	int n = 0;
	void *to;

	while (ok && !feof(in) && !ferror(in) && (to = buf_room(&mail, 1 << 16)))
		mail.len += fread(to, 1, 1 << 16, in);
	if (in)
		(void)fclose(in);
	for (; ok && n < runs && (n < RUNS_LEAST || all < MS_ENOUGH); n++) {
		double begin = milliseconds();

		ok = parse(f, buf_bytes(&mail), &e);
		times[n] = milliseconds() - begin;
		all += times[n];
	}
	if (ok)
		(void)printf("%.3f\t%zu\t%s\n", median(times, n), (mail.len + 1023) / 1024, file);
	else
		(void)fprintf(stderr, "parse_bench: %s: %s\n", file, in ? e.text : "cannot be read");
	buf_free(&mail);
	return ok;
}

static bool
start(int runs, char **command)
{
	static double times[RUNS_MAX];
	posix_spawn_file_actions_t actions;
	bool ok = posix_spawn_file_actions_init(&actions) == 0 &&
	          posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) == 0;

	for (int i = 0; ok && i < runs; i++) {
		double begin = milliseconds();
		int status = 0;
		pid_t pid;

		ok = posix_spawnp(&pid, command[0], &actions, NULL, command, environ) == 0 &&
		     waitpid(pid, &status, 0) == pid && status == 0;
		times[i] = milliseconds() - begin;
	}
	if (ok)
		(void)printf("%.3f\n", median(times, runs));
	else
		(void)fprintf(stderr, "parse_bench: %s did not run\n", command[0]);
	(void)posix_spawn_file_actions_destroy(&actions);
	return ok;
}

int
main(int argc, char **argv)
{
	bool starts = argc > 3 && strcmp(argv[1], "--start") == 0, ok = true;
	long runs = argc > 3 ? strtol(argv[starts ? 2 : 1], NULL, 10) : 0;
	struct form *f = NULL;
	struct err e = {0};

	if (runs < 1 || runs > RUNS_MAX) {
		(void)fputs("usage: parse_bench N FORM.CFG FILE.eml … | --start N COMMAND…\n", stderr);
		return EX_USAGE;
	}
	if (starts)
		return start((int)runs, argv + 3) ? EX_OK : EX_SOFTWARE;
	if (!form_load(&f, argv[2], &e) || !clock_zone(f->zone, &e)) {
		(void)fprintf(stderr, "parse_bench: %s\n", e.text);
		return EX_CONFIG;
	}
	charset_preload();
	mail_init();
	(void)ocr_place(NULL);
	for (int i = 3; i < argc; i++)
		ok = bench(f, (int)runs, argv[i]) && ok;
	form_free(f);
	return ok ? EX_OK : EX_SOFTWARE;
}
