/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one mail costs the daemon, by each way in which it can have it parsed, and whether a server stays as
 * it was over many mails. server_bench N MINGPIAN-PARSE FORM.CFG FILE.eml … The files in turn, N mails in
 * all. A line each: milliseconds a mail (median), and the way: process     a process started for each mail
 *   server      a child of a server
 *   uncaged     the same without sandbox: the difference is what that costs
 * and last: KiB of memory and descriptors of the server after ten mails, and after all; and ours. */
#include "config/clock.h"
#include "config/mem.h"
#include "daemon/servers.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

enum { RUNS_MAX = 100000, FILES_MAX = 64, FILE_MAX = 64 << 20, PROCESSES = 30 };

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

static bool
load(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "rbe");
	void *to;

	while (f && !feof(f) && !ferror(f) && (to = buf_room(b, 1 << 16)))
		b->len += fread(to, 1, 1 << 16, f);
	if (f)
		(void)fclose(f);
	return f != NULL;
}

static int
count_fds(int pid)
{
	char path[64];
	DIR *d;
	int n = 0;

	(void)snprintf(path, sizeof path, "/proc/%d/fd", pid);
	d = opendir(path);
	while (d && readdir(d))
		n++;
	if (d)
		(void)closedir(d);
	return n - 2;
}

/* Resident, not shared with a file. */
static long
memory_of(int pid)
{
	char path[64], line[200];
	long kib = -1;
	FILE *f;

	(void)snprintf(path, sizeof path, "/proc/%d/status", pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if (strncmp(line, "RssAnon:", 8) == 0)
			kib = strtol(line + 8, NULL, 10);
	if (f)
		(void)fclose(f);
	return kib;
}

/* The one child that we have: the server. */
static int
child(void)
{
	DIR *d = opendir("/proc");
	int pid = -1;

	for (const struct dirent *x; d && (x = readdir(d));) {
		char path[300], line[300] = "", *end;
		FILE *f;

		(void)snprintf(path, sizeof path, "/proc/%s/stat", x->d_name);
		f = fopen(path, "re");
		if (f && fgets(line, sizeof line, f) && (end = strrchr(line, ')')) &&
		    strtol(end + 4, NULL, 10) == getpid())
			pid = (int)strtol(x->d_name, NULL, 10);
		if (f)
			(void)fclose(f);
	}
	if (d)
		(void)closedir(d);
	return pid;
}

static bool
bench(const char *name, const struct worker *w, const struct buf *mails, size_t count, int runs)
{
	static double times[RUNS_MAX];
	long early[2] = {0}, late[2] = {0};
	int fds[2] = {0}, ours = 0;

	for (int i = 0; i < runs; i++) {
		struct err e = {0};
		char *answer = NULL;
		double begin = milliseconds();

		if (!worker_run(w, buf_bytes(&mails[(size_t)i % count]), 1655000000, -1, &answer, &e)) {
			(void)fprintf(stderr, "server_bench: %s: %s\n", name, e.text);
			return false;
		}
		times[i] = milliseconds() - begin;
		free(answer);
		if (i == 10 && w->servers) {
			early[0] = memory_of(child());
			early[1] = memory_of(getpid());
			fds[0] = count_fds(child());
			ours = count_fds(getpid());
		}
	}
	qsort(times, (size_t)runs, sizeof *times, by_size);
	(void)printf("%.3f\t%s\n", times[runs / 2], name);
	if (runs <= 10 || !w->servers)
		return true;
	late[0] = memory_of(child());
	late[1] = memory_of(getpid());
	(void)printf("%d mails: the server %ld KiB and then %ld, descriptors %d and then %d; we %ld and %ld, "
	             "%d and %d\n",
	             runs, early[0], late[0], fds[0], count_fds(child()), early[1], late[1], ours,
	             count_fds(getpid()));
	return true;
}

int
main(int argc, char **argv)
{
	static struct buf mails[FILES_MAX];
	long runs = argc > 4 ? strtol(argv[1], NULL, 10) : 0;
	size_t count = 0;
	struct worker plain, server, uncaged;
	struct err e;
	bool ok;

	if (runs < 1 || runs > RUNS_MAX || argc - 4 > FILES_MAX || !clock_zone("Asia/Shanghai", &e)) {
		(void)fputs("usage: server_bench N MINGPIAN-PARSE FORM.CFG FILE.eml …\n", stderr);
		return EX_USAGE;
	}
	for (int i = 4; i < argc; i++) {
		mails[count] = BUF_INIT(FILE_MAX);
		if (!load(argv[i], &mails[count++]))
			return EX_NOINPUT;
	}
	plain = (struct worker){
	        .program = argv[2], .form = argv[3], .seconds = 60, .memory_mb = 768, .sandbox = true};
	server = uncaged = plain;
	uncaged.sandbox = false;
	server.servers = servers_new(&plain);
	ok = bench("process", &plain, mails, count, runs < PROCESSES ? (int)runs : PROCESSES) &&
	     bench("server", &server, mails, count, (int)runs);
	servers_free(server.servers);
	plain.sandbox = false;
	uncaged.servers = servers_new(&plain);
	ok = ok && bench("uncaged", &uncaged, mails, count, (int)runs);
	servers_free(uncaged.servers);
	for (size_t i = 0; i < count; i++)
		buf_free(&mails[i]);
	return ok ? EX_OK : EX_SOFTWARE;
}
